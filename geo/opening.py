"""The one way to open a store with its answers; the only place that knows which implementations there are."""

from __future__ import annotations

from pathlib import Path

from geo import product
from geo.errors import StoreError
from geo.geopackage.store import GeoPackageStore
from geo.store import Store


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
