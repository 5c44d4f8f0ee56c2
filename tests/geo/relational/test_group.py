"""Writers who come at once share a transaction, and each is answered for its own edits alone; so in every store."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import sql
from stored import create, names, new, rename, written_together

from geo.editing import Edit
from geo.errors import AlreadyExists, Gone, NotFound, RevisionConflict
from geo.relational.turns import Turns, Waiting

WRITERS, EACH = 16, 30


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


def test_everyone_is_answered_when_it_is_on_disk_and_not_before(store):
    """Each writer looks with a connection of its own for what it was just told is there."""
    together = threading.Barrier(WRITERS)

    def write(number):
        project_id = f"bo-writer-{number}"
        together.wait()
        for step in range(EACH):
            [done] = store.write([rename(f"Step {step}", step, project_id) if step else new(project_id)])
            assert step + 1 == done.number
            with sql(store.location) as another:
                found = another.execute(f"SELECT project_id, number FROM revisions WHERE sequence = {done.sequence}")  # noqa: S608
                assert (project_id, step + 1) == found.fetchone()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    assert list(range(1, WRITERS * EACH + 1)) == [each.sequence for each in store.changes_since(0)]
    for number in range(WRITERS):
        assert list(range(1, EACH + 1)) == [each.number for each in store.revisions(f"bo-writer-{number}")]
    assert {f"Step {EACH - 1}"} == set(names(store).values())


def test_other_writing_has_a_turn_of_its_own(store):
    with written_together(store, [new("bo-a")]) as begun:
        store.write_many([new("bo-b"), new("bo-c")])
        assert "bo-a" == begun[0].result()[0].project_id
    assert 3 == store.latest_sequence()


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
