"""What follows from a record: status and its date, groups, comparable capacities, starts, first and last dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from geo import dates, vocabulary
from geo.records.history import History, stale_from
from geo.records.parts import Capacity, Properties
from geo.records.places import location_doubt

# Raise it when a rule here or in history.py changes an answer: stores then derive their columns again.
DERIVED_VERSION = 1

_BUILT = ("operating", "paused", "closed")
_GWH = {"GWh/y": 1.0, "MWh/y": 0.001}

Factor = Callable[[Capacity], float | None]


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
    lce, lce_basis = _total(known, _lce_factor, status)
    gwh, gwh_basis = _total(known, _gwh_factor, status)
    return {
        "status": status,
        "status_date": change.since if change else None,
        "status_date_basis": change.basis if change else None,
        "status_group": vocabulary.STATUSES[status].group,
        "status_as_of": newest,
        "status_stale": is_stale(status, newest, on),
        "capacity_lce_t_per_year": lce,
        "capacity_lce_t_per_year_basis": lce_basis,
        "capacity_gwh_per_year": gwh,
        "capacity_gwh_per_year_basis": gwh_basis,
        "start_planned": planned,
        "start_planned_year": int(planned[:4]) if planned else None,
        "start_actual": start.actual,
        "operating_by": start.operating_by,
        "first_date": history.first_date(on),
        "last_date": history.last_date(on),
    }


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


def _lce_factor(capacity: Capacity) -> float | None:
    return vocabulary.PRODUCTS[capacity.product].lce_factor if capacity.unit == "t/y" else None


def _gwh_factor(capacity: Capacity) -> float | None:
    return _GWH.get(capacity.unit)


def _total(capacities: Sequence[Capacity], factor_of: Factor, status: str) -> tuple[float | None, str | None]:
    """Add up what may be added, and say whether it is `planned` or `actual`; the two are never added together.

    For each product it is the newest figure for the plant, or else the sum of its phases. What is built is taken for a
    project that runs or ran, the plan for any other; where there is none of these, the other, by its own name.
    """
    factors = [(c, factor) for c in capacities if (factor := factor_of(c)) and c.scope in ("this_plant", "phase")]
    if not factors:
        return None, None
    preferred, other = ("actual", "planned") if status in _BUILT else ("planned", "actual")
    basis = preferred if any(c.basis == preferred for c, _ in factors) else other
    chosen = [c for c, _ in factors if c.basis == basis]
    by_product = [[c for c in chosen if c.product == product] for product in dict.fromkeys(c.product for c in chosen)]
    total = sum(c.value * (factor_of(c) or 0) for of_product in by_product for c in _addable(of_product))
    return round(total, 6), basis


def _addable(capacities: list[Capacity]) -> list[Capacity]:
    whole = [c for c in capacities if c.scope == "this_plant"]
    if whole:
        return _newest(whole)[:1]
    notes = dict.fromkeys(c.note for c in capacities)  # a phase is told by its note; its older figures are superseded
    return [c for note in notes for c in _newest([c for c in capacities if c.note == note])]


def _newest(capacities: list[Capacity]) -> list[Capacity]:
    days = [dates.first_day(c.as_of) if c.as_of else dt.date.min for c in capacities]
    return [c for c, day in zip(capacities, days, strict=True) if day == max(days)]
