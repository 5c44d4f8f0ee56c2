"""Layers of an operator: what is wrong with one is told before anything starts, with what would be right."""

import json
import shutil
import struct

import cramjam
import geopandas
import pyogrio
import pytest
import shapely
from laid import GOOD

from geo.errors import OverlayRefused
from geo.ground.overlays import read_overlays
from geo.ground.pmtiles import read_vector_tiles
from geo.ground.tiles import Tile


@pytest.fixture
def folder(tmp_path):
    shapes = [shapely.box(-68.2, -20.6, -67.2, -19.9), shapely.LineString([(-68, -20), (-67, -21)])]
    table = geopandas.GeoDataFrame({"name": ["Salar", None]}, geometry=shapes, crs=4326)
    table.to_file(tmp_path / "parks.geojson")
    table.to_crs(3857).iloc[:1].to_file(tmp_path / "parks.fgb", driver="FlatGeobuf")
    return tmp_path


def write(folder, *entries):
    lines = []
    for entry in entries:
        lines += ["[[overlay]]", *(f"{name} = {json.dumps(value)}" for name, value in entry.items())]
    (folder / "overlays.toml").write_text("\n".join(lines))
    return folder


def refusal(path):
    with pytest.raises(OverlayRefused) as refused:
        read_overlays(path)
    return str(refused.value)


def test_a_folder_or_its_file_is_read(folder):
    write(folder, GOOD, {**GOOD, "id": "again", "file": "parks.fgb"})
    parks, again = read_overlays(folder)
    assert [o.id for o in read_overlays(folder / "overlays.toml")] == ["parks", "again"]
    assert ["Salar", ""] == parks.shapes.names
    assert parks.shapes.tree.geometries[0].equals_exact(again.shapes.tree.geometries[0], 1e-6), "any reference system"
    assert parks.host is None


def test_shapes_come_as_tiles(folder):
    [parks] = read_overlays(write(folder, GOOD))
    tile = json.loads(parks.shapes.tile(Tile(5, 9, 17)))
    assert {"areas", "edges", "lines"} == set(tile)
    assert parks.shapes.tile(Tile(5, 20, 10)) is None


def test_a_service_names_the_host_that_browsers_ask(folder):
    entry = {k: v for k, v in GOOD.items() if k not in ("file", "name")}
    [overlay] = read_overlays(write(folder, {**entry, "tiles": "https://tiles.example.org/a/{z}/{x}/{y}.png?k=1"}))
    assert "tiles.example.org" == overlay.host


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": None}, "overlay 1 (parks): title is missing"),
        ({"credit": ""}, "credit is missing"),
        ({"licence": "x" * 201}, "licence takes at most 200"),
        ({"title": "a\u0007"}, "title takes at most 200 printable"),
        ({"id": "Parks!"}, "id is 'Parks!'; it takes"),
        ({"kind": "park"}, "kind is 'park'; it takes one of protected-area"),
        ({"colour": "#ff0000"}, "colour is '#ff0000'; it takes one of green"),
        ({"colr": "green"}, "colr is no field of an overlay; known are"),
        ({"file": None}, "give either file or tiles"),
        ({"tiles": "https://a.example/{z}/{x}/{y}.png"}, "give either file or tiles"),
        ({"file": "none.geojson"}, "is not there; file is the path"),
        ({"file": "overlays.toml"}, "is of no kind that is read here"),
        ({"file": "broken.geojson"}, "cannot be read"),
        ({"name": "titel"}, "has no column 'titel' to name its areas by; it has name"),
        ({"file": None, "tiles": "http://a.example/{z}/{x}/{y}.png"}, "tiles is 'http://a.example"),
        ({"file": None, "tiles": "https://a.example/{z}/{x}.png"}, "such as https://tiles.example.org/{z}/{x}/{y}.png"),
        ({"file": None, "tiles": "https://a.example; img-src */{z}/{x}/{y}"}, "it takes an address"),
        ({"file": "fake.pmtiles"}, "is no PMTiles file of version 3"),
    ],
)
def test_what_is_wrong_is_told_with_what_would_be_right(folder, change, told):
    (folder / "broken.geojson").write_text("{")
    (folder / "fake.pmtiles").write_bytes(b"PMTiles\x02" + bytes(200))
    entry = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    said = refusal(write(folder, entry))
    assert told in said
    assert "overlays.toml" in said or "broken" in said or "fake" in said or "parks.geojson" in said


def test_the_file_itself_is_told(folder):
    assert "is not there; give a TOML file" in refusal(folder)
    (folder / "overlays.toml").write_text("[[overlay]\n")
    assert "is not TOML that can be read" in refusal(folder)
    (folder / "overlays.toml").write_text("overlays = 1\n")
    assert "takes 1 to 30 tables [[overlay]]" in refusal(folder)
    assert "two overlays with the id 'parks'" in refusal(write(folder, GOOD, GOOD))


