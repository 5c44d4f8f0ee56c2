"""What happened to matching records, or is expected of them, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from psycopg import Connection

from geo.answers.events import event_of
from geo.catalog import EventPage
from geo.filter import EVERYTHING
from geo.postgis.answering.columns import source_of
from geo.postgis.answering.features import features_of
from geo.postgis.asking.selection import Selection
from geo.postgis.asking.sql import Sql, all_of, sql
from geo.query import EventMark, EventQuery


class Asked(NamedTuple):
    """The events that are asked for: the tables, and the condition that is true of them."""

    source: Sql
    where: Sql


def asked(meant: Selection, query: EventQuery) -> Asked:
    """Return which events of the records that are meant a question asks for, its page mark apart."""
    conditions = all_of(_conditions(meant, query))
    if _means_every_record(query):
        return Asked(Sql(_EVENTS), conditions)
    return Asked(sql(f"{{}} JOIN {_EVENTS} ON e.shard = r.shard AND e.id = r.id", source_of(meant)), conditions)


_EVENTS = "catalog_events AS e"


def number(connection: Connection[Any], asked: Asked) -> int:
    """Return how many events are asked for."""
    return int(sql("SELECT count(*) FROM {} WHERE {}", *asked).run(connection).fetchall()[0][0])


def page(connection: Connection[Any], asked: Asked, query: EventQuery, number: int) -> EventPage:
    """Return those behind the page mark, of so many in all."""
    where = all_of([asked.where, *_behind(query.after)])
    found = [EventMark(*row) for row in sql(_PAGE, asked.source, where, query.limit + 1).run(connection)]
    shown = found[: query.limit]
    features = features_of(connection, {mark.project_id for mark in shown})
    told = [event_of(features[mark.project_id], mark.number) for mark in shown]
    return EventPage(told, number, shown[-1] if len(found) > query.limit else None)


_PAGE = """
SELECT e.last_day, e.first_day, e.id, e.number FROM {} WHERE {}
ORDER BY e.last_day DESC, e.first_day DESC, e.id, e.number LIMIT {}
"""


def _means_every_record(query: EventQuery) -> bool:
    return query.as_of is None and query.filter == EVERYTHING


def _conditions(meant: Selection, query: EventQuery) -> Iterator[Sql]:
    """Yield which events count: where their date meets the period, of the records that are meant."""
    yield sql("e.expected = {}", query.expected)
    if query.period.start:
        yield sql("e.last_day >= {}", query.period.start.toordinal())
    if query.period.end:
        yield sql("e.first_day <= {}", query.period.end.toordinal())
    if not _means_every_record(query):
        yield meant.where


def _behind(mark: EventMark | None) -> Iterator[Sql]:
    """Yield what is true of the events behind a page mark; the first condition is one that the index knows."""
    if mark is None:
        return
    last, first, *record = mark
    yield sql("e.last_day <= {}", last)
    yield sql(_BEHIND, last, first, first, *record)


_BEHIND = """
(e.last_day < {} OR e.first_day < {} OR e.first_day = {} AND (e.id, e.number) > ({}, {}))
"""
