"""What changed in a store from one moment to another, record by record, as it is told of releases of the dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from geo.curated.changes import Changes, compare
from geo.records.project import Project
from geo.store import Revision

MOST_REPORTED = 5_000  # records; more are no report that anybody reads
Kind = Literal["new", "deleted", "stage", "capacity", "corrected", "extended", "reworded"]
KINDS: tuple[Kind, ...] = ("new", "deleted", "stage", "capacity", "corrected", "extended", "reworded")
FACETS = ("country", "kind", "status")


@dataclass(frozen=True)
class Entry:
    """A record that changed, and how; `sequences` are those of its revisions at both moments (0 for none).

    `stages` are those before and after, where it has moved.
    """

    id: str
    name: str
    country: str
    kind: str
    status: str
    changed: tuple[Kind, ...]
    stages: tuple[str, str] | None
    sequences: tuple[int, int]
    time: str
    revision: int


def report(pairs: Iterable[tuple[Revision | None, Revision]]) -> list[Entry]:
    """Return what changed of these records, each as it was and as it is; those that say the same are left out."""
    return [entry for before, after in pairs for entry in _entry(before, after)]


def _entry(before: Revision | None, after: Revision) -> Iterator[Entry]:
    was, now = before.project if before else None, after.project
    shown, found = now or was, Changes()
    if shown is None:
        return
    if was and now:
        compare(was, now, found)
    changed = ("new",) if was is None else ("deleted",) if now is None else tuple(_kinds(found, shown.id))
    if changed:
        yield Entry(
            id=shown.id,
            name=shown.properties.name,
            country=shown.properties.country,
            kind=shown.properties.kind,
            status=_status(shown),
            changed=changed,
            stages=found.moved.get(shown.id),
            sequences=(before.sequence if before else 0, after.sequence),
            time=after.time,
            revision=after.number,
        )


def _kinds(found: Changes, project_id: str) -> Iterator[Kind]:
    if project_id in found.moved:
        yield "stage"
    corrected, extended = found.corrected.get(project_id, []), found.extended.get(project_id, [])
    if "capacities" in (*corrected, *extended):
        yield "capacity"
    if set(corrected) - {"capacities"}:
        yield "corrected"
    if set(extended) - {"capacities"}:
        yield "extended"
    if found.reworded:
        yield "reworded"


def _status(project: Project) -> str:
    return str(project.derived()["status"])


def counts(entries: Iterable[Entry]) -> dict[str, dict[str, Counter[Kind]]]:
    """Return how many records changed in which way, by country, kind and stage."""
    found: dict[str, dict[str, Counter[Kind]]] = {facet: {} for facet in FACETS}
    for entry in entries:
        for facet in FACETS:
            found[facet].setdefault(getattr(entry, facet), Counter()).update(entry.changed)
    return found
