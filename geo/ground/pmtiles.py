"""What is in a PMTiles file? Read from its header and metadata (version 3 of the form), without its tiles."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, NamedTuple

import cramjam
import orjson

from geo.errors import OverlayRefused

_HEADER_BYTES = 127
_MOST_METADATA = 2**20
_VECTOR = 1
_PLAIN = 1
_MOST_UNPACKED = 16 * 2**20
_UNPACK = {2: cramjam.gzip, 3: cramjam.brotli, 4: cramjam.zstd}


class VectorTiles(NamedTuple):
    """A file of vector tiles: its deepest zoom, its layers by name, and its credit as it stands in it, often HTML."""

    file: Path
    most_zoom: int
    layers: tuple[str, ...]
    credit: str


def read_vector_tiles(file: Path) -> VectorTiles:
    """Return what a PMTiles file says of itself; raises OverlayRefused where it has no vector tiles to draw."""
    try:
        with file.open("rb") as opened:
            header = opened.read(_HEADER_BYTES)
            if len(header) < _HEADER_BYTES or header[:8] != b"PMTiles\x03":
                raise OverlayRefused("pmtiles-form", file=str(file))
            if header[99] != _VECTOR:
                raise OverlayRefused("pmtiles-not-vector", file=str(file))
            start, length = struct.unpack_from("<QQ", header, 24)
            opened.seek(start)
            told = _metadata(opened.read(min(length, _MOST_METADATA)), header[97])
    except OSError as error:
        raise OverlayRefused("overlay-unreadable", file=str(file), reason=str(error.strerror)) from None
    layers = tuple(str(each.get("id", "")) for each in told.get("vector_layers", []) if isinstance(each, dict))
    return VectorTiles(file, header[101], layers, str(told.get("attribution", ""))[:500])


def _metadata(packed: bytes, compression: int) -> dict[str, Any]:
    """Return the metadata, nothing where they cannot be read: they are no more than a credit and names."""
    try:
        found = orjson.loads(packed if compression == _PLAIN else _unpacked(packed, compression))
    except (KeyError, ValueError, cramjam.DecompressionError):
        return {}
    return found if isinstance(found, dict) else {}


def _unpacked(packed: bytes, compression: int) -> bytes:
    """Return what was packed; raises cramjam.DecompressionError where that is more than metadata are."""
    room = bytearray(_MOST_UNPACKED)
    return bytes(room[: _UNPACK[compression].decompress_into(packed, room)])
