"""A publisher's own file against the records: known, new, the same, doubtful, left out; twice changes nothing."""

import json

import orjson
import pandas as pd
import pytest
from click.testing import CliRunner
from made_up import made_up
from published import deposit, deposits

from api.commands.main import main
from geo.curated.files import read_projects, write_dataset
from geo.errors import DataFileError
from geo.importing.merge import import_file, write_import
from geo.importing.profile import profile_names, read_profile

NRCAN = {
    "id": "rose",
    "name": "Rose Quarry",
    "operator": "Critical Co. / Other Co.",
    "minerals": ["Lithium", "tantalum"],
    "status": "Active",
    "latitude": 52.0123,
    "longitude": -76.1234,
    "province": "Quebec",
    "nrcanObjectId": 7,
    "operationGroup": "Advanced exploration project",
    "developmentStage": "Advanced project",
}


@pytest.fixture
def folder(tmp_path):
    """A data folder with one record, and no decisions yet."""
    point = {"type": "Point", "coordinates": [-76.13, 52.01]}
    there = made_up("ca-rose", name="Rose", country="CA", kind="hard_rock_mine", geometry=point)
    write_dataset(tmp_path / "data" / "projects", [there])
    return tmp_path / "data"


def publish(tmp_path, *rows):
    file = tmp_path / "minerals.json"
    file.write_bytes(orjson.dumps([{**NRCAN, **row} for row in rows]))
    return file


def decide(folder, decision, first="nrcan:7", second="ca-rose"):
    entry = {"first": first, "second": second, "decision": decision, "reason": "read"}
    (folder / "decisions.json").write_text(json.dumps([entry]))


def imported(file, folder, profile="nrcan"):
    return import_file(read_profile(profile), file, folder)


def test_a_new_row_becomes_a_record_with_its_source(tmp_path, folder):
    report = imported(publish(tmp_path, {"name": "Faraway", "latitude": 60.1234}), folder)
    (made,) = report.created
    assert ("ca-faraway", "hard_rock_mine", "exploration") == (
        made.id,
        made.properties.kind,
        made.derived()["status"],
    )
    assert ["Critical Co.", "Other Co."] == [owner.name for owner in made.properties.owners]
    assert [("nrcan", "7")] == [(known.dataset, known.id) for known in made.properties.external_ids]
    assert {"s1"} == {source.id for source in made.properties.sources}


def test_rows_that_become_no_record_are_told_with_the_reason(tmp_path, folder):
    rows = [{"minerals": ["Gold"]}, {"latitude": "north"}, {"latitude": 0.0, "longitude": 0}, {"latitude": 95.0}]
    report = imported(publish(tmp_path, *rows), folder)
    reasons = [str(reason) for _, reason in report.left_out]
    assert ["neither lithium nor battery materials", "row 2, latitude: 'north' is no number"] == reasons[:2]
    assert "longitude and latitude are both zero" == reasons[2]
    assert "latitude 95" in reasons[3]
    assert [] == report.created


def test_a_row_that_looks_like_a_record_waits_for_a_decision(tmp_path, folder):
    file = publish(tmp_path, {})
    (doubt,) = imported(file, folder).doubtful
    assert ("nrcan:7", ["ca-rose"]) == (doubt.row, doubt.alike)
    decide(folder, "different")
    assert ["ca-rose-quarry"] == [project.id for project in imported(file, folder).created]


@pytest.mark.parametrize("decision", ["same", "phase of"])
def test_a_row_decided_the_same_gives_its_identifier(tmp_path, folder, decision):
    decide(folder, decision)
    report = imported(publish(tmp_path, {}), folder)
    assert [("nrcan:7", "ca-rose", decision)] == report.taken
    assert [] == report.created


