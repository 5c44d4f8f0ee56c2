"""Whole stores from one place to another, whatever kind each is, and whether two hold the same."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import StoreError, words_of
from geo.geopackage.making import fill
from geo.geopackage.store import GeoPackageStore
from geo.messages import told as told_of
from geo.opening import is_missing, open_store
from geo.postgis.addresses import is_database, shown
from geo.relational import copying
from geo.relational.copying import Copied, Told

if TYPE_CHECKING:
    from geo.postgis.store import PostgisStore


def move(source: str | Path, target: str | Path, told: Told = lambda done, of: None) -> Copied:
    """Copy the store at one place to another, where none or an unfinished or older copy of it is; raises StoreError.

    Servers may use the source meanwhile.
    """
    with contextlib.ExitStack() as opened:
        read = opened.enter_context(_existing(source))
        written = opened.enter_context(contextlib.closing(open_store(target, unfinished=True)))
        opened.enter_context(_alone(written))
        return _copy(read, written, told)


def into_file(source: str | Path, file: Path) -> Copied:
    """Copy the store at a place into a file which is there and empty, and this process's own; raises StoreError."""
    with _existing(source) as read:
        fill(file)
        with contextlib.closing(GeoPackageStore(file, unfinished=True)) as written:
            return _copy(read, written)


def differing(one: str | Path, other: str | Path) -> list[str]:
    """Return the tables whose rows are not the same in two stores, each as it is at one moment; raises StoreError."""
    with _existing(one) as first, _existing(other) as second:
        return copying.differing(first, second)


def _existing(location: str | Path) -> contextlib.closing[GeoPackageStore | PostgisStore]:
    """Open a store that is there."""
    if is_missing(location):
        raise StoreError("no-store-in-file", path=shown(str(location)) if is_database(location) else str(location))
    return contextlib.closing(open_store(location))


def _copy(
    source: GeoPackageStore | PostgisStore, target: GeoPackageStore | PostgisStore, told: Told = lambda done, of: None
) -> Copied:
    def verify() -> None:
        for each in target.verify(records=False):
            raise StoreError("copy-damaged", path=source.place, reason=told_of(each).detail)

    return copying.copy(source, target, verify, told)


@contextlib.contextmanager
def _alone(store: GeoPackageStore | PostgisStore) -> Iterator[None]:
    """Let one process copy into a store at a time."""
    lock = store.alone("copying")
    try:
        is_alone = lock.take()
    except OSError as error:
        raise StoreError("copy-not-written", path=store.place, reason=words_of(error)) from error
    if not is_alone:
        raise StoreError("copy-being-written", path=store.place)
    try:
        yield
    finally:
        lock.release()
