"""The one way to open a store with its answers; the only place that knows which implementations there are."""

from __future__ import annotations

import contextlib
import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from geo import product
from geo.catalog import Catalog, FeatureCatalog
from geo.curated.organisations import Organisations, read_organisations
from geo.curated.release import read_retired
from geo.errors import StoreError, words_of
from geo.gathered.catalog import countries_of, organisations_of
from geo.geopackage.making import make
from geo.geopackage.store import GeoPackageStore
from geo.indexed import index
from geo.leftovers import has_store, note_made, real_path, refuse_lost, set_aside
from geo.memory.bases import Elsewhere, Ready
from geo.memory.block import Arrays, whole
from geo.memory.catalog import MemoryCatalog
from geo.memory.following import NOT_KEPT, Following
from geo.memory.ready import path_of
from geo.paths import cache_folder, data_folder
from geo.postgis.addresses import ALWAYS_NEWEST, Answers, Reading, is_database
from geo.store import Store
from geo.unfinished import remove_abandoned

if TYPE_CHECKING:
    from geo.postgis.store import PostgisStore

# Records of which each worker may well hold the answers: some 800 MB, and half a minute to make them ready.
MOST_IN_MEMORY = 100_000


class Gathered(NamedTuple):
    """The catalogs of what is made of the projects."""

    organisations: FeatureCatalog
    countries: FeatureCatalog


class Ledger:
    """An open store, and the catalog that answers for it, which is made when it is first asked for.

    The organisations are those of a data folder (the curated dataset's by default); raises DataFileError, when they or
    the catalog are first asked for, where they cannot be read. What is dear to make is kept as `ready` says. Answers
    come from memory, or from PostGIS, as is asked for, or as fits how many records there are.
    """

    def __init__(
        self, store: Store, data: Path | None = None, ready: Ready = NOT_KEPT, answers: Answers | None = None
    ) -> None:
        self.store, self._data, self._ready, self._answers = store, data or data_folder(), ready, answers

    @functools.cached_property
    def answers(self) -> Answers:
        """From where answers come."""
        if not is_database(self.store.location):
            return "memory"
        return self._answers or ("memory" if self._database_store.count() <= MOST_IN_MEMORY else "postgis")

    @property
    def _database_store(self) -> PostgisStore:
        return cast("PostgisStore", self.store)

    @functools.cached_property
    def organisations(self) -> Organisations:
        return read_organisations(self._data)

    @functools.cached_property
    def catalog(self) -> Catalog:
        retired = read_retired(self._data).values()
        successors = {each.id: each.successor for each in retired if each.successor is not None}
        if self.answers == "memory":
            return MemoryCatalog(self.store, self.organisations, successors, self._ready)
        from geo.postgis.catalog import catalog_of

        store = self._database_store
        return catalog_of(store.pool, store, self.organisations, successors, store.database)

    @functools.cached_property
    def gathered(self) -> Gathered:
        return Gathered(organisations_of(self.catalog, self.organisations), countries_of(self.catalog))


def open_ledger(
    location: str | Path,
    data: Path | None = None,
    *,
    with_helpers: bool = False,
    reading: Reading = ALWAYS_NEWEST,
) -> Ledger:
    """Open the store at a path (a GeoPackage), or at a `postgresql://` address, with what answers for it.

    One that is missing is made, where nothing tells that there has been one. With helpers other processes may be begun,
    where many records are to be made ready: they read the main module of the program, which must do nothing when it is
    read so. Raises StoreError, also where answers are to come from PostGIS and the store is a file.
    """
    store = open_store(location, data, reading)
    elsewhere = Elsewhere(functools.partial(_made, location, data), functools.partial(_lay, location, data))
    return Ledger(store, data, Ready(path_of(store.path), elsewhere if with_helpers else None), reading.answers)


def open_store(
    location: str | Path, data: Path | None = None, reading: Reading = ALWAYS_NEWEST, *, unfinished: bool = False
) -> GeoPackageStore | PostgisStore:
    """Open the store alone, as `open_ledger` does; an `unfinished` copy too for who goes on with it."""
    if not is_database(location):
        path = store_path(location)
        if reading.answers == "postgis":
            raise StoreError("answers-of-no-database", path=str(path))
        refuse_lost(path)
        make(real_path(path))
        note_made(real_path(path))
        remove_abandoned(real_path(path))
    return _opened(location, data, reading, unfinished=unfinished)


def _opened(
    location: str | Path, data: Path | None, reading: Reading = ALWAYS_NEWEST, *, unfinished: bool = False
) -> GeoPackageStore | PostgisStore:
    if not is_database(location):
        return GeoPackageStore(store_path(location), unfinished=unfinished)
    from geo.postgis.store import PostgisStore  # whose libraries a store in a file does without

    try:
        folder = cache_folder()
    except (OSError, RuntimeError) as error:
        raise StoreError("no-cache-folder", reason=words_of(error)) from error
    organisations = functools.cache(lambda: read_organisations(data or data_folder()))
    followers = (reading.followers, reading.behind)
    return PostgisStore(str(location), folder, organisations, *followers, unfinished=unfinished)


def is_missing(location: str | Path) -> bool:
    """Return whether there is no store, and nothing tells that there has been one; raises StoreError where that is so.

    Where it cannot be told, opening it will say why.
    """
    if is_database(location):
        from geo.postgis import migrations
        from geo.postgis.pool import Pool

        with contextlib.closing(Pool(str(location))) as pool, pool.use() as connection:
            return not migrations.has_store(connection)
    path = store_path(location)
    refuse_lost(path)
    return _is_missing(path) and not _is_missing(path.absolute().parent)


def _is_missing(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def make_anew(location: str | Path) -> Path | None:
    """Make a store where there is none, though there may have been one, or its file has no bytes; raises StoreError.

    Returns the name under which what is left of the former one stays; where there is a store nothing happens. The
    tables of a database are made when it is opened.
    """
    if is_database(location):
        return None
    former: list[Path | None] = []
    make(real_path(store_path(location)), has_store, lambda path: former.append(set_aside(path)))
    return former[-1] if former else None


def _made(location: str | Path, data: Path | None, after: str, until: str | None) -> Arrays:
    """Return the arrays of some records of a store; in another process than that which answers."""
    with contextlib.closing(_opened(location, data)) as store:
        organisations = Ledger(store, data).organisations
        return whole([index(each, organisations) for each in store.current(after, until)])


def _lay(location: str | Path, data: Path | None) -> None:
    """Lay all that a store has into its ready file; in a process of its own, which fails where that cannot be done."""
    with contextlib.closing(_opened(location, data)) as store:
        ready = Ready(path_of(store.path), Elsewhere(functools.partial(_made, location, data)))
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
