"""Whatever the format: other programs read the same records, numbers, nulls and places, of friends and of strangers."""

import datetime as dt
import io
import shutil
import subprocess

import duckdb
import geopandas
import openpyxl
import orjson
import pyarrow.parquet as pq
import pyogrio
import pytest
from conftest import copy_of
from hostile import HOSTILE, hostile
from made_up import made_up
from taken_away import ORIGIN, address, read_back, reference, same_place, selection, written

from geo.columns import PROJECTS
from geo.dates import first_day
from geo.editing import Edit
from geo.formats.cells import harmless
from geo.formats.registry import FORMATS
from geo.formats.selection import Selection
from geo.opening import Ledger, open_ledger
from geo.query import Query
from geo.records.geometry import to_shape
from geo.records.project import Project

pytestmark = pytest.mark.slow

KNOWN = [column for column in PROJECTS if column.origin != "indexed"]
REFERENCES = ("bibtex", "csl")
LISTS = [form for form in FORMATS if form != "pmtiles"]  # which is a picture of the records that have a place
OF_COLUMNS = [form for form in LISTS if form not in REFERENCES]
OF_RECORDS = ("geojsonfile", "geojsonseq", "jsonfg")  # which hold what the store answers, not its table
PLACED = [name for name in LISTS if FORMATS[name].placed]
SQUARE = {"type": "Polygon", "coordinates": [[[10, 50], [11, 50], [11.1234567, 51], [10, 51], [10, 50]]]}
# What readers of tables take for something else than a text.
ODD = [
    "NA",
    "NaN",
    "NULL",
    "null",
    "None",
    "-1",
    "0",
    "1e5",
    "true",
    "2024-03",
    "Ünïcödé 😀",
    "a]]>b",
    "=1+1",
    "x" * 5000,
]


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """Records of all kinds, of strangers who mean harm, areas, some without a place, as the catalog answers them."""
    store = open_ledger(copy_of("south_america", tmp_path_factory.mktemp("trips") / "store.gpkg")).store
    made = [hostile(number, text) for number, text in enumerate(HOSTILE)]
    made += [made_up("na-mine", country="NA", geometry=SQUARE), made_up("na-unknown", country="NA", **UNKNOWN)]
    made += [made_up(f"cl-odd-{number}", country="CL", region=text[:200]) for number, text in enumerate(ODD)]
    store.write([Edit(each.id, each, None, "test") for each in made])
    number, features = Ledger(store).catalog.found(Query())
    found = [orjson.loads(feature) for feature in features]
    store.close()
    assert number == len(found) > len(made)
    return found


UNKNOWN = {"geometry": None, "location_accuracy": "undisclosed"}


@pytest.fixture(scope="module")
def rows(records, tmp_path_factory):
    """The rows of each format by the id of the record, read once."""
    kept = {}

    def of(form):
        if form not in kept:
            kept[form] = read_back(form, written(form, records), tmp_path_factory.mktemp(form))
        return kept[form]

    return of


@pytest.mark.parametrize("form", LISTS)
def test_the_records_are_the_same_in_their_order(records, rows, form):
    assert [feature["id"] for feature in records] == [row["id"] for row in rows(form)]


@pytest.mark.parametrize("form", OF_COLUMNS)
def test_numbers_texts_and_nulls_are_the_same(records, rows, form):
    for feature, row in zip(records, rows(form), strict=True):
        for column in KNOWN:
            stated = feature["properties"].get(column.name) if column.name != "id" else feature["id"]
            found = row[column.name]
            assert meant(form, column.kind, stated) == read(form, column.kind, found), (feature["id"], column.name)


def meant(form, kind, value):
    """A value as programs say it."""
    if value is None:
        return None
    if kind == "time":
        return dt.datetime.fromisoformat(value)
    if isinstance(value, str) and form == "csv":
        return harmless(value)
    return float(value) if kind in ("number", "integer") else value


def read(form, kind, value):
    """A value that was read, without what the format has to do to texts."""
    if value is None:
        return None
    match kind:
        case "number" | "integer":
            return float(value)
        case "flag":
            return value if isinstance(value, bool) else str(value).lower() in ("1", "1.0", "true")
        case "time":
            return value if isinstance(value, dt.datetime) else _time(value)
        case "date" if hasattr(value, "strftime"):  # GDAL takes what is all days in GeoJSON for days
            return value.strftime("%Y-%m-%d")
    return value


def _time(text):
    for form in ("%Y/%m/%d %H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y/%m/%d %H:%M:%S%z"):
        try:
            return dt.datetime.strptime(text.replace("+00", "+0000").replace("Z", "+0000"), form)
        except ValueError:
            continue
    raise AssertionError(text)


@pytest.mark.parametrize("form", PLACED)
def test_places_are_the_same_whatever_their_kind(records, rows, form):
    kinds = set()
    for feature, row in zip(records, rows(form), strict=True):
        shape = to_shape(feature["geometry"])
        kinds.add(shape and shape.geom_type)
        assert same_place(shape, row["geometry"]), feature["id"]
    assert {"Point", "Polygon", None} <= kinds


