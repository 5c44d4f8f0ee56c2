"""Whether a filter can be asked of a collection: that its columns are there, and its values of the right type."""

from __future__ import annotations

import difflib
import time
from collections.abc import Collection

from geo.columns import PROJECTS, Column, Columns, Kind
from geo.countries import country_names
from geo.errors import InvalidQuery
from geo.filter import (
    GEOMETRY,
    MOST_TEXT,
    MOST_VALUES,
    TIME,
    ArrayComparison,
    Compare,
    Comparison,
    Expression,
    In,
    IsNull,
    Like,
    Matches,
    Missing,
    Operator,
    TemporalComparison,
    Words,
    nodes,
)
from geo.operands import Operand, Property, Value, properties_in, told, type_of
from geo.temporal import Period, Time

MOST_NODES = 500
MOST_SECONDS = 5  # of a processor


class Deadline:
    """Until when a filter is looked at, by what its thread takes of a processor: others do not hasten it."""

    def __init__(self) -> None:
        self._end = time.thread_time() + MOST_SECONDS

    def check(self) -> None:
        """Raise InvalidQuery where the filter took too long."""
        if time.thread_time() > self._end:
            raise InvalidQuery("filter", "filter-too-slow", most=MOST_SECONDS)


def check(expression: Expression, columns: Columns = PROJECTS) -> None:
    """Raise InvalidQuery for a column or a value that there is not, and for an expression that is too large."""
    for number, node in enumerate(nodes(expression)):
        if number >= MOST_NODES:
            raise InvalidQuery("filter", "filter-too-large", most=MOST_NODES)
        match node:
            case Compare(column, sign, value):
                known = known_column(columns, column)
                _check_sign(known, sign)
                _check_value(known, value)
            case In(column, values):
                _check_values(known_column(columns, column), values)
            case Like(column, pattern):
                _check_pattern(known_column(columns, column), pattern)
            case IsNull(column) if column not in (GEOMETRY, TIME):
                known_column(columns, column)
            case Comparison(left, sign, right):
                _check_comparison(left, sign, right, columns)
            case Matches(operand, pattern):
                _check_text(operand, columns)
                _check_length(pattern)
            case Missing(operand):
                _type_of(operand, columns)
            case TemporalComparison(_, left, right):
                _check_time(left, columns)
                _check_time(right, columns)
            case ArrayComparison(_, left, right):
                _check_array(left, columns)
                _check_array(right, columns)
            case Words(text) if len(text) > MOST_TEXT:
                raise InvalidQuery("q", "words-too-long", most=MOST_TEXT)


def known_column(columns: Columns, column: str) -> Column:
    """Return a column by its name; raises InvalidQuery with the nearest known one."""
    if column in columns:
        return columns[column]
    known, shown = (*columns.names, GEOMETRY, TIME), column[:50]
    near = difflib.get_close_matches(shown, known, 1, cutoff=0.75)
    if near:
        raise InvalidQuery(column[:50], "property-misspelt", column=shown, meant=near[0])
    raise InvalidQuery(column[:50], "not-filterable", column=shown, known=columns.names)


def _type_of(operand: Operand, columns: Columns) -> str:
    for column in properties_in(operand):
        known_column(columns, column)
    return type_of(operand, columns)


def _check_comparison(left: Operand, sign: Operator, right: Operand, columns: Columns) -> None:
    types = [_type_of(left, columns), _type_of(right, columns)]
    if types[0] != types[1] and set(types) != {"date", "timestamp"}:
        given = {"left": told(left), "left_type": types[0], "right": told(right), "right_type": types[1]}
        raise InvalidQuery("filter", "types-differ", **given)
    for operand in (left, right):
        if isinstance(operand, Property):
            _check_sign(columns[operand.column], sign)


def _check_text(operand: Operand, columns: Columns) -> None:
    if _type_of(operand, columns) != "string":
        raise InvalidQuery("filter", "not-of-text", column=told(operand))


def _check_time(time: Time, columns: Columns) -> None:
    for operand in (time.start, time.end) if isinstance(time, Period) else ():
        if operand is not None and _type_of(operand, columns) not in ("date", "timestamp"):
            raise InvalidQuery("filter", "not-a-time", found=told(operand))


def _check_array(array: Property | frozenset[str], columns: Columns) -> None:
    if isinstance(array, frozenset):
        if len(array) > MOST_VALUES:
            raise InvalidQuery("filter", "too-many-values", column="A_…", most=MOST_VALUES)
    elif known_column(columns, array.column).kind != "ids":
        several = tuple(column.name for column in columns if column.kind == "ids")
        raise InvalidQuery("filter", "not-an-array", found=array.column, known=several)


def _check_values(known: Column, values: Collection[Value]) -> None:
    if len(values) > MOST_VALUES:
        raise InvalidQuery(known.name, "too-many-values", column=known.name, most=MOST_VALUES)
    for value in sorted(values, key=str):
        _check_value(known, value)


def _check_value(known: Column, value: Value) -> None:
    shown = str(value)[:50]
    if known.kind == "country" and value not in country_names():
        raise InvalidQuery(known.name, "no-country", value=shown)
    if known.vocabulary is not None and value not in known.vocabulary:
        codes = tuple(known.vocabulary.codes)
        raise InvalidQuery(known.name, "no-code", value=shown, name=known.name.replace("_", " "), known=codes)
    if not known.takes(value):
        rule = _WRONG_VALUES.get(known.kind, "value-not-text")
        raise InvalidQuery(known.name, rule, value=shown, column=known.name)


_WRONG_VALUES: dict[Kind, str] = {
    "number": "value-not-number",
    "integer": "value-not-number",
    "flag": "value-not-flag",
    "date": "value-not-date",
}


def _check_sign(known: Column, sign: Operator) -> None:
    if known.kind == "ids":
        raise InvalidQuery(known.name, "array-compared", column=known.name)
    if sign not in ("=", "<>") and (known.codes is not None or known.kind == "flag"):
        raise InvalidQuery(known.name, "not-ordered", column=known.name)


def _check_pattern(known: Column, pattern: str) -> None:
    if known.kind != "text":
        raise InvalidQuery(known.name, "not-of-text", column=known.name)
    _check_length(pattern)


def _check_length(pattern: str) -> None:
    if len(pattern) > MOST_TEXT:
        raise InvalidQuery("filter", "pattern-too-long", most=MOST_TEXT)
