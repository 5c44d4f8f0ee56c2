"""Temporal conditions of a CQL2 filter (OGC 21-065r2, section 7.6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from geo.checked import check
from geo.columns import Columns
from geo.cql2.operands import Operands, date, is_constant, shown
from geo.errors import InvalidQuery
from geo.filter import EVERYTHING, NOTHING, TIME, During, Expression, Interval, Not, TemporalComparison
from geo.operands import Constant, Operand, type_of
from geo.rowwise import Row, is_meant
from geo.temporal import OF_INSTANTS_TOO, Period, Time, WholeTime, first_of, instant, is_by_days, last_of


def temporal_comparison(name: Any, left: Any, right: Any, operands: Operands, columns: Columns) -> Expression:
    """Return the condition that two times lie so to each other."""
    first, second = (_time(node, name, operands, columns) for node in (left, right))
    compared = TemporalComparison(name, first, second)
    check(compared, columns)
    if _is_stated(first) and _is_stated(second):
        return EVERYTHING if is_meant(compared, Row(), columns) else NOTHING
    whole, stated = (first, second) if isinstance(first, WholeTime) else (second, first)
    is_simple = name in ("intersects", "disjoint") and isinstance(whole, WholeTime) and _is_stated(stated)
    if not is_simple or not isinstance(stated, Period):
        return compared
    return During(_interval(stated)) if name == "intersects" else Not(During(_interval(stated)))


def _is_stated(time: Time) -> bool:
    if isinstance(time, WholeTime):
        return False
    return all(end is None or is_constant(end) for end in (time.start, time.end))


def _interval(period: Period) -> Interval:
    """Return a period of literals as days."""
    first, last = _day(period.start, first_of), _day(period.end, last_of)
    return Interval(first, last)


def _day(end: Operand | None, end_of: Callable[..., int]) -> dt.date | None:
    return dt.date.fromordinal(end_of(end, by_days=True)) if isinstance(end, Constant) else None


def _time(node: Any, name: str, operands: Operands, columns: Columns) -> Time:
    match node:
        case {"property": property_name} if property_name == TIME:
            return WholeTime()
        case {"interval": [start, end]}:
            return _in_order(Period(_end(start, operands), _end(end, operands)), columns)
        case {"interval": _}:
            raise InvalidQuery("filter", "function-arguments", name="INTERVAL", count=2)
    operand = _as_time(operands.read(node))
    if name not in OF_INSTANTS_TOO and (isinstance(operand, Constant) or type_of(operand, columns) == "timestamp"):
        raise InvalidQuery("filter", "not-an-interval", name=f"T_{name.upper()}", found=shown(node))
    return Period(operand, operand)


def _end(node: Any, operands: Operands) -> Operand | None:
    return None if node in ("..", "") else _as_time(operands.read(node))


def _as_time(operand: Operand) -> Operand:
    """Return a text as the date or timestamp that it is."""
    if not isinstance(operand, Constant) or operand.type != "string":
        return operand
    text = str(operand.value)
    if "T" in text.upper():
        instant(text)
        return Constant(text, "timestamp")
    return date(text)


def _in_order(period: Period, columns: Columns) -> Period:
    """Return a period whose ends, where both are literals, follow each other."""
    start, end = period.start, period.end
    if isinstance(start, Constant) and isinstance(end, Constant) and {start.type, end.type} <= {"date", "timestamp"}:
        by_days = is_by_days(columns, period)
        if first_of(start, by_days=by_days) > last_of(end, by_days=by_days):
            raise InvalidQuery("filter", "interval-backwards")
    return period
