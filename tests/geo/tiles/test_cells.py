"""Places as numbers, and the squares of a grid: what is reckoned of arrays is what one would reckon one by one."""

import morecantile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.ground.tiles import Tile
from geo.tiles.cells import BASES, GROUPS, MEASURES, STEPS, SUMS, Places, cells_of, laid_flat, of_flat, together
from geo.tiles.grid import BITS, MOST_ZOOM, at_level, box_of, code_of, codes_of, span_of, tile_of

MERCATOR = morecantile.tms.get("WebMercatorQuad")
EDGE = 85.05  # where the map ends

longitudes = st.floats(-180, 180) | st.sampled_from([-180.0, 180.0, 0.0, 179.999999, -179.999999])
latitudes = st.floats(-90, 90) | st.sampled_from([-90.0, 90.0, 0.0, 85.06, -85.06])
zooms = st.integers(0, MOST_ZOOM)


@st.composite
def places(draw):
    """Some places, in the order of their numbers, with what is known of each."""
    rows = draw(st.lists(st.tuples(longitudes, latitudes), max_size=40))
    lon, lat = np.array(rows, dtype=float).reshape(-1, 2).T
    size = len(rows)
    ranks = st.lists(st.integers(0, 5), min_size=size, max_size=size)
    group, measure, basis, capacity = (np.array(draw(ranks), dtype=np.int64) for _ in range(4))
    codes = codes_of(lon, lat)
    order = np.argsort(codes, kind="stable")
    taken = (lon, lat, group, measure - 1, basis % 3 - 1, capacity.astype(float))
    return codes[order], Places(*(array[order] for array in taken))


@given(longitudes, st.floats(-85, 85), st.integers(0, MOST_ZOOM))
def test_a_place_lies_in_the_tile_that_morecantile_names(lon, lat, zoom):
    tile = tile_of(zoom, int(at_level(codes_of(np.array([lon]), np.array([lat])), zoom)[0]))
    theirs = MERCATOR.tile(lon, lat, zoom)
    side = 2**zoom - 1
    off = (tile.x - min(theirs.x, side), tile.y - theirs.y)
    bounds = MERCATOR.bounds(tile.x, tile.y, zoom)
    nearly = 1e-7  # degrees, at the edge of two tiles
    assert off == (0, 0) or (
        bounds.left - nearly <= lon <= bounds.right + nearly and bounds.bottom - nearly <= lat <= bounds.top + nearly
    )


@given(zooms.flatmap(lambda z: st.tuples(st.just(z), st.integers(0, 2**z - 1), st.integers(0, 2**z - 1))))
def test_a_tile_and_its_number_are_one(tile):
    assert Tile(*tile) == tile_of(tile[0], code_of(Tile(*tile)))
    low, high = span_of(Tile(*tile))
    assert 4 ** (BITS - tile[0]) == high - low


@given(latitudes.filter(lambda lat: abs(lat) > EDGE), longitudes, zooms)
def test_beyond_the_edge_of_the_map_a_place_counts_to_the_edge(lat, lon, zoom):
    tile = tile_of(zoom, int(at_level(codes_of(np.array([lon]), np.array([lat])), zoom)[0]))
    edge = tile_of(zoom, int(at_level(codes_of(np.array([lon]), np.array([EDGE if lat > 0 else -EDGE])), zoom)[0]))
    assert edge == tile


@pytest.mark.parametrize("tile", [Tile(0, 0, 0), Tile(3, 7, 0), Tile(5, 9, 17)])
def test_the_box_of_a_tile_reaches_a_little_over_the_one_of_morecantile(tile):
    theirs = MERCATOR.bounds(tile.x, tile.y, tile.zoom)
    west, south, east, north = box_of(tile)
    assert west <= theirs.left
    assert south <= theirs.bottom + 1e-9
    assert east >= theirs.right
    assert north >= theirs.top - 1e-9
    assert east - west <= (theirs.right - theirs.left) * 1.1


def one_by_one(codes, known):
    """What lies in each square, as one would write it down."""
    found = {}
    for code, lon, lat, group, measure, basis, capacity in zip(codes, *known, strict=True):
        square = found.setdefault(int(code), {"lon": [], "lat": [], "groups": [0] * len(GROUPS), "sums": {}})
        square["lon"].append(float(lon))
        square["lat"].append(float(lat))
        square["groups"][group] += 1
        if measure >= 0 and basis >= 0:
            key = (MEASURES[measure], GROUPS[group], BASES[basis])
            square["sums"][key] = square["sums"].get(key, 0) + capacity
    return found


def as_told(cells):
    sums = [{} for _ in cells.codes]
    for cell, kind, value in zip(cells.sum_cell, cells.sum_kind, cells.sum_value, strict=True):
        sums[cell][SUMS[kind]] = value
    return {
        int(code): (int(cells.sizes[at]), cells.groups[at].tolist(), sums[at]) for at, code in enumerate(cells.codes)
    }


@given(places(), st.integers(0, BITS))
def test_cells_hold_what_lies_in_them(given_places, level):
    codes, known = given_places
    squares = at_level(codes, level)
    cells, expected = cells_of(known, squares), one_by_one(squares, known)
    assert {c: (len(e["lon"]), e["groups"], e["sums"]) for c, e in expected.items()} == as_told(cells)
    assert sorted(expected) == cells.codes.tolist()
    for at, code in enumerate(cells.codes.tolist()):
        lon, lat = expected[code]["lon"], expected[code]["lat"]
        assert [min(lon), min(lat), max(lon), max(lat)] == cells.bounds[at].tolist()
        in_steps = [sum(round(each * STEPS) for each in degrees) for degrees in (lon, lat)]
        assert in_steps == [cells.lon[at], cells.lat[at]]


@given(places(), st.integers(1, 12), st.integers(0, 12), st.integers(2, 4))
def test_cells_of_several_layers_are_those_of_all_at_a_level_above(given_places, level, above, parts):
    codes, known = given_places
    level = max(level, above)
    layers = [
        cells_of(Places(*(array[part::parts] for array in known)), at_level(codes[part::parts], level))
        for part in range(parts)
    ]
    whole = cells_of(known, at_level(codes, above))
    found = together(layers, level - above)
    assert as_told(whole) == as_told(found)
    for exact in ("lon", "lat", "bounds"):
        assert getattr(whole, exact).tolist() == getattr(found, exact).tolist()


@given(places(), st.integers(0, 12))
def test_a_part_of_the_cells_is_whole(given_places, level):
    codes, known = given_places
    cells = cells_of(known, at_level(codes, level))
    mask = np.arange(len(cells.codes)) % 2 == 0
    told = as_told(cells)
    assert {c: told[c] for c in cells.codes[mask].tolist()} == as_told(cells.taken(mask))
    middle = 2 * 4**level // 3
    assert {c: t for c, t in told.items() if c < middle} == as_told(cells.between(0, middle))
    assert told == as_told(of_flat(laid_flat(cells)))
