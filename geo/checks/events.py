"""Rules on the dated history: plans are not facts, nothing is known before its source, and old news is old."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from geo import dates
from geo.faults import Fault, fault
from geo.records.derived import is_stale
from geo.records.parts import Capacity, Event, Owner
from geo.records.project import Project

# Two texts of one day may differ by the time zone, and a weekly prints tomorrow's date.
SLACK_DAYS = 3
SILENT_DAYS = 730
_PLAN = re.compile(
    r"\b(plans? to|planned (?:for|start|to)|due (?:in|by|to)|is due|expect(?:s|ed) (?:to|in|by)|is expected|targets?|"
    r"targeted|scheduled|aims? to|hopes? to|intends? to|will (?:be|begin|start|open|produce))\b",
    re.IGNORECASE,
)
_ACHIEVED = ("construction", "commissioning", "operating")


def plans_are_expected(project: Project, _today: dt.date) -> Iterator[Fault]:
    for index, event in enumerate(project.properties.events):
        if not event.expected and event.status in _ACHIEVED and _PLAN.search(event.summary):
            pointer = f"/properties/events/{index}"
            yield fault(pointer, "plan-as-fact", "warning", status=event.status).of(project.id)


def events_do_not_precede_their_source(project: Project, _today: dt.date) -> Iterator[Fault]:
    published = {s.id: s.published for s in project.properties.sources}
    for index, event in enumerate(project.properties.events):
        known = [date for date in (published[s] for s in event.sources) if date]
        if event.expected or event.basis != "stated" or len(known) < len(event.sources):
            continue
        latest = max(dates.last_day(date) for date in known)
        if dates.first_day(event.date) > latest + dt.timedelta(days=SLACK_DAYS):
            values = {"date": event.date, "published": str(latest)}
            yield fault(f"/properties/events/{index}/date", "event-after-source", **values).of(project.id)


def claims_do_not_outrun_their_source(project: Project, _today: dt.date) -> Iterator[Fault]:
    """Yield the shares and built capacities that are dated after every text that tells of them."""
    published = {s.id: s.published for s in project.properties.sources}
    stated: dict[str, Sequence[Owner | Capacity]] = {
        "owners": project.properties.owners,
        "capacities": project.properties.capacities,
    }
    for name, claims in stated.items():
        for index, claim in enumerate(claims):
            known = [date for date in (published[s] for s in claim.sources) if date]
            if claim.as_of is None or len(known) < len(claim.sources) or _is_planned(claim):
                continue
            latest = max(dates.last_day(date) for date in known)
            if dates.first_day(claim.as_of) > latest + dt.timedelta(days=SLACK_DAYS):
                values = {"date": claim.as_of, "published": str(latest)}
                pointer = f"/properties/{name}/{index}/as_of"
                yield fault(pointer, "as-of-after-source", "warning", **values).of(project.id)


def _is_planned(claim: Owner | Capacity) -> bool:
    """What is planned may carry the day for which it is."""
    return isinstance(claim, Capacity) and claim.basis == "planned"


def history_is_in_order(project: Project, _today: dt.date) -> Iterator[Fault]:
    happened = [(i, e) for i, e in enumerate(project.properties.events) if not e.expected]
    for (_, before), (index, after) in pairwise(happened):
        if dates.last_day(after.date) < dates.first_day(before.date):
            values = {"date": after.date, "before": before.date}
            pointer = f"/properties/events/{index}/date"
            yield fault(pointer, "events-out-of-order", "warning", **values).of(project.id)


def a_status_is_told(project: Project, _today: dt.date) -> Iterator[Fault]:
    if project.history.status() is None:
        yield fault("/properties/events", "status-not-told", "note").of(project.id)


def old_news_is_old(project: Project, today: dt.date) -> Iterator[Fault]:
    history = project.history
    change = history.status()
    if change and is_stale(change.status, history.status_as_of(), today):
        yield fault("/properties/events", "status-stale", "note").of(project.id)


def silence_is_silent(project: Project, _today: dt.date) -> Iterator[Fault]:
    """The written rule: shelved by silence needs 24 months without an event before it."""
    events = project.properties.events
    for index, event in enumerate(events):
        if event.basis == "inferred_silence" and not _follows_silence(event, events):
            yield fault(f"/properties/events/{index}", "silence-too-short").of(project.id)


def _follows_silence(event: Event, events: list[Event]) -> bool:
    day = dates.first_day(event.date)
    others = [dates.first_day(e.date) for e in events if e is not event and not e.expected]
    return all(other > day or (day - other).days >= SILENT_DAYS for other in others)


RULES = (
    plans_are_expected,
    events_do_not_precede_their_source,
    claims_do_not_outrun_their_source,
    history_is_in_order,
    a_status_is_told,
    old_news_is_old,
    silence_is_silent,
)
