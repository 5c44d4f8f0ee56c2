"""What is wrong with a store's file, and with what it holds, is found and named; a store that is well has no fault."""

import contextlib
import random
import shutil
import threading

import pytest
from conftest import copy_of, sql
from made_up import made_up
from stored import create, rename

from geo.editing import Edit
from geo.errors import StoreError
from geo.geopackage import blob
from geo.geopackage.verifying import MOST_FAULTS
from geo.opening import open_ledger

STORES = ("geopackage",)  # this is about a file

AREA = {"type": "Polygon", "coordinates": [[[-68, -21], [-67, -21], [-67, -20], [-68, -20], [-68, -21]]]}
GUARDS = ("revisions_are_not_changed", "revisions_are_not_deleted", "projects_update_has_revision")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.gpkg"


@pytest.fixture
def varied(store):
    """Records of every sort: a point, an area, no place, changed ones, deleted ones."""
    create(store)
    create(store, "bo-area", geometry=AREA)
    create(store, "bo-gone")
    create(store, "na-nowhere", country="NA", location_accuracy="undisclosed", location_sources=[], geometry=None)
    store.write([rename("Second", 1)])
    store.write([rename("Third", 2), Edit("bo-gone", None, 1, "ana")])
    return store


@contextlib.contextmanager
def tampering(file):
    """The file as somebody has it who gets past its guards."""
    with sql(file) as connection:
        blob.register(connection)
        for name in (*GUARDS, "projects_insert_has_revision", "projects_delete_has_revision"):
            connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        yield connection


def told(found):
    return {(each.record, each.rule) for each in found}


def test_a_store_that_is_well_has_no_fault(varied):
    assert ([], []) == (varied.verify(), varied.verify(records=False))


def test_a_store_without_records_has_no_fault(store):
    assert [] == store.verify()


@pytest.mark.parametrize("template", ["south_america", "many"])
def test_the_stores_of_all_tests_have_no_fault(tmp_path, template):
    with contextlib.closing(open_ledger(copy_of(template, tmp_path / "store.gpkg")).store) as store:
        assert [] == store.verify()


QUICK = {
    "a revision is missing": (
        "DELETE FROM revisions WHERE sequence = 3",
        {("", "store-sequence-gap"), ("", "store-reference-broken"), ("bo-gone", "store-number-gap")}
        | {("bo-gone", "store-replaces-wrong")},
    ),
    "the newest revisions are missing": (
        "DELETE FROM revisions WHERE sequence > 5",
        {("", "store-history-cut"), ("", "store-reference-broken"), ("bo-made-up", "store-row-not-newest")}
        | {("bo-gone", "store-row-not-newest")},
    ),
    "a number is missing": (
        "UPDATE revisions SET number = 7 WHERE sequence = 6",
        {("bo-made-up", "store-number-gap"), ("bo-made-up", "store-row-not-newest")},
    ),
    "a revision replaces another than the one before it": (
        "UPDATE revisions SET replaces = 1 WHERE sequence = 6",
        {("bo-made-up", "store-replaces-wrong")},
    ),
    "the first revision replaces one": (
        "UPDATE revisions SET replaces = 1 WHERE sequence = 2",
        {("bo-area", "store-replaces-wrong")},
    ),
    "a row is missing": (
        "DELETE FROM projects WHERE id = 'bo-area'",
        {("bo-area", "store-row-not-newest")},
    ),
    "a row is of an older revision": (
        "UPDATE projects SET sequence = 5 WHERE id = 'bo-made-up'",
        {("bo-made-up", "store-row-not-newest")},
    ),
    "a row has another number": (
        "UPDATE projects SET revision = 9 WHERE id = 'bo-made-up'",
        {("bo-made-up", "store-row-not-newest")},
    ),
    "a row has another time": (
        "UPDATE projects SET updated = '2020-01-01T00:00:00.000Z' WHERE id = 'bo-made-up'",
        {("bo-made-up", "store-row-not-newest")},
    ),
    "a row is of no record": (
        "UPDATE projects SET id = 'bo-stranger' WHERE id = 'bo-area'",
        {("bo-area", "store-row-not-newest"), ("bo-stranger", "store-row-not-newest")},
    ),
    "the index lacks a place": (
        "DELETE FROM rtree_projects_geom WHERE id = 1",
        {("bo-made-up", "store-box-wrong")},
    ),
    "the index has one too many": (
        "INSERT INTO rtree_projects_geom VALUES (99, -68, -67, -21, -20)",
        {("", "store-box-astray")},
    ),
    "the extent is too small": (
        "UPDATE gpkg_contents SET max_x = min_x WHERE table_name = 'projects'",
        {("", "store-extent-too-small")},
    ),
    "there is no extent": (
        "UPDATE gpkg_contents SET max_x = NULL WHERE table_name = 'projects'",
        {("", "store-extent-too-small")},
    ),
}


@pytest.mark.parametrize("what", QUICK)
def test_what_does_not_agree_is_found_by_the_quick_look(varied, file, what):
    statement, faults = QUICK[what]
    with tampering(file) as connection:
        connection.execute(statement)
    assert faults == told(varied.verify(records=False))
    assert faults <= told(varied.verify())


