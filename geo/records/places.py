"""Where a record lies against the country that it names."""

from __future__ import annotations

import functools
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo.boundaries import country_shapes
from geo.records.geometry import to_shape

COAST_DEGREES = 0.15  # about 15 km: the outlines are of scale 1:50m, and ports are built into the sea


def location_doubt(country: str, shape: BaseGeometry | None) -> str | None:
    """Return the code (`location_doubt` in the vocabularies) of what is odd about a place; None where nothing is."""
    if shape is None:
        return None
    if isinstance(shape, shapely.Point) and shape.x == shape.y == 0:
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
    point = shape if isinstance(shape, shapely.Point) else shapely.point_on_surface(shape)
    return [round(point.x, 5), round(point.y, 5)]


def drawn_point_of(geometry: dict[str, Any] | None, accuracy: str) -> list[float] | None:
    """Return the same of a GeoJSON geometry; of a point, as most are, without a shape."""
    if geometry is not None and geometry["type"] == "Point":
        return None if accuracy == "country" else [round(float(each), 5) for each in geometry["coordinates"]]
    return drawn_point(to_shape(geometry), accuracy)


@functools.cache
def _prepared(country: str) -> BaseGeometry | None:
    outline = country_shapes().get(country)
    if outline is not None:
        shapely.prepare(outline)
    return outline
