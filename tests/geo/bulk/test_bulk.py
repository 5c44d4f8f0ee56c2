"""Anybody's table against a store: every row is told what it is, and nothing is written but all of it."""

import contextlib
import csv
import io
import zipfile

import geopandas
import openpyxl
import pytest
from click.testing import CliRunner
from conftest import copy_of
from made_up import made_up

from api.commands.main import main
from geo.bulk.analysis import analyse, kept_analysis
from geo.bulk.guessing import guess
from geo.bulk.lines import Asked
from geo.bulk.profile import REPAIRS as REPAIRS_THERE
from geo.bulk.profile import Profile, profile_of, profile_text
from geo.bulk.reading import read_table
from geo.bulk.writing import propose, write
from geo.editing import Edit
from geo.errors import AlreadyExists, DataFileError, ImportRefused
from geo.messages import forms
from geo.opening import open_ledger
from geo.proposals import Author
from geo.store import Store

pytestmark = pytest.mark.slow

HEAD = "name,kind,country,lat,lon,location_accuracy,source_addresses"
ROW = "Rose,cell_factory,BO,-17.4,-66.2,site,https://example.org/a"
COLUMNS = {name: name for name in HEAD.split(",")}


@pytest.fixture
def store(tmp_path):
    with contextlib.closing(open_ledger(tmp_path / "store.gpkg").store) as store:
        yield store


@pytest.fixture
def south_america(tmp_path):
    with contextlib.closing(open_ledger(copy_of("south_america", tmp_path / "full.gpkg")).store) as store:
        yield store


_OPENED = []


def opened(held):
    """Close what holds files when the test is over."""
    _OPENED.append(held)
    return held


@pytest.fixture(autouse=True)
def _closed():
    yield
    while _OPENED:
        _OPENED.pop().close()


def compared(file, store: Store, *repairs, asked=None, **stated):
    """The analysis of a file, whose columns are guessed."""
    table = opened(read_table(file, asked or Asked()))
    guesses = guess(table.columns, table.rows())
    known = {"columns": guesses.targets, "fixed": guesses.fixed, **stated}
    return opened(analyse(table, Profile(repairs=repairs, **known), store))


def told(analysis):
    """What each row is, with the rules by which it is."""
    return [(each.row, each.verdict, [fault.rule for fault in each.faults]) for each in analysis.outcomes()]


def table(tmp_path, *rows, head=HEAD, encoding="utf-8", name="table.csv"):
    file = tmp_path / name
    file.write_bytes("\n".join([head, *rows]).encode(encoding))
    return file


def saved(south_america, tmp_path, name):
    """Our own download of a store, by the command."""
    file = tmp_path / name
    done = CliRunner().invoke(main, ["save", "--store", str(south_america.path), "--out", str(file)])
    assert done.exit_code == 0, done.output
    return file


FILES = ["a.csv", "a.xlsx", "a.gpkg", "a.fgb", "a.parquet", "a.kml", "a.geojsons"]


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_our_own_files_read_back_say_that_nothing_changed(south_america, tmp_path, name):
    analysis = compared(saved(south_america, tmp_path, name), south_america)
    assert {"same": analysis.tally.verdicts.total()} == dict(analysis.tally.verdicts)
    assert not analysis.tally.reasons
    assert [] == [each for each in analysis.outcomes() if each.faults]


def edited_csv(file, edits):
    """Change cells of a CSV, by the id of their row and the column."""
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
    places = {column: at for at, column in enumerate(rows[0])}
    for row in rows[1:]:
        for (project_id, column), cell in edits.items():
            if row[0] == project_id:
                row[places[column]] = cell
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    file.write_text(out.getvalue(), "utf-8")


@pytest.mark.slow
def test_a_download_that_was_edited_says_exactly_which_rows_changed(south_america, tmp_path):
    file = saved(south_america, tmp_path, "a.csv")
    first, second, third = list(south_america.current_ids())[:3]
    edits = {(first, "name"): "Another name", (second, "segment"): "cells", (third, "region"): "Elsewhere"}
    edited_csv(file, edits)
    analysis = compared(file, south_america)
    changed = {each.record: each for each in analysis.outcomes() if each.verdict != "same"}
    assert {first, third} == set(changed)
    assert [("/properties/name", "Another name")] == [(each.pointer, each.after) for each in changed[first].changes]
    remarks = {each.record: [fault.rule for fault in each.faults] for each in analysis.outcomes() if each.faults}
    assert {second: ["cell-derived"]} == remarks
    assert 2 == write(analysis, south_america, "ana", "edited by hand")
    assert "Another name" == south_america.head(first).project.properties.name
    again = compared(file, south_america)
    assert {"same"} == set(again.tally.verdicts)


