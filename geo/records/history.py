"""The dated history of a record, put in order once: status, freshness, starts and first and last dates on any day."""

from __future__ import annotations

import datetime as dt
import functools
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from geo import dates
from geo.records.kept import kept_properties
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


class Known(NamedTuple):
    """What the events that had happened by a day tell together."""

    status: StatusChange | None
    start: Start
    first_date: str | None
    last_date: str | None


_NOTHING = Known(None, Start(None, None), None, None)


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
        self.expected = [event for event in properties.events if event.expected]
        self.happened = dates.in_order((e for e in properties.events if not e.expected), attrgetter("date"))
        self._days = list(accumulate((dates.first_day(event.date) for event in self.happened), max))
        reached = _reached(self.happened, self._days)
        self.changes = [change for change, _ in groupby(reached) if change]
        plans = [(self.told(event.sources), event.date) for event in self.expected if event.status == "operating"]
        self.plans = sorted(plans, key=itemgetter(0))
        self._known = _after_each(self.happened, reached)
        self._planned = list(accumulate((date for _, date in self.plans), _later))
        self._told: dict[int, list[_Told]] = {}  # by the place of the event
        self._newest: dict[int, list[_Told]] = {}  # by how many events had happened

    def known(self, on: dt.date | None = None) -> Known:
        return self._known[self._number(on)]

    def status(self, on: dt.date | None = None) -> StatusChange | None:
        """Return the change that gave the project its status; None where no event tells one."""
        return self.known(on).status

    def status_as_of(self, on: dt.date | None = None) -> str | None:
        """Return the date of the newest source for the status: of the events that reached or confirmed it.

        A source without a date counts by the event's own date.
        """
        number = self._number(on)
        change = self._known[number].status
        if change is None or change.status == "unknown":
            return None
        if number not in self._newest:
            self._newest[number] = self._newest_first(number, change.status)
        newest = self._newest[number]
        return newest[0].date if on is None else next(told.date for told in newest if told.day <= on)

    def start(self, on: dt.date | None = None) -> Start:
        """Return the start: an event of type `status` that happened, unless something tells of earlier operation."""
        return self.known(on).start

    def start_planned(self, on: dt.date | None = None) -> str | None:
        """Return the latest date for which operation was planned, by the texts that were out."""
        number = len(self.plans) if on is None else bisect_right(self.plans, on, key=itemgetter(0))
        return self._planned[number - 1] if number else None

    def told(self, source_ids: Iterable[str]) -> dt.date:
        """Return the day on which the first of these sources told it; one without a date counts by when it was read."""
        return min((_known_day(self._sources[each]) for each in source_ids), default=dt.date.max)

    def days(self) -> set[dt.date]:
        """Return the days on which an answer of this history can change."""
        published = (source.published for source in self._sources.values())
        days = {dates.first_day(date) for date in published if date}
        return days.union(self._days, (self.told(event.sources) for event in self.expected))

    def _number(self, on: dt.date | None) -> int:
        """Return how many events had happened."""
        return len(self._days) if on is None else bisect_right(self._days, on)

    def _newest_first(self, number: int, status: str) -> list[_Told]:
        """Return what tells of the last events that reached or confirmed the status, after so many have happened."""
        found: list[_Told] = []
        for index in range(number - 1, -1, -1):
            if self.happened[index].status not in (None, status):
                break
            found += self._dates_of(index)
        return sorted(found, key=itemgetter(1), reverse=True)

    def _dates_of(self, index: int) -> list[_Told]:
        """Return what tells how new an event is: its own date, which always counts, and those of its sources."""
        if index not in self._told:
            event = self.happened[index]
            published = [date for each in event.sources if (date := self._sources[each].published)]
            self._told[index] = [_told_there(event.date), *map(_told_on, published)]
        return self._told[index]


def history_of(properties: Mapping[str, Any]) -> History:
    """Return the history of a record as it is answered; it was checked when it came in, so nothing is checked again."""
    return History(kept_properties({name: properties.get(name, []) for name in ("events", "sources")}))


def stale_from(status_as_of: str) -> dt.date:
    """Return the first day on which a status is stale whose newest source is of this date: 24 months and the month."""
    day = dates.last_day(status_as_of)
    months = day.year * 12 + day.month + STALE_MONTHS
    return dt.date(months // 12, months % 12 + 1, 1)


def _reached(happened: Sequence[Event], days: Sequence[dt.date]) -> list[StatusChange | None]:
    """Return the change that had given the status after each event; a status confirmed again is no change.

    A database that lags behind moves nothing: a snapshot between two equal statuses, of which the later one is a
    snapshot too, is left out from then on, and the status holds since the earlier one.
    """
    after_each: list[StatusChange | None] = []
    reached: list[StatusChange] = []
    now: StatusChange | None = None
    for event, day in zip(happened, days, strict=True):
        if event.status is not None and not (now and now.status == event.status):
            now = StatusChange(day, event.status, event.date, _basis(event))
            if len(reached) > 1 and now.basis == reached[-1].basis == "snapshot" and reached[-2].status == now.status:
                reached.pop()
                now = reached[-1]._replace(day=day)
            else:
                reached.append(now)
        after_each.append(now)
    return after_each


def _after_each(happened: Sequence[Event], reached: Sequence[StatusChange | None]) -> list[Known]:
    """Return what is known before any event, and after each of them."""
    known, start, first, last = [_NOTHING], _NOTHING.start, None, None
    for number, (event, status) in enumerate(zip(happened, reached, strict=True), start=1):
        if event.status == "operating":
            start = _start(happened[:number])
        first = event.date if first is None else _earlier(first, event.date)
        last = event.date if last is None else _later(last, event.date)
        known.append(Known(status, start, first, last))
    return known


def _basis(event: Event) -> str:
    if event.basis != "stated":
        return "inferred"
    return "snapshot" if event.type == "snapshot" else event.date_basis


def _start(happened: Sequence[Event]) -> Start:
    operating = [index for index, event in enumerate(happened) if event.status == "operating"]
    by = min((happened[index].date for index in operating), key=dates.last_day)
    begun = next((index for index in operating if _is_dated_start(happened[index])), None)
    if begun is None or dates.last_day(by) < dates.first_day(happened[begun].date) or _was_stopped(happened[:begun]):
        return Start(None, by)
    return Start(happened[begun].date, None)


def _is_dated_start(event: Event) -> bool:
    return event.type == "status" and event.date_basis == "happened" and event.basis == "stated"


def _was_stopped(happened: Sequence[Event]) -> bool:
    """What was paused or closed before may have operated before."""
    return any(event.status in ("paused", "closed") for event in happened)


def _known_day(source: Source) -> dt.date:
    date = source.published or source.accessed
    return dates.first_day(date) if date else dt.date.max


@functools.lru_cache(maxsize=16_384)  # as with the dates of `dates`
def _told_on(date: str) -> _Told:
    return _Told(dates.first_day(date), dates.last_day(date), date)


@functools.lru_cache(maxsize=16_384)
def _told_there(date: str) -> _Told:
    return _Told(dt.date.min, dates.last_day(date), date)


def _earlier(known: str, date: str) -> str:
    return date if dates.first_day(date) < dates.first_day(known) else known


def _later(known: str, date: str) -> str:
    return date if dates.last_day(date) > dates.last_day(known) else known
