"""What a file says and nobody can read is named, never dropped; a row is known again wherever it stands."""

import json

import pytest
from click.testing import CliRunner
from made_up import made_up
from published import deposit, deposits, factories, factory

from api.commands.main import main
from geo.curated.files import write_dataset
from geo.curated.points import read_dataset_points
from geo.importing.cells import date_of, number_of
from geo.importing.merge import import_file, write_import
from geo.importing.profile import profile_names, read_profile


@pytest.fixture
def folder(tmp_path):
    """A data folder with one record."""
    write_dataset(tmp_path / "data" / "projects", [made_up("ca-elsewhere", name="Elsewhere", country="CA")])
    return tmp_path / "data"


def of_factories(tmp_path, folder, *rows):
    return import_file(read_profile("cim"), factories(tmp_path / "a.csv", *rows), folder)


def of_deposits(tmp_path, folder, *rows):
    return import_file(read_profile("busch"), deposits(tmp_path / "a.xlsx", *rows), folder)


@pytest.mark.parametrize("cell", ["Q3 2026", "H2 2025", "05/06/2024", "45418", "5/6/24 0:00", "2024-13-45", "2024-5-6"])
def test_a_date_that_nobody_can_read_is_named_and_the_record_comes_without_it(tmp_path, folder, cell):
    report = of_factories(tmp_path, folder, factory(Announcement_Date=cell))
    (made,) = report.created
    assert ["snapshot"] == [event.type for event in made.properties.events]
    (unread,) = report.unread
    assert ("cell-no-date", "cim:M.1") == (unread.rule, unread.record)
    assert {"row": 7, "column": "Announcement_Date", "cell": cell} == unread.values


@pytest.mark.parametrize("cell", ["2024", "2024-05", "2024-05-06"])
def test_a_date_of_any_precision_is_one(tmp_path, folder, cell):
    report = of_factories(tmp_path, folder, factory(Announcement_Date=cell))
    assert ([cell], []) == ([event.date for event in report.created[0].properties.events[:1]], report.unread)


@pytest.mark.parametrize("cell", ["~1,200", "10-15", "1,200", "3_3.9", "-5", "n/a", "1e999", "12 kt", "٣"])
def test_an_amount_that_nobody_can_read_is_named_and_the_record_comes_without_it(tmp_path, folder, cell):
    report = of_deposits(tmp_path, folder, deposit(**{"Resource Li ktons": cell}))
    assert [] == report.created[0].properties.resource
    assert [(6, "Resource Li ktons", cell)] == [tuple(each.values.values()) for each in report.unread]


def test_zero_says_that_there_is_none(tmp_path, folder):
    report = of_deposits(tmp_path, folder, deposit(**{"Resource Li ktons": "0.00"}))
    assert ([], []) == (report.created[0].properties.resource, report.unread)


@pytest.mark.parametrize("cell", ["3_3.9", "33,9941", "33°59'38\"N", "inf", ""])
def test_a_place_that_nobody_can_read_leaves_the_row_out_and_is_shown(tmp_path, folder, cell):
    report = of_factories(tmp_path, folder, factory(Latitude=cell))
    ((row, reason),) = report.left_out
    assert ("cim:M.1", f"row 7, Latitude: '{cell}' is no number") == (row, str(reason))


def test_a_stage_that_the_profile_does_not_know_is_named(tmp_path, folder):
    report = of_factories(tmp_path, folder, factory(Current_Facility_Status="Sold for scrap"))
    assert [("cell-untaken", "Sold for scrap")] == [(each.rule, each.values["cell"]) for each in report.unread]
    assert [] == report.created[0].properties.events


def test_a_row_without_a_name_is_left_out(tmp_path, folder):
    assert ["the row has no name"] == [str(r) for _, r in of_factories(tmp_path, folder, factory(Company="")).left_out]
    for name in profile_names():
        profile = read_profile(name)
        assert any("has no" in rule.reason and "name" in rule.reason for rule in profile.leave_out), name


def test_terminal_and_report_name_each_cell(tmp_path, folder):
    file = factories(tmp_path / "a.csv", factory(Announcement_Date="Q3\x1b[2J 2026"))
    command = ["import", "--publisher", "cim", "--into", str(folder), "--report", str(tmp_path / "r.json"), str(file)]
    shown = CliRunner().invoke(main, command)
    assert (0, False) == (shown.exit_code, "\x1b" in shown.output)
    said = " ".join(shown.stdout.replace("│", " ").split())
    assert "row 7, Announcement_Date: 'Q3\\u001b[2J 2026' is no date" in said
    assert "1 cells unread" in shown.stderr
    (told,) = (row for row in json.loads((tmp_path / "r.json").read_text()) if row["is"] == "cell unread")
    assert ("cim:M.1", 7, "Announcement_Date") == (told["row"], told["line"], told["column"])


def test_a_hundred_rows_of_one_fault_are_told_by_the_first_and_their_number(tmp_path, folder):
    file = factories(tmp_path / "a.csv", factory())
    file.write_text(file.read_text() + "x,y\n" * 100)
    shown = CliRunner().invoke(main, ["import", "--publisher", "cim", "--into", str(folder), str(file)])
    assert (21, True) == (shown.stdout.count("left out"), "100 left out" in shown.stderr)
    assert "and 80 more like these; --report names them" in " ".join(shown.stdout.replace("│", " ").split())


