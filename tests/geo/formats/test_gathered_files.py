"""Organisations and countries as files: other programs read the same rows, whatever is in them and with no places."""

import datetime as dt
import io

import openpyxl
import orjson
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
from conftest import copy_of
from hostile import HOSTILE, hostile
from made_up import made_up
from taken_away import ORIGIN, address, read_back, same_place, written

from geo.columns import COUNTRIES, ORGANISATIONS
from geo.editing import Edit
from geo.formats.cells import harmless
from geo.formats.registry import FORMATS, formats_of
from geo.formats.selection import Contents
from geo.gathered.schema import parts_of_countries, parts_of_organisations
from geo.opening import open_ledger
from geo.query import Query
from geo.records.geometry import to_shape

pytestmark = pytest.mark.slow

CONTENTS = {
    "organisations": Contents("organisations", ORGANISATIONS, parts_of_organisations(), is_placed=False),
    "countries": Contents("countries", COUNTRIES, parts_of_countries()),
}
FORMS = [form.name for form in formats_of(COUNTRIES)]
OF_RECORDS = ("geojsonfile", "geojsonseq", "jsonfg")  # which hold what the store answers, not its table
OF_LISTS = (*OF_RECORDS, "parquet", "arrow")
OF_TABLES = [name for name in FORMS if name not in OF_RECORDS]
ODD = ["NA", "null", "-1", "1e5", "true", "=1+1", "a]]>b", '"; DROP TABLE x', "Ünïcödé 😀"]


@pytest.fixture(scope="module")
def features(tmp_path_factory):
    """The features of both collections, with parties of odd names and of strangers who mean harm."""
    ledger = open_ledger(copy_of("south_america", tmp_path_factory.mktemp("gathered") / "store.gpkg"))
    owners = [{"name": name, "role": "owner", "sources": ["s1"]} for name in ODD]
    made = [hostile(number, text) for number, text in enumerate(HOSTILE)]
    made.append(made_up("na-mine", country="NA", owners=owners))
    ledger.store.write([Edit(each.id, each, None, "test") for each in made])
    catalogs = {"organisations": ledger.gathered.organisations, "countries": ledger.gathered.countries}
    found = {name: catalogs[name].found(Query(columns=each.columns))[1] for name, each in CONTENTS.items()}
    read = {name: [orjson.loads(feature) for feature in each] for name, each in found.items()}
    ledger.store.close()
    return read


@pytest.fixture(scope="module")
def rows(features, tmp_path_factory):
    """The rows of a collection in a format, by the id of the feature, read once."""
    kept = {}

    def of(name, form):
        if (name, form) not in kept:
            content = written(form, features[name], CONTENTS[name])
            read = read_back(form, content, tmp_path_factory.mktemp(form), name)
            kept[name, form] = {row["id"]: row for row in read}
            assert len(read) == len(kept[name, form])
        return kept[name, form]

    return of


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", CONTENTS)
def test_every_column_is_the_same_in_every_format(features, rows, name, form):
    found = rows(name, form)
    assert {feature["id"] for feature in features[name]} == found.keys()
    for feature in features[name]:
        row = found[feature["id"]]
        for column in CONTENTS[name].columns:
            stated = feature["id"] if column.name == "id" else feature["properties"][column.name]
            where = (feature["id"], column.name)
            assert meant(form, column.kind, stated) == read(form, column.kind, row[column.name]), where


def meant(form, kind, value):
    """A value as programs say it."""
    if kind == "ids" and form not in OF_LISTS:
        value = "; ".join(value) or None
    if value is None:
        return None
    if kind == "time":
        return pd.Timestamp(value)
    if isinstance(value, str) and form == "csv":
        return harmless(value)
    return float(value) if kind in ("number", "integer") else value


def read(form, kind, value):
    """A value that was read, without what the format has to do to it."""
    if value is None:
        return None
    match kind:
        case "number" | "integer":
            return float(value)
        case "flag":
            return value if isinstance(value, bool) else str(value).lower() in ("1", "1.0", "true")
        case "time":
            return value if isinstance(value, dt.datetime) else pd.Timestamp(value.replace("/", "-"))
    return value


@pytest.mark.parametrize("form", [form for form in FORMS if FORMATS[form].placed])
def test_areas_of_countries_are_the_same(features, rows, form):
    kinds = set()
    for feature in features["countries"]:
        shape = to_shape(feature["geometry"])
        kinds.add(shape and shape.geom_type)
        assert same_place(shape, rows("countries", form)[feature["id"]]["geometry"]), feature["id"]
    assert {"Polygon", "MultiPolygon"} <= kinds


