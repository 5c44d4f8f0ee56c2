"""The default store: one GeoPackage file that QGIS and GDAL open as it is."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from geo.columns import PROJECTS
from geo.dates import now
from geo.errors import AlreadyExists, Gone, NotFound, RevisionConflict, StoreError
from geo.geopackage import blob, migrations
from geo.geopackage.keys import GeoPackageKeys
from geo.geopackage.pool import WAIT_SECONDS, ConnectionPool
from geo.keys import KeyRing
from geo.records.derived import DERIVED_VERSION
from geo.records.geometry import to_shape
from geo.records.project import Project
from geo.store import MOST_REVISIONS, Action, Change, Revision

_KEPT = ("id", "geom", *PROJECTS.of("kept"), "sequence")
_ROW = (*_KEPT, *(name for name in PROJECTS.table if name not in _KEPT))
# Names come from the list of columns, never from input.
_UPSERT = (
    f"INSERT INTO projects ({', '.join(_ROW)}) VALUES ({', '.join(':' + c for c in _ROW)}) "  # noqa: S608
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in _ROW[1:])}"
)
_DERIVED = tuple(name for name in PROJECTS.of("derived") if PROJECTS[name].table)
_DERIVE_AGAIN = f"UPDATE projects SET {', '.join(f'{c} = :{c}' for c in _DERIVED)} WHERE id = :id"  # noqa: S608
_HISTORY = "SELECT sequence, project_id, number, action, author, comment, time, created FROM revisions"
_REVISION = "SELECT sequence, project_id, number, action, author, comment, time, created, record FROM revisions"
_CURRENT = f"{_REVISION} WHERE sequence IN (SELECT sequence FROM projects) ORDER BY project_id"  # noqa: S608
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
        self._derive_again()
        with self._pool.use() as connection:
            return str(connection.sqlite.execute("SELECT identity FROM store_identity").fetchone()[0])

    def _derive_again(self) -> None:
        """Bring the derived columns of the layer up to the rules of this release; the history stays as it is."""
        if self._derived_version() == DERIVED_VERSION:
            return
        with self._transaction() as connection:
            connection.execute("UPDATE derived_columns SET version = 0")  # which lets the layer be changed
            for row in connection.execute(_CURRENT).fetchall():
                project = Project.from_stored(orjson.loads(row["record"]))
                connection.execute(_DERIVE_AGAIN, {**_values(project, _DERIVED), "id": project.id})
            connection.execute("UPDATE derived_columns SET version = ?", (DERIVED_VERSION,))

    def _derived_version(self) -> int:
        with self._pool.use() as connection:
            return int(connection.sqlite.execute("SELECT version FROM derived_columns").fetchone()[0])

    def write(self, changes: Sequence[Change]) -> list[Revision]:
        with self._transaction() as connection:
            return [_make(connection, change) for change in changes]

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

    def revisions(
        self, project_id: str, *, after: int = 0, limit: int = MOST_REVISIONS, records: bool = True
    ) -> list[Revision]:
        query = f"{_REVISION if records else _HISTORY} WHERE project_id = ? AND number > ? ORDER BY number LIMIT ?"
        found = [_revision(row) for row in self._rows(query, (project_id, after, limit))]
        if not found and not any(self._rows("SELECT 1 FROM revisions WHERE project_id = ? LIMIT 1", (project_id,))):
            raise NotFound(project_id)
        return found

    def dataset_loaded(self) -> str | None:
        with self._pool.use() as connection:
            found = connection.sqlite.execute("SELECT fingerprint FROM loaded_dataset").fetchone()
        return str(found[0]) if found else None

    def note_dataset_loaded(self, fingerprint: str) -> None:
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO loaded_dataset VALUES (1, ?, ?)", (fingerprint, now()))

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
            raise StoreError(f"{self.path}: others are writing; try again.")
        try:
            with self._pool.use() as connection:
                connection.sequence = None  # an own write does not change the data version
                connection.sqlite.execute("BEGIN IMMEDIATE")
                yield connection.sqlite
                connection.sqlite.execute("COMMIT")
        finally:
            self._one_writer.release()


def _make(connection: sqlite3.Connection, change: Change) -> Revision:
    newest = connection.execute(
        f"{_REVISION} WHERE project_id = ? ORDER BY number DESC LIMIT 1", (change.project_id,)
    ).fetchone()
    _check_expected(change, newest)
    time = now()
    number, created = (newest["number"] + 1, newest["created"]) if newest else (1, time)
    action: Action = "delete" if change.project is None else "update" if newest else "create"
    key = (change.project_id, number)
    record = orjson.dumps(change.project.to_feature()).decode() if change.project else None
    sequence = connection.execute(
        "INSERT INTO revisions (project_id, number, action, author, comment, time, created, replaces, record) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING sequence",
        (*key, action, change.author, change.comment, time, created, newest["sequence"] if newest else None, record),
    ).fetchone()[0]
    if change.project is None:
        connection.execute("DELETE FROM projects WHERE id = ?", (change.project_id,))
    else:
        connection.execute(_UPSERT, _row(change.project, number, created, time, sequence))
        connection.execute(_EXTENT, {"time": time, **_edges(change.project)})
    return Revision(
        sequence, change.project_id, number, action, change.author, change.comment, time, created, change.project
    )


def _edges(project: Project) -> dict[str, float | None]:
    shape = to_shape(project.geometry)
    edges = shape.bounds if shape is not None else (None,) * 4
    return dict(zip(("min_x", "min_y", "max_x", "max_y"), edges, strict=True))


def _check_expected(change: Change, newest: sqlite3.Row | None) -> None:
    if change.expected is None:
        if newest is not None:
            raise AlreadyExists(change.project_id)
        return
    if newest is None:
        raise NotFound(change.project_id)
    if newest["action"] == "delete":
        raise Gone(change.project_id, newest["number"])
    if newest["number"] != change.expected:
        raise RevisionConflict(change.project_id, change.expected, newest["number"])


def _row(project: Project, number: int, created: str, updated: str, sequence: int) -> dict[str, Any]:
    geometry = blob.encode(project.geometry)
    kept = {"revision": number, "created": created, "updated": updated, "sequence": sequence}
    return {**_values(project, _ROW), "id": project.id, "geom": geometry, **kept}


def _values(project: Project, names: Iterable[str]) -> dict[str, Any]:
    values = {**project.properties.model_dump(exclude={"events", "sources"}), **project.derived()}
    return {name: values.get(name) for name in names}


def _revision(row: sqlite3.Row) -> Revision:
    values = dict(row)
    record = values.pop("record", None)
    return Revision(**values, project=Project.from_stored(orjson.loads(record)) if record else None)
