"""Records as PMTiles (version 3): the vector tiles of a question in one file, which a map reads from any web server."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from geo.formats.files import made_beside
from geo.formats.selection import Selection
from geo.ground.tiles import Tile
from geo.records.geometry import to_shape
from geo.records.places import drawn_point
from geo.tiles.content import LAYERS, PROPERTIES, fields
from geo.tiles.encoding import as_mvt
from geo.tiles.features import features_of
from geo.tiles.pyramid import Placed, Pyramid

MOST_ZOOM = 12  # a place on a tile of it is right to three metres
MOST_TILES = 60_000  # beyond which a file ends at a farther zoom: programs draw its tiles from nearer too
_WORLD = {
    "min_lon_e7": -1_800_000_000,
    "min_lat_e7": -850_500_000,
    "max_lon_e7": 1_800_000_000,
    "max_lat_e7": 850_500_000,
}
_CENTRE = {"center_zoom": 1, "center_lon_e7": 0, "center_lat_e7": 200_000_000}


def write(selection: Selection) -> Iterator[bytes]:
    """Return the file in parts."""
    pyramid = Pyramid(_placed(selection), MOST_ZOOM, MOST_TILES)

    def make(file: Path) -> None:
        with file.open("wb") as out:
            writer: Any = Writer(out)  # type: ignore[no-untyped-call]
            for number, tile in _tiles(pyramid, selection):
                writer.write_tile(number, tile)
            header = {"tile_type": TileType.MVT, "tile_compression": Compression.GZIP, **_WORLD, **_CENTRE}
            writer.finalize(header, _metadata(selection, pyramid.most_zoom))

    return made_beside("selection.pmtiles", make)


def _tiles(pyramid: Pyramid, selection: Selection) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the bytes of each tile that is not empty, in the order of numbers; of one at least."""
    is_empty = True
    for tile, content in pyramid.tiles(_number):
        encoded = as_mvt(features_of(content, tile, selection.origin.address_of), tile)
        if encoded:
            is_empty = False
            yield _number(tile), gzip.compress(encoded, mtime=0)
    if is_empty:  # a file without tiles is none
        yield 0, gzip.compress(b"", mtime=0)


def _number(tile: Tile) -> int:
    number: int = zxy_to_tileid(tile.zoom, tile.x, tile.y)
    return number


def _placed(selection: Selection) -> Placed:
    records: list[dict[str, Any]] = []
    points: list[Sequence[float] | None] = []
    outlines: list[bytes | None] = []
    for feature in selection.features():
        shape, accuracy = to_shape(feature["geometry"]), feature["properties"]["location_accuracy"]
        point = drawn_point(shape, accuracy)
        is_area = point is not None and shape is not None and shape.geom_type != "Point"
        stated = {"id": feature["id"], **feature["properties"]}
        records.append({name: stated.get(name) for name in PROPERTIES})
        points.append(point)
        outlines.append(shapely.to_wkb(shape) if is_area else None)
    return Placed(records, points, outlines)


def _metadata(selection: Selection, most_zoom: int) -> dict[str, Any]:
    zooms = {"minzoom": 0, "maxzoom": most_zoom}
    layers = [{"id": name, "description": said, "fields": fields()[name], **zooms} for name, said in LAYERS.items()]
    told = [f"{title}: {text}" for title, text in selection.about]
    return {"name": "Lithium and battery projects", "description": "\n".join(told), "vector_layers": layers}
