"""The curated dataset against a store: loading it, and writing a store back as its files."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from geo.curated.files import MOST_FAULTS, replace_file, within, write_dataset
from geo.curated.release import Retired
from geo.curated.seen import Seen, seeing
from geo.editing import Edit, broken_links, merge, stating
from geo.errors import DataFileError, InvalidRecord, NotFound
from geo.faults import Fault, fault
from geo.keys import ARCHIVE, MERGE
from geo.keys import DATASET as AUTHOR
from geo.records.keys import without_made_keys
from geo.records.project import Project
from geo.records.schema import collection_schema
from geo.store import Revision, Store

SCHEMA_FILE = "project.schema.json"

# Comments of revisions that tell what was loaded; release 2026.11 wrote the last one for the dataset too.
FROM_DATASET = "loaded from the dataset"
FROM_FILES = "loaded from given files"
_DATASET_COMMENTS = (FROM_DATASET, "loaded from files")
_OBJECTS = 50_000


@dataclass
class LoadReport:
    """What a load did, or would do, with each record, by id."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)  # changed by somebody else in other places, which stay changed
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # changed or deleted by somebody else, and left so
    retired: list[str] = field(default_factory=list)  # of the dataset once, and by it taken out or into another record
    dropped: list[str] = field(default_factory=list)  # of the dataset once, not among those given, and left
    conflicts: dict[str, list[str]] = field(default_factory=dict)  # of kept ones, the places that both have changed


@dataclass(frozen=True)
class Given:
    """What is to be loaded: records, the comment of their revisions, and which records are retired.

    With `overwrite` records that somebody has changed become the record given, too.
    """

    projects: Iterable[Project]
    comment: str = FROM_DATASET
    retired: Mapping[str, Retired] = field(default_factory=dict)
    overwrite: bool = False


def load(store: Store, given: Given) -> LoadReport:
    """Bring records into the store in one transaction, as they come, and return what was done.

    Where somebody has changed a record in the store since it was loaded, and this version changes it in other places,
    both changes go together; where in the same ones, or where it was deleted, it is left as it is. With `overwrite`
    changed records (not deleted ones) become the record given. Retired records that nobody has changed are deleted,
    with a pointer to the record that stands for them. Nobody else writes meanwhile. Raises InvalidRecord when two
    records have one id, and for links to records that are nowhere.
    """
    plan = _Plan(store, given)
    with _seldom_looking_for_circles():
        store.write_many(plan.edits())
    return plan.report


