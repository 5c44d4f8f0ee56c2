"""A GeoPackage's file as the database of a store: WAL, `synchronous=FULL`, one writer at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, cast

from geo.errors import StoreError
from geo.geopackage.layer import GeoPackageLayer
from geo.geopackage.pool import ConnectionPool, refusal
from geo.relational.database import Connection, Layer
from geo.relational.edits import INSERT_REVISION
from geo.relational.tables import Table

_LAST_NUMBER = "SELECT seq FROM sqlite_sequence WHERE name = ?"  # sqlite.org/autoinc.html
_NUMBER_ON = "UPDATE sqlite_sequence SET seq = ? WHERE name = ?"


class GeoPackageDatabase:
    """A `Database` in one SQLite file."""

    errors: type[Exception] = sqlite3.Error
    insert_revision = INSERT_REVISION

    def __init__(self, path: Path) -> None:
        self.path, self.place = path, str(path)
        self.layer: Layer = GeoPackageLayer()
        self.pool = ConnectionPool(path)
        self.moves = 0

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.pool.use() as connection:
            yield connection.sqlite

    reading_records = reading

    @contextmanager
    def at_one_moment(self) -> Iterator[Connection]:
        with self.pool.apart() as connection:
            connection.execute("BEGIN")
            yield connection

    def rows(self, sql: str, values: Sequence[Any] = (), *, newest: bool = False) -> Iterator[Any]:
        with self.pool.use() as connection:
            yield from connection.sqlite.execute(sql, values)

    @contextmanager
    def begun(self, seconds: float | None = None) -> Iterator[Connection]:
        with self.pool.use() as connection:
            connection.sequence = None  # an own write does not change the data version
            with connection.waiting(seconds) if seconds else nullcontext():
                connection.sqlite.execute("BEGIN IMMEDIATE")
            yield connection.sqlite
            connection.sqlite.execute("COMMIT")

    def last_number(self, connection: Connection, table: Table) -> int:
        found = connection.execute(_LAST_NUMBER, (table.name,)).fetchone()
        return int(found[0]) if found else 0

    def set_last_number(self, connection: Connection, table: Table, number: int) -> None:
        if not connection.execute(_NUMBER_ON, (number, table.name)).rowcount:
            connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, number))

    def refusal(self, error: Exception) -> StoreError:
        return refusal(self.path, "store-unusable", cast(sqlite3.Error, error))
