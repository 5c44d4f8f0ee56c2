"""Shapes of an operator's file: read from GeoJSON or FlatGeobuf, searched by place, and cut into tiles for the map."""

from __future__ import annotations

import functools
import json
import mmap
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely

from geo.errors import OverlayRefused
from geo.ground.tiles import EXTENT, Tile, clipped, in_world_units, paths_of

MOST_ZOOM = 12
MOST_VERTICES = 3_000_000
_WGS_84 = 4326
_KEPT_TILES = 1_000
_NO_FLATGEOBUF = "no FlatGeobuf"  # of version 3

# The name `crs` as GDAL reads it: in large and small letters, escaped or not, up to a NUL.
_CRS = re.compile(
    rb'"(?:c|\\u00[46]3)(?:r|\\u00[57]2)(?:s|\\u00[57]3)(?:\\u0000(?:[^"\\]|\\.)*)?"[\x00-\x20]*:[\x00-\x20]*', re.I
)
_MOST_CRS = 2**16  # bytes


class Shapes:
    """Shapes with their names, in degrees for questions and in world units for tiles."""

    def __init__(self, names: list[str], shapes: Any) -> None:
        self.names, self.tree = names, shapely.STRtree(shapes)
        self._flat = shapely.STRtree(in_world_units(shapes))
        self.tile = functools.lru_cache(maxsize=_KEPT_TILES)(self._tile)

    def _tile(self, tile: Tile) -> bytes | None:
        """Return a tile as JSON: `areas` to fill, their `edges`, `lines` and `points`, all paths; None for nothing."""
        near = self._flat.geometries[self._flat.query(shapely.box(*tile.box))]
        unit = 2.0**-tile.zoom / EXTENT
        simple = shapely.simplify(near, unit, preserve_topology=False)
        is_area = np.isin(shapely.get_type_id(near), (3, 6))
        is_line = np.isin(shapely.get_type_id(near), (1, 5))
        found = {
            "areas": simple[is_area],
            "edges": shapely.boundary(simple[is_area]),
            "lines": simple[is_line],
            "points": near[~is_area & ~is_line],
        }
        paths = {name: [p for s in clipped(shapes, tile) for p in paths_of(s, tile)] for name, shapes in found.items()}
        paths = {name: each for name, each in paths.items() if each}
        return orjson.dumps(paths) if paths else None


def read_shapes(file: Path, name: object) -> Shapes:
    """Return the shapes of a GeoJSON or FlatGeobuf file in any reference system; `name` is the column that names them.

    Nothing else is read, whatever is in the file. Raises OverlayRefused.
    """
    import pyogrio  # of 16 MB, which a server without such a file does without
    import pyogrio.errors

    read_as = _with_driver(file)
    try:
        columns = list(pyogrio.read_info(read_as)["fields"])
        if name is not None and name not in columns:
            raise OverlayRefused("overlay-no-column", file=str(file), name=str(name), known=tuple(columns) or ("none",))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL's remarks on what it left out go to nobody here
            table = pyogrio.read_dataframe(read_as, columns=[name] if name is not None else [])
        table = table.to_crs(_WGS_84) if table.crs is not None else table
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, IndexError) as error:
        raise OverlayRefused("overlay-unreadable", file=str(file), reason=str(error)[:200]) from None
    table = table[~table.geometry.isna()]
    if shapely.get_num_coordinates(table.geometry.values).sum() > MOST_VERTICES:
        raise OverlayRefused("overlay-too-large", file=str(file), most=MOST_VERTICES)
    shapes = shapely.make_valid(shapely.force_2d(table.geometry.values))
    names = (
        [str(each) if isinstance(each, str) else "" for each in table[name]] if name is not None else [""] * len(table)
    )
    return Shapes(names, shapes)


def _with_driver(file: Path) -> str:
    """Return the file as GDAL has to be given it, so that the driver is the one that its name says.

    GDAL takes any file for what it finds in it, and a virtual layer (VRT) opens other files and addresses. Of GeoJSON
    the driver can be named. FlatGeobuf's cannot: its head has a NUL at the twelfth byte at the latest, behind which no
    driver looks for words. Raises OverlayRefused for another head.
    """
    path = str(file.absolute())
    if file.suffix != ".fgb":
        _check_crs(file)
        return f"GeoJSON:{path}"
    with file.open("rb") as opened:
        head = opened.read(12)
    if not re.fullmatch(rb"fgb\x03fgb(?s:.{4})\x00", head):
        raise OverlayRefused("overlay-unreadable", file=str(file), reason=_NO_FLATGEOBUF)
    return path


def _check_crs(file: Path) -> None:
    """Check that each `crs` is a name (GeoJSON 2008, section 3.1): what a link leads to is asked by GDAL as it reads.

    It does so for the document's and for that of any geometry. Raises OverlayRefused.
    """
    if not file.stat().st_size:
        return  # nothing can be mapped of it, and GDAL says the rest
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for name in _CRS.finditer(content):
            found = _type_but_name(content[name.end() : name.end() + _MOST_CRS].decode("utf-8", "replace"))
            if found is not None:
                raise OverlayRefused("overlay-crs", file=str(file), found=found[:50])


def _type_but_name(text: str) -> str | None:
    """Return the type of the `crs` that a text begins with, None for a name, or for what no reader takes for one."""
    try:
        pairs, _ = json.JSONDecoder(object_pairs_hook=list).raw_decode(text)
    except (ValueError, RecursionError):
        return "unreadable"
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
        return None  # null, a text, or a list
    types = [str(value) for name, value in pairs if name.partition("\0")[0].casefold() == "type"]
    return next((each for each in types if each.partition("\0")[0].casefold() != "name"), None)
