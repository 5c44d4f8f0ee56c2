"""Tiles as bytes: Mapbox Vector Tiles 2.1, or GeoJSON."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo.boundaries import country_shapes
from geo.ground.tiles import EXTENT, Tile, clipped, in_world_units, to_world
from geo.tiles.content import CLUSTERS, COUNTRIES, RECORDS
from geo.tiles.features import Feature
from geo.tiles.points import Unit, points_as_mvt

MVT = "application/vnd.mapbox-vector-tile"
_POINTS = (CLUSTERS, RECORDS)
_COUNTRIES_KEPT = 2_048  # outlines, as tiles of far out show them
_LEAST_PIXELS = 4  # of a part of a country that is seen


def as_mvt(features: Iterable[Feature], tile: Tile) -> bytes:
    """Return a vector tile, nothing where nothing lies on it; points are within it, areas reach a little over.

    Tiles one after the other are one tile with the layers of both.
    """
    found = list(features)
    points = [each for each in found if each.layer in _POINTS]
    return _areas_as_mvt(_areas(found, tile)) + points_as_mvt(zip(points, _units(points, tile), strict=True))


def _areas_as_mvt(areas: Iterable[tuple[Feature, BaseGeometry]]) -> bytes:
    layers: dict[str, list[dict[str, Any]]] = {}
    for feature, shape in areas:
        shown = {"geometry": shape, "properties": feature.properties, "id": feature.number}
        layers.setdefault(feature.layer, []).append(shown)
    if not layers:
        return b""
    import mapbox_vector_tile
    from mapbox_vector_tile.encoder import on_invalid_geometry_make_valid

    written = [{"name": name, "features": found} for name, found in layers.items()]
    options = {"y_coord_down": True, "extents": EXTENT, "on_invalid_geometry": on_invalid_geometry_make_valid}
    encoded: bytes = mapbox_vector_tile.encode(written, default_options=options)
    return encoded


def as_geojson(features: Iterable[Feature], tile: Tile) -> bytes:
    """Return a FeatureCollection of whole shapes; `layer` says what each feature is. Nothing where there is none."""
    found = list(features)
    shown = [*(each for each, _ in _areas(found, tile)), *(each for each in found if each.layer in _POINTS)]
    written = [
        {
            "type": "Feature",
            "id": each.number,
            "geometry": shapely.geometry.mapping(each.shape),
            "properties": {"layer": each.layer, **each.properties},
        }
        for each in shown
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": written}) if written else b""


def _areas(features: Iterable[Feature], tile: Tile) -> Iterator[tuple[Feature, BaseGeometry]]:
    """Yield each area that is seen on a tile with its shape in units of that."""
    for feature in features:
        if feature.layer not in _POINTS:
            shape = _area(feature, tile)
            if shape is not None:
                yield feature, shape


def _units(points: Sequence[Feature], tile: Tile) -> list[Unit]:
    """Return points as whole units of their tile: that in which they are, whatever rounding does."""
    if not points:
        return []
    at = to_world(shapely.get_coordinates([each.shape for each in points])) * 2.0**tile.zoom - (tile.x, tile.y)
    found: list[Unit] = np.clip(np.floor(at * EXTENT), 0, EXTENT - 1).astype(int).tolist()
    return found


def _area(feature: Feature, tile: Tile) -> BaseGeometry | None:
    if feature.layer == COUNTRIES:
        return _country_on(tile, feature.properties["country"])
    return _on(tile, in_world_units([feature.shape])[0])


def _on(tile: Tile, shape: BaseGeometry) -> BaseGeometry | None:
    """Return what of an area in world units lies on a tile, in whole units of that; None where nothing is seen."""
    west, north, east, south = tile.box
    left, top, right, bottom = shape.bounds
    if left > east or right < west or top > south or bottom < north:
        return None
    parts = clipped(np.array([shape], dtype=object), tile)
    polygons = [each for part in parts for each in _polygons(part)]
    if not polygons:
        return None

    def units(at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        found: npt.NDArray[np.float64] = (at * 2.0**tile.zoom - (tile.x, tile.y)) * EXTENT
        return found

    whole: Any = shapely.set_precision(shapely.make_valid(shapely.transform(_together(polygons), units)), 1)
    seen = list(_polygons(whole))
    return None if not seen else seen[0] if len(seen) == 1 else _together(seen)


def _together(polygons: Sequence[BaseGeometry]) -> BaseGeometry:
    whole: Any = shapely.multipolygons(list(polygons))
    return whole  # type: ignore[no-any-return]


def _polygons(shape: BaseGeometry) -> Iterable[BaseGeometry]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon":
            yield part
        elif part.geom_type in ("MultiPolygon", "GeometryCollection"):
            yield from _polygons(part)


@functools.lru_cache(maxsize=_COUNTRIES_KEPT)
def _country_on(tile: Tile, country: str) -> BaseGeometry | None:
    """Return what of a country lies on a tile, which no record changes."""
    return _on(tile, _country(country, tile.zoom))


@functools.lru_cache(maxsize=_COUNTRIES_KEPT)
def _country(country: str, zoom: int) -> BaseGeometry:
    """Return a country's outline in world units, as exact as a pixel of a zoom is; its largest part at least."""
    pixel = 2.0**-zoom / 512
    whole: Any = shapely.simplify(in_world_units([country_shapes()[country]])[0], pixel)
    parts = sorted(_polygons(whole), key=lambda part: -part.area)
    return _together([part for number, part in enumerate(parts) if not number or part.area >= _LEAST_PIXELS * pixel**2])
