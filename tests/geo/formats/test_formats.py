"""Files that a reader takes away hold just what the catalog answers, and no program runs what a stranger wrote."""

import csv
import datetime as dt
import io
import re

import geopandas
import numpy as np
import openpyxl
import orjson
import pandas as pd
import pyogrio
import pytest
from conftest import copy_of
from hypothesis import given
from hypothesis import strategies as st
from made_up import made_up, made_up_feature
from taken_away import ORIGIN, address, reference, selection, written

from geo.columns import PROJECTS
from geo.editing import Edit
from geo.errors import SelectionTooLarge
from geo.formats import xlsx_book
from geo.formats.cells import MOST_LETTERS, fitting, harmless, length, listed
from geo.formats.files import file_name
from geo.formats.registry import FORMATS
from geo.formats.selection import Selection
from geo.formats.tables import SOURCES, table_of
from geo.opening import Ledger, open_ledger
from geo.query import Query
from geo.records.geometry import to_shape
from geo.records.project import Project

SHEETS = {
    "Projects": "projects",
    "Events": "events",
    "Capacities": "capacities",
    "Owners": "owners",
    "Sources": "sources",
}
NAMES = [column.name for column in PROJECTS if column.origin != "indexed"]


def csv_rows(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def sheet(content, title):
    head, *rows = openpyxl.load_workbook(io.BytesIO(content))[title].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """Made-up records of all kinds as the catalog answers them, one of them an area."""
    square = {"type": "Polygon", "coordinates": [[[10, 50], [11, 50], [11, 51], [10, 51], [10, 50]]]}
    store = open_ledger(copy_of("many", tmp_path_factory.mktemp("formats") / "store.gpkg")).store
    store.write([Edit("de-area", made_up("de-area", country="DE", geometry=square), None, "test")])
    _, features = Ledger(store).catalog.found(Query())
    store.close()
    return [orjson.loads(feature) for feature in features]


def stated(feature):
    return {"id": feature["id"], **{name: feature["properties"].get(name) for name in NAMES if name != "id"}}


def test_csv_reads_back_as_what_was_answered(answered):
    rows = csv_rows(written("csv", answered))
    assert len(answered) == len(rows)
    for feature, row in zip(answered, rows, strict=True):
        for name, value in stated(feature).items():
            match value:
                case None:
                    assert row[name] == ""
                case bool():
                    assert row[name] == str(value).lower()
                case int() | float():
                    assert float(row[name]) == value
                case _:
                    assert row[name] == value
        assert address(feature["id"]) == row["address"]
    frame = pd.read_csv(io.BytesIO(written("csv", answered)))
    assert "float64" == frame.capacity.dtype, "numbers are numbers"


def test_csv_is_as_rfc_4180_has_it(answered):
    content = written("csv", answered[:3])
    assert content.startswith(b"\xef\xbb\xbfid,name,kind,")
    assert 4 == content.count(b"\r\n") == content.count(b"\n")


@pytest.mark.slow
def test_a_workbook_reads_back_as_what_was_answered(answered):
    content = written("xlsx", answered)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [*SHEETS, "About"] == book.sheetnames
    for feature, row in zip(answered, sheet(content, "Projects"), strict=True):
        assert stated(feature) == {name: row[name] for name in NAMES}
    for title, name in SHEETS.items():
        if title != "Projects":
            parts = [(f["id"], part) for f in answered for part in f["properties"].get(name, [])]
            rows = sheet(content, title)
            assert [project_id for project_id, _ in parts] == [row["record_id"] for row in rows]
            for (_, part), row in zip(parts, rows, strict=True):
                assert {k: "; ".join(v) if isinstance(v, list) else v for k, v in part.items()}.items() <= row.items()


def test_what_a_record_leaves_to_its_default_is_in_the_table(answered):
    event = sheet(written("xlsx", answered[:9]), "Events")[0]
    assert ("happened", "stated", False) == (event["date_basis"], event["basis"], event["expected"])


def test_a_geopackage_reads_back_as_what_was_answered(answered, tmp_path):
    file = tmp_path / "selection.gpkg"
    file.write_bytes(written("gpkg", answered))
    layer = geopandas.read_file(file, layer="projects")
    assert 4326 == layer.crs.to_epsg()
    for feature, row in zip(answered, layer.to_dict("records"), strict=True):
        for name, value in stated(feature).items():
            if PROJECTS[name].kind == "time":
                assert pd.Timestamp(value) == row[name]
            else:
                assert value == (None if pd.isna(row[name]) else row[name]), name
        shape = to_shape(feature["geometry"])
        assert (shape is None and row["geometry"] is None) or shape.equals(row["geometry"])
    for name in ("events", "capacities", "owners", "sources"):
        count = sum(len(f["properties"].get(name, [])) for f in answered)
        assert count == len(pyogrio.read_dataframe(file, layer=name)), name
    assert {"projects", "events", "capacities", "owners", "sources", "about"} == {
        name for name, _ in pyogrio.list_layers(file)
    }


# What strangers may write into a record, and what no record takes but a cell must still bear.
FORMULAS = [
    '=HYPERLINK("https://example.org/?"&A1,"see")',
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1:A9)",
    "  =1+1",
    "＝1+1",
    "=cmd|' /C calc'!A0",
]
HOSTILE = [
    *FORMULAS,
    'a "quoted" text, with a comma',
    "two\nlines",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}",
    "x" * 900,
]


