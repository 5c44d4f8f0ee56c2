"""Rules between records: no project twice, no two on one spot without a word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from geo.checks.likeness import ALIKE, likenesses, owners_alike
from geo.curated.decisions import Decisions
from geo.records.project import Project
from geo.violation import Violation


def violations(projects: Sequence[Project], decisions: Decisions) -> Iterator[Violation]:
    """Yield the pairs that look alike and that neither a link nor a decision explains."""
    linked = {frozenset((p.id, link.project)) for p in projects for link in p.properties.links}
    told: set[frozenset[str]] = set()
    for pair in likenesses(projects):
        both = frozenset((pair.first, pair.second))
        told.add(both)
        if both not in linked and decisions.of(pair.first, pair.second) is None:
            away = f", {pair.km:.0f} km away" if pair.km is not None else ""
            detail = f"may be the same project as {pair.second}: {pair.reason}{away}"
            expected = "one record, or a link between the two, or a decision in decisions.json"
            yield Violation(pair.first, "", "near-duplicate", "warning", detail, expected)
    yield from _one_spot(projects, decisions, linked | told)


def _one_spot(projects: Sequence[Project], decisions: Decisions, explained: set[frozenset[str]]) -> Iterator[Violation]:
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
                detail = f"has the very point of {first.id}, an unlike project"
                expected = "the point of each, a link, or a decision in decisions.json"
                yield Violation(other.id, "/geometry/coordinates", "one-spot", "warning", detail, expected)
