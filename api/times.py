"""Times in parameters: days, of reduced precision too, instants, intervals and durations."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from dateutil.relativedelta import relativedelta

from api.filters import WrongParameter
from geo.filter import Interval

# A date of reduced precision, or a date-time (RFC 3339); what no pattern can say is how long a February is.
_DAYS = "(0[13578]|1[02])(-(0[1-9]|[12][0-9]|3[01])@)?|(0[469]|11)(-(0[1-9]|[12][0-9]|30)@)?|02(-(0[1-9]|[12][0-9])@)?"
_TIME = r"([Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))?"
DAY = f"(?!0000)[0-9]{{4}}(-({_DAYS.replace('@', _TIME)}))?"
INTERVAL = rf"^({DAY}|{DAY}/({DAY}|\.\.|P[0-9]{{1,2}}[YMWD])?|(\.\.)?/{DAY})$"
_NO_YEAR = "0000-"  # with which QGIS begins an interval that has no beginning


def parse_datetime(text: str) -> Interval:
    """Return the days that an instant or an interval names (/req/core/fc-time-definition); `..` is an open end."""
    ends = text.split("/")
    if len(ends) > 2 or (len(ends) == 2 and not any(end.strip(".") for end in ends)):
        raise WrongParameter("datetime", "interval-form")
    if len(ends) == 1:
        return Interval(day_of(text, "datetime", first=True), day_of(text, "datetime", first=False))
    start, end = (None if end in ("", "..") or end.startswith(_NO_YEAR) else end for end in ends)
    if end and end.startswith("P"):
        first = day_of(start or "", "datetime", first=True)
        return Interval(first, _after(first, end))
    return Interval(
        day_of(start, "datetime", first=True) if start else None, day_of(end, "datetime", first=False) if end else None
    )


def parse_as_of(text: str) -> dt.date:
    """Return the last day of the date that `as_of` names."""
    return day_of(text, "as_of", first=False)


def read_period(start: str | None, end: str | None) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last day of the period between the dates `from` and `to`; None for an open end."""
    first = None if start is None else day_of(start, "from", first=True)
    last = None if end is None else day_of(end, "to", first=False)
    if first and last and first > last:
        raise WrongParameter("to", "period-backwards")
    return first, last


_DATE_TIME = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt]\d\d:\d\d:(\d\d)(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d))?)?)?", re.ASCII
)


def day_of(text: str, parameter: str, *, first: bool) -> dt.date:
    """Return the first or last day (UTC) of a date, of reduced precision or with time (RFC 3339 section 5.6)."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise WrongParameter(parameter, "date-form", text=text[:40])
    try:
        if match.group(4):
            return _instant(text, match.group(4)).date()
        year, month, day = (int(part) if part else None for part in match.groups()[:3])
        return _first_or_last(year, month, day, first)
    except (ValueError, OverflowError):
        raise WrongParameter(parameter, "date-not-in-calendar", text=text[:40]) from None


def _instant(text: str, second: str) -> dt.datetime:
    if second == "60":  # a leap second, which Python does not know
        text = text.replace(":60", ":59", 1)
    return dt.datetime.fromisoformat(text.upper()).astimezone(dt.UTC)


def _first_or_last(year: int | None, month: int | None, day: int | None, first: bool) -> dt.date:
    start = dt.date(year or 0, month or 1, day or 1)
    if first or day:
        return start
    if month:
        return start.replace(day=calendar.monthrange(start.year, start.month)[1])
    return start.replace(month=12, day=31)


_DURATION = re.compile(r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T[\dHMS.]+)?", re.ASCII)


def _after(start: dt.date, duration: str) -> dt.date:
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise WrongParameter("datetime", "duration-form", text=duration[:40])
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    try:
        end: dt.date = start + relativedelta(years=years, months=months, weeks=weeks, days=days)
    except (ValueError, OverflowError):
        raise WrongParameter("datetime", "duration-too-long", text=duration[:40]) from None
    return end
