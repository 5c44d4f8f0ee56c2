"""In which areas a record lies: found through a tree as a plain loop finds them, and never surer than its place is."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.areas import NEAR_KM, AreaLayer, areas_of

PARK = shapely.box(-68.2, -20.6, -67.2, -19.9)


def layer(*shapes, names=None):
    return AreaLayer.of("Parks", "An agency", names or [f"area {n}" for n in range(len(shapes))], np.array(shapes))


def found(geometry, accuracy, radius, *layers):
    return [(a.name, a.relation) for a in areas_of(geometry, accuracy, radius, layers)]


def point(longitude, latitude):
    return {"type": "Point", "coordinates": [longitude, latitude]}


INSIDE, BESIDE, FAR = point(-67.6, -20.2), point(-67.15, -20.2), point(-66, -20.2)


def test_a_known_site_lies_in_or_near():
    assert [("Salar", "in")] == found(INSIDE, "site", None, layer(PARK, names=["Salar"]))
    assert [("Salar", "near")] == found(BESIDE, "site", None, layer(PARK, names=["Salar"]))
    assert [] == found(FAR, "site", None, layer(PARK))
    [area] = areas_of(BESIDE, "site", None, [layer(PARK)])
    assert area.distance_km == pytest.approx(0.05 * 111.19 * math.cos(math.radians(20.2)), abs=0.1)
    assert ("Parks", "An agency") == (area.layer, area.credit)


@pytest.mark.parametrize("accuracy", ["locality", "region"])
def test_a_rough_place_only_may_lie_in_what_its_radius_reaches(accuracy):
    assert [("area 0", "may_be_in")] == found(INSIDE, accuracy, 5, layer(PARK)), "also where all of it is inside"
    assert [("area 0", "may_be_in")] == found(BESIDE, accuracy, 6, layer(PARK))
    assert [] == found(BESIDE, accuracy, 4, layer(PARK)), "near is not said of it"
    assert [] == found(INSIDE, accuracy, None, layer(PARK)), "without a radius nothing is known"


@pytest.mark.parametrize("accuracy", ["country", "undisclosed"])
def test_of_a_country_or_no_place_nothing_is_said(accuracy):
    assert [] == found(INSIDE, accuracy, 500, layer(PARK))
    assert [] == found(None, accuracy, None, layer(PARK))


def test_nothing_lies_in_a_line():
    line = layer(shapely.LineString([(-68, -20.2), (-67, -20.2)]))
    assert [("area 0", "near")] == found(INSIDE, "site", None, line)
    assert [] == found(INSIDE, "region", 50, line)


def test_a_footprint_lies_in_what_it_touches():
    footprint = shapely.geometry.mapping(shapely.box(-67.25, -20.3, -67.0, -20.1))
    assert [("area 0", "in")] == found(footprint, "site", None, layer(PARK))


def test_the_antimeridian_parts_no_neighbours():
    east = layer(shapely.box(179.5, -17, 180, -16))
    assert [("area 0", "near")] == found(point(-179.95, -16.5), "site", None, east)


def test_one_name_is_told_once_and_the_nearest_first():
    parts = layer(
        shapely.box(-67.1, -20.3, -67.05, -20.1), PARK, shapely.box(-67.7, -20.3, -67.5, -20.1), names=["B", "A", "A"]
    )
    assert [("A", "near"), ("B", "near")] == found(point(-67.19, -20.2), "site", None, parts)


def haversine_km(a, b):
    (x1, y1), (x2, y2) = np.radians(a), np.radians(b)
    h = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(h))


def degrees(least, most):
    """Numbers as records have them, of four decimals."""
    return st.integers(round(least * 1e4), round(most * 1e4)).map(lambda number: number / 1e4)


corners = st.tuples(degrees(-3, 3), degrees(-3, 3), degrees(0.01, 1.5), degrees(0.01, 1.5))


@given(st.lists(corners, max_size=12), degrees(-179, 179), degrees(-70, 70))
def test_the_tree_finds_what_a_plain_loop_finds(boxes, longitude, latitude):
    shapes = [shapely.box(longitude + x, latitude + y, longitude + x + w, latitude + y + h) for x, y, w, h in boxes]
    at = shapely.Point(longitude, latitude)
    expected, unsure = {}, set()
    for number, shape in enumerate(shapes):
        edge = shapely.get_coordinates(shapely.segmentize(shape.exterior, 0.002))
        nearest = edge[
            np.argmin(np.hypot((edge[:, 0] - longitude) * math.cos(math.radians(latitude)), edge[:, 1] - latitude))
        ]
        km = haversine_km((longitude, latitude), nearest)
        if shape.intersects(at):
            expected[f"area {number}"] = "in"
        elif km <= NEAR_KM:
            expected[f"area {number}"] = "near"
        if km < 0.001 or (abs(km - NEAR_KM) < 0.3 and not shape.intersects(at)):
            unsure.add(f"area {number}")
    told = dict(found(point(longitude, latitude), "site", None, layer(*shapes))) if shapes else {}
    assert {k: v for k, v in expected.items() if k not in unsure} == {k: v for k, v in told.items() if k not in unsure}
