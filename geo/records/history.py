"""The dated history of a record, put in order once: status, freshness, starts and first and last dates on any day."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from geo import dates
from geo.records.parts import Event, Properties, Source

T = TypeVar("T")

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


class _Told(NamedTuple):
    """A date that tells how new a status is: the day from which on it counts, and the last day that it may mean."""

    day: dt.date
    last_day: dt.date
    date: str


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
        happened = [event.date for event in self.happened]
        self._days = list(accumulate(map(dates.first_day, happened), max))
        self.changes = _changes(self.happened, self._days)
        plans = [(self.told(event.sources), event.date) for event in self.expected if event.status == "operating"]
        self.plans = sorted(plans, key=itemgetter(0))
        self._first_dates = list(accumulate(happened, _earlier))  # of the events up to each
        self._last_dates = list(accumulate(happened, _later))
        self._planned = list(accumulate((date for _, date in self.plans), _later))

    def status(self, on: dt.date | None = None) -> StatusChange | None:
        """Return the change that gave the project its status; None where no event tells one."""
        return _at(self.changes, _reached(self.changes, on))

    def status_as_of(self, on: dt.date | None = None) -> str | None:
        """Return the date of the newest source for the status: of the events that reached or confirmed it.

        A source without a date counts by the event's own date.
        """
        change = self.status(on)
        if change is None or change.status == "unknown":
            return None
        known = [told for told in self._confirmed(change.status, on) if on is None or told.day <= on]
        return max(known, key=itemgetter(1)).date

    def start(self, on: dt.date | None = None) -> Start:
        """Return the start: an event of type `status` that happened, unless something tells of earlier operation."""
        known = _at(self._starts, _reached(self._starts, on))
        return known[1] if known else Start(None, None)

    def start_planned(self, on: dt.date | None = None) -> str | None:
        """Return the latest date for which operation was planned, by the texts that were out."""
        return _at(self._planned, _reached(self.plans, on))

    def first_date(self, on: dt.date | None = None) -> str | None:
        return _at(self._first_dates, self._until(on))

    def last_date(self, on: dt.date | None = None) -> str | None:
        return _at(self._last_dates, self._until(on))

    def told(self, source_ids: Iterable[str]) -> dt.date:
        """Return the day on which the first of these sources told it; one without a date counts by when it was read."""
        return min((_known_day(self._sources[each]) for each in source_ids), default=dt.date.max)

    def days(self) -> set[dt.date]:
        """Return the days on which an answer of this history can change."""
        published = (source.published for source in self._sources.values())
        days = {dates.first_day(date) for date in published if date}
        return days | set(self._days) | {self.told(event.sources) for event in self.expected}

    def _until(self, on: dt.date | None) -> int:
        """Return how many events had happened."""
        return len(self._days) if on is None else bisect_right(self._days, on)

    def _confirmed(self, status: str, on: dt.date | None) -> Iterator[_Told]:
        """Yield what tells of the events that reached this status or left it as it was, back to another one."""
        for index in range(self._until(on) - 1, -1, -1):
            if self.happened[index].status not in (None, status):
                break
            yield from self._told[index]

    @cached_property
    def _told(self) -> list[list[_Told]]:
        """What tells how new each event is: its own date, which always counts, and those of its sources."""
        published = {key: _as_told(source.published) for key, source in self._sources.items() if source.published}
        return [
            [
                _Told(dt.date.min, dates.last_day(event.date), event.date),
                *(published[each] for each in event.sources if each in published),
            ]
            for event in self.happened
        ]

    @cached_property
    def _starts(self) -> list[tuple[dt.date, Start]]:
        """The start as it was known from each day on that an event told of operation."""
        operating = [index for index, event in enumerate(self.happened) if event.status == "operating"]
        return [(self._days[index], _start(self.happened[: index + 1])) for index in operating]


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


def _start(happened: Sequence[Event]) -> Start:
    operating = [event for event in happened if event.status == "operating"]
    by = min((event.date for event in operating), key=dates.last_day)
    begun = next((event for event in operating if _is_dated_start(event)), None)
    if begun is None or dates.last_day(by) < dates.first_day(begun.date) or _is_restart(begun, happened):
        return Start(None, by)
    return Start(begun.date, None)


def _is_dated_start(event: Event) -> bool:
    return event.type == "status" and event.date_basis == "happened" and event.basis == "stated"


def _is_restart(begun: Event, happened: Sequence[Event]) -> bool:
    """What was paused or closed before may have operated before."""
    return any(event.status in ("paused", "closed") for event in happened[: happened.index(begun)])


def _known_day(source: Source) -> dt.date:
    date = source.published or source.accessed
    return dates.first_day(date) if date else dt.date.max


def _as_told(date: str) -> _Told:
    return _Told(dates.first_day(date), dates.last_day(date), date)


def _reached(known: Sequence[tuple[Any, ...]], on: dt.date | None) -> int:
    """Return how many there were, of what is in the order of the days that it begins with."""
    return len(known) if on is None else bisect_right(known, on, key=itemgetter(0))


def _at(known: Sequence[T], number: int) -> T | None:
    """Return the last of the first `number`; None for none."""
    return known[number - 1] if number else None


def _earlier(known: str, date: str) -> str:
    return date if dates.first_day(date) < dates.first_day(known) else known


def _later(known: str, date: str) -> str:
    return date if dates.last_day(date) > dates.last_day(known) else known
