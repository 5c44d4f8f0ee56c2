"""Files that are small and ask for very much: each is named and refused, in bounded time and memory."""

import sqlite3
import time
import zipfile

import geopandas
import numpy
import pandas
import pytest
import shapely

from geo.bulk.lines import Asked
from geo.bulk.reading import read_table
from geo.errors import DataFileError

pytestmark = pytest.mark.slow

POINT = {"geometry": [shapely.Point(-66, -17)], "crs": "EPSG:4326"}
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS fid, NULL AS geom FROM n"


def refused(file, **asked):
    began = time.monotonic()
    with pytest.raises(DataFileError) as error:
        read_table(file, Asked(**asked)).close()
    assert time.monotonic() - began < 100
    return error.value.rule


def geopackage(tmp_path, *statements):
    file = tmp_path / "a.gpkg"
    geopandas.GeoDataFrame({"name": ["Rose"]}, **POINT).to_file(file, layer="sites")
    with sqlite3.connect(file) as store:
        for each in statements:
            store.execute(each)
    store.close()
    return file


def test_a_layer_that_is_a_query_without_end(tmp_path):
    register = "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('Loop', 'attributes', 'loop')"
    assert refused(geopackage(tmp_path, f"CREATE VIEW loop AS {ENDLESS}", register)) == "file-unreadable"


def test_the_list_of_layers_that_is_a_query_without_end(tmp_path):
    moved = "ALTER TABLE gpkg_contents RENAME TO kept"
    view = f"CREATE VIEW gpkg_contents AS SELECT kept.* FROM kept, ({ENDLESS})"  # noqa: S608 (a constant)
    assert refused(geopackage(tmp_path, "PRAGMA legacy_alter_table=ON", moved, view)) == "file-unreadable"


def test_a_trigger_and_a_view_of_its_author_do_nothing(tmp_path):
    trigger = "CREATE TRIGGER bad AFTER INSERT ON sites BEGIN SELECT count(*) FROM (" + ENDLESS + "); END"  # noqa: S608 (a constant)
    file = geopackage(tmp_path, trigger, "CREATE VIEW few AS SELECT name FROM sites")
    table = read_table(file, Asked(layer="sites"))
    assert [row.cells for row in table.rows()] == [["Rose"]]
    table.close()


def test_a_geometry_of_a_million_vertices(tmp_path):
    file = tmp_path / "a.fgb"
    line = shapely.LineString(numpy.random.default_rng(1).uniform(-60, 60, (1_000_000, 2)))
    geopandas.GeoDataFrame({"name": ["Rose"]}, geometry=[line], crs="EPSG:4326").to_file(file)
    assert refused(file) == "text-too-long"


@pytest.mark.parametrize("name", ["a.gpkg", "a.parquet", "a.csv"])
def test_a_thousand_columns(tmp_path, name):
    frame = pandas.DataFrame({f"c{number}": ["x"] for number in range(1_000)})
    file = tmp_path / name
    if name == "a.csv":
        frame.to_csv(file)
    elif name == "a.parquet":
        frame.to_parquet(file)
    else:
        geopandas.GeoDataFrame(frame, **POINT).to_file(file)
    assert refused(file) == "columns-too-many"


def test_a_parquet_file_that_unpacks_to_very_much(tmp_path):
    file = tmp_path / "a.parquet"
    pandas.DataFrame({"name": ["x" * 50_000] * 20_000}).to_parquet(file, compression="zstd")
    assert file.stat().st_size < 2**21
    assert refused(file) in ("text-too-long", "file-takes-too-much")


def test_a_parquet_file_of_very_many_rows(tmp_path):
    file = tmp_path / "a.parquet"
    pandas.DataFrame({"name": numpy.zeros(5_000_000, dtype="int8")}).to_parquet(file)
    assert refused(file) == "rows-too-many"


def zipped(tmp_path, parts, name="a.zip"):
    file = tmp_path / name
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return file


def shapefile(tmp_path):
    geopandas.GeoDataFrame({"name": ["Rose"]}, **POINT).to_file(tmp_path / "s.shp")
    return {f"s{end}": (tmp_path / f"s{end}").read_bytes() for end in (".shp", ".shx", ".dbf", ".prj")}


VRT = (
    b'<OGRVRTDataSource><OGRVRTLayer name="s"><SrcDataSource>/vsicurl/http://127.0.0.1/a</SrcDataSource></OGRVRTLayer>'
)


def test_a_shapefile_of_zeros_and_one_that_is_another_form(tmp_path):
    parts = shapefile(tmp_path)
    assert refused(zipped(tmp_path, {**parts, "s.dbf": bytes(2**28)})) == "workbook-ratio"
    assert refused(zipped(tmp_path, {**parts, "s.shp": VRT})) == "file-unreadable"
    assert refused(zipped(tmp_path, {"s.vrt": VRT, "s.txt": b"/vsicurl/http://127.0.0.1/a"})) == "layer-not-named"


def test_what_else_lies_in_an_archive_is_not_looked_at(tmp_path):
    table = read_table(zipped(tmp_path, {**shapefile(tmp_path), "s.vrt": VRT, "../s.cpg": b"UTF-8"}), Asked())
    assert [row.cells for row in table.rows()] == [["Rose"]]
    table.close()


def test_a_shapefile_whose_head_tells_of_more_than_there_is(tmp_path):
    parts = shapefile(tmp_path)
    told = bytearray(parts["s.dbf"])
    told[4:8] = (2**31 - 1).to_bytes(4, "little")
    rule = refused_or_read(zipped(tmp_path, {**parts, "s.dbf": bytes(told)}))
    assert rule in ("file-unreadable", "file-takes-too-much", "rows-too-many", 1)


def refused_or_read(file):
    try:
        table = read_table(file, Asked())
    except DataFileError as error:
        return error.rule
    table.close()
    return table.count
