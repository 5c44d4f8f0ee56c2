"""Which records stand beside one: near it on the ground, of the same parties, and before and after it in order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.memory.indexed import Indexed

EARTH_KM = 6371.0088
_KM_PER_DEGREE = EARTH_KM * np.pi / 180
# The place of others is a salt flat's or a whole country's, from which nothing is a distance.
PLACED = ("site", "locality")
MOST_OF_A_PARTY = 2_000  # records of one party that are looked at: a state has tens of thousands

Rows = npt.NDArray[np.int64]
Degrees = npt.NDArray[np.float64]


class Beside:
    """Records, in the order of their ids, by place, by party, and by country and kind; made when first asked for."""

    def __init__(self, records: Sequence[Indexed]) -> None:
        self._records = records

    @cached_property
    def _places(self) -> tuple[Rows, Degrees, shapely.STRtree]:
        rows = np.array([row for row, each in enumerate(self._records) if is_placed(each)], dtype=np.int64)
        points = np.array([self._records[row].values["point"] for row in rows], dtype=float).reshape(-1, 2)
        shapes: Any = shapely.points(points)
        return rows, points, shapely.STRtree(shapes)

    @cached_property
    def _of_party(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, record in enumerate(self._records):
            for party in record.values["owner"]:
                rows.setdefault(party, []).append(row)
        return rows

    @cached_property
    def _ids_of_kind(self) -> dict[tuple[str, str], list[str]]:
        ids: dict[tuple[str, str], list[str]] = {}
        for record in self._records:
            ids.setdefault(_kind(record), []).append(record.id)
        return ids

    def near(self, record: Indexed, km: float) -> list[tuple[float, Indexed]]:
        """Return (kilometres, record) of those within this distance, in the same country, in no order."""
        rows, points, tree = self._places
        found = np.unique(tree.query(_boxes(record.values["point"], km))[1]) if len(rows) else rows
        distances = distance_km(record.values["point"], points[found])
        near = [(float(far), self._records[rows[at]]) for far, at in zip(distances, found, strict=True)]
        return [(far, each) for far, each in near if far <= km and _country(each) == _country(record)]

    def of_the_same_parties(self, record: Indexed) -> Counter[str]:
        """Return the ids of records that share parties with this one, with how many they share."""
        rows = (self._of_party.get(party, [])[:MOST_OF_A_PARTY] for party in record.values["owner"])
        return Counter(self._records[row].id for of_party in rows for row in of_party)

    def before(self, record: Indexed) -> Iterator[str]:
        """Return the ids of the same country and kind that come before this one's, nearest first."""
        ids = self._ids_of_kind.get(_kind(record), [])
        return (ids[at] for at in range(bisect_left(ids, record.id) - 1, -1, -1))

    def after(self, record: Indexed) -> Iterator[str]:
        ids = self._ids_of_kind.get(_kind(record), [])
        return (ids[at] for at in range(bisect_right(ids, record.id), len(ids)))


def is_placed(record: Indexed) -> bool:
    """Return whether the record's place is known to at least a locality."""
    return record.values["point"] is not None and record.values["location_accuracy"] in PLACED


def distance_km(point: Sequence[float], others: Degrees) -> Degrees:
    """Return the distances from a point to others ([longitude, latitude], WGS 84 degrees) on a sphere, in km."""
    (lon, lat), (lons, lats) = np.radians(point), np.radians(others).T
    half = np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin((lons - lon) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1))), dtype=float)


def _boxes(point: Sequence[float], km: float) -> list[shapely.Geometry]:
    """Return boxes that hold all within a distance; beside the antimeridian there is one on its other side too."""
    lon, lat = point
    high = km / _KM_PER_DEGREE
    farthest = min(abs(lat) + high, 90)
    wide = min(high / max(np.cos(np.radians(farthest)), 1e-6), 180)
    return [shapely.box(lon + turn - wide, lat - high, lon + turn + wide, lat + high) for turn in (-360, 0, 360)]


def _kind(record: Indexed) -> tuple[str, str]:
    return _country(record), record.values["kind"]


def _country(record: Indexed) -> str:
    return str(record.values["country"])
