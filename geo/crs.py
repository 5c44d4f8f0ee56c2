"""Coordinate reference systems by reference (OGC 18-058r1): which there are, and coordinates from one in another."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely

from geo.errors import InvalidQuery
from geo.filter import Box
from geo.records.geometry import DECIMALS

Positions = npt.NDArray[np.float64]  # (n, 2), in the order of the axes that the system's authority defines

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG_4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
EPSG_3857 = "http://www.opengis.net/def/crs/EPSG/0/3857"

_HALF_WORLD = 20_037_508.342789244  # metres of EPSG:3857 from longitude 0 to 180
_POLE = 242_528_681  # a pole is infinitely far off on paper; this is where it lies in the numbers of a computer
_FAR = 1e9  # no coordinate of a known system is as large, and no client has reason to send one


@dataclass(frozen=True)
class System:
    """A coordinate reference system: its URI, what pyproj calls it, and how many decimals make up a centimetre."""

    uri: str
    name: str
    decimals: int = DECIMALS

    def from_crs84(self, positions: Positions) -> Positions:
        """Return longitudes and latitudes as positions of this system, for `shapely.transform` too."""
        if self.uri != EPSG_3857:
            return positions if self.uri == CRS84 else positions[:, ::-1]
        moved = _transformer(SYSTEMS[CRS84].name, self.name).transform(positions[:, 0], positions[:, 1])
        return np.round(np.column_stack(moved), self.decimals) + 0.0  # + 0.0 turns -0.0 into 0.0

    def to_crs84(self, positions: Positions) -> Positions:
        """Return positions of this system as longitudes and latitudes, of as many decimals as records have.

        NaN stands for those outside of EPSG:3857, which would otherwise come from the other side of the world.
        """
        if self.uri != EPSG_3857:
            return positions if self.uri == CRS84 else positions[:, ::-1]
        most = np.array([_HALF_WORLD, _POLE])
        inside = np.clip(positions, -most, most)
        moved = _transformer(self.name, SYSTEMS[CRS84].name).transform(inside[:, 0], inside[:, 1])
        is_inside = np.all(np.abs(np.round(positions, self.decimals)) <= most, axis=1, keepdims=True)
        return np.where(is_inside, np.round(np.column_stack(moved), DECIMALS) + 0.0, np.nan)


SYSTEMS = {
    each.uri: each
    for each in (System(CRS84, "OGC:CRS84"), System(EPSG_4326, "EPSG:4326"), System(EPSG_3857, "EPSG:3857", 2))
}


@functools.cache
def _transformer(source: str, target: str) -> Any:
    import pyproj  # takes a quarter of a second to load, and few ask for it

    return pyproj.Transformer.from_crs(source, target)


def system_named(uri: str, parameter: str) -> System:
    """Return the system of just this URI (/req/crs/fc-crs-valid-value); raises InvalidQuery."""
    found = SYSTEMS.get(uri)
    if found is None:
        raise InvalidQuery(parameter, "crs-unknown", value=uri[:100], known=tuple(SYSTEMS))
    return found


def to_crs84(uri: str, parameter: str) -> Callable[[Positions], Positions]:
    """Return what turns positions of a system into longitudes and latitudes; raises InvalidQuery for another system."""
    return system_named(uri, parameter).to_crs84


def features_in(system: System, pieces: Iterable[bytes | memoryview]) -> bytes:
    """Return features with their geometries in a system; they come, and are answered, as the inside of a JSON list."""
    features = orjson.loads(b"".join([b"[", *pieces, b"]"]))
    placed = [feature for feature in features if feature["geometry"] is not None]
    if placed:
        shapes = shapely.from_geojson([orjson.dumps(feature["geometry"]) for feature in placed])
        moved = shapely.to_geojson(shapely.transform(shapes, system.from_crs84))
        for feature, text in zip(placed, moved, strict=True):
            feature["geometry"] = orjson.Fragment(text)
    return orjson.dumps(features)[1:-1]


def geometry_in_crs84(geometry: Any, system: System) -> Any:
    """Return what a stranger states as a GeoJSON geometry of a system with longitudes and latitudes in it.

    What is no position, or none of the system, stays, for `geo.records.geometry` to refuse.
    """
    if not isinstance(geometry, dict) or system.uri == CRS84:
        return geometry
    found = list(_positions(geometry.get("coordinates")))
    moved = iter(system.to_crs84(np.array(found, dtype=np.float64).reshape(-1, 2)).tolist())
    return {**geometry, "coordinates": _replaced(geometry.get("coordinates"), moved)}


def _positions(coordinates: Any) -> Iterator[list[float]]:
    if _is_position(coordinates):
        yield coordinates
    elif isinstance(coordinates, list):
        for part in coordinates:
            yield from _positions(part)


def _replaced(coordinates: Any, moved: Iterator[list[float]]) -> Any:
    """Return coordinates with each position replaced by the next of those that moved."""
    if _is_position(coordinates):
        position = next(moved)
        return position if position[0] == position[0] else coordinates  # NaN equals nothing
    return [_replaced(part, moved) for part in coordinates] if isinstance(coordinates, list) else coordinates


def _is_position(stated: Any) -> bool:
    is_pair = isinstance(stated, list) and len(stated) == 2
    return is_pair and all(type(n) in (int, float) and abs(n) < _FAR for n in stated)


def box_in_crs84(numbers: Sequence[float], system: System) -> Box:
    """Return the box of four numbers, the lower corner first; raises InvalidQuery, whose parameter is `bbox`."""
    if system.uri == CRS84:
        return Box(*numbers)
    make, rule = (_of_degrees, "bbox-latitude-first") if system.uri == EPSG_4326 else (_of_metres, "bbox-in-metres")
    if not all(abs(number) <= _FAR for number in numbers):
        raise InvalidQuery("bbox", rule)
    try:
        return make(*numbers)
    except InvalidQuery:
        raise InvalidQuery("bbox", rule) from None


def _of_degrees(south: float, west: float, north: float, east: float) -> Box:
    """Return a box of which the latitudes come first.

    Many clients, OGC's own suite for one, send longitudes first all the same; where the numbers can be read that way
    alone, they are.
    """
    if max(abs(south), abs(north)) > 90 >= max(abs(west), abs(east)):
        south, west, north, east = west, south, east, north
    return Box(west, south, east, north)


def _of_metres(west: float, south: float, east: float, north: float) -> Box:
    """Return a box of EPSG:3857, which maps that go round the globe ask beyond 180 degrees too."""
    is_world = east - west >= 2 * _HALF_WORLD - 0.02
    spans = (-_HALF_WORLD, _HALF_WORLD) if is_world else (_on_the_globe(west), _on_the_globe(east))
    corners = np.column_stack([spans, np.clip((south, north), -_POLE, _POLE)])
    (left, bottom), (right, top) = SYSTEMS[EPSG_3857].to_crs84(corners).tolist()
    return Box(left, bottom, right, top)


def _on_the_globe(x: float) -> float:
    return x if round(abs(x), 2) <= _HALF_WORLD else (x + _HALF_WORLD) % (2 * _HALF_WORLD) - _HALF_WORLD
