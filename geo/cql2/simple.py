"""Comparisons: those of a column with a value become the conditions that parameters make, which are looked up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from geo import dates
from geo.columns import Column, Columns
from geo.errors import InvalidQuery
from geo.filter import And, Compare, Comparison, Expression, In, Operator, Or
from geo.operands import TYPES, Constant, Operand, Property
from geo.temporal import instant, kept

_TURNED: dict[Operator, Operator] = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def comparison(left: Operand, sign: Operator, right: Operand, columns: Columns) -> Expression:
    """Return the condition that two operands compare so."""
    if isinstance(left, Constant) and isinstance(right, Property):
        left, sign, right = right, _TURNED[sign], left
    if isinstance(left, Property) and isinstance(right, Constant):
        return _of_column(columns[left.column], sign, right)
    return Comparison(left, sign, right)


def membership(operand: Operand, listed: Sequence[Operand], columns: Columns) -> Expression:
    """Return the condition that an operand is among others."""
    if isinstance(operand, Property):
        column = columns[operand.column]
        if column.kind == "ids":
            raise InvalidQuery("filter", "array-compared", column=column.name)
        values = [_value(column, each) for each in listed]
        if column.kind not in ("flag", "time") and None not in values:
            return In(column.name, frozenset(values))  # type: ignore[arg-type]
    return Or(tuple(comparison(operand, "=", each, columns) for each in listed))


def _of_column(column: Column, sign: Operator, constant: Constant) -> Expression:
    if column.kind == "time":
        return _of_time(column, sign, _as_time(column, constant))
    value = _value(column, constant)
    return Comparison(Property(column.name), sign, constant) if value is None else Compare(column.name, sign, value)


def _value(column: Column, operand: Operand) -> str | float | bool | None:
    """Return what a column is compared with at once; None where the types have to be looked at."""
    if not isinstance(operand, Constant):
        return None
    is_of_its_type = operand.type == TYPES.get(column.kind, "string")
    return operand.value if is_of_its_type or operand.type in ("string", "number", "boolean") else None


def _as_time(column: Column, constant: Constant) -> Constant:
    """Return a literal as a date or timestamp, also where it is only a text."""
    text = str(constant.value)
    if constant.type == "string":
        return Constant(text, "date") if dates.is_date(text) else Constant(kept(text), "timestamp")
    if constant.type not in ("date", "timestamp"):
        raise InvalidQuery(column.name, "value-not-time", value=text[:50], column=column.name)
    return constant


def _of_time(column: Column, sign: Operator, constant: Constant) -> Expression:
    """Compare timestamps as the store keeps them; with a date by their day in UTC."""
    name, text = column.name, str(constant.value)
    if constant.type == "timestamp":
        is_kept = instant(text).microsecond % 1000 == 0
        return Compare(name, sign, kept(text)) if is_kept else Comparison(Property(name), sign, constant)
    day = dates.first_day(text)
    start, end = (f"{each.isoformat()}T00:00:00.000Z" for each in (day, day + dt.timedelta(days=1)))
    conditions: dict[Operator, Expression] = {
        "=": And((Compare(name, ">=", start), Compare(name, "<", end))),
        "<>": Or((Compare(name, "<", start), Compare(name, ">=", end))),
        "<": Compare(name, "<", start),
        "<=": Compare(name, "<", end),
        ">": Compare(name, ">=", end),
        ">=": Compare(name, ">=", start),
    }
    return conditions[sign]
