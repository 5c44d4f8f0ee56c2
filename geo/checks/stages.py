"""Rules on stages: an event that moves the stage says so, in words, on a day of its own, from a text of weight."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from importlib import resources

from geo import dates
from geo.faults import Fault, fault
from geo.records.parts import Event, Source
from geo.records.project import Project
from geo.vocabulary import STATUSES


def _spoken() -> dict[str, re.Pattern[str]]:
    text = resources.files("geo.checks").joinpath("stage_words.toml").read_text(encoding="utf-8")
    begun = {stage: "|".join(words.split()) for stage, words in tomllib.loads(text).items()}
    return {stage: re.compile(rf"\b(?:{words})", re.IGNORECASE) for stage, words in begun.items()}


_SPEAKS = _spoken()  # of `stage_words.toml`


def a_stage_is_told_in_words(project: Project, _today: dt.date) -> Iterator[Fault]:
    """Yield the events that move the stage, and whose summary speaks of something else."""
    for index, event in enumerate(project.properties.events):
        speaks, is_told = _SPEAKS.get(event.status or ""), event.basis == "stated" and not event.expected
        if speaks and is_told and event.type != "snapshot" and not speaks.search(event.summary):
            stage = STATUSES[event.status or ""].label.lower()
            yield _of(project, index, "status", "stage-not-in-words", "warning", stage=stage)


def a_day_of_a_database_is_no_day_of_a_start(project: Project, _today: dt.date) -> Iterator[Fault]:
    """Yield the stages that are said to be reached on the very day on which the database that says so came out."""
    for index, event in enumerate(project.properties.events):
        texts = _texts(project, event)
        is_of_databases = all(text.type == "dataset" for text in texts)
        is_dated = event.type == "status" and event.date_basis == "happened" and not event.expected
        if is_dated and is_of_databases and event.date in {text.published for text in texts}:
            yield _of(project, index, "date", "date-of-database", "error", date=event.date)


def a_stage_rests_on_more_than_a_weak_text(project: Project, _today: dt.date) -> Iterator[Fault]:
    """Yield the newest stage that has happened where nothing but one aggregator, mirror or blog says so."""
    moves = [(i, e) for i, e in enumerate(project.properties.events) if e.status and not e.expected]
    change = project.history.status()
    deciding = [(i, e) for i, e in moves if change and e.status == change.status]
    texts = [text for _, event in deciding for text in _texts(project, event)]
    if deciding and len({text.id for text in texts}) == 1 and texts[0].type in ("other", None):
        yield _of(project, deciding[-1][0], "sources", "weak-status", "note", source=texts[0].id)


def a_passed_plan_is_followed_up(project: Project, today: dt.date) -> Iterator[Fault]:
    """Yield the plans whose day has passed without a start, while no text is newer and nobody has looked since."""
    planned, start = project.history.start_planned(today), project.history.start(today)
    change = project.history.status(today)
    is_open = change is None or STATUSES[change.status].group in ("planned", "building")
    if not planned or not is_open or start.actual or start.operating_by:
        return
    known = [date for date in (project.history.status_as_of(today), project.properties.checked) if date]
    passed = dates.last_day(planned)
    if passed < today and all(dates.last_day(date) <= passed for date in known):
        yield fault("/properties/events", "start-overdue", "warning", planned=planned).of(project.id)


def a_running_plant_is_not_pulled_back(project: Project, _today: dt.date) -> Iterator[Fault]:
    """Yield the events that take a running plant back to a stage before: as a rule they tell of an extension."""
    runs = False
    for event in project.history.happened:
        group = STATUSES[event.status].group if event.status else None
        if runs and group in ("planned", "building"):
            index = project.properties.events.index(event)
            rule = "database-against-text" if event.type == "snapshot" else "stage-lowered"
            stage = STATUSES[event.status or ""].label.lower()
            yield _of(project, index, "status", rule, "warning", stage=stage)
        runs = event.status == "operating" if event.status else runs


def a_database_does_not_undo_what_a_text_tells(project: Project, _today: dt.date) -> Iterator[Fault]:
    """Yield the snapshots that start again, or go on with, what a text has as paused or ended."""
    told = None
    for event in project.history.happened:
        if event.status and event.type != "snapshot":
            told = STATUSES[event.status].group
        elif event.status and told in ("paused", "ended") and STATUSES[event.status].group not in ("paused", "ended"):
            index = project.properties.events.index(event)
            stage = STATUSES[event.status].label.lower()
            yield _of(project, index, "status", "database-against-text", "warning", stage=stage)


def _texts(project: Project, event: Event) -> list[Source]:
    cited = set(event.sources)
    return [source for source in project.properties.sources if source.id in cited]


def _of(project: Project, index: int, field: str, rule: str, severity: str, /, **values: str) -> Fault:
    return fault(f"/properties/events/{index}/{field}", rule, severity, **values).of(project.id)


RULES = (
    a_stage_is_told_in_words,
    a_day_of_a_database_is_no_day_of_a_start,
    a_stage_rests_on_more_than_a_weak_text,
    a_passed_plan_is_followed_up,
    a_running_plant_is_not_pulled_back,
    a_database_does_not_undo_what_a_text_tells,
)
