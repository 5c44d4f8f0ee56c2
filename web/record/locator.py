"""Where in its country does a project lie? A small map as numbers, which claims no more than the record's accuracy."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import shapely
import shapely.affinity
import shapely.geometry
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geo import boundaries
from geo.records.geometry import to_shape

SIDE = 240.0  # of the longer side, in the drawing's units
MARGIN = 10.0
LEAST_RADIUS = 6.0
_KM_PER_DEGREE = 111.195

_Shape = TypeVar("_Shape", bound=BaseGeometry)


@dataclass(frozen=True)
class Locator:
    """A country's outline as an SVG path, and what is marked in it.

    `mark` is `point`, `ring` (a place that is only roughly known: `radius` is how far off it may be), `country` (no
    point: the whole country is meant) or `none`. `x`, `y` and `radius` are in the drawing's units.
    """

    width: float
    height: float
    path: str
    mark: str
    x: float = 0.0
    y: float = 0.0
    radius: float = 0.0


@dataclass(frozen=True)
class _Frame:
    """How degrees become units: equirectangular, true in the middle of what is drawn."""

    west: float
    north: float
    across: float  # units a degree of longitude
    down: float  # units a degree of latitude
    width: float
    height: float

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        return round(MARGIN + (lon - self.west) * self.across, 1), round(MARGIN + (self.north - lat) * self.down, 1)


def locator(country: str, properties: Mapping[str, Any], geometry: Mapping[str, Any] | None) -> Locator | None:
    """Return the locator map of a record; None where the country has no outline."""
    parts = _parts(country)
    if not parts:
        return None
    accuracy, point = properties["location_accuracy"], _point(properties, geometry)
    if point is None:
        frame = _frame(parts)
        return _drawn(frame, parts, "country" if accuracy == "country" else "none")
    place = _beside(point, _middle(parts))
    frame = _frame([*parts, place])
    x, y = frame.place(float(shapely.get_x(place)), float(shapely.get_y(place)))
    radius = float(properties.get("location_radius_km") or 0) / _KM_PER_DEGREE * frame.down
    mark = "point" if accuracy in ("site", "locality") else "ring"
    return replace(_drawn(frame, parts, mark), x=x, y=y, radius=round(max(radius, LEAST_RADIUS), 1))


def _point(properties: Mapping[str, Any], geometry: Mapping[str, Any] | None) -> BaseGeometry | None:
    shape = to_shape(dict(geometry)) if geometry else None
    is_placed = properties["location_accuracy"] in ("site", "locality", "region")
    return shapely.point_on_surface(shape) if shape is not None and is_placed else None


@functools.cache
def _parts(country: str) -> list[Polygon]:
    """Return the parts of an outline; those beyond the antimeridian stand beside the largest one."""
    outline = boundaries.outline(country)
    if outline is None:
        return []
    parts = [part for part in shapely.get_parts(shapely.geometry.shape(outline)) if isinstance(part, Polygon)]
    return [_beside(part, _middle(parts)) for part in parts]


def _middle(parts: Sequence[BaseGeometry]) -> float:
    return float(max(parts, key=lambda part: part.area).centroid.x)


def _beside(shape: _Shape, middle: float) -> _Shape:
    moved: _Shape = shapely.affinity.translate(shape, 360 * round((middle - shape.centroid.x) / 360))
    return moved


def _frame(shapes: Sequence[BaseGeometry]) -> _Frame:
    west, south, east, north = shapely.total_bounds(list(shapes)).tolist()
    narrow = max(math.cos(math.radians((south + north) / 2)), 0.1)
    unit = (SIDE - 2 * MARGIN) / max((east - west) * narrow, north - south, 0.01)
    width, height = (east - west) * narrow * unit + 2 * MARGIN, (north - south) * unit + 2 * MARGIN
    return _Frame(west, north, narrow * unit, unit, round(width, 1), round(height, 1))


def _drawn(frame: _Frame, parts: Sequence[Polygon], mark: str) -> Locator:
    rings = (ring for part in parts for ring in (part.exterior, *part.interiors))
    return Locator(frame.width, frame.height, "".join(_ring(frame, ring) for ring in rings), mark)


def _ring(frame: _Frame, ring: Any) -> str:
    """Return a ring as a path of tenths: digits only, whatever the outline holds."""
    places = (frame.place(lon, lat) for lon, lat in ring.coords)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places) + "Z"
