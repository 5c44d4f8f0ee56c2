"""What stands beside a store's file: it tells that there has been a store where its file is gone."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from geo import dates, product
from geo.errors import StoreError
from geo.memory.ready import path_of as ready_path
from geo.unfinished import FOR_ITS_OWNER, JOURNALS, give_to_owner, sync_folder

_MADE = "-made"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def leftovers(store: Path) -> list[Path]:
    """Return what stands beside a store, or has been left of one: journals, the ready file, and the note of it."""
    return [each for each in (*_journals(store), ready_path(store), _note(store)) if os.path.lexists(each)]


def refuse_lost(path: Path) -> None:
    """Raise StoreError where a store is gone of which something is left."""
    store = real_path(path)
    left = leftovers(store)  # looked for first: who makes a new store leaves nothing else before it is there
    if left and not os.path.lexists(store):
        names = tuple(each.name for each in left)
        raise StoreError("store-lost", path=str(path.absolute()), leftovers=names, command=product.COMMAND)


def refuse_missing(path: Path) -> None:
    """Raise StoreError where there is no store: gone, cut off, or never made."""
    refuse_lost(path)
    if not os.path.lexists(real_path(path)):
        raise StoreError("store-not-there", path=str(path), reason=os.strerror(errno.ENOENT))
    if not has_store(path):
        raise StoreError("store-file-empty", path=str(path), command=product.COMMAND)


def note_made(store: Path) -> None:
    """Note beside a store that it was made, by a file whose name says all; without it the store is none the worse."""
    with contextlib.suppress(OSError), os.fdopen(os.open(_note(store), _NEW, FOR_ITS_OWNER)) as note:
        give_to_owner(note.fileno(), store)


def real_path(path: Path) -> Path:
    """Return the file that a path leads to: beside that one SQLite's journals lie."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path


def has_store(path: Path) -> bool:
    """Return whether there is a file with something in it, or something else than a file, which opening will refuse."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return not stat.S_ISREG(found.st_mode) or found.st_size > 0


def set_aside(store: Path) -> Path | None:
    """Give a store, or what is left of one, another name in its folder, and return that; None where nothing was there.

    Raises OSError.
    """
    former = keep_beside(store)
    store.unlink(missing_ok=True)
    return former


def keep_beside(store: Path) -> Path | None:
    """Let a store have another name in its folder too, so that it may be replaced; return that, as `set_aside` does.

    What journals are there go with it, and first: beside another file, SQLite would take them for that file's.
    """
    ready_path(store).unlink(missing_ok=True)
    former, journals = former_name(store), [each for each in _journals(store) if os.path.lexists(each)]
    for each in journals:
        os.rename(each, former.with_name(former.name + each.name.removeprefix(store.name)))
    is_there = has_store(store)
    if is_there:
        try:
            os.link(store, former)
        except OSError:  # where a file cannot have two names, there is none at its path for a moment
            os.rename(store, former)
    sync_folder(store.parent)
    return former if is_there or journals else None


def former_name(store: Path) -> Path:
    """Return a name for a store that is set aside now, which no other file has."""
    time = dates.now()
    while True:
        name = store.with_name(f"{store.stem}-former-{compact(time)}{store.suffix}")
        if not any(os.path.lexists(each) for each in (name, *_journals(name))):
            return name
        time = dates.now()


def compact(time: str) -> str:
    """Return a time of `dates.now` as it stands in names of files: without signs, in the order of time."""
    return time.translate({ord(sign): None for sign in "-:."})


def _journals(store: Path) -> list[Path]:
    return [store.with_name(store.name + suffix) for suffix in JOURNALS]


def _note(store: Path) -> Path:
    return store.with_name(store.name + _MADE)