def test_what_is_written_is_known_the_next_time(tmp_path, folder):
    decide(folder, "same")
    file = publish(tmp_path, {}, {"name": "Faraway", "latitude": 60.1234, "nrcanObjectId": 8})
    assert ["CA.geojson", "dataset_points.json"] == [path.name for path in write_import(imported(file, folder), folder)]
    again = imported(file, folder)
    assert (["nrcan:7", "nrcan:8"], [], []) == (again.known, again.created, again.taken)
    assert [] == write_import(again, folder), "nothing has changed"
    points = json.loads((folder / "dataset_points.json").read_text())
    (folder / "dataset_points.json").write_text(json.dumps(points | {"nrcan:9": [1, 2]}))
    write_import(again, folder)
    assert points == json.loads((folder / "dataset_points.json").read_text()), "no record is known by that one"
    assert [-76.1234, 52.0123] == points["nrcan:7"]


STUDIED = {
    "Resource Grade Original": 0.9,
    "Resource Grade Unit": "% Li2O",
    "Reference Resource": 3,
    "Reference Status": 3,
}


def test_a_workbook_cites_the_text_behind_each_figure(tmp_path, folder):
    row = deposit(**STUDIED, **{"Deposit Name": "Faraway", "Latitude": 60.12})
    report = imported(deposits(tmp_path / "a.xlsx", row), folder, "busch")
    (made,) = report.created
    (resource,) = made.properties.resource
    assert (120_500, 0.9, "% Li2O", ["s1", "s2"]) == (
        resource.tonnes,
        resource.grade,
        resource.grade_unit,
        resource.sources,
    )
    assert "https://example.org/study.pdf" == made.properties.sources[1].url
    assert "study" == made.derived()["status"]


def test_a_claim_of_the_same_project_stands_beside_its_own(tmp_path, folder):
    decide(folder, "same", "busch:canada-rose")
    report = imported(deposits(tmp_path / "a.xlsx", deposit(**STUDIED)), folder, "busch")
    merged = report.enriched["ca-rose"]
    assert [120_500] == [resource.tonnes for resource in merged.properties.resource]
    assert ["considered"] == [event.status for event in merged.properties.events], "only what the profile gives"
    assert {"https://example.org/1", "https://example.org/study.pdf"} <= {s.url for s in merged.properties.sources}


def test_every_profile_is_a_table_that_can_be_read():
    assert ["busch", "cim", "cim_storage", "ga", "nrcan", "opennem", "repd"] == profile_names()
    for name in profile_names():
        assert name.partition("_")[0] == read_profile(name).dataset
    with pytest.raises(DataFileError, match="there are busch, cim"):
        read_profile("../busch")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]"])
def test_a_file_of_something_else_is_refused(tmp_path, folder, content):
    file = tmp_path / "minerals.json"
    file.write_bytes(content)
    with pytest.raises(DataFileError):
        imported(file, folder)


def test_the_report_says_of_every_row_what_it_is(tmp_path, folder):
    gold = [{"minerals": ["Gold"], "nrcanObjectId": 100 + number} for number in range(30)]
    file = publish(tmp_path, {}, {"name": "Faraway", "latitude": 60.1234, "nrcanObjectId": 8}, *gold)
    arguments = ["import", "--publisher", "nrcan", "--into", str(folder), "--report", str(tmp_path / "report.json")]
    assert 0 == CliRunner().invoke(main, [*arguments, str(file)]).exit_code
    rows = json.loads((tmp_path / "report.json").read_text())
    assert {"nrcan:7": "doubtful", "nrcan:8": "new"} == {r["row"]: r["is"] for r in rows if r["is"] != "left out"}
    assert 30 == sum(r.get("reason") == "neither lithium nor battery materials" for r in rows)


def test_the_command_writes_only_when_told(tmp_path, folder):
    file = publish(tmp_path, {"name": "Faraway", "latitude": 60.1234})
    arguments = ["import", "--publisher", "nrcan", "--into", str(folder), str(file)]
    shown = CliRunner().invoke(main, arguments)
    assert (0, True) == (shown.exit_code, "ca-faraway" in shown.stdout)
    assert ["ca-rose"] == [project.id for project in read_projects(folder / "projects")]
    assert 0 == CliRunner().invoke(main, [*arguments, "--write"]).exit_code
    assert ["ca-faraway", "ca-rose"] == [project.id for project in read_projects(folder / "projects")]


