"""The default store: one GeoPackage file that QGIS and GDAL open as it is."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from geo.columns import PROJECTS
from geo.dates import now
from geo.editing import Edit
from geo.errors import AlreadyExists, Gone, NotFound, RevisionConflict, StoreError
from geo.geopackage import blob, migrations
from geo.geopackage.keys import GeoPackageKeys
from geo.geopackage.pool import WAIT_SECONDS, ConnectionPool
from geo.geopackage.upkeep import bring_up_to_date, layer_values
from geo.keys import KeyRing
from geo.records.geometry import to_shape
from geo.records.project import Project
from geo.store import MOST_REVISIONS, Action, Loaded, Revision

_KEPT = ("id", "geom", *PROJECTS.of("kept"), "sequence")
_ROW = (*_KEPT, *(name for name in PROJECTS.table if name not in _KEPT))
# Names come from the list of columns, never from input.
_UPSERT = (
    f"INSERT INTO projects ({', '.join(_ROW)}) VALUES ({', '.join(':' + c for c in _ROW)}) "  # noqa: S608
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in _ROW[1:])}"
)
_TOLD = "sequence, project_id, number, action, author, comment, time, created, successor"
_HISTORY = f"SELECT {_TOLD} FROM revisions"  # noqa: S608
_REVISION = f"SELECT {_TOLD}, record FROM revisions"  # noqa: S608
_CURRENT = f"{_REVISION} WHERE sequence IN (SELECT sequence FROM projects) ORDER BY project_id"  # noqa: S608
_NEWEST = "SELECT max(sequence) FROM revisions GROUP BY project_id"
_HEADS = f"{_REVISION} WHERE sequence IN ({_NEWEST}) ORDER BY project_id"
# The extent only grows: it is informative and may be larger than the content (OGC 12-128r19, clause 1.1.3).
_EXTENT = """
UPDATE gpkg_contents SET last_change = :time,
  min_x = min(coalesce(min_x, :min_x), :min_x), min_y = min(coalesce(min_y, :min_y), :min_y),
  max_x = max(coalesce(max_x, :max_x), :max_x), max_y = max(coalesce(max_y, :max_y), :max_y)
WHERE table_name = 'projects'
"""


class GeoPackageStore:
    """A `Store` in one SQLite file: WAL, `synchronous=FULL`, one writer at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pool = ConnectionPool(path)
        self._one_writer = threading.Lock()  # threads queue here instead of polling SQLite's lock
        try:
            self.identity: str = self._prepare()
        except BaseException:
            self._pool.close()
            raise
        self.keys: KeyRing = GeoPackageKeys(self._pool, self._transaction)

    def _prepare(self) -> str:
        with self._pool.use() as connection:
            migrations.migrate(connection.sqlite, self.path)
            bring_up_to_date(connection.sqlite, self._transaction)
            return str(connection.sqlite.execute("SELECT identity FROM store_identity").fetchone()[0])

    def write(self, edits: Sequence[Edit]) -> list[Revision]:
        with self._transaction() as connection:
            return [_make(connection, edit) for edit in edits]

    def latest_sequence(self) -> int:
        with self._pool.use() as connection:
            version = connection.sqlite.execute("PRAGMA data_version").fetchone()[0]
            if version != connection.data_version or connection.sequence is None:
                # The version is read first: a write between the two reads costs a second look, never a missed change.
                connection.data_version = version
                found = connection.sqlite.execute("SELECT coalesce(max(sequence), 0) FROM revisions").fetchone()
                connection.sequence = int(found[0])
            return connection.sequence

    def changes_since(self, sequence: int) -> Iterator[Revision]:
        return map(_revision, self._rows(f"{_REVISION} WHERE sequence > ? ORDER BY sequence", (sequence,)))

    def current(self) -> Iterator[Revision]:
        return map(_revision, self._rows(_CURRENT))

    def heads(self) -> Iterator[Revision]:
        return map(_revision, self._rows(_HEADS))

    def head(self, project_id: str) -> Revision:
        newest = f"{_REVISION} WHERE project_id = ? ORDER BY number DESC LIMIT 1"
        for row in self._rows(newest, (project_id,)):
            return _revision(row)
        raise NotFound(project_id)

    def revisions(
        self, project_id: str, *, after: int = 0, limit: int = MOST_REVISIONS, records: bool = True
    ) -> list[Revision]:
        query = f"{_REVISION if records else _HISTORY} WHERE project_id = ? AND number > ? ORDER BY number LIMIT ?"
        found = [_revision(row) for row in self._rows(query, (project_id, after, limit))]
        if not found and not any(self._rows("SELECT 1 FROM revisions WHERE project_id = ? LIMIT 1", (project_id,))):
            raise NotFound(project_id)
        return found

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

    def fold(self) -> None:
        self._pool.fold()

    def close(self) -> None:
        self._pool.close()

    def _rows(self, sql: str, values: tuple[object, ...] = ()) -> Iterator[sqlite3.Row]:
        with self._pool.use() as connection:
            yield from connection.sqlite.execute(sql, values)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if not self._one_writer.acquire(timeout=WAIT_SECONDS):
            raise StoreError("store-busy", path=str(self.path))
        try:
            with self._pool.use() as connection:
                connection.sequence = None  # an own write does not change the data version
                connection.sqlite.execute("BEGIN IMMEDIATE")
                yield connection.sqlite
                connection.sqlite.execute("COMMIT")
        finally:
            self._one_writer.release()


