"""Which records of a table a filter means: one evaluator for every kind of expression."""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from geo import dates
from geo.columns import PROJECTS
from geo.filter import (
    GEOMETRY,
    TIME,
    And,
    Box,
    Compare,
    During,
    Expression,
    In,
    Intersects,
    Interval,
    IsNull,
    Like,
    Not,
    Or,
    Within,
    Words,
)
from geo.folding import alternatives
from geo.memory.columns import Mask, Table
from geo.searching import words_of_countries, words_of_terms

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NEVER, _ALWAYS = dt.date.max.toordinal(), dt.date.min.toordinal()


class Truth(NamedTuple):
    """For which records an expression is true, and for which false; where a value is missing it is neither."""

    yes: Mask
    no: Mask


def meant(table: Table, expression: Expression, as_of: dt.date | None) -> Mask:
    """Return, for each record, whether the filter means it; with `as_of` without those whose events all came later."""
    mask = evaluate(table, expression, as_of).yes
    if as_of is not None:
        first, _ = table.days
        mask = mask & (table.timeless | (first <= as_of.toordinal()))
    return mask


def evaluate(table: Table, expression: Expression, on: dt.date | None) -> Truth:
    """Return for which records an expression is true and for which it is false, on a day."""
    match expression:
        case And(parts):
            return _all(table, [evaluate(table, part, on) for part in parts])
        case Or(parts):
            return _turned(_all(table, [_turned(evaluate(table, part, on)) for part in parts]))
        case Not(part):
            return _turned(evaluate(table, part, on))
        case Compare(column, sign, value):
            return _compare(table.series(column, on), _OPERATORS[sign], value, column)
        case In(column, values):
            return _is_in(table, column, values, on)
        case Like(column, pattern):
            return _like(table.series(column, on), pattern)
        case IsNull(column):
            return _decided(_missing(table, column, on))
        case Words(text):
            return _decided(_has_words(table, text, on))
        case Intersects(box):
            return _known(_meets(table, box), table.shapeless)
        case Within(box):
            return _known(_lies_in(table, box), table.shapeless)
        case During(interval):
            return _known(_overlaps(table, interval), table.timeless)


def _all(table: Table, truths: Sequence[Truth]) -> Truth:
    yes, no = np.ones(len(table), dtype=bool), np.zeros(len(table), dtype=bool)
    return Truth(
        reduce(np.logical_and, (truth.yes for truth in truths), yes),
        reduce(np.logical_or, (truth.no for truth in truths), no),
    )


def _turned(truth: Truth) -> Truth:
    return Truth(truth.no, truth.yes)


def _decided(mask: Mask) -> Truth:
    return Truth(mask, ~mask)


def _known(mask: Mask, missing: Mask) -> Truth:
    return Truth(mask & ~missing, ~mask & ~missing)


def _compare(series: pd.Series[Any], compare: Callable[[Any, Any], Any], value: Any, column: str) -> Truth:
    missing = series.isna().to_numpy(dtype=bool)
    if PROJECTS[column].kind == "date":
        series, value = series.dropna().map(_first_day), _first_day(value)
    else:
        series = series.dropna()
    mask = np.zeros(len(missing), dtype=bool)
    mask[~missing] = compare(series, value).to_numpy(dtype=bool)
    return _known(mask, missing)


def _first_day(date: str) -> int:
    return dates.first_day(date).toordinal()


def _is_in(table: Table, column: str, values: Collection[Any], on: dt.date | None) -> Truth:
    if column == "id":
        mask = np.zeros(len(table), dtype=bool)
        mask[[table.position[each] for each in values if each in table.position]] = True
        return _decided(mask)
    if PROJECTS[column].kind == "ids":
        held = (any(each in values for each in ids) for ids in table.values(column, on))
        return _decided(np.fromiter(held, bool, len(table)))
    series = table.series(column, on)
    missing = series.isna().to_numpy(dtype=bool)
    if PROJECTS[column].kind == "date":
        series, values = series.map(_first_day, na_action="ignore"), [_first_day(value) for value in values]
    return _known(series.isin(list(values)).to_numpy(dtype=bool), missing)


