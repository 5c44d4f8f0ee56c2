"""The default store: one GeoPackage file that QGIS and GDAL open as it is."""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import orjson

from geo.alone import Alone
from geo.audit import CONSOLE, AuditLog, Note
from geo.authors import HiddenAuthors
from geo.dates import now
from geo.editing import Edit, Once
from geo.errors import NotFound, StoreError
from geo.faults import Fault
from geo.geopackage import audit, bulk, migrations, past, verifying
from geo.geopackage.authors import GeoPackageAuthors
from geo.geopackage.group import Group, Writer
from geo.geopackage.hooks import GeoPackageHooks
from geo.geopackage.keys import GeoPackageKeys
from geo.geopackage.once import made as made_once
from geo.geopackage.pool import ConnectionPool
from geo.geopackage.proposals import GeoPackageProposals
from geo.geopackage.revisions import HISTORY, REVISION, TOLD, revision_of
from geo.geopackage.sessions import GeoPackageSessions
from geo.geopackage.turns import Turns, Waiting
from geo.geopackage.upkeep import bring_up_to_date
from geo.hooks import Hooks
from geo.keys import KeyRing
from geo.proposals import Proposals
from geo.sessions import Sessions
from geo.store import MOST_REVISIONS, LastBackup, Loaded, Release, Revision, Room

_CURRENT = (
    f"SELECT {TOLD}, record "  # noqa: S608
    "FROM (SELECT id, sequence FROM projects WHERE id > ? AND (? IS NULL OR id <= ?)) JOIN revisions USING (sequence) "
    "ORDER BY id"
)
# By the index of ids and numbers, whose leaves are sequences: nobody else's history is looked at.
_OF_THESE = "WHERE sequence IN (SELECT sequence FROM json_each(?) JOIN revisions ON project_id = value) AND"
_NEWEST_SEQUENCE = (
    "SELECT coalesce((SELECT max(sequence) FROM revisions), 0) AS sequence, "
    "(SELECT moves FROM hidden_authors_moves) AS moves"
)
_NEWEST = "SELECT max(sequence) FROM revisions GROUP BY project_id"
_HEADS = f"WHERE sequence IN ({_NEWEST}) ORDER BY project_id"


PROBE_SECONDS = 1
MANY_WAIT_SECONDS = 60  # two servers that begin on one new store both fill it, one after the other


