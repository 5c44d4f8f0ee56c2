"""Places as numbers: those of one square of the map, at any zoom, are a run of them (Morton's order).

A number has 28 bits each for how far east and how far south a place is, in turn. Beyond 85.05 degrees, where the map
ends, a place counts to its edge.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.ground.tiles import Tile, to_world

BITS = 28  # of each axis: 15 centimetres
MOST_ZOOM = 24  # of WebMercatorQuad
CELLS = 3  # a tile is halved so often into cells, of which one is 64 by 64 pixels of a tile of 512

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_SPREADING = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def codes_of(lon: Floats, lat: Floats) -> Codes:
    """Return the numbers of places in WGS 84 degrees."""
    at = np.floor(to_world(np.column_stack([lon, lat])) * 2.0**BITS)
    steps = np.clip(at, 0, 2**BITS - 1).astype(np.int64)
    return _spread(steps[:, 0]) | (_spread(steps[:, 1]) << 1)


def code_of(tile: Tile) -> int:
    """Return the number of a tile among those of its zoom."""
    x, y = _spread(np.array([tile.x, tile.y], dtype=np.int64)).tolist()
    return int(x | (y << 1))


def tile_of(zoom: int, code: int) -> Tile:
    """Return the tile that has a number at a zoom."""
    x = sum(((code >> (2 * bit)) & 1) << bit for bit in range(zoom))
    y = sum(((code >> (2 * bit + 1)) & 1) << bit for bit in range(zoom))
    return Tile(zoom, x, y)


def level_of(tile: Tile) -> int:
    """Return the zoom at which the cells of a tile would be tiles."""
    return tile.zoom + CELLS


def at_level(codes: Codes, level: int) -> Codes:
    """Return the numbers of the squares of a level in which places lie."""
    found: Codes = codes >> (2 * (BITS - level))
    return found


def span_of(tile: Tile, level: int = BITS) -> tuple[int, int]:
    """Return from and before which number the squares of a level lie that are of a tile."""
    shift = 2 * (level - tile.zoom)
    code = code_of(tile)
    return code << shift, (code + 1) << shift


def _spread(steps: npt.NDArray[Any]) -> Codes:
    """Return numbers with a zero before each of their bits."""
    for shift, mask in _SPREADING:
        steps = (steps | (steps << shift)) & mask
    return steps


def box_of(tile: Tile) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a tile and a little over, in WGS 84 degrees."""
    west, north, east, south = tile.box
    return max(-180.0, _longitude(west)), _latitude(south), min(180.0, _longitude(east)), _latitude(north)


def _longitude(x: float) -> float:
    return (x - 0.5) * 360


def _latitude(y: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))
