"""The one way to open a store with its answers; the only place that knows which implementations there are."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from geo import product
from geo.catalog import Catalog
from geo.curated.organisations import Organisations
from geo.errors import StoreError
from geo.geopackage.store import GeoPackageStore
from geo.memory.catalog import MemoryCatalog
from geo.store import Store


class Ledger(NamedTuple):
    """A store, and the catalog that answers for it."""

    store: Store
    catalog: Catalog


def open_ledger(location: str | Path, organisations: Organisations) -> Ledger:
    """Open the store at a location with a catalog that follows it; raises StoreError."""
    return with_catalog(open_store(location), organisations)


def with_catalog(store: Store, organisations: Organisations) -> Ledger:
    """Return an open store with the catalog that suits it."""
    return Ledger(store, MemoryCatalog(store, organisations))


def open_store(location: str | Path) -> Store:
    """Open the store at a path (a GeoPackage, made when it is missing); raises StoreError."""
    return GeoPackageStore(store_path(location))


def store_path(location: str | Path) -> Path:
    """Return the path that a store's location names, `~` being the home folder; raises StoreError for none."""
    text = str(location)
    if "://" in text or text.startswith("file:"):
        raise StoreError(f"{text.split(':', 1)[0]}: is not a kind of store; give the path of a GeoPackage.")
    if text.strip() in ("", ".", "..") or text.startswith(":"):
        raise StoreError(f"'{text}': a store is a file that lasts; give a path such as {product.STORE_FILE}.")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise StoreError(f"{text}: {error}") from None
