"""One record made ready to answer: its feature as bytes, and its values as columns want them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from shapely.geometry.base import BaseGeometry

from geo import dates
from geo.curated.organisations import parties
from geo.records.derived import STATUS_PROPERTIES, status_changes
from geo.records.fields import country_names
from geo.records.geometry import to_shape
from geo.store import Revision
from geo.text import fold

_FIRST_PROPERTIES = ("name", "kind", "country")


@dataclass(frozen=True)
class Entry:
    """A current record. Its feature is `head`, status properties, `tail`: the status can be that of a date."""

    id: str
    revision: int
    head: bytes
    status: bytes
    tail: bytes
    shape: BaseGeometry | None
    values: dict[str, Any]
    changes: list[tuple[int, str, str]]  # (ordinal of the first day, status, date), oldest first
    first_day: int | None
    links: list[tuple[str, str]]  # (type, id of the other record)

    def feature(self, status: bytes | None = None) -> bytes:
        """Return the GeoJSON feature, with other status properties if given."""
        return self.head + (status or self.status) + self.tail


def status_bytes(values: dict[str, Any]) -> bytes:
    """Return the status properties as a run of JSON members."""
    return orjson.dumps({name: values[name] for name in STATUS_PROPERTIES})[1:-1]


def make_entry(revision: Revision) -> Entry:
    """Return the entry of a revision that has a record."""
    project = revision.project
    if project is None:
        raise ValueError(f"revision {revision.number} of {revision.project_id} is a deletion")
    stated, derived = project.stated(), project.derived()
    first = {name: stated[name] for name in _FIRST_PROPERTIES}
    kept = {"revision": revision.number, "created": revision.created, "updated": revision.time}
    rest = {k: v for k, v in {**derived, **stated, **kept}.items() if k not in first and k not in STATUS_PROPERTIES}
    outer = {"type": "Feature", "id": project.id, "geometry": project.geometry, "properties": first}
    events = project.properties.events
    spans = [
        (dates.first_day(e.date).toordinal(), dates.last_day(e.date).toordinal()) for e in events if not e.expected
    ]
    values = {
        **{name: stated.get(name) for name in _COLUMNS},
        **derived,
        "id": project.id,
        "updated": revision.time,
        "first_day": min((start for start, _ in spans), default=None),
        "last_day": max((end for _, end in spans), default=None),
        "search": _search_text(project.id, stated),
        "owner": parties(stated.get("owners", [])),
        "owners": "; ".join(dict.fromkeys(o["name"] for o in stated.get("owners", []))),
    }
    return Entry(
        id=project.id,
        revision=revision.number,
        head=orjson.dumps(outer)[:-2] + b",",
        status=status_bytes(derived),
        tail=b"," + orjson.dumps(rest)[1:] + b"}",
        shape=to_shape(project.geometry),
        values=values,
        changes=[(change.day.toordinal(), change.status, change.date) for change in status_changes(events)],
        first_day=values["first_day"],
        links=[(link.type, link.project) for link in project.properties.links],
    )


_COLUMNS = ("name", "kind", "country", "region", "locality", "location_accuracy", "location_radius_km")


def _search_text(project_id: str, stated: dict[str, Any]) -> str:
    """Names and places as `fold` writes them, and in their own script too, for whoever searches without folding."""
    names = [stated["name"], *stated.get("other_names", []), *(o["name"] for o in stated.get("owners", []))]
    places = [country_names()[stated["country"]], *(stated[p] for p in ("region", "locality") if p in stated)]
    own = [text.casefold() for text in (*names, *places) if not text.isascii()]
    return " ".join([*(fold(text) for text in (*names, *places, project_id)), *own])
