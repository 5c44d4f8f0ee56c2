"""Which rows of a table a question means, and how many: by what is known of its conditions, not row by row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo.columns import PROJECTS
from geo.filter import (
    EVERYTHING,
    GEOMETRY,
    TIME,
    And,
    Compare,
    Expression,
    In,
    Intersects,
    IsNull,
    Or,
    SpatialComparison,
    Words,
)
from geo.memory.rows import NO_ROWS, Mask, Rows, is_among, united
from geo.memory.table import ALL, Table
from geo.memory.truths import Evaluator, holding, spans_meant
from geo.wanted import Word, parts_of, words_of

_SPARSE = 8  # a condition that leaves less than a part of this many of all rows is looked through row by row
_FEW = 4096  # rows of which that costs nothing
_SMALL = 512  # rows of a table that are all looked at sooner than anything is looked up


@dataclass(frozen=True)
class Known:
    """What is known of a condition without looking at every row: how many rows it is true for, and how to get them."""

    number: int
    get: Callable[[], Rows]
    is_ready: bool = True  # whether they are at hand, and not put in order first


class Selection:
    """The rows of a table that a filter means on a day."""

    def __init__(self, table: Table, expression: Expression, on: dt.date | None) -> None:
        self.table, self._expression, self._on = table, expression, on

    @cached_property
    def number(self) -> int:
        """How many rows there are."""
        return self._alone.number if self._alone else len(self.rows)

    @cached_property
    def rows(self) -> Rows:
        """The rows, rising."""
        return self._alone.get() if self._alone else self._looked_through()

    @property
    def is_everything(self) -> bool:
        return self._on is None and self._expression == EVERYTHING

    @property
    def is_ready(self) -> bool:
        """Whether the rows are at hand, so that none has to be looked at again."""
        return self._alone is None or self._alone.is_ready or "rows" in self.__dict__

    def among(self, rows: Rows) -> Mask:
        """Return which of these rows are meant."""
        if self.is_everything:
            return np.ones(len(rows), dtype=bool)
        return self._true(self._expression, rows)

    def _true(self, expression: Expression, rows: Rows | slice) -> Mask:
        found = Evaluator(self.table, rows, self._on)
        mask = found.truth(expression).yes
        return mask if self._on is None else mask & found.begun()

    @cached_property
    def _parts(self) -> list[Expression]:
        return list(self._expression.parts) if isinstance(self._expression, And) else [self._expression]

    @cached_property
    def _alone(self) -> Known | None:
        """What is known of the one condition, where there is just one."""
        if self.is_everything:
            return _materialised(self.table.all_rows)
        if self._on is not None:
            return self._begun(self._on) if self._expression == EVERYTHING else None
        if len(self.table) <= _SMALL or len(self._parts) != 1:
            return None
        return known(self.table, self._parts[0], None)

    def _begun(self, on: dt.date) -> Known:
        rows, days = self.table.by_beginning
        number = int(np.searchsorted(days, np.int32(on.toordinal()), side="right"))
        return Known(number, lambda: np.sort(rows[:number]), is_ready=False)

    def _looked_through(self) -> Rows:
        """Take the narrowest condition of which rows are known, and look at those for the others."""
        is_small = len(self.table) <= _SMALL
        each = [(part, None if is_small else known(self.table, part, self._on)) for part in self._parts]
        best = min((k for _, k in each if k is not None), key=lambda k: k.number, default=None)
        if best is None or (best.number > _FEW and best.number * _SPARSE > len(self.table)):
            return np.flatnonzero(self._true(self._expression, ALL)).astype(np.int32)
        rows = best.get()
        others = And(tuple(part for part, k in each if k is not best))
        return rows[self._true(others, rows)]


def known(table: Table, expression: Expression, on: dt.date | None) -> Known | None:
    """Return what is known of an expression; None where every row has to be looked at."""
    match expression:
        case In(column, values) if PROJECTS[column].kind == "ids":
            rows = holding(table, column, values)
            return Known(len(rows), lambda: rows)
        case In(column) | Compare(column) if _is_indexed(column, on):
            return _spanned(table, expression)
        case IsNull(column) if column == GEOMETRY:
            return Known(len(table.places.without), lambda: table.places.without)
        case IsNull(column) if column != TIME and PROJECTS[column].kind != "ids" and _is_indexed(column, on):
            return _missing(table, column)
        case Intersects(box):
            return _materialised(table.places.rows_that_meet(box))
        case SpatialComparison():
            return _materialised(table.places.rows_that_relate(expression))
        case Words(text):
            return _worded(table, text, on)
        case Or(parts) if parts:
            return _any_of(table, [known(table, part, on) for part in parts])
        case _:
            return None


def _is_indexed(column: str, on: dt.date | None) -> bool:
    return column != "status_stale" and (on is None or not PROJECTS[column].dated)


def _materialised(rows: Rows) -> Known:
    return Known(len(rows), lambda: rows)


def _spanned(table: Table, expression: In | Compare) -> Known:
    order = table.sorted(expression.column)
    ranks = spans_meant(table, expression)
    spans = [(int(order.starts[low]), int(order.starts[high])) for low, high in ranks]
    number = sum(end - start for start, end in spans)
    is_one = [high - low for low, high in ranks] == [1]

    def get() -> Rows:
        pieces = [order.rows[start:end] for start, end in spans]
        return pieces[0] if is_one else np.sort(np.concatenate([NO_ROWS, *pieces]))  # of one value the rows rise

    return Known(number, get, is_ready=is_one)


def _missing(table: Table, column: str) -> Known:
    order = table.sorted(column)
    rows = order.rows[order.starts[-1] :]
    return Known(len(rows), lambda: rows)


def _any_of(table: Table, parts: Sequence[Known | None]) -> Known | None:
    """Return what is known of any of several conditions, where something is known of each."""
    narrow = [part for part in parts if part is not None]
    if len(narrow) < len(parts):
        return None
    return _materialised(united([part.get() for part in narrow], len(table)))


def _worded(table: Table, typed: str, on: dt.date | None) -> Known | None:
    """Return the rows that have the words of any part; None where a stage of another day may be meant."""
    parts = [words_of(part) for part in parts_of(typed)]
    if not parts or (on is not None and any(word.codes["status"] for part in parts for word in part)):
        return None
    return _materialised(united([_having(table, part) for part in parts], len(table)))


def _having(table: Table, part: Sequence[Word]) -> Rows:
    """Return the rows that have all words of a part."""
    rows, *others = sorted((_called(table, word) for word in part), key=len)
    for other in others:
        rows = rows[is_among(rows, other)]
    return rows


def _called(table: Table, word: Word) -> Rows:
    """Return the rows of the records that have a word, or are of a country, kind or stage that is called so."""
    return table.lately_called.of(word.spellings, lambda: _called_so(table, word))


def _called_so(table: Table, word: Word) -> Rows:
    pieces = [table.words.rows(word.spellings)]
    for column, codes in word.codes.items():
        if codes:
            pieces.append(_spanned(table, In(column, codes)).get())
    return united(pieces, len(table))
