"""The tables of a GeoPackage store, made and brought up to date by numbered migrations."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from geo import product
from geo.errors import StoreError

_APPLICATION_ID = 0x47504B47  # "GPKG", GeoPackage 1.4 requirement 2
_GEOPACKAGE_VERSION = 10400
_WAIT_SECONDS = 10
_MIGRATIONS = "store_migrations"
_FORMER_MIGRATIONS = "atlas_migrations"  # its name in stores of release 2026.11


def migrate(connection: sqlite3.Connection, path: Path, *, new: bool = False) -> None:
    """Bring the file's schema to the newest version, each migration whole or not at all; raises StoreError.

    Only a `new` file may be without tables. Two processes that open one file at once are safe: the second waits and
    finds the work done.
    """
    if _is_current(connection, path, new):
        return  # opening a store that is up to date writes nothing, so that it opens on a full disk too
    _use_write_ahead_log(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        _apply_missing(connection, path)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    # GDAL reads the application id from the file itself, not through the write-ahead log.
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Set the mode, which stays with the file; while another process sets it SQLite says busy without waiting."""
    end = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(0.01)


def _is_current(connection: sqlite3.Connection, path: Path, new: bool) -> bool:
    """Return whether nothing is to be done; a file that holds nothing, or something else, is refused."""
    tables = _tables(connection)
    if not tables and not new:
        raise StoreError("store-file-empty", path=str(path), command=product.COMMAND)
    if tables and not tables & {_MIGRATIONS, _FORMER_MIGRATIONS}:
        raise StoreError("store-of-something-else", path=str(path))
    return _MIGRATIONS in tables and not _missing(connection, path)


def refuse_unknown(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StoreError for a file that holds no store, or one of a newer release; an older one is left as it is."""
    tables = _tables(connection)
    if not tables & {_MIGRATIONS, _FORMER_MIGRATIONS}:
        raise StoreError("no-store-in-file", path=str(path))
    if _MIGRATIONS in tables:
        _missing(connection, path)


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _missing(connection: sqlite3.Connection, path: Path) -> list[int]:
    applied = {row[0] for row in connection.execute("SELECT number FROM store_migrations")}
    known = set(migrations())
    if applied - known:
        raise StoreError("store-too-new", path=str(path))
    return sorted(known - applied)


def _apply_missing(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (_FORMER_MIGRATIONS,)).fetchone():
        connection.execute("ALTER TABLE atlas_migrations RENAME TO store_migrations")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS store_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "applied DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')))"
    )
    known, missing = migrations(), _missing(connection, path)
    for number in missing:
        name, script = known[number]
        for statement in _statements(script):
            connection.execute(statement)
        connection.execute("INSERT INTO store_migrations (number, name) VALUES (?, ?)", (number, name))
    if missing:
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {_GEOPACKAGE_VERSION}")


def migrations() -> dict[int, tuple[str, str]]:
    """Return the name and the SQL of every migration by its number."""
    files = [f for f in resources.files("geo.geopackage").joinpath("schema").iterdir() if f.name.endswith(".sql")]
    return {int(f.name[:4]): (f.name, f.read_text(encoding="utf-8")) for f in files}


def _statements(script: str) -> Iterator[str]:
    """Split a script into statements; `complete_statement` knows that a trigger's body has semicolons of its own."""
    statement = ""
    for line in script.splitlines(keepends=True):
        if not statement and (not line.strip() or line.startswith("--")):
            continue
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
