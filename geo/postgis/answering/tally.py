"""How many matching records have which values together, on one day or on many.

What holds on any of many days is found by one look at each spell in which a record stayed as it was: it counts from
the first of these days that lies in it on, and no more from the first one behind it on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from psycopg import Connection

from geo.answers.dated import STALE, may_ask_for_staleness
from geo.catalog import MOST_NUMBERS, Group, Tally
from geo.columns import PROJECTS
from geo.errors import InvalidQuery
from geo.filter import Expression
from geo.postgis.answering.columns import fetched, plain, source_of, value_of
from geo.postgis.asking.rows import Rows
from geo.postgis.asking.selection import Selection
from geo.postgis.asking.sql import Sql, listed, sql
from geo.postgis.tables import dated_columns
from geo.query import Query

Select = Callable[[Expression, dt.date | None], Selection]

_NEVER = 2**31 - 1  # later than the ordinal of any day
_Numbers = tuple[list[tuple[Any, ...]], npt.NDArray[np.float64], npt.NDArray[np.float64]]


@dataclass(frozen=True)
class _Counted:
    """What is counted: each of the rows from a source once, or for the days at these places."""

    rows: Rows
    source: Sql
    where: Sql
    days: int = 0

    @property
    def number(self) -> int:
        """How many numbers there are of each group."""
        return max(self.days, 1)


def tallied(
    connection: Connection[Any],
    select: Select,
    query: Query,
    by: Sequence[Group],
    summed: str | None,
    days: Sequence[dt.date],
) -> Tally:
    """Return what `Catalog.tally` promises."""
    counted = _on_days(select, query.filter, by, days) if days else _on_a_day(select, query)
    values, counts, sums = _numbers(connection, counted, by, summed)
    every = counts
    if any(PROJECTS[group.column].kind == "ids" for group in by):  # a record counts with each that it holds
        every = _numbers(connection, counted, (), None)[1]
    return Tally(values, counts.astype(np.int64), sums, every.sum(axis=0).astype(np.int64))


def _on_a_day(select: Select, query: Query) -> _Counted:
    meant = select(query.filter, query.as_of)
    return _Counted(meant.rows, source_of(meant), meant.where)


def _on_days(select: Select, expression: Expression, by: Sequence[Group], days: Sequence[dt.date]) -> _Counted:
    by_staleness = STALE in [group.column for group in by] or may_ask_for_staleness(expression)
    meant, ordinals = select(expression, dt.date.max), [day.toordinal() for day in days]
    source = sql(_PARTED_SPELLS if by_staleness else _SPELLS, ordinals, ordinals)
    return _Counted(meant.rows, source, sql("s.first < s.until AND {}", meant.where), len(days))


_STEPS = f"shard, id, {', '.join(dated_columns())}"
# The place of the first day from another on is the number of days before that one.
_PLACES = "width_bucket({0} - 1, {{}}::integer[]) AS first, width_bucket({1} - 1, {{}}::integer[]) AS until"
_SPELLS = (
    f"catalog_records r JOIN (SELECT {_STEPS}, stale_from, {_PLACES.format('from_day', 'until_day')} "  # noqa: S608
    "FROM catalog_steps WHERE from_day < until_day) AS s ON s.shard = r.shard AND s.id = r.id"
)
_TURN = "least(greatest(step.stale_from, from_day), until_day)"
_PARTED_SPELLS = (
    f"catalog_records r JOIN (SELECT {_STEPS}, part.stale_from, {_PLACES.format('since', 'part.until')} "  # noqa: S608
    f"FROM catalog_steps AS step CROSS JOIN LATERAL (VALUES ({_NEVER}, from_day, {_TURN}), (0, {_TURN}, until_day)) "
    "AS part (stale_from, since, until) WHERE from_day < until_day) AS s ON s.shard = r.shard AND s.id = r.id"
)


def _numbers(connection: Connection[Any], counted: _Counted, by: Sequence[Group], summed: str | None) -> _Numbers:
    """Return which values there are together, and for each and each day how many have them and what they add up to."""
    rows = fetched(connection, _statement(counted, by, summed))
    place = {values: at for at, values in enumerate(dict.fromkeys(row[1:-2] for row in rows))}
    if len(place) * counted.number > MOST_NUMBERS or len(rows) > MOST_NUMBERS:
        raise _refused(connection, counted, by)
    at = [place[row[1:-2]] for row in rows], [row[0] for row in rows]
    changes = np.zeros((2, len(place), counted.number))
    changes[0][at], changes[1][at] = ([row[column] for row in rows] for column in (-2, -1))
    counts, sums = np.cumsum(changes, axis=2)
    return [tuple(plain(values)) for values in place], counts, sums


def _refused(connection: Connection[Any], counted: _Counted, by: Sequence[Group]) -> InvalidQuery:
    values, source = _values(counted, by)
    [[count]] = sql(_GROUPS, listed(values), source, counted.where).run(connection)
    return InvalidQuery("by", "groups-too-many", count=count, most=MOST_NUMBERS // counted.number)


_GROUPS = "SELECT count(*) FROM (SELECT DISTINCT {} FROM {} WHERE {}) AS groups"


def _values(counted: _Counted, by: Sequence[Group]) -> tuple[list[Sql], Sql]:
    """Return by which values records are counted, and from where these are selected."""
    values = [sql(f"{{}} AS value_{at}", _grouped(group, at, counted.rows)) for at, group in enumerate(by)]
    held = [_held(group, at, counted.rows) for at, group in enumerate(by) if PROJECTS[group.column].kind == "ids"]
    return values, listed([counted.source, *held], " ")


def _statement(counted: _Counted, by: Sequence[Group], summed: str | None) -> Sql:
    """Return what selects the place of a day, values, how many more have these from it on, and how much more."""
    spans = ["s.first", "s.until"] if counted.days else ["0 AS first"]
    values, source = _values(counted, by)
    amount = Sql("0") if summed is None else value_of(summed, counted.rows)
    grouped = sql(
        _GROUPED, listed([*map(Sql, spans), *values]), amount, source, counted.where, _first(len(spans) + len(by))
    )
    if not counted.days:
        return sql("{} LIMIT {}", grouped, MOST_NUMBERS + 1)
    names = Sql(", ".join(["edge.place", *(f"value_{at}" for at in range(len(by)))]))
    return sql(_CHANGES, names, grouped, counted.days, _first(1 + len(by)), MOST_NUMBERS + 1)


def _first(number: int) -> Sql:
    """Return the places of the first columns that a statement selects."""
    return Sql(", ".join(map(str, range(1, number + 1))))


_GROUPED = """
SELECT {}, count(*)::double precision AS number, coalesce(sum({}), 0)::double precision AS total
FROM {} WHERE {} GROUP BY {}
"""
_CHANGES = """
SELECT {}, sum(edge.sign * number), sum(edge.sign * total) FROM ({}) AS spell
CROSS JOIN LATERAL (VALUES (first, 1), (until, -1)) AS edge (place, sign) WHERE edge.place < {} GROUP BY {} LIMIT {}
"""


def _grouped(group: Group, at: int, rows: Rows) -> Sql:
    """Return by what records are counted: a value, the year of a date, or where a number lies."""
    value, kind = value_of(group.column, rows), PROJECTS[group.column].kind
    if kind == "ids":
        return Sql(f"held_{at}.value")
    if group.edges:
        return sql("width_bucket({}, {}::double precision[])", value, list(group.edges))
    return sql("left({}, 4)::integer", value) if kind in ("date", "time") else value


def _held(group: Group, at: int, rows: Rows) -> Sql:
    """Return what joins each of several values; a record that holds none is there once."""
    return sql(f"LEFT JOIN LATERAL unnest({{}}) AS held_{at} (value) ON true", value_of(group.column, rows))
