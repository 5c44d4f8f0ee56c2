"""The curated dataset against a store: loading it, and writing a store back as its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from geo.curated.files import replace_file, write_dataset
from geo.errors import AlreadyExists, DataFileError, InvalidRecord, RevisionConflict
from geo.faults import fault
from geo.keys import DATASET as AUTHOR
from geo.records.project import Project
from geo.records.schema import collection_schema
from geo.store import Change, Revision, Store

SCHEMA_FILE = "project.schema.json"

# Comments of revisions that tell what was loaded; release 2026.11 wrote the last one for the dataset too.
FROM_DATASET = "loaded from the dataset"
FROM_FILES = "loaded from given files"
_DATASET_COMMENTS = (FROM_DATASET, "loaded from files")


@dataclass
class LoadReport:
    """What a load did, or would do, with each record, by id."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # changed or deleted by somebody else, and left so
    dropped: list[str] = field(default_factory=list)  # loaded from the dataset once, not among those given, and left


def load(store: Store, projects: Iterable[Project], comment: str, *, overwrite: bool = False) -> LoadReport:
    """Bring records into the store in one transaction and return what was done.

    A record that somebody has changed or deleted in the store is left as it is; with `overwrite` changed ones (not
    deleted ones) become the record given. Where another writer comes first, the records are compared once more.
    Raises InvalidRecord when two records have one id.
    """
    given = list(projects)
    try:
        return _load(store, given, comment, overwrite)
    except (AlreadyExists, RevisionConflict):
        return _load(store, given, comment, overwrite)


def _load(store: Store, projects: list[Project], comment: str, overwrite: bool) -> LoadReport:
    report, changes = _planned(store, projects, comment, overwrite)
    if changes:
        store.write(changes)
    return report


def compare(store: Store, projects: Iterable[Project]) -> LoadReport:
    """Return what loading these records would do; nothing is written."""
    return _planned(store, list(projects), "", False)[0]


def _planned(store: Store, projects: list[Project], comment: str, overwrite: bool) -> tuple[LoadReport, list[Change]]:
    newest = {revision.project_id: revision for revision in store.changes_since(0)}  # deletions included
    report, changes = LoadReport(), []
    seen: set[str] = set()
    for project in projects:
        if project.id in seen:
            raise InvalidRecord([fault("/id", "duplicate-id", id=project.id)])
        seen.add(project.id)
        known = newest.get(project.id)
        outcome = _outcome(report, project, known, overwrite)
        outcome.append(project.id)
        if outcome is report.created or outcome is report.updated:
            changes.append(Change(project.id, project, known.number if known else None, AUTHOR, comment))
    report.dropped += [r.project_id for r in newest.values() if r.project_id not in seen and _is_of_dataset(r)]
    return report, changes


def _is_of_dataset(revision: Revision) -> bool:
    return revision.author == AUTHOR and revision.project is not None and revision.comment in _DATASET_COMMENTS


def _outcome(report: LoadReport, project: Project, known: Revision | None, overwrite: bool) -> list[str]:
    if known is None:
        return report.created
    if known.project == project:
        return report.unchanged
    if known.project is not None and (known.author == AUTHOR or overwrite):
        return report.updated
    return report.kept


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