@pytest.mark.slow
def test_what_others_changed_since_a_download_stays_and_is_asked_about(south_america, tmp_path):
    file = saved(south_america, tmp_path, "a.csv")
    first, second = list(south_america.current_ids())[:2]
    for project_id in (first, second):
        head = south_america.head(project_id)
        feature = head.project.to_feature()
        changed = type(head.project).from_feature(
            {**feature, "properties": {**feature["properties"], "name": "Theirs"}}
        )
        south_america.write([Edit(project_id, changed, head.number, "bea")])
    edited_csv(file, {(first, "name"): "Ours", (second, "region"): "Ours"})
    found = {each.record: each for each in compared(file, south_america).outcomes() if each.verdict != "same"}
    assert ["cell-changed-since"] == [each.rule for each in found[first].faults]
    assert [("/properties/region", "Ours")] == [(each.pointer, each.after) for each in found[second].changes]


@pytest.mark.slow
def test_a_new_stage_is_an_event_with_its_source_and_needs_one(south_america, tmp_path):
    file = saved(south_america, tmp_path, "a.csv")
    project_id = next(iter(south_america.current_ids()))
    edited_csv(file, {(project_id, "status"): "cancelled", (project_id, "status_date"): "2026-03"})
    (found,) = [each for each in compared(file, south_america).outcomes() if each.verdict != "same"]
    assert ("refused", ["claim-without-source"]) == (found.verdict, [each.rule for each in found.faults])
    source = {"url": "https://example.org/news", "title": "News"}
    analysis = compared(file, south_america, source=source)
    write(analysis, south_america, "ana", "news")
    project = south_america.head(project_id).project
    assert ("cancelled", "2026-03") == (project.derived()["status"], project.derived()["status_date"])
    assert source["url"] == project.properties.sources[-1].url
    assert {"same"} == set(compared(file, south_america, source=source).tally.verdicts)


def test_a_table_is_written_at_once_and_only_once(store, tmp_path):
    file = table(tmp_path, ROW, ROW.replace("Rose", "Lily").replace("-17.4", "-20.1"))
    analysis = compared(file, store)
    assert [(2, "new", []), (3, "new", [])] == told(analysis)
    assert 0 == store.latest_sequence()
    write(analysis, store, "ana", "from a table")
    assert ["bo-lily", "bo-rose"] == list(store.current_ids())
    with pytest.raises(AlreadyExists):
        write(analysis, store, "ana", "again")
    again = compared(file, store)
    assert {"same": 2} == dict(again.tally.verdicts)
    assert (0, 2) == (write(again, store, "ana", "again"), store.latest_sequence())
    [entry] = [each for each in store.audit.entries() if each.action == "imported"]
    assert ("ana", "from a table", {"count": 2}) == (entry.actor, entry.subject, dict(entry.details))


@pytest.mark.slow
def test_what_was_imported_and_changed_by_people_since_is_left_as_it_is(store, tmp_path):
    file = table(tmp_path, ROW)
    write(compared(file, store), store, "ana", "from a table")
    head = store.head("bo-rose")
    feature = head.project.to_feature()
    feature["properties"]["region"] = "Cochabamba"
    store.write([Edit("bo-rose", type(head.project).from_feature(feature), 1, "bea")])
    assert [(2, "same", [])] == told(compared(file, store))
    store.write([Edit("bo-rose", None, 2, "bea")])
    assert [(2, "same", [])] == told(compared(file, store))


def test_rows_that_are_refused_or_doubtful_keep_all_from_being_written(store, tmp_path):
    store.write([Edit("bo-rose-works", made_up("bo-rose-works", name="Rose works", geometry=SPOT), None, "bea")])
    file = table(tmp_path, ROW, ROW.replace("Rose", "Lily").replace("BO", "ZZ"), ROW.replace("Rose", "Iris"))
    analysis = compared(file, store)
    assert [(2, "doubtful", []), (3, "refused", ["cell-no-country"]), (4, "new", [])] == told(analysis)
    assert ("bo-rose-works",) == next(analysis.outcomes()).alike
    with pytest.raises(ImportRefused) as refused:
        write(analysis, store, "ana", "from a table")
    assert {"refused": 1, "doubtful": 1} == refused.value.values
    assert 1 == write(analysis, store, "ana", "from a table", leaving_out=True)
    assert ["bo-iris", "bo-rose-works"] == list(store.current_ids())
    assert (2, "new", []) == told(compared(file, store, doubtful="new"))[0]


