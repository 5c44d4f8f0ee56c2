"""Whatever keeps a store from being read or written, its error tells SQLite's or the system's own words."""

import os
import subprocess
import sys

import pytest
from conftest import ROOT, an_ordinary_user, sql
from made_up import made_up
from stored import create

from geo.editing import Edit
from geo.errors import StoreError
from geo.geopackage import pool
from geo.opening import open_ledger

STORES = ("geopackage",)  # this is about a file


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.gpkg"


def cause(call, *arguments):
    with pytest.raises(StoreError) as raised:
        call(*arguments)
    return raised.value.cause


def test_a_lock_is_told_to_everybody_whose_write_it_stops(store, file, monkeypatch):
    monkeypatch.setattr(pool, "WAIT_SECONDS", 0.05)
    create(store)
    with sql(file) as lock:
        lock.execute("BEGIN IMMEDIATE")
        with store._pool.use() as connection:
            connection.sqlite.execute("PRAGMA busy_timeout = 50")
        for write in (lambda: create(store, "bo-next"), lambda: store.keys.revoke("ana")):
            assert ("store-unusable", "database is locked (SQLITE_BUSY)") == cause(write)


def test_a_corrupt_page_is_told(store, file):
    create(store)
    store.close()
    with sql(file) as connection:
        [(page,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'revisions'")
        [(size,)] = connection.execute("PRAGMA page_size")
    with file.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(os.urandom(size))
    reopened = open_ledger(file).store
    rule, reason = cause(lambda: list(reopened.changes_since(0)))
    assert ("store-unusable", "database disk image is malformed (SQLITE_CORRUPT)") == (rule, reason)
    reopened.close()


def test_text_that_is_no_record_is_the_store_s_fault(store, file):
    create(store)
    with sql(file) as connection:
        connection.execute("DROP TRIGGER revisions_are_not_changed")
        connection.execute("UPDATE revisions SET record = '{\"id\": '")
    rule, reason = cause(lambda: list(store.changes_since(0)))
    assert "store-record-damaged" == rule
    assert reason.startswith("unexpected end of data")


def test_a_file_that_is_gone_is_told_in_the_system_s_words(store, file):
    create(store)
    file.unlink()
    assert ("store-not-there", "No such file or directory") == cause(store.latest_sequence)


def test_a_file_that_was_cut_off_is_told_though_pages_of_it_are_still_known(store, file):
    create(store)
    assert 1 == store.latest_sequence()
    os.truncate(file, 0)
    assert "store-file-empty" == cause(store.latest_sequence)[0]


def test_permissions_are_told_with_what_sqlite_said(open_folder):
    open_ledger(open_folder / "ledger.gpkg").store.close()
    (open_folder / "ledger.gpkg").chmod(0o000)
    with an_ordinary_user():
        rule, reason = cause(open_ledger, open_folder / "ledger.gpkg")
    assert ("store-file-not-allowed", "unable to open database file (SQLITE_CANTOPEN)") == (rule, reason)


FULL_DISK = """
import resource, signal, sys
sys.path.insert(0, "tests")
from made_up import made_up
from geo.editing import Edit
from geo.errors import StoreError
from geo.opening import open_ledger

store = open_ledger(sys.argv[1]).store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    for number in range(10_000):
        store.write([Edit(f"bo-{number}", made_up(f"bo-{number}"), None, "writer")])
except StoreError as error:
    print(*error.cause)
"""


def test_a_full_disk_is_told(file):
    """A limit on the size of files stands for the disk."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FULL_DISK, str(file)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.startswith("store-unusable "), done.stderr
    assert "(SQLITE_FULL)" in done.stdout or "(SQLITE_IOERR_WRITE)" in done.stdout


def test_writers_who_share_a_transaction_are_all_told(store, file, monkeypatch):
    """Each gets an error of its own, with the same cause."""
    from geo.relational.group import Group, Writer

    group, error = Group(store._database), StoreError("store-unusable", path=str(file), reason="x")
    error.__cause__ = OSError("disk")
    writers = [Writer(store._database, [Edit(f"bo-{n}", made_up(f"bo-{n}"), None, "ana")]) for n in range(2)]
    group._writers += writers
    group.fail(error)
    refused = [writer.refused for writer in writers]
    assert refused[0] is not refused[1]
    assert {("store-unusable", "x")} == {each.cause for each in refused}
    assert [error.__cause__] * 2 == [each.__cause__ for each in refused]
