"""One record made ready to answer: its feature as bytes, and its values as columns want them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from shapely.geometry.base import BaseGeometry

from geo import dates, vocabulary
from geo.columns import PROJECTS
from geo.curated.organisations import Organisations
from geo.folding import searchable
from geo.records.derived import stale_day, steps, undated
from geo.records.places import drawn_point
from geo.records.project import Project
from geo.searching import words_of_place
from geo.store import Revision

_FIRST_PROPERTIES = ("name", "kind", "country")
_STATED = PROJECTS.of("stated")
STALE = b'"status_stale":'


class Step(NamedTuple):
    """The dated properties from a day (its ordinal) on, until the next step."""

    day: int
    values: dict[str, Any]

    @property
    def stale_from(self) -> int:
        """The ordinal of the day from which on the stage is stale."""
        return stale_day(self.values["status"], self.values["status_as_of"]).toordinal()


@dataclass(frozen=True)
class Indexed:
    """A current record. Its feature is `head`, the dated properties, `tail`: these can be those of any day.

    `values` holds the columns that no day changes, and the `INDEXED` ones. `first_day` and `last_day` are ordinals.
    """

    id: str
    revision: int
    head: bytes
    today: bytes  # the dated properties with all that is known, as if the stage were not stale
    tail: bytes
    stale_from: int  # the ordinal of the day from which on it is
    shape: BaseGeometry | None
    at: tuple[float, float] | None  # longitude and latitude of a shape that is a point
    values: dict[str, Any]
    steps: list[Step]
    first_day: int | None
    last_day: int | None
    links: list[tuple[str, str]]  # (type, id of the other record)
    parties: dict[str, str]  # the names of those that the record names, by id
    events: list[tuple[int, int, bool]]  # (first day, last day, expected) of each, in the record's order


def members(values: dict[str, Any]) -> bytes:
    """Return values as JSON members, without the braces around them."""
    return orjson.dumps(values)[1:-1]


def marked(dated: bytes, *, is_stale: bool) -> bytes:
    """Return dated properties, ready for a stage that is not stale, for one that is: it takes as many bytes."""
    return dated.replace(STALE + b"false", STALE + b"true ", 1) if is_stale else dated


NOTHING: dict[str, Any] = {
    **dict.fromkeys(PROJECTS.dated),
    "status": "unknown",
    "status_group": vocabulary.STATUSES["unknown"].group,
}


def index(revision: Revision, organisations: Organisations) -> Indexed:
    """Return the record of a revision that has one, ready to answer."""
    project = revision.project
    if project is None:
        raise ValueError(f"revision {revision.number} of {revision.project_id} is a deletion")
    stated, derived = project.stated(), undated(project.properties, project.location_doubt)
    kept = {"revision": revision.number, "created": revision.created, "updated": revision.time}
    first = {name: stated[name] for name in _FIRST_PROPERTIES}
    rest = {k: v for k, v in {**derived, **stated, **kept}.items() if k not in first}
    outer = {"type": "Feature", "id": project.id, "geometry": project.geometry, "properties": first}
    history = [Step(day.toordinal(), values) for day, values in steps(project.properties, project.history)]
    newest = history[-1].values
    events = [(*_span(event.date), event.expected) for event in project.properties.events]
    days = [(first, last) for first, last, expected in events if not expected]
    return Indexed(
        id=project.id,
        revision=revision.number,
        head=orjson.dumps(outer)[:-2] + b",",
        today=members({**newest, "status_stale": False}),
        tail=b"," + orjson.dumps(rest)[1:] + b"}",
        stale_from=history[-1].stale_from,
        shape=project.shape,
        at=_at(project),
        values={
            **{name: stated.get(name) for name in _STATED},
            **derived,
            **kept,
            **_drawn(project),
            **_only_indexed(project, organisations),
            "begins": min((start for start, _ in days), default=0),
        },
        steps=history,
        first_day=min((start for start, _ in days), default=None),
        last_day=max((end for _, end in days), default=None),
        links=[(link.type, link.project) for link in project.properties.links],
        parties=organisations.names(project.properties.owners),
        events=events,
    )


@functools.lru_cache(maxsize=16_384)  # as with the dates of `dates`
def _span(date: str) -> tuple[int, int]:
    """Return the ordinals of the first and the last day that a date may mean."""
    return dates.first_day(date).toordinal(), dates.last_day(date).toordinal()


def _only_indexed(project: Project, organisations: Organisations) -> dict[str, Any]:
    """Return what only answers ask of a record: its parties, words, plans and kinds of sources."""
    owners = project.properties.owners
    return {
        "id": project.id,
        "owner": organisations.parties(owners),
        "owners": "; ".join(dict.fromkeys(owner.name for owner in owners)),
        "search": _search_text(project),
        "plans": [(told.isoformat(), date) for told, date in project.history.plans],
        "source_type": frozenset(source.type for source in project.properties.sources if source.type),
    }


def _at(project: Project) -> tuple[float, float] | None:
    geometry = project.geometry
    return tuple(geometry["coordinates"]) if geometry is not None and geometry["type"] == "Point" else None


def _drawn(project: Project) -> dict[str, Any]:
    """Return the point that a map draws, and the footprint; neither where only the country is known."""
    shape = project.shape
    point = drawn_point(shape, project.properties.location_accuracy)
    is_area = point is not None and shape is not None and shape.geom_type != "Point"
    return {"point": point, "footprint": project.geometry if is_area else None}


def _search_text(project: Project) -> str:
    """The record's own words; those of its country, kind and stage are looked for by their codes."""
    p = project.properties
    names = [p.name, *p.other_names, *(owner.name for owner in p.owners)]
    places = filter(None, (p.region, p.locality))
    own = map(searchable, (*names, *places))
    # An id is words in lower case already.
    words = " ".join((*own, project.id.replace("-", " "), words_of_place(p.country, p.locality)))
    return " ".join(dict.fromkeys(words.split()))
