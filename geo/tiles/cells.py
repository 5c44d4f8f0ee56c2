"""What lies in each square of a grid, reckoned together: counts, sums, bounds, by arrays and not by record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo import vocabulary
from geo.tiles.grid import Codes, Floats

GROUPS = tuple(vocabulary.STATUS_GROUPS.codes)
MEASURES = tuple(vocabulary.MEASURES.codes)
BASES = tuple(vocabulary.CAPACITY_BASES.codes)
# A sum is one of a unit family, of what is planned or built, at one group of stages: no plan is added to what is built,
# and nothing that was given up to what goes on.
SUMS = tuple((measure, group, basis) for measure in MEASURES for group in GROUPS for basis in BASES)

STEPS = 100_000  # of a degree: as exactly as places are drawn, so that what they come to depends on no order

_OF_CELLS = 6  # arrays that have something of each square
_DENSE = 2**21  # sums that are laid out for all squares sooner than sorted

Ranks = npt.NDArray[Any]


class Places(NamedTuple):
    """Places in the order of their numbers: WGS 84 degrees, and the ranks of what is known of each, -1 for nothing."""

    lon: Floats
    lat: Floats
    group: Ranks
    measure: Ranks
    basis: Ranks
    capacity: Floats


class Cells(NamedTuple):
    """Squares of one level that are not empty, in the order of their numbers.

    `bounds` are west, south, east, north of the places in each, `lon` and `lat` their sums in hundred-thousandths of a
    degree. Of the sums of capacities only those that there are are kept: that of the square `sum_cell[i]`, of the kind
    `SUMS[sum_kind[i]]`.
    """

    codes: Codes
    sizes: Ranks
    lon: Ranks
    lat: Ranks
    bounds: Floats
    groups: Ranks
    sum_cell: Ranks
    sum_kind: Ranks
    sum_value: Floats

    @property
    def middles(self) -> tuple[Floats, Floats]:
        """The longitudes and latitudes that places have on the average, in degrees."""
        return self.lon / self.sizes / STEPS, self.lat / self.sizes / STEPS

    def between(self, low: int, high: int) -> Cells:
        """Return the squares whose numbers lie from one to before another."""
        start, end = np.searchsorted(self.codes, [low, high]).tolist()
        return self._part(start, end)

    def _part(self, start: int, end: int) -> Cells:
        first, last = np.searchsorted(self.sum_cell, [start, end]).tolist()
        rows, sums = slice(start, end), slice(first, last)
        of_sums = (self.sum_cell[sums] - start, self.sum_kind[sums], self.sum_value[sums])
        return Cells._make([*(array[rows] for array in self[:_OF_CELLS]), *of_sums])

    def taken(self, mask: npt.NDArray[np.bool_]) -> Cells:
        """Return some of the squares."""
        sums = mask[self.sum_cell]
        new = np.cumsum(mask) - 1
        of_sums = (new[self.sum_cell[sums]], self.sum_kind[sums], self.sum_value[sums])
        return Cells._make([*(array[mask] for array in self[:_OF_CELLS]), *of_sums])


def cells_of(places: Places, level_codes: Codes) -> Cells:
    """Return the squares in which places lie; `level_codes` are the numbers of their squares, rising."""
    if not len(level_codes):
        return NO_CELLS
    starts = _starts(level_codes)
    cell = _numbered(starts, len(level_codes))
    groups = np.bincount(cell * len(GROUPS) + places.group, minlength=len(starts) * len(GROUPS))
    return Cells(
        level_codes[starts],
        np.bincount(cell, minlength=len(starts)),
        np.add.reduceat(_in_steps(places.lon), starts),
        np.add.reduceat(_in_steps(places.lat), starts),
        _bounds((places.lon, places.lat, places.lon, places.lat), starts),
        groups.reshape(-1, len(GROUPS)),
        *_sums_of(places, cell, len(starts)),
    )


def together(parts: Sequence[Cells], shift: int = 0) -> Cells:
    """Return the squares of several layers as one, or as the larger squares in which they lie.

    `shift` is by how many levels those are above.
    """
    there = [part for part in parts if len(part.codes)]
    if len(there) == 1 and not shift:
        return there[0]
    return merged([part._replace(codes=part.codes >> (2 * shift)) for part in there])


def merged(parts: Sequence[Cells]) -> Cells:
    """Return squares of which several have one number, in any order, as one of each number."""
    parts = [part for part in parts if len(part.codes)]
    if not parts:
        return NO_CELLS
    codes = np.concatenate([part.codes for part in parts])
    order = np.argsort(codes, kind="stable")
    starts = _starts(codes[order])

    def joined(name: str) -> npt.NDArray[Any]:
        found: npt.NDArray[Any] = np.concatenate([getattr(part, name) for part in parts])[order]
        return found

    of_cells = [np.add.reduceat(joined(name), starts) for name in ("sizes", "lon", "lat")]
    of_cells += [_bounds(joined("bounds").T, starts), np.add.reduceat(joined("groups"), starts, axis=0)]
    return Cells._make([codes[order][starts], *of_cells, *_sums_together(parts, order, starts)])


def _sums_together(parts: Sequence[Cells], order: Ranks, starts: Ranks) -> tuple[Ranks, Ranks, Ranks]:
    cell = np.empty(len(order), dtype=np.int64)
    cell[order] = _numbered(starts, len(order))
    begins = np.cumsum([0, *(len(part.codes) for part in parts)]).tolist()
    at = np.concatenate([part.sum_cell + begin for part, begin in zip(parts, begins, strict=False)])
    kinds, values = (np.concatenate([part[number] for part in parts]) for number in (7, 8))
    return _added(cell[at], kinds, values, len(starts))


def _numbered(starts: Ranks, size: int) -> Ranks:
    """Return for each of so many places in which square it lies, by where those begin."""
    return np.repeat(np.arange(len(starts)), np.diff(np.append(starts, size)))


def laid_flat(cells: Cells) -> list[npt.NDArray[Any]]:
    """Return the arrays of squares, each of one dimension."""
    return [np.ravel(array) for array in cells]


def of_flat(arrays: Sequence[npt.NDArray[Any]]) -> Cells:
    """Return the squares that were laid flat."""
    cells = Cells._make(arrays)
    return cells._replace(bounds=cells.bounds.reshape(-1, 4), groups=cells.groups.reshape(-1, len(GROUPS)))


def _in_steps(degrees: Floats) -> Ranks:
    return np.rint(degrees * STEPS).astype(np.int64)


def _starts(codes: Codes) -> Ranks:
    return np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))


def _bounds(edges: Sequence[Floats] | Floats, starts: Ranks) -> Floats:
    west, south, east, north = edges
    return np.column_stack(
        [
            np.minimum.reduceat(west, starts),
            np.minimum.reduceat(south, starts),
            np.maximum.reduceat(east, starts),
            np.maximum.reduceat(north, starts),
        ]
    )


def _sums_of(places: Places, cell: Ranks, size: int) -> tuple[Ranks, Ranks, Ranks]:
    known = (places.measure >= 0) & (places.basis >= 0)
    kinds = (places.measure[known] * len(GROUPS) + places.group[known]) * len(BASES) + places.basis[known]
    return _added(cell[known], kinds, places.capacity[known], size)


def _added(cell: Ranks, kinds: Ranks, values: Floats, size: int) -> tuple[Ranks, Ranks, Ranks]:
    """Return what values of each kind come to in each cell."""
    keys = cell * len(SUMS) + kinds
    if size * len(SUMS) <= _DENSE:
        there = np.flatnonzero(np.bincount(keys, minlength=1))
        sums = np.bincount(keys, values, minlength=1)[there]
    else:
        there, at = np.unique(keys, return_inverse=True)
        sums = np.bincount(at, values)
    return there // len(SUMS), there % len(SUMS), sums


_NO_RANKS: Ranks = np.zeros(0, dtype=np.int64)
_NO_FLOATS: Floats = np.zeros(0)
NO_CELLS = Cells(
    _NO_RANKS,
    _NO_RANKS,
    _NO_RANKS,
    _NO_RANKS,
    np.zeros((0, 4)),
    np.zeros((0, len(GROUPS)), dtype=np.int64),
    _NO_RANKS,
    _NO_RANKS,
    _NO_FLOATS,
)
