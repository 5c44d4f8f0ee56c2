"""Files that are there whole or not at all: written under another name, and put in place when on disk."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO

try:
    import fcntl
except ImportError:  # on Windows; there files that are open cannot be replaced, so that nobody disturbs another
    fcntl = None  # type: ignore[assignment]

FOR_ITS_OWNER = 0o600  # what stands beside a store is read by nobody else, unless its owner lets them
JOURNALS = ("-wal", "-shm", "-journal")  # what SQLite writes beside a file (sqlite.org/tempfiles.html)


_SUFFIX = "-unfinished"


_NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # one that was put there would be written through


class Taken(Exception):
    """Another process is writing this file, or has finished it just now."""


def path_of(file: Path) -> Path:
    """Return under which name a file is written."""
    return file.with_name(file.name + _SUFFIX)


def finished(path: Path) -> Path:
    """Return the file that is written under a name of `path_of`; any other path is returned as it is."""
    return path.with_name(path.name.removesuffix(_SUFFIX))


@contextlib.contextmanager
def unfinished(file: Path, *, replace: bool = True) -> Iterator[BinaryIO]:
    """Yield a new file that takes the place of this one at the end; nothing of it is left where that fails.

    What a killed process has left goes. Who writes holds a lock, so that nobody takes away what is being written.
    Raises Taken, OSError, and FileExistsError for a file that is there and is not to be replaced.
    """
    path = path_of(file)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _NO_LINK, FOR_ITS_OWNER), "ab") as out:
        _lock(out, path)
        try:
            _remove_journals(path)
            os.chmod(path, FOR_ITS_OWNER)  # one that was left may have had another mode
            give_to_owner(out.fileno(), file if os.path.lexists(file) else file.parent)
            out.truncate(0)
            yield out
            out.flush()
            os.fsync(out.fileno())
            _put_in_place(out, path, file, replace)
        except BaseException:
            _remove_journals(path)
            with contextlib.suppress(OSError):
                path.unlink()
            raise


def _put_in_place(out: BinaryIO, path: Path, file: Path, replace: bool) -> None:
    if not replace and os.path.lexists(file):
        raise FileExistsError(file)
    if fcntl is None:
        out.close()
    os.replace(path, file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Have the names of a folder's files on disk; on Windows there is no way to ask for that."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def give_to_owner(descriptor: int, of: Path) -> None:
    """Let a file that root makes belong to whom another file or folder belongs: servers are other users than root."""
    if os.name == "posix" and os.geteuid() == 0:
        owner = os.lstat(of)
        os.fchown(descriptor, owner.st_uid, owner.st_gid)


def _remove_journals(path: Path) -> None:
    for suffix in JOURNALS:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _lock(out: IO[bytes], path: Path) -> None:
    """Take the file for this process; raises Taken."""
    if fcntl is None:
        return
    try:
        fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Taken from None
    if not path.exists() or not os.path.samestat(os.fstat(out.fileno()), path.stat()):
        raise Taken


def wait_for_others(file: Path) -> None:
    """Wait until no other process is writing this file."""
    with contextlib.suppress(FileNotFoundError), path_of(file).open("rb") as other:
        if fcntl is not None:
            fcntl.flock(other, fcntl.LOCK_SH)


def remove_abandoned(file: Path) -> None:
    """Remove what a killed process has left of a file that nobody writes now."""
    path = path_of(file)
    with contextlib.suppress(OSError, Taken), path.open("r+b") as left:
        _lock(left, path)
        _remove_journals(path)
        path.unlink()
