"""The map's own base: whole numbers that say where land is, and towns of which each tile names the first."""

import collections
import itertools
import json

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.boundaries import country_shapes
from geo.ground import base, towns
from geo.ground.arcs import Arcs
from geo.ground.tiles import EXTENT, Tile, clipped, in_world_units, paths_of, to_world

pytestmark = pytest.mark.slow


def places(path):
    """The points of a flat path."""
    return list(itertools.accumulate(zip(path[::2], path[1::2], strict=True), lambda a, b: (a[0] + b[0], a[1] + b[1])))


def read_world(is_afar=False):
    """The header of the world's file, and its arcs as the browser reads them."""
    packed = base.world(is_afar=is_afar)
    length = int.from_bytes(packed[:4], "little")
    header = json.loads(packed[4 : 4 + length])
    place = header["columns"]["arcs"]
    return header, arcs_of(packed[4 + length + place["offset"] :][: place["length"]])


def arcs_of(packed):
    numbers, number, shift = [], 0, 0
    for byte in packed:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(-(number + 1) // 2 if number & 1 else number // 2)
            number, shift = 0, 0
    rest, arcs, first = iter(numbers), [], (0, 0)
    for count in rest:
        steps = [(next(rest), next(rest)) for _ in range(count)]
        first = (first[0] + steps[0][0], first[1] + steps[0][1])
        arcs.append(places([*first, *(number for step in steps[1:] for number in step)]))
    return arcs


def ring_of(numbers, arcs):
    parts = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers]
    return [*itertools.chain.from_iterable(part[:-1] for part in parts), parts[-1][-1]]


@pytest.mark.slow
@pytest.mark.parametrize(("is_afar", "error"), [(False, 0.02), (True, 0.25)])
def test_the_world_holds_every_country_as_the_api_outlines_it(is_afar, error):
    world, arcs = read_world(is_afar)
    shapes = collections.defaultdict(list)
    for code, _, polygons in world["countries"]:
        for rings in polygons:
            shell, *holes = [np.array(ring_of(ring, arcs)) / world["parts"] for ring in rings]
            shapes[code].append(shapely.make_valid(shapely.Polygon(shell, holes)))  # afar it may touch itself
    assert {code for code in shapes if code} == set(country_shapes())
    for code, shape in country_shapes().items():
        found = shapely.union_all([each.buffer(error) for each in shapes[code]])
        left_out = [part for part in shapely.get_parts(shape.difference(found)) if part.area > 0.1]
        assert not left_out
        assert shape.buffer(error).covers(shapely.union_all(shapes[code]))
    assert world["lakes"], "from afar there are great lakes"


def test_from_afar_the_world_is_told_in_half_of_the_bytes():
    assert len(base.world(is_afar=True)) < 0.6 * len(base.world())


@st.composite
def squares(draw):
    """Closed rings along the lines of a grid, of which many share their sides."""
    found = []
    for _ in range(draw(st.integers(1, 6))):
        left, top = draw(st.integers(-3, 3)), draw(st.integers(-3, 3))
        right, bottom = left + draw(st.integers(1, 3)), top + draw(st.integers(1, 3))
        ring = [(x, top) for x in range(left, right)] + [(right, y) for y in range(top, bottom)]
        ring += [(x, bottom) for x in range(right, left, -1)] + [(left, y) for y in range(bottom, top - 1, -1)]
        found.append(ring if draw(st.booleans()) else ring[::-1])
    return found


@given(squares())
def test_rings_of_arcs_are_the_rings_and_tell_no_side_twice(rings):
    made = Arcs(rings)
    numbers = [made.of(ring) for ring in rings]
    arcs = arcs_of(made.packed().tobytes())
    sides = [frozenset(side) for arc in arcs for side in itertools.pairwise(arc)]
    assert len(sides) == len({frozenset(side) for ring in rings for side in itertools.pairwise(ring)})
    for ring, ring_numbers in zip(rings, numbers, strict=True):
        found = ring_of(ring_numbers, arcs)
        turns = [[*ring[at:-1], *ring[: at + 1]] for at in range(len(ring) - 1)]
        assert found in turns


def test_a_tile_of_land_names_what_lies_on_it():
    x, y = np.floor(to_world(np.array([[-67.0, -20.2]]))[0] * 32).astype(int).tolist()
    tile = json.loads(base.land_tile(Tile(5, x, y)))
    assert {"land", "borders", "provinces", "lakes", "names"} <= set(tile)
    assert {"Potosí"} <= {name for kind, name, *_ in tile["names"] if kind == "province"}
    assert any(name == "Lago Poopó" for kind, name, *_ in tile["names"] if kind == "lake")


def test_there_is_no_tile_of_the_open_sea():
    sea = next(Tile(5, x, 17) for x in range(32) if f"{x}/17" not in base.land_tiles())
    assert base.land_tile(sea) is None


@pytest.mark.slow
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
