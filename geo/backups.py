"""Copies of a store that are whole and lasting, how many of them are kept, and a store from one of them."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geo import dates, moving, product
from geo.errors import StoreError, words_of
from geo.geopackage import copying
from geo.leftovers import compact, has_store, keep_beside, leftovers, note_made, real_path, refuse_missing
from geo.opening import open_store
from geo.postgis.addresses import shown
from geo.store import LastBackup
from geo.unfinished import FOR_ITS_OWNER, Taken, finished, path_of, remove_abandoned, unfinished

_NO_NAME = re.compile(r"[^\w.-]", re.ASCII)


@dataclass(frozen=True)
class Backup:
    """A copy of a store: its file, what is in it, and which older ones went for it."""

    file: Path
    of: LastBackup
    removed: tuple[Path, ...] = ()
    not_noted: StoreError | None = None  # why the store does not know of it


@dataclass(frozen=True)
class Restored:
    """A store that was made from a backup: its newest revision, and the name of the one that was there."""

    sequence: int
    former: Path | None


def back_up(store: Path | str, target: Path, *, keep: int | None = None, replace: bool = False) -> Backup:
    """Copy a store, which servers may use meanwhile, into a file, or into a folder under a name with the time.

    The store is a file, or the address of a database. Of a folder the newest `keep` copies stay. The copy is on disk,
    whole and looked through before it has its name, and its owner alone may read it. Raises StoreError; then nothing
    has changed, or older copies could not be removed.
    """
    copied = _Database(store) if isinstance(store, str) else _File(store)
    time = dates.now()
    names = _Names(target, copied.stem) if target.is_dir() else None
    file = names.free(time) if names else target
    _refuse_target(file, copied.path, replace)
    with _refusals(file):
        with unfinished(file, replace=replace):
            made = LastBackup(time, copied.into(path_of(file)))
        removed = tuple(names.rotate(file, keep)) if names else ()
    return Backup(file, made, removed, _note(copied, made))


class _File:
    """A store in a file, which is copied as it is."""

    def __init__(self, store: Path) -> None:
        refuse_missing(store)
        self.path: Path | None = real_path(store)
        self.stem, self._store = store.stem, real_path(store)

    def into(self, file: Path) -> int:
        return copying.copy(self._store, file)

    def note(self, made: LastBackup) -> None:
        copying.note_backup(self._store, made)


class _Database:
    """A store in a database, which is copied row by row into a file."""

    path: Path | None = None

    def __init__(self, address: str) -> None:
        self._address = address
        self.stem = _NO_NAME.sub("-", shown(address).rsplit("/", 1)[-1]) or product.COMMAND

    def into(self, file: Path) -> int:
        return moving.into_file(self._address, file).sequence

    def note(self, made: LastBackup) -> None:
        with contextlib.closing(open_store(self._address)) as store:
            store.note_backup(made)


def _note(of: _File | _Database, made: LastBackup) -> StoreError | None:
    try:
        of.note(made)
    except StoreError as error:
        return error
    return None


def _refuse_target(file: Path, store: Path | None, replace: bool) -> None:
    """Raise StoreError for a file that is there and is not to be replaced, and for one that is a store in use."""
    if not os.path.lexists(file):
        return
    if real_path(file) == store or leftovers(real_path(file)) or not file.is_file():
        raise StoreError("backup-over-store", path=str(file))
    if not replace:
        raise StoreError("backup-there", path=str(file))


class _Names:
    """The copies of one store in a folder: their names have the time, and so the order, in which they were made."""

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder, self._stem = folder, stem
        self._name = re.compile(rf"{re.escape(stem)}-\d{{8}}T\d{{9}}Z\.gpkg", re.ASCII)

    def free(self, time: str) -> Path:
        """Return a name that no file has."""
        while os.path.lexists(file := self._folder / f"{self._stem}-{compact(time)}.gpkg"):
            time = dates.now()
        return file

    def rotate(self, newest: Path, keep: int | None) -> Iterator[Path]:
        """Remove all but so many copies, the oldest ones, and yield them. The newest one is whole: it stays.

        What killed processes have left of a copy goes too.
        """
        with os.scandir(self._folder) as entries:
            files = sorted(Path(each.path) for each in entries if each.is_file(follow_symlinks=False))
        for each in files:
            if finished(each) != each and self._name.fullmatch(finished(each).name):
                remove_abandoned(finished(each))
        others = [each for each in files if self._name.fullmatch(each.name) and each.name != newest.name]
        for each in others[: max(0, len(others) + 1 - keep)] if keep is not None else ():
            each.unlink(missing_ok=True)
            yield each


def restore(backup: Path, store: Path | str, *, replace: bool = False) -> Restored:
    """Make a store from a backup, where none is, or with `replace` in place of the one there, which keeps another name.

    The store is a file, or the address of an empty database, which is not replaced. The backup is looked through
    before, and the store after; until the store is whole the former one stays. Journals without a store go aside too.
    Raises StoreError, also where another process has the store open.
    """
    if isinstance(store, str):
        return _restore_into_database(backup, store, replace)
    path = real_path(store)
    if path.is_dir():
        raise StoreError("store-is-folder", path=str(store), example=str(store / product.STORE_FILE))
    if real_path(backup) == path:
        raise StoreError("backup-over-store", path=str(backup))
    if has_store(path) and not replace:
        raise StoreError("store-there", path=str(store))
    with _refusals(store):
        with copying.alone(path), unfinished(path):
            sequence = copying.copy_back(backup, path_of(path))
            former = keep_beside(path)
        note_made(path)
    return Restored(sequence, former)


def _restore_into_database(backup: Path, address: str, replace: bool) -> Restored:
    """Copy a backup, brought up to this release in a file of its own: what is interrupted is gone on with."""
    if replace:
        raise StoreError("restore-over-database", path=shown(address))
    with tempfile.TemporaryDirectory(prefix=f"{product.COMMAND}-") as folder:
        file = Path(folder) / product.STORE_FILE
        file.touch(FOR_ITS_OWNER)
        with _refusals(file):
            copying.copy_whole(backup, file)
            return Restored(moving.move(file, address).sequence, None)


@contextlib.contextmanager
def _refusals(file: Path) -> Iterator[None]:
    """Let what keeps a copy from being written be a fault of its file."""
    try:
        yield
    except Taken as error:
        raise StoreError("copy-being-written", path=str(file)) from error
    except OSError as error:
        raise StoreError("copy-not-written", path=str(file), reason=words_of(error)) from error
