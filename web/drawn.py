"""Features drawn on a small map of the world, as numbers for an SVG: no script, and nothing from elsewhere."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from geo import boundaries
from geo.records.geometry import to_shape
from geo.records.places import drawn_point

_LEAST_SPAN = 8.0  # degrees that a picture shows at least
_MARGIN = 0.08  # of what is drawn, on each side
_WIDEST = 2.2  # times as wide as high, and as high as wide the other way
_SPOT = 0.009  # of the width: the radius of a spot
_SEEN = 1 / 700  # of the width: smaller details of the land cannot be seen

Feature = Mapping[str, Any]


@dataclass(frozen=True)
class Mark:
    """A feature in a picture: a spot at x and y, or the path of an area. `group` is that of its stage.

    `is_rough` says that its place is only known to a region.
    """

    label: str
    address: str
    x: float = 0.0
    y: float = 0.0
    path: str = ""
    group: str = "unknown"
    is_rough: bool = False


@dataclass(frozen=True)
class Drawing:
    """A picture in degrees, y pointing south: its box, its marks, the radius of spots, and how many have no place.

    `land` is the path of the land in it.
    """

    x: float
    y: float
    width: float
    height: float
    radius: float
    marks: list[Mark]
    placeless: int
    land: str


def drawing(
    features: Sequence[Feature], address_of: Callable[[str], str], name_of: Callable[[Feature], str]
) -> Drawing | None:
    """Return a picture of features; None where none of them has a place."""
    marks = [mark for feature in features if (mark := _mark(feature, address_of, name_of(feature))) is not None]
    if not marks:
        return None
    box = _frame(_bounds(features))
    return Drawing(*box, round(box[2] * _SPOT, 3), marks, len(features) - len(marks), _land(*box))


def _mark(feature: Feature, address_of: Callable[[str], str], label: str) -> Mark | None:
    shape, values = to_shape(feature["geometry"]), feature["properties"]
    address = address_of(str(feature["id"]))
    accuracy = values.get("location_accuracy")
    if shape is None or accuracy in ("country", "undisclosed"):
        return None
    point = drawn_point(shape, accuracy) if accuracy else None
    if point is None:
        return Mark(label, address, path=path_of(shape), group="area")
    group = str(values.get("status_group", "unknown"))
    return Mark(label, address, point[0], -point[1], group=group, is_rough=accuracy == "region")


def _bounds(features: Sequence[Feature]) -> tuple[float, float, float, float]:
    shapes = [shape for feature in features if (shape := to_shape(feature["geometry"])) is not None]
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return west, south, east, north


def _frame(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return west, top, width and height of a box around what is drawn, which is neither too small nor too narrow."""
    west, south, east, north = bounds
    width = max((east - west) * (1 + 2 * _MARGIN), _LEAST_SPAN)
    height = max((north - south) * (1 + 2 * _MARGIN), _LEAST_SPAN, width / _WIDEST)
    width = max(width, height)
    left, top = (west + east - width) / 2, -(north + south + height) / 2
    return round(left, 2), round(top, 2), round(width, 2), round(height, 2)


def path_of(shape: Any) -> str:
    """Return the rings of an area as an SVG path in degrees, y pointing south."""
    polygons = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    rings = [ring for part in polygons for ring in (part.exterior, *part.interiors)]
    return "".join(_ring(shapely.get_coordinates(ring).tolist()) for ring in rings)


def _ring(points: list[list[float]]) -> str:
    return "M" + "L".join(f"{lon:.2f} {-lat:.2f}" for lon, lat in points[:-1]) + "Z"


def _land(west: float, top: float, width: float, height: float) -> str:
    """Return the land in a box as an SVG path, in as much detail as can be seen."""
    fineness = 2.0 ** math.floor(math.log2(width * _SEEN))
    parts = [shapely.clip_by_rect(part, west, -top - height, west + width, -top) for part in _simple_land(fineness)]
    return "".join(path_of(part) for part in parts if not part.is_empty)


@functools.lru_cache(maxsize=12)
def _simple_land(fineness: float) -> list[Any]:
    """Return every country without what is smaller than a part of a degree."""
    shapes = [shape.simplify(fineness) for shape in boundaries.country_shapes().values()]
    return [part for shape in shapes for part in shapely.get_parts(shape) if part.area > fineness * fineness]
