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


class GeoPackageDatabase:
    """A `Database` in one SQLite file."""

    errors: type[Exception] = sqlite3.Error
    insert_revision = INSERT_REVISION

    def __init__(self, path: Path) -> None:
        self.path, self.place = path, str(path)
        self.layer: Layer = GeoPackageLayer()
        self.pool = ConnectionPool(path)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.pool.use() as connection:
            yield connection.sqlite

    reading_records = reading

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

    def refusal(self, error: Exception) -> StoreError:
        return refusal(self.path, "store-unusable", cast(sqlite3.Error, error))
