"""Whether an expression is true of one row: said plainly, for collections that are small, and to compare others with.

`geo/memory/truths.py` answers the same of many rows at once.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo import dates
from geo.columns import PROJECTS, Column, Columns
from geo.filter import (
    GEOMETRY,
    TIME,
    And,
    ArrayComparison,
    Box,
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
    Operator,
    Or,
    SpatialComparison,
    TemporalComparison,
    Unknown,
    Within,
    Words,
)
from geo.operands import FOLDINGS, Arithmetic, Constant, Folded, Operand, Property, Year, reckoned, type_of
from geo.patterns import matcher
from geo.temporal import TemporalRelation, Time, WholeTime, first_of, is_by_days, last_of, relate
from geo.wanted import Word, parts_of, words_of

Truth = bool | None

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Row:
    """What a filter asks of a record.

    `values` are by column, a collection where the column is one of `ids`; what is missing is None, or not there.
    `shape` is in WGS 84 degrees, cut at the antimeridian. `span` holds the first and the last day of the record's time.
    `words` are those by which it is found, as `geo/folding.py` has them.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    shape: BaseGeometry | None = None
    span: tuple[dt.date, dt.date] | None = None
    words: str = ""


def is_meant(expression: Expression, row: Row, columns: Columns = PROJECTS) -> bool:
    """Return whether an expression means a row: whether it is true, and not only not false."""
    return truth(expression, row, columns) is True


def truth(expression: Expression, row: Row, columns: Columns = PROJECTS) -> Truth:
    """Return whether an expression is true of a row; None where that rests on a value that is missing."""
    match expression:
        case And(parts):
            return _all(truth(part, row, columns) for part in parts)
        case Or(parts):
            return _turned(_all(_turned(truth(part, row, columns)) for part in parts))
        case Not(part):
            return _turned(truth(part, row, columns))
        case Unknown(part):
            return truth(part, row, columns) is None
        case Compare(column) | In(column) | Like(column) if columns[column].kind != "ids":
            value = row.values.get(column)
            return None if value is None else _compares(expression, columns[column], value)
        case In(column, values):
            return not values.isdisjoint(row.values.get(column) or ())
        case IsNull(column):
            return _is_missing(column, row)
        case Words(text):
            return _has_words(text, row, columns)
        case Intersects(box):
            return None if row.shape is None else _meets(row.shape, box)
        case Within(box):
            return None if row.shape is None else _lies_in(row.shape, box)
        case During(interval):
            return None if row.span is None else _overlaps(row.span, interval)
        case Comparison(left, sign, right):
            return _compare(left, sign, right, row, columns)
        case Matches(operand, pattern):
            text = _value(operand, row, columns)
            return None if text is None else matcher(pattern)(text)
        case Missing(operand):
            return _value(operand, row, columns) is None
        case SpatialComparison(relation, shape):
            return None if row.shape is None else bool(getattr(shapely, relation)(row.shape, shape))
        case TemporalComparison(relation, left, right):
            return _relate(relation, left, right, row, columns)
        case ArrayComparison(relation, left, right):
            return _ARRAYS[relation](_set(left, row), _set(right, row))
        case _:
            raise TypeError(expression)


def _all(truths: Iterable[Truth]) -> Truth:
    found = set(truths)
    return False if False in found else None if None in found else True


def _turned(known: Truth) -> Truth:
    return None if known is None else not known


def _compares(expression: Expression, column: Column, value: Any) -> bool:
    match expression:
        case Compare(_, sign, other):
            return COMPARISONS[sign](_compared(column, value), _compared(column, other))
        case In(_, values):
            return any(_compared(column, value) == _compared(column, other) for other in values)
        case Like(_, pattern):
            return matcher(pattern)(value)
        case _:
            raise TypeError(expression)


def _compared(column: Column, value: Any) -> Any:
    """Return what a value is compared by: dates by the first day of their period."""
    return dates.first_day(value) if column.kind == "date" else value


def _is_missing(column: str, row: Row) -> bool:
    if column == GEOMETRY:
        return row.shape is None
    if column == TIME:
        return row.span is None
    value = row.values.get(column)
    return value is None or (not isinstance(value, str | int | float) and not value)


def _has_words(typed: str, row: Row, columns: Columns) -> bool:
    parts = _words_asked(typed)
    return not parts or any(all(_has_word(word, row, columns) for word in part) for part in parts)


