"""Tiles show what a question means: no record is lost or told twice at any zoom, and a change is there at once."""

import collections
import contextlib

import mapbox_vector_tile
import orjson
import pyogrio
import pytest
import shapely
from conftest import copy_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laying import NOBODY
from made_up import made_up
from on_tiles import change, days, filters, point, tiles_of

from geo.editing import Edit
from geo.filter import Box, In, Intersects
from geo.ground.tiles import EXTENT, Tile
from geo.memory import ready
from geo.memory.bases import Ready
from geo.memory.catalog import MemoryCatalog
from geo.memory.following import Limits
from geo.opening import open_ledger
from geo.query import Query
from geo.tiles.cells import GROUPS, SUMS
from geo.tiles.content import COUNTRIES_ZOOM, MOST_NEAR, NEAR_ZOOM, PROPERTIES, most_apart, sum_name
from geo.tiles.encoding import as_geojson
from geo.tiles.features import features_of
from geo.tiles.grid import MOST_ZOOM


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    """A catalog with a base in a ready file, a second layer, and records that changed last."""
    path = copy_of("many", tmp_path_factory.mktemp("tiles") / "ledger.gpkg")
    with contextlib.closing(open_ledger(path).store) as store:
        found = MemoryCatalog(store, NOBODY, ready=Ready(ready.path_of(path)), limits=Limits(changed=12, ready=0))
        found.tile(Query(), Tile(0, 0, 0))
        change(store)
        yield found


def address(project_id):
    return f"/projects/{project_id}"


def drawn(catalog, query):
    """The matching records with a point, by their ids, as columns tell them."""
    names = ("id", "point", *PROPERTIES[1:])
    found = catalog.columns(query, names)
    rows = (dict(zip(names, values, strict=True)) for values in zip(*(found[name] for name in names), strict=True))
    return {row["id"]: row for row in rows if row["point"] is not None}


def told(catalog, query, zoom, tiles):
    """How many records all tiles tell of, by group, what their capacities come to, and which are shown themselves."""
    groups, sums, ids = collections.Counter(), collections.Counter(), []
    for tile in tiles:
        content = catalog.tile(query, tile)
        for at, count in enumerate(content.clusters.groups.sum(axis=0)):
            groups[GROUPS[at]] += int(count)
        for kind, value in zip(content.clusters.sum_kind, content.clusters.sum_value, strict=True):
            sums[SUMS[kind]] += float(value)
        ids += content.records.columns["id"]
    return groups, sums, ids


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters, days, st.integers(0, MOST_ZOOM))
def test_all_clusters_and_records_of_a_zoom_are_the_matching_records_with_a_place(catalog, expression, on, zoom):
    query = Query(filter=expression, as_of=on)
    expected = drawn(catalog, query)
    groups, sums, ids = told(catalog, query, zoom, tiles_of(expected.values(), zoom))
    assert len(ids) == len(set(ids))
    assert set(ids) <= set(expected)
    clustered = [record for each, record in expected.items() if each not in set(ids)]
    assert collections.Counter(record["status_group"] for record in clustered) == +groups
    capacities = collections.Counter()
    for record in clustered:
        if record["capacity"] is not None:
            capacities[record["capacity_measure"], record["status_group"], record["capacity_basis"]] += record[
                "capacity"
            ]
    assert pytest.approx(dict(capacities)) == dict(sums)


@pytest.mark.parametrize("zoom", [0, 1, 2, 3])
def test_no_tile_beside_tells_of_a_record_once_more(catalog, zoom):
    every = [Tile(zoom, x, y) for x in range(2**zoom) for y in range(2**zoom)]
    groups, _, ids = told(catalog, Query(), zoom, every)
    assert len(drawn(catalog, Query())) == groups.total() + len(ids)
    assert 9 == sum(each.startswith("bo-end-") or each == "bo-area" for each in drawn(catalog, Query()))


def test_a_record_is_shown_as_columns_tell_it(catalog):
    query = Query(filter=In("country", frozenset(["BO"])))
    expected = drawn(catalog, query)
    for tile in tiles_of(expected.values(), NEAR_ZOOM):
        columns, shapes = catalog.tile(query, tile).records
        for at, project_id in enumerate(columns["id"]):
            assert {name: columns[name][at] for name in PROPERTIES} == {n: expected[project_id][n] for n in PROPERTIES}
            assert expected[project_id]["point"] == list(shapes[at])


def test_what_was_written_just_now_is_on_the_next_tile(tmp_path):
    with contextlib.closing(open_ledger(copy_of("many", tmp_path / "ledger.gpkg")).store) as store:
        catalog = MemoryCatalog(store, NOBODY)
        tile, query = tiles_of([{"point": (100.5, 60.25)}], NEAR_ZOOM)[0], Query()
        assert [] == list(catalog.tile(query, tile).records.columns["id"])
        store.write([Edit("bo-new", made_up("bo-new", geometry=point(100.5, 60.25)), None, "test")])
        assert ["bo-new"] == catalog.tile(query, tile).records.columns["id"]
        store.write([Edit("bo-new", None, 1, "test")])
        assert [] == list(catalog.tile(query, tile).records.columns["id"])


