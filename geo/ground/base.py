"""The map's own base: countries from afar, and land, borders and names from near, tile by tile (`data/ground/`)."""

from __future__ import annotations

import functools
import gzip
from typing import Any

import numpy as np
import orjson

from geo.boundaries import countries_file
from geo.ground.tiles import Tile
from geo.paths import data_folder

TILE_ZOOM = 5
CREDIT = "Natural Earth, GeoNames"
_WORLD = "world"


@functools.cache
def world() -> bytes:
    """Return every country, and the great lakes, as JSON of flat paths in hundredths of a degree, longitude first.

    `countries` holds `[iso, name, polygons]`, a polygon being its rings; `lakes` holds rings.
    """
    countries = [
        [each["properties"]["iso"], each["properties"]["name"], _polygons(each["geometry"])]
        for each in orjson.loads(countries_file().read_bytes())["features"]
    ]
    return orjson.dumps({"countries": countries, **orjson.loads(_tiles()[_WORLD])})


def _polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [[_path(ring) for ring in polygon] for polygon in polygons]


def _path(ring: list[list[float]]) -> list[int]:
    at = np.rint(np.array(ring) * 100).astype(int)
    return [*at[0].tolist(), *np.diff(at, axis=0).ravel().tolist()]


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
