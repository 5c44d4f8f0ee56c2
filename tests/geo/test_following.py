"""How layers are put together in the background: in small steps, and where nobody waits for it."""

import datetime as dt
import gc
import threading

import pytest
from made_up import made_up

from geo import pace
from geo.curated.organisations import Organisations
from geo.editing import Edit
from geo.memory import following
from geo.memory.catalog import MemoryCatalog
from geo.memory.following import Limits
from geo.opening import open_ledger
from geo.query import Query

FEW = Limits(changed=3, later=6, ready=0)


@pytest.fixture
def store(tmp_path):
    opened = open_ledger(tmp_path / "ledger.gpkg").store
    yield opened
    opened.close()


def write(store, count, start=0):
    for number in range(start, start + count):
        store.write([Edit(f"bo-{number:03}", made_up(f"bo-{number:03}"), None, "test")])


def ids(catalog):
    return catalog.columns(Query(), ["id"])["id"]


def test_long_work_pauses_between_its_steps(clock):
    assert [0, 1, 2, 3] == list(pace.unhurried(range(4)))
    assert 3 <= len(clock.slept)
    assert all(seconds > 0 for _, seconds in clock.slept)


def test_short_work_does_not_pause(clock):
    clock.perf_counter = lambda: 0.0
    assert [0, 1, 2, 3] == list(pace.unhurried(range(4)))
    assert not clock.slept


def test_layers_are_put_together_with_pauses(store, clock, monkeypatch):
    started = []
    begin = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda thread: (started.append(thread), begin(thread)))
    catalog = MemoryCatalog(store, Organisations([]), limits=FEW)
    write(store, 5)
    catalog.version()
    for thread in started:
        thread.join()
    assert started
    assert set(started) <= {thread for thread, _ in clock.slept}
    assert [f"bo-{number:03}" for number in range(5)] == sorted(ids(catalog))


def test_nobody_is_kept_from_following_while_a_thread_begins(store, monkeypatch):
    catalog = MemoryCatalog(store, Organisations([]), limits=FEW)
    guard, held = catalog._following._guard, []
    monkeypatch.setattr(following.threading.Thread, "start", lambda thread: held.append(guard.locked()))
    write(store, 5)
    catalog.version()
    assert held == [False]


@pytest.mark.slow
@pytest.mark.parametrize("query", [Query(), Query(sort=(("name", True),)), Query(as_of=dt.date(2024, 1, 1))])
def test_a_question_leaves_nothing_that_only_the_collector_finds(store, query):
    """Python's collector holds up every answer, and what it alone finds keeps a whole table in memory till then."""
    write(store, 3)
    catalog = MemoryCatalog(store, Organisations([]))
    catalog.search(query)
    gc.collect()
    gc.disable()
    try:
        catalog.search(query)
        assert 0 == gc.collect()
    finally:
        gc.enable()
