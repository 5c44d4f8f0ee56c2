"""Geometries as GeoPackage blobs (OGC 12-128r19, clause 2.1.3), and the SQL functions that R-tree triggers call."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo.records.geometry import to_shape

_SRS = 4326
_LITTLE_ENDIAN, _ENVELOPE_XY = 0b0001, 0b0010
_HEADER = struct.Struct("<2sBBi")
_ENVELOPE = struct.Struct("<4d")
_ENVELOPE_LENGTHS = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_POSITION = struct.Struct("<2d")
_POINT = _HEADER.pack(b"GP", 0, _LITTLE_ENDIAN, _SRS) + struct.pack("<BI", 1, 1)
_AREA = _HEADER.pack(b"GP", 0, _LITTLE_ENDIAN | _ENVELOPE_XY, _SRS)

Bounds = tuple[float, float, float, float]


def encode(geometry: dict[str, Any] | None) -> bytes | None:
    """Return a GeoJSON geometry as a GeoPackage blob in WGS 84, with an envelope unless it is a point."""
    if geometry is not None and geometry["type"] == "Point":
        return _POINT + _POSITION.pack(*geometry["coordinates"])
    shaped = to_shape(geometry)
    if shaped is None:
        return None
    west, south, east, north = shaped.bounds
    wkb: bytes = shapely.to_wkb(shaped, byte_order=1)
    return _AREA + _ENVELOPE.pack(west, east, south, north) + wkb


def bounds(blob: bytes) -> Bounds | None:
    """Return (min x, min y, max x, max y) of a GeoPackage blob, None for an empty geometry.

    Of what `encode` made it reads them from the blob; others have to be taken apart.
    """
    if blob.startswith(_POINT):
        x, y = _POSITION.unpack_from(blob, len(_POINT))
        return (x, y, x, y) if x == x else None  # an empty point has no numbers
    if blob.startswith(_AREA):
        west, east, south, north = _ENVELOPE.unpack_from(blob, len(_AREA))
        return west, south, east, north
    found = shape(blob)
    return None if found.is_empty else found.bounds


def shape(blob: bytes) -> BaseGeometry:
    """Return the geometry of a GeoPackage blob."""
    envelope = _ENVELOPE_LENGTHS[(blob[3] >> 1) & 0b111]
    return shapely.from_wkb(blob[_HEADER.size + envelope :])


def register(connection: sqlite3.Connection) -> None:
    """Give a connection the functions ST_IsEmpty, ST_MinX, ST_MinY, ST_MaxX and ST_MaxY.

    SQLite without them cannot write to a layer that has an R-tree; reading needs none.
    """

    def edge(index: int) -> Callable[[bytes | None], float | None]:
        def read(blob: bytes | None) -> float | None:
            box = bounds(blob) if blob is not None else None
            return None if box is None else box[index]

        return read

    for index, name in enumerate(("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY")):
        connection.create_function(name, 1, edge(index), deterministic=True)
    connection.create_function("ST_IsEmpty", 1, lambda blob: blob is None or bounds(blob) is None, deterministic=True)
