"""A store on an SQL database: all but what is the database's own."""

from __future__ import annotations

import hmac
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson

from geo import freshness
from geo.audit import CONSOLE, AuditLog, Note
from geo.authors import HiddenAuthors
from geo.dates import now
from geo.editing import Edit, Once
from geo.errors import NotFound, StoreError
from geo.hooks import Hooks
from geo.keys import KeyRing
from geo.proposals import Proposals
from geo.relational import audit, bulk, past
from geo.relational.authors import StoredAuthors
from geo.relational.database import Connection, Database, NotWritten
from geo.relational.group import Group, Writer
from geo.relational.hooks import StoredHooks
from geo.relational.keys import StoredKeys
from geo.relational.once import made as made_once
from geo.relational.proposals import StoredProposals
from geo.relational.revisions import HISTORY, REVISION, TOLD, revision_of
from geo.relational.sessions import StoredSessions
from geo.relational.turns import Turns, Waiting
from geo.sessions import Sessions
from geo.store import EVERY, MOST_REVISIONS, LastBackup, Loaded, Release, Revision

CURRENT = (
    f"SELECT {TOLD}, record "  # noqa: S608
    "FROM (SELECT id, sequence FROM projects WHERE id > ?1 AND (id <= ?2 OR ?2 IS NULL)) AS those "
    "JOIN revisions USING (sequence) ORDER BY id LIMIT ?3"
)
# By the index of ids and numbers, whose leaves are sequences: nobody else's history is looked at.
_OF_THESE = "WHERE sequence IN (SELECT sequence FROM json_each(?) JOIN revisions ON project_id = value) AND"
_HEADS = "WHERE sequence IN (SELECT max(sequence) FROM revisions GROUP BY project_id) ORDER BY project_id"
_LOADED = (
    "INSERT INTO loaded_dataset (id, fingerprint, time, release) VALUES (1, ?, ?, ?) "
    "ON CONFLICT (id) DO UPDATE "
    "SET fingerprint = excluded.fingerprint, time = excluded.time, release = excluded.release"
)
_BACKED_UP = (
    "INSERT INTO last_backup (id, time, sequence) VALUES (1, ?, ?) "
    "ON CONFLICT (id) DO UPDATE SET time = excluded.time, sequence = excluded.sequence"
)

MANY_WAIT_SECONDS = 60  # two servers that begin on one new store both fill it, one after the other
_ATTEMPTS = 3


