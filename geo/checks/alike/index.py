"""An index of what tells records apart, so that a hundred thousand are not compared each with each."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt

from geo.checks.alike.likeness import (
    EARTH_KM,
    MOST_REACH_KM,
    NEAR_KM,
    SAME_SITE_KM,
    Likeness,
    likeness_of,
    listed_as,
)
from geo.checks.alike.sketches import Rows, Sketch, Sketches, sketch_of
from geo.checks.alike.told import Told, told_of
from geo.records.project import Project

_REACHES = (15.0, 50.0, MOST_REACH_KM)  # km: records that stand for larger areas are looked for further away
_NONE = np.zeros(0, np.intp)

Cell = tuple[int, int]
Point = tuple[float, float]


def likenesses(projects: Iterable[Project]) -> Iterator[Likeness]:
    """Yield the pairs of records that may be one project, as `likeness_of` has it, by the later one in order."""
    index = LikenessIndex()
    for told in map(told_of, projects):
        yield from index.like(told)
        index.add(told)


class LikenessIndex:
    """Records by country and phase, in which those that may be one project with another are found.

    What it finds is the same as when each is compared with each.
    """

    def __init__(self) -> None:
        self._told: list[Told] = []
        self._groups: dict[tuple[str, str], _Group] = defaultdict(_Group)

    def __len__(self) -> int:
        return len(self._told)

    def add(self, told: Told) -> None:
        """Take a record in."""
        self._groups[told.country, told.phase].add(told, len(self._told))
        self._told.append(told)

    def like(self, told: Told, most: int | None = None) -> Iterator[Likeness]:
        """Yield how records that were taken in may be one project with another, at most so many, the first ones."""
        group = self._groups.get((told.country, told.phase))
        if group is None:
            return
        found = (likeness_of(self._told[number], told) for number in group.candidates(told, most))
        yield from islice(filter(None, found), most)


class _Group:
    """The records of a country and phase: names near each other or without a place, the same names, owners."""

    def __init__(self) -> None:
        self._names, self._owners = _Texts(2.0), _Texts(1.0)
        self._named: dict[tuple[str, str], list[int]] = defaultdict(list)

    def add(self, told: Told, number: int) -> None:
        point = _point_of(told)
        for name in told.names:
            self._named[told.segment, name].append(number)
            self._names.add(name, number, point, told.reach_km)
        for owner in told.owners:
            self._owners.add(owner, number, None if told.vague else point, 0.0, _region_of(told, told.vague))

    def candidates(self, told: Told, most: int | None) -> list[int]:
        """Return the records among which all are that are like this one, or the first of them, rising."""
        found = {each for name in told.names for some in self._by_name(told, name, most) for each in some}
        found.update(each for owner in told.owners for each in self._by_owner(told, sketch_of(owner)).tolist())
        return sorted(found)

    def _by_name(self, told: Told, name: str, most: int | None) -> Iterator[list[int]]:
        """Yield those whose names may be alike where they may be one place, and the first with the very name."""
        for segment in listed_as(told.segment):
            yield self._named.get((segment, name), [])[:most]
        point, sketch = _point_of(told), sketch_of(name)
        if point is None:
            yield self._names.anywhere(sketch).tolist()
        else:
            yield self._names.around(sketch, point, NEAR_KM + told.reach_km).tolist()
            yield self._names.without_place(sketch).tolist()

    def _by_owner(self, told: Told, sketch: Sketch) -> Rows:
        point = None if told.vague else _point_of(told)
        near = _NONE if point is None else self._owners.around(sketch, point, SAME_SITE_KM)
        region = _region_of(told, not told.vague)
        return near if region is None else np.concatenate([near, self._owners.of_region(sketch, region)])


class _Texts:
    """Texts of records with where each may be: in a cell of so many degrees, anywhere, or of a region."""

    def __init__(self, degrees: float) -> None:
        self._degrees, self._around = degrees, round(360 / degrees)
        self._sketches, self._numbers = Sketches(), _Growing()
        self._placed: dict[float, dict[Cell, _Placed]] = {}
        self._unplaced = _Growing()
        self._of_region: dict[tuple[str, bool], _Growing] = defaultdict(_Growing)

    def add(
        self, text: str, number: int, point: Point | None, reach_km: float, region: tuple[str, bool] | None = None
    ) -> None:
        row = self._sketches.add(sketch_of(text))
        self._numbers.add(number)
        if region is not None:
            self._of_region[region].add(row)
        if point is None:
            self._unplaced.add(row)
            return
        most = next(each for each in _REACHES if reach_km <= each)
        cells = self._placed.setdefault(most, {})
        x, y = self._cell(*point)
        cells.setdefault((x % self._around, y), _Placed()).add(row, point)

    def anywhere(self, sketch: Sketch) -> Rows:
        return self._numbers.all[self._sketches.may_be_alike(sketch)]

    def without_place(self, sketch: Sketch) -> Rows:
        return self._alike(sketch, [self._unplaced.all])

    def of_region(self, sketch: Sketch, region: tuple[str, bool]) -> Rows:
        return self._alike(sketch, [self._of_region[region].all] if region in self._of_region else [])

    def around(self, sketch: Sketch, point: Point, km: float) -> Rows:
        """Return those within a distance of a point, their own reach allowed for."""
        pieces, here = [], np.array(_on_sphere(point))
        for reach, cells in self._placed.items():
            angle = min(math.pi, (km + reach) / EARTH_KM + 1e-9)
            least = math.cos(angle) - 1e-12
            near = (cells.get(cell) for cell in self._cells(point, angle))
            pieces += [placed.within(here, least) for placed in near if placed is not None]
        return self._alike(sketch, pieces)

    def _alike(self, sketch: Sketch, pieces: Sequence[Rows]) -> Rows:
        rows = pieces[0] if len(pieces) == 1 else np.concatenate(pieces) if pieces else _NONE
        return self._numbers.all[self._sketches.may_be_alike(sketch, rows)] if len(rows) else _NONE

    def _cell(self, longitude: float, latitude: float) -> Cell:
        return math.floor(longitude / self._degrees), math.floor(latitude / self._degrees)

    def _cells(self, point: Point, angle: float) -> Iterator[Cell]:
        """Yield the cells that come within an angle of a point, across the antimeridian and the poles too."""
        longitude, latitude = point
        north = math.degrees(angle)
        pole = abs(latitude) + north >= 90
        east = 180.0 if pole else math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(latitude)))) + 1e-9
        left, bottom = self._cell(longitude - east, max(latitude - north, -90.0))
        right, top = self._cell(longitude + east, min(latitude + north, 90.0))
        for x in range(left, min(right, left + self._around - 1) + 1):
            for y in range(bottom, top + 1):
                yield x % self._around, y


class _Placed:
    """Rows with where they are, as points of the unit sphere."""

    def __init__(self) -> None:
        self._rows, self._points = _Growing(), np.zeros((8, 3))

    def add(self, row: int, point: Point) -> None:
        size = len(self._rows)
        if size == len(self._points):
            self._points = np.concatenate([self._points, np.zeros_like(self._points)])
        self._points[size] = _on_sphere(point)
        self._rows.add(row)

    def within(self, here: npt.NDArray[np.float64], cosine: float) -> Rows:
        """Return those whose angle from a point of the sphere has no smaller cosine."""
        return self._rows.all[self._points[: len(self._rows)] @ here >= cosine]


class _Growing:
    """An array of whole numbers that grows."""

    def __init__(self) -> None:
        self._size, self._kept = 0, np.zeros(8, np.intp)

    def __len__(self) -> int:
        return self._size

    @property
    def all(self) -> Rows:
        return self._kept[: self._size]

    def add(self, number: int) -> None:
        if self._size == len(self._kept):
            self._kept = np.concatenate([self._kept, np.zeros_like(self._kept)])
        self._kept[self._size] = number
        self._size += 1


def _on_sphere(point: Point) -> tuple[float, float, float]:
    longitude, latitude = math.radians(point[0]), math.radians(point[1])
    return math.cos(latitude) * math.cos(longitude), math.cos(latitude) * math.sin(longitude), math.sin(latitude)


def _point_of(told: Told) -> Point | None:
    """Return where a record lies; None for one that is somewhere in a large area, or not known to be anywhere."""
    return None if told.reach_km > MOST_REACH_KM else told.point


def _region_of(told: Told, vague: bool) -> tuple[str, bool] | None:
    return (told.region, vague) if told.region else None
