"""How a place was changed: where it was and is, how far that is, and how well it is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from geo.checks.alike.likeness import km_between
from geo.records.geometry import to_shape
from web.changed.facets import Part
from web.changed.values import Line
from web.language import Language

PLACE_FIELDS = ("location_accuracy", "location_radius_km")
_DEGREES = "0.#######"
_NEAR_M = 1_000

Geometry = dict[str, Any] | None
Point = tuple[float, float]


def place_lines(language: Language, geometries: tuple[Geometry, Geometry], before: Part, after: Part) -> Iterator[Line]:
    """Yield where it was and is, with the distance, and how well that was and is known."""
    one, other = geometries
    if one != other:
        sides = (_where(language, one, before), _where(language, other, after))
        yield Line(language.say("diff.point"), *sides, note=_moved(language, one, other))
    if any(before.get(field) != after.get(field) for field in PLACE_FIELDS):
        known = (_known_to(language, before), _known_to(language, after))
        yield Line(language.say("columns.location_accuracy"), *known)


def _where(language: Language, geometry: Geometry, properties: Part) -> str:
    point = _middle(geometry)
    if geometry is None or point is None:
        return language.say("diff.nowhere") if properties else ""
    if properties.get("location_accuracy") == "country":
        return language.say("diff.outline_of", country=language.country(properties["country"]))
    lon, lat = (language.number(degrees, _DEGREES) for degrees in point)
    return language.say("diff.at_point" if geometry["type"] == "Point" else "diff.at_area", lat=lat, lon=lon)


def _moved(language: Language, one: Geometry, other: Geometry) -> str:
    """Say how far the middle has moved; of an area that stayed where it was, that it has another outline."""
    before, after = _middle(one), _middle(other)
    if before is None or after is None:
        return ""
    metres = km_between(before, after) * 1_000
    if metres < 1:
        return language.say("diff.reshaped")
    if metres < _NEAR_M:
        return language.say("diff.moved_m", metres=round(metres))
    return language.say("diff.moved_km", km=float(f"{metres / 1_000:.3g}"))


def _middle(geometry: Geometry) -> Point | None:
    """Return [longitude, latitude] of a point or of the middle of an area, WGS 84."""
    shape = to_shape(geometry)
    if shape is None:
        return None
    middle = shape.centroid
    return round(middle.x, 7), round(middle.y, 7)


def _known_to(language: Language, properties: Part) -> str:
    if not properties.get("location_accuracy"):
        return ""
    accuracy = language.label("location_accuracy", properties["location_accuracy"])
    radius = properties.get("location_radius_km")
    return language.say("record.within_km", accuracy=accuracy, km=radius) if radius else accuracy