@functools.lru_cache(maxsize=2048)  # a filter asks each of its texts of every row
def _words_asked(typed: str) -> tuple[tuple[Word, ...], ...]:
    return tuple(tuple(words_of(part)) for part in parts_of(typed))


def _has_word(word: Word, row: Row, columns: Columns) -> bool:
    is_called_so = any(row.values.get(name) in codes for name, codes in word.codes.items() if name in columns)
    return is_called_so or any(spelling in row.words for spelling in word.spellings)


def _meets(shape: BaseGeometry, box: Box) -> bool:
    return any(shapely.intersects(shape, area(*part)) for part in box.parts())


def _lies_in(shape: BaseGeometry, box: Box) -> bool:
    """An area does when the bounds of each of its parts do; none crosses 180 degrees."""
    return all(any(_holds(part, bounds) for part in box.parts()) for bounds in shapely.bounds(shapely.get_parts(shape)))


def _holds(part: tuple[float, float, float, float], bounds: Any) -> bool:
    (west, south, east, north), (left, bottom, right, top) = part, bounds
    return bool(west <= left and south <= bottom and right <= east and top <= north)


def area(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """Return a box as a shape; one without area is a line or a point, as a polygon it would be invalid."""
    if west < east and south < north:
        return shapely.box(west, south, east, north)
    return shapely.envelope(shapely.MultiPoint([(west, south), (east, north)]))


def _overlaps(span: tuple[dt.date, dt.date], interval: Interval) -> bool:
    first, last = span
    return (interval.end is None or first <= interval.end) and (interval.start is None or last >= interval.start)


def _compare(left: Operand, sign: Operator, right: Operand, row: Row, columns: Columns) -> Truth:
    by_days = "date" in (type_of(left, columns), type_of(right, columns))
    values = [_value(operand, row, columns, by_days=by_days) for operand in (left, right)]
    return None if None in values else bool(COMPARISONS[sign](*values))


def _value(operand: Operand, row: Row, columns: Columns, *, by_days: bool = True) -> Any:
    """Return the value of an operand: dates and timestamps as numbers, of days or of microseconds."""
    match operand:
        case Property(column):
            value = row.values.get(column)
            return (
                None
                if value is None
                else _value(Constant(value, type_of(operand, columns)), row, columns, by_days=by_days)
            )
        case Constant(_, "date" | "timestamp"):
            return first_of(operand, by_days=by_days)
        case Constant(value, _):
            return value
        case Arithmetic(sign, left, right):
            numbers = [_value(part, row, columns) for part in (left, right)]
            found = np.nan if None in numbers else float(reckoned(sign, *map(float, numbers)))
            return None if np.isnan(found) else found
        case Folded(folding, part):
            text = _value(part, row, columns)
            return None if text is None else FOLDINGS[folding](text)
        case Year(part):
            day = _value(part, row, columns)
            return None if day is None else dt.date.fromordinal(day).year


def _relate(relation: TemporalRelation, left: Time, right: Time, row: Row, columns: Columns) -> Truth:
    by_days = is_by_days(columns, left, right)
    times = [_ends(time, row, columns, by_days) for time in (left, right)]
    return None if None in times else bool(relate(relation, *times))  # type: ignore[arg-type]


def _ends(time: Time, row: Row, columns: Columns, by_days: bool) -> tuple[float, float] | None:
    """Return where a time starts and ends; None where one of that is missing, or it ends before it starts."""
    if isinstance(time, WholeTime):
        return None if row.span is None else (row.span[0].toordinal(), row.span[1].toordinal())
    start, end = _end(time.start, first_of, row, columns, by_days), _end(time.end, last_of, row, columns, by_days)
    start, end = (-math.inf if time.start is None else start), (math.inf if time.end is None else end)
    return None if start is None or end is None or start > end else (start, end)


def _end(operand: Operand | None, end_of: Any, row: Row, columns: Columns, by_days: bool) -> float | None:
    if isinstance(operand, Property):
        value = row.values.get(operand.column)
        operand = None if value is None else Constant(value, type_of(operand, columns))
    found: float | None = None if operand is None else end_of(operand, by_days=by_days)
    return found


_ARRAYS: Mapping[str, Callable[[frozenset[str], frozenset[str]], bool]] = {
    "equals": operator.eq,
    "contains": operator.ge,
    "containedby": operator.le,
    "overlaps": lambda left, right: not left.isdisjoint(right),
}


def _set(array: Property | frozenset[str], row: Row) -> frozenset[str]:
    return array if isinstance(array, frozenset) else frozenset(row.values.get(array.column) or ())
