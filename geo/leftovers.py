"""What stands beside a store's file: it tells that there has been a store where its file is gone."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from geo import dates
from geo.memory.ready import path_of as ready_path
from geo.unfinished import FOR_ITS_OWNER, JOURNALS, sync_folder

_MADE = "-made"


def leftovers(store: Path) -> list[Path]:
    """Return what stands beside a store, or has been left of one: journals, the ready file, and the note of it."""
    return [each for each in (*_journals(store), ready_path(store), _note(store)) if os.path.lexists(each)]


def note_made(store: Path) -> None:
    """Note beside a store that it was made, by a file whose name says all; without it the store is none the worse."""
    with contextlib.suppress(OSError):
        os.close(os.open(_note(store), os.O_WRONLY | os.O_CREAT | os.O_EXCL, FOR_ITS_OWNER))


def set_aside(store: Path) -> Path | None:
    """Give a store, or what is left of one, another name in its folder, and return that; None where nothing was there.

    Its journals go with it. They go first: beside another file, SQLite would take them for that file's. Raises OSError.
    """
    ready_path(store).unlink(missing_ok=True)
    there = [each for each in (*_journals(store), store) if os.path.lexists(each)]
    former = former_name(store)
    for each in there:
        os.rename(each, former.with_name(former.name + each.name.removeprefix(store.name)))
    sync_folder(store.parent)
    return former if there else None


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
