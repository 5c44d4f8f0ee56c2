"""What somebody says of a doubtful row counts, and counts the same when the table is imported again."""

import contextlib

import pytest
from made_up import made_up

from geo.bulk.analysis import analyse
from geo.bulk.answers import Answer, answer_of
from geo.bulk.guessing import guess
from geo.bulk.lines import Asked
from geo.bulk.profile import Profile
from geo.bulk.reading import read_table
from geo.bulk.writing import write
from geo.editing import Edit
from geo.opening import open_ledger

pytestmark = pytest.mark.slow

HEAD = "name,kind,country,lat,lon,location_accuracy,source_addresses,owners,answer"
ROW = "Rose,cell_factory,BO,-17.4,-66.2,site,https://example.org/a,Rose SA,"
SPOT = {"type": "Point", "coordinates": [-66.2, -17.4]}


@pytest.fixture
def store(tmp_path):
    """A store with a record that the row looks like."""
    with contextlib.closing(open_ledger(tmp_path / "store.gpkg").store) as store:
        store.write([Edit("bo-rose-works", made_up("bo-rose-works", name="Rose works", geometry=SPOT), None, "bea")])
        yield store


@pytest.fixture
def imported(store, tmp_path):
    """What each row of a table is, with its faults; whatever can be written is written after."""

    def run(*rows):
        (tmp_path / "table.csv").write_text("\n".join([HEAD, *rows]))
        with contextlib.closing(read_table(tmp_path / "table.csv", Asked())) as table:
            profile = Profile(columns=guess(table.columns, table.rows()).targets)
            with contextlib.closing(analyse(table, profile, store)) as analysis:
                told = [(each.verdict, each.record, [f.rule for f in each.faults]) for each in analysis.outcomes()]
                write(analysis, store, "ana", "imported", leaving_out=True)
        return told

    return run


def test_without_an_answer_a_row_stays_doubtful(imported):
    assert [("doubtful", "", [])] == imported(ROW)


@pytest.mark.parametrize("said", ["same", "Same as bo-rose-works", "same: bo-rose-works"])
def test_a_row_of_the_same_project_adds_to_its_record_once(imported, store, said):
    assert [("changed", "bo-rose-works", [])] == imported(ROW + said)
    properties = store.head("bo-rose-works").project.properties
    assert ("Rose works", ["Rose"]) == (properties.name, properties.other_names)
    assert "Rose SA" in [owner.name for owner in properties.owners]
    assert [("same", "bo-rose-works", [])] == imported(ROW + said)


@pytest.mark.parametrize("said", ["phase", "phase of bo-rose-works"])
def test_another_phase_is_a_record_that_is_part_of_the_other_once(imported, store, said):
    assert [("new", "bo-rose", [])] == imported(ROW + said)
    assert [("part_of", "bo-rose-works")] == [
        (link.type, link.project) for link in store.head("bo-rose").project.properties.links
    ]
    assert [("same", "bo-rose", [])] == imported(ROW + said)


def test_a_different_project_is_a_record_of_its_own_once(imported, store):
    assert [("new", "bo-rose", [])] == imported(f"{ROW}different")
    assert () == tuple(store.head("bo-rose").project.properties.links)
    assert [("same", "bo-rose", [])] == imported(f"{ROW}different")


def test_a_row_that_another_row_is_already_is_left_out(imported, store):
    first = f"{ROW}different"
    twice = ROW.replace("Rose,cell", "Rosa,cell").replace("-17.4", "-17.4001") + "same as #2"
    told = imported(first, twice)
    assert [("new", "bo-rose", []), ("same", "bo-rose", ["row-said-same"])] == told


WRONG = {"maybe": "cell-no-answer", "same as bo-none": "answer-of-which", "phase of #9": "answer-of-which"}


@pytest.mark.parametrize("said", WRONG)
def test_an_answer_that_says_of_nothing_is_refused(imported, said):
    assert [("refused", "", [WRONG[said]])] == imported(ROW + said)


def test_answers_are_read_as_people_write_them():
    assert Answer("phase", "bo-rose") == answer_of(" Phase of bo-rose ")
    assert Answer("different") == answer_of("different")
    assert None is answer_of("same bo rose")
