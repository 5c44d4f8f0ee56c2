"""The order of an answer: sort keys, page marks, and where a page begins."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from geo.memory.columns import Mask, Table
from geo.query import Query

_LAST = np.iinfo(np.int64).max


class Found(NamedTuple):
    """A matching record: what it is sorted by, and where it stands."""

    key: tuple[Any, ...]
    table: Table
    row: int


class Order:
    """The query's sort: a missing value comes last in either direction, and ids decide among equals."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def found(self, tables: Sequence[tuple[Table, Mask]]) -> Iterator[Found]:
        """Yield the matches of several tables after the query's page mark, in order."""
        return heapq.merge(*(self._run(table, mask) for table, mask in tables), key=lambda found: found.key)

    def mark(self, last: Found) -> tuple[Any, ...]:
        """Return the mark of a page that ends with this record: its sort values and its id."""
        return (*(column[last.row] for column in self._columns(last.table)), last.table.records[last.row].id)

    def _columns(self, table: Table) -> list[Sequence[Any]]:
        return [table.sort_values(column, self._query.as_of) for column, _ in self._query.sort]

    def _run(self, table: Table, mask: Mask) -> Iterator[Found]:
        """Yield a table's matches; keys are made only for those that are looked at."""
        columns = self._columns(table)
        order = self._rows(table)
        rows = order[mask[order]]

        def key(row: int) -> tuple[Any, ...]:
            return self._key([*(column[row] for column in columns), table.records[row].id])

        after = self._query.after
        start = bisect_right(rows, self._key(list(after)), key=key) if after else 0
        return (Found(key(row), table, int(row)) for row in rows[start:])

    def _rows(self, table: Table) -> np.ndarray[Any, np.dtype[np.intp]]:
        keys = []
        for column, ascending in self._query.sort:
            ranks = table.ranks(column, self._query.as_of)
            keys.append(np.where(ranks < 0, _LAST, ranks if ascending else -ranks))
        return np.lexsort(keys[::-1]) if keys else np.arange(len(table), dtype=np.intp)

    def _key(self, values: list[Any]) -> tuple[Any, ...]:
        """Return a key by which tuples compare as the query sorts."""
        key: list[Any] = []
        for value, (_, ascending) in zip(values[:-1], self._query.sort, strict=True):
            missing = value is None
            key.append((missing, 0 if missing else value if ascending else _Reversed(value)))
        return (*key, values[-1])


class _Reversed:
    """Compares the other way round; for descending sort of values that have no negative."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Reversed) -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reversed) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)
