"""The ready file is a cache and never a truth: whatever becomes of it, answers are those of the store."""

import contextlib
import os
import shutil
import subprocess
import sys

import orjson
import pytest
from conftest import ROOT, an_ordinary_user, copy_of
from laying import ALL, NOBODY, expected
from made_up import made_up

from geo.curated.organisations import Organisation, Organisations
from geo.editing import Edit
from geo.memory import ready
from geo.memory.bases import Ready
from geo.memory.catalog import MemoryCatalog
from geo.memory.following import Limits
from geo.opening import open_ledger
from geo.query import Query
from geo.records.project import Project

pytestmark = pytest.mark.slow


@pytest.fixture
def store(many_store):
    return many_store


@pytest.fixture
def file(store):
    return ready.path_of(store.path)


def catalog_of(store, organisations=NOBODY, limits=ALL):
    return MemoryCatalog(store, organisations, ready=Ready(ready.path_of(store.path)), limits=limits)


def ids(catalog):
    page = catalog.search(Query(limit=10_000))
    return [feature["id"] for feature in orjson.loads(b"[" + b"".join(page.features) + b"]")]


def test_many_records_lie_in_the_file_from_the_first_start_on(store, file, caplog):
    catalog_of(store)
    made, _ = ready.read(file)
    assert (store.identity, store.latest_sequence()) == (made.store, made.sequence)
    before = file.stat().st_mtime_ns
    assert expected(store) == ids(catalog_of(store))
    assert before == file.stat().st_mtime_ns
    assert not caplog.records


@pytest.mark.skipif(os.name != "posix", reason="elsewhere files have no such modes")
def test_nobody_but_its_owner_reads_the_file(store, file):
    catalog_of(store)
    assert 0o600 == file.stat().st_mode & 0o777


def test_few_records_are_made_ready_at_each_start(store, file):
    catalog_of(store, limits=Limits())
    assert not file.exists()


def test_a_start_reads_the_file_and_what_has_changed_since(store, file):
    catalog_of(store)
    store.write([Edit("bo-new", made_up("bo-new"), None, "test")])
    gone = expected(store)[5]
    store.write([Edit(gone, None, 1, "test")])
    assert expected(store) == ids(catalog_of(store))
    assert gone not in ids(catalog_of(store))


def test_a_load_of_many_is_followed_by_making_all_ready_once(store, file, monkeypatch):
    catalog, written = catalog_of(store), []
    write = ready.write
    monkeypatch.setattr(ready, "write", lambda *given: written.append(given[1].sequence) or write(*given))
    first = store.head(expected(store)[0]).project
    many = (Project(f"zz-{number:05}", first.properties, first.geometry) for number in range(9_000))
    store.write_many(Edit(each.id, each, None, "test") for each in many)
    store.write([Edit("bo-later", made_up("bo-later"), None, "test")])
    assert expected(store) == ids(catalog)[:10_000]
    assert len(expected(store)) == catalog.search(Query(limit=1)).number_matched
    assert [store.latest_sequence()] == written
    assert expected(store) == ids(catalog_of(store))


def damage(file, change):
    content = bytearray(file.read_bytes())
    file.write_bytes(change(content))


