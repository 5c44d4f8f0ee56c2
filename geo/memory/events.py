"""Which events of a table are asked for, and each of them as it is answered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from geo.answers.events import event_of
from geo.memory.changes import Matches
from geo.memory.rows import Rows
from geo.memory.table import Table
from geo.memory.texts import Array
from geo.query import EventMark, EventQuery


class Events(NamedTuple):
    """The events of a table, the newest first: whose, the place in the record, first and last day, whether expected.

    Those of one day come by how exact their dates are, then by record and by place.
    """

    rows: Array
    numbers: Array
    first: Array
    last: Array
    expected: Array


class FoundEvent(NamedTuple):
    """A matching event: by what it is sorted, and where its record stands."""

    key: EventMark
    table: Table
    row: int

    def answer(self) -> bytes:
        """Return the event as JSON, with the record and the sources that it names."""
        return event_of(self.table.feature(self.row), self.key.number)


def of_table(table: Table) -> Events:
    """Return the events of all records, sorted when they are first asked for."""
    return Events(*table.block.kept_parts("events", Events._fields, lambda: _sorted(table)))


def _sorted(table: Table) -> Events:
    block, starts = table.block, table.block.starts("event")
    first, last, expected = (block.plain(f"event_{name}") for name in ("first", "last", "expected"))
    rows = block.rows_of("event")
    numbers = (np.arange(len(rows)) - np.repeat(starts[:-1], np.diff(starts))).astype(np.int32)
    order = np.lexsort((numbers, rows, -first, -last))
    return Events(*(column[order] for column in (rows, numbers, first, last, expected)))


def meant(matches: Matches, query: EventQuery) -> Rows:
    """Return the places of the events of matching records that are asked for, the newest first."""
    events, period = of_table(matches.table), query.period
    records = np.zeros(len(matches.table), dtype=bool)
    records[matches.rows] = True
    mask = records[events.rows] & (events.expected == query.expected)
    if period.start:
        mask &= events.last >= period.start.toordinal()
    if period.end:
        mask &= events.first <= period.end.toordinal()
    return np.flatnonzero(mask)


def following(table: Table, places: Rows, mark: EventMark | None) -> Iterator[FoundEvent]:
    """Yield the events at these places behind a page mark."""
    events = of_table(table)

    def key(place: int) -> EventMark:
        project_id = table.ids[events.rows[place]]
        return EventMark(int(events.last[place]), int(events.first[place]), project_id, int(events.numbers[place]))

    start = bisect_right(places, mark.order, key=lambda place: key(place).order) if mark else 0
    return (FoundEvent(key(place), table, int(events.rows[place])) for place in places[start:])
