"""A store is never lost in silence: where its file is gone, no new one takes its place unless that is asked for."""

import contextlib
import os
import stat
import subprocess
import sys

import pytest
from conftest import ROOT, copy_of, sql
from made_up import made_up
from stored import create, names

from geo import unfinished
from geo.editing import Edit
from geo.errors import StoreError
from geo.leftovers import leftovers
from geo.opening import make_anew, open_ledger

STORES = ("geopackage",)  # this is about a file

NOTE = "store.gpkg-made"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.gpkg"


@pytest.fixture
def lost(file):
    """Where a store with a record was, which was closed before its file went."""
    with contextlib.closing(open_ledger(file).store) as made:
        create(made)
    return file


@pytest.mark.parametrize("left", ["-wal", "-shm", "-journal", "-ready", "-made"])
def test_a_store_that_is_gone_is_refused_and_what_is_left_is_named(file, left):
    file.with_name(file.name + left).write_bytes(b"left")
    with pytest.raises(StoreError, match=f"there was one: store.gpkg{left} is left"):
        open_ledger(file)
    assert [file.name + left] == os.listdir(file.parent), "it is left as it is"


def test_a_store_that_was_closed_and_removed_is_remembered(lost):
    lost.unlink()
    assert [NOTE] == os.listdir(lost.parent)
    with pytest.raises(StoreError, match=f"{NOTE} is left"):
        open_ledger(lost)


def test_a_store_of_a_former_release_is_remembered_from_its_first_opening_on(file):
    copy_of("many", file)
    open_ledger(file).store.close()
    file.unlink()
    with pytest.raises(StoreError, match="there was one"):
        open_ledger(file)


@pytest.mark.parametrize("journal", ["", "-wal", "-journal"])
def test_a_file_that_shrank_to_nothing_is_refused_and_its_journal_stays(lost, journal):
    lost.with_name(lost.name + (journal or "-wal")).write_bytes(b"what was written last")
    os.truncate(lost, 0)
    with pytest.raises(StoreError, match="is empty"):
        open_ledger(lost)
    assert b"what was written last" == lost.with_name(lost.name + (journal or "-wal")).read_bytes()


def test_a_file_that_was_made_by_touch_is_refused(file):
    file.touch()
    with pytest.raises(StoreError, match="is empty"):
        open_ledger(file)


def test_a_database_without_tables_is_refused(file):
    with sql(file) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    assert file.stat().st_size
    with pytest.raises(StoreError, match="is empty"):
        open_ledger(file)


@pytest.mark.parametrize("is_cut", [True, False])
def test_whoever_says_so_gets_a_new_store_and_keeps_what_is_left(lost, is_cut):
    journal = lost.with_name("store.gpkg-wal")
    journal.write_bytes(b"what was written last")
    if is_cut:
        os.truncate(lost, 0)
    else:
        lost.unlink()
    former = make_anew(lost)
    assert b"what was written last" == former.with_name(f"{former.name}-wal").read_bytes()
    with contextlib.closing(open_ledger(lost).store) as new:
        assert {} == names(new)


def test_saying_so_changes_nothing_where_there_is_a_store(lost):
    assert make_anew(lost) is None
    with contextlib.closing(open_ledger(lost).store) as store:
        assert ["bo-made-up"] == list(names(store))
    assert {"store.gpkg", NOTE} == set(os.listdir(lost.parent))


def test_a_link_to_a_volume_that_is_not_there_is_no_place_for_a_new_store(tmp_path):
    (tmp_path / "link.gpkg").symlink_to(tmp_path / "volume" / "ledger.gpkg")
    with pytest.raises(StoreError, match="there is no folder"):
        open_ledger(tmp_path / "link.gpkg")


def test_a_server_makes_no_store_where_its_own_went(store, file):
    """Nor does a process that helps it."""
    store.close()
    file.unlink()
    with pytest.raises(StoreError):
        open_ledger(file)
    assert not file.exists()


HALF_MADE = """
import os, signal, sys
from geo.geopackage import making
making.migrate = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
from geo.opening import make_anew, open_ledger
open_ledger(sys.argv[1])
"""


def test_who_is_killed_while_making_a_store_leaves_none(file):
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", HALF_MADE, str(file)], cwd=ROOT)
    assert -9 == done.returncode
    assert [unfinished.path_of(file).name] == os.listdir(file.parent)
    assert [] == leftovers(file)
    with contextlib.closing(open_ledger(file).store) as store:
        create(store)
    assert {"store.gpkg", NOTE} == set(os.listdir(file.parent))


@pytest.mark.skipif(os.name != "posix", reason="elsewhere files have no such modes")
def test_nobody_else_reads_what_stands_in_the_folder_of_a_store(store, file):
    store.write([Edit("bo-made-up", made_up(), None, "ana")])
    modes = {each.name: oct(stat.S_IMODE(each.stat().st_mode)) for each in file.parent.iterdir()}
    assert dict.fromkeys(("store.gpkg", "store.gpkg-wal", "store.gpkg-shm", NOTE), "0o600") == modes


@pytest.mark.skipif(os.name != "posix", reason="elsewhere files have no such modes")
def test_the_owner_s_choice_of_readers_stays(lost):
    """A group that reads the file with a desktop GIS, say; SQLite gives journals the mode of the file."""
    lost.chmod(0o640)
    with contextlib.closing(open_ledger(lost).store) as store:
        create(store, "bo-next")
        assert 0o640 == stat.S_IMODE(lost.stat().st_mode)
        assert 0o640 == stat.S_IMODE(lost.with_name("store.gpkg-wal").stat().st_mode)
