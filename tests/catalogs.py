"""Catalogs over any store, by the names of their kinds: in memory, there in several layers, and in PostGIS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from tabled import NOBODY, catalogs_in

from geo.catalog import Catalog
from geo.memory.catalog import MemoryCatalog
from geo.memory.following import LIMITS, Limits

FEW = Limits(changed=9, later=60)


@contextmanager
def catalogs_of(request: pytest.FixtureRequest) -> Iterator[Callable[..., Catalog]]:
    """Make catalogs of the kind that is the parameter of a fixture: `over(store)`, or `over(store, organisations)`."""
    if request.param == "postgis":
        with catalogs_in(request.getfixturevalue("postgres")) as over:
            yield over
    else:
        limits = FEW if request.param == "layers" else LIMITS
        yield lambda store, organisations=NOBODY: MemoryCatalog(store, organisations, limits=limits)
