"""Spatial conditions of a CQL2 filter (OGC 21-065r2, section 7.5)."""

from __future__ import annotations

from typing import Any

import shapely

from geo.cql2.operands import shown
from geo.cql2.shapes import Transform, box_of, shape_of, shape_of_box
from geo.errors import InvalidQuery
from geo.filter import EVERYTHING, GEOMETRY, NOTHING, Box, Expression, Intersects, Not, SpatialComparison

_TURNED = {"within": "contains", "contains": "within"}
_OF_ITSELF = frozenset(["intersects", "equals", "within", "contains"])  # what holds between a shape and itself
_WORLD = Box(-180, -90, 180, 90)


def spatial_comparison(name: str, left: Any, right: Any, transform: Transform) -> Expression:
    """Return the condition that two geometries lie so to each other."""
    first, second = _geometry(left, transform), _geometry(right, transform)
    if first is None and second is None:
        there = Intersects(_WORLD)
        return there if name in _OF_ITSELF else Not(there)
    if first is not None and second is not None:
        is_so = getattr(shapely, name)(
            *(shape_of_box(each) if isinstance(each, Box) else each for each in (first, second))
        )
        return EVERYTHING if is_so else NOTHING
    if second is None:
        first, second, name = second, first, _TURNED.get(name, name)
    if name == "disjoint":
        return Not(_of_shape("intersects", second))
    return _of_shape(name, second)


def _of_shape(name: Any, shape: Any) -> Expression:
    """Return how the geometry lies to a shape; a box is looked up, on a round globe."""
    if isinstance(shape, Box):
        return Intersects(shape) if name == "intersects" else SpatialComparison(name, shape_of_box(shape))
    return SpatialComparison(name, shape)


def _geometry(node: Any, transform: Transform) -> Any:
    """Return a box or a shape; None for the geometry of the records."""
    match node:
        case {"property": "geometry"}:
            return None
        case {"bbox": numbers}:
            return box_of(numbers, transform)
        case {"type": str()}:
            return shape_of(node, transform)
        case _:
            raise InvalidQuery("filter", "not-a-geometry", found=shown(node), name=GEOMETRY)