@pytest.mark.parametrize("form", OF_COLUMNS)
def test_namibia_is_a_country_and_an_odd_text_a_text(rows, form):
    by_id = {row["id"]: row for row in rows(form)}
    assert "NA" == by_id["na-mine"]["country"] == by_id["na-unknown"]["country"]
    shown = {number: by_id[f"cl-odd-{number}"]["region"] for number in range(len(ODD))}
    expected = {number: text[:200] for number, text in enumerate(ODD)}
    if form == "csv":
        shown = {number: text.removeprefix("'") for number, text in shown.items()}
    assert expected == shown


@pytest.mark.parametrize("form", LISTS)
def test_a_record_says_where_it_comes_from(records, rows, form):
    feature = next(each for each in records if len(each["properties"]["sources"]) > 2)
    row = next(row for row in rows(form) if row["id"] == feature["id"])
    urls = [source["url"] for source in feature["properties"]["sources"] if "url" in source]
    if form in OF_RECORDS:
        said = written(form, [feature])
        for text in (*urls, address(feature["id"]), ORIGIN.release, ORIGIN.licence_address):
            assert orjson.dumps(text) in said
        return
    assert address(feature["id"]) == row["address"]
    if form not in REFERENCES:
        assert (ORIGIN.release, ORIGIN.licence) == (row["release"], row["licence"])
        found = row["source_addresses"]
        assert urls == (found if isinstance(found, list) else found.split("; "))


@pytest.mark.parametrize("form", [form for form in OF_COLUMNS if form not in (*OF_RECORDS, "csv", "xlsx")])
def test_a_month_is_no_day_and_its_first_day_stands_beside_it(records, rows, form):
    reduced = 0
    for feature, row in zip(records, rows(form), strict=True):
        date, day = feature["properties"]["first_date"], row["first_date_first_day"]
        assert (date is None) == (day is None)
        if date is not None:
            reduced += len(date) < 10
            assert first_day(date).isoformat() == str(day)[:10].replace("/", "-")
    assert reduced > 5


@pytest.mark.parametrize("form", ["geojsonfile", "geojsonseq", "jsonfg"])
def test_what_was_taken_away_as_geojson_can_be_loaded_again(records, form):
    content = written(form, records)
    texts = content.decode().split("\x1e")[1:] if form == "geojsonseq" else [content]
    read = [orjson.loads(text) for text in texts]
    features = read if form == "geojsonseq" else read[0]["features"]
    assert [Project.from_feature(feature) for feature in features] == [
        Project.from_feature(feature) for feature in records
    ]


def test_a_text_sequence_is_as_rfc_8142_has_it(records):
    texts = written("geojsonseq", records[:3]).split(b"\x1e")
    assert b"" == texts[0]
    assert all(text.endswith(b"\n") and b"\n" not in text[:-1] for text in texts[1:])
    assert 4 == len(texts)


def test_json_fg_says_what_it_is_and_the_time_of_each_record(records):
    whole = orjson.loads(written("jsonfg", records))
    assert "http://www.opengis.net/spec/json-fg-1/1.0/conf/core" in whole["conformsTo"]
    assert ("projects", "http://www.opengis.net/def/crs/OGC/0/CRS84") == (whole["featureType"], whole["coordRefSys"])
    for feature in whole["features"]:
        first, last = feature["properties"]["first_date"], feature["properties"]["last_date"]
        assert feature["place"] is None
        if first is None:
            assert feature["time"] is None
        else:
            begin, end = map(dt.date.fromisoformat, feature["time"]["interval"])
            assert begin == first_day(first) <= first_day(last) <= end
    assert any(feature["time"] is None for feature in whole["features"]) or whole["features"]


def test_gdal_knows_json_fg_and_its_times(records, tmp_path):
    file = tmp_path / "records.json"
    file.write_bytes(written("jsonfg", records))
    assert "JSONFG" == pyogrio.read_info(file)["driver"]
    assert {"time_start", "time_end"} <= set(pyogrio.read_info(file)["fields"])


def test_flatgeobuf_has_an_index_where_all_records_have_a_place(records, tmp_path):
    placed, file = [each for each in records if each["geometry"]], tmp_path / "placed.fgb"
    file.write_bytes(written("fgb", placed))
    assert pyogrio.read_info(file)["capabilities"]["fast_spatial_filter"]
    assert {each["id"] for each in placed} == set(pyogrio.read_dataframe(file).id)
    box = pyogrio.read_dataframe(file, bbox=(9, 49, 12, 52))
    assert ["na-mine"] == list(box.id)
    file.write_bytes(written("fgb", records))
    assert not pyogrio.read_info(file)["capabilities"]["fast_spatial_filter"]


