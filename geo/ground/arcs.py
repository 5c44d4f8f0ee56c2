"""Rings of which each border is told once, for both of its sides: arcs, as TopoJSON has them, in few bytes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import shapely

from geo.packing import Array

Place = tuple[int, int]
Ring = Sequence[Place]


class Arcs:
    """The arcs of rings; a ring is the numbers of its arcs, `~number` where it is run through backwards."""

    def __init__(self, rings: Iterable[Ring]) -> None:
        """Take all rings that there will be, each closed, in whole numbers."""
        self._junctions = _junctions(rings)
        self._number: dict[tuple[Place, ...], int] = {}

    def of(self, ring: Ring) -> list[int]:
        """Return the arcs of one of the rings."""
        return [self._known(arc) for arc in self._cut(ring)]

    def packed(self, tolerance: float = 0) -> Array:
        """Return all arcs as a file has them, in bytes; without places that are off a straight line by less.

        The ends of arcs stay, so that neighbours go on to touch, and rings keep an area.

        Each is the number of its places, the first place counted from the first one of the arc before, then steps: of
        each number the sign in the lowest bit (zigzag), seven bits a byte, the lowest first, the eighth for more.
        """
        numbers: list[int] = []
        x, y = 0, 0
        for arc in (simplified(arc, tolerance) for arc in self._number):
            numbers += [len(arc), arc[0][0] - x, arc[0][1] - y]
            numbers += (step for (a, b), (c, d) in pairwise(arc) for step in (c - a, d - b))
            x, y = arc[0]
        return np.frombuffer(bytes(byte for number in numbers for byte in _bytes(number)), "u1")

    def _cut(self, ring: Ring) -> Iterator[tuple[Place, ...]]:
        """Yield a ring's parts from junction to junction; a ring without one begins at its least place."""
        places = list(ring[:-1])
        ends = [at for at, place in enumerate(places) if place in self._junctions] or [places.index(min(places))]
        turned = [*places[ends[0] :], *places[: ends[0] + 1]]
        cuts = [at - ends[0] for at in ends] + [len(places)]
        return (tuple(turned[first : last + 1]) for first, last in pairwise(cuts))

    def _known(self, arc: tuple[Place, ...]) -> int:
        if arc in self._number:
            return self._number[arc]
        backwards = self._number.get(arc[::-1])
        return self._number.setdefault(arc, len(self._number)) if backwards is None else ~backwards


def _junctions(rings: Iterable[Ring]) -> set[Place]:
    """Return the places at which more than two ways meet."""
    beside: dict[Place, set[Place]] = defaultdict(set)
    for ring in rings:
        for one, other in pairwise(ring):
            beside[one].add(other)
            beside[other].add(one)
    return {place for place, ways in beside.items() if len(ways) > 2}


def simplified(arc: tuple[Place, ...], tolerance: float) -> tuple[Place, ...]:
    """Return an arc with fewer places: a closed one keeps at least three corners."""
    if tolerance == 0 or len(arc) < 3:
        return arc
    line = shapely.LineString(arc)
    is_closed = arc[0] == arc[-1]
    kept = (shapely.Polygon(arc).exterior if is_closed and len(arc) > 3 else line).simplify(tolerance)
    return tuple((round(x), round(y)) for x, y in kept.coords)


def _bytes(number: int) -> Iterator[int]:
    rest = 2 * number if number >= 0 else -2 * number - 1
    while rest > 127:
        yield rest & 127 | 128
        rest >>= 7
    yield rest
