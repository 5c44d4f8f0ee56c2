"""What makes records believable: every rule run on files, on a store, or on records at hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from geo.checks import capacities, events, pairs, places, sources, stages, summaries, thresholds
from geo.curated.decisions import Decisions, read_decisions
from geo.curated.files import features_in
from geo.curated.organisations import Organisations, read_organisations
from geo.curated.points import DatasetPoints, read_dataset_points
from geo.errors import InvalidRecord
from geo.faults import Fault, fault
from geo.paths import data_folder
from geo.records.project import Project
from geo.store import Store

RecordRule = Callable[[Project, dt.date], Iterator[Fault]]
_RECORD_RULES: tuple[RecordRule, ...] = (
    *sources.RULES,
    *events.RULES,
    *stages.RULES,
    *capacities.RULES,
    *thresholds.RULES,
    *summaries.RULES,
)


def check_files(files: Iterable[Path], others: Iterable[Path] = (), *, today: dt.date | None = None) -> list[Fault]:
    """Return every fault in these files, taken together; raises DataFileError for a file that is no GeoJSON.

    Links may also lead to the records of the `others`, which are not checked themselves.
    """
    faults: list[Fault] = []
    projects: dict[str, Project] = {}
    homes: dict[str, str] = {}
    for file in files:
        for index, feature in enumerate(features_in(file)):
            project = _read(feature, file.name, index, faults)
            if project is None:
                continue
            if project.id in projects:
                twice = fault("/id", "duplicate-id", id=project.id, other=homes[project.id])
                faults.append(twice.of(project.id).in_file(file.name))
                continue
            projects[project.id], homes[project.id] = project, file.name
    elsewhere = {feature.get("id") for file in others for feature in features_in(file) if isinstance(feature, dict)}
    found = check_projects(list(projects.values()), elsewhere, today=today)
    return faults + [each.in_file(homes[each.record]) for each in found]


def check_record(project: Project, organisations: Organisations, *, today: dt.date | None = None) -> list[Fault]:
    """Return what is to be looked at in one valid record by itself: what others say of it is not known here."""
    day = today or dt.datetime.now(dt.UTC).date()
    found = [each for rule in _RECORD_RULES for each in rule(project, day)]
    return [*found, *sources.unknown_organisations(project, organisations), *places.doubts_of_place(project)]


def check_store(store: Store, *, today: dt.date | None = None) -> list[Fault]:
    """Return every fault in the records that a store holds now."""
    return check_projects([r.project for r in store.current() if r.project is not None], today=today)


def check_projects(
    projects: Sequence[Project],
    elsewhere: Iterable[Any] = (),
    *,
    today: dt.date | None = None,
    decisions: Decisions | None = None,
    points: DatasetPoints | None = None,
    organisations: Organisations | None = None,
) -> list[Fault]:
    """Return every fault of valid records, those between records included, in the records' order.

    `decisions`, `points` and `organisations` are those of the curated dataset unless given.
    """
    day = today or dt.datetime.now(dt.UTC).date()
    decided = read_decisions() if decisions is None else decisions
    second = read_dataset_points() if points is None else points
    found = [each for project in projects for rule in _RECORD_RULES for each in rule(project, day)]
    named = read_organisations(data_folder()) if organisations is None else organisations
    found += [each for project in projects for each in sources.unknown_organisations(project, named)]
    found += capacities.unlike_the_others(projects)
    found += capacities.out_of_line_with_investment(projects)
    found += places.faults_of_places(projects, second)
    found += pairs.faults_of_pairs(projects, decided)
    found += _broken_links(projects, {p.id for p in projects} | set(elsewhere))
    order = {project.id: position for position, project in enumerate(projects)}
    return sorted(found, key=lambda each: order[each.record])


def _read(feature: Any, file: str, index: int, faults: list[Fault]) -> Project | None:
    name = str(feature.get("id", index)) if isinstance(feature, dict) else str(index)
    try:
        return Project.from_feature(feature)
    except InvalidRecord as error:
        faults += [each.of(name).in_file(file) for each in error.faults]
        return None


def _broken_links(projects: Sequence[Project], known: set[Any]) -> Iterator[Fault]:
    for project in projects:
        for index, link in enumerate(project.properties.links):
            if link.project not in known:
                pointer = f"/properties/links/{index}/project"
                yield fault(pointer, "broken-link", project=link.project).of(project.id)
