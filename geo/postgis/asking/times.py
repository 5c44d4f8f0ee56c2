"""Dates of reduced precision and timestamps in SQL: as ordinals of days, and as microseconds."""

from __future__ import annotations

from geo import dates
from geo.postgis.asking.sql import Sql, sql


def bounds_of(date: str) -> tuple[str, str]:
    """Return the first and the last text, as texts sort, of those whose period begins on the same day as a date's."""
    day = dates.first_day(date).isoformat()
    short = day[:7] if day.endswith("-01") else day
    return (day[:4] if short.endswith("-01") and len(short) == 7 else short), day


def first_ordinal(date: Sql) -> Sql:
    """Return the ordinal of the first day of a date."""
    return _ordinal(sql("CASE length({}) WHEN 4 THEN {} || '-01-01' WHEN 7 THEN {} || '-01' ELSE {} END", *[date] * 4))


def last_ordinal(date: Sql) -> Sql:
    """Return the ordinal of the last day of a date."""
    month = sql("(({} || '-01')::date + interval '1 month' - interval '1 day')::date::text", date)
    form = "CASE length({}) WHEN 4 THEN {} || '-12-31' WHEN 7 THEN {} ELSE {} END"
    return _ordinal(sql(form, date, date, month, date))


def day_ordinal(time: Sql) -> Sql:
    """Return the ordinal of the day of a timestamp in UTC, as the store keeps it."""
    return _ordinal(sql("left({}, 10)", time))


def microseconds(time: Sql) -> Sql:
    """Return a timestamp as microseconds since 1970."""
    return sql("(extract(epoch FROM {}::timestamptz) * 1000000)::double precision", time)


def year_of(ordinal: Sql) -> Sql:
    """Return the year of a day, given by its ordinal."""
    return sql("extract(year FROM date '0001-01-01' + ({})::integer - 1)::double precision", ordinal)


def _ordinal(day: Sql) -> Sql:
    return sql("(({})::date - date '0001-01-01' + 1)::double precision", day)
