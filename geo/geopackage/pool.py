"""Connections to one GeoPackage file, taken for one piece of work and given back."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from geo import product
from geo.errors import StoreError
from geo.geopackage import blob

MOST_IDLE = 8
WAIT_SECONDS = 5
_BUSY_TIMEOUT = f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}"


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
        self._closed = False
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
            raise StoreError(f"{self.path}: cannot be used: {_why(self.path, error)}.") from error

    def fold(self) -> None:
        """Bring the journal into the file as far as nobody else reads or writes; it never waits for them.

        A file without its `-wal` then holds everything, and can be copied alone while nothing is written.
        """
        with contextlib.suppress(StoreError), self.use() as connection:
            connection.sqlite.execute("PRAGMA busy_timeout = 0")
            try:
                connection.sqlite.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.sqlite.execute(_BUSY_TIMEOUT)

    def close(self) -> None:
        """Fold the journal and close every connection; one that is lent is closed when it comes back."""
        if not self._closed:
            self.fold()
        with self._guard:
            self._closed = True
            for connection in self._idle:
                connection.sqlite.close()
            self._idle.clear()

    def _create(self) -> tuple[int, int]:
        try:
            connect(self.path, "rwc").close()
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: cannot be opened as a GeoPackage: {_why(self.path, error)}.") from error
        return self._identity()

    def _identity(self) -> tuple[int, int]:
        try:
            found = os.stat(self.path)
        except OSError as error:
            raise StoreError(f"{self.path}: {error.strerror}.") from error
        return found.st_dev, found.st_ino

    def _take(self) -> PooledConnection:
        if self._closed:
            raise StoreError(f"{self.path}: is closed.")
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
            if len(self._idle) < MOST_IDLE and not self._closed:
                self._idle.append(connection)
                return
        connection.sqlite.close()


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open the file in SQLite's `mode` (`rwc` makes it) with the functions and settings that the store needs."""
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    connection = sqlite3.connect(address, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False, uri=True)
    try:
        connection.row_factory = sqlite3.Row
        blob.register(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = ON")  # the R-tree's triggers call functions of ours
    except BaseException:
        connection.close()
        raise
    return connection


def _why(path: Path, error: sqlite3.Error) -> str:
    """Return why a file cannot be opened or written, where the file system tells more than SQLite does."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF  # the low byte is the primary code
    return (_fault_of_place(path) if code in _FILE_FAULTS else None) or str(error)


def _fault_of_place(path: Path) -> str | None:
    folder = path.absolute().parent
    try:
        os.stat(folder)
    except FileNotFoundError:
        return f"there is no folder {folder}; make it first"
    except OSError as error:
        return f"{folder}: {error.strerror}"
    if not os.path.isdir(folder):
        return f"{folder} is no folder"
    if os.path.isdir(path):
        return f"it is a folder; name a file in it, such as {path / product.STORE_FILE}"
    if os.path.exists(path) and not _may(path, os.R_OK | os.W_OK):
        return "this user may not read and write the file"
    if not _may(folder, os.W_OK | os.X_OK):
        return f"this user may not make files in the folder {folder}, where its journal has to lie too"
    return None


def _may(path: Path, what: int) -> bool:
    return os.access(path, what, effective_ids=os.access in os.supports_effective_ids)


_FILE_FAULTS = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
