"""ISO 8601 dates of reduced precision (YYYY, YYYY-MM or YYYY-MM-DD), and what time it is."""

from __future__ import annotations

import calendar
import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from geo.errors import LedgerError

T = TypeVar("T")

_PATTERN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)

EARLIEST_YEAR, LATEST_YEAR = 1800, 2200


class NoDate(LedgerError, ValueError):
    """A text names no day, month or year."""


@functools.lru_cache(maxsize=16_384)  # a dataset has few different dates, and asks for each many times
def first_day(date: str) -> dt.date:
    """Return the first day of the period that a date of reduced precision names.

    Raises NoDate when the text is no such date or lies outside the years 1800 to 2200.
    """
    match = _PATTERN.fullmatch(date)
    if match is None:
        raise NoDate("date-form")
    year, month, day = (int(part) if part else 1 for part in match.groups())
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise NoDate("date-year", first=EARLIEST_YEAR, last=LATEST_YEAR)
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise NoDate("date-not-in-calendar") from None


@functools.lru_cache(maxsize=16_384)
def last_day(date: str) -> dt.date:
    """Return the last day of the period that a date of reduced precision names; raises as `first_day` does."""
    start = first_day(date)
    if len(date) == 4:
        return start.replace(month=12, day=31)
    if len(date) == 7:
        return start.replace(day=calendar.monthrange(start.year, start.month)[1])
    return start


def is_date(text: str) -> bool:
    """Return whether a text is a date of reduced precision."""
    try:
        first_day(text)
    except ValueError:
        return False
    return True


def in_order(items: Iterable[T], date_of: Callable[[T], str]) -> list[T]:
    """Return items oldest first, as far as their dates say.

    An item whose period lies wholly before another's comes before it. Where periods overlap (`2024` and `2024-02`)
    nobody knows, and the given order stays.
    """
    ordered: list[T] = []
    for item in items:
        place = len(ordered)
        while place and first_day(date_of(ordered[place - 1])) > last_day(date_of(item)):
            place -= 1
        ordered.insert(place, item)
    return ordered


def now() -> str:
    """Return the time now in UTC, RFC 3339, to the millisecond."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def today() -> dt.date:
    """Return the day that it is, in UTC."""
    return dt.datetime.now(dt.UTC).date()
