"""GeoJSON geometries at the door: what a record's geometry may be, in WGS 84 longitude and latitude."""

from __future__ import annotations

import itertools
import json
import math
import re
from typing import Any

import shapely
import shapely.geometry
from shapely.geometry.base import BaseGeometry

from geo.faults import Fault, fault

TYPES = ("Point", "Polygon", "MultiPolygon")
MOST_VERTICES = 5_000
MOST_FAULTS = 20
DECIMALS = 7  # RFC 7946 section 11.2 calls 6 decimals about 10 cm; 7 also keep 32-bit index underflow away

_DEPTHS = {"Point": 0, "Polygon": 2, "MultiPolygon": 3}


def geometry_errors(geometry: Any) -> list[Fault]:
    """Return what is wrong with a GeoJSON geometry (null is right here); pointers start at `/geometry`."""
    if geometry is None:
        return []
    if not isinstance(geometry, dict) or geometry.get("type") not in TYPES:
        return [fault("/geometry", "geometry-type", types=TYPES)]
    unknown = sorted(set(geometry) - {"type", "coordinates"})
    if unknown:
        return [fault(f"/geometry/{unknown[0]}", "geometry-member")]
    errors: list[Fault] = []
    count = _check_positions(geometry.get("coordinates"), _DEPTHS[geometry["type"]], "/geometry/coordinates", errors)
    if count > MOST_VERTICES:
        errors.append(fault("/geometry/coordinates", "too-many-positions", count=count, most=MOST_VERTICES))
    if errors or geometry["type"] == "Point":
        return errors
    return _shape_errors({**geometry, "coordinates": _rounded(geometry["coordinates"])})


def _check_positions(coordinates: Any, depth: int, pointer: str, errors: list[Fault]) -> int:
    if depth == 0:
        error = _position_error(coordinates, pointer)
        if error and len(errors) < MOST_FAULTS:
            errors.append(error)
        return 1
    if len(errors) >= MOST_FAULTS:
        return 0
    if not isinstance(coordinates, list) or not coordinates:
        errors.append(fault(pointer, "positions-missing"))
        return 0
    if len(coordinates) > MOST_VERTICES:
        return len(coordinates)
    return sum(
        _check_positions(part, depth - 1, f"{pointer}/{index}", errors) for index, part in enumerate(coordinates)
    )


def _position_error(position: Any, pointer: str) -> Fault | None:
    if not isinstance(position, list) or len(position) != 2:
        return fault(pointer, "position-form")
    if not all(isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in position):
        return fault(pointer, "position-form")
    longitude, latitude = position
    if not -180 <= longitude <= 180:
        return fault(pointer, "longitude-range", longitude=longitude)
    if not -90 <= latitude <= 90:
        return fault(pointer, "latitude-range", latitude=latitude)
    return None


def _shape_errors(geometry: dict[str, Any]) -> list[Fault]:
    """Return what is wrong with an area."""
    try:
        shape = shapely.geometry.shape(geometry)
    except (ValueError, shapely.errors.GEOSException) as error:
        return [fault("/geometry/coordinates", "no-shape", reason=str(error))]
    rings = [ring for polygon in _rings(geometry) for ring in polygon]
    if any(ring[0] != ring[-1] for ring in rings):
        return [fault("/geometry/coordinates", "open-ring")]
    if any(_goes_round_the_globe(a, b) for ring in rings for a, b in itertools.pairwise(ring)):
        return [fault("/geometry/coordinates", "edge-round-globe")]
    if not shapely.is_valid(shape):
        return [fault("/geometry/coordinates", "area-invalid", reason=shapely.is_valid_reason(shape))]
    return []


def _goes_round_the_globe(start: list[float], end: list[float]) -> bool:
    """An edge along a pole has no length there, whatever its longitudes."""
    return abs(start[0] - end[0]) > 180 and not (abs(start[1]) == abs(end[1]) == 90)


def _rings(geometry: dict[str, Any]) -> list[list[list[list[float]]]]:
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"]]
    return list(geometry["coordinates"]) if geometry["type"] == "MultiPolygon" else []


_CRS84 = re.compile(
    r"urn:ogc:def:crs:OGC:(1\.3)?:CRS84|https?://www\.opengis\.net/def/crs/OGC/(1\.3|0)/CRS84|OGC:CRS84", re.IGNORECASE
)


def crs_errors(document: dict[str, Any]) -> list[Fault]:
    """Return what is wrong with the `crs` of a GeoJSON document: RFC 7946 knows WGS 84 longitude, latitude only.

    Files of before 2016 may name another system, whose numbers would be taken for degrees in the wrong order or place.
    """
    if "crs" not in document:
        return []
    stated = document["crs"]
    properties = stated.get("properties") if isinstance(stated, dict) else None
    named: Any = stated
    if isinstance(properties, dict) and properties:
        named = properties.get("name", properties.get("href"))
    if isinstance(named, str) and _CRS84.fullmatch(named):
        return []
    shown = named if isinstance(named, str) else json.dumps(named)
    return [fault("/crs", "another-crs", named=shown[:100])]


def normalise(geometry: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the geometry with coordinates of at most 7 decimals and rings wound as RFC 7946 section 3.1.6 asks."""
    if geometry is None:
        return None
    if geometry["type"] == "Point":
        return {"type": "Point", "coordinates": _rounded(geometry["coordinates"])}
    shape = shapely.orient_polygons(shapely.geometry.shape(geometry))
    return {"type": geometry["type"], "coordinates": _rounded(shapely.geometry.mapping(shape)["coordinates"])}


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, int | float):
        return round(float(coordinates), DECIMALS) + 0.0  # + 0.0 turns -0.0 into 0.0
    return [_rounded(part) for part in coordinates]


def to_shape(geometry: dict[str, Any] | None) -> BaseGeometry | None:
    """Return the shapely geometry of a valid GeoJSON geometry."""
    if geometry is None:
        return None
    if geometry["type"] == "Point":
        point: BaseGeometry = shapely.points(geometry["coordinates"])  # half the time of `shape`
        return point
    return shapely.geometry.shape(geometry)
