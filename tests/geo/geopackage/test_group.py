"""Writers who come at once share a transaction, and each is answered for its own edits alone."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import sql
from stored import create, names, new, rename, written_together

from geo.errors import StoreError
from geo.relational.group import MOST_EDITS

STORES = ("geopackage",)  # this is about a file


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.gpkg"


def test_a_row_that_the_file_refuses_is_the_fault_of_its_writer_alone(store, file):
    with sql(file) as connection:
        connection.execute(
            "CREATE TRIGGER no_such BEFORE INSERT ON revisions WHEN NEW.project_id = 'bo-b' "
            "BEGIN SELECT RAISE(ABORT, 'not here'); END"
        )
    with written_together(store, [new("bo-a")], [new("bo-b")], [new("bo-c")]) as begun:
        assert isinstance(begun[1].exception(), StoreError)
        assert [1, 2] == [begun[0].result()[0].sequence, begun[2].result()[0].sequence]


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


@pytest.mark.parametrize(("edits", "transactions"), [(MOST_EDITS - 1, 1), (MOST_EDITS, 2)])
def test_those_who_wait_share_one_transaction_unless_it_is_large(store, edits, transactions):
    said = []
    with store._pool.use() as connection:  # the only one, so that whoever writes has it
        connection.sqlite.set_trace_callback(said.append)
    with written_together(store, [new(f"bo-{number}") for number in range(edits)], [new("bo-last")]) as begun:
        assert edits + 1 == begun[1].result()[0].sequence
    assert transactions == said.count("COMMIT")
