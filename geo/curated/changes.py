"""What one release of the dataset has that another has not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from geo.curated.files import projects_folder, read_projects
from geo.curated.release import read_kept
from geo.editing import Difference, differences
from geo.records.project import Project

# What says nothing of the project itself: words, sources, and when somebody looked.
_WORDING = frozenset(
    (
        "summary",
        "sources",
        "other_names",
        "location_note",
        "location_sources",
        "checked",
        "checked_found",
        "external_ids",
    )
)


@dataclass
class Changes:
    """The records that two releases tell differently, by id.

    `moved` have reached another stage (before, after). `corrected` say something else than before, and what it is about
    (properties of the record); `extended` say more; `reworded` say the same in other words or from other sources.
    """

    new: list[Project] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    moved: dict[str, tuple[str, str]] = field(default_factory=dict)
    corrected: dict[str, list[str]] = field(default_factory=dict)
    extended: dict[str, list[str]] = field(default_factory=dict)
    reworded: list[str] = field(default_factory=list)


def changes(former: Iterable[Project], now: Iterable[Project]) -> Changes:
    """Return what changed from one release to another."""
    before = {project.id: project for project in former}
    found, there = Changes(), set[str]()
    for project in now:
        there.add(project.id)
        if project.id in before:
            _compare(before[project.id], project, found)
        else:
            found.new.append(project)
    found.gone = sorted(before.keys() - there)
    return found


def _compare(before: Project, after: Project, found: Changes) -> None:
    stages = tuple(str(project.derived()["status"]) for project in (before, after))
    if stages[0] != stages[1]:
        found.moved[after.id] = (stages[0], stages[1])
    told = differences(before.to_feature(), after.to_feature())
    facts = [each for each in told if _about(each) not in _WORDING]
    if corrected := _properties(each for each in facts if each.before is not None):
        found.corrected[after.id] = corrected
    elif extended := _properties(facts):
        found.extended[after.id] = extended
    elif told:
        found.reworded.append(after.id)


def _about(difference: Difference) -> str:
    """Return the property that a difference is about."""
    parts = difference.pointer.split("/")
    return parts[2] if parts[1] == "properties" else parts[1]


def _properties(found: Iterable[Difference]) -> list[str]:
    return list(dict.fromkeys(map(_about, found)))


def records_of_release(name: str) -> list[Project]:
    """Return the records of a release that is kept, of a data folder, or of a file; raises DataFileError."""
    path = Path(name)
    if path.exists():
        return list(read_projects(projects_folder(path) if path.is_dir() else path))
    return list(read_kept(name))
