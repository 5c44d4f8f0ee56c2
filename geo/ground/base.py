"""The map's own base: countries from afar, and land, borders and names from near, tile by tile (`data/ground/`)."""

from __future__ import annotations

import functools
import gzip
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import orjson
import shapely

from geo.boundaries import countries_file
from geo.ground.arcs import Arcs, Ring
from geo.ground.tiles import Floats, Tile
from geo.packing import Part, pack
from geo.paths import data_folder

TILE_ZOOM = 5
_WORLD = "world"


class _Grid(NamedTuple):
    """How exact borders are: parts of a degree, how many they may be off, square degrees of what is left out."""

    parts: int
    tolerance: float
    dot: float


_NEAR = _Grid(100, 0, 0)
_AFAR = _Grid(20, 2, 0.1)  # half a pixel where the world is 2,048 pixels wide


@functools.cache
def world(*, is_afar: bool = False) -> bytes:
    """Return every country, and the great lakes, as columns (`geo.packing`); for afar without what is not seen there.

    `countries` holds `[iso, name, polygons]`, a polygon being its rings; `lakes` holds rings; a ring is its arcs, which
    the one column has (`Arcs`), longitude first, in as many parts of a degree as `parts` says.
    """
    grid = _AFAR if is_afar else _NEAR
    features = orjson.loads(countries_file().read_bytes())["features"]
    countries = [_polygons(each["geometry"], grid) for each in features]
    lakes = [_ring(_places(path) / _NEAR.parts, grid.parts) for path in orjson.loads(_tiles()[_WORLD])["lakes"]]
    arcs = Arcs([*(ring for polygons in countries for rings in polygons for ring in rings), *lakes])
    told = [
        [
            each["properties"]["iso"],
            each["properties"]["name"],
            [[arcs.of(ring) for ring in rings] for rings in polygons],
        ]
        for each, polygons in zip(features, countries, strict=True)
    ]
    header = {"parts": grid.parts, "countries": told, "lakes": [arcs.of(ring) for ring in lakes]}
    return pack(Part(header, {"arcs": arcs.packed(grid.tolerance)}))


def _polygons(geometry: dict[str, Any], grid: _Grid) -> list[list[Ring]]:
    """Return the polygons that are more than a dot, or the largest of all, on a grid."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    areas = [shapely.Polygon(rings[0]).area for rings in polygons]
    least = min(grid.dot, max(areas))
    seen = (rings for rings, area in zip(polygons, areas, strict=True) if area >= least)
    return [[_ring(np.array(ring), grid.parts) for ring in rings] for rings in seen]


def _places(path: list[int]) -> Floats:
    """Return the places of a flat path, whose numbers are steps."""
    return np.cumsum(np.array(path, float).reshape(-1, 2), axis=0)


def _ring(places: Floats, parts: int) -> Ring:
    """Return places in degrees as a closed ring of parts of one; one that is smaller than a part is a square of it."""
    whole: list[list[int]] = np.rint(places * parts).astype(int).tolist()
    ring = [(x, y) for (x, y), _ in groupby(whole)]
    ring += ring[:1] if ring[0] != ring[-1] else []
    x, y = ring[0]
    return ring if len(ring) > 3 else [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]


def land_tile(tile: Tile) -> bytes | None:
    """Return a tile of `TILE_ZOOM` as JSON: paths of `land`, `coast`, `borders` and more, and `names`; None for sea."""
    return _tiles().get(f"{tile.zoom}/{tile.x}/{tile.y}")


def land_tiles() -> list[str]:
    """Return the tiles that are not all sea, as `x/y`."""
    return [key.partition("/")[2] for key in _tiles() if key != _WORLD]


@functools.cache
def _tiles() -> dict[str, bytes]:
    with gzip.open(data_folder() / "ground" / "tiles.tsv.gz") as lines:
        return {key.decode(): row.rstrip(b"\n") for key, _, row in (line.partition(b"\t") for line in lines)}