@pytest.mark.parametrize("form", FORMS)
def test_organisations_are_at_no_place(rows, form):
    assert {None} == {row.get("geometry") for row in rows("organisations", form).values()}


@pytest.mark.parametrize("form", FORMS)
def test_namibia_is_a_country_and_an_odd_name_a_text(features, rows, form):
    assert "Namibia" == rows("countries", form)["NA"]["name"]
    named = {row["name"] for row in rows("organisations", form).values()}
    assert {harmless(name) if form == "csv" else name for name in ODD} <= named


@pytest.mark.parametrize("form", OF_TABLES)
@pytest.mark.parametrize("name", CONTENTS)
def test_a_row_says_where_it_comes_from_and_what_is_no_column_as_json(features, rows, name, form):
    for feature in features[name]:
        row = rows(name, form)[feature["id"]]
        said = (address(feature["id"]), ORIGIN.release, ORIGIN.licence)
        assert said == (row["address"], row["release"], row["licence"])
        for part in CONTENTS[name].parts:
            stated = feature["properties"][part]
            assert stated == orjson.loads(row[part] or "[]")


@pytest.mark.parametrize("form", OF_RECORDS)
@pytest.mark.parametrize("name", CONTENTS)
def test_geojson_holds_what_the_collection_answers(features, name, form):
    content = written(form, features[name], CONTENTS[name])
    texts = content.decode().split("\x1e")[1:] if form == "geojsonseq" else None
    found = [orjson.loads(text) for text in texts] if texts else orjson.loads(content)["features"]
    kept = ("type", "id", "geometry", "properties")
    assert features[name] == [{member: each[member] for member in kept} for each in found]
    assert address(found[0]["id"]) == found[0]["links"][0]["href"]
    if form == "jsonfg":
        assert name == orjson.loads(content)["featureType"]
        assert {None} == {each["time"] for each in found}


@pytest.mark.parametrize("name", CONTENTS)
def test_workbook_and_geopackage_have_a_table_for_each_kind_of_part(features, name, tmp_path):
    contents, file = CONTENTS[name], tmp_path / "file.gpkg"
    file.write_bytes(written("gpkg", features[name], contents))
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", features[name], contents)), read_only=True)
    layers = dict(pyogrio.list_layers(file))
    assert {name, *contents.parts, "about"} == layers.keys()
    assert ("Unknown" if contents.is_placed else None) == layers[name]
    titles = [part.replace("_", " ").capitalize() for part in contents.parts]
    assert [name.capitalize(), *titles, "About"] == book.sheetnames
    for part, title in zip(contents.parts, titles, strict=True):
        stated = [
            {"record_id": feature["id"], "record_name": feature["properties"]["name"], **each}
            for feature in features[name]
            for each in feature["properties"][part]
        ]
        assert stated
        frame = pyogrio.read_dataframe(file, layer=part)
        assert stated == [{name: _plain(row[name]) for name in stated[0]} for row in frame.to_dict("records")]
        head, *others = book[title].iter_rows(values_only=True)
        assert stated == [dict(zip(head, row, strict=True)) for row in others]


def _plain(value):
    return None if pd.isna(value) else value


def test_parquet_without_places_says_nothing_of_geometries(features, tmp_path):
    file = tmp_path / "file.parquet"
    for name, contents in CONTENTS.items():
        file.write_bytes(written("parquet", features[name], contents))
        assert contents.is_placed == (b"geo" in pq.read_metadata(file).metadata)
        assert contents.is_placed == ("bbox" in pq.read_schema(file).names)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", CONTENTS)
def test_no_feature_is_a_file_too(name, form, tmp_path):
    content = written(form, [], CONTENTS[name])
    if form == "jsonfg":
        assert [] == orjson.loads(content)["features"]  # of which GDAL makes no layer
    elif form == "geojsonseq":
        assert b"" == content  # of which GDAL knows no driver
    elif form == "xlsx":
        assert 1 == openpyxl.load_workbook(io.BytesIO(content))[name.capitalize()].max_row
    else:
        assert [] == read_back(form, content, tmp_path, name)


def test_formats_that_draw_or_cite_projects_are_of_no_other_collection():
    assert {"pmtiles", "bibtex", "csl"} == FORMATS.keys() - set(FORMS)
