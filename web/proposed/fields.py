"""The fields of a record that editors correct most often, as a form has them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

Feature = dict[str, Any]

TEXTS = ("name", "kind", "country", "region", "locality", "location_accuracy", "location_note", "summary")
NUMBERS = ("location_radius_km",)
POINT = ("lat", "lon")
# Of the newest event that moves the stage: the field, and the member of the event that it is.
STAGE = {"status": "status", "status_date": "date", "status_date_basis": "date_basis"}
FIELDS = (*TEXTS, *NUMBERS, *POINT, *STAGE)
_OF_EVENT = re.compile(r"events/\d+/(\w+)")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")


def fields_of(feature: Mapping[str, Any]) -> dict[str, str]:
    """Return what the fields say of a record, "" for nothing; of an area there is no latitude and longitude."""
    properties, geometry = feature["properties"], feature.get("geometry")
    said = {name: str(properties.get(name) or "") for name in (*TEXTS, *NUMBERS)}
    is_point = geometry is not None and geometry["type"] == "Point"
    lon, lat = geometry["coordinates"][:2] if geometry is not None and is_point else ("", "")
    at = _newest_stage(properties)
    event = {"date_basis": "happened", **properties["events"][at]} if at is not None else {}
    stage = {name: event.get(member, "") for name, member in STAGE.items()}
    return {**said, "lat": str(lat), "lon": str(lon), **stage}


def _newest_stage(properties: Mapping[str, Any]) -> int | None:
    """Return which event says the stage that was reached last; None where none does."""
    events = properties.get("events") or []
    found = [(event["date"], at) for at, event in enumerate(events) if event.get("status")]
    return max(found)[1] if found else None


def corrected(feature: Feature, before: Mapping[str, str], stated: Mapping[str, str]) -> Feature:
    """Return a record with the fields that an editor has changed of those that were `before` them.

    What is no number stays a text, for the rules of records to refuse.
    """
    changed = {name: stated[name] for name in FIELDS if name in stated and stated[name] != before[name]}
    properties = {**feature["properties"]}
    at = _newest_stage(properties)
    moved = {STAGE[name]: text for name, text in changed.items() if name in STAGE}
    if moved and at is not None:
        events = list(properties["events"])
        events[at] = {**events[at], **moved}
        properties["events"] = events
    for name in changed.keys() - set(POINT) - set(STAGE):
        properties[name] = _number(changed[name]) if name in NUMBERS else changed[name]
        if properties[name] == "":
            del properties[name]
    geometry = _point(stated) if changed.keys() & set(POINT) else feature.get("geometry")
    return {**feature, "geometry": geometry, "properties": properties}


def _point(stated: Mapping[str, str]) -> dict[str, Any] | None:
    lat, lon = (stated.get(name, "") for name in POINT)
    return {"type": "Point", "coordinates": [_number(lon), _number(lat)]} if lat or lon else None


def _number(text: str) -> float | str:
    """Return a number, a whole one as such: a comma may part its decimals."""
    plain = text.replace(",", ".").replace("\u2212", "-")
    if not _NUMBER.fullmatch(plain):
        return text
    value = float(plain)
    return int(value) if math.floor(value) == value and "." not in plain else value


def field_of(pointer: str) -> str:
    """Return which field has the fault at a pointer into a decision; "" for none of them."""
    place = pointer.removeprefix("/feature")
    if place.startswith("/geometry"):
        return "lat"
    name = place.removeprefix("/properties/")
    if of_event := _OF_EVENT.fullmatch(name):
        return next((field for field, member in STAGE.items() if member == of_event[1]), "")
    return name if name in FIELDS else ""
