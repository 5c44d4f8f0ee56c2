"""Where a row lies: from its geometry, or from the cells that hold coordinates, checked against its country."""

from __future__ import annotations

import functools
import re
from typing import Any

import shapely

from geo.bulk.profile import Profile
from geo.bulk.row import Row
from geo.records.geometry import geometry_errors, to_shape
from geo.records.places import in_country

Geometry = dict[str, Any]

# What parts two coordinates of one cell: a sign, the letter of the first, a comma or blank before a decimal fraction.
_BETWEEN = re.compile(r"\s*[;|]\s*|,\s+|(?<=[NSns])\s*,?\s*|(?<=\d),(?=-?\d{1,3}\.)|(?<=\d)\s+(?=-?\d+\.)", re.ASCII)

_NOTHING = 1e-6  # degrees
_DECIMALS = 6  # more would claim more than a coordinate of a table knows


def geometry_of(row: Row, profile: Profile, country: str | None, *, of_cells: bool = False) -> Geometry | None:
    """Return the geometry of a row, longitude first (WGS 84); None where it says none, or what it says is refused.

    It is that of the file where it has geometries, unless that of its cells is wanted.
    """
    is_placed = row.raw.geometry is not None and not of_cells
    geometry = _of_feature(row, profile) if is_placed else _of_cells(row, profile)
    if geometry is None or country is None:
        return geometry
    return checked_place(row, geometry, country)


def checked_place(row: Row, geometry: Geometry, country: str) -> Geometry | None:
    """Return a geometry that lies in its country, with consent turned about; None where it is refused."""
    shape = to_shape(geometry)
    if shape is None or in_country(country, shape):
        return geometry
    if geometry["type"] == "Point":
        longitude, latitude = geometry["coordinates"]
        turned: Geometry = {"type": "Point", "coordinates": [latitude, longitude]}
        if abs(longitude) <= 90 and in_country(country, shapely.Point(latitude, longitude)):
            is_so = row.consents("swapped-coordinates", _target(row), f"{latitude}, {longitude}")
            return turned if is_so else None
    return geometry if row.consents("outside-country", "country", country) else None


def is_same_place(one: Geometry, other: Geometry | None) -> bool:
    """Return whether two geometries are the same, to a tenth of a metre and however files of a form turn rings."""
    if other is None:
        return False
    if one["type"] == other["type"] == "Point":
        pairs = zip(one["coordinates"], other["coordinates"], strict=False)
        return all(abs(a - b) < _NOTHING for a, b in pairs)
    first, second = (_whole(shapely.geometry.shape(each)).normalize() for each in (one, other))
    return bool(first.equals_exact(second, _NOTHING))


def _whole(shape: Any) -> Any:
    """Return an area in several parts, of which files of some forms make all areas, as one where it has one part."""
    return shape.geoms[0] if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1 else shape


def _target(row: Row) -> str:
    return "coordinates" if row.text("coordinates") else "lon"


def _of_feature(row: Row, profile: Profile) -> Geometry | None:
    geometry = row.raw.geometry
    if profile.crs is not None and isinstance(geometry, dict):
        shape = shapely.transform(shapely.geometry.shape(geometry), _moved(profile.crs))
        geometry = shapely.geometry.mapping(shape)
        geometry = {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])}
    faults = geometry_errors(geometry)
    row.faults += faults
    if not faults and geometry["type"] == "Point" and list(geometry["coordinates"]) == [0, 0]:
        row.refuse("row-at-zero")
        return None
    return None if faults else geometry


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates, int | float):
        return round(float(coordinates), _DECIMALS)
    return [_rounded(part) for part in coordinates]


def _of_cells(row: Row, profile: Profile) -> Geometry | None:
    pair = _pair(row) if row.text("coordinates") else (row.degrees("lon"), row.degrees("lat"))
    if pair is None or pair == (None, None):
        return None
    longitude, latitude = pair
    if longitude is None or latitude is None:
        if not row.is_refused:
            row.refuse("coordinate-alone", "lon" if longitude is None else "lat")
        return None
    return _point(row, profile, longitude, latitude)


def _pair(row: Row) -> tuple[float | None, float | None] | None:
    """Return longitude and latitude of one cell, in which latitude comes first, as people write it."""
    parts = [part for part in _BETWEEN.split(row.text("coordinates")) if part]
    if len(parts) != 2:
        row.refuse("cell-not-a-number", "coordinates")
        return None
    return row.degrees("coordinates", parts[1]), row.degrees("coordinates", parts[0])


def _point(row: Row, profile: Profile, longitude: float, latitude: float) -> Geometry | None:
    if longitude == latitude == 0:
        row.refuse("row-at-zero")
        return None
    if profile.crs is not None:
        moved = _moved(profile.crs)(_array(longitude, latitude))[0]
        longitude, latitude = float(moved[0]), float(moved[1])
    if abs(longitude) <= 180 and abs(latitude) <= 90:
        return {"type": "Point", "coordinates": [round(longitude, _DECIMALS), round(latitude, _DECIMALS)]}
    if profile.crs is None and abs(longitude) <= 90 and abs(latitude) <= 180:
        is_so = row.consents("swapped-coordinates", _target(row), f"{latitude}, {longitude}")
        return {"type": "Point", "coordinates": [latitude, longitude]} if is_so else None
    row.refuse("coordinates-projected", column=row.column(_target(row)), longitude=longitude, latitude=latitude)
    return None


def _array(longitude: float, latitude: float) -> Any:
    import numpy as np

    return np.array([[longitude, latitude]])


@functools.cache
def _moved(crs: str) -> Any:
    """Return what turns positions of a system, east or longitude first, into longitudes and latitudes."""
    import numpy as np
    import pyproj

    transformer = pyproj.Transformer.from_crs(crs, "OGC:CRS84", always_xy=True)

    def moved(positions: Any) -> Any:
        found = np.column_stack(transformer.transform(positions[:, 0], positions[:, 1]))
        return np.where(np.isfinite(found), found, 999.0)  # which is refused as no longitude

    return moved
