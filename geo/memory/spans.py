"""A column of codes as it was on a day, in order: for each code the rows that have it for a time, and for which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from geo.indexed import NOTHING
from geo.memory.coded import MISSING
from geo.memory.rows import Rows, running
from geo.memory.table import Table
from geo.memory.texts import Array

_FEW = 4096
_GROWS = 4
_EVER = np.int32(dt.date.max.toordinal() + 1)


class _Times(NamedTuple):
    """For each code from `starts` on: the rows that have it, rising, from which day on and until before which one.

    `by_first` are the places of one code by their first days, which are `firsts`.
    """

    starts: Array
    rows: Array
    since: Array
    until: Array
    by_first: Array
    firsts: Array


class Spans:
    """The rows of a table by the code that they had on a day."""

    def __init__(self, table: Table, name: str, ascending: bool, on: dt.date) -> None:
        self._table, self._name, self._ascending = table, name, ascending
        self._day = np.int32(on.toordinal())
        self._times = times(table, name)

    def runs(self, after: tuple[Any, ...] | None, first: int) -> Iterator[Rows]:
        """Yield the rows after a page mark, which is a code's rank and an id, in parts."""
        ranks = range(len(self._times.starts) - 1)
        for rank in ranks if self._ascending else reversed(ranks):
            if after is None or (rank > after[0] if self._ascending else rank < after[0]):
                yield from self._of(rank, 0, first)
            elif rank == after[0]:
                yield from self._of(rank, self._table.row_after(after[1]), first)

    def _of(self, rank: int, row: int, first: int) -> Iterator[Rows]:
        """Yield the rows from one on that have this code."""
        times = self._times
        begin, end = times.starts[rank : rank + 2].tolist()
        begun = int(np.searchsorted(times.firsts[begin:end], self._day, side="right"))
        if begun <= _FEW:
            yield self._that_have_it(np.sort(times.by_first[begin : begin + begun]), row)
            return
        at = begin + int(np.searchsorted(times.rows[begin:end], np.int32(row)))
        while at < end:
            yield self._that_have_it(np.arange(at, min(at + first, end)), row)
            at, first = at + first, first * _GROWS

    def _that_have_it(self, places: Rows, row: int) -> Rows:
        times = self._times
        is_so = (times.since[places] <= self._day) & (times.until[places] > self._day)
        rows: Rows = times.rows[places[is_so]]
        return rows[rows >= row]


def times(table: Table, name: str) -> _Times:
    """Return for each code which rows have it and when, made where it is not there."""
    return _Times(*table.block.kept_parts(f"{name}.times", _Times._fields, lambda: _made(table, name)))


def _made(table: Table, name: str) -> _Times:
    days = table.block.plain("step_day")
    coded = table.block.coded(name)
    nothing = MISSING if NOTHING[name] is None else list(coded.distinct).index(NOTHING[name])
    # Before its first step a record has what one has of which nothing is known.
    rows = np.concatenate([table.block.rows_of("step"), table.all_rows])
    since = np.concatenate([days, np.zeros(len(table), dtype=np.int32)])
    ranks = np.concatenate([coded.ranks, np.full(len(table), nothing, dtype=coded.ranks.dtype)])
    in_time = np.lexsort([since, rows])
    rows, since, ranks = rows[in_time], since[in_time], ranks[in_time]
    is_new = np.concatenate([[True], (np.diff(rows) != 0) | (np.diff(ranks) != 0)])[: len(rows)]
    rows, since, ranks = rows[is_new], since[is_new], ranks[is_new]
    is_last = np.append(np.diff(rows) != 0, True)[: len(rows)]
    until = np.where(is_last, _EVER, np.append(since[1:], _EVER)[: len(rows)])
    by_code = np.lexsort([rows, ranks])
    rows, since, until, ranks = rows[by_code], since[by_code], until[by_code], ranks[by_code]
    counts = np.bincount(ranks, minlength=len(coded.distinct))
    by_first = np.lexsort([since, ranks]).astype(np.int32)
    return _Times(running(counts), rows, since, until, by_first, since[by_first])
