"""Many records make the same file by the batch as one by one."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import ROOT, sql
from made_up import made_up, made_up_features
from stored import create, names

from geo.editing import Edit
from geo.errors import StoreError
from geo.opening import open_ledger
from geo.records.project import Project
from geo.relational.bulk import BATCH

STORES = ("geopackage",)  # this is about a file

TIMES = ("created", "updated", "time", "last_change")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.gpkg"


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr("geo.relational.bulk.BATCH", 7)


def edits():
    """Records of all sorts, some without a place, and changes among them; one record is there already."""
    projects = [Project.from_feature(feature) for feature in made_up_features(60)]
    made = [Edit(project.id, project, None, "ana", "made") for project in projects]
    later = [Edit(projects[3].id, projects[3], 1, "ben"), Edit(projects[4].id, None, 1, "ben", successor="bo-made-up")]
    return [*made[:30], *later, *made[30:], Edit("bo-made-up", None, 1, "ana")]


def content(file):
    """All rows of the file, without their times."""
    with sql(file) as connection:
        tables = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if not row[0].startswith(("rtree_projects_geom_", "store_identity", "store_migrations", "store_secret"))
        ]
        found = {}
        for table in tables:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] not in TIMES]
            found[table] = sorted(connection.execute(f"SELECT {', '.join(columns)} FROM {table}"), key=repr)  # noqa: S608
        found["schema"] = sorted(connection.execute("SELECT type, name, sql FROM sqlite_master"), key=repr)
        assert ("ok",) == connection.execute("PRAGMA integrity_check").fetchone()
        assert ("ok",) == connection.execute("SELECT rtreecheck('rtree_projects_geom')").fetchone()
        assert [] == connection.execute("PRAGMA foreign_key_check").fetchall()
    return found


def test_by_the_batch_and_one_by_one_is_the_same(small_batches, store, file, tmp_path):
    create(store)
    store.write_many(iter(edits()))
    other = open_ledger(tmp_path / "other.gpkg").store
    create(other)
    for edit in edits():
        other.write([edit])
    assert content(tmp_path / "other.gpkg") == content(file)
    assert [r.project for r in other.changes_since(0)] == [r.project for r in store.changes_since(0)]
    other.close()


def test_a_record_without_a_place_leaves_the_extent_as_it_is(store, file):
    nowhere = {"country": "NA", "location_accuracy": "undisclosed", "location_sources": [], "geometry": None}
    create(store, "na-first", **nowhere)
    create(store)
    create(store, "na-last", **nowhere)
    with sql(file) as connection:
        found = connection.execute("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE min_x IS NOT NULL")
        assert [(-67.6, -20.2, -67.6, -20.2)] == found.fetchall()


def test_a_load_waits_longer_for_another_program_than_who_writes_a_record(make_store, file, monkeypatch):
    monkeypatch.setattr("geo.geopackage.pool.WAIT_SECONDS", 0.05)
    monkeypatch.setattr("geo.relational.turns.WAIT_SECONDS", 0.05)
    store, other = make_store(), make_store()
    with sql(file) as lock, ThreadPoolExecutor(1) as pool:
        lock.execute("BEGIN IMMEDIATE")
        loading = pool.submit(store.write_many, edits()[:1])
        for _ in range(3):
            with pytest.raises(StoreError):
                create(other)
        assert not loading.done()
        lock.execute("ROLLBACK")
        loading.result(timeout=60)
    assert 2 == create(store).sequence


LOADING = """
import sys
sys.path.insert(0, "tests")
from made_up import made_up
from geo.editing import Edit
from geo.opening import open_ledger

def edits():
    for number in range(int(sys.argv[2]) + 1):
        yield Edit(f"bo-{number}", made_up(f"bo-{number}"), None, "ana")
    print("under way", flush=True)
    sys.stdin.read()

open_ledger(sys.argv[1]).store.write_many(edits())
"""


@pytest.mark.slow
def test_nothing_is_left_of_a_load_that_was_killed(store, file):
    """It is killed when batches of it have been written."""
    create(store)
    command = [sys.executable, "-W", "ignore", "-c", LOADING, str(file), str(20 * BATCH)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as loading:
        assert "under way\n" == loading.stdout.readline()
        assert {"bo-made-up": "Made-up plant"} == names(store), "others see nothing of it meanwhile"
        os.kill(loading.pid, signal.SIGKILL)
    assert {"bo-made-up": "Made-up plant"} == names(store)
    assert 2 == store.write([Edit("bo-0", made_up("bo-0"), None, "ana")])[0].sequence
    content(file)
