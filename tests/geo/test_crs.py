"""Coordinates of every known system lie where pyproj says, and boxes of each have the same points in them."""

import math

import numpy as np
import orjson
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from geo.crs import CRS84, EPSG_3857, EPSG_4326, SYSTEMS, box_in_crs84, features_in, geometry_in_crs84, to_crs84

HALF = 20_037_508.342789244
SLACK = 0.011  # metres: as exact as a record's seven decimals are
METRES = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:3857")
LONGITUDES, LATITUDES = st.floats(-180, 180), st.floats(-90, 90)
ANY = st.floats(-1e9, 1e9)
NEAR = st.floats(-2 * HALF, 2 * HALF)


def has(box, longitude, latitude):
    return any(w <= longitude <= e and s <= latitude <= n for w, s, e, n in box.parts())


def is_on(edges, x):
    """Whether a place is so near to a meridian of these that a centimetre decides."""
    return any(abs(math.remainder(x - edge, 2 * HALF)) < SLACK for edge in edges)


@pytest.mark.parametrize("uri", SYSTEMS)
@given(LONGITUDES, LATITUDES)
@example(180.0, 90.0)
@example(-180.0, -90.0)
def test_a_place_lies_where_pyproj_says_and_comes_back(uri, longitude, latitude):
    place = np.round([[longitude, latitude]], 7)
    system = SYSTEMS[uri]
    there = system.from_crs84(place)
    expected = pyproj.Transformer.from_crs("OGC:CRS84", system.name).transform(*place[0])
    assert np.isfinite(there).all()
    assert np.allclose(there[0], expected, rtol=0, atol=0.0051 if uri == EPSG_3857 else 0)
    assert np.allclose(system.to_crs84(there), place, rtol=0, atol=1e-7 if uri == EPSG_3857 else 0)


@given(ANY, ANY)
@example(HALF, 242_528_681.0)
def test_metres_are_somewhere_on_the_globe_or_nowhere(x, y):
    [[longitude, latitude]] = to_crs84(EPSG_3857, "crs")(np.array([[x, y]])).tolist()
    if abs(x) <= HALF and abs(y) <= 242_528_681:
        assert abs(longitude) <= 180
        assert abs(latitude) <= 90
    elif abs(x) > HALF + SLACK or abs(y) > 242_528_681 + SLACK:
        assert math.isnan(longitude)
        assert math.isnan(latitude)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(NEAR, NEAR, ANY, ANY, LONGITUDES, st.floats(-89, 89))
@example(-HALF, HALF, -HALF, HALF, 180.0, 0.0)
@example(1.9e7, -1.9e7, -1e6, 1e6, -175.0, 0.0)
@example(1.9e7, 2.1e7, -1e6, 1e6, 175.0, 0.0)
@example(-2.1e7, 2.1e7, -1e9, 1e9, 0.0, 89.0)
def test_a_box_in_metres_has_the_places_that_lie_in_it(west, east, one, other, longitude, latitude):
    south, north = sorted((one, other))
    assume(west <= east or (max(abs(west), abs(east)) <= HALF and west - east > SLACK))
    x, y = METRES.transform(longitude, latitude)
    assume(not 0 <= 2 * HALF - (east - west) < 2 * SLACK and not is_on((west, east), x))
    assume(abs(y - south) > SLACK and abs(y - north) > SLACK)
    box = box_in_crs84((west, south, east, north), SYSTEMS[EPSG_3857])
    turns = [x + 2 * HALF * turn for turn in range(-3, 4)]
    wide = east if west <= east else east + 2 * HALF
    assert has(box, longitude, latitude) == (south <= y <= north and any(west <= each <= wide for each in turns))


@given(st.floats(-90, 90), LONGITUDES, st.floats(-90, 90), LONGITUDES)
def test_a_box_with_latitude_first_is_the_box_with_longitude_first(one, west, other, east):
    south, north = sorted((one, other))
    box = box_in_crs84((south, west, north, east), SYSTEMS[EPSG_4326])
    assert box == box_in_crs84((west, south, east, north), SYSTEMS[CRS84])


@given(LONGITUDES, LATITUDES)
def test_a_record_on_the_edge_of_a_box_is_in_it(longitude, latitude):
    """A client that moves a box to metres, as exact as it likes, loses no record that its box ends at."""
    longitude, latitude = round(longitude, 7), round(latitude, 7)
    assume(abs(latitude) <= 85)
    x, y = METRES.transform(longitude, latitude)
    for decimals in (2, 4, 9):
        numbers = [round(number, decimals) for number in (x, y, x, y)]
        assert has(box_in_crs84(numbers, SYSTEMS[EPSG_3857]), longitude, latitude)


def test_features_keep_all_but_their_geometries():
    area = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    stated = [
        {
            "type": "Feature",
            "id": "a",
            "geometry": {"type": "Point", "coordinates": [1.5, -2.5]},
            "properties": {"a": 1.0},
        },
        {"type": "Feature", "id": "ж", "geometry": None, "properties": {"geometry": {"coordinates": [1, 2]}}},
        {"type": "Feature", "id": "b", "geometry": area, "properties": {}},
    ]
    inside = orjson.dumps(stated)[1:-1]
    for pieces in ([inside], [inside[:50], memoryview(inside)[50:]]):
        found = orjson.loads(b"[" + features_in(SYSTEMS[EPSG_4326], pieces) + b"]")
        assert [{**each, "geometry": 0} for each in stated] == [{**each, "geometry": 0} for each in found]
        assert [-2.5, 1.5] == found[0]["geometry"]["coordinates"]
        assert found[1]["geometry"] is None
        assert [[[0, 0], [0, 1], [1, 1], [0, 0]]] == found[2]["geometry"]["coordinates"]
    assert b"" == features_in(SYSTEMS[EPSG_4326], [])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, st.sampled_from([EPSG_4326, EPSG_3857]))
@example([10**400, 0], EPSG_3857)
def test_whatever_a_stranger_states_is_answered(coordinates, uri):
    found = geometry_in_crs84({"type": "Point", "coordinates": coordinates}, SYSTEMS[uri])
    assert "Point" == found["type"]
    assert geometry_in_crs84(coordinates, SYSTEMS[CRS84]) is coordinates


def test_a_shape_is_moved_by_shapely():
    there = shapely.transform(shapely.Point(-67.6, -20.2), SYSTEMS[EPSG_3857].from_crs84)
    back = shapely.transform(there, SYSTEMS[EPSG_3857].to_crs84)
    assert (-67.6, -20.2) == back.coords[0]