SPOT = {"type": "Point", "coordinates": [-66.2, -17.4]}

REPAIRS = [
    ("-17,4", "-66,2", "decimal-comma"),
    ("17°24'S", "66°12'W", "degrees-minutes-seconds"),
    ("S 17 24 00", "66° 12′ 0″ O", "degrees-minutes-seconds"),
    ("-66.2", "-17.4", "swapped-coordinates"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("latitude", "longitude", "repair"), REPAIRS)
def test_coordinates_are_repaired_with_consent_alone(store, tmp_path, latitude, longitude, repair):
    row = f'Rose,cell_factory,BO,"{latitude}","{longitude.replace(chr(34), "")}",site,https://example.org/a'
    ((_, verdict, rules),) = told(compared(table(tmp_path, row), store))
    assert ("refused", {f"repair-{repair}"}) == (verdict, set(rules))
    analysis = compared(table(tmp_path, row), store, repair)
    assert {repair} == set(analysis.tally.made)
    assert [SPOT] == [each.project.geometry for each in analysis.changes()]


DATES = [
    ("Q3 2025", "quarters", "2025"),
    ("05/06/2024", "day-first", "2024-06-05"),
    ("05/06/2024", "month-first", "2024-05-06"),
    ("45418", "excel-dates", "2024-05-06"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("cell", "repair", "date"), DATES)
def test_dates_are_repaired_with_consent_alone(store, tmp_path, cell, repair, date):
    file = table(tmp_path, f"{ROW},announced,{cell}", head=f"{HEAD},status,status_date")
    assert "refused" == told(compared(file, store))[0][1]
    (change,) = compared(file, store, repair).changes()
    assert date == change.project.properties.events[0].date


@pytest.mark.slow
def test_a_range_is_at_least_its_lower_end_with_consent(store, tmp_path):
    file = table(tmp_path, f"{ROW},10-20,planned", head=f"{HEAD},Capacity (GWh),capacity_basis")
    assert [(2, "refused", ["repair-ranges"])] == told(compared(file, store))
    (change,) = compared(file, store, "ranges").changes()
    (capacity,) = change.project.properties.capacities
    assert (10, "at_least", "GWh/y", "cells") == (capacity.value, capacity.qualifier, capacity.unit, capacity.product)


def test_text_in_another_encoding_is_refused_by_name_and_read_when_it_is_named(store, tmp_path):
    file = table(tmp_path, ROW.replace("Rose", "Cañón"), encoding="cp1252")
    with pytest.raises(DataFileError) as refused:
        compared(file, store)
    assert ("encoding-unsure", "windows-1252") == (refused.value.rule, refused.value.values["may_be"])
    (change,) = compared(file, store, asked=Asked(encoding="windows-1252")).changes()
    assert "Cañón" == change.project.properties.name


@pytest.mark.slow
def test_merged_cells_are_named_and_filled_with_consent(store, tmp_path):
    book = openpyxl.Workbook()
    for line in (HEAD, ROW, ROW.replace("Rose", "Lily").replace("-17.4", "-20.1")):
        book.active.append([float(cell) if cell.startswith("-") else cell for cell in line.split(",")])
    book.active.merge_cells("C2:C3")
    book.save(tmp_path / "a.xlsx")
    assert [(2, "new", []), (3, "refused", ["repair-merged-cells"])] == told(compared(tmp_path / "a.xlsx", store))
    analysis = compared(tmp_path / "a.xlsx", store, "merged-cells")
    assert ["BO", "BO"] == [each.project.properties.country for each in analysis.changes()]


@pytest.mark.slow
def test_a_layer_in_metres_is_turned_into_degrees_with_consent(store, tmp_path):
    columns = {
        name: [cell] for name, cell in zip(HEAD.split(","), ROW.split(","), strict=True) if name not in ("lat", "lon")
    }
    frame = geopandas.GeoDataFrame(columns, geometry=geopandas.points_from_xy([-66.2], [-17.4]), crs="EPSG:4326")
    frame.to_crs("EPSG:32719").to_file(tmp_path / "a.gpkg", layer="plants")
    with pytest.raises(DataFileError) as refused:
        compared(tmp_path / "a.gpkg", store)
    assert "crs-not-wgs-84" == refused.value.rule
    (change,) = compared(tmp_path / "a.gpkg", store, "projected-coordinates").changes()
    assert SPOT == change.project.geometry


@pytest.mark.slow
def test_a_zipped_shapefile_is_read_and_one_that_is_a_bomb_is_refused(store, tmp_path):
    short = {
        "name": ["Rose"],
        "kind": ["cell_factory"],
        "country": ["BO"],
        "accuracy": ["site"],
        "url": ["https://example.org/a"],
    }
    frame = geopandas.GeoDataFrame(short, geometry=geopandas.points_from_xy([-66.2], [-17.4]), crs="EPSG:4326")
    frame.to_file(tmp_path / "plants.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for part in tmp_path.glob("plants.*"):
            archive.write(part, part.name)
    assert [(1, "new", [])] == told(compared(tmp_path / "a.zip", store))
    with zipfile.ZipFile(tmp_path / "a.zip", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("more.dbf", bytes(2**24))
    with pytest.raises(DataFileError) as refused:
        compared(tmp_path / "a.zip", store)
    assert "workbook-ratio" == refused.value.rule


def test_a_saved_profile_reads_the_same_table_again(tmp_path):
    profile = Profile(
        columns={'Näme "x"': "name", "B=C": "kind"},
        repairs=("ranges",),
        source={"url": "https://example.org/ü🔋", "title": "T\\"},
        words={"kind": {"deposit/brine": "brine_operation"}},
        header=3,
    )
    assert profile == profile_of(profile_text(profile).encode(), "a.toml")


def test_each_repair_is_offered_once_and_has_its_sentence():
    assert len(set(REPAIRS_THERE)) == len(REPAIRS_THERE)
    said = {f"repair-{each}" for each in REPAIRS_THERE} - {"repair-projected-coordinates"}  # said of the whole file
    assert said == {rule for rule in forms() if rule.startswith("repair-") and rule != "repair-unknown"}


@pytest.mark.slow
def test_words_of_a_table_mean_what_its_profile_says(store, tmp_path):
    file = table(tmp_path, ROW.replace("cell_factory", "Zellen"))
    assert [(2, "refused", ["cell-no-code"])] == told(compared(file, store))
    analysis = compared(file, store, words={"kind": {"Zellen": "cell_factory"}})
    assert [(2, "new", [])] == told(analysis)


def test_what_columns_mean_is_guessed_in_four_languages_with_a_reason(tmp_path):
    heads = [
        "Nombre del proyecto,País,Latitud,Longitud,Tipo,Estado",
        "Название,Страна,Широта,Долгота,Тип,Статус",
        "项目名称,国家,纬度,经度,类型,状态",
    ]
    for head in heads:
        found = opened(
            read_table(table(tmp_path, "Rosa,Bolivia,-17.4,-66.2,Gigafactory,Operating", head=head), Asked())
        )
        guesses = guess(found.columns, found.rows())
        assert ["name", "country", "lat", "lon", "kind", "status"] == [each.target for each in guesses.columns]
        assert {"word"} == {each.reason for each in guesses.columns}


def test_a_contributor_s_table_becomes_proposals_once(store, tmp_path):
    analysis = compared(table(tmp_path, ROW), store)
    author = Author("carla", key="carla")
    assert 1 == len(propose(analysis, store, author, "from my table"))
    assert [] == propose(analysis, store, author, "from my table")
    assert [] == list(store.current_ids())
    [entry] = [each for each in store.audit.entries() if each.action == "imported"]
    assert ("carla", "from my table", 1) == (entry.actor, entry.subject, entry.details["count"])


@pytest.mark.slow
def test_a_table_that_is_compared_again_is_written_as_it_was_seen(store, tmp_path):
    both = table(tmp_path, ROW, ROW.replace("Rose", "Lily").replace("-17.4", "-12.1"))
    profile = Profile(columns=COLUMNS)
    tally = kept(both, profile, store, tmp_path)
    seen = opened(kept_analysis(tmp_path, tally, profile))
    kept(table(tmp_path, ROW, name="one.csv"), profile, store, tmp_path)
    assert 2 == write(seen, store, "ana", "my table")
    assert ["bo-lily", "bo-rose"] == list(store.current_ids())


def kept(file, profile, store, folder):
    """Keep what is found of a file in a folder, and return its tally."""
    return opened(analyse(opened(read_table(file, Asked())), profile, store, folder=folder)).tally


class _Stopped(Exception):
    """Somebody has had enough."""


def test_who_stops_leaves_nothing(store, tmp_path):
    file = table(tmp_path, *(ROW.replace("Rose", f"Plant {number}") for number in range(500)))
    analysis = compared(file, store, doubtful="new")

    def stop(done):
        if done >= 200:
            raise _Stopped

    with pytest.raises(_Stopped):
        write(analysis, store, "ana", "stopped", watched=stop)
    assert 0 == store.latest_sequence()
    assert 500 == write(analysis, store, "ana", "to the end")


HOSTILE = {
    "not.xlsx": (b"PK\x03\x04" + b"x" * 100, "file-unreadable"),
    "page.csv": (b"<!doctype html><title>404</title>", "file-of-other-form"),
    "a.gpkg": (b"SQLite format 3\0" + bytes(2000), "file-unreadable"),
    "a.fgb": (b"fgb\x03fgb\x00" + b"\xff" * 200, "file-of-other-form"),
    "a.parquet": (b"PAR1" + bytes(100), "file-unreadable"),
    "a.kml": (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><kml>&b;</kml>', "file-unreadable"),
    "a.exe": (b"MZ", "file-form-unknown"),
    "nul.csv": (b"name,kind\nA\0,b\n", "text-with-nul"),
    "empty.csv": (b"", "rows-missing"),
    "head.csv": (b"name,kind\n", "rows-missing"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_not_what_it_says_is_refused_by_name(store, tmp_path, name):
    content, rule = HOSTILE[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataFileError) as refused:
        compared(tmp_path / name, store)
    assert rule == refused.value.rule


def test_a_file_of_500_mb_is_refused_before_it_is_read(store, tmp_path):
    with (tmp_path / "a.csv").open("wb") as file:
        file.truncate(500 * 2**20)
    with pytest.raises(DataFileError) as refused:
        compared(tmp_path / "a.csv", store)
    assert ("file-too-large", 256) == (refused.value.rule, refused.value.values["mib"])


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="s"><SrcDataSource>CSV:/etc/passwd</SrcDataSource>'
    "<SrcLayer>passwd</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "before"),
    [
        *(("a.kml", before) for before in ("", "<kml/>")),
        *(("a.fgb", before) for before in ("fgb", "fgb\x03fgb\x01\x00\x00\x00\x00")),
        ("a.gpkg", "SQLite format 3\x00"),
    ],
)
def test_a_file_that_opens_others_is_read_by_no_driver(tmp_path, name, before):
    """GDAL takes a file for what it finds in it: a virtual layer would read this machine's files."""
    file = tmp_path / name
    file.write_text(f"{before}{VRT}")
    with pytest.raises(DataFileError):
        read_table(file, Asked(layer="s"))


def test_a_large_table_is_read_ahead_by_a_process_beside_with_the_same_outcome(store, tmp_path, monkeypatch):
    good = [ROW.replace("Rose", f"Rose {number // 2} B").replace("-66.2", f"-66.{number:03}") for number in range(450)]
    bad = [
        ROW.replace("BO", "Nowhere"),
        ROW.replace("-17.4", "17,4x"),
        ROW.replace("https://example.org/a", ""),
        ROW,
        ROW,
    ]
    file = table(tmp_path, *good, *bad)
    plain = compared(file, store)
    monkeypatch.setattr("geo.bulk.ahead.FEWEST_ROWS", 1)
    ahead = compared(file, store)
    assert [each.members() for each in plain.outcomes()] == [each.members() for each in ahead.outcomes()]
    assert [each.project for each in plain.changes()] == [each.project for each in ahead.changes()]
    assert plain.tally.verdicts == ahead.tally.verdicts
    assert {"new", "doubtful", "refused"} <= set(ahead.tally.verdicts)


def test_what_was_read_ahead_is_what_is_compared_and_a_process_that_ends_early_is_done_without(tmp_path, monkeypatch):
    monkeypatch.setattr("geo.bulk.ahead.FEWEST_ROWS", 1)
    read = opened(read_table(table(tmp_path, *[ROW] * 3), Asked()))
    with read.ahead(Profile(columns=COLUMNS)) as ahead:
        assert ["bo-rose"] * 3 == [each.project.id for each in ahead]
    monkeypatch.setattr("sys.executable", "/bin/false")
    with read.ahead(Profile(columns=COLUMNS)) as ahead:
        assert [] == list(ahead)
