"""Rules between a record's fields. They read raw values, so that they speak even where a field is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from geo import dates
from geo.errors import FieldError

_SOURCED_LISTS = ("events", "owners", "capacities", "resource", "investment", "links")


def rule_errors(project_id: Any, stated: dict[str, Any], geometry: Any, today: dt.date) -> list[FieldError]:
    """Return every breach of the rules between fields; pointers are into the feature."""
    return [
        *_source_errors(stated),
        *_location_errors(stated, geometry),
        *_event_errors(stated, today),
        *_resource_errors(stated),
        *_link_errors(project_id, stated),
    ]


def _parts(stated: dict[str, Any], name: str) -> list[tuple[int, dict[str, Any]]]:
    value = stated.get(name)
    entries = value if isinstance(value, list) else []
    return [(index, entry) for index, entry in enumerate(entries[:200]) if isinstance(entry, dict)]


def _source_errors(stated: dict[str, Any]) -> Iterator[FieldError]:
    known: set[str] = set()
    for index, source in _parts(stated, "sources"):
        source_id = source.get("id")
        if isinstance(source_id, str):
            if source_id in known:
                yield FieldError(f"/properties/sources/{index}/id", "is the id of two sources", "an id of its own")
            known.add(source_id)
    for pointer, source_ids in _references(stated):
        for index, source_id in enumerate(source_ids[:50]):
            if isinstance(source_id, str) and source_id not in known:
                yield FieldError(f"{pointer}/{index}", "names no source of this record", _known_ids(known))


def _known_ids(known: set[str]) -> str:
    return "one of the ids in sources: " + ", ".join(sorted(known)[:20])


def _references(stated: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(stated.get("location_sources"), list):
        yield "/properties/location_sources", stated["location_sources"]
    for name in _SOURCED_LISTS:
        for index, entry in _parts(stated, name):
            if isinstance(entry.get("sources"), list):
                yield f"/properties/{name}/{index}/sources", entry["sources"]


def _location_errors(stated: dict[str, Any], geometry: Any) -> Iterator[FieldError]:
    accuracy = stated.get("location_accuracy")
    form = geometry.get("type") if isinstance(geometry, dict) else None
    if geometry is None and accuracy in ("site", "locality", "region"):
        yield FieldError(
            "/geometry", f"is null, but location_accuracy is {accuracy}", "a place, or accuracy undisclosed"
        )
    if geometry is not None and accuracy == "undisclosed":
        yield FieldError("/geometry", "is a place, but location_accuracy is undisclosed", "null")
    if form == "Point" and accuracy == "country":
        expected = "null (the country's outline is filled in) or an area: a point would claim a place nobody named"
        yield FieldError("/geometry", "is a point, but only the country is known", expected)
    if form == "Point" and accuracy == "region" and stated.get("location_radius_km") is None:
        expected = "how far from the point the project may lie, in kilometres"
        yield FieldError("/properties/location_radius_km", "is missing for a point that stands for a region", expected)
    if accuracy not in (None, "undisclosed") and not stated.get("location_sources"):
        yield FieldError("/properties/location_sources", "is empty", "the id of the source that states the place")


def _event_errors(stated: dict[str, Any], today: dt.date) -> Iterator[FieldError]:
    latest = today + dt.timedelta(days=1)  # somewhere it is tomorrow already
    for index, event in _parts(stated, "events"):
        pointer = f"/properties/events/{index}"
        if event.get("type") == "status" and event.get("status") is None:
            yield FieldError(f"{pointer}/status", "is missing in an event of type status", "the status it moves to")
        if event.get("expected") is not True and _starts_after(event.get("date"), latest):
            yield FieldError(f"{pointer}/date", "lies in the future", "a past date, or expected: true for a plan")


def _starts_after(date: Any, day: dt.date) -> bool:
    try:
        return dates.first_day(date) > day
    except (TypeError, ValueError):
        return False


def _resource_errors(stated: dict[str, Any]) -> Iterator[FieldError]:
    for index, resource in _parts(stated, "resource"):
        pointer = f"/properties/resource/{index}"
        if resource.get("tonnes") is None and resource.get("grade") is None:
            yield FieldError(f"{pointer}/tonnes", "is missing, and so is grade", "tonnes, or a grade, or both")
        if (resource.get("grade") is None) != (resource.get("grade_unit") is None):
            yield FieldError(
                f"{pointer}/grade_unit", "stands without its grade, or the grade without it", "both or none"
            )


def _link_errors(project_id: Any, stated: dict[str, Any]) -> Iterator[FieldError]:
    for index, link in _parts(stated, "links"):
        if link.get("project") == project_id:
            yield FieldError(f"/properties/links/{index}/project", "is this very record", "the id of another record")