class RelationalStore(ABC):
    """What every `Store` on an SQL database does alike."""

    place: str

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns = Turns(database.place, Writer)
        self.identity, self._secret = self._prepare()
        self.keys: KeyRing = StoredKeys(database, self._transaction)
        self.authors: HiddenAuthors = StoredAuthors(database, self._transaction)
        self.audit: AuditLog = audit.StoredAudit(database, self._transaction)
        self.sessions: Sessions = StoredSessions(database, self._transaction)
        self.hooks: Hooks = StoredHooks(database, self._transaction)
        self.proposals: Proposals = StoredProposals(database, self._transaction)

    @abstractmethod
    def _prepare(self) -> tuple[str, bytes]:
        """Bring the tables up to this release, and return the store's identity and its secret; raises StoreError."""

    @property
    def database(self) -> Database:
        return self._database

    @property
    def history(self) -> int:
        return 0

    def following_from_secret(self, purpose: bytes, of: bytes) -> bytes:
        return hmac.digest(self._secret, purpose + b"\0" + of, "sha256")

    def write(self, edits: Sequence[Edit]) -> list[Revision]:
        writer = Writer(self._database, edits)
        with self._turns.turn(writer) as leads:
            if leads:
                self._write_together(writer)
        revisions = writer.result()
        self._noted(revisions)
        return revisions

    def _noted(self, revisions: Sequence[Revision]) -> None:
        """Let who wrote these read them."""
        freshness.note_written(max((each.sequence for each in revisions), default=0))

    def _write_together(self, first: Writer) -> None:
        """Write the edits of one writer and of those who wait meanwhile; their turns come to that."""
        group = Group(self._database)
        try:
            self._attempt(group, first)
        except StoreError as error:
            group.fail(error)
            first.refused = error
        else:
            group.settle()

    def _attempt(self, group: Group, first: Writer) -> None:
        """Write them again where it is known that nothing was written, and that another attempt may go well."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._database.begun() as connection:
                    group.write(connection, first, self._turns.others())
                return
            except NotWritten:
                if attempt == _ATTEMPTS:
                    raise

    def made(self, once: Once) -> Revision | None:
        with self._database.reading() as connection:
            made = made_once(connection, once, self._database.place)
        self._noted([made] if made else [])
        return made

    def write_many(self, edits: Iterable[Edit], note: Note | None = None) -> None:
        waiting = Waiting(MANY_WAIT_SECONDS)
        with self._turns.turn(waiting), self._database.begun(MANY_WAIT_SECONDS) as connection:
            bulk.write(connection, self._database, edits)
            if note:
                audit.note(connection, note.actor, note.action, note.subject, **note.details)

    def changes_since(self, sequence: int, of: Collection[str] | None = None) -> Iterator[Revision]:
        return self._changes("sequence > ?", "sequence", sequence, of)

    def changes_before(self, sequence: int, of: Collection[str] | None = None) -> Iterator[Revision]:
        return self._changes("sequence < ?", "sequence DESC", sequence, of)

    def _changes(self, where: str, order: str, sequence: int, of: Collection[str] | None) -> Iterator[Revision]:
        some, ids = ("WHERE", ()) if of is None else (_OF_THESE, (orjson.dumps(sorted(of)).decode(),))
        return map(self._revision, self._rows(f"{REVISION} {some} {where} ORDER BY {order}", (*ids, sequence)))

    def current(self, after: str = "", until: str | None = None, most: int = EVERY) -> Iterator[Revision]:
        return map(self._revision, self._rows(CURRENT, (after, until, most)))

    def current_ids(self) -> Iterator[str]:
        return (row["id"] for row in self._rows("SELECT id FROM projects ORDER BY id"))

    def heads(self, *, records: bool = True) -> Iterator[Revision]:
        return map(self._revision, self._rows(f"{REVISION if records else HISTORY} {_HEADS}"))

    def head(self, project_id: str) -> Revision:
        found = self._one(f"{REVISION} WHERE project_id = ? ORDER BY number DESC LIMIT 1", (project_id,))
        if found is None:
            raise NotFound(project_id)
        return found

    def revisions(
        self, project_id: str, *, after: int = 0, limit: int = MOST_REVISIONS, records: bool = True
    ) -> list[Revision]:
        query = f"{REVISION if records else HISTORY} WHERE project_id = ? AND number > ? ORDER BY number LIMIT ?"
        with self._database.reading_records() as connection:
            found = connection.execute(query, (project_id, after, limit)).fetchall()
            known = "SELECT 1 FROM revisions WHERE project_id = ? LIMIT 1"
            if not found and connection.execute(known, (project_id,)).fetchone() is None:
                raise NotFound(project_id)
        return [self._revision(row) for row in found]

    def standing(self, sequence: int, after: str = "", until: str | None = None) -> Iterator[Revision]:
        return map(self._revision, self._rows(past.STANDING, (sequence, after, until)))

    def standing_ids(self, sequence: int) -> Iterator[str]:
        return (row["project_id"] for row in self._rows(past.STANDING_IDS, (sequence, "", None)))

    def between(self, after: int, until: int) -> Iterator[tuple[Revision | None, Revision]]:
        changed = map(self._revision, self._rows(past.CHANGED, (after, until)))
        return ((self.revision_at(each.project_id, after), each) for each in changed)

    def count_between(self, after: int, until: int) -> int:
        with self._database.reading_records() as connection:
            return int(connection.execute(past.COUNT_CHANGED, (after, until)).fetchone()[0])

    def sequence_at(self, time: str) -> int:
        with self._database.reading_records() as connection:
            return past.sequence_at(connection, time)

    def revision_at(self, project_id: str, sequence: int) -> Revision | None:
        return self._one(past.BEFORE, (project_id, sequence))

    def change(self, sequence: int) -> Revision | None:
        return self._one(f"{REVISION} WHERE sequence = ?", (sequence,))

    def releases(self) -> list[Release]:
        with self._database.reading() as connection:
            return list(past.releases(connection))

    def name_release(self, name: str, by: str = CONSOLE) -> Release:
        with self._transaction() as connection:
            named = past.name_release(connection, name)
            audit.note(connection, by, "released", name, sequence=named.sequence)
            return named

    def dataset_loaded(self) -> Loaded | None:
        with self._database.reading() as connection:
            found = connection.execute("SELECT fingerprint, release FROM loaded_dataset").fetchone()
        return Loaded(found["fingerprint"], found["release"]) if found else None

    def note_dataset_loaded(self, loaded: Loaded) -> None:
        with self._transaction() as connection:
            connection.execute(_LOADED, (loaded.fingerprint, now(), loaded.release))

    def last_backup(self) -> LastBackup | None:
        with self._database.reading() as connection:
            found = connection.execute("SELECT time, sequence FROM last_backup").fetchone()
        return LastBackup(*found) if found else None

    def note_backup(self, backup: LastBackup) -> None:
        with self._transaction() as connection:
            connection.execute(_BACKED_UP, (backup.time, backup.sequence))

    def _rows(self, sql: str, values: tuple[Any, ...] = ()) -> Iterator[Any]:
        return self._database.rows(sql, values)

    def _one(self, sql: str, values: tuple[Any, ...]) -> Revision | None:
        with self._database.reading_records() as connection:
            found = connection.execute(sql, values).fetchone()
        return None if found is None else self._revision(found)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._turns.turn(Waiting()), self._database.begun() as connection:
            yield connection

    def _revision(self, row: Any) -> Revision:
        return revision_of(row, self._database.place)
