"""One record made ready to answer: its feature as bytes, and its values as columns want them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from shapely.geometry.base import BaseGeometry

from geo import dates, vocabulary
from geo.columns import PROJECTS
from geo.countries import country_names
from geo.curated.organisations import parties
from geo.records.derived import dated, is_stale, known_day, undated
from geo.records.geometry import to_shape
from geo.records.history import History
from geo.records.project import Project
from geo.store import Revision
from geo.text import fold

_FIRST_PROPERTIES = ("name", "kind", "country")


@dataclass(frozen=True)
class Entry:
    """A current record. Its feature is `head`, the dated properties, `tail`: these can be those of any day."""

    id: str
    revision: int
    head: bytes
    tail: bytes
    shape: BaseGeometry | None
    values: dict[str, Any]
    steps: list[Step]
    first_day: int | None
    links: list[tuple[str, str]]  # (type, id of the other record)

    def feature(self, on: dt.date | None = None) -> bytes:
        """Return the GeoJSON feature, with the dated properties of a day; None is today, with all that is known."""
        return self.head + orjson.dumps(self.dated(on))[1:-1] + self.tail

    def dated(self, on: dt.date | None = None) -> dict[str, Any]:
        """Return the dated properties on a day."""
        values = self._values(on)
        return {**values, "status_stale": is_stale(values["status"], values["status_as_of"], on)}

    def _values(self, on: dt.date | None) -> dict[str, Any]:
        reached = [step.values for step in self.steps if on is None or step.day <= on.toordinal()]
        return reached[-1] if reached else _NOTHING


class Step(NamedTuple):
    """The dated properties from a day (its ordinal) on, until the next step."""

    day: int
    values: dict[str, Any]


_NOTHING: dict[str, Any] = {
    **dict.fromkeys(PROJECTS.dated),
    "status": "unknown",
    "status_group": vocabulary.STATUSES["unknown"].group,
}


def _steps(project: Project) -> list[Step]:
    """Return the dated properties as they were from each day on that changed them; the last step knows everything."""
    history = History(project.properties)
    days = history.days() | {known_day(capacity, history) for capacity in project.properties.capacities}
    steps: list[Step] = []
    for day in sorted(days - {dt.date.max}):
        values = dated(project.properties, history, day) | {"status_stale": None}
        if not steps or steps[-1].values != values:
            steps.append(Step(day.toordinal(), values))
    whole = dated(project.properties, history) | {"status_stale": None}
    return steps if steps and steps[-1].values == whole else [*steps, Step(dt.date.max.toordinal(), whole)]


def make_entry(revision: Revision) -> Entry:
    """Return the entry of a revision that has a record."""
    project = revision.project
    if project is None:
        raise ValueError(f"revision {revision.number} of {revision.project_id} is a deletion")
    stated, derived = project.stated(), undated(project.properties, project.geometry)
    steps = _steps(project)
    first = {name: stated[name] for name in _FIRST_PROPERTIES}
    kept = {"revision": revision.number, "created": revision.created, "updated": revision.time}
    rest = {k: v for k, v in {**derived, **stated, **kept}.items() if k not in first}
    outer = {"type": "Feature", "id": project.id, "geometry": project.geometry, "properties": first}
    events = project.properties.events
    spans = [
        (dates.first_day(e.date).toordinal(), dates.last_day(e.date).toordinal()) for e in events if not e.expected
    ]
    values = {
        **{name: stated.get(name) for name in _COLUMNS},
        **derived,
        **steps[-1].values,
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
        tail=b"," + orjson.dumps(rest)[1:] + b"}",
        shape=to_shape(project.geometry),
        values=values,
        steps=steps,
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
