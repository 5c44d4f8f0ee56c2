"""What follows from a record: status and its date, groups, comparable capacities, starts, first and last dates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from geo import dates, vocabulary
from geo.records.history import History, Start, stale_from
from geo.records.parts import Capacity, Properties
from geo.records.places import location_doubt
from geo.records.totals import in_gwh, in_measure, shown

# Raise it when a rule here or in history.py changes an answer: stores then derive their columns again.
DERIVED_VERSION = 2


def derive(
    properties: Properties, history: History, geometry: dict[str, Any] | None, on: dt.date | None = None
) -> dict[str, Any]:
    """Return every derived property of a record; those that are dated as they were on a day, today by default."""
    return {**dated(properties, history, on), **undated(properties, geometry)}


def dated(properties: Properties, history: History, on: dt.date | None = None) -> dict[str, Any]:
    """Return the derived properties that change with time, as they were on a day; None leaves nothing out."""
    change = history.status(on)
    status = change.status if change else "unknown"
    newest = history.status_as_of(on)
    start, planned = history.start(on), history.start_planned(on)
    known = [c for c in properties.capacities if on is None or known_day(c, history) <= on]
    lce, gwh = in_measure(known, "lce", status), in_gwh(known, status)
    capacity = shown(known, properties.kind, status)
    return {
        "status": status,
        "status_date": change.since if change else None,
        "status_date_basis": change.basis if change else None,
        "status_group": vocabulary.STATUSES[status].group,
        "status_as_of": newest,
        "status_stale": is_stale(status, newest, on),
        "capacity_lce_t_per_year": lce.value,
        "capacity_lce_t_per_year_basis": lce.basis,
        "capacity_gwh_per_year": gwh.value,
        "capacity_gwh_per_year_basis": gwh.basis,
        "capacity": capacity.value,
        "capacity_measure": capacity.measure,
        "capacity_basis": capacity.basis,
        "start_planned": planned,
        "start_planned_year": int(planned[:4]) if planned else None,
        "start_year": _start_year(start, planned, status),
        "start_actual": start.actual,
        "operating_by": start.operating_by,
        "first_date": history.first_date(on),
        "last_date": history.last_date(on),
    }


def _start_year(start: Start, planned: str | None, status: str) -> int | None:
    """Return the year of the start, or of the planned one; None for what has operated since nobody says when."""
    has_operated = start.operating_by is not None or status == "closed"
    date = start.actual or (None if has_operated else planned)
    return int(date[:4]) if date else None


def undated(properties: Properties, geometry: dict[str, Any] | None) -> dict[str, Any]:
    """Return the derived properties that are the same on every day."""
    return {
        "segment": vocabulary.KINDS[properties.kind].group,
        "location_doubt": location_doubt(properties.country, geometry),
        "operator": next((o.name for o in properties.owners if o.role == "operator"), None),
        "sources_count": len(properties.sources),
    }


def is_stale(status: str, newest: str | None, on: dt.date | None = None) -> bool:
    """Return whether a status that has not ended rests, on a day (today by default), on sources of over 24 months."""
    return (on or dates.today()) >= stale_day(status, newest)


def stale_day(status: str, newest: str | None) -> dt.date:
    """Return the day from which on a status is stale whose newest source is of this date; the last of all for never."""
    if newest is None or vocabulary.STATUSES[status].group == "ended":
        return dt.date.max
    return stale_from(newest)


def known_day(capacity: Capacity, history: History) -> dt.date:
    """Return the day from which on a capacity counts: its own date, or that of its first source where that is earlier.

    The date of a planned one may lie in the future, long after it was told.
    """
    told = history.told(capacity.sources)
    return min(told, dates.first_day(capacity.as_of)) if capacity.as_of else told
