"""The outlines of countries (Natural Earth 1:50m, public domain), simplified for a world map."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import orjson
import shapely
import shapely.geometry
from shapely.geometry.base import BaseGeometry

from geo.paths import data_folder

MOST_OUTLINE_VERTICES = 400
_SMALLEST_PART = 0.02  # of the country's area: islands below it are left out of an outline


def countries_file() -> Path:
    """Return the path of the GeoJSON file of countries (properties `iso`, `name`)."""
    return data_folder() / "boundaries" / "countries.geojson"


@functools.cache
def country_shapes() -> dict[str, BaseGeometry]:
    """Return the area of every country by ISO 3166-1 alpha-2 code, in WGS 84 degrees, cut at the antimeridian."""
    shapes: dict[str, list[BaseGeometry]] = {}
    for feature in orjson.loads(countries_file().read_bytes())["features"]:
        if feature["properties"]["iso"]:
            shapes.setdefault(feature["properties"]["iso"], []).append(shapely.geometry.shape(feature["geometry"]))
    return {iso: parts[0] if len(parts) == 1 else shapely.union_all(parts) for iso, parts in shapes.items()}


@functools.cache
def outline(country: str) -> dict[str, Any] | None:
    """Return a country's outline as a GeoJSON geometry of at most some 400 vertices; None where there is none."""
    shape = country_shapes().get(country)
    if shape is None:
        return None
    parts = [p for p in shapely.get_parts(shape) if p.area >= _SMALLEST_PART * shape.area]
    tolerance, simple = 0.05, shapely.union_all(parts)
    while shapely.get_num_coordinates(simple) > MOST_OUTLINE_VERTICES:
        simple, tolerance = shapely.make_valid(simple.simplify(tolerance)), tolerance * 1.5
    simple = shapely.set_precision(simple, 0.01)
    geometry: dict[str, Any] = shapely.geometry.mapping(shapely.orient_polygons(simple))
    return {"type": geometry["type"], "coordinates": _lists(geometry["coordinates"])}


def _lists(part: Any) -> Any:
    return round(part, 2) if isinstance(part, float) else [_lists(p) for p in part]
