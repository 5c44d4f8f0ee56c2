"""A restore by PostgreSQL's own means holds the same as the store, row by row, and is a store that goes on."""

import contextlib
import subprocess

import pytest
from clusters.databases import create as create_database
from clusters.installed import as_ordinary_user, binaries
from clusters.server import ALONE, HASTY, Server, folder_for_clusters, own, run
from everything import put_everything
from stored import create

from geo.moving import differing
from geo.opening import open_ledger

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


def opened(location):
    return contextlib.closing(open_ledger(location).store)


def goes_on(location):
    with opened(location) as store:
        newest = store.latest_sequence()
        assert newest + 1 == create(store, "bo-restored").sequence
        return store.verify() == []


def fill(location):
    with opened(location) as store:
        put_everything(store)


def test_of_a_dump(database_of, make_database):
    """pg_dump -Fc FROM | pg_restore -d TO"""
    source, target = database_of("everything", fill), make_database()
    programs = [[*as_ordinary_user(), str(binaries() / name)] for name in ("pg_dump", "pg_restore")]
    with subprocess.Popen([*programs[0], "-Fc", "-d", source], stdout=subprocess.PIPE, cwd="/") as dump:
        subprocess.run([*programs[1], "--exit-on-error", "-d", target], stdin=dump.stdout, check=True, cwd="/")
    assert 0 == dump.returncode
    assert [] == differing(source, target)
    assert goes_on(target)


def test_of_a_base_backup(replicas):
    """pg_basebackup -d PRIMARY -D data, and another server started on it."""
    primary = replicas(0).primary
    name = create_database(primary)
    fill(primary.url(name))
    with folder_for_clusters() as folder:
        own(folder / "data")
        run("pg_basebackup", "-D", folder / "data", "-d", primary.url(), "--checkpoint=fast", "--no-sync")
        with Server(folder / "data", {**HASTY, **ALONE}).running() as restored:
            assert [] == differing(primary.url(name), restored.url(name))
            assert goes_on(restored.url(name))
