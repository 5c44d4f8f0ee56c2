"""Connections to one GeoPackage file, taken for one piece of work and given back."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from geo import geopackage_blob
from geo.errors import StoreError

MOST_IDLE = 8
WAIT_SECONDS = 5


@dataclass
class PooledConnection:
    """A connection, with the last sequence it has seen and the version of the data at which it saw it."""

    sqlite: sqlite3.Connection
    data_version: int | None = None
    sequence: int | None = None


class ConnectionPool:
    """As many connections as there is work at a time; few are kept idle, so that threads that end leave nothing open.

    A file that is removed or replaced is noticed: what would be written to it then would be lost.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[PooledConnection] = []
        self._guard = threading.Lock()
        self._file = self._create()

    @contextmanager
    def use(self) -> Iterator[PooledConnection]:
        """Lend a connection; SQLite's errors become StoreError."""
        try:
            connection = self._take()
            try:
                yield connection
            finally:
                self._give_back(connection)
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: cannot be used: {error}.") from error

    def close(self) -> None:
        with self._guard:
            for connection in self._idle:
                connection.sqlite.close()
            self._idle.clear()

    def _create(self) -> tuple[int, int]:
        try:
            connect(self.path, "rwc").close()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: cannot be opened as a GeoPackage: {error}.") from error
        return self._identity()

    def _identity(self) -> tuple[int, int]:
        try:
            found = os.stat(self.path)
        except OSError as error:
            raise StoreError(f"{self.path}: {error.strerror}.") from error
        return found.st_dev, found.st_ino

    def _take(self) -> PooledConnection:
        if self._identity() != self._file:
            raise StoreError(f"{self.path}: was replaced by another file while it was in use; start again.")
        with self._guard:
            if self._idle:
                return self._idle.pop()
        return PooledConnection(connect(self.path, "rw"))

    def _give_back(self, connection: PooledConnection) -> None:
        if connection.sqlite.in_transaction:
            connection.sqlite.rollback()
        with self._guard:
            if len(self._idle) < MOST_IDLE:
                self._idle.append(connection)
                return
        connection.sqlite.close()


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open the file in SQLite's `mode` (`rwc` makes it) with the functions and settings that the store needs."""
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    connection = sqlite3.connect(address, WAIT_SECONDS, isolation_level=None, check_same_thread=False, uri=True)
    connection.row_factory = sqlite3.Row
    geopackage_blob.register(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = ON")  # the R-tree's triggers call functions of ours
    return connection
