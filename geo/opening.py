"""The one way to open a store with its answers; the only place that knows which implementations there are."""

from __future__ import annotations

import contextlib
import functools
import sys
from pathlib import Path
from typing import NamedTuple

from geo import product
from geo.catalog import Catalog, FeatureCatalog
from geo.curated.organisations import Organisations, read_organisations
from geo.curated.release import read_retired
from geo.errors import StoreError
from geo.gathered.catalog import countries_of, organisations_of
from geo.geopackage.making import make
from geo.geopackage.store import GeoPackageStore
from geo.leftovers import has_store, note_made, real_path, refuse_lost, set_aside
from geo.memory.bases import Elsewhere, Ready
from geo.memory.block import Arrays, whole
from geo.memory.catalog import MemoryCatalog
from geo.memory.following import NOT_KEPT, Following
from geo.memory.indexed import index
from geo.memory.ready import path_of
from geo.paths import data_folder
from geo.store import Store
from geo.unfinished import remove_abandoned


class Gathered(NamedTuple):
    """The catalogs of what is made of the projects."""

    organisations: FeatureCatalog
    countries: FeatureCatalog


class Ledger:
    """An open store, and the catalog that answers for it, which is made when it is first asked for.

    The organisations are those of a data folder (the curated dataset's by default); raises DataFileError, when they or
    the catalog are first asked for, where they cannot be read. What is dear to make is kept as `ready` says.
    """

    def __init__(self, store: Store, data: Path | None = None, ready: Ready = NOT_KEPT) -> None:
        self.store, self._data, self._ready = store, data or data_folder(), ready

    @functools.cached_property
    def organisations(self) -> Organisations:
        return read_organisations(self._data)

    @functools.cached_property
    def catalog(self) -> Catalog:
        retired = read_retired(self._data).values()
        successors = {each.id: each.successor for each in retired if each.successor is not None}
        return MemoryCatalog(self.store, self.organisations, successors, self._ready)

    @functools.cached_property
    def gathered(self) -> Gathered:
        return Gathered(organisations_of(self.catalog, self.organisations), countries_of(self.catalog))


def open_ledger(location: str | Path, data: Path | None = None, *, with_helpers: bool = False) -> Ledger:
    """Open the store at a path (a GeoPackage) with what answers for it; raises StoreError.

    One that is missing is made, where nothing tells that there has been one. With helpers other processes may be begun,
    where many records are to be made ready: they read the main module of the program, which must do nothing when it is
    read so.
    """
    path = store_path(location)
    refuse_lost(path)
    make(real_path(path))
    store = GeoPackageStore(path)
    note_made(real_path(path))
    remove_abandoned(real_path(path))
    elsewhere = Elsewhere(functools.partial(_made, path, data), functools.partial(_lay, path, data))
    return Ledger(store, data, Ready(path_of(path), elsewhere if with_helpers else None))


def make_anew(location: str | Path) -> Path | None:
    """Make a store where there is none, though there may have been one, or its file has no bytes; raises StoreError.

    Returns the name under which what is left of the former one stays; where there is a store nothing happens.
    """
    former: list[Path | None] = []
    make(real_path(store_path(location)), has_store, lambda path: former.append(set_aside(path)))
    return former[-1] if former else None


def _made(path: Path, data: Path | None, after: str, until: str | None) -> Arrays:
    """Return the arrays of some records of a store; in another process than that which answers."""
    with contextlib.closing(GeoPackageStore(path)) as store:
        organisations = Ledger(store, data).organisations
        return whole([index(each, organisations) for each in store.current(after, until)])


def _lay(path: Path, data: Path | None) -> None:
    """Lay all that a store has into its ready file; in a process of its own, which fails where that cannot be done."""
    with contextlib.closing(GeoPackageStore(path)) as store:
        ready = Ready(path_of(path), Elsewhere(functools.partial(_made, path, data)))
        if not Following(store, Ledger(store, data).organisations, ready).lay():
            sys.exit(1)


def store_path(location: str | Path) -> Path:
    """Return the path that a store's location names, `~` being the home folder; raises StoreError for none."""
    text = str(location)
    if "://" in text or text.startswith("file:"):
        raise StoreError("no-kind-of-store", kind=text.split(":", 1)[0])
    if text.strip() in ("", ".", "..") or text.startswith(":"):
        raise StoreError("no-lasting-file", path=text, example=product.STORE_FILE)
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise StoreError("home-unknown", path=text) from None
