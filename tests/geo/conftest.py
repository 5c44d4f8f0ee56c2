"""What tests of geodata share: every catalog that there is takes the same ones, and a clock that is looked at."""

import threading

import pytest
from catalogs import catalogs_of

from geo import pace


class Clock:
    """A clock that goes on by a while whenever it is looked at, and notes who sleeps."""

    def __init__(self):
        self.now, self.slept = 0.0, []

    def perf_counter(self):
        self.now += 1
        return self.now

    def sleep(self, seconds):
        self.slept.append((threading.current_thread(), seconds))


@pytest.fixture
def clock(monkeypatch):
    found = Clock()
    monkeypatch.setattr(pace, "time", found)
    return found


@pytest.fixture(scope="module", params=["memory", pytest.param("postgis", marks=pytest.mark.postgres)])
def catalog_over(request):
    """Makes a catalog over a store, in memory or in PostGIS: `catalog_over(store, organisations)`."""
    with catalogs_of(request) as over:
        yield over
