"""Mending of what has only one right answer: the order of events, a database's day, stops, blanks, noise of floats."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from geo import dates
from geo.checks.stages import a_day_of_a_database_is_no_day_of_a_start
from geo.records.project import Project

_NOISE = re.compile(r"\d+\.\d{6,}")
_STOPS = re.compile(r"(?<!\.)\.\.(?=\s|$)")  # not in an address
_BLANKS = re.compile(r" {2,}")


def mended(project: Project) -> Project:
    """Return the record with that mended; the very same one where nothing was to be."""
    feature = project.to_feature()
    stated: dict[str, Any] = {**feature["properties"]}
    if "events" in stated:
        stated["events"] = _in_order(_as_snapshots(project, stated["events"]))
    if "summary" in stated:
        stated["summary"] = _cleaned(stated["summary"])
    if stated == feature["properties"]:
        return project
    return Project.from_feature({**feature, "properties": stated})


def _in_order(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What has happened by its date, as it was where dates overlap; plans come after it where anything is moved."""
    happened = [event for event in events if not event.get("expected")]
    ordered = dates.in_order(happened, lambda event: str(event["date"]))
    return events if ordered == happened else [*ordered, *(event for event in events if event.get("expected"))]


def _as_snapshots(project: Project, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = {each.pointer for each in a_day_of_a_database_is_no_day_of_a_start(project, dates.today())}
    return [
        {**event, "type": "snapshot", "date_basis": "reported"} if f"/properties/events/{i}/date" in found else event
        for i, event in enumerate(events)
    ]


def _cleaned(text: str) -> str:
    text = _BLANKS.sub(" ", _STOPS.sub(".", text))
    return _NOISE.sub(lambda found: f"{Decimal(f'{float(found.group()):.12g}'):f}", text)
