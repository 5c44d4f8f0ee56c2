"""Where the stages of a record lie on a line of years. Only numbers and codes; the template draws and says them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from geo import dates, vocabulary
from geo.records.history import History, StatusChange
from geo.records.parts import Event

MOST_TICKS = 5
_STEPS = (1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class Stage:
    """A stage and how long it held: where it begins and how wide it is, in per cent of the line."""

    status: str
    group: str
    since: str
    basis: str
    at: float
    width: float


@dataclass(frozen=True)
class Mark:
    """A date on the line, in per cent of it."""

    date: str
    at: float


@dataclass(frozen=True)
class Timeline:
    """`others` are events that moved no stage, `plans` the starts that texts planned, in the order of their dates.

    `first_planned` is the plan that was told first, where the plan now (`planned`) is another.
    """

    stages: list[Stage]
    others: list[Mark]
    plans: list[Mark]
    ticks: list[Mark]
    today: float
    planned: str | None
    first_planned: str | None

    @property
    def groups(self) -> list[str]:
        """The groups of stages that are in it, in the order in which they were reached."""
        return list(dict.fromkeys(stage.group for stage in self.stages))


def timeline(history: History, today: dt.date) -> Timeline | None:
    """Return the line of a record's stages as of a day; None where it has neither a stage nor a planned start."""
    reached = [change for change in _reached(history.changes) if change.status != "unknown"]
    plans = [event for event in history.expected if event.status == "operating"]
    if not reached and not plans:
        return None
    others = [event.date for event in history.happened if event.status is None]
    scale = _Scale([*(change.since for change in reached), *(plan.date for plan in plans), *others], today)
    planned, first = history.start_planned(), _first_told(history, plans)
    return Timeline(
        stages=list(_stages(reached, scale, today)),
        others=[Mark(date, scale.at(dates.first_day(date))) for date in others],
        plans=[Mark(date, scale.at(dates.first_day(date))) for date in sorted({plan.date for plan in plans})],
        ticks=scale.ticks(),
        today=scale.at(today),
        planned=planned,
        first_planned=first if first != planned else None,
    )


def _reached(changes: Sequence[StatusChange]) -> list[StatusChange]:
    """Return the stages without those that a lagging database moved back and forth."""
    kept: list[StatusChange] = []
    for change in changes:
        while kept and dates.first_day(kept[-1].since) > dates.first_day(change.since):
            kept.pop()
        if not kept or (kept[-1].status, kept[-1].since) != (change.status, change.since):
            kept.append(change)
    return kept


def _first_told(history: History, plans: Sequence[Event]) -> str | None:
    told = min(plans, key=lambda plan: (history.told(plan.sources), plan.date), default=None)
    return told.date if told else None


class _Scale:
    """From the first day of the first year to the last day of the last, today among them."""

    def __init__(self, stated: Sequence[str], today: dt.date) -> None:
        days = [today, *(dates.first_day(date) for date in stated)]
        self._first, self._last = min(days).year, max(days).year
        self._start = dt.date(self._first, 1, 1).toordinal()
        self._length = dt.date(self._last, 12, 31).toordinal() - self._start

    def at(self, day: dt.date) -> float:
        return round(100 * (day.toordinal() - self._start) / self._length, 2)

    def ticks(self) -> list[Mark]:
        step = next(step for step in _STEPS if (self._last - self._first) // step < MOST_TICKS)
        years = range(-(-self._first // step) * step, self._last + 1, step)
        return [Mark(str(year), self.at(dt.date(year, 1, 1))) for year in years]


def _stages(reached: Sequence[StatusChange], scale: _Scale, today: dt.date) -> Iterator[Stage]:
    days = [*(dates.first_day(change.since) for change in reached), today]
    for change, (start, end) in zip(reached, pairwise(days), strict=True):
        at, width = scale.at(start), round(max(scale.at(end) - scale.at(start), 0), 2)
        yield Stage(change.status, _group(change.status), change.since, change.basis, at, width)


def _group(status: str) -> str:
    return vocabulary.STATUSES[status].group if status in vocabulary.STATUSES else "unknown"
