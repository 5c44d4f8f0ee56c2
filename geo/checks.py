"""What makes a file of records right: every record by the rules, ids once, links that lead somewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.errors import InvalidRecord
from geo.formats import read_features
from geo.records import Project


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: file, record, JSON pointer, what, and what would be right."""

    file: str
    record: str
    pointer: str
    detail: str
    expected: str


def check_files(files: Iterable[Path], others: Iterable[Path] = ()) -> list[Fault]:
    """Return every fault of the records in these files, taken together; raises DataFileError for no GeoJSON.

    Links may also lead to the records of the `others`, which are not checked themselves.
    """
    faults: list[Fault] = []
    projects: dict[str, tuple[str, Project]] = {}
    for file in files:
        for index, feature in enumerate(read_features(file)):
            name = str(feature.get("id", index)) if isinstance(feature, dict) else str(index)
            try:
                project = Project.from_feature(feature)
            except InvalidRecord as error:
                faults += [Fault(file.name, name, e.pointer, e.detail, e.expected) for e in error.errors]
                continue
            if project.id in projects:
                other = projects[project.id][0]
                faults.append(
                    Fault(file.name, name, "/id", f"is also the id of a record in {other}", "an id of its own")
                )
            projects.setdefault(project.id, (file.name, project))
    elsewhere = {feature.get("id") for file in others for feature in read_features(file) if isinstance(feature, dict)}
    return faults + _broken_links(projects, set(projects) | elsewhere)


def _broken_links(projects: dict[str, tuple[str, Project]], known: set[Any]) -> list[Fault]:
    return [
        Fault(file, project.id, f"/properties/links/{index}/project", f"there is no record '{link.project}'", "its id")
        for file, project in projects.values()
        for index, link in enumerate(project.properties.links)
        if link.project not in known
    ]