VIRTUAL = (
    b'<OGRVRTDataSource><OGRVRTLayer name="parks"><SrcDataSource>%s</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
)


@pytest.mark.parametrize("name", ["virtual.geojson", "virtual.json", "virtual.fgb", "headed.fgb", "cut.fgb"])
def test_a_file_that_leads_to_another_is_not_followed(folder, name):
    """GDAL itself would open the other one, by what stands in this one, even behind a head of FlatGeobuf."""
    shutil.copy(folder / "parks.geojson", folder / "real.geojson")
    virtual = VIRTUAL % str(folder / "real.geojson").encode()
    (folder / "virtual.geojson").write_bytes(virtual)
    (folder / "virtual.json").write_bytes(virtual)
    (folder / "virtual.fgb").write_bytes(virtual)
    (folder / "headed.fgb").write_bytes(b"fgb\x03fgb\x01\x01\x01\x01\x01" + virtual)
    (folder / "cut.fgb").write_bytes(b"fgb\x03fgb\x00\x10\x00\x00\x00")
    assert f"{name} cannot be read" in refusal(write(folder, {**GOOD, "file": name}))


TO = {"type": "link", "properties": {"href": "%s"}}
POINT = {"type": "Point", "coordinates": [-67, -20]}
FEATURE = {"type": "Feature", "properties": {"name": "a"}, "geometry": POINT}
COLLECTION = {"type": "FeatureCollection", "features": [FEATURE]}
LEADING = {
    "a link": {**COLLECTION, "crs": TO},
    "an address": {**COLLECTION, "crs": {"type": "url", "properties": {"url": "%s"}}},
    "large letters": {**COLLECTION, "CRS": {"TYPE": "URL", "PROPERTIES": {"URL": "%s"}}},
    "a geometry's": {**COLLECTION, "features": [{**FEATURE, "geometry": {**POINT, "crs": TO}}]},
    "a feature's": {**COLLECTION, "features": [{**FEATURE, "crs": TO}]},
    "a NUL behind it": {**COLLECTION, "crs\0": TO},
    "a NUL in the type": {**COLLECTION, "crs": {**TO, "type": "link\0"}},
    "beside another": {**COLLECTION, "crs": {"type": "name", "Type": "link", "properties": {"href": "%s"}}},
}


@pytest.mark.parametrize("name", ["parks.geojson", "parks.json"])
@pytest.mark.parametrize("spelt", ["crs", "\\u0063\\u0052s"])
@pytest.mark.parametrize("case", LEADING)
def test_a_reference_system_that_is_elsewhere_is_refused_and_nobody_is_asked(folder, asked, case, spelt, name):
    address, paths = asked
    text = json.dumps(LEADING[case]).replace("%s", f"{address}/x").replace('"crs', f'"{spelt}')
    (folder / name).write_text(text)
    assert "it takes one of type name" in refusal(write(folder, {**GOOD, "file": name}))
    assert [] == paths


def test_a_name_of_a_reference_system_is_read_and_no_address_is_one(folder, asked):
    address, paths = asked
    for named in ("urn:ogc:def:crs:OGC:1.3:CRS84", f"{address}/x"):
        document = {**COLLECTION, "crs": {"type": "name", "properties": {"name": named}}}
        (folder / "parks.geojson").write_text(json.dumps(document))
        assert ["a"] == read_overlays(write(folder, GOOD))[0].shapes.names
    (folder / "parks.geojson").write_text(json.dumps({**COLLECTION, "note": {"crs": None, "a": 'say "crs": 1'}}))
    assert ["a"] == read_overlays(folder)[0].shapes.names
    assert [] == paths


def test_metadata_that_unpack_to_more_than_metadata_are_let_be(folder):
    packed = bytes(cramjam.gzip.compress(b'{"attribution": "Somebody"' + b" " * 100 * 2**20 + b"}"))
    head = bytearray(127)
    head[:8], head[97], head[99] = b"PMTiles\x03", 2, 1
    struct.pack_into("<QQ", head, 24, 127, len(packed))
    (folder / "a.pmtiles").write_bytes(bytes(head) + packed)
    assert ((), "") == read_vector_tiles(folder / "a.pmtiles")[2:]


def test_a_file_of_vector_tiles_says_what_is_in_it(folder):
    file = folder / "base.pmtiles"
    table = pyogrio.read_dataframe(folder / "parks.geojson")
    pyogrio.write_dataframe(table, file, driver="PMTiles", layer="parks", MAXZOOM=6)
    tiles = read_vector_tiles(file)
    assert (6, ("parks",)) == (tiles.most_zoom, tiles.layers)
    shutil.copy(file, folder / "cut.pmtiles")
    (folder / "cut.pmtiles").write_bytes(file.read_bytes()[:60])
    with pytest.raises(OverlayRefused, match="no PMTiles file"):
        read_vector_tiles(folder / "cut.pmtiles")