def test_numbers_and_dates_are_read_as_they_are_written_or_not_at_all():
    assert [1200.0, -33.5, 0.023, 5.0] == [number_of(text) for text in ("1200", "-33.5", "2.3E-2", "+5.")]
    assert {None} == {number_of(text) for text in ("", "1 200", "1'200", "0x10", "1e400", "NaN", "½", "1_0", "9" * 400)}
    assert "2024-06-05" == date_of("05/06/2024", "%d/%m/%Y")
    assert "2024-06-05" == date_of("2024-06-05", "%d/%m/%Y")
    assert {None} == {date_of(text, "%d/%m/%Y") for text in ("", "31/02/2024", "01/01/0019", "6.5.2024")}


# Who is who in the next edition


def test_rows_put_in_above_change_nothing_of_those_below(tmp_path, folder):
    rows = [deposit(**{"Deposit Name": f"Site {word}", "Latitude": 50.5 + at}) for at, word in enumerate("ABCDE")]
    write_import(of_deposits(tmp_path, folder, *rows), folder)
    points = read_dataset_points(folder)
    new = [deposit(**{"Deposit Name": f"Zzyx {word}", "Latitude": 60.5 + at}) for at, word in enumerate("VWXYZ")]
    report = of_deposits(tmp_path, folder, *new, *reversed(rows))
    assert (5, 5, []) == (len(report.created), len(report.known), report.odd)
    write_import(report, folder)
    assert points.items() <= read_dataset_points(folder).items()
    assert "busch:canada-zzyx-v" in read_dataset_points(folder)


def test_rows_of_one_name_are_told_apart_by_their_point(tmp_path, folder):
    twins = [deposit(), deposit(Latitude=60.04, Longitude=100.26), deposit(**{"Deposit Name": "Thorn"})]
    report = of_deposits(tmp_path, folder, *twins)
    ids = [known.id for made in report.created for known in made.properties.external_ids]
    assert ["canada-rose-52.0n-76.1w", "canada-thorn"] == ids, "a point outside Canada comes, and check tells"


def called(report):
    """By which identifiers new rows, known ones and doubtful ones are known."""
    new = [f"busch:{known.id}" for made in report.created for known in made.properties.external_ids]
    return sorted([*new, *report.known, *(doubt.row for doubt in report.doubtful)])


def test_a_known_row_keeps_its_name_beside_a_new_one_of_that_name(tmp_path, folder):
    write_import(of_deposits(tmp_path, folder, deposit()), folder)
    namesake = deposit(Latitude=60.04, Longitude=-100.26)
    for rows in ([deposit(), namesake], [namesake, deposit(Latitude=52.06)]):
        report = of_deposits(tmp_path, folder, *rows)
        assert ["busch:canada-rose", "busch:canada-rose-60.0n-100.3w"] == called(report)
        assert ([], []) == (report.odd, report.gone)


def test_rows_of_one_name_keep_theirs_where_they_move_a_little_or_one_is_gone(tmp_path, folder):
    twins = [deposit(), deposit(Latitude=60.04, Longitude=-100.26)]
    names = ["busch:canada-rose-52.0n-76.1w", "busch:canada-rose-60.0n-100.3w"]
    entry = {"first": names[1], "second": "ca-rose", "decision": "different", "reason": "Far away."}
    (folder / "decisions.json").write_text(json.dumps([entry]))
    write_import(of_deposits(tmp_path, folder, *twins), folder)
    assert names == of_deposits(tmp_path, folder, *twins).known
    assert names == called(of_deposits(tmp_path, folder, deposit(Latitude=52.06), twins[1]))
    report = of_deposits(tmp_path, folder, twins[1])
    assert (names[1:], names[:1]) == (called(report), report.gone)


def test_what_is_known_and_in_no_row_is_told(tmp_path, folder):
    rows = [factory(), factory(unique_id="M.2", Company="Other", Latitude="43.99")]
    write_import(of_factories(tmp_path, folder, *rows), folder)
    file = factories(tmp_path / "a.csv", rows[0])
    command = ["import", "--publisher", "cim", "--into", str(folder), "--report", str(tmp_path / "r.json"), str(file)]
    shown = CliRunner().invoke(main, command)
    assert ("cim:M.2" in shown.stdout, "1 gone" in shown.stderr) == (True, True)
    assert {"row": "cim:M.2", "is": "gone"} in json.loads((tmp_path / "r.json").read_text())


def test_a_row_with_the_identifier_of_another_is_left_out_and_told(tmp_path, folder):
    report = of_factories(tmp_path, folder, factory(), factory(Company="Other"), factory(unique_id=""))
    assert ["row 8 has the identifier of row 7", "there is nothing to know the row by again in unique_id"] == [
        str(reason) for _, reason in report.left_out
    ]


@pytest.mark.parametrize(
    ("change", "rule"),
    [({"Latitude": "43.9941"}, "row-moved"), ({"Company": "Panasonic", "Latitude": "33.9951"}, "row-renamed")],
)
def test_a_known_row_that_says_something_else_is_told_and_its_point_not_written(tmp_path, folder, change, rule):
    write_import(of_factories(tmp_path, folder, factory()), folder)
    report = of_factories(tmp_path, folder, factory(**change))
    assert ([rule], ["cim:M.1"]) == ([each.rule for each in report.odd], report.known)
    assert [] == write_import(report, folder)
    assert (-96.3707, 33.9941) == read_dataset_points(folder)["cim:M.1"]


@pytest.mark.parametrize(("decision", "rules"), [("same", []), ("phase of", []), ("different", ["row-renamed"])])
def test_a_decision_says_that_another_name_is_the_same_project_s(tmp_path, folder, decision, rules):
    write_import(of_factories(tmp_path, folder, factory()), folder)
    entry = {"first": "cim:M.1", "second": "us-acme-durant", "decision": decision, "reason": "Renamed."}
    (folder / "decisions.json").write_text(json.dumps([entry]))
    assert rules == [each.rule for each in of_factories(tmp_path, folder, factory(Company="Panasonic")).odd]