def test_many_records_at_one_spot_are_a_cluster_from_near_too(tmp_path):
    with contextlib.closing(open_ledger(tmp_path / "ledger.gpkg").store) as store:
        edits = [Edit(f"bo-{n}", made_up(f"bo-{n}"), None, "test") for n in range(MOST_NEAR + 1)]
        store.write(edits)
        catalog = MemoryCatalog(store, NOBODY)
        tile = tiles_of([{"point": (-67.6, -20.2)}], 18)[0]
        assert [MOST_NEAR + 1] == catalog.tile(Query(), tile).clusters.sizes.tolist()
        store.write([Edit("bo-0", None, 1, "test")])
        content = catalog.tile(Query(), tile)
        assert (0, MOST_NEAR) == (len(content.clusters.codes), len(content.records.shapes))


def test_a_cluster_stays_where_it_is_whatever_else_is_asked_for_beside(catalog):
    """Its place, number and edges follow from its members alone, so that nothing moves while the map is panned."""
    tile = Tile(0, 0, 0)
    whole = {f.number: f for f in features_of(catalog.tile(Query(), tile), tile, address) if f.layer == "clusters"}
    west, _south, east, _north = next(iter(whole.values())).shape.bounds
    near = Query(filter=Intersects(Box(max(-180, west - 46), -90, min(180, east + 46), 90)))
    part = {f.number: f for f in features_of(catalog.tile(near, tile), tile, address) if f.layer == "clusters"}
    same = [number for number in whole if number in part and whole[number].properties == part[number].properties]
    assert same
    assert all(whole[number].shape.equals(part[number].shape) for number in same)
    for feature in whole.values():
        told = feature.properties
        assert told["west"] <= feature.shape.x <= told["east"]
        assert told["south"] <= feature.shape.y <= told["north"]
        assert most_apart(tile.zoom) < told["point_count"] == sum(told[group] for group in GROUPS)


def decoded(catalog, tile, query=None):
    body = catalog.vector_tile(query or Query(), tile, "/projects/")
    return mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})


def test_a_vector_tile_is_read_by_its_own_library(catalog):
    layers = decoded(catalog, Tile(0, 0, 0))
    assert {"clusters", "projects", "countries"} >= set(layers) >= {"clusters", "countries"}
    for name, layer in layers.items():
        assert EXTENT == layer["extent"]
        assert 2 == layer["version"]
        numbers = [feature["id"] for feature in layer["features"]]
        assert len(numbers) == len(set(numbers)), name
    points = [
        f["geometry"]["coordinates"]
        for name in layers.keys() & {"clusters", "projects"}
        for f in layers[name]["features"]
    ]
    assert all(0 <= number < EXTENT for at in points for number in at)


def test_a_vector_tile_is_read_by_gdal(catalog, tmp_path):
    tile = Tile(1, 0, 1)
    file = tmp_path / "1-0-1.mvt"
    file.write_bytes(catalog.vector_tile(Query(), tile, "/projects/"))
    layers = decoded(catalog, tile)
    assert sorted(layers) == sorted(name for name, _ in pyogrio.list_layers(file))
    frame = pyogrio.read_dataframe(file, layer="clusters")
    assert [f["properties"]["point_count"] for f in layers["clusters"]["features"]] == frame["point_count"].tolist()


def test_a_country_somewhere_in_which_records_are_is_told_and_is_no_point(catalog):
    query = Query(filter=In("location_accuracy", frozenset(["country"])))
    found = catalog.columns(query, ("country", "status_group"))
    layers = decoded(catalog, Tile(0, 0, 0), query)
    assert {"countries"} == set(layers)
    counted = collections.Counter(zip(found["country"], found["status_group"], strict=True))
    shown = {f["properties"]["country"]: f["properties"] for f in layers["countries"]["features"]}
    assert {(c, g): n for c, p in shown.items() for g in GROUPS if (n := p[g])} == counted
    assert all(f["geometry"]["type"].endswith("Polygon") for f in layers["countries"]["features"])
    assert not decoded(catalog, Tile(COUNTRIES_ZOOM + 1, 20, 35), query)


def test_a_footprint_is_an_area_on_each_tile_that_it_meets(catalog):
    query = Query(filter=In("id", frozenset(["bo-area"])))
    edges = tiles_of([{"point": p} for p in ((-67.99, -20.99), (-67.01, -20.01))], 9)
    assert 2 == len(edges)
    for tile in edges:
        (footprint,) = decoded(catalog, tile, query)["footprints"]["features"]
        assert "bo-area" == footprint["properties"]["id"]
        shape = shapely.geometry.shape(footprint["geometry"])
        assert shape.is_valid
        assert shape.area > 0
        low, high = min(shape.bounds), max(shape.bounds)
        assert -EXTENT / 32 <= low
        assert high <= EXTENT * 33 / 32
    assert "footprints" not in decoded(catalog, tiles_of([{"point": (-67.5, -20.5)}], 3)[0], query)


def test_a_place_without_any_country_or_point_is_on_no_tile(catalog):
    assert not decoded(catalog, Tile(0, 0, 0), Query(filter=In("location_accuracy", frozenset(["undisclosed"]))))


def test_a_tile_as_geojson_tells_the_same(catalog):
    tile = Tile(1, 0, 1)
    written = orjson.loads(as_geojson(features_of(catalog.tile(Query(), tile), tile, address), tile))
    layers = decoded(catalog, tile)
    counts = collections.Counter(feature["properties"]["layer"] for feature in written["features"])
    assert {name: len(layer["features"]) for name, layer in layers.items()} == counts
    assert b"" == as_geojson(iter(()), tile)


def test_sums_have_names_that_differ():
    assert len(SUMS) == len({sum_name(kind) for kind in SUMS})