@contextlib.contextmanager
def _seldom_looking_for_circles() -> Iterator[None]:
    """Let Python's collector wait for more objects than a batch of records is made of: there are no circles in them."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def compare(store: Store, given: Given) -> LoadReport:
    """Return what loading these records would do; nothing is written."""
    plan = _Plan(store, given)
    for _ in plan.edits():
        pass
    return plan.report


# What an id that is given is in the store.
_NEW, _KNOWN = "new", "known"


class _Plan:
    """What a load does with each record, and the edits that do it."""

    def __init__(self, store: Store, given: Given) -> None:
        self.report = LoadReport()
        self._store, self._given = store, given

    def edits(self) -> Iterator[Edit]:
        """Yield the edits as the records come; raises InvalidRecord."""
        with seeing() as seen:
            is_empty = self._store.latest_sequence() == 0
            for project in self._given.projects:
                head = None if is_empty else self._head(project.id)
                if seen.add(project.id, _KNOWN if head else _NEW) is not None:
                    raise InvalidRecord([fault("/id", "duplicate-id", id=project.id)])
                for edit in self._take(project, head):
                    _note_links(edit, head, seen)
                    yield edit
            for head in self._store.heads(records=False):
                if head.action != "delete" and head.project_id not in seen:
                    yield from self._leave(head)
            self._check_links(seen)

    def _head(self, project_id: str) -> Revision | None:
        try:
            return self._store.head(project_id)
        except NotFound:
            return None

    def _take(self, given: Project, head: Revision | None) -> Iterator[Edit]:
        if head is None:
            self.report.created.append(given.id)
            yield self._edit(given, None)
        elif head.project is None:
            self.report.kept.append(given.id)
        elif head.project == given:
            self.report.unchanged.append(given.id)
        else:
            yield from self._compare(_with_keys_of(given, head.project), head.project, head)

    def _compare(self, given: Project, there: Project, head: Revision) -> Iterator[Edit]:
        if there == given:
            self.report.unchanged.append(given.id)
        elif head.author == AUTHOR or self._given.overwrite:
            self.report.updated.append(given.id)
            yield self._edit(given, head.number)
        else:
            yield from self._merge(given, there, head.number)

    def _edit(self, project: Project, expected: int | None, author: str = AUTHOR) -> Edit:
        return Edit(project.id, project, expected, author, self._given.comment)

    def _leave(self, head: Revision) -> Iterator[Edit]:
        """Say what becomes of a record that is not among those given: retired, or left as it is."""
        retired = self._given.retired.get(head.project_id)
        if retired is None:
            self.report.dropped += [head.project_id] if _is_of_dataset(head) else []
        elif not self._is_loaded_only(head.project_id):
            self.report.kept.append(head.project_id)
        else:
            self.report.retired.append(head.project_id)
            comment = f"retired in release {retired.release}: {retired.reason}"
            yield Edit(head.project_id, None, head.number, AUTHOR, comment, retired.successor)

    def _is_loaded_only(self, project_id: str) -> bool:
        """Return whether nobody has changed a record; addresses of archived copies change nothing that it says."""
        history = self._store.revisions(project_id, records=False)
        return {revision.author for revision in history} <= {AUTHOR, ARCHIVE}

    def _merge(self, given: Project, there: Project, number: int) -> Iterator[Edit]:
        """Keep both changes: the record as it is given becomes a revision, and so does what came of the two.

        The former is what the next load compares with.
        """
        base = self._loaded_before(given.id)
        together = None if base is None or base == given else self._together(base, there, given)
        if together is None:
            self.report.kept.append(given.id)
            return
        self.report.merged.append(given.id)
        yield self._edit(given, number)
        yield self._edit(together, number + 1, MERGE)

    def _together(self, base: Project, there: Project, given: Project) -> Project | None:
        """Return what came of both changes; None, and the places, where they contradict each other."""
        merged = merge(base.to_feature(), there.to_feature(), given.to_feature())
        places = [conflict.pointer for conflict in merged.conflicts]
        if not places:
            try:
                return stating(merged.feature, there)
            except InvalidRecord as error:  # such as a claim on a source that the other change has taken out
                places = [each.pointer for each in error.faults]
        self.report.conflicts[given.id] = places
        return None

    def _loaded_before(self, project_id: str) -> Project | None:
        """Return the record as it was loaded last, whatever came of it."""
        loaded = [revision.project for revision in self._store.revisions(project_id) if revision.author == AUTHOR]
        return loaded[-1] if loaded else None

    def _check_links(self, seen: Seen) -> None:
        """Raise InvalidRecord where links lead to no record: neither a new one, nor one that was there before."""
        faults: list[Fault] = []
        for record, pointer, target in seen.links_beyond(_NEW):
            head = self._head(target)
            if (head is None or head.project is None) and len(faults) < MOST_FAULTS:
                faults.append(fault(pointer, "broken-link", project=target).of(record))
        if faults:
            raise InvalidRecord(faults)


def _with_keys_of(given: Project, there: Project) -> Project:
    """Return the record given with the keys that its claims have in the store, where a file does not name others."""
    stated = {**given.stated(), **without_made_keys(given.properties)}
    return stating({**given.to_feature(), "properties": stated}, there)


def _note_links(edit: Edit, head: Revision | None, seen: Seen) -> None:
    """Keep the links that an edit adds: they may lead to records that come later."""
    if edit.project is not None and edit.project.properties.links:
        for each in broken_links(edit.project, head.project if head else None, lambda _: False):
            seen.link(edit.project_id, each.pointer, str(each.values["project"]))


def is_of_dataset(store: Store, ids: Iterable[str]) -> bool:
    """Return whether any of these records came into the store with the dataset, and was not changed since."""
    return any(_is_of_dataset(each) for each in _newest(store, ids))


def _newest(store: Store, ids: Iterable[str]) -> Iterator[Revision]:
    for project_id in ids:
        with contextlib.suppress(NotFound):
            yield store.revisions(project_id, records=False)[-1]


def _is_of_dataset(head: Revision) -> bool:
    return head.author in (AUTHOR, MERGE) and head.comment in _DATASET_COMMENTS


def export(store: Store, folder: Path) -> list[Path]:
    """Write the store's records as the dataset's files into `folder` (projects/XX.geojson and the JSON Schema)."""
    projects = [revision.project for revision in store.current() if revision.project is not None]
    if not projects:
        raise DataFileError("store-empty", folder=str(folder))
    files = write_dataset(within(folder, "projects"), projects)
    schema = folder / SCHEMA_FILE
    shown = orjson.dumps(collection_schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    replace_file(schema, shown)
    return [*files, schema]
