"""Which events of a table are asked for, and each of them as it is answered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import orjson

from geo.memory.columns import Mask, Numbers, Table
from geo.memory.indexed import Indexed
from geo.query import EventMark, EventQuery

_SOURCE = ("id", "title", "url", "publisher", "published")


class FoundEvent(NamedTuple):
    """A matching event: by what it is sorted, and where it stands in the record."""

    key: EventMark
    record: Indexed

    def answer(self) -> bytes:
        """Return the event as JSON, with the record and the sources that it names."""
        stated = self.record.stated()
        event: dict[str, Any] = {"date_basis": "happened", "status": None, "expected": False, "basis": "stated"}
        event |= stated["events"][self.key.number]
        sources = {source["id"]: source for source in stated["sources"]}
        named = [{name: sources[each].get(name) for name in _SOURCE} for each in event["sources"]]
        values = self.record.values
        record = {"record_id": self.record.id, "record_name": values["name"]}
        about = {name: values[name] for name in ("kind", "country")}
        return orjson.dumps({**record, **about, **event, "sources": named})


def meant(table: Table, records: Mask, query: EventQuery) -> Numbers:
    """Return the places of the events of these records that are asked for, the newest first."""
    events, period = table.events, query.period
    mask = records[events.rows] & (events.expected == query.expected)
    if period.start:
        mask &= events.last >= period.start.toordinal()
    if period.end:
        mask &= events.first <= period.end.toordinal()
    return np.flatnonzero(mask)


def following(table: Table, places: Numbers, mark: EventMark | None) -> Iterator[FoundEvent]:
    """Yield the events at these places behind a page mark."""
    events = table.events

    def key(place: int) -> EventMark:
        project_id = table.records[events.rows[place]].id
        return EventMark(int(events.last[place]), int(events.first[place]), project_id, int(events.numbers[place]))

    start = bisect_right(places, mark.order, key=lambda place: key(place).order) if mark else 0
    return (FoundEvent(key(place), table.records[events.rows[place]]) for place in places[start:])
