"""The schema is brought up to date while others read and write, who meet no error and go on afterwards."""

import contextlib
import itertools
import threading

import psycopg
import pytest
from conftest import sql, wait_for
from stored import create

from geo.postgis import migrations
from geo.postgis.addresses import shown

pytestmark = [pytest.mark.postgres, pytest.mark.stores("postgis")]
NEXT = (
    "9999_next.sql",
    "ALTER TABLE revisions ADD COLUMN next text; ALTER TABLE projects ADD COLUMN next text DEFAULT 'x'; "
    "ALTER TABLE proposals ADD COLUMN next text; CREATE TABLE next (id bigint PRIMARY KEY);",
)


class Going:
    """Does something again and again in a thread, and keeps how often, and what it met."""

    def __init__(self, act):
        self.count, self.errors = 0, []
        self._act, self._ends = act, threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._ends.is_set():
            try:
                self._act()
            except Exception as error:
                self.errors.append(error)
                return
            self.count += 1

    def end(self):
        self._ends.set()
        self._thread.join()


@contextlib.contextmanager
def going(*acts):
    started = [Going(act) for act in acts]
    try:
        wait_for(lambda: all(each.count for each in started))
        yield started
        before = [each.count for each in started]
        wait_for(lambda: all(each.errors or each.count > count for each, count in zip(started, before, strict=True)))
    finally:
        for each in started:
            each.end()


def bring_up_to_date(address):
    with contextlib.closing(psycopg.connect(address, autocommit=True)) as connection:
        migrations.migrate(connection, shown(address))


@pytest.fixture
def upgrade(make_store, monkeypatch):
    """An open store, and what brings its schema up to that of a release which has one migration more."""
    store = make_store.filled("many")()
    known = migrations.migrations()
    monkeypatch.setattr(migrations, "migrations", lambda: {**known, 9999: NEXT})
    return store, lambda: bring_up_to_date(make_store.location)


def has_next(location):
    with sql(location) as connection:
        return connection.execute("SELECT to_regclass('next') IS NOT NULL").fetchone()[0]


def test_readers_and_writers_of_the_release_before_meet_no_error(upgrade, make_store):
    store, bring = upgrade
    numbers = itertools.count()
    acts = (lambda: list(store.current()), store.latest_sequence, lambda: create(store, f"bo-new-{next(numbers)}"))
    with going(*acts) as started:
        bring()
    assert [[]] * 3 == [each.errors for each in started]
    assert has_next(make_store.location)
    assert [] == store.verify()


def test_who_reads_for_long_holds_up_the_migration_and_nobody_else(upgrade, make_store):
    store, bring = upgrade
    waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'"
    with sql(make_store.location) as reader, sql(make_store.location) as watching:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM revisions")
        with going(lambda: list(store.current())) as started:
            bringing = threading.Thread(target=bring)
            bringing.start()
            wait_for(lambda: watching.execute(waits).fetchone()[0])
            wait_for(lambda: not watching.execute(waits).fetchone()[0])
            assert not has_next(make_store.location)
            reader.execute("COMMIT")
            bringing.join()
    assert [[]] == [each.errors for each in started]
    assert has_next(make_store.location)