def unit(code, fuel="battery_discharging", capacity=150.0, **more):
    return {"code": code, "fueltech_id": fuel, "capacity_registered": capacity, "status_id": "operating", **more}


def test_units_of_a_station_are_rows_beside_the_station_s_columns(tmp_path, folder):
    place = {"lat": -26.26399, "lng": 149.77287, "state": "QLD"}
    units = [unit("WANDBL1", "battery_charging"), unit("WANDBG1"), unit("SMALLG1", capacity=49.9)]
    file = tmp_path / "stations.json"
    file.write_bytes(
        orjson.dumps([{"code": "WANDBG", "name": "Wandoan South", "location": place, "facilities": units}])
    )
    report = imported(file, folder, "opennem")
    (made,) = report.created
    assert ("au-wandoan-south", "Queensland") == (made.id, made.properties.region)
    assert [149.77287, -26.26399] == made.geometry["coordinates"]
    assert [(150, "MW")] == [(each.value, each.unit) for each in made.properties.capacities]
    assert ["opennem:WANDBL1", "opennem:SMALLG1"] == [row for row, _ in report.left_out]


REPD = dict.fromkeys(read_profile("repd").columns, "") | {
    "Ref ID": "6953",
    "Site Name": "Melksham East Storage",
    "Technology Type": "Battery",
    "Installed Capacity (MWelec)": "50.00",
    "Development Status (short)": "Operational",
    "Country": "England",
    "Operator (or Applicant)": "Statera",
    "X-coordinate": "389384",
    "Y-coordinate": "167036",
    "Planning Permission Granted": "26/04/2019",
    "Operational": "07/11/2022",
}
CIM = dict.fromkeys(read_profile("cim").columns, "") | {
    "unique_id": "D.1",
    "Company": "Gemini Solar (63117)",
    "Technology": "Storage",
    "Subcategory": "Batteries",
    "Current_Facility_Status": "Operating",
    "Estimated_Total_Facility_CAPEX": "696.96",
    "State": "NV",
    "Address": "Clark County, NV",
    "Latitude": "36.4678",
    "Longitude": "-114.806",
    "LatLon_Valid": "True",
}


def table(file, *rows, above=""):
    """A CSV file of these rows, under lines that are not the table's."""
    pd.DataFrame(rows).to_csv(file, index=False)
    file.write_text(above + file.read_text())
    return file


def test_a_national_grid_and_dates_as_the_publisher_writes_them_are_read(tmp_path, folder):
    waiting = {"Ref ID": "7000", "Development Status (short)": "Awaiting Construction"}
    report = imported(table(tmp_path / "repd.csv", REPD, REPD | waiting), folder, "repd")
    (made,) = report.created
    longitude, latitude = made.geometry["coordinates"]
    assert (-2.154, 51.402) == (round(longitude, 3), round(latitude, 3)), "Melksham lies there"
    assert [("2019-04-26", "permitting"), ("2022-11-07", "operating")] == [
        (event.date, event.status) for event in made.properties.events
    ]
    assert "operator" == made.properties.owners[0].role
    assert "neither running nor being built" == str(report.left_out[0][1])


def test_what_a_profile_cuts_is_no_part_of_a_name(tmp_path, folder):
    cheaper = {"unique_id": "D.2", "Estimated_Total_Facility_CAPEX": "399.9"}
    file = table(tmp_path / "cim.csv", CIM, CIM | cheaper, above="\n" * 5)
    report = imported(file, folder, "cim_storage")
    assert ["Gemini Solar battery, Clark County"] == [each.properties.name for each in report.created]
    assert ["an estimated cost of less than US$400 million"] == [str(reason) for _, reason in report.left_out]
