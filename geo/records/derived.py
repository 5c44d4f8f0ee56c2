"""What follows from a record: status and its date, groups, comparable capacities, starts, first and last dates."""

from __future__ import annotations

import datetime as dt
import functools
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple

from geo import dates, vocabulary
from geo.records.history import History, Known, Start, stale_from
from geo.records.parts import Capacity, Properties
from geo.records.totals import BUILT, LCE, foremost, in_gwh, in_measure

# Raise it when a rule here or in history.py changes an answer: stores then derive their columns again.
DERIVED_VERSION = 2

_FIGURES = (
    "capacity_lce_t_per_year",
    "capacity_lce_t_per_year_basis",
    "capacity_gwh_per_year",
    "capacity_gwh_per_year_basis",
    "capacity",
    "capacity_measure",
    "capacity_basis",
)
_NO_FIGURES: dict[str, Any] = dict.fromkeys(_FIGURES)


def derive(properties: Properties, history: History, doubt: str | None, on: dt.date | None = None) -> dict[str, Any]:
    """Return every derived property of a record; those that are dated as they were on a day, today by default."""
    return {**dated(properties, history, on), **undated(properties, doubt)}


def dated(properties: Properties, history: History, on: dt.date | None = None) -> dict[str, Any]:
    """Return the derived properties that change with time, as they were on a day; None leaves nothing out."""
    values = _values(_told(history, _Figures(properties, history), on))
    return {**values, "status_stale": is_stale(values["status"], values["status_as_of"], on)}


def steps(properties: Properties, history: History) -> Iterator[tuple[dt.date, dict[str, Any]]]:
    """Yield the dated properties from each day on that changed them; the last ones, with all that is known, come last.

    The day of what no source has told yet is the last of all. `status_stale`, which time alone changes, is None.
    """
    figures, before, values = _Figures(properties, history), None, None
    for day in (*sorted({*history.days(), *figures.days} - {dt.date.max}), None):
        told = _told(history, figures, day)
        if told != before and (new := _values(told)) != values:
            yield day or dt.date.max, new
            values = new
        before = told


class _Told(NamedTuple):
    """What is known on a day, from which the dated properties follow."""

    known: Known
    status_as_of: str | None
    start_planned: str | None
    figures: dict[str, Any]


def _told(history: History, figures: _Figures, on: dt.date | None) -> _Told:
    known = history.known(on)
    status = known.status.status if known.status else "unknown"
    return _Told(known, history.status_as_of(on), history.start_planned(on), figures.of(status, on))


def _values(told: _Told) -> dict[str, Any]:
    """Return the dated properties but for whether the status is stale."""
    (change, start, first_date, last_date), as_of, planned, figures = told
    status = change.status if change else "unknown"
    return {
        "status": status,
        "status_date": change.since if change else None,
        "status_date_basis": change.basis if change else None,
        "status_group": vocabulary.STATUSES[status].group,
        "status_as_of": as_of,
        "status_stale": None,
        **figures,
        "start_planned": planned,
        "start_planned_year": int(planned[:4]) if planned else None,
        "start_year": _start_year(start, planned, status),
        "start_actual": start.actual,
        "operating_by": start.operating_by,
        "first_date": first_date,
        "last_date": last_date,
    }


class _Figures:
    """What the capacities of a record add up to; days on which the same ones are known share an answer."""

    def __init__(self, properties: Properties, history: History) -> None:
        self._kind = properties.kind
        self._known = [(known_day(capacity, history), capacity) for capacity in properties.capacities]
        self.days = sorted(day for day, _ in self._known)
        self._found: dict[tuple[int, bool], dict[str, Any]] = {}

    def of(self, status: str, on: dt.date | None) -> dict[str, Any]:
        """Return the derived properties that are figures, of a project at this stage."""
        if not self.days:
            return _NO_FIGURES
        key = len(self.days) if on is None else bisect_right(self.days, on), status in BUILT
        if key not in self._found:
            self._found[key] = self._reckoned(status, on)
        return self._found[key]

    def _reckoned(self, status: str, on: dt.date | None) -> dict[str, Any]:
        known = [capacity for day, capacity in self._known if on is None or day <= on]
        if not known:
            return _NO_FIGURES
        lce, measure = in_measure(known, LCE, status), foremost(known, self._kind)
        value, basis = lce if measure == LCE else in_measure(known, measure, status)
        return dict(zip(_FIGURES, (*lce, *in_gwh(known, status), value, measure, basis), strict=True))


def _start_year(start: Start, planned: str | None, status: str) -> int | None:
    """Return the year of the start, or of the planned one; None for what has operated since nobody says when."""
    has_operated = start.operating_by is not None or status == "closed"
    date = start.actual or (None if has_operated else planned)
    return int(date[:4]) if date else None


def undated(properties: Properties, doubt: str | None) -> dict[str, Any]:
    """Return the derived properties that are the same on every day; `doubt` is what is odd about the place."""
    return {
        "segment": vocabulary.KINDS[properties.kind].group,
        "location_doubt": doubt,
        "operator": next((o.name for o in properties.owners if o.role == "operator"), None),
        "sources_count": len(properties.sources),
    }


def is_stale(status: str, newest: str | None, on: dt.date | None = None) -> bool:
    """Return whether a status that has not ended rests, on a day (today by default), on sources of over 24 months."""
    return (on or dates.today()) >= stale_day(status, newest)


@functools.lru_cache(maxsize=16_384)  # as with the dates of `dates`
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
