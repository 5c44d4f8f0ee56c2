"""What an edit writes: its revision, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from geo.dates import now
from geo.editing import Edit
from geo.errors import AlreadyExists, Gone, NotFound, RevisionConflict
from geo.relational import once
from geo.relational.database import Connection, Database, LayerWriting
from geo.relational.tables import REVISION_COLUMNS
from geo.store import Action, Revision

INSERT_REVISION = (
    f"INSERT INTO revisions ({', '.join(REVISION_COLUMNS)}) VALUES ({', '.join('?' * len(REVISION_COLUMNS))})"  # noqa: S608
)
_NEWEST = (
    "SELECT sequence, number, action, created, successor FROM revisions "
    "WHERE project_id = ? ORDER BY number DESC LIMIT 1"
)
_HEAD = "SELECT sequence, time FROM revisions ORDER BY sequence DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an edit writes, made before its turn to write has come: the record's text, and what the layer wants."""

    edit: Edit
    record: str | None
    layered: Any


@dataclass(frozen=True, slots=True)
class Next:
    """The sequence of the revision that is written next, and its time."""

    sequence: int
    time: str


class Writing:
    """One transaction that makes edits."""

    def __init__(self, connection: Connection, database: Database) -> None:
        self.connection, self._database = connection, database
        self._layer: LayerWriting = database.layer.writing(connection)
        self._put: list[tuple[Any, Revision]] = []

    def make(self, prepared: Prepared) -> Revision:
        """Make an edit; raises AskedOtherwise, AlreadyExists, NotFound, Gone or RevisionConflict."""
        edit, connection = prepared.edit, self.connection
        made = once.made(connection, edit.once, self._database.place) if edit.once else None
        if made is not None:
            return made
        newest = connection.execute(_NEWEST, (edit.project_id,)).fetchone()
        check_expected(edit, newest)
        revision = _revision(edit, newest, next_of(connection))
        replaces = newest and newest["sequence"]
        connection.execute(self._database.insert_revision, revision_values(revision, replaces, prepared.record))
        if edit.once:
            once.note(connection, edit.once, revision.sequence, revision.time)
        self._layer.put(prepared.layered, revision)
        self._put.append((prepared.layered, revision))
        return revision

    def make_new(self, several: list[Prepared]) -> None:
        """Make edits that create records under ids that were never used."""
        first = next_of(self.connection)
        numbered = enumerate(several, first.sequence)
        made = [(each, _revision(each.edit, None, Next(number, first.time))) for number, each in numbered]
        values = (revision_values(revision, None, each.record) for each, revision in made)
        self.connection.executemany(self._database.insert_revision, values)
        put = [(each.layered, revision) for each, revision in made]
        self._layer.put_new(put)
        self._put += put

    @contextmanager
    def together(self) -> Iterator[None]:
        """Let all edits within be made, or none; whatever keeps one from it is raised."""
        self.connection.execute("SAVEPOINT together")
        before = len(self._put)
        try:
            yield
        except Exception:
            if not self.connection.in_transaction:  # the database has ended it, as on a full disk
                raise
            del self._put[before:]
            self.connection.execute("ROLLBACK TO together")
            self.connection.execute("RELEASE together")
            raise
        self.connection.execute("RELEASE together")

    def note(self) -> None:
        """Do what is done once for the edits made so far."""
        if self._put:
            self._layer.note(self._put)
            self._put = []

    def end(self) -> None:
        """Do what is to be done before the transaction is committed."""
        self.note()
        self._layer.end()


def prepare(database: Database, edit: Edit) -> Prepared:
    """Return what an edit writes."""
    project = edit.project
    record = None if project is None else orjson.dumps(project.to_feature()).decode()
    return Prepared(edit, record, database.layer.prepared(edit))


def revision_values(revision: Revision, replaces: int | None, record: str | None) -> tuple[object, ...]:
    """Return a revision as REVISION_COLUMNS has it."""
    key = (revision.sequence, revision.project_id, revision.number, revision.action)
    said = (revision.author, revision.comment, revision.successor)
    return (*key, *said, revision.time, revision.created, replaces, record)


def _revision(edit: Edit, newest: Any, following: Next) -> Revision:
    number, created = (newest["number"] + 1, newest["created"]) if newest else (1, following.time)
    is_there = newest is not None and newest["action"] != "delete"
    action: Action = "delete" if edit.project is None else "update" if is_there else "create"
    key, said = (following.sequence, edit.project_id, number, action), (edit.author, edit.comment)
    return Revision(*key, *said, following.time, created, edit.project, successor=edit.successor)


def next_of(connection: Connection) -> Next:
    """Return what the next revision has: a time no older than that of the newest one, wherever the clock has been set.

    So the history is in order by time as by sequence, and whoever asks for what is newer than a time misses nothing.
    """
    head = connection.execute(_HEAD).fetchone()
    return Next(head["sequence"] + 1, max(now(), head["time"])) if head else Next(1, now())


def check_expected(edit: Edit, newest: Any) -> None:
    """Raise where the newest revision of a record (None: there is none) is not the one that an edit changes."""
    if edit.expected is None:
        if newest is not None:
            raise AlreadyExists(edit.project_id)
        return
    if newest is None:
        raise NotFound(edit.project_id)
    if newest["action"] == "delete" and not (edit.restores and edit.project):
        raise Gone(edit.project_id, newest["number"], newest["successor"])
    if newest["number"] != edit.expected:
        raise RevisionConflict(edit.project_id, edit.expected, newest["number"])
