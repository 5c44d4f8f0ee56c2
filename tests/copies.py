"""Stores that are made once, of which each test has a copy: to fill one, and to make its catalog, takes longer.

A module of its own: pytest and the tests that import it have a conftest each.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import in_memory
from made_up import made_up_features

from geo.curated import load as dataset
from geo.curated.files import read_files
from geo.editing import Edit
from geo.memory.bases import Ready
from geo.memory.following import LIMITS, Following
from geo.opening import Ledger, open_ledger
from geo.records.project import Project
from geo.store import Store

ROOT = Path(__file__).resolve().parent.parent

in_memory.use()

# What belongs to a store on this machine lies in no folder of whoever runs the tests.
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="caches-")

# The part of the curated dataset that most tests read: real, and small enough to look at.
SOUTH_AMERICA = [ROOT / "data" / "projects" / f"{country}.geojson" for country in ("AR", "BO", "BR", "CL", "PE")]

_FILL: dict[str, Callable[[Store], object]] = {
    "empty": lambda store: None,
    "south_america": lambda store: dataset.load(store, dataset.Given(list(read_files(SOUTH_AMERICA)))),
    "many": lambda store: store.write([Edit(p.id, p, None, "test") for p in many_made_up()]),
}
_READY = dict[str, Path]()  # what the catalog of each answers from, by the identity that its copies share


@functools.cache
def many_made_up() -> list[Project]:
    return [Project.from_feature(feature) for feature in made_up_features(400)]


def copy_of(name: str, file: Path) -> Path:
    """Copy a store (`empty`, `south_america`, or `many` made-up records) to where a test wants it."""
    shutil.copy(_made(name), file)
    return file


def fill_so(name: str, how: Callable[[Store], object]) -> None:
    """Let there be stores of a name that are filled in a way of their own."""
    _FILL[name] = how


def fill(name: str, location: str) -> None:
    """Fill a store, which is made where it is not there."""
    with contextlib.closing(open_ledger(location).store) as store:
        _FILL[name](store)
        if not store.is_at_hand:
            ledger_of.__wrapped__(store).catalog.version()  # its tables are copied too


@functools.lru_cache(4)
def ledger_of(store: Store) -> Ledger:
    """Return a store with its catalog, beginning with what is ready of all copies; of a database, PostGIS's."""
    if not store.is_at_hand:
        return Ledger(store, answers="postgis")
    return Ledger(store, ready=Ready(_READY.get(store.identity)))


def remove() -> None:
    """Remove what has been made."""
    shutil.rmtree(os.environ["XDG_CACHE_HOME"], ignore_errors=True)
    if _folder.cache_info().currsize:
        shutil.rmtree(_folder())


@functools.cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="stores-"))


@functools.cache
def _made(name: str) -> Path:
    file = _folder() / f"{name}.gpkg"
    fill(name, str(file))
    with contextlib.closing(open_ledger(file).store) as store:
        _READY[store.identity] = file.with_suffix(".ready")
        Following(store, Ledger(store).organisations, Ready(_READY[store.identity]), LIMITS._replace(ready=0))
    return file
