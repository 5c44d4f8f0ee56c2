"""Which records to look at next: large ones, those that nobody has looked at for long, those whose plan has passed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass

from geo import dates
from geo.checks.thresholds import threshold_of
from geo.records.project import Project
from geo.vocabulary import PRODUCTS, STATUSES

# How much news of a project is to be expected: those being built and planned move most.
_EXPECTED_NEWS = {"building": 3.0, "planned": 2.5, "paused": 2.0, "operating": 1.5, "unknown": 1.0, "ended": 0.2}
_NEVER = dt.date(2018, 1, 1)  # of what no dated source tells
_SIZE_UNKNOWN = 1.5
_PLAN_PASSED_YEARS = 2.0  # how much longer a record seems to wait when a plan has passed since


@dataclass(frozen=True)
class Due:
    """A record to look at, the date of what is known of it, the plan that has passed since, and how much it matters."""

    project: Project
    newest: str | None  # source of the stage, or the day on which somebody last looked, whichever is later
    passed: str | None
    urgency: float


def due(projects: Iterable[Project], today: dt.date) -> list[Due]:
    """Return the records by how much a look at them is worth, most urgent first.

    Urgency is the years since anybody knew better (two more where a planned start has passed since), times how much
    news the stage lets expect, times one more for each power of ten by which the project is larger than the least
    that belongs in the ledger.
    """
    found = [_due(project, today) for project in projects]
    return sorted(found, key=lambda each: (-each.urgency, each.project.id))


def _due(project: Project, today: dt.date) -> Due:
    change = project.history.status(today)
    group = STATUSES[change.status if change else "unknown"].group
    newest = max(filter(None, (project.history.status_as_of(today), project.properties.checked)), default=None)
    looked = dates.first_day(newest) if newest else _NEVER
    passed = _passed_plan(project, group, looked, today)
    years = max(0, (today - looked).days) / 365.25 + (_PLAN_PASSED_YEARS if passed else 0)
    return Due(project, newest, passed, years * _EXPECTED_NEWS[group] * _size(project))


def _passed_plan(project: Project, group: str, looked: dt.date, today: dt.date) -> str | None:
    """Return the planned start that has passed, and after which nobody has looked."""
    planned = project.history.start_planned(today)
    is_open = planned is not None and group in ("planned", "building", "paused")
    return planned if planned and is_open and looked <= dates.last_day(planned) < today else None


def _size(project: Project) -> float:
    threshold = threshold_of(project.properties.kind)
    times = [
        capacity.value / threshold.least[capacity.unit]
        for capacity in project.properties.capacities
        if capacity.unit in threshold.least and PRODUCTS[capacity.product].group == threshold.group
    ]
    return 1 + max(0.0, math.log10(max(times))) if times else _SIZE_UNKNOWN