def hostile_feature(text):
    quiet = made_up_feature(summary=text.strip())
    quiet["properties"]["events"][0]["summary"] = text.strip()
    quiet["properties"]["sources"][0]["quote"] = text.strip()[:300]
    line = " ".join(text.split())[:200]
    quiet["properties"] |= {"name": line, "owners": [{"name": line, "role": "owner", "sources": ["s1"]}]}
    project = Project.from_feature(quiet)
    stated = project.to_feature()
    stated["properties"] |= {**project.derived(), "revision": 1, "created": "2026-01-01T00:00:00.000Z"}
    stated["properties"]["updated"] = "2026-01-01T00:00:00.000Z"
    return stated


def test_what_a_stranger_wrote_arrives_and_is_no_formula(tmp_path):
    """All that is hostile in one file of each format: to make one takes longer than to write a record into it."""
    features = [hostile_feature(text) | {"id": f"bo-{number}"} for number, text in enumerate(HOSTILE)]
    told = [(feature["properties"]["name"], feature["properties"]["summary"]) for feature in features]

    rows = csv_rows(written("csv", features))
    assert told == [(row["name"].removeprefix("'"), row["summary"].removeprefix("'")) for row in rows]
    cells = [cell for row in rows for cell in row.values() if not is_number(cell)]
    assert not [cell for cell in cells if re.match(r"[=+\-@\t\r＝＋－＠]", cell)]

    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", features)))
    cells = [cell for each in book for row in each.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert {text for each in told for text in each} <= {cell.value for cell in cells}

    (tmp_path / "hostile.gpkg").write_bytes(written("gpkg", features))
    layer = geopandas.read_file(tmp_path / "hostile.gpkg", layer="projects")
    assert told == [*zip(layer.name, layer.summary, strict=True)]


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_long_and_odd_texts_survive(tmp_path):
    """No record takes them; a cell has to bear them all the same."""
    feature = hostile_feature("Fine.")
    odd = "a\x01b\x1fc\td\re_x0041_f\U0001f50b"
    feature["properties"] |= {"summary": "x" * 30_000 + "😀" * 5_000, "region": odd}
    assert 40_000 == length(feature["properties"]["summary"])
    row = csv_rows(written("csv", [feature]))[0]
    assert (feature["properties"]["summary"], odd) == (row["summary"], row["region"])
    cell = sheet(written("xlsx", [feature]), "Projects")[0]
    assert length(cell["summary"]) <= MOST_LETTERS
    assert cell["summary"].startswith("x" * 30_000)
    assert cell["summary"].endswith("😀 […]")
    # openpyxl leaves letters as the format writes them (ECMA-376 part 1, section 22.9.2.19); Excel reads them.
    assert odd == re.sub(r"_x([0-9A-F]{4})_", lambda match: chr(int(match.group(1), 16)), cell["region"])
    (tmp_path / "odd.gpkg").write_bytes(written("gpkg", [feature]))
    assert feature["properties"]["summary"] == geopandas.read_file(tmp_path / "odd.gpkg", layer="projects").summary[0]


def test_a_cell_of_many_sources_says_how_many_are_left_out():
    texts = ["x" * 1000] * 200
    shown = listed(texts)
    assert length(shown) <= MOST_LETTERS
    kept = shown.split("; ")
    assert f"and {200 - (len(kept) - 1)} more" == kept[-1]
    assert "a; b" == listed(["a", "b"])
    assert listed([]) is None


@given(st.text(alphabet="=+-@;\t\r\n '\"a1＝\u00a0😀", max_size=40))
def test_a_harmless_text_begins_no_cell_with_a_formula(text):
    """Not even where a spreadsheet parts cells at semicolons, whatever is quoted; and nothing else is changed."""
    shown = harmless(text)
    for cell in re.split("[;\t\r\n]", shown):
        assert not re.match("[ \u00a0]*[=+\\-@＝＋－＠]", cell)
    assert not shown or shown[0] not in "\t\r"
    assert re.sub("'(?=[ \u00a0]*[=+\\-@＝＋－＠\t\r])", "", shown) == re.sub(
        "'(?=[ \u00a0]*[=+\\-@＝＋－＠\t\r])", "", text
    )


@given(st.text(max_size=30), st.integers(1, 40))
def test_a_fitting_text_is_the_beginning_of_the_whole(text, times):
    whole = text * times * 50
    shown = fitting(whole)
    assert length(shown) <= MOST_LETTERS
    assert shown == whole or (shown.endswith(" […]") and whole.startswith(shown[:-4]))


def test_a_sheet_that_is_full_is_refused(answered, monkeypatch):
    monkeypatch.setattr(xlsx_book, "MOST_ROWS", 100)
    with pytest.raises(SelectionTooLarge, match="room for 100 rows"):
        written("xlsx", answered)


def test_files_take_no_more_memory_for_more_records():
    """The records are gone through once, a part at a time."""
    taken = []

    def features():
        for number in range(3000):
            taken.append(number)
            yield orjson.dumps(hostile_feature("Fine.") if number == 0 else FINE)

    made = FORMATS["csv"].write(Selection(features(), ORIGIN, [], reference))
    next(made)
    assert len(taken) <= 500
    made.close()


FINE = hostile_feature("Fine.")


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ({}, "lithium-ledger-2026-11-26.csv"),
        (
            {"country": ["BO"], "status": ["considered", "announced"]},
            "lithium-ledger-country-BO-status-considered-announced-2026-11-26.csv",
        ),
        ({"q": ["../../etc/passwd\r\nX: y"]}, "lithium-ledger-q-etc-passwd-X-y-2026-11-26.csv"),
        ({"operator": ['Росатом "; rm -rf']}, "lithium-ledger-operator-rosatom-rm-rf-2026-11-26.csv"),
        (
            {"capacity": ["10/.."], "as_of": ["2025-01-01"]},
            "lithium-ledger-capacity-10-as-of-2025-01-01-2026-11-26.csv",
        ),
    ],
)
def test_a_file_is_named_by_what_was_asked_for(asked, name):
    assert name == file_name(asked, dt.date(2026, 11, 26), "csv")


@given(st.dictionaries(st.sampled_from(["q", "owner"]), st.lists(st.text(max_size=300), max_size=5)))
def test_no_name_of_a_file_is_unsafe_or_long(asked):
    name = file_name(asked, dt.date(2026, 11, 26), "xlsx")
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*\.xlsx", name)
    assert len(name) <= 140


def test_the_columns_of_files_are_those_of_the_list():
    fields = [field.name for field in table_of(selection([])).fields]
    assert NAMES == fields[: len(NAMES)]
    beside = ["owners", "sources", "lon", "lat", "summary", "source_addresses", "address", "release", "licence"]
    assert beside == fields[len(NAMES) :]
    assert "quote" in [field.name for field in SOURCES.fields]


def test_a_place_that_is_only_a_country_has_no_point_in_a_table(answered):
    rows = {row["id"]: row for row in csv_rows(written("csv", answered))}
    for feature in answered:
        row, known = rows[feature["id"]], feature["properties"]["location_accuracy"] in ("site", "locality", "region")
        assert known == bool(row["lon"]) == bool(row["lat"])
    assert np.isclose([10.5, 50.5], [float(rows["de-area"]["lon"]), float(rows["de-area"]["lat"])]).all()