class GeoPackageStore:
    """A `Store` in one SQLite file: WAL, `synchronous=FULL`, one writer at a time."""

    def __init__(self, path: Path) -> None:
        """Open the store that is at a path; `making.make` makes one. Raises StoreError."""
        self.path = path
        self._pool = ConnectionPool(path)
        self._turns = Turns(path, Writer)
        try:
            self.identity, self._secret = self._prepare()
        except BaseException:
            self._pool.close()
            raise
        self.keys: KeyRing = GeoPackageKeys(self._pool, self._transaction)
        self.authors: HiddenAuthors = GeoPackageAuthors(self._pool, self._transaction)
        self.audit: AuditLog = audit.GeoPackageAudit(self._pool, self._transaction)
        self.sessions: Sessions = GeoPackageSessions(self._pool, self._transaction)
        self.hooks: Hooks = GeoPackageHooks(self._pool, self._transaction)
        self.proposals: Proposals = GeoPackageProposals(self._pool, self._transaction)

    def _prepare(self) -> tuple[str, bytes]:
        with self._pool.use() as connection:
            migrations.migrate(connection.sqlite, self.path)
            bring_up_to_date(connection.sqlite, self._transaction)
            told = connection.sqlite.execute("SELECT identity, secret FROM store_identity, store_secret").fetchone()
            return str(told["identity"]), bytes(told["secret"])

    def following_from_secret(self, purpose: bytes, of: bytes) -> bytes:
        return hmac.digest(self._secret, purpose + b"\0" + of, "sha256")

    def write(self, edits: Sequence[Edit]) -> list[Revision]:
        writer = Writer(edits)
        with self._turns.turn(writer) as leads:
            if leads:
                self._write_together(writer)
        return writer.result(self.path)

    def _write_together(self, first: Writer) -> None:
        """Write the edits of one writer and of those who wait meanwhile; their turns come to that."""
        group = Group(self.path)
        try:
            with self._begun() as connection:
                group.write(connection, first, self._turns.others())
        except StoreError as error:
            group.fail(error)
            first.refused = error
        else:
            group.settle()

    def made(self, once: Once) -> Revision | None:
        with self._pool.use() as connection:
            return made_once(connection.sqlite, once)

    def write_many(self, edits: Iterable[Edit], note: Note | None = None) -> None:
        with self._turns.turn(Waiting(MANY_WAIT_SECONDS)), self._begun(MANY_WAIT_SECONDS) as connection:
            bulk.write(connection, edits)
            if note:
                audit.note(connection, note.actor, note.action, note.subject, **note.details)

    def latest_sequence(self) -> int:
        with self._pool.use() as connection:
            version = connection.sqlite.execute("PRAGMA data_version").fetchone()[0]
            if version != connection.data_version or connection.sequence is None:
                # The version is read first: a write between the two reads costs a second look, never a missed change.
                # Both are kept once both are known: a read that fails must not leave the sequence of before.
                found = connection.sqlite.execute(_NEWEST_SEQUENCE).fetchone()
                self.authors.moves = found["moves"]
                connection.data_version, connection.sequence = version, found["sequence"]
            return connection.sequence

    def changes_since(self, sequence: int, of: Collection[str] | None = None) -> Iterator[Revision]:
        return self._changes("sequence > ?", "sequence", sequence, of)

    def changes_before(self, sequence: int, of: Collection[str] | None = None) -> Iterator[Revision]:
        return self._changes("sequence < ?", "sequence DESC", sequence, of)

    def _changes(self, where: str, order: str, sequence: int, of: Collection[str] | None) -> Iterator[Revision]:
        some, ids = ("WHERE", ()) if of is None else (_OF_THESE, (orjson.dumps(sorted(of)).decode(),))
        return map(self._revision, self._rows(f"{REVISION} {some} {where} ORDER BY {order}", (*ids, sequence)))

    def current(self, after: str = "", until: str | None = None) -> Iterator[Revision]:
        return map(self._revision, self._rows(_CURRENT, (after, until, until)))

    def current_ids(self) -> Iterator[str]:
        return (row["id"] for row in self._rows("SELECT id FROM projects ORDER BY id"))

    def heads(self, *, records: bool = True) -> Iterator[Revision]:
        return map(self._revision, self._rows(f"{REVISION if records else HISTORY} {_HEADS}"))

    def head(self, project_id: str) -> Revision:
        newest = f"{REVISION} WHERE project_id = ? ORDER BY number DESC LIMIT 1"
        for row in self._rows(newest, (project_id,)):
            return self._revision(row)
        raise NotFound(project_id)

    def revisions(
        self, project_id: str, *, after: int = 0, limit: int = MOST_REVISIONS, records: bool = True
    ) -> list[Revision]:
        query = f"{REVISION if records else HISTORY} WHERE project_id = ? AND number > ? ORDER BY number LIMIT ?"
        found = [self._revision(row) for row in self._rows(query, (project_id, after, limit))]
        if not found and not any(self._rows("SELECT 1 FROM revisions WHERE project_id = ? LIMIT 1", (project_id,))):
            raise NotFound(project_id)
        return found

    def standing(self, sequence: int, after: str = "", until: str | None = None) -> Iterator[Revision]:
        return map(self._revision, self._rows(past.STANDING, (sequence, after, until, until)))

    def standing_ids(self, sequence: int) -> Iterator[str]:
        return (row[0] for row in self._rows(past.STANDING_IDS, (sequence, "", None, None)))

    def between(self, after: int, until: int) -> Iterator[tuple[Revision | None, Revision]]:
        changed = map(self._revision, self._rows(past.CHANGED, (after, until)))
        return ((self.revision_at(each.project_id, after), each) for each in changed)

    def count_between(self, after: int, until: int) -> int:
        return int(next(self._rows(past.COUNT_CHANGED, (after, until)))[0])

    def sequence_at(self, time: str) -> int:
        with self._pool.use() as connection:
            return past.sequence_at(connection.sqlite, time)

    def revision_at(self, project_id: str, sequence: int) -> Revision | None:
        return next(map(self._revision, self._rows(past.BEFORE, (project_id, sequence))), None)

    def change(self, sequence: int) -> Revision | None:
        return next(map(self._revision, self._rows(f"{REVISION} WHERE sequence = ?", (sequence,))), None)

    def releases(self) -> list[Release]:
        with self._pool.use() as connection:
            return list(past.releases(connection.sqlite))

    def name_release(self, name: str, by: str = CONSOLE) -> Release:
        with self._transaction() as connection:
            named = past.name_release(connection, name)
            audit.note(connection, by, "released", name, sequence=named.sequence)
            return named

    def alone(self, name: str) -> Alone:
        return Alone(self.path.resolve(), name)

    def dataset_loaded(self) -> Loaded | None:
        with self._pool.use() as connection:
            found = connection.sqlite.execute("SELECT fingerprint, release FROM loaded_dataset").fetchone()
        return Loaded(found["fingerprint"], found["release"]) if found else None

    def note_dataset_loaded(self, loaded: Loaded) -> None:
        values = (loaded.fingerprint, now(), loaded.release)
        with self._transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO loaded_dataset (id, fingerprint, time, release) VALUES (1, ?, ?, ?)", values
            )

    def probe(self) -> None:
        with self._pool.use() as connection, connection.waiting(PROBE_SECONDS):
            connection.sqlite.execute("BEGIN IMMEDIATE")
            connection.sqlite.execute("ROLLBACK")

    def room(self) -> Room:
        return self._pool.room()

    def verify(self, *, records: bool = True, pause: float = 0) -> list[Fault]:
        with self._pool.apart() as connection:
            return verifying.verify(connection, self.path, records=records, pause=pause)

    def last_backup(self) -> LastBackup | None:
        with self._pool.use() as connection:
            found = connection.sqlite.execute("SELECT time, sequence FROM last_backup").fetchone()
        return LastBackup(*found) if found else None

    def fold(self) -> None:
        self._pool.fold()

    def close(self) -> None:
        self._pool.close()

    def _rows(self, sql: str, values: tuple[object, ...] = ()) -> Iterator[sqlite3.Row]:
        with self._pool.use() as connection:
            yield from connection.sqlite.execute(sql, values)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._turns.turn(Waiting()), self._begun() as connection:
            yield connection

    @contextmanager
    def _begun(self, seconds: float | None = None) -> Iterator[sqlite3.Connection]:
        """Lend a connection within a transaction, for who has the turn to write; other processes may be waited for."""
        with self._pool.use() as connection:
            connection.sequence = None  # an own write does not change the data version
            with connection.waiting(seconds) if seconds else nullcontext():
                connection.sqlite.execute("BEGIN IMMEDIATE")
            yield connection.sqlite
            connection.sqlite.execute("COMMIT")

    def _revision(self, row: sqlite3.Row) -> Revision:
        return revision_of(row, str(self.path))
