"""What follows from a record: status and its date, groups, comparable capacities, first and last dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from geo import dates, vocabulary
from geo.records.parts import Capacity, Event, Properties
from geo.records.places import location_doubt

STATUS_PROPERTIES = ("status", "status_date", "status_group")
DERIVED_PROPERTIES = (
    *STATUS_PROPERTIES,
    "status_as_of",
    "status_stale",
    "segment",
    "location_doubt",
    "operator",
    "capacity_lce_t_per_year",
    "capacity_gwh_per_year",
    "start_planned",
    "start_actual",
    "first_date",
    "last_date",
    "sources_count",
)

_LATE = ("operating", "paused", "closed")
_GWH = {"GWh/y": 1.0, "MWh/y": 0.001}


def happened_events(events: Iterable[Event]) -> list[Event]:
    """Return the events that have happened, oldest first; where dates overlap, the record's order counts."""
    return dates.in_order((e for e in events if not e.expected), lambda event: event.date)


class StatusChange(NamedTuple):
    """A status that was reached, with its date as stated and the first day on which it can be counted."""

    status: str
    date: str
    day: dt.date


def status_changes(events: Iterable[Event]) -> list[StatusChange]:
    """Return each status that the project has reached, oldest first; a status confirmed again is no change.

    A date of reduced precision counts from the first day of its period, but never before the change that precedes it.
    """
    changes: list[StatusChange] = []
    for event in happened_events(events):
        if event.status is not None and (not changes or changes[-1].status != event.status):
            day = dates.first_day(event.date)
            changes.append(StatusChange(event.status, event.date, max(day, changes[-1].day) if changes else day))
    return changes


def derive_status(events: Iterable[Event], as_of: dt.date | None = None) -> dict[str, Any]:
    """Return `status`, `status_date` (since when) and `status_group`, today or as they were on `as_of`.

    The status is that of the last event that had happened; without one it is `unknown`, since no date.
    """
    reached = [change for change in status_changes(events) if as_of is None or change.day <= as_of]
    status, since = (reached[-1].status, reached[-1].date) if reached else ("unknown", None)
    return {"status": status, "status_date": since, "status_group": vocabulary.STATUSES[status].group}


STALE_MONTHS = 24


def status_as_of(properties: Properties) -> str | None:
    """Return the date of the newest source for the status: of the events that reached or confirmed it.

    A source without a date counts by the event's own date.
    """
    status = derive_status(properties.events)["status"]
    published = {source.id: source.published for source in properties.sources}
    known: list[str] = []
    for event in reversed(happened_events(properties.events)):
        if event.status not in (None, status):
            break
        known += [event.date, *(date for date in (published.get(s) for s in event.sources) if date)]
    return max(known, key=dates.last_day) if known and status != "unknown" else None


def is_stale(properties: Properties, today: dt.date) -> bool:
    """Return whether the status is that of a project that has not ended and rests on sources older than 24 months."""
    newest = status_as_of(properties)
    if newest is None or derive_status(properties.events)["status_group"] == "ended":
        return False
    day = min(dates.last_day(newest), today)
    return (today.year - day.year) * 12 + today.month - day.month > STALE_MONTHS


def derive(properties: Properties, geometry: dict[str, Any] | None, *, as_of: dt.date | None = None) -> dict[str, Any]:
    """Return every derived property of a record, in the order of `DERIVED_PROPERTIES`."""
    status = derive_status(properties.events, as_of)
    built = status["status"] in _LATE
    history = happened_events(properties.events)
    return {
        **status,
        "status_as_of": status_as_of(properties),
        "status_stale": is_stale(properties, as_of or dt.datetime.now(dt.UTC).date()),
        "segment": vocabulary.KINDS[properties.kind].group,
        "location_doubt": location_doubt(properties.country, geometry),
        "operator": next((o.name for o in properties.owners if o.role == "operator"), None),
        "capacity_lce_t_per_year": _total(properties.capacities, _lce_factor, built),
        "capacity_gwh_per_year": _total(properties.capacities, _gwh_factor, built),
        "start_planned": _start(properties.events, expected=True),
        "start_actual": _start(properties.events, expected=False),
        "first_date": min((e.date for e in history), key=dates.first_day) if history else None,
        "last_date": max((e.date for e in history), key=dates.last_day) if history else None,
        "sources_count": len(properties.sources),
    }


def _start(events: Sequence[Event], *, expected: bool) -> str | None:
    """The actual start is the first operating event; the planned one is the latest date that was planned."""
    starts = [e.date for e in events if e.status == "operating" and e.expected == expected]
    if not starts:
        return None
    return max(starts, key=dates.last_day) if expected else min(starts, key=dates.first_day)


def _lce_factor(capacity: Capacity) -> float | None:
    return vocabulary.PRODUCTS[capacity.product].lce_factor if capacity.unit == "t/y" else None


def _gwh_factor(capacity: Capacity) -> float | None:
    return _GWH.get(capacity.unit)


def _total(capacities: Sequence[Capacity], factor_of: Any, built: bool) -> float | None:
    """Add up what may be added: for each product its newest figure for the plant, or else the sum of its phases.

    Built capacity is taken for a project that runs or ran, where a source states it; the plan otherwise.
    """
    convertible = [c for c in capacities if factor_of(c) is not None and c.scope in ("this_plant", "phase")]
    preferred = "actual" if built else "planned"
    total = 0.0
    for product in dict.fromkeys(c.product for c in convertible):
        of_product = [c for c in convertible if c.product == product]
        chosen = [c for c in of_product if c.basis == preferred] or of_product
        total += sum(c.value * factor_of(c) for c in _addable(chosen))
    return round(total, 6) if convertible else None


def _addable(capacities: list[Capacity]) -> list[Capacity]:
    whole = [c for c in capacities if c.scope == "this_plant"]
    if whole:
        return _newest(whole)[:1]
    notes = dict.fromkeys(c.note for c in capacities)  # a phase is told by its note; its older figures are superseded
    return [c for note in notes for c in _newest([c for c in capacities if c.note == note])]


def _newest(capacities: list[Capacity]) -> list[Capacity]:
    days = [dates.first_day(c.as_of) if c.as_of else dt.date.min for c in capacities]
    return [c for c, day in zip(capacities, days, strict=True) if day == max(days)]
