"""Geometries that a CQL2 filter states: checked, within bounds, and in WGS 84."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.cql2.bounds import MOST_VERTICES
from geo.crs import Positions
from geo.errors import InvalidQuery
from geo.filter import Box
from geo.rowwise import area

_DEPTHS = {"Point": 0, "LineString": 1, "MultiPoint": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}
Transform = Callable[[Positions], Positions]


def box_of(numbers: Any, transform: Transform) -> Box:
    """Return the box of four numbers, or of six of which the heights are left out, in the axes of its own system."""
    if not isinstance(numbers, list) or len(numbers) not in (4, 6) or not all(map(_is_number, numbers)):
        raise InvalidQuery("filter", "filter-bbox-form")
    corners = [numbers[:2], numbers[3:5] if len(numbers) == 6 else numbers[2:]]
    (west, south), (east, north) = _in_wgs84(np.array(corners, dtype=np.float64), transform).tolist()
    return Box(west, south, east, north)


def shape_of_box(box: Box) -> BaseGeometry:
    """Return a box as a shape; one across the antimeridian has two parts."""
    if box.west <= box.east:
        return area(box.west, box.south, box.east, box.north)
    return shapely.union_all([area(box.west, box.south, 180, box.north), area(-180, box.south, box.east, box.north)])


def shape_of(stated: dict[str, Any], transform: Transform) -> BaseGeometry:
    """Return the shape of a GeoJSON geometry; raises InvalidQuery for one that is broken, too large or out of range."""
    if sum(1 for _ in _positions(stated)) > MOST_VERTICES:
        raise InvalidQuery("filter", "too-many-vertices", most=MOST_VERTICES)
    try:
        shape = shapely.geometry.shape(_plain(stated, transform))
    except (shapely.errors.ShapelyError, ValueError, TypeError, IndexError):
        raise InvalidQuery("filter", "geometry-broken", type=str(stated.get("type"))[:30]) from None
    if shape.is_empty or not shapely.is_valid(shape):
        raise InvalidQuery("filter", "geometry-broken", type=shape.geom_type)
    return shape


def _positions(stated: dict[str, Any]) -> Iterator[list[float]]:
    """Yield the positions of a geometry, whose lists must lie as deep as its type says."""
    if stated.get("type") == "GeometryCollection":
        members = stated.get("geometries")
        for member in members if isinstance(members, list) else [None]:
            if not isinstance(member, dict) or member.get("type") == "GeometryCollection":
                raise _broken(stated)
            yield from _positions(member)
        return
    depth = _DEPTHS.get(str(stated.get("type")))
    if depth is None:
        raise _broken(stated)
    found = [stated.get("coordinates")]
    for _ in range(depth):
        if not all(isinstance(each, list) for each in found):
            raise _broken(stated)
        found = [inner for each in found for inner in each or ()]
    for position in found:
        if not isinstance(position, list) or not 2 <= len(position) <= 4 or not all(map(_is_number, position)):
            raise _broken(stated)
        yield position


def _broken(stated: dict[str, Any]) -> InvalidQuery:
    return InvalidQuery("filter", "geometry-broken", type=str(stated.get("type"))[:30])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _plain(stated: dict[str, Any], transform: Transform) -> dict[str, Any]:
    """Return a geometry in WGS 84 without heights."""
    if stated["type"] == "GeometryCollection":
        return {"type": stated["type"], "geometries": [_plain(member, transform) for member in stated["geometries"]]}
    return {"type": stated["type"], "coordinates": _moved(stated["coordinates"], transform)}


def _moved(coordinates: Any, transform: Transform) -> Any:
    if coordinates and not isinstance(coordinates[0], list):
        return _in_wgs84(np.array([coordinates[:2]], dtype=np.float64), transform)[0].tolist()
    if coordinates and not isinstance(coordinates[0][0] if coordinates[0] else None, list):
        positions = [position[:2] for position in coordinates]
        return _in_wgs84(np.array(positions, dtype=np.float64), transform).tolist()
    return [_moved(each, transform) for each in coordinates]


def _in_wgs84(positions: Positions, transform: Transform) -> Positions:
    moved = transform(positions)
    is_outside = ~(np.abs(moved) <= (180, 90)).all(axis=1)
    if is_outside.any():
        shown = " ".join(f"{number:g}" for number in positions[is_outside][0])
        raise InvalidQuery("filter", "geometry-outside", position=shown)
    return moved
