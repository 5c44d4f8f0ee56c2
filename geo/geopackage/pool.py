"""Connections to one GeoPackage file, taken for one piece of work and given back."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from geo import product
from geo.errors import StoreError, words_of
from geo.geopackage import blob
from geo.relational.database import WAIT_SECONDS
from geo.store import Room

MOST_IDLE = 8


@dataclass
class PooledConnection:
    """A connection, with the last sequence it has seen and the version of the data at which it saw it."""

    sqlite: sqlite3.Connection
    data_version: int | None = None
    sequence: int | None = None

    @contextmanager
    def waiting(self, seconds: float) -> Iterator[None]:
        """Let it wait so long for others who use the file, and then as long as always."""
        self.sqlite.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")
        try:
            yield
        finally:
            self.sqlite.execute(f"PRAGMA busy_timeout = {round(WAIT_SECONDS * 1000)}")


class ConnectionPool:
    """As many connections as there is work at a time; few are kept idle, so that threads that end leave nothing open.

    A file that is removed or replaced is noticed: what would be written to it then would be lost.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[PooledConnection] = []
        self._guard = threading.Lock()
        self._closed = False
        self._file: tuple[int, int] | None = None
        self._file = self._identity()
        self._try()

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
            raise refusal(self.path, "store-unusable", error) from error

    @contextmanager
    def apart(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection of its own, for work that takes long: it has read nothing, and so reads from the file."""
        try:
            self._identity()
            with contextlib.closing(connect(self.path, "rw")) as connection:
                yield connection
        except sqlite3.Error as error:
            raise refusal(self.path, "store-unusable", error) from error

    def fold(self) -> None:
        """Bring the journal into the file as far as nobody else reads or writes; it never waits for them.

        A file without its `-wal` then holds everything, and can be copied alone while nothing is written.
        """
        with contextlib.suppress(StoreError), self.use() as connection, connection.waiting(0):
            connection.sqlite.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def room(self) -> Room:
        """Return how much room the file and its journal take, and how much there is; raises StoreError."""
        self._identity()
        journal = self.path.with_name(f"{self.path.name}-wal")
        try:
            return Room(os.stat(self.path).st_size, _size(journal), shutil.disk_usage(self.path.absolute().parent).free)
        except OSError as error:
            raise StoreError("store-not-there", path=str(self.path), reason=str(error.strerror)) from error

    def close(self) -> None:
        """Fold the journal and close every connection; one that is lent is closed when it comes back."""
        if not self._closed:
            self.fold()
        with self._guard:
            self._closed = True
            for connection in self._idle:
                connection.sqlite.close()
            self._idle.clear()

    def _try(self) -> None:
        try:
            connect(self.path, "rw").close()
        except sqlite3.Error as error:
            raise refusal(self.path, "store-unreadable", error) from error

    def _identity(self) -> tuple[int, int]:
        """Return which file it is; raises StoreError where it is not the one that was opened, or has no byte any more.

        Of one without a byte SQLite would make a new database, and remove its journal.
        """
        try:
            found = os.stat(self.path)
        except OSError as error:
            told = fault_of_place(self.path)
            raise told or StoreError("store-not-there", path=str(self.path), reason=words_of(error)) from error
        if self._file not in (None, (found.st_dev, found.st_ino)):
            raise StoreError("store-replaced", path=str(self.path))
        if stat.S_ISREG(found.st_mode) and found.st_size == 0:
            raise fault_of_place(self.path) or StoreError(
                "store-file-empty", path=str(self.path), command=product.COMMAND
            )
        return found.st_dev, found.st_ino

    def _take(self) -> PooledConnection:
        if self._closed:
            raise StoreError("store-closed", path=str(self.path))
        self._identity()
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


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


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


def refusal(path: Path, rule: str, error: sqlite3.Error) -> StoreError:
    """Return why a file cannot be opened or written, where the file system tells more than SQLite does."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF  # the low byte is the primary code
    told = fault_of_place(path) if code in _FILE_FAULTS else None
    return told or StoreError(rule, path=str(path), reason=words_of(error))


def fault_of_place(path: Path) -> StoreError | None:
    """Return what is wrong with a file's folder, or with what may be done with it; None where all is well."""
    folder, place = path.absolute().parent, {"path": str(path), "folder": str(path.absolute().parent)}
    try:
        os.stat(folder)
    except FileNotFoundError:
        return StoreError("store-folder-missing", **place)
    except OSError as error:
        return StoreError("store-folder-refused", **place, reason=str(error.strerror))
    if not os.path.isdir(folder):
        return StoreError("store-folder-is-file", **place)
    if os.path.isdir(path):
        return StoreError("store-is-folder", path=str(path), example=str(path / product.STORE_FILE))
    if os.path.exists(path) and not _may(path, os.R_OK | os.W_OK):
        return StoreError("store-file-not-allowed", path=str(path))
    if not _may(folder, os.W_OK | os.X_OK):
        return StoreError("store-folder-not-allowed", **place)
    return None


def _may(path: Path, what: int) -> bool:
    return os.access(path, what, effective_ids=os.access in os.supports_effective_ids)


_FILE_FAULTS = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