def _like(series: pd.Series[Any], pattern: str) -> Truth:
    pieces = [re.compile(_piece(piece), re.DOTALL) for piece in pattern.split("%")]
    mask = np.array([isinstance(text, str) and _fits(text, pieces) for text in series], dtype=bool)
    return _known(mask, series.isna().to_numpy(dtype=bool))


def _piece(piece: str) -> str:
    return "".join("." if sign == "_" else re.escape(sign) for sign in piece)


def _fits(text: str, pieces: list[re.Pattern[str]]) -> bool:
    """Match the pieces between the % one after the other, each as early as it goes: no pattern takes long so."""
    if len(pieces) == 1:
        return pieces[0].fullmatch(text) is not None
    first = pieces[0].match(text)
    if first is None:
        return False
    at = first.end()
    for piece in pieces[1:-1]:
        found = piece.search(text, at)
        if found is None:
            return False
        at = found.end()
    return any(pieces[-1].fullmatch(text, start) for start in range(at, len(text) + 1))


def _missing(table: Table, column: str, on: dt.date | None) -> Mask:
    if column in (GEOMETRY, TIME):
        return table.shapeless if column == GEOMETRY else table.timeless
    return table.series(column, on).isna().to_numpy(dtype=bool)


def _meets(table: Table, box: Box) -> Mask:
    mask = np.zeros(len(table), dtype=bool)
    for part in box.parts():
        mask[table.tree.query(_area(*part), predicate="intersects")] = True
    return mask


def _lies_in(table: Table, box: Box) -> Mask:
    """A shape lies in a box when the bounds of each of its parts do; none crosses the antimeridian."""
    rows, bounds = table.parts
    lies = np.zeros(len(rows), dtype=bool)
    for west, south, east, north in box.parts():
        lies |= (bounds[:, :2] >= (west, south)).all(axis=1) & (bounds[:, 2:] <= (east, north)).all(axis=1)
    mask = np.ones(len(table), dtype=bool)
    mask[rows[~lies]] = False
    return mask


def _area(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """A box without area is a line or a point: as a polygon it would be invalid and meet nothing."""
    return shapely.envelope(shapely.MultiPoint([(west, south), (east, north)]))


def _overlaps(table: Table, interval: Interval) -> Mask:
    first, last = table.days
    start = interval.start.toordinal() if interval.start else _ALWAYS
    end = interval.end.toordinal() if interval.end else _NEVER
    return np.asarray((first <= end) & (last >= start))


def _has_words(table: Table, typed: str, on: dt.date | None) -> Mask:
    """A question without a word, as an empty field of a form sends it, leaves nothing out."""
    wanted = alternatives(typed)
    records, statuses = table.records, table.values("status", on)
    known = [[_WordsOf(word) for word in part] for part in wanted]
    told = zip(records, statuses, strict=True)
    found = (any(all(word.are_in(r.values, s) for word in part) for part in known) for r, s in told)
    return np.fromiter((not known or each for each in found), bool, len(table))


class _WordsOf:
    """The spellings of a word, and the kinds, stages and countries called so: asked once, not record by record."""

    def __init__(self, spellings: frozenset[str]) -> None:
        self.spellings = spellings
        self.kinds = self._called_so(words_of_terms("kind"))
        self.statuses = self._called_so(words_of_terms("status"))
        self.countries = self._called_so(words_of_countries())

    def _called_so(self, texts: Mapping[str, str]) -> set[str]:
        return {code for code, text in texts.items() if self._in(text)}

    def _in(self, text: str) -> bool:
        return any(spelling in text for spelling in self.spellings)

    def are_in(self, values: Mapping[str, Any], status: str) -> bool:
        """Return whether a record with these values is called so in any way."""
        by_code = values["country"] in self.countries or values["kind"] in self.kinds or status in self.statuses
        return by_code or self._in(values["search"])
