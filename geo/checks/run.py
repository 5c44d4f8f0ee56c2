"""What makes records believable: every rule run on files, on a store, or on records at hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from geo.checks import capacities, events, pairs, places, sources
from geo.curated.decisions import Decisions, read_decisions
from geo.curated.files import read_features
from geo.curated.organisations import Organisations, read_organisations
from geo.curated.points import DatasetPoints, read_dataset_points
from geo.errors import InvalidRecord
from geo.paths import data_folder
from geo.records.project import Project
from geo.store import Store
from geo.violation import SEVERITIES, Violation

__all__ = ["SEVERITIES", "Violation", "check_files", "check_projects", "check_store"]

RecordRule = Callable[[Project, dt.date], Iterator[Violation]]
_RECORD_RULES: tuple[RecordRule, ...] = (*sources.RULES, *events.RULES, *capacities.RULES)


def check_files(files: Iterable[Path], others: Iterable[Path] = (), *, today: dt.date | None = None) -> list[Violation]:
    """Return every violation in these files, taken together; raises DataFileError for a file that is no GeoJSON.

    Links may also lead to the records of the `others`, which are not checked themselves.
    """
    violations: list[Violation] = []
    projects: dict[str, Project] = {}
    homes: dict[str, str] = {}
    for file in files:
        for index, feature in enumerate(read_features(file)):
            project = _read(feature, file.name, index, violations)
            if project is None:
                continue
            if project.id in projects:
                other = f"is also the id of a record in {homes[project.id]}"
                violations.append(_error(file.name, project.id, "/id", "duplicate-id", other, "an id of its own"))
                continue
            projects[project.id], homes[project.id] = project, file.name
    elsewhere = {feature.get("id") for file in others for feature in read_features(file) if isinstance(feature, dict)}
    found = check_projects(list(projects.values()), elsewhere, today=today)
    return violations + [v.in_file(homes[v.record]) for v in found]


def check_store(store: Store, *, today: dt.date | None = None) -> list[Violation]:
    """Return every violation in the records that a store holds now."""
    return check_projects([r.project for r in store.current() if r.project is not None], today=today)


def check_projects(
    projects: Sequence[Project],
    elsewhere: Iterable[Any] = (),
    *,
    today: dt.date | None = None,
    decisions: Decisions | None = None,
    points: DatasetPoints | None = None,
    organisations: Organisations | None = None,
) -> list[Violation]:
    """Return every violation of valid records, those between records included, in the records' order.

    `decisions`, `points` and `organisations` are those of the curated dataset unless given.
    """
    day = today or dt.datetime.now(dt.UTC).date()
    decided = read_decisions() if decisions is None else decisions
    second = read_dataset_points() if points is None else points
    found = [v for project in projects for rule in _RECORD_RULES for v in rule(project, day)]
    named = read_organisations(data_folder()) if organisations is None else organisations
    found += [v for project in projects for v in sources.unknown_organisations(project, named)]
    found += capacities.unlike_the_others(projects)
    found += places.violations(projects, second)
    found += pairs.violations(projects, decided)
    found += _broken_links(projects, {p.id for p in projects} | set(elsewhere))
    order = {project.id: position for position, project in enumerate(projects)}
    return sorted(found, key=lambda v: order[v.record])


def _read(feature: Any, file: str, index: int, violations: list[Violation]) -> Project | None:
    name = str(feature.get("id", index)) if isinstance(feature, dict) else str(index)
    try:
        return Project.from_feature(feature)
    except InvalidRecord as error:
        violations += [_error(file, name, e.pointer, "schema", e.detail, e.expected) for e in error.errors]
        return None


def _error(file: str, record: str, pointer: str, rule: str, detail: str, expected: str) -> Violation:
    return Violation(record, pointer, rule, "error", detail, expected, file)


def _broken_links(projects: Sequence[Project], known: set[Any]) -> Iterator[Violation]:
    for project in projects:
        for index, link in enumerate(project.properties.links):
            if link.project not in known:
                pointer = f"/properties/links/{index}/project"
                detail = f"there is no record '{link.project}'"
                yield Violation(project.id, pointer, "broken-link", "error", detail, "the id of a record")
