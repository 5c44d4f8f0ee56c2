"""Rules between a record's fields. They read raw values, so that they speak even where a field is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from geo import dates
from geo.faults import Fault, fault
from geo.records.parts import CLAIMS

Parts = list[tuple[int, dict[str, Any]]]  # those that are objects, each with its place
_OF_PARTS = (*CLAIMS, "sources")


def rule_errors(project_id: Any, stated: dict[str, Any], geometry: Any, today: dt.date) -> list[Fault]:
    """Return every breach of the rules between fields; pointers are into the feature."""
    parts = {name: _parts(stated[name]) for name in _OF_PARTS if name in stated}
    return [
        *_source_errors(parts.get("sources", [])),
        *_reference_errors(stated, parts),
        *_checked_errors(stated),
        *_key_errors(parts),
        *_location_errors(stated, geometry),
        *_event_errors(parts.get("events", []), today),
        *_resource_errors(parts.get("resource", [])),
        *_link_errors(project_id, parts.get("links", [])),
    ]


def _parts(value: Any) -> Parts:
    entries = value if isinstance(value, list) else []
    return [(index, entry) for index, entry in enumerate(entries[:200]) if isinstance(entry, dict)]


def _source_errors(sources: Parts) -> Iterator[Fault]:
    known: set[str] = set()
    for index, source in sources:
        source_id = source.get("id")
        if isinstance(source_id, str):
            if source_id in known:
                yield fault(f"/properties/sources/{index}/id", "source-id-twice")
            known.add(source_id)
        if source.get("url") is None and source.get("read_at") is None:
            yield fault(f"/properties/sources/{index}/url", "source-without-address")


def _reference_errors(stated: dict[str, Any], parts: dict[str, Parts]) -> Iterator[Fault]:
    known = {each for _, source in parts.get("sources", []) if isinstance(each := source.get("id"), str)}
    for place, source_ids in _references(stated, parts):
        for index, source_id in enumerate(source_ids[:50]):
            if isinstance(source_id, str) and source_id not in known:
                pointer = "/".join(map(str, ("/properties", *place, index)))
                yield fault(pointer, "source-unknown", known=tuple(sorted(known)[:20]))


def _checked_errors(stated: dict[str, Any]) -> Iterator[Fault]:
    if (stated.get("checked") is None) != (stated.get("checked_found") is None):
        yield fault("/properties/checked", "checked-by-half")


def _key_errors(parts: dict[str, Parts]) -> Iterator[Fault]:
    for name in CLAIMS:
        known: set[str] = set()
        for index, claim in parts.get(name, []):
            key = claim.get("key")
            if isinstance(key, str):
                if key in known:
                    yield fault(f"/properties/{name}/{index}/key", "key-twice")
                known.add(key)


def _references(stated: dict[str, Any], parts: dict[str, Parts]) -> Iterator[tuple[tuple[str | int, ...], list[Any]]]:
    """Yield the lists of sources that are named, each with its place among the properties."""
    if isinstance(stated.get("location_sources"), list):
        yield ("location_sources",), stated["location_sources"]
    for name in CLAIMS:
        for index, entry in parts.get(name, []):
            if isinstance(entry.get("sources"), list):
                yield (name, index, "sources"), entry["sources"]


def _location_errors(stated: dict[str, Any], geometry: Any) -> Iterator[Fault]:
    accuracy = stated.get("location_accuracy")
    form = geometry.get("type") if isinstance(geometry, dict) else None
    if geometry is None and accuracy in ("site", "locality", "region"):
        yield fault("/geometry", "place-missing", accuracy=accuracy)
    if geometry is not None and accuracy == "undisclosed":
        yield fault("/geometry", "place-for-undisclosed")
    if form == "Point" and accuracy == "country":
        yield fault("/geometry", "point-for-country")
    if form == "Point" and accuracy == "region" and stated.get("location_radius_km") is None:
        yield fault("/properties/location_radius_km", "radius-missing")
    if accuracy not in (None, "undisclosed") and not stated.get("location_sources"):
        yield fault("/properties/location_sources", "place-without-source")


def _event_errors(events: Parts, today: dt.date) -> Iterator[Fault]:
    latest = today + dt.timedelta(days=1)  # somewhere it is tomorrow already
    for index, event in events:
        if event.get("type") == "status" and event.get("status") is None:
            yield fault(f"/properties/events/{index}/status", "event-without-status")
        if event.get("expected") is not True and _starts_after(event.get("date"), latest):
            yield fault(f"/properties/events/{index}/date", "event-in-future")


def _starts_after(date: Any, day: dt.date) -> bool:
    try:
        return dates.first_day(date) > day
    except (TypeError, ValueError):
        return False


def _resource_errors(resources: Parts) -> Iterator[Fault]:
    for index, resource in resources:
        pointer = f"/properties/resource/{index}"
        if resource.get("tonnes") is None and resource.get("grade") is None:
            yield fault(f"{pointer}/tonnes", "resource-without-amount")
        if (resource.get("grade") is None) != (resource.get("grade_unit") is None):
            yield fault(f"{pointer}/grade_unit", "grade-without-unit")


def _link_errors(project_id: Any, links: Parts) -> Iterator[Fault]:
    for index, link in links:
        if link.get("project") == project_id:
            yield fault(f"/properties/links/{index}/project", "link-to-itself")