WHOLE = {
    "a derived column": ("UPDATE projects SET status = 'closed' WHERE fid = 1", "store-column-wrong", "status"),
    "a stated column": ("UPDATE projects SET name = 'Other' WHERE fid = 1", "store-column-wrong", "name"),
    "a column that is empty": ("UPDATE projects SET region = 'Potosi' WHERE fid = 1", "store-column-wrong", "region"),
    "a place": ("UPDATE projects SET geom = (SELECT geom FROM projects WHERE fid = 2) WHERE fid = 1", "", "geom"),
    "no place": ("UPDATE projects SET geom = NULL WHERE fid = 1", "", "geom"),
    "an index of another place": (
        "UPDATE rtree_projects_geom SET minx = minx - 1 WHERE id = 1",
        "store-box-wrong",
        None,
    ),
}


@pytest.mark.parametrize("what", WHOLE)
def test_what_a_record_does_not_derive_to_is_found(varied, file, what):
    statement, rule, column = WHOLE[what]
    with tampering(file) as connection:
        connection.execute(statement)
    [found] = [each for each in varied.verify() if each.record]
    assert ("bo-made-up", rule or "store-column-wrong") == (found.record, found.rule)
    assert column == found.values.get("column")


def test_a_record_that_cannot_be_read_is_found(varied, file):
    with tampering(file) as connection:
        connection.execute("UPDATE revisions SET record = '[]' WHERE sequence = 6")
    assert {("bo-made-up", "store-record-damaged")} == told(varied.verify())


def test_what_derives_otherwise_today_than_when_it_was_written_is_no_fault(store, file, monkeypatch):
    """A start that was planned for a day and has passed, say; the layer keeps what it was on the day of writing."""
    import datetime as dt

    from geo.columns import PROJECTS

    create(store)
    project = made_up()
    far = dt.date(2190, 1, 1)
    now, then = project.derived(), project.derived(as_of=far)
    changed = [name for name in PROJECTS.of("derived") if PROJECTS[name].table and now[name] != then[name]]
    monkeypatch.setattr("geo.dates.today", lambda: far)
    assert [] == store.verify(), changed


def test_of_one_kind_no_more_are_told_than_somebody_reads(tmp_path):
    with contextlib.closing(open_ledger(copy_of("many", tmp_path / "store.gpkg")).store) as store:
        with tampering(tmp_path / "store.gpkg") as connection:
            connection.execute("UPDATE revisions SET replaces = 1 WHERE sequence > 1")
        assert MOST_FAULTS == len(store.verify(records=False))


def test_every_page_that_is_overwritten_is_noticed(varied, file, tmp_path):
    """Wherever it lies, near the end too, where no answer reads it; as a fault, or as a store that will not open."""
    varied.close()
    chance, whole, refused = random.Random(3), file.read_bytes(), []
    with sql(file) as connection:
        [(size,)] = connection.execute("PRAGMA page_size")
    for page in range(len(whole) // size):
        (tmp_path / str(page)).mkdir()
        damaged = tmp_path / str(page) / "store.gpkg"
        damaged.write_bytes(whole[: page * size] + chance.randbytes(size) + whole[(page + 1) * size :])
        try:
            with contextlib.closing(open_ledger(damaged).store) as store:
                assert store.verify(), f"page {page}"
                assert store.verify(records=False), f"page {page}, quickly"
        except StoreError as error:
            refused.append(error.rule)
    assert {"store-unusable"} <= set(refused) <= {"store-unusable", "store-unreadable", "store-of-something-else"}


def test_a_page_is_read_from_the_file_though_the_store_knows_it(varied, file):
    list(varied.changes_since(0))
    varied.fold()
    with sql(file) as connection:
        [(size,)] = connection.execute("PRAGMA page_size")
        [(page,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'revisions'")
    with file.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(b"\xff" * size)
    assert ("", "store-page-damaged") in told(varied.verify(records=False))


def test_who_writes_does_not_wait_while_a_store_is_looked_at_nor_is_a_fault_seen_in_what_comes(varied):
    """The look and the writes go on beside each other; each look sees a store that is well."""
    ended, found = threading.Event(), []

    def look():
        while not ended.is_set():
            found.append(varied.verify(records=bool(len(found) % 2)))

    looking = threading.Thread(target=look)
    looking.start()
    number = 0
    while len(found) < 8 or number < 40:
        create(varied, f"bo-{number}", geometry=AREA if number % 3 else made_up().geometry)
        varied.write([rename("Renamed", 1, f"bo-{number}")])
        varied.write([Edit(f"bo-{number}", None, 2, "ana")] if number % 2 else [rename("Again", 2, f"bo-{number}")])
        number += 1
    ended.set()
    looking.join()
    assert [] == [each for each in found if each]


def test_a_store_that_is_gone_cannot_be_looked_at(varied, file):
    file.unlink()
    with pytest.raises(StoreError):
        varied.verify()


def test_a_copy_without_its_journal_is_whole_but_older(varied, file, tmp_path):
    """What lacks is not to be seen from the file alone: a copy is made by `backup`."""
    varied.fold()
    create(varied, "bo-later")
    shutil.copy(file, tmp_path / "copy.gpkg")
    with contextlib.closing(open_ledger(tmp_path / "copy.gpkg").store) as copied:
        assert [] == copied.verify()
        assert 7 == copied.latest_sequence()
