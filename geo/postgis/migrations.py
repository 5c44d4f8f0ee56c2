"""The tables of a PostgreSQL store, made and brought up to date by numbered migrations under an advisory lock.

The first worker of a new release brings the schema up to date while those of the release before go on reading and
writing, until they are ended one by one. So a migration

- only adds: tables, columns that may be null or have a constant default, which rewrite nothing. What is no longer used
  is removed, and what must not be null becomes so, by a migration of a later release, when nobody uses it any more;
- is over at once where it locks a table that is read: nothing is filled or checked there. What follows from records is
  made again in batches (`upkeep`, `filling`). A lock that is not had in LOCK_MILLISECONDS is given up and asked for
  again with all others: those who read and wait behind it are refused nothing (they wait WAIT_SECONDS), nor does
  PostgreSQL find a deadlock with one of them, for which it looks after a second;
- makes an index on a table with rows by CREATE INDEX IF NOT EXISTS; notes of the release name the same with
  CONCURRENTLY, which who has a large store types before, and the migration finds it made.
"""

from __future__ import annotations

import secrets
import time
from importlib import resources

import psycopg

from geo.errors import StoreError
from geo.postgis.connection import Psycopg
from geo.postgis.locks import LOCKS, MIGRATING
from geo.postgis.pool import words_of

_LOCK = f"SELECT pg_advisory_xact_lock({LOCKS}, {MIGRATING})".encode()
LOCK_MILLISECONDS = 400
_ATTEMPTS = 100
_PAUSE_SECONDS = 0.2  # in which those who wait get their turn
_BOUNDS = (
    f"SELECT set_config('lock_timeout', '{LOCK_MILLISECONDS}ms', true), set_config('statement_timeout', '0', true)"
)
_IS_MADE = b"SELECT to_regclass('store_migrations') IS NOT NULL"
# Tables of whoever else may use the database; those that extensions bring are not.
_OTHERS = b"""
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1 LIMIT 1
"""
_MIGRATIONS = (
    b"CREATE TABLE store_migrations (number integer PRIMARY KEY, name text NOT NULL, "
    b"applied timestamptz NOT NULL DEFAULT now())"
)
_ENCODING = "UTF8"
_EXTENSIONS = ("postgis", "pg_trgm")
_UNIQUE = b"INSERT INTO store_identity VALUES (1, %s)", b"INSERT INTO store_secret VALUES (1, %s)"


def has_store(connection: Psycopg) -> bool:
    """Return whether there is a store in the database; raises StoreError where something else is."""
    return bool(_value(connection, _IS_MADE))


def migrate(connection: Psycopg, place: str) -> None:
    """Bring the schema to the newest version, whole or not at all; raises StoreError.

    A database without tables gets them. Two processes that open one database at once are safe: the second waits and
    finds the work done. One that is up to date is only read, so that a standby is opened too.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        if _value(connection, _IS_MADE) and not _missing(connection, place):
            return
        try:
            _apply_missing(connection, place)
        except psycopg.errors.LockNotAvailable:
            if attempt == _ATTEMPTS:
                raise
            time.sleep(_PAUSE_SECONDS)


def _apply_missing(connection: Psycopg, place: str) -> None:
    with connection.transaction():
        connection.execute(_BOUNDS.encode())
        connection.execute(_LOCK)
        is_new = not _value(connection, _IS_MADE)
        if is_new:
            _begin(connection, place)
        known = migrations()
        for number in _missing(connection, place):
            name, script = known[number]
            connection.execute(script.encode())
            connection.execute(b"INSERT INTO store_migrations (number, name) VALUES (%s, %s)", (number, name))
        if is_new:
            for statement, value in zip(_UNIQUE, (secrets.token_hex(8), secrets.token_bytes(32)), strict=True):
                connection.execute(statement, (value,))


def _begin(connection: Psycopg, place: str) -> None:
    encoding = str(_value(connection, b"SHOW server_encoding"))
    if encoding != _ENCODING:
        raise StoreError("database-encoding", path=place, encoding=encoding)
    other = connection.execute(_OTHERS).fetchone()
    if other is not None:
        raise StoreError("database-of-something-else", path=place, table=str(other[0]))
    for extension in _EXTENSIONS:
        try:
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}".encode())
        except psycopg.Error as error:
            reason = words_of(error)
            raise StoreError("database-without-extension", path=place, extension=extension, reason=reason) from error
    connection.execute(_MIGRATIONS)


def _missing(connection: Psycopg, place: str) -> list[int]:
    applied = {row[0] for row in connection.execute(b"SELECT number FROM store_migrations").fetchall()}
    known = set(migrations())
    if applied - known:
        raise StoreError("store-too-new", path=place)
    return sorted(known - applied)


def _value(connection: Psycopg, query: bytes) -> object:
    found = connection.execute(query).fetchone()
    return None if found is None else found[0]


def migrations() -> dict[int, tuple[str, str]]:
    """Return the name and the SQL of every migration by its number."""
    files = [f for f in resources.files("geo.postgis").joinpath("schema").iterdir() if f.name.endswith(".sql")]
    return {int(f.name[:4]): (f.name, f.read_text(encoding="utf-8")) for f in files}
