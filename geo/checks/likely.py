"""An index of what tells records apart, so that a hundred thousand are not compared each with each."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterator

from rapidfuzz import fuzz, process

from geo.checks.likeness import (
    ALIKE,
    MOST_REACH_KM,
    NEAR_KM,
    SAME_SITE_KM,
    Likeness,
    Told,
    likeness_of,
)

_CELL = 0.5  # degrees
_KM_OF_DEGREE = 111.0
_FEW = 300  # names of a cell that are also compared letter by letter, which finds those spelt otherwise
_MOST = 500  # records with one word near each other: of more the word tells nothing, unless the whole name is the same
_ANYWHERE = (0, 0, "anywhere")

Place = tuple[int, int, str]


class Likely:
    """Records by country and phase, the places where they are, and the words of their names and owners.

    What it finds is the same as when each is compared with each, but for names of more than 500 records near each
    other, and for names with a letter otherwise where there are hundreds in one spot.
    """

    def __init__(self) -> None:
        self._told: list[Told] = []
        self._words: dict[Hashable, list[int]] = defaultdict(list)
        self._names: dict[Hashable, dict[str, list[int]]] = defaultdict(dict)
        self._reach: dict[Hashable, float] = defaultdict(float)

    def __len__(self) -> int:
        return len(self._told)

    def add(self, told: Told) -> None:
        """Take a record in."""
        number = len(self._told)
        self._told.append(told)
        group = (told.country, told.phase)
        self._reach[group] = max(self._reach[group], min(told.reach_km, MOST_REACH_KM))
        for name in told.names:
            self._words[group, "name", name].append(number)
            for place in (_place_of(told), _ANYWHERE):
                self._keep(group, "names", place, name, number)
        for owner in told.owners:
            for place in _places_of_owner(told):
                self._keep(group, "owners", place, owner, number)

    def _keep(self, group: Hashable, what: str, place: Place, text: str, number: int) -> None:
        self._names[group, what, place].setdefault(text, []).append(number)
        for word in set(text.split()):
            self._words[group, what, place, word].append(number)

    def like(self, told: Told) -> Iterator[Likeness]:
        """Yield how records that were taken in may be one project with another, as `likenesses` has it."""
        for number in sorted(self._candidates(told)):
            found = likeness_of(self._told[number], told)
            if found is not None:
                yield found

    def _candidates(self, told: Told) -> set[int]:
        group = (told.country, told.phase)
        found: set[int] = set()
        reach = NEAR_KM + told.reach_km + self._reach[group]
        places = [_ANYWHERE] if _place_of(told) == _ANYWHERE else [*_round(told, reach), (0, 0, "unplaced")]
        for name in told.names:
            found.update(self._words.get((group, "name", name), ())[:_MOST])
            for place in places:
                found |= self._alike(group, "names", place, name)
        near = _round(told, SAME_SITE_KM) if told.point else []
        for owner in told.owners:
            for place in (*near, *_regions_of(told)):
                found |= self._alike(group, "owners", place, owner)
        return found

    def _alike(self, group: Hashable, what: str, place: Place, text: str) -> set[int]:
        names = self._names.get((group, what, place))
        if not names:
            return set()
        found: set[int] = set()
        for word in text.split():
            numbers = self._words.get((group, what, place, word), ())
            if len(numbers) <= _MOST:
                found.update(numbers)
        if len(names) <= _FEW:
            for name, _, _ in process.extract(text, names.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None):
                found.update(names[name][:_MOST])
        return found


def _place_of(told: Told) -> Place:
    """Return the cell in which a record lies; those that are somewhere in a large area are compared with all."""
    if told.point is None or told.reach_km > MOST_REACH_KM:
        return (0, 0, "unplaced")
    return _cell(told.point[0], told.point[1])


def _cell(longitude: float, latitude: float) -> Place:
    return (math.floor(longitude / _CELL), math.floor(latitude / _CELL), "")


def _round(told: Told, km: float) -> Iterator[Place]:
    """Yield the cells that come within a distance of a record, across the antimeridian too."""
    if told.point is None:
        return
    longitude, latitude = told.point
    north = km / _KM_OF_DEGREE
    furthest = min(abs(latitude) + north, 89.0)
    east = min(180.0, north / math.cos(math.radians(furthest)))
    left, bottom, _ = _cell(longitude - east, latitude - north)
    right, top, _ = _cell(longitude + east, latitude + north)
    around = round(360 / _CELL)
    for x in range(left, right + 1):
        for y in range(bottom, top + 1):
            yield ((x + around // 2) % around - around // 2, y, "")


def _places_of_owner(told: Told) -> Iterator[Place]:
    if told.point is not None:
        yield _cell(*told.point)
    yield from _regions_of(told)


def _regions_of(told: Told) -> list[Place]:
    return [(0, 0, told.region)] if told.region else []
