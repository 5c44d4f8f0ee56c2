"""A PMTiles file holds every record of a question at every zoom, and others can read it."""

import gzip

import mapbox_vector_tile
import orjson
import pyogrio
import pytest
from made_up import made_up_feature
from pmtiles.reader import MemorySource, Reader, all_tiles
from pmtiles.tile import Compression, TileType
from taken_away import reference

from geo.curated.files import read_features
from geo.formats import pmtiles_archive
from geo.formats.pmtiles_archive import MOST_ZOOM
from geo.formats.registry import FORMATS
from geo.formats.selection import Origin, Selection
from geo.ground.pmtiles import read_vector_tiles
from geo.paths import data_folder
from geo.records.project import Project
from geo.tiles.content import LAYERS, MOST_NEAR
from geo.tiles.pyramid import Placed, Pyramid

SALT_FLAT = {"type": "Polygon", "coordinates": [[[-68, -21], [-67, -21], [-67, -20], [-68, -20], [-68, -21]]]}


@pytest.fixture(scope="module")
def features(tmp_path_factory):
    """Bolivia's and Chile's records as the API answers them, a salt flat, and records of which the country is known."""
    from geo.curated.organisations import Organisations
    from geo.editing import Edit
    from geo.memory.catalog import MemoryCatalog
    from geo.opening import open_ledger
    from geo.query import Query

    store = open_ledger(tmp_path_factory.mktemp("pmtiles") / "ledger.gpkg").store
    given = [f for code in ("BO", "CL") for f in read_features(data_folder() / "projects" / f"{code}.geojson")]
    given = [{**f, "properties": {n: v for n, v in f["properties"].items() if n != "links"}} for f in given]
    given.append(made_up_feature("bo-salt-flat", geometry=SALT_FLAT))
    given += [
        made_up_feature(f"cl-here-{n}", country="CL", geometry=None, location_accuracy="country") for n in range(3)
    ]
    given += [made_up_feature(f"fj-end-{n}", country="FJ", geometry=at(x, 0)) for n, x in enumerate((180, -180))]
    store.write([Edit(f["id"], Project.from_feature(f), None, "test") for f in given])
    found = list(MemoryCatalog(store, Organisations([])).found(Query())[1])
    store.close()
    return found


def at(lon, lat):
    return {"type": "Point", "coordinates": [lon, lat]}


def file_of(features):
    origin = Origin(lambda project_id: f"/projects/{project_id}")
    selection = Selection(features, origin, [("A title", "a text")], reference)
    return b"".join(FORMATS["pmtiles"].write(selection))


@pytest.fixture(scope="module")
def written(features):
    return file_of(features)


def told(written):
    """How many records each zoom tells of, and which it shows one by one."""
    found = {}
    for (zoom, _, _), data in all_tiles(MemorySource(written)):
        layers = mapbox_vector_tile.decode(gzip.decompress(data))
        count, ids = found.setdefault(zoom, ([], []))
        count += [f["properties"]["point_count"] for f in layers.get("clusters", {}).get("features", ())]
        ids += [f["properties"]["id"] for f in layers.get("projects", {}).get("features", ())]
    return found


def test_every_zoom_tells_of_every_record_once(features, written):
    records = [orjson.loads(feature) for feature in features]
    placed = {r["id"] for r in records if r["geometry"] and r["properties"]["location_accuracy"] != "country"}
    found = told(written)
    assert list(range(MOST_ZOOM + 1)) == sorted(found)
    for zoom, (counts, ids) in found.items():
        assert len(placed) == sum(counts) + len(ids), zoom
        assert len(ids) == len(set(ids))
    assert placed == set(found[MOST_ZOOM][1])


def test_its_header_and_metadata_say_what_it_is(written, tmp_path):
    reader = Reader(MemorySource(written))
    header = reader.header()
    assert (TileType.MVT, Compression.GZIP) == (header["tile_type"], header["tile_compression"])
    assert (0, MOST_ZOOM) == (header["min_zoom"], header["max_zoom"])
    assert header["clustered"]
    metadata = reader.metadata()
    assert set(LAYERS) == {layer["id"] for layer in metadata["vector_layers"]}
    assert "a text" in metadata["description"]
    file = tmp_path / "selection.pmtiles"
    file.write_bytes(written)
    assert tuple(LAYERS) == read_vector_tiles(file).layers  # as an overlay of our own map