def test_geoparquet_is_as_its_specification_has_it(records, tmp_path):
    file = tmp_path / "records.parquet"
    file.write_bytes(written("parquet", records))
    told = orjson.loads(pq.read_metadata(file).metadata[b"geo"])
    assert ("1.1.0", "geometry") == (told["version"], told["primary_column"])
    column = told["columns"]["geometry"]
    assert ["Point", "Polygon"] == [kind for kind in column["geometry_types"] if kind != "MultiPolygon"]
    shapes = [shape for feature in records if (shape := to_shape(feature["geometry"])) is not None]
    assert geopandas.GeoSeries(shapes).total_bounds.tolist() == column["bbox"]
    assert ["na-mine"] == list(geopandas.read_parquet(file, bbox=(9, 49, 12, 52)).id)
    assert "OGC:CRS84" == geopandas.read_parquet(file).crs.to_string()


def test_duckdb_asks_geoparquet_directly(records, tmp_path):
    file = tmp_path / "records.parquet"
    file.write_bytes(written("parquet", records))
    asked = "select country, count(*), sum(capacity_gwh_per_year), count(region) from read_parquet(?) group by 1"
    found = {country: rest for country, *rest in duckdb.execute(asked, [str(file)]).fetchall()}
    for country in ("NA", "BO", "CL"):
        stated = [each["properties"] for each in records if each["properties"]["country"] == country]
        sums = [each["capacity_gwh_per_year"] for each in stated if each["capacity_gwh_per_year"] is not None]
        count, total, regions = found[country]
        assert (len(stated), sum("region" in each for each in stated)) == (count, regions)
        assert (total is None) == (not sums)
        assert pytest.approx(sum(sums)) == (total or 0)


OGR2OGR = shutil.which("ogr2ogr")


@pytest.mark.skipif(OGR2OGR is None, reason="gdal-bin is not there")
@pytest.mark.parametrize("form", ["geojsonfile", "geojsonseq", "gpkg", "fgb", "kml"])
def test_gdal_of_the_system_reads_it_too(records, tmp_path, form):
    file = tmp_path / f"file.{FORMATS[form].ending}"
    file.write_bytes(written(form, records))
    layers = ["projects"] if form == "gpkg" else []
    command = [
        OGR2OGR,
        "-f",
        "GeoJSONSeq",
        "/vsistdout/",
        file,
        *layers,
        "-select",
        f"{'record_' if form == 'kml' else ''}id,country",
    ]
    told = subprocess.run(command, capture_output=True, check=True).stdout.splitlines()
    read = [orjson.loads(line) for line in told]
    assert {feature["id"]: feature["properties"]["country"] for feature in records} == {
        each["properties"].get("record_id") or each["properties"].get("id") or each["id"]: each["properties"]["country"]
        for each in read
    }


@pytest.mark.parametrize("form", [name for name, form in FORMATS.items() if form.streamed])
def test_what_is_streamed_begins_before_the_last_record_is_read(records, form):
    taken, small = [], next(each for each in records if each["id"] == "cl-odd-0")

    def features():
        for number in range(6_000):
            taken.append(number)
            yield orjson.dumps({**small, "id": f"xx-{number}"})

    made = FORMATS[form].write(Selection(features(), ORIGIN, [], reference))
    assert next(made)
    assert len(taken) <= 5_000
    made.close()


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_left_of_a_file_that_is_not_fetched_to_its_end(records, form, tmp_path, monkeypatch):
    """Not even while it is being fetched: what is made beside has no name any more when its first byte goes."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made = FORMATS[form].write(selection(records))
    next(made)
    assert [] == list(tmp_path.iterdir())
    made.close()


@pytest.mark.parametrize("form", LISTS)
def test_no_record_is_a_file_too(form, tmp_path):
    content = written(form, [])
    if form == "geojsonseq":
        assert b"" == content  # of which GDAL knows no driver
        return
    if form == "jsonfg":
        assert [] == orjson.loads(content)["features"]  # of which GDAL makes no layer
        return
    if form == "xlsx":
        assert 1 == openpyxl.load_workbook(io.BytesIO(content))["Projects"].max_row
        return
    assert [] == read_back(form, content, tmp_path)
    if form in ("gpkg", "fgb"):
        layer = {"layer": "projects"} if form == "gpkg" else {}
        assert {"kind", "country", "capacity"} <= set(pyogrio.read_info(tmp_path / f"file.{form}", **layer)["fields"])


def test_letters_that_xml_cannot_say_are_left_out_of_kml(records, tmp_path):
    feature = orjson.loads(orjson.dumps(records[0]))
    feature["properties"] |= {"region": "a\x01b\x1fc\ufffed", "locality": "two\nlines"}
    [row] = read_back("kml", written("kml", [feature]), tmp_path)
    assert ("abcd", "two\nlines") == (row["region"], row["locality"])


def test_every_format_has_a_row_that_says_what_it_is():
    for name, form in FORMATS.items():
        assert name == form.name
        assert "/" in form.plain_type
        assert 0 < form.most <= 100_000
    endings = [form.ending for form in FORMATS.values() if form.name not in ("jsonfg", "csl")]
    assert len(endings) == len({*endings}), "the ending of a file says its format"
