"""Where a record lies against the country that it names."""

from __future__ import annotations

import functools
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo.boundaries import country_shapes
from geo.records.geometry import to_shape

COAST_DEGREES = 0.15  # about 15 km: the outlines are of scale 1:50m, and ports are built into the sea


def location_doubt(country: str, geometry: dict[str, Any] | None) -> str | None:
    """Return the code (`location_doubt` in the vocabularies) of what is odd about a place; None where nothing is."""
    shape = to_shape(geometry)
    if shape is None:
        return None
    if shape.bounds == (0, 0, 0, 0):
        return "at-zero"
    return None if in_country(country, shape) else "outside-country"


def in_country(country: str, shape: BaseGeometry) -> bool:
    """Return whether a shape meets the country or comes within about 15 km of its coast or border.

    True for a country whose outline is not known here.
    """
    outline = _prepared(country)
    return outline is None or bool(shapely.dwithin(outline, shape, COAST_DEGREES))


def drawn_point(shape: BaseGeometry | None, accuracy: str) -> list[float] | None:
    """Return the point that stands for a place, [longitude, latitude]; None where only the country is known."""
    if shape is None or accuracy == "country":
        return None
    point = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
    return [round(float(shapely.get_x(point)), 5), round(float(shapely.get_y(point)), 5)]


@functools.cache
def _prepared(country: str) -> BaseGeometry | None:
    outline = country_shapes().get(country)
    if outline is not None:
        shapely.prepare(outline)
    return outline
