"""Tiles of the map: Web Mercator squares that are halved again and again, and shapes as whole numbers within one.

A path is one flat list `[x, y, dx, dy, …]`: where it begins, then steps, in units of which `EXTENT` make a tile; x goes
east and y south from the tile's north-west corner. Paths reach a little over the tile's edges, so that no gap shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

EXTENT = 4096
MOST_LATITUDE = 85.05
_OVER = 1 / 64  # of a tile, on each side

Path = list[int]
Floats = npt.NDArray[np.float64]


class Tile(NamedTuple):
    """The square `x`, `y` of the `2 ** zoom` by `2 ** zoom` of the world, counted from the north-west."""

    zoom: int
    x: int
    y: int

    @property
    def is_on_earth(self) -> bool:
        side = 1 << self.zoom if 0 <= self.zoom < 32 else 0
        return 0 <= self.x < side and 0 <= self.y < side

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, north, east, south in world units, a little over the edges."""
        side = 2.0**-self.zoom
        return (
            (self.x - _OVER) * side,
            (self.y - _OVER) * side,
            (self.x + 1 + _OVER) * side,
            (self.y + 1 + _OVER) * side,
        )


def to_world(lonlat: Floats) -> Floats:
    """Return longitudes and latitudes in degrees as world units: the world is 1 wide, from its north-west corner."""
    latitude = np.radians(np.clip(lonlat[:, 1], -MOST_LATITUDE, MOST_LATITUDE))
    y = 0.5 - np.log(np.tan(np.pi / 4 + latitude / 2)) / (2 * np.pi)
    return np.column_stack([lonlat[:, 0] / 360 + 0.5, y])


def in_world_units(shapes: Iterable[BaseGeometry]) -> npt.NDArray[np.object_]:
    """Return shapes in degrees as shapes in world units."""
    found: npt.NDArray[np.object_] = shapely.transform(np.array(list(shapes), dtype=object), to_world)
    return found


def clipped(shapes: npt.NDArray[np.object_], tile: Tile) -> npt.NDArray[np.object_]:
    """Return what of shapes in world units lies on the tile, without what is too small to be seen."""
    parts: npt.NDArray[np.object_] = shapely.clip_by_rect(shapes, *tile.box)
    return parts[~shapely.is_empty(parts)]


def paths_of(shape: BaseGeometry, tile: Tile, extent: int = EXTENT) -> list[Path]:
    """Return the rings and lines of a shape in world units as paths of the tile; points are paths of one place."""
    paths = (_path(shapely.get_coordinates(line), tile, extent) for line in _lines(shape))
    return [path for path in paths if path is not None]


def _lines(shape: BaseGeometry) -> Iterable[BaseGeometry]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            yield from (ring for ring in shapely.get_rings(part))
        elif part.geom_type.startswith(("Multi", "Geometry")):
            yield from _lines(part)
        else:
            yield part


def _path(points: Floats, tile: Tile, extent: int) -> Path | None:
    """Points that fall on one unit count once; a line of which one point is left is too small to be seen."""
    at = np.rint((points * 2.0**tile.zoom - (tile.x, tile.y)) * extent).astype(np.int64)
    steps = np.diff(at, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    if len(points) > 1 and not len(steps):
        return None
    return [*at[0].tolist(), *steps.ravel().tolist()]
