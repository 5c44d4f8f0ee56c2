"""The order of an answer: sort keys, page marks, and the rows of a table in order from a mark on."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np

from geo.columns import PROJECTS
from geo.memory.coded import Coded
from geo.memory.rows import Rows
from geo.memory.selection import Selection
from geo.memory.spans import Spans
from geo.memory.table import Table
from geo.memory.texts import Texts
from geo.query import Query

_LAST = np.iinfo(np.int32).max
_FEW = 2048  # rows that are sorted sooner than looked for in an order
_GROWS = 4  # times as many rows are looked at next


class Found(NamedTuple):
    """A matching record: what it is sorted by, and where it stands."""

    key: tuple[Any, ...]
    table: Table
    row: int


class Ordering(Protocol):
    """All rows of a table in an order."""

    def runs(self, after: tuple[Any, ...] | None, first: int) -> Iterator[Rows]:
        """Yield the rows after a page mark in parts, of which the first has about so many."""


class Order:
    """The query's sort: a missing value comes last in either direction, and ids decide among equals."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def rows(self, selection: Selection) -> Iterator[Rows]:
        """Yield the rows of a selection after the query's page mark, in parts."""
        query, table = self._query, selection.table
        if not query.sort and selection.is_ready:
            yield from _parts(selection.rows, _first_after(table, selection.rows, query.after), query.limit + 1)
        elif query.sort and self._is_sorted_sooner(selection):
            yield self._sorted(selection)
        else:
            for rows in self._ordering(table).runs(query.after, 2 * query.limit):
                yield rows[selection.among(rows)]

    def found(self, table: Table, rows: Rows) -> list[Found]:
        """Return rows with the keys by which those of several tables are put in order."""
        every = zip(rows.tolist(), self._values(table, rows), strict=True)
        return [Found(self.key([*values, table.ids[row]]), table, row) for row, values in every]

    def key_of(self, table: Table, row: int) -> tuple[Any, ...]:
        return self.key(list(self.mark(table, row)))

    def mark(self, table: Table, row: int) -> tuple[Any, ...]:
        """Return the mark of a page that ends with this record: its sort values and its id."""
        if not self._query.sort:
            return (table.id_of(row),)
        [values] = self._values(table, np.array([row]))
        return (*values, table.id_of(row))

    def _values(self, table: Table, rows: Rows) -> list[tuple[Any, ...]]:
        """Return the values by which rows are sorted; codes as their place in the vocabulary."""
        names = [name for name, _ in self._query.sort]
        columns = [_sort_values(table, name, rows, self._query.as_of) for name in names]
        return list(zip(*columns, strict=True)) if columns else [()] * len(rows)

    def _is_sorted_sooner(self, selection: Selection) -> bool:
        """To sort what matches takes its number; to look for a page of it in an order takes the less the more it is."""
        number, wanted = selection.number, self._query.limit + 1
        return not selection.is_everything and (number <= _FEW or number * number < 4 * wanted * len(selection.table))

    def _sorted(self, selection: Selection) -> Rows:
        table, rows, query = selection.table, selection.rows, self._query
        rows = rows[np.lexsort([rows, *(_ranked(table, rows, *each, query.as_of) for each in query.sort[::-1])])]
        if query.after is None:
            return rows
        after = self.key(list(query.after))
        return rows[bisect_right(rows, after, key=lambda row: self.key_of(table, row)) :]

    def _ordering(self, table: Table) -> Ordering:
        query = self._query
        if not query.sort:
            return _ById(table)
        name, ascending = query.sort[0]
        is_dated = query.as_of is not None and PROJECTS[name].dated
        if len(query.sort) == 1 and not is_dated:
            return _ByColumn(table, name, ascending)
        if len(query.sort) == 1 and PROJECTS[name].kind == "code" and query.as_of is not None:
            return Spans(table, name, ascending, query.as_of)
        return _BySeveral(self, table, query)

    def key(self, values: list[Any]) -> tuple[Any, ...]:
        """Return a key by which tuples compare as the query sorts."""
        key: list[Any] = []
        for value, (_, ascending) in zip(values[:-1], self._query.sort, strict=True):
            missing = value is None
            key.append((missing, 0 if missing else value if ascending else _Reversed(value)))
        return (*key, values[-1])


