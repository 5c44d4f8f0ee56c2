"""Rules between records: no project twice, no two on one spot without a word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from geo.checks.alike.index import likenesses
from geo.checks.alike.likeness import ALIKE, owners_alike
from geo.curated.decisions import Decisions
from geo.faults import Fault, fault
from geo.records.project import Project


def faults_of_pairs(projects: Sequence[Project], decisions: Decisions) -> Iterator[Fault]:
    """Yield the pairs that look alike and that neither a link nor a decision explains."""
    linked = {frozenset((p.id, link.project)) for p in projects for link in p.properties.links}
    told: set[frozenset[str]] = set()
    for pair in likenesses(projects):
        both = frozenset((pair.first, pair.second))
        told.add(both)
        if both not in linked and decisions.of(pair.first, pair.second) is None:
            values = {"km": pair.km, "owners_alike": pair.owners_alike}
            known = {name: value for name, value in values.items() if value is not None}
            yield fault("", "near-duplicate", "warning", second=pair.second, **known).of(pair.first)
    yield from _one_spot(projects, decisions, linked | told)


def _one_spot(projects: Sequence[Project], decisions: Decisions, explained: set[frozenset[str]]) -> Iterator[Fault]:
    spots: dict[tuple[float, ...], list[Project]] = defaultdict(list)
    for project in projects:
        place = project.geometry
        if place is not None and place["type"] == "Point" and project.properties.location_accuracy == "site":
            spots[tuple(place["coordinates"])].append(project)
    for members in spots.values():
        first = members[0]
        for other in members[1:]:
            pair = frozenset((first.id, other.id))
            known = pair in explained or decisions.of(first.id, other.id) or owners_alike(first, other) >= ALIKE
            if not known:
                yield fault("/geometry/coordinates", "one-spot", "warning", other=first.id).of(other.id)
