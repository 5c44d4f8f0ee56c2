"""In or near which areas of an operator's layers does a record lie? As honest as its place: a rough one only may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
import shapely.geometry
from shapely.geometry.base import BaseGeometry

NEAR_KM = 10.0
MOST_AREAS = 20  # of one layer
_EARTH_KM = 6371.0
_KM_A_DEGREE = np.pi * _EARTH_KM / 180
_ROUGH = ("locality", "region")

Relation = Literal["in", "may_be_in", "near"]


class AreaLayer(NamedTuple):
    """Shapes of one layer in WGS 84 degrees, with the name of each ("" for none); `tree` holds just these shapes."""

    title: str
    credit: str
    names: Sequence[str]
    tree: shapely.STRtree

    @classmethod
    def of(cls, title: str, credit: str, names: Sequence[str], shapes: npt.NDArray[np.object_]) -> AreaLayer:
        return cls(title, credit, names, shapely.STRtree(shapes))


class Area(NamedTuple):
    """One area that a record lies in, may lie in, or lies near: with how far it is to it in km, 0 inside."""

    layer: str
    name: str
    relation: Relation
    distance_km: float
    credit: str


def areas_of(
    geometry: dict[str, Any] | None, accuracy: str, radius_km: float | None, layers: Iterable[AreaLayer]
) -> list[Area]:
    """Return the areas of a record's place, layer by layer, the surest and nearest first.

    `geometry` is GeoJSON. A place known as a `site` lies in an area, or near it (`NEAR_KM`); one known to a locality or
    region may lie in whatever its radius reaches. Of a wider place, or a rough one without a radius, nothing is said.
    """
    reach = _reach(accuracy, radius_km)
    if geometry is None or reach is None:
        return []
    place = shapely.geometry.shape(geometry)
    return [area for layer in layers for area in _in_layer(place, layer, reach, accuracy in _ROUGH)]


def _reach(accuracy: str, radius_km: float | None) -> float | None:
    return NEAR_KM if accuracy == "site" else radius_km if accuracy in _ROUGH else None


def _in_layer(place: BaseGeometry, layer: AreaLayer, reach: float, is_rough: bool) -> list[Area]:
    best: dict[str, Area] = {}
    for number, distance in _within(place, layer.tree, reach):
        relation = _relation(layer.tree.geometries[number], distance, is_rough)
        if relation is not None:
            area = Area(layer.title, layer.names[number], relation, round(distance, 1), layer.credit)
            best[area.name] = min(best.get(area.name, area), area, key=_order)
    return sorted(best.values(), key=_order)[:MOST_AREAS]


def _order(area: Area) -> tuple[bool, float, str]:
    return area.relation == "near", area.distance_km, area.name


def _relation(shape: BaseGeometry, distance: float, is_rough: bool) -> Relation | None:
    """Nothing lies in a line or a point; a rough place is not said to be near one either."""
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return None if is_rough else "near"
    if is_rough:
        return "may_be_in"
    return "in" if distance == 0 else "near"


def _within(place: BaseGeometry, tree: shapely.STRtree, reach: float) -> Iterator[tuple[int, float]]:
    """Yield the shapes that are at most `reach` km away, with how far; over the antimeridian too."""
    west, south, east, north = place.bounds
    up = reach / _KM_A_DEGREE * 1.01
    aside = min(180.0, up / max(0.01, np.cos(np.radians(min(89.0, max(abs(south), abs(north)) + up)))))
    for turn in (-360.0, 0.0, 360.0):
        box = (west - aside + turn, south - up, east + aside + turn, north + up)
        there = shapely.transform(place, lambda at, by=turn: np.add(at, (by, 0.0)))  # type: ignore[misc]
        for number in tree.query(shapely.box(*box)).tolist():
            distance = _km(there, shapely.clip_by_rect(tree.geometries[number], *box))
            if distance <= reach:
                yield number, distance


def _km(place: BaseGeometry, shape: BaseGeometry) -> float:
    """Return how far two shapes are apart: on a plane that touches the globe at the place (azimuthal, equidistant)."""
    if shape.is_empty:
        return float("inf")
    if place.intersects(shape):
        return 0.0
    [centre] = shapely.get_coordinates(place.representative_point())
    return float(shapely.distance(*(shapely.transform(each, lambda at: _flat(at, centre)) for each in (place, shape))))


def _flat(at: npt.NDArray[np.float64], centre: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    longitude, latitude = np.radians(at[:, 0] - centre[0]), np.radians(at[:, 1])
    middle = np.radians(centre[1])
    cosine = np.sin(middle) * np.sin(latitude) + np.cos(middle) * np.cos(latitude) * np.cos(longitude)
    angle = np.arccos(np.clip(cosine, -1, 1))
    scale = _EARTH_KM * np.where(angle < 1e-12, 1.0, angle / np.where(angle < 1e-12, 1.0, np.sin(angle)))
    north = np.cos(middle) * np.sin(latitude) - np.sin(middle) * np.cos(latitude) * np.cos(longitude)
    return np.column_stack([scale * np.cos(latitude) * np.sin(longitude), scale * north])