def _sort_values(table: Table, name: str, rows: Rows, on: dt.date | None) -> list[Any]:
    if name == "id":
        return [table.ids[row] for row in rows.tolist()]
    ranks = table.ranks(name, rows, on)
    if PROJECTS[name].is_ranked:
        return [None if rank < 0 else rank for rank in ranks.tolist()]
    return Coded(table.block.coded(name).distinct, ranks).values()


def _ranked(table: Table, rows: Rows, name: str, ascending: bool, on: dt.date | None) -> Rows:
    ranks = table.ranks(name, rows, on).astype(np.int32)
    return np.where(ranks < 0, _LAST, ranks if ascending else -ranks)


def _parts(rows: Rows, start: int, first: int) -> Iterator[Rows]:
    while start < len(rows):
        yield rows[start : start + first]
        start, first = start + first, first * _GROWS


def _first_after(table: Table, rows: Rows, after: tuple[Any, ...] | None) -> int:
    """Return where the rows begin that come after a mark, which ends with an id."""
    if after is None:
        return 0
    row = table.row_after(after[-1])
    return row if rows is table.all_rows else int(rows.searchsorted(rows.dtype.type(row)))


class _ById:
    def __init__(self, table: Table) -> None:
        self._table = table

    def runs(self, after: tuple[Any, ...] | None, first: int) -> Iterator[Rows]:
        return _parts(self._table.all_rows, self._table.row_after(after[-1]) if after else 0, first)


class _ByColumn:
    """By a column's values of today, in the order that the table keeps."""

    def __init__(self, table: Table, name: str, ascending: bool) -> None:
        self._table, self._name, self._ascending = table, name, ascending
        self._rows, self._starts = table.sorted(name)
        self._there = int(self._starts[-1])  # how many have a value

    def runs(self, after: tuple[Any, ...] | None, first: int) -> Iterator[Rows]:
        start = self._place(*after) if after else 0
        while start < len(self._rows):
            end = min(start + first, len(self._rows))
            yield self._rows[self._places(start, end)]
            start, first = end, first * _GROWS

    def _places(self, start: int, end: int) -> Rows | slice:
        """Return where rows of this order lie in the rising one: values fall there, but equal ones keep their order."""
        if self._ascending:
            return slice(start, end)
        there = np.arange(start, min(end, self._there))
        mirrored = self._rows[self._there - 1 - there]
        ranks = self._table.ranks(self._name, mirrored, None).astype(np.int64)
        places = self._starts[ranks].astype(np.int64) + self._starts[ranks + 1] + there - self._there
        return np.concatenate([places, np.arange(max(start, self._there), end)])

    def _place(self, value: Any, project_id: str) -> int:
        """Return where the rows after a mark begin."""
        row = self._table.row_after(project_id)
        if value is None:
            return self._there + int(np.searchsorted(self._rows[self._there :], np.int32(row)))
        rank, is_there = self._rank(value)
        begin = int(self._starts[rank])
        if not is_there:
            return begin if self._ascending else self._there - begin
        end = int(self._starts[rank + 1])
        inside = int(np.searchsorted(self._rows[begin:end], np.int32(row)))
        return (begin if self._ascending else self._there - end) + inside

    def _rank(self, value: Any) -> tuple[int, bool]:
        """Return the rank of a sort value, or what it would be, and whether there is one."""
        known = self._table.column(self._name).distinct
        if PROJECTS[self._name].is_ranked:
            return min(max(value, 0), len(known)), 0 <= value < len(known)
        if isinstance(known, Texts):
            at = known.place(value.encode())
            return at, at < len(known) and known[at] == value
        at = bisect_right(known, value)
        return (at - 1, True) if at and known[at - 1] == value else (at, False)


class _BySeveral:
    """By several columns, or by one as it was on a day: all rows are sorted, and kept so for a while."""

    def __init__(self, order: Order, table: Table, query: Query) -> None:
        self._order, self._table, self._query = order, table, query

    def runs(self, after: tuple[Any, ...] | None, first: int) -> Iterator[Rows]:
        rows = self._table.lately.of(("order", self._query.sort, self._query.as_of), self._sorted)
        start = 0
        if after is not None:
            mark = self._order.key(list(after))
            start = bisect_right(rows, mark, key=lambda row: self._order.key_of(self._table, row))
        return _parts(rows, start, first)

    def _sorted(self) -> Rows:
        keys = [_ranked(self._table, self._table.all_rows, *each, self._query.as_of) for each in self._query.sort[::-1]]
        return np.lexsort(keys).astype(np.int32)


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
