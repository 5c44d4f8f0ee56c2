"""Where another process makes what is dear, this one only maps it; where that fails, it goes on by itself."""

import functools
import threading
import time

import pytest
from laying import ALL, NOBODY, expected, fail, lay
from made_up import made_up

from geo import unfinished
from geo.editing import Edit
from geo.memory import bases, ready
from geo.memory.apart import Helper
from geo.memory.bases import Bases, Elsewhere, Ready
from geo.memory.catalog import MemoryCatalog
from geo.memory.following import Limits
from geo.query import Query

fcntl = pytest.importorskip("fcntl")
pytestmark = pytest.mark.slow
SOON = Limits(changed=3, later=6, ready=0)


@pytest.fixture
def store(many_store):
    return many_store


@pytest.fixture
def file(store):
    return ready.path_of(store.path)


def ids(catalog):
    return catalog.columns(Query(), ["id"])["id"]


def catalog_of(store, work=None, limits=ALL):
    elsewhere = Elsewhere(None, work or functools.partial(lay, store.path))
    return MemoryCatalog(store, NOBODY, ready=Ready(ready.path_of(store.path), elsewhere), limits=limits)


def base_of(catalog):
    return catalog._following._state.layers[0].table.block.arrays["feature.data"]


def write_until(store, catalog, is_so):
    """Write records, each of which is answered at once, until something is so; returns whether that came."""
    until, number = time.monotonic() + 120, 0
    while not is_so() and time.monotonic() < until:
        each = f"bo-written-{number:05}"
        store.write([Edit(each, made_up(each), None, "test")])
        assert each == catalog.get(each).id
        number += 1
    return is_so()


def refuse(*_):
    raise AssertionError("this process makes a base")


def test_a_base_is_made_in_another_process_and_mapped_here(store, file, monkeypatch):
    monkeypatch.setattr(bases, "are_many", lambda ids: True)
    monkeypatch.setattr(Bases, "of", refuse)
    catalog = catalog_of(store)
    assert isinstance(base_of(catalog), ready.Mapped)
    assert expected(store) == sorted(ids(catalog))


def test_few_records_need_no_other_process(store):
    def begun():
        raise AssertionError("a process is begun")

    assert expected(store) == sorted(ids(catalog_of(store, begun)))


def test_a_new_base_is_made_in_another_process_while_changes_are_answered(store, monkeypatch):
    catalog = catalog_of(store, limits=SOON)
    monkeypatch.setattr(Bases, "of", refuse)
    first = catalog._following._state.base_sequence
    assert write_until(store, catalog, lambda: catalog._following._state.base_sequence > first)
    assert expected(store) == sorted(ids(catalog))


def test_where_the_other_process_fails_this_one_makes_it(store, monkeypatch):
    monkeypatch.setattr(bases, "are_many", lambda ids: True)
    catalog = catalog_of(store, fail, SOON)
    first = catalog._following._state.base_sequence
    assert write_until(store, catalog, lambda: catalog._following._state.base_sequence > first)
    assert expected(store) == sorted(ids(catalog))


def test_a_helper_that_has_failed_says_so_once():
    helper = Helper(fail)
    assert helper.is_at_it()
    helper._begun.join()
    assert [False, True] == [helper.is_at_it(), helper.is_at_it()]


def test_a_file_that_another_process_is_writing_is_waited_for_and_taken(store, file, monkeypatch, caplog):
    """Before, each process but one held all in memory, for as long as it lived."""
    other = unfinished.path_of(file).open("ab")
    fcntl.flock(other, fcntl.LOCK_EX)
    wait = unfinished.wait_for_others

    def finish(path):
        other.close()
        wait(path)
        unfinished.path_of(file).unlink()
        MemoryCatalog(store, NOBODY, ready=Ready(file), limits=ALL)

    monkeypatch.setattr(bases, "wait_for_others", finish)
    catalog = MemoryCatalog(store, NOBODY, ready=Ready(file), limits=ALL)
    assert isinstance(base_of(catalog), ready.Mapped)
    assert expected(store) == sorted(ids(catalog))
    assert not caplog.records


def test_who_waits_for_others_goes_on_when_they_have_finished(file):
    other, order = unfinished.path_of(file).open("ab"), []
    fcntl.flock(other, fcntl.LOCK_EX)
    waiting = threading.Thread(target=lambda: (unfinished.wait_for_others(file), order.append("waited")))
    waiting.start()
    order.append("released")
    other.close()
    waiting.join()
    assert ["released", "waited"] == order
