"""Points as layers of a Mapbox Vector Tile 2.1: most of what tiles hold, written at once and not shape by shape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from geo.ground.tiles import EXTENT
from geo.tiles.features import Feature

_MOVE_ONCE = 1 | 1 << 3  # the command MoveTo, once (section 4.3.1)
_POINT, _VERSION = 1, 2
_FIELDS = {str: "string_value", bool: "bool_value", int: "int_value", float: "double_value"}

Unit = tuple[int, int]


def points_as_mvt(points: Iterable[tuple[Feature, Unit]]) -> bytes:
    """Return a tile of points, each with its place in units of the tile that lie within it."""
    from mapbox_vector_tile.Mapbox import vector_tile_pb2

    layers: dict[str, list[tuple[Feature, Unit]]] = {}
    for each in points:
        layers.setdefault(each[0].layer, []).append(each)
    tile: Any = vector_tile_pb2.tile()
    for name, found in layers.items():
        _fill(tile.layers.add(name=name, version=_VERSION, extent=EXTENT), found)
    encoded: bytes = tile.SerializeToString()
    return encoded


def _fill(layer: Any, points: Iterable[tuple[Feature, Unit]]) -> None:
    keys: dict[str, int] = {}
    values: dict[tuple[type, Any], int] = {}
    for feature, (x, y) in points:
        tags = []
        for key, value in feature.properties.items():
            tags.append(keys.setdefault(key, len(keys)))
            tags.append(values.setdefault((type(value), value), len(values)))
        place = (_MOVE_ONCE, x << 1, y << 1)  # zigzag of what is not below zero
        layer.features.add(id=feature.number, type=_POINT, tags=tags, geometry=place)
    layer.keys.extend(keys)
    for kind, value in values:
        layer.values.add(**{_FIELDS[kind]: value})
