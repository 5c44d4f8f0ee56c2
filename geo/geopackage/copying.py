"""A whole copy of a store that may be in use, and a store from such a copy.

SQLite's own backup interface copies page by page what one read transaction sees, so that the copy is of one moment and
is never begun again because of writers, who do not wait for it; the copy's newest revision is known before. VACUUM INTO
would do so too, at several times the work, and gives rows without a key of their own other numbers.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from geo.errors import StoreError
from geo.faults import Fault, fault
from geo.geopackage.migrations import refuse_unknown
from geo.geopackage.pool import connect, refusal
from geo.geopackage.store import GeoPackageStore
from geo.geopackage.verifying import damages
from geo.messages import told
from geo.store import LastBackup
from geo.unfinished import JOURNALS, finished

try:
    import fcntl
except ImportError:  # on Windows; there a file that is open cannot be replaced
    fcntl = None  # type: ignore[assignment]

_PAGES = 1_000  # copied at a time; between two of these an interrupt is heard
_ALONE = "ro&immutable=1"  # nothing is made beside a file that is read so, and nobody else writes to it
_NEWEST = "SELECT coalesce(max(sequence), 0) FROM revisions"
_LOCKS = (512, 0x40000000)  # how many bytes SQLite locks, from where on (sqlite.org/fileformat2.html, 1.3.1)


def copy(source: Path, target: Path) -> int:
    """Copy a store that may be in use into a file that is there, and return its newest sequence.

    The copy is whole: SQLite finds no fault in it, and its newest revision is that of the moment that was copied.
    Raises StoreError.
    """
    with _errors_of(source), contextlib.closing(connect(source, "rw")) as connection:
        refuse_unknown(connection, source)
        return _copy(connection, source, target)


def copy_back(backup: Path, target: Path) -> int:
    """Copy a backup into a file that is there as `copy_whole` does, and make it a store of its own.

    It gets another identity: its next revisions have numbers of revisions that the former store had too, and answers
    that somebody has kept of these must not be taken for those. Raises StoreError.
    """
    sequence = copy_whole(backup, target)
    with _errors_of(target), contextlib.closing(connect(target, "rw")) as connection:
        connection.execute("UPDATE store_identity SET identity = ?", (secrets.token_hex(8),))
    _verify(target, backup, sequence)
    return sequence


def copy_whole(backup: Path, target: Path) -> int:
    """Copy a backup into a file that is there as `copy` does, and bring it up to this release.

    Raises StoreError, also for a backup that is damaged.
    """
    mode = "ro" if any(os.path.exists(f"{backup}{suffix}") for suffix in JOURNALS) else _ALONE
    with _errors_of(backup), contextlib.closing(connect(backup, mode)) as connection:
        refuse_unknown(connection, backup)
        _refuse_damaged(damages(connection), backup)
        sequence = _copy(connection, backup, target)
    GeoPackageStore(target).close()  # which brings it up to date
    return sequence


def _copy(connection: sqlite3.Connection, source: Path, target: Path) -> int:
    connection.execute("BEGIN")
    sequence: int = connection.execute(_NEWEST).fetchone()[0]
    with _errors_of(target), contextlib.closing(connect(target, "rw")) as copied:
        connection.backup(copied, pages=_PAGES)
    _verify(target, source, sequence)
    return sequence


def _verify(copied: Path, source: Path, sequence: int) -> None:
    with _errors_of(source), contextlib.closing(connect(copied, _ALONE)) as connection:
        _refuse_damaged(damages(connection), source)
        found = connection.execute(_NEWEST).fetchone()[0]
    if found != sequence:
        _refuse_damaged([fault("", "store-history-cut", newest=found, known=sequence)], source)


def _refuse_damaged(faults: Iterable[Fault], source: Path) -> None:
    """Raise StoreError with the first fault that SQLite finds in a file, or in a copy of it."""
    for each in faults:
        raise StoreError("copy-damaged", path=str(source), reason=told(each).detail)


def note_backup(store: Path, backup: LastBackup) -> None:
    """Note in a store that it was backed up; one of an older release has no place for it. Raises StoreError."""
    values = (backup.time, backup.sequence)
    with _errors_of(store), contextlib.closing(connect(store, "rw")) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'last_backup'").fetchone():
            connection.execute("INSERT OR REPLACE INTO last_backup (id, time, sequence) VALUES (1, ?, ?)", values)


@contextlib.contextmanager
def alone(store: Path) -> Iterator[None]:
    """Keep other processes out of a store's file, its journal folded into it; raises StoreError where one has it open.

    As SQLite's own exclusive lock does, which every connection that has read something is in the way of; but of a file
    that is damaged too. This process must not have the store open.
    """
    if fcntl is None or not store.is_file():
        yield
        return
    with contextlib.suppress(sqlite3.Error), contextlib.closing(connect(store, "rw")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with store.open("rb+") as opened:
        try:
            fcntl.lockf(opened, fcntl.LOCK_EX | fcntl.LOCK_NB, *_LOCKS)
        except OSError as error:
            raise StoreError("store-in-use", path=str(store)) from error
        yield


@contextlib.contextmanager
def _errors_of(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise refusal(finished(path), "store-unusable", error) from error
