"""For which records of a table an expression is true, and for which false: one evaluator for every kind of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from geo.checked import Deadline
from geo.columns import PROJECTS
from geo.filter import (
    GEOMETRY,
    TIME,
    And,
    ArrayComparison,
    Compare,
    Comparison,
    During,
    Expression,
    In,
    Intersects,
    Interval,
    IsNull,
    Like,
    Matches,
    Missing,
    Not,
    Or,
    SpatialComparison,
    TemporalComparison,
    Unknown,
    Within,
    Words,
)
from geo.memory.coded import Coded, Ranks, Span, spans_in, spans_of, within
from geo.memory.reckoning import Reckoning, Sets, Whole, among
from geo.memory.rows import Mask, Rows, is_among, running, united
from geo.memory.table import Table
from geo.memory.texts import Array
from geo.operands import Property
from geo.wanted import Word, parts_of, words_of

Values = frozenset[str] | frozenset[int] | frozenset[float]
_NEVER, _ALWAYS = dt.date.max.toordinal(), dt.date.min.toordinal()


class Truth(NamedTuple):
    """For which rows an expression is true, and for which false; where a value is missing it is neither."""

    yes: Mask
    no: Mask


class Evaluator:
    """Looks at some rows of a table, or at all of them, as they were on a day."""

    def __init__(self, table: Table, rows: Rows | slice, on: dt.date | None) -> None:
        self._table, self._rows, self._on = table, rows, on
        self._size = len(table) if isinstance(rows, slice) else len(rows)
        self._deadline = Deadline()

    def truth(self, expression: Expression) -> Truth:
        """Return for which rows an expression is true and for which it is false; raises InvalidQuery for a slow one."""
        self._deadline.check()
        match expression:
            case And(parts):
                return self._all(map(self.truth, parts))
            case Or(parts):
                return _turned(self._all(_turned(self.truth(part)) for part in parts))
            case Not(part):
                return _turned(self.truth(part))
            case Unknown(part):
                yes, no = self.truth(part)
                return _decided(~(yes | no))
            case Like(column, pattern):
                return self._reckoned(Matches(Property(column), pattern))
            case Compare(column) | In(column) if PROJECTS[column].kind != "ids":
                return self._spanned(column, spans_meant(self._table, expression))
            case In(column, values):
                return _decided(self._holds(column, values))
            case IsNull(column):
                return _decided(self._missing(column))
            case Words(text):
                return _decided(self._has_words(text))
            case Intersects(box):
                return self._of_places(self._table.places.meets(box, self._rows))
            case Within(box):
                return self._of_places(self._table.places.lies_in(box, self._rows))
            case During(interval):
                return self._of_time(self._overlaps(interval))
            case SpatialComparison():
                return self._of_places(self._table.places.relates(expression, self._rows))
            case Comparison() | Matches() | Missing() | TemporalComparison() | ArrayComparison():
                return self._reckoned(expression)
            case _:
                raise TypeError(expression)

    def begun(self) -> Mask:
        """Return which rows `as_of` means: those that have begun, or have no event at all."""
        return np.asarray(self._table.begins[self._rows] <= (self._on or dt.date.max).toordinal())

    def _all(self, truths: Iterable[Truth]) -> Truth:
        """Return where all are true; of many each is there only while it is looked at."""
        yes, no = np.ones(self._size, dtype=bool), np.zeros(self._size, dtype=bool)
        for truth in truths:
            yes &= truth.yes
            no |= truth.no
        return Truth(yes, no)

    def _spanned(self, column: str, spans: Sequence[Span]) -> Truth:
        ranks = self._ranks(column)
        yes = within(ranks, spans, len(distinct(self._table, column)))
        return Truth(yes, np.asarray(~yes & (ranks >= 0)))

    def _reckoned(self, expression: Comparison | Matches | Missing | TemporalComparison | ArrayComparison) -> Truth:
        table = self._table
        rows = self._rows

        def whole() -> Whole:
            return Whole(table.first_day[rows], table.last_day[rows], table.timeless(rows))

        return Truth(*Reckoning(self._coded, self._sets, whole, self._size).truth(expression))

    def _coded(self, column: str) -> Coded:
        return among(Coded(distinct(self._table, column), self._ranks(column)))

    def _sets(self, column: str) -> Sets:
        known, starts = self._table.block.coded(column), self._table.block.starts(column)
        rows = self._table.all_rows if isinstance(self._rows, slice) else self._rows
        counts = (starts[1:] - starts[:-1])[rows]
        places = np.repeat(starts[rows] - running(counts)[:-1], counts) + np.arange(counts.sum())
        return Sets(known.distinct, known.ranks[places], np.repeat(np.arange(len(rows)), counts))

    def _ranks(self, column: str) -> Ranks:
        if isinstance(self._rows, slice):
            return self._table.column(column, self._on).ranks
        return self._table.ranks(column, self._rows, self._on)

    def _holds(self, column: str, values: Values) -> Mask:
        return self._is_among(holding(self._table, column, values))

    def _is_among(self, rows: Array) -> Mask:
        mask = np.zeros(len(self._table), dtype=bool)
        if isinstance(self._rows, slice):
            mask[rows] = True
            return mask
        return is_among(self._rows, rows)

    def _missing(self, column: str) -> Mask:
        if column == GEOMETRY:
            return self._table.places.shapeless(self._rows)
        if column == TIME:
            return self._table.timeless(self._rows)
        if PROJECTS[column].kind == "ids":
            starts = self._table.block.starts(column)
            return np.asarray((starts[1:] == starts[:-1])[self._rows])
        return np.asarray(self._ranks(column) < 0)

    def _of_places(self, mask: Mask) -> Truth:
        missing = self._table.places.shapeless(self._rows)
        return Truth(mask & ~missing, ~mask & ~missing)

    def _of_time(self, mask: Mask) -> Truth:
        missing = self._table.timeless(self._rows)
        return Truth(mask & ~missing, ~mask & ~missing)

    def _overlaps(self, interval: Interval) -> Mask:
        first, last = self._table.first_day[self._rows], self._table.last_day[self._rows]
        start = interval.start.toordinal() if interval.start else _ALWAYS
        end = interval.end.toordinal() if interval.end else _NEVER
        return np.asarray((first <= end) & (last >= start))

    def _has_words(self, typed: str) -> Mask:
        """A question without a word, as an empty field of a form sends it, leaves nothing out."""
        parts = parts_of(typed)
        if not parts:
            return np.ones(self._size, dtype=bool)
        every = [[self._has_word(word) for word in words_of(part)] for part in parts]
        return reduce(np.logical_or, (reduce(np.logical_and, masks) for masks in every))

    def _has_word(self, word: Word) -> Mask:
        mask = self._is_among(self._table.words.rows(word.spellings))
        for column, codes in word.codes.items():
            if codes:
                mask |= self._spanned(column, spans_in(PROJECTS[column], self._table.column(column), codes)).yes
        return mask


def _turned(truth: Truth) -> Truth:
    return Truth(truth.no, truth.yes)


def _decided(mask: Mask) -> Truth:
    return Truth(mask, ~mask)


def distinct(table: Table, column: str) -> Sequence[object]:
    """Return the distinct values of a column; they are the same on every day."""
    if column == "status_stale":
        return (False, True)
    return table.ids if column == "id" else table.block.coded(column).distinct


def spans_meant(table: Table, expression: Compare | In) -> list[Span]:
    """Return the ranks of the values for which a comparison is true."""
    column = PROJECTS[expression.column]
    known = Coded(distinct(table, column.name), np.zeros(0, dtype=np.int8))
    match expression:
        case Compare(_, sign, value):
            return spans_of(column, known, sign, value)
        case In(_, values):
            return spans_in(column, known, values)


def holding(table: Table, column: str, values: Values) -> Rows:
    """Return the rows of records that hold one of these ids, rising."""
    known, holders = table.block.coded(column), table.holders(column)
    ranks = (rank for span in spans_in(PROJECTS[column], known, values) for rank in range(*span))
    return united([holders.rows[holders.starts[rank] : holders.starts[rank + 1]] for rank in ranks], len(table))
