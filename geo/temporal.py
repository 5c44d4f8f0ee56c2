"""How two times lie to each other (OGC 21-065r2, section 7.6), as days or as moments.

A date of reduced precision is the time from its first to its last day. Where a date is compared with a timestamp, the
timestamp counts as its day in UTC.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from geo import dates
from geo.columns import Columns
from geo.errors import InvalidQuery
from geo.operands import Constant, Operand, type_of

TemporalRelation = Literal[
    "after",
    "before",
    "contains",
    "disjoint",
    "during",
    "equals",
    "finishedby",
    "finishes",
    "intersects",
    "meets",
    "metby",
    "overlappedby",
    "overlaps",
    "startedby",
    "starts",
]
OF_INSTANTS_TOO = frozenset(["after", "before", "disjoint", "equals", "intersects"])


@dataclass(frozen=True)
class Period:
    """From the beginning of one time to the end of another, both columns or constants; None is an open end."""

    start: Operand | None
    end: Operand | None


@dataclass(frozen=True)
class WholeTime:
    """From the first to the last event."""


Time = Period | WholeTime

# Each takes where the first time starts and ends, and the second; numbers, or arrays of them.
_RELATIONS: dict[str, Callable[[Any, Any, Any, Any], Any]] = {
    "after": lambda a, b, c, d: a > d,
    "before": lambda a, b, c, d: b < c,
    "contains": lambda a, b, c, d: (a < c) & (b > d),
    "disjoint": lambda a, b, c, d: (a > d) | (b < c),
    "during": lambda a, b, c, d: (a > c) & (b < d),
    "equals": lambda a, b, c, d: (a == c) & (b == d),
    "finishedby": lambda a, b, c, d: (a < c) & (b == d),
    "finishes": lambda a, b, c, d: (a > c) & (b == d),
    "intersects": lambda a, b, c, d: (a <= d) & (b >= c),
    "meets": lambda a, b, c, d: b == c,
    "metby": lambda a, b, c, d: a == d,
    "overlappedby": lambda a, b, c, d: (a > c) & (a < d) & (b > d),
    "overlaps": lambda a, b, c, d: (a < c) & (b > c) & (b < d),
    "startedby": lambda a, b, c, d: (a == c) & (b > d),
    "starts": lambda a, b, c, d: (a == c) & (b < d),
}


def relate(relation: TemporalRelation, first: tuple[Any, Any], second: tuple[Any, Any]) -> Any:
    """Return whether times, or arrays of them, lie so to each other; each is (start, end), infinite where open."""
    return _RELATIONS[relation](*first, *second)


_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:(\d\d)(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


def instant(text: str) -> dt.datetime:
    """Return the moment of an RFC 3339 timestamp in UTC, to the microsecond; raises InvalidQuery for another text."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise InvalidQuery("filter", "timestamp-form", text=text[:40])
    if match[1] == "60":  # a leap second, which Python does not know
        text = text.replace(":60", ":59", 1)
    try:
        return dt.datetime.fromisoformat(text.upper()).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise InvalidQuery("filter", "timestamp-form", text=text[:40]) from None


def kept(text: str) -> str:
    """Return a timestamp in the form in which the store keeps its own, which sort as they follow each other."""
    return instant(text).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def moment(text: str) -> int:
    """Return a timestamp as microseconds since 1970."""
    return (instant(text) - _EPOCH) // dt.timedelta(microseconds=1)


def is_by_days(columns: Columns, *times: Time) -> bool:
    """Return whether times are compared by their days: any of them names no more than a day."""
    ends = [end for time in times if isinstance(time, Period) for end in (time.start, time.end) if end is not None]
    return any(isinstance(time, WholeTime) for time in times) or any(type_of(end, columns) == "date" for end in ends)


def first_of(constant: Constant, *, by_days: bool) -> int:
    """Return the ordinal of the day, or the microsecond, at which a date or timestamp begins."""
    return _of(constant, dates.first_day, by_days=by_days)


def last_of(constant: Constant, *, by_days: bool) -> int:
    """Return the ordinal of the day, or the microsecond, at which a date or timestamp ends."""
    return _of(constant, dates.last_day, by_days=by_days)


def _of(constant: Constant, day_of: Callable[[str], dt.date], *, by_days: bool) -> int:
    text = str(constant.value)
    if constant.type == "date":
        return day_of(text).toordinal()
    return instant(text).date().toordinal() if by_days else moment(text)
