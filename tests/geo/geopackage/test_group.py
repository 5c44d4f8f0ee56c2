"""Writers who come at once share a transaction, and each is answered for its own edits alone."""

import contextlib
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import sql
from made_up import made_up
from stored import create, names, rename

from geo.editing import Edit
from geo.errors import AlreadyExists, Gone, NotFound, RevisionConflict, StoreError
from geo.relational.group import MOST_EDITS
from geo.relational.turns import Turns, Waiting

STORES = ("geopackage",)  # this is about a file

WRITERS, EACH = 16, 30


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.gpkg"


@contextlib.contextmanager
def written_together(store, *writers):
    """Let these edits of one writer each wait for one turn, in this order; gives what will become of each."""
    with ThreadPoolExecutor(len(writers)) as pool:
        with store._turns.turn(Waiting()):
            begun = []
            for number, edits in enumerate(writers, 1):
                begun.append(pool.submit(store.write, edits))
                while len(store._turns._queue) < number and not begun[-1].done():
                    time.sleep(0.001)
        yield begun


def new(project_id):
    return Edit(project_id, made_up(project_id), None, "ana")


def test_a_bad_one_refuses_only_itself(store):
    create(store)
    create(store, "bo-gone")
    store.write([Edit("bo-gone", None, 1, "ana")])
    first = store.latest_sequence()
    writers = (
        [new("bo-a"), new("bo-b")],
        [new("bo-c"), rename("Late", 7)],
        [rename("Second", 1)],
        [rename("Second, too", 1)],
        [new("bo-a")],
        [rename("Nowhere", 1, "bo-nowhere")],
        [rename("Risen", 2, "bo-gone")],
        [new("bo-d")],
    )
    with written_together(store, *writers) as begun:
        refused = [type(each.exception()) for each in begun]
        done = [revision for each in begun if not each.exception() for revision in each.result()]
    none = type(None)
    assert [none, RevisionConflict, none, RevisionConflict, AlreadyExists, NotFound, Gone, none] == refused
    assert ["bo-a", "bo-b", "bo-made-up", "bo-d"] == [revision.project_id for revision in done]
    assert list(range(first + 1, first + 5)) == [revision.sequence for revision in done]
    assert done == list(store.changes_since(first))
    assert "Second" == names(store)["bo-made-up"]


def test_a_row_that_the_file_refuses_is_the_fault_of_its_writer_alone(store, file):
    with sql(file) as connection:
        connection.execute(
            "CREATE TRIGGER no_such BEFORE INSERT ON revisions WHEN NEW.project_id = 'bo-b' "
            "BEGIN SELECT RAISE(ABORT, 'not here'); END"
        )
    with written_together(store, [new("bo-a")], [new("bo-b")], [new("bo-c")]) as begun:
        assert isinstance(begun[1].exception(), StoreError)
        assert [1, 2] == [begun[0].result()[0].sequence, begun[2].result()[0].sequence]


def test_everyone_is_answered_when_it_is_on_disk_and_not_before(store, file):
    """Each writer looks with a connection of its own for what it was just told is there."""
    together = threading.Barrier(WRITERS)

    def write(number):
        project_id = f"bo-writer-{number}"
        together.wait()
        for step in range(EACH):
            [done] = store.write([rename(f"Step {step}", step, project_id) if step else new(project_id)])
            assert step + 1 == done.number
            with sql(file) as another:
                found = another.execute("SELECT project_id, number FROM revisions WHERE sequence = ?", (done.sequence,))
                assert (project_id, step + 1) == found.fetchone()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    assert list(range(1, WRITERS * EACH + 1)) == [each.sequence for each in store.changes_since(0)]
    for number in range(WRITERS):
        assert list(range(1, EACH + 1)) == [each.number for each in store.revisions(f"bo-writer-{number}")]
    assert {f"Step {EACH - 1}"} == set(names(store).values())


def test_where_the_end_of_the_transaction_fails_all_are_refused_and_the_store_goes_on(store):
    def no_end(action, name, *_):
        ends = action == sqlite3.SQLITE_TRANSACTION and name == "COMMIT"
        return sqlite3.SQLITE_DENY if ends else sqlite3.SQLITE_OK

    create(store)
    with store._pool.use() as connection:  # the only one, so that whoever writes has it
        connection.sqlite.set_authorizer(no_end)
    with written_together(store, [new("bo-a")], [new("bo-made-up")], [rename("Second", 1)]) as begun:
        refused = [each.exception() for each in begun]
    assert {StoreError} == {type(each) for each in refused}
    assert 3 == len({id(each) for each in refused}), "an error that threads share mixes up their tracebacks"
    with store._pool.use() as connection:
        connection.sqlite.set_authorizer(None)
    assert 2 == create(store, "bo-a").sequence
    assert {"bo-made-up": "Made-up plant", "bo-a": "Made-up plant"} == names(store)


def test_a_lock_that_another_program_holds_refuses_who_waits_and_the_store_goes_on(make_store, file, monkeypatch):
    monkeypatch.setattr("geo.geopackage.pool.WAIT_SECONDS", 0.05)
    monkeypatch.setattr("geo.relational.turns.WAIT_SECONDS", 0.05)
    store = make_store()
    with sql(file) as lock:
        lock.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(8) as pool:
            writers = [pool.submit(store.write, [new(f"bo-{number}")]) for number in range(8)]
        assert {StoreError} == {type(each.exception()) for each in writers}
        lock.execute("ROLLBACK")
    assert 1 == create(store).sequence


def test_other_writing_has_a_turn_of_its_own(store):
    with written_together(store, [new("bo-a")]) as begun:
        store.write_many([new("bo-b"), new("bo-c")])
        assert "bo-a" == begun[0].result()[0].project_id
    assert 3 == store.latest_sequence()


@pytest.mark.parametrize(("edits", "transactions"), [(MOST_EDITS - 1, 1), (MOST_EDITS, 2)])
def test_those_who_wait_share_one_transaction_unless_it_is_large(store, edits, transactions):
    said = []
    with store._pool.use() as connection:  # the only one, so that whoever writes has it
        connection.sqlite.set_trace_callback(said.append)
    with written_together(store, [new(f"bo-{number}") for number in range(edits)], [new("bo-last")]) as begun:
        assert edits + 1 == begun[1].result()[0].sequence
    assert transactions == said.count("COMMIT")


class Shared(Waiting):
    """Work that another may do."""


def test_whoever_is_interrupted_leaves_nobody_waiting(tmp_path):
    """Neither whose work it has taken, nor who would have been next."""
    turns = Turns(tmp_path, Shared)
    taken, following = Shared(), Waiting()
    led = {}

    def wait(one):
        with turns.turn(one) as leads:
            led[one] = leads

    threads = [threading.Thread(target=wait, args=(one,), daemon=True) for one in (taken, following)]

    def lead():
        with turns.turn(Shared()):
            for number, thread in enumerate(threads, 1):
                thread.start()
                while len(turns._queue) < number:
                    time.sleep(0.001)
            assert [taken] == list(turns.others()), "what has a turn of its own is not taken"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lead()
    for thread in threads:
        thread.join(60)
    assert {taken: False, following: True} == led
    with turns.turn(Waiting()) as leads:
        assert leads
