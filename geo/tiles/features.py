"""A tile's content as features: layers of shapes with properties, which any form of tiles writes."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from geo.boundaries import country_shapes
from geo.ground.tiles import Tile
from geo.tiles.cells import GROUPS, SUMS
from geo.tiles.content import CLUSTERS, COUNTRIES, EDGES, FOOTPRINTS, RECORDS, Content, Shown, sum_name
from geo.tiles.grid import level_of

EARTH_KM = 40_075.017
PIXELS = 512  # of the whole world at zoom 0
DIGITS = 6  # of sums: what is beyond says how they were added, not how much it is

MOST_STRETCHED = 85  # degrees of latitude up to which a rough place is drawn with its radius

AddressOf = Callable[[str], str]


class Feature(NamedTuple):
    """A feature of a layer; `shape` is in WGS 84 degrees, and the number is that of the same thing in every tile."""

    layer: str
    number: int
    shape: BaseGeometry
    properties: dict[str, Any]


def features_of(content: Content, tile: Tile, address_of: AddressOf) -> Iterator[Feature]:
    """Yield what a tile shows, areas first; `address_of` an id is where people read that record."""
    yield from _countries(content)
    yield from _records(FOOTPRINTS, content.footprints, address_of)
    yield from _clusters(content, tile)
    yield from _records(RECORDS, content.records, address_of)


def _clusters(content: Content, tile: Tile) -> Iterator[Feature]:
    cells, first = content.clusters, 1 << (2 * level_of(tile))  # so that no two levels share a number
    if not len(cells.codes):
        return
    sums: list[dict[str, float]] = [{} for _ in cells.codes]
    for cell, kind, value in zip(cells.sum_cell.tolist(), cells.sum_kind.tolist(), cells.sum_value, strict=True):
        sums[cell][sum_name(SUMS[kind])] = round(float(value), DIGITS)
    points: Any = shapely.points(*cells.middles)
    rows = zip(cells.codes.tolist(), cells.sizes.tolist(), cells.groups.tolist(), cells.bounds.tolist(), strict=True)
    for at, (code, count, groups, bounds) in enumerate(rows):
        known = {
            "point_count": count,
            **dict(zip(GROUPS, groups, strict=True)),
            **dict(zip(EDGES, bounds, strict=True)),
        }
        yield Feature(CLUSTERS, first | code, points[at], known | sums[at])


def _records(layer: str, shown: Shown, address_of: AddressOf) -> Iterator[Feature]:
    if not shown.shapes:
        return
    names = tuple(shown.columns)
    shapes: Any = shown.shapes
    places: Any = shapely.from_wkb(shapes) if layer == FOOTPRINTS else shapely.points(shapes)
    for place, *values in zip(places, *shown.columns.values(), strict=True):
        known = {name: value for name, value in zip(names, values, strict=True) if value is not None}
        known |= _radius(known.get("location_radius_km"), place) | {"address": address_of(known["id"])}
        yield Feature(layer, number_of(known["id"]), place, known)


def _radius(kilometres: float | None, place: BaseGeometry) -> dict[str, float]:
    """Return the radius of a rough place as it is drawn: Mercator stretches it with the latitude."""
    if not kilometres or not isinstance(place, shapely.Point) or abs(place.y) > MOST_STRETCHED:
        return {}
    return {"radius_at_zoom_0": round(kilometres / EARTH_KM * PIXELS / math.cos(math.radians(place.y)), 4)}


def _countries(content: Content) -> Iterator[Feature]:
    for country, groups in content.countries.items():
        shape = country_shapes().get(country)
        if shape is not None:
            counts = dict(zip(GROUPS, groups.tolist(), strict=True))
            known = {"country": country, "location_accuracy": "country", "point_count": sum(counts.values()), **counts}
            yield Feature(COUNTRIES, number_of(country), shape, known)


def number_of(name: str) -> int:
    """Return the number of a record, or of a country; a program in JavaScript can hold it."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=6).digest(), "big")
