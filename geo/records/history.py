"""The dated history of a record, put in order once: status, freshness, starts and first and last dates on any day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from geo import dates
from geo.records.parts import Event, Properties, Source

STALE_MONTHS = 24


class StatusChange(NamedTuple):
    """A status that was reached: the first day on which it can be counted, and since when it holds.

    `basis` says what the date `since` is: the day it `happened`, or that of a report or a database's snapshot, by which
    it held at the latest, or of what is inferred by the written rule.
    """

    day: dt.date
    status: str
    since: str
    basis: str


class Start(NamedTuple):
    """When a project began to operate: the day itself, or else the day by which a text says that it did."""

    actual: str | None
    operating_by: str | None


class History:
    """A record's events in order. A day `on` leaves out what came later; None leaves out nothing.

    Where dates of reduced precision overlap, the record's own order counts: an event counts from the first day of its
    period, but never before the event that precedes it. `plans` are the expected starts of operation, as the day on
    which one was first told and its date, in the order of these days.
    """

    def __init__(self, properties: Properties) -> None:
        self._sources = {source.id: source for source in properties.sources}
        self.happened = dates.in_order((e for e in properties.events if not e.expected), lambda event: event.date)
        self.expected = [event for event in properties.events if event.expected]
        self._days = list(accumulate((dates.first_day(event.date) for event in self.happened), max))
        self.changes = _changes(self.happened, self._days)
        plans = [(self.told(event.sources), event.date) for event in self.expected if event.status == "operating"]
        self.plans = sorted(plans, key=lambda plan: plan[0])

    def status(self, on: dt.date | None = None) -> StatusChange | None:
        """Return the change that gave the project its status; None where no event tells one."""
        reached = [change for change in self.changes if on is None or change.day <= on]
        return reached[-1] if reached else None

    def status_as_of(self, on: dt.date | None = None) -> str | None:
        """Return the date of the newest source for the status: of the events that reached or confirmed it.

        A source without a date counts by the event's own date.
        """
        change = self.status(on)
        if change is None or change.status == "unknown":
            return None
        known: list[str] = []
        for event in reversed(self._until(on)):
            if event.status not in (None, change.status):
                break
            known += [event.date, *self._published(event.sources, on)]
        return max(known, key=dates.last_day)

    def start(self, on: dt.date | None = None) -> Start:
        """Return the start: an event of type `status` that happened, unless something tells of earlier operation."""
        happened = self._until(on)
        operating = [event for event in happened if event.status == "operating"]
        if not operating:
            return Start(None, None)
        by = min((event.date for event in operating), key=dates.last_day)
        begun = next((event for event in operating if _is_dated_start(event)), None)
        if begun is None or dates.last_day(by) < dates.first_day(begun.date) or _is_restart(begun, happened):
            return Start(None, by)
        return Start(begun.date, None)

    def start_planned(self, on: dt.date | None = None) -> str | None:
        """Return the latest date for which operation was planned, by the texts that were out."""
        plans = [date for told, date in self.plans if on is None or told <= on]
        return max(plans, key=dates.last_day) if plans else None

    def first_date(self, on: dt.date | None = None) -> str | None:
        return min((event.date for event in self._until(on)), key=dates.first_day, default=None)

    def last_date(self, on: dt.date | None = None) -> str | None:
        return max((event.date for event in self._until(on)), key=dates.last_day, default=None)

    def told(self, source_ids: Iterable[str]) -> dt.date:
        """Return the day on which the first of these sources told it; one without a date counts by when it was read."""
        return min((_known_day(self._sources[each]) for each in source_ids), default=dt.date.max)

    def days(self) -> set[dt.date]:
        """Return the days on which an answer of this history can change."""
        published = (source.published for source in self._sources.values())
        days = {dates.first_day(date) for date in published if date}
        return days | set(self._days) | {self.told(event.sources) for event in self.expected}

    def _until(self, on: dt.date | None) -> list[Event]:
        return [event for event, day in zip(self.happened, self._days, strict=True) if on is None or day <= on]

    def _published(self, source_ids: Iterable[str], on: dt.date | None) -> list[str]:
        found = (self._sources[each].published for each in source_ids)
        return [date for date in found if date and (on is None or dates.first_day(date) <= on)]


def history_of(properties: Mapping[str, Any]) -> History:
    """Return the history of a record as it is answered; it was checked when it came in, so nothing is checked again."""
    parts: dict[str, Any] = {
        "events": [Event.model_construct(**event) for event in properties.get("events", [])],
        "sources": [Source.model_construct(**source) for source in properties.get("sources", [])],
    }
    return History(Properties.model_construct(**parts))


def stale_from(status_as_of: str) -> dt.date:
    """Return the first day on which a status is stale whose newest source is of this date: 24 months and the month."""
    day = dates.last_day(status_as_of)
    months = day.year * 12 + day.month + STALE_MONTHS
    return dt.date(months // 12, months % 12 + 1, 1)


def _changes(happened: Sequence[Event], days: Sequence[dt.date]) -> list[StatusChange]:
    """Return each status that the project has reached, oldest first; a status confirmed again is no change.

    A database that lags behind moves nothing: a snapshot between two equal statuses, of which the later one is a
    snapshot too, is left out from then on, and the status holds since the earlier one.
    """
    changes: list[StatusChange] = []
    reached: list[StatusChange] = []
    for event, day in zip(happened, days, strict=True):
        if event.status is None or (reached and reached[-1].status == event.status):
            continue
        change = StatusChange(day, event.status, event.date, _basis(event))
        if len(reached) > 1 and change.basis == reached[-1].basis == "snapshot" and reached[-2].status == change.status:
            reached.pop()
            change = reached[-1]._replace(day=day)
        else:
            reached.append(change)
        changes.append(change)
    return changes


def _basis(event: Event) -> str:
    if event.basis != "stated":
        return "inferred"
    return "snapshot" if event.type == "snapshot" else event.date_basis


def _is_dated_start(event: Event) -> bool:
    return event.type == "status" and event.date_basis == "happened" and event.basis == "stated"


def _is_restart(begun: Event, happened: Sequence[Event]) -> bool:
    """What was paused or closed before may have operated before."""
    return any(event.status in ("paused", "closed") for event in happened[: happened.index(begun)])


def _known_day(source: Source) -> dt.date:
    date = source.published or source.accessed
    return dates.first_day(date) if date else dt.date.max
