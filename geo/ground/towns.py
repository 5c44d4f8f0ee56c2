"""Which towns does a tile of the map name? The most important on it, at most `MOST_TOWNS`, so that tiles stay small."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
import shapely

from geo.ground.tiles import Floats, Tile, to_world
from geo.towns import read_towns

MOST_TOWNS = 100
MOST_ZOOM = 8  # a tile is 1.4 degrees wide there
_BESIDE_KM = 12.0
_LARGER = 1.5
_EARTH_KM = 40_075.0

# How a town counts: people, changed by what it is. A part of a city is in the gazetteer as a town beside it.
_CAPITAL = (4, 200_000)
_BESIDE = (0.05, 0)


class Towns(NamedTuple):
    """The gazetteer, the most important first: names, places in world units, and how many people each counts for."""

    names: list[str]
    places: Floats
    weights: npt.NDArray[np.int64]


@functools.cache
def all_towns() -> Towns:
    """Return the gazetteer. A capital counts for more than its people, a town beside a larger one for less."""
    towns = list(read_towns())
    places = to_world(np.array([(town.longitude, town.latitude) for town in towns]))
    people = np.array([town.people for town in towns])
    factor, more = np.ones(len(towns)), np.zeros(len(towns))
    for (by, plus), which in (
        (_BESIDE, beside_larger(places, people)),
        (_CAPITAL, np.array([town.is_capital for town in towns])),
    ):
        factor[which], more[which] = by, plus
    weights = (people * factor + more).astype(np.int64)
    order = np.argsort(-weights, kind="stable")
    return Towns([towns[number].name for number in order], places[order], weights[order])


def beside_larger(places: Floats, people: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which towns lie within some km of one that is clearly larger."""
    points = np.array(shapely.points(places))
    widths = _BESIDE_KM / _EARTH_KM * np.cosh((0.5 - places[:, 1]) * 2 * np.pi)  # a km grows with the latitude
    town, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=widths)
    found = np.zeros(len(places), dtype=bool)
    found[town[people[other] >= _LARGER * people[town]]] = True
    return found & (people > 0)


@functools.lru_cache(maxsize=2_048)
def towns_tile(tile: Tile, *, is_whole: bool = False) -> bytes:
    """Return `[name, x, y, weight]` of the first towns of a tile, or of all, as JSON, x and y in world units."""
    towns = all_towns()
    x, y = np.floor(towns.places.T * 2**tile.zoom)
    on_tile = (x == tile.x) & (y == tile.y)
    rows: list[list[Any]] = [
        _row(towns, number) for number in np.flatnonzero(on_tile)[: None if is_whole else MOST_TOWNS].tolist()
    ]
    return orjson.dumps(rows)


def _row(towns: Towns, number: int) -> list[Any]:
    x, y = towns.places[number].tolist()
    return [towns.names[number], round(x, 6), round(y, 6), int(towns.weights[number])]
