"""The curated dataset against a store: loading it, and writing a store back as its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from geo.curated.files import replace_file, write_dataset
from geo.editing import Edit, check_links, merge, stating
from geo.errors import AlreadyExists, DataFileError, InvalidRecord, RevisionConflict
from geo.faults import fault
from geo.keys import DATASET as AUTHOR
from geo.records.project import Project
from geo.records.schema import collection_schema
from geo.store import Revision, Store

SCHEMA_FILE = "project.schema.json"

# Comments of revisions that tell what was loaded; release 2026.11 wrote the last one for the dataset too.
FROM_DATASET = "loaded from the dataset"
FROM_FILES = "loaded from given files"
MERGED = ", with what was changed here"
_DATASET_COMMENTS = (FROM_DATASET, "loaded from files")


@dataclass
class LoadReport:
    """What a load did, or would do, with each record, by id."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)  # changed by somebody else in other places, which stay changed
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # changed or deleted by somebody else, and left so
    dropped: list[str] = field(default_factory=list)  # loaded from the dataset once, not among those given, and left
    conflicts: dict[str, list[str]] = field(default_factory=dict)  # of kept ones, the places that both have changed


def load(store: Store, projects: Iterable[Project], comment: str, *, overwrite: bool = False) -> LoadReport:
    """Bring records into the store in one transaction and return what was done.

    Where somebody has changed a record in the store since it was loaded, and this version changes it in other places,
    both changes go together; where in the same ones, or where it was deleted, it is left as it is. With `overwrite`
    changed records (not deleted ones) become the record given. Where another writer comes first, the records are
    compared once more. Raises InvalidRecord when two records have one id, and for links to records that are nowhere.
    """
    given = list(projects)
    try:
        return _load(store, given, comment, overwrite)
    except (AlreadyExists, RevisionConflict):
        return _load(store, given, comment, overwrite)


def _load(store: Store, projects: list[Project], comment: str, overwrite: bool) -> LoadReport:
    plan = _planned(store, projects, comment, overwrite)
    if plan.edits:
        store.write(plan.edits)
    return plan.report


def compare(store: Store, projects: Iterable[Project]) -> LoadReport:
    """Return what loading these records would do; nothing is written."""
    return _planned(store, list(projects), "", False).report


class _Plan:
    """What a load does with each record, and the edits that do it."""

    def __init__(self, store: Store, comment: str, overwrite: bool) -> None:
        self.report, self.edits = LoadReport(), list[Edit]()
        self.heads = {revision.project_id: revision for revision in store.heads()}
        self._store, self._comment, self._overwrite = store, comment, overwrite

    def take(self, project: Project) -> None:
        head = self.heads.get(project.id)
        if head is None:
            self._write(self.report.created, project, None)
        elif head.project == project:
            self.report.unchanged.append(project.id)
        elif head.project is not None and (_is_as_loaded(head) or self._overwrite):
            self._write(self.report.updated, project, head.number)
        else:
            self._merge(project, head)

    def _write(self, outcome: list[str], project: Project, expected: int | None, how: str = "") -> None:
        outcome.append(project.id)
        self.edits.append(Edit(project.id, project, expected, AUTHOR, self._comment + how))

    def _merge(self, project: Project, head: Revision) -> None:
        base = self._loaded_before(project.id)
        if head.project is None or base is None or base == project:
            self.report.kept.append(project.id)
            return
        merged = merge(base.to_feature(), head.project.to_feature(), project.to_feature())
        if merged.conflicts:
            self.report.kept.append(project.id)
            self.report.conflicts[project.id] = [conflict.pointer for conflict in merged.conflicts]
            return
        together = stating(merged.feature, head.project)
        if together == head.project:
            self.report.kept.append(project.id)
        else:
            self._write(self.report.merged, together, head.number, MERGED)

    def _loaded_before(self, project_id: str) -> Project | None:
        """Return the record as it was loaded last, before somebody else changed it."""
        loaded = [revision.project for revision in self._store.revisions(project_id) if _is_as_loaded(revision)]
        return loaded[-1] if loaded else None


def _is_as_loaded(revision: Revision) -> bool:
    """Return whether a revision is just what was loaded, without what somebody changed before it."""
    return revision.author == AUTHOR and not (revision.comment or "").endswith(MERGED)


def _planned(store: Store, projects: list[Project], comment: str, overwrite: bool) -> _Plan:
    plan = _Plan(store, comment, overwrite)
    given: set[str] = set()
    for project in projects:
        if project.id in given:
            raise InvalidRecord([fault("/id", "duplicate-id", id=project.id)])
        given.add(project.id)
        plan.take(project)
    known = given | {head.project_id for head in plan.heads.values() if head.project is not None}
    check_links((edit.project for edit in plan.edits if edit.project), known.__contains__)
    plan.report.dropped += [head.project_id for head in plan.heads.values() if _is_dropped(head, given)]
    return plan


def _is_dropped(head: Revision, given: set[str]) -> bool:
    of_dataset = head.author == AUTHOR and head.project is not None and head.comment in _DATASET_COMMENTS
    return of_dataset and head.project_id not in given


def fingerprint(folder: Path) -> str:
    """Return a text that is the same only for the same record files in a data folder."""
    digest = hashlib.blake2b(digest_size=16)
    for file in sorted(projects_folder(folder).glob("*.geojson")):
        content = file.read_bytes()
        digest.update(f"{file.name} {len(content)} ".encode() + content)
    return digest.hexdigest()


def export(store: Store, folder: Path) -> list[Path]:
    """Write the store's records as the dataset's files into `folder` (projects/XX.geojson and the JSON Schema)."""
    projects = [revision.project for revision in store.current() if revision.project is not None]
    if not projects:
        raise DataFileError("store-empty", folder=str(folder))
    files = write_dataset(folder / "projects", projects)
    schema = folder / SCHEMA_FILE
    shown = orjson.dumps(collection_schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    replace_file(schema, shown)
    return [*files, schema]


def projects_folder(folder: Path) -> Path:
    """Return the folder of record files: `folder/projects` where that exists, or else the folder itself."""
    nested = folder / "projects"
    return nested if nested.is_dir() else folder