def test_gdal_reads_its_records(features, written, tmp_path):
    file = tmp_path / "selection.pmtiles"
    file.write_bytes(written)
    frame = pyogrio.read_dataframe(file, layer="projects")
    properties = {r["id"]: r["properties"] for r in map(orjson.loads, features)}
    shown = {row.id: row for row in frame.itertuples()}
    assert set(told(written)[MOST_ZOOM][1]) == set(shown)
    for project_id, row in shown.items():
        assert (properties[project_id]["name"], properties[project_id]["status"]) == (row.name, row.status)
    near = frame.to_crs("EPSG:4326").set_index("id").geometry
    for record in map(orjson.loads, features):
        if record["geometry"] and record["geometry"]["type"] == "Point":
            lon, lat = record["geometry"]["coordinates"]
            assert (lon, lat) == pytest.approx((near[record["id"]].x, near[record["id"]].y), abs=1e-4)


def test_a_footprint_lies_on_the_tiles_that_it_meets(written):
    reader = Reader(MemorySource(written))
    layers = mapbox_vector_tile.decode(gzip.decompress(reader.get(8, 79, 142)))
    assert "bo-salt-flat" in {f["properties"]["id"] for f in layers["footprints"]["features"]}


def test_a_file_of_nothing_is_a_file(tmp_path):
    file = tmp_path / "none.pmtiles"
    file.write_bytes(file_of([]))
    assert tuple(LAYERS) == read_vector_tiles(file).layers
    assert b"" == gzip.decompress(Reader(MemorySource(file.read_bytes())).get(0, 0, 0))


def test_a_file_has_a_bound_of_tiles():
    record = dict.fromkeys(("status_group", "capacity_measure", "capacity_basis", "capacity", "country"))
    record |= {"status_group": "planned", "location_accuracy": "site", "country": "BO"}
    many = [(lon, lat) for lon in range(-180, 180, 10) for lat in range(-80, 80, 10)]
    placed = Placed([{**record, "id": f"bo-{n}"} for n in range(len(many))], many, [None] * len(many))
    pyramid = Pyramid(placed, 12, 2_000)
    assert pyramid.most_zoom < 12
    assert 2_000 >= sum(1 for _ in pyramid.tiles(lambda tile: tile.x))


def test_at_the_nearest_zoom_only_what_is_at_one_spot_is_a_cluster():
    record = dict.fromkeys(("capacity_measure", "capacity_basis", "capacity"))
    record |= {"status_group": "planned", "location_accuracy": "site", "country": "BO"}
    number = MOST_NEAR + 1
    placed = Placed([{**record, "id": f"bo-{n}"} for n in range(number)], [(1, 1)] * number, [None] * number)
    contents = dict(Pyramid(placed, 5, 1_000).tiles(lambda tile: tile.x))
    assert {number} == {int(content.clusters.sizes.sum()) for content in contents.values()}
    fewer = Placed(placed.records[1:], placed.points[1:], placed.outlines[1:])
    nearest = [content for tile, content in Pyramid(fewer, 5, 1_000).tiles(lambda tile: tile.x) if tile.zoom == 5]
    assert [MOST_NEAR] == [len(content.records.shapes) for content in nearest]


def test_a_file_of_more_tiles_than_its_bound_ends_at_a_farther_zoom_with_every_record(features, written, monkeypatch):
    number = Reader(MemorySource(written)).header()["addressed_tiles_count"]
    monkeypatch.setattr(pmtiles_archive, "MOST_TILES", number // 2)
    fewer = file_of(features)
    header = Reader(MemorySource(fewer)).header()
    assert 4 < header["max_zoom"] < MOST_ZOOM
    assert set(told(written)[MOST_ZOOM][1]) == set(told(fewer)[header["max_zoom"]][1])
