"""The map's own base: whole numbers that say where land is, and towns of which each tile names the first."""

import itertools
import json

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.boundaries import country_shapes
from geo.ground import base, towns
from geo.ground.tiles import EXTENT, Tile, clipped, in_world_units, paths_of, to_world


def places(path):
    """The points of a flat path."""
    return list(itertools.accumulate(zip(path[::2], path[1::2], strict=True), lambda a, b: (a[0] + b[0], a[1] + b[1])))


def test_the_world_holds_every_country_as_the_api_outlines_it():
    world = json.loads(base.world())
    iso = {code for code, _, _ in world["countries"] if code}
    assert iso == set(country_shapes())
    [polygons] = [polygons for code, _, polygons in world["countries"] if code == "BO"]
    rings = [[(x / 100, y / 100) for x, y in places(ring)] for polygon in polygons for ring in polygon]
    assert country_shapes()["BO"].symmetric_difference(shapely.Polygon(rings[0])).area < 0.01
    assert world["lakes"], "from afar there are great lakes"


def test_a_tile_of_land_names_what_lies_on_it():
    x, y = np.floor(to_world(np.array([[-67.0, -20.2]]))[0] * 32).astype(int).tolist()
    tile = json.loads(base.land_tile(Tile(5, x, y)))
    assert {"land", "borders", "provinces", "lakes", "names"} <= set(tile)
    assert {"Potosí"} <= {name for kind, name, *_ in tile["names"] if kind == "province"}
    assert any(name == "Lago Poopó" for kind, name, *_ in tile["names"] if kind == "lake")


def test_there_is_no_tile_of_the_open_sea():
    sea = next(Tile(5, x, 17) for x in range(32) if f"{x}/17" not in base.land_tiles())
    assert base.land_tile(sea) is None


@pytest.mark.parametrize("zoom", [1, 4, 8])
def test_a_tile_names_its_largest_towns_and_stays_small(zoom):
    for longitude, latitude in ((-66.8, -20.5), (21.6, 47.5), (120.5, 31.3)):
        at = np.floor(to_world(np.array([[longitude, latitude]]))[0] * 2**zoom).astype(int).tolist()
        rows = json.loads(towns.towns_tile(Tile(zoom, *at)))
        weights = [weight for *_, weight in rows]
        assert 0 < len(rows) <= towns.MOST_TOWNS
        assert weights == sorted(weights, reverse=True)
        assert all((int(x * 2**zoom), int(y * 2**zoom)) == tuple(at) for _, x, y, _ in rows)
        assert len(towns.towns_tile(Tile(zoom, *at))) < 10_000


def test_part_of_a_city_gives_way_to_it():
    found = towns.all_towns()
    weight = dict(zip(found.names, found.weights.tolist(), strict=True))
    assert weight["Pest"] < weight["Szeged"] < weight["Budapest"]


@given(st.integers(0, 9), st.floats(-179, 179), st.floats(-84, 84), st.floats(0.001, 2))
def test_paths_lie_where_their_shapes_do(zoom, longitude, latitude, size):
    [shape] = in_world_units([shapely.box(longitude, latitude, longitude + size, latitude + size)])
    x, y = np.floor(np.array(shape.centroid.coords[0]) * 2**zoom).astype(int).tolist()
    tile = Tile(zoom, x, y)
    for part in clipped(np.array([shape]), tile):
        for path in paths_of(part, tile):
            assert len(path) % 2 == 0
            world = (np.array(places(path)) / EXTENT + (x, y)) / 2**zoom
            unit = 1.01 / EXTENT / 2**zoom
            assert all(part.dwithin(shapely.Point(at), unit) for at in world)
