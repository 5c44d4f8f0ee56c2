"""How many projects each country or organisation has of what, and what their capacities come to: with arrays only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo import vocabulary
from geo.catalog import Codes
from geo.columns import SHARES

Array = npt.NDArray[Any]

_SUMMED = ("capacity_measure", "capacity_basis", "status_group")
_VOCABULARIES = (vocabulary.MEASURES, vocabulary.CAPACITY_BASES, vocabulary.STATUS_GROUPS)
_DIGITS = 6  # as `geo/records/totals.py` rounds

# What is asked of the projects besides the column by which they are gathered.
NAMES = ("segment", "kind", "capacity", "updated", *_SUMMED)


class Sum(NamedTuple):
    """What the capacities of so many projects in one unit family, of one basis and group of stages come to."""

    measure: str
    basis: str
    status_group: str
    value: float
    projects: int


class Tally:
    """The projects by the values of a column, of which each is one of `ids`, or counts for none."""

    def __init__(self, codes: Mapping[str, Codes], column: str, ids: Sequence[str]) -> None:
        self._codes, self._size = codes, len(ids)
        self._by_code: dict[str, Array] = {}
        by = codes[column]
        place = {each: at for at, each in enumerate(ids)}
        # The last is for the rank -1.
        of_rank = np.array([*(place.get(value, -1) for value in by.distinct), -1], dtype=np.int64)
        rows = of_rank[by.ranks]
        records = np.arange(len(rows)) if by.records is None else by.records
        self._rows, self._records = rows[rows >= 0], records[rows >= 0]
        self._row_of = rows if by.records is None else None

    @cached_property
    def projects(self) -> Array:
        """How many projects each has."""
        return np.bincount(self._rows, minlength=self._size)

    def by_code(self, name: str) -> Array:
        """Return how many projects each has of each code of a vocabulary: a row for each, a column for each code."""
        if name not in self._by_code:
            codes = self._codes[name]
            width = len(codes.distinct)
            keys = self._rows * width + codes.ranks[self._records]
            self._by_code[name] = np.bincount(keys, minlength=self._size * width).reshape(self._size, width)
        return self._by_code[name]

    def held(self, name: str) -> Callable[[int], list[Any]]:
        """Return what reads the values that the projects of one have in a column, each once, rising."""
        distinct = self._codes[name].distinct

        @cache
        def made() -> tuple[Array, Array]:
            rows, ranks = self._pairs(name)
            return np.searchsorted(rows, np.arange(self._size + 1)), ranks

        def read(row: int) -> list[Any]:
            ends, ranks = made()
            return [distinct[rank] for rank in ranks[ends[row] : ends[row + 1]].tolist()]

        return read

    def number_of(self, name: str) -> Callable[[int], Any]:
        """Return what reads how many different values those of one have; a text without a sign is none."""

        @cache
        def made() -> Array:
            rows, ranks = self._pairs(name)
            distinct = self._codes[name].distinct
            if len(distinct) and distinct[0] == "":
                rows = rows[ranks > 0]
            return np.bincount(rows, minlength=self._size)

        return lambda row: made()[row]

    def _pairs(self, name: str) -> tuple[Array, Array]:
        """Return whose projects have which value of a column, by its rank, each pair once, rising."""
        codes = self._codes[name]
        if codes.records is None:
            rows, ranks = self._rows, codes.ranks[self._records]
        elif self._row_of is None:
            raise ValueError(name)  # which record has it is not told where records are counted for several
        else:
            rows, ranks = self._row_of[codes.records], codes.ranks
        is_there = (rows >= 0) & (ranks >= 0)
        width = len(codes.distinct) or 1
        found = np.sort(rows[is_there] * width + ranks[is_there])
        found = found[np.append(True, found[1:] != found[:-1])[: len(found)]]  # numpy's unique takes longer
        return found // width, found % width

    def newest(self, name: str) -> Callable[[int], Any]:
        """Return what reads the greatest value of a column among the projects of one; None where there is none."""
        distinct = self._codes[name].distinct

        @cache
        def made() -> Array:
            ranks = np.full(self._size, -1, dtype=np.int64)
            np.maximum.at(ranks, self._rows, self._codes[name].ranks[self._records])
            return ranks

        def read(row: int) -> Any:
            rank = made()[row]
            return None if rank < 0 else distinct[rank]

        return read

    def sums(self, row: int) -> list[Sum]:
        """Return what the capacities of one come to, by unit family, basis and group of stages."""
        found = self._sums
        start, end = np.searchsorted(found.rows, [row, row + 1]).tolist()
        codes = _codes()
        parts = zip(*(each[start:end].tolist() for each in (*found.ranks, found.values, found.projects)), strict=True)
        return [Sum(codes[0][m], codes[1][b], codes[2][g], value, projects) for m, b, g, value, projects in parts]

    @cached_property
    def shares(self) -> Array:
        """The sums of each by unit family and share, in the order of these; NaN where no project states a figure."""
        found = self._sums
        measures, bases, groups = found.ranks
        shares = np.full((self._size, len(vocabulary.MEASURES), len(SHARES)), np.nan)
        for at, (basis, group) in enumerate(SHARES.values()):
            is_meant = bases == vocabulary.CAPACITY_BASES.position(basis)
            is_meant &= groups == vocabulary.STATUS_GROUPS.position(group)
            shares[found.rows[is_meant], measures[is_meant], at] = found.values[is_meant]
        return shares

    @cached_property
    def _sums(self) -> _Sums:
        capacity = self._codes["capacity"]
        ranks = [self._codes[name].ranks[self._records].astype(np.int64) for name in _SUMMED]
        is_there = (capacity.ranks[self._records] >= 0) & (ranks[0] >= 0)
        figures = np.asarray(capacity.distinct, dtype=float)[capacity.ranks[self._records][is_there]]
        keys = self._rows[is_there]
        for known, rank in zip(_VOCABULARIES, ranks, strict=True):
            keys = keys * len(known) + rank[is_there]
        found, places = np.unique(keys, return_inverse=True)
        values = np.round(np.bincount(places, figures, len(found)), _DIGITS)
        projects, split = np.bincount(places, minlength=len(found)), list[Array]()
        for known in reversed(_VOCABULARIES):
            split.append(found % len(known))
            found = found // len(known)
        return _Sums(found, split[::-1], values, projects)


@cache
def _codes() -> list[list[str]]:
    return [known.codes for known in _VOCABULARIES]


class _Sums(NamedTuple):
    """Sums in the order of what they are counted by, then of families, bases and groups, as places in these."""

    rows: Array
    ranks: list[Array]
    values: Array
    projects: Array
