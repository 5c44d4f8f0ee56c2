"""What one release of the dataset has that another has not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from geo.curated.files import projects_folder, read_projects
from geo.curated.release import kept_file, read_kept, read_release
from geo.editing import Difference, differences
from geo.paths import data_folder
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


_WORDING_OF_CLAIMS = (["summary"], ["sources"], ["note"])


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
            compare(before[project.id], project, found)
        else:
            found.new.append(project)
    found.gone = sorted(before.keys() - there)
    return found


def compare(before: Project, after: Project, found: Changes) -> None:
    """Add to what changed how a record differs."""
    stages = tuple(str(project.derived()["status"]) for project in (before, after))
    if stages[0] != stages[1]:
        found.moved[after.id] = (stages[0], stages[1])
    told = differences(before.to_feature(), after.to_feature())
    facts = [each for each in told if not _is_wording(each)]
    if corrected := _properties(each for each in facts if each.before is not None):
        found.corrected[after.id] = corrected
    elif extended := _properties(facts):
        found.extended[after.id] = extended
    elif told:
        found.reworded.append(after.id)


def _is_wording(difference: Difference) -> bool:
    """Return whether a difference is in words or sources only: of the record, or of one of its claims."""
    return _about(difference) in _WORDING or difference.pointer.split("/")[4:5] in _WORDING_OF_CLAIMS


def _about(difference: Difference) -> str:
    """Return the property that a difference is about."""
    parts = difference.pointer.split("/")
    return parts[2] if parts[1] == "properties" else parts[1]


def _properties(found: Iterable[Difference]) -> list[str]:
    return list(dict.fromkeys(map(_about, found)))


def records_of_release(name: str) -> list[Project]:
    """Return the records of a release: of this version's, of one that is kept, of a data folder or of a file.

    Raises DataFileError where there is none of that name.
    """
    path = Path(name)
    if name == read_release().name:
        return list(read_projects(projects_folder(data_folder())))
    if not kept_file(name).exists() and path.exists():
        return list(read_projects(projects_folder(path) if path.is_dir() else path))
    return list(read_kept(name))