DAMAGES = {
    "empty": lambda content: b"",
    "cut off": lambda content: content[:-1],
    "half": lambda content: content[: len(content) // 2],
    "of another program": lambda content: b"GIF89a" + content[6:],
    "its contents changed": lambda content: content[:-30] + b"x" + content[-29:],
    "longer": lambda content: content + b"\0",
}


@pytest.mark.parametrize("change", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_made_again_and_the_log_says_so_in_a_line(store, file, change, caplog):
    catalog_of(store)
    damage(file, change)
    assert expected(store) == ids(catalog_of(store))
    assert 1 == len(caplog.records)
    assert "is made again" in caplog.text
    ready.read(file)


def test_a_file_of_another_store_is_made_again(store, file, tmp_path, caplog):
    other = open_ledger(tmp_path / "other.gpkg").store
    other.write([Edit("bo-other", made_up("bo-other"), None, "test")])
    catalog_of(other)
    other.close()
    shutil.copy(ready.path_of(tmp_path / "other.gpkg"), file)
    assert expected(store) == ids(catalog_of(store))
    assert 1 == len(caplog.records)
    assert store.identity == ready.read(file)[0].store


def test_a_file_that_is_newer_than_the_store_is_made_again(store, file, tmp_path, caplog):
    """As after a backup was restored."""
    store.write([Edit("bo-lost", made_up("bo-lost"), None, "test")])
    catalog_of(store)
    kept = file.read_bytes()
    store.close()
    for each in tmp_path.glob("ledger.gpkg*"):
        each.unlink()
    with contextlib.closing(open_ledger(copy_of("many", tmp_path / "ledger.gpkg")).store) as restored:
        file.write_bytes(kept)
        assert expected(restored) == ids(catalog_of(restored))
        assert "bo-lost" not in ids(catalog_of(restored))
    assert 1 == len(caplog.records)


def test_a_file_of_other_code_or_other_organisations_is_made_again(store, file, caplog):
    catalog_of(store)
    holders = Organisations([Organisation(id="rosatom", name="Rosatom", type="state")])
    assert expected(store) == ids(catalog_of(store, holders))
    assert 1 == len(caplog.records)
    made, arrays = ready.read(file)
    ready.write(file, ready.Made(made.store, "code of yesterday", made.sequence), arrays, {})
    assert expected(store) == ids(catalog_of(store, holders))
    assert 2 == len(caplog.records)


@pytest.mark.skipif(os.name != "posix", reason="folders have no such permissions")
def test_where_the_file_cannot_be_written_it_is_gone_without(open_folder, caplog):
    path = copy_of("many", open_folder / "ledger.gpkg")
    path.chmod(0o666)
    with contextlib.closing(open_ledger(path).store) as store:
        store.fold()
        for each in open_folder.iterdir():
            each.chmod(0o666)
        open_folder.chmod(0o555)
        with an_ordinary_user():
            assert expected(store) == ids(catalog_of(store))
        open_folder.chmod(0o755)
        assert not ready.path_of(path).exists()
    assert 1 == len(caplog.records)
    assert "could not be written" in caplog.text


WRITES = """
import resource, sys
from pathlib import Path
from test_ready import catalog_of, expected, ids
from geo.opening import open_ledger

resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
store = open_ledger(Path(sys.argv[1])).store
assert expected(store) == ids(catalog_of(store))
"""


def test_on_a_full_disk_it_is_gone_without_and_nothing_is_left(store, file):
    """A limit on the size of files stands for the disk."""
    python = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "geo")])}
    done = subprocess.run(
        [sys.executable, "-c", WRITES, str(store.path)], env={**os.environ, **python}, capture_output=True, text=True
    )
    assert 0 == done.returncode, done.stderr
    assert 1 == done.stderr.count("could not be written")
    kept = {each.name.removesuffix("-wal").removesuffix("-shm") for each in file.parent.iterdir()}
    assert {"ledger.gpkg", "ledger.gpkg-made"} == kept


KILLED = """
import os, signal, sys
from pathlib import Path
from test_ready import catalog_of
from geo.memory import ready
from geo.memory.bases import Ready
from geo.opening import open_ledger

write = ready.Writer.add
def killed(self, *given):
    write(self, *given)
    if len(self.contents) == 20:
        self.out.flush()
        os.kill(os.getpid(), signal.SIGKILL)
ready.Writer.add = killed
catalog_of(open_ledger(Path(sys.argv[1])).store)
"""


@pytest.mark.parametrize("is_there", [False, True], ids=["without", "over an older one"])
def test_killed_while_it_is_written_it_is_made_again(store, file, is_there, caplog):
    if is_there:
        catalog_of(store)
        made, arrays = ready.read(file)
        ready.write(file, ready.Made(made.store, "code of yesterday", made.sequence), arrays, {})
    python = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "geo")])}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(store.path)], env={**os.environ, **python}, capture_output=True, text=True
    )
    assert -9 == done.returncode, done.stderr
    assert expected(store) == ids(catalog_of(store))
    left = [each for each in file.parent.iterdir() if each.name.startswith(file.name)]
    assert [file] == left, "what a killed process leaves is taken away by the next one that writes"