def _make(connection: sqlite3.Connection, edit: Edit) -> Revision:
    newest = connection.execute(
        f"{_REVISION} WHERE project_id = ? ORDER BY number DESC LIMIT 1", (edit.project_id,)
    ).fetchone()
    _check_expected(edit, newest)
    time = now()
    number, created = (newest["number"] + 1, newest["created"]) if newest else (1, time)
    action: Action = "delete" if edit.project is None else "update" if newest else "create"
    key, said = (edit.project_id, number), (edit.author, edit.comment, edit.successor)
    record = orjson.dumps(edit.project.to_feature()).decode() if edit.project else None
    sequence = connection.execute(
        "INSERT INTO revisions "
        "(project_id, number, action, author, comment, successor, time, created, replaces, record) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING sequence",
        (*key, action, *said, time, created, newest["sequence"] if newest else None, record),
    ).fetchone()[0]
    if edit.project is None:
        connection.execute("DELETE FROM projects WHERE id = ?", (edit.project_id,))
    else:
        connection.execute(_UPSERT, _row(edit.project, number, created, time, sequence))
        connection.execute(_EXTENT, {"time": time, **_edges(edit.project)})
    return Revision(
        sequence, *key, action, edit.author, edit.comment, time, created, edit.project, successor=edit.successor
    )


def _edges(project: Project) -> dict[str, float | None]:
    shape = to_shape(project.geometry)
    edges = shape.bounds if shape is not None else (None,) * 4
    return dict(zip(("min_x", "min_y", "max_x", "max_y"), edges, strict=True))


def _check_expected(edit: Edit, newest: sqlite3.Row | None) -> None:
    if edit.expected is None:
        if newest is not None:
            raise AlreadyExists(edit.project_id)
        return
    if newest is None:
        raise NotFound(edit.project_id)
    if newest["action"] == "delete":
        raise Gone(edit.project_id, newest["number"], newest["successor"])
    if newest["number"] != edit.expected:
        raise RevisionConflict(edit.project_id, edit.expected, newest["number"])


def _row(project: Project, number: int, created: str, updated: str, sequence: int) -> dict[str, Any]:
    geometry = blob.encode(project.geometry)
    kept = {"revision": number, "created": created, "updated": updated, "sequence": sequence}
    return {**layer_values(project, _ROW), "id": project.id, "geom": geometry, **kept}


def _revision(row: sqlite3.Row) -> Revision:
    values = dict(row)
    record = values.pop("record", None)
    return Revision(**values, project=Project.from_stored(orjson.loads(record)) if record else None)
