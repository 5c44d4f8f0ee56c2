"""A store is moved between files and databases, whole, verified, and in as many attempts as it takes."""

import contextlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REFUSED_BY_SQL, ROOT, sql
from everything import PLACES, accept, put_everything
from stored import create, rename

from geo.backups import back_up
from geo.editing import Edit
from geo.errors import StoreError
from geo.keys import create_key
from geo.moving import differing, move
from geo.opening import open_ledger
from geo.proposals import ProposalQuery
from geo.relational import copying
from geo.relational.tables import ALL, OWN

FILE, DATABASE = "file", "database"
POSTGRES = pytest.mark.postgres
WAYS = [
    pytest.param((FILE, FILE)),
    pytest.param((FILE, DATABASE), marks=POSTGRES),
    pytest.param((DATABASE, FILE), marks=POSTGRES),
    pytest.param((DATABASE, DATABASE), marks=POSTGRES),
]


def opened(location):
    return contextlib.closing(open_ledger(location).store)


def fill(location):
    with opened(location) as store:
        put_everything(store)


@pytest.fixture
def place(tmp_path, request):
    """Returns the place of a new store of a kind, or of one with everything in it."""
    made = []

    def file(is_full):
        made.append(tmp_path / f"{len(made)}.gpkg")
        if is_full:
            fill(made[-1])
        return str(made[-1])

    def database(is_full):
        if is_full:
            return request.getfixturevalue("database_of")("everything", fill)
        return request.getfixturevalue("make_database")()

    return lambda kind, is_full=False: (file if kind == FILE else database)(is_full)


@pytest.fixture(params=WAYS)
def way(request, place):
    """A store with everything in it, and where none is yet."""
    source, target = request.param
    return place(source, is_full=True), place(target)


@pytest.fixture
def files(place):
    return place(FILE, is_full=True), place(FILE)


def refused(source, target):
    with pytest.raises(StoreError) as raised:
        move(source, target)
    return raised.value.rule


def contents(location):
    with opened(location) as store, store.database.at_one_moment() as reading:
        return {
            t.name: sorted(map(tuple, reading.execute(f"SELECT {', '.join(t.columns)} FROM {t.name}")))  # noqa: S608
            for t in ALL
        }


def layer(location):
    with opened(location) as store, store.database.at_one_moment() as reading:
        names = "id, name, status, country, capacity, start_year, revision, created, updated, sequence"
        return [tuple(row) for row in reading.execute(f"SELECT {names} FROM projects ORDER BY id")]  # noqa: S608


def test_everything_arrives_and_the_copy_is_a_store_of_its_own(way):
    source, target = way
    copied = move(source, target)
    before, after = contents(source), contents(target)
    assert all(before.values()), "the store that is copied has rows in each table"
    assert before == after
    assert layer(source) == layer(target)
    assert {name: len(rows) for name, rows in before.items()} == copied.rows
    with opened(source) as one, opened(target) as other:
        assert [] == other.verify()
        assert one.following_from_secret(b"of", b"it") == other.following_from_secret(b"of", b"it")
        assert one.identity != other.identity
        assert list(one.current()) == list(other.current())
        assert one.keys.all() == other.keys.all()


@POSTGRES
@pytest.mark.parametrize("kinds", [(FILE, DATABASE, FILE), (DATABASE, FILE, DATABASE)])
def test_there_and_back_again_is_the_same_byte_for_byte(place, kinds):
    first, between, back = place(kinds[0], is_full=True), place(kinds[1]), place(kinds[2])
    move(first, between)
    move(between, back)
    assert contents(first) == contents(back)
    assert [] == differing(first, back)


def test_a_number_that_was_given_is_not_given_again(way):
    source, target = way
    move(source, target)
    with opened(target) as store:
        last = max(each.id for each in store.proposals.search(ProposalQuery()).proposals)
        create_key(store.keys, "new", "reader")
        assert 5 < store.proposals.add(store.proposals.get(last).draft).id  # two of five had been removed
        newest = store.latest_sequence()
        assert newest + 1 == create(store, "bo-new").sequence
        assert [] == store.verify()


def test_what_is_kept_is_kept_in_the_copy_too(way):
    source, target = way
    move(source, target)
    for statement in (
        "DELETE FROM revisions",
        "UPDATE audit_log SET actor = 'nobody'",
        "DELETE FROM named_releases",
        "UPDATE proposals SET name = 'x' WHERE state = 'accepted'",
        "UPDATE proposal_remarks SET text = 'x'",
    ):
        with sql(target) as connection, pytest.raises(REFUSED_BY_SQL):
            connection.execute(statement)


def change_everything(location):
    """Go on with a store: rows are added, changed and removed."""
    with opened(location) as store:
        store.write([rename("Anew", 2, PLACES[0]), Edit(PLACES[2], None, 1, "ana")])
        create(store, "bo-later")
        store.keys.revoke("ana", "ben")
        create_key(store.keys, "ana", "admin")
        store.sessions.end(b"digest of another")
        store.authors.show("Zoë")
        accept(store, store.proposals.get(1))
        store.hooks.remove(store.hooks.all()[0].id, "ana")
        store.name_release("2027-01")


def test_a_copy_is_brought_up_to_what_its_source_holds_now(way):
    source, target = way
    first = move(source, target)
    assert 0 == move(source, target).added
    change_everything(source)
    assert ["revisions", "named_releases", "api_keys", "sessions"] == differing(source, target)[:4]
    again = move(source, target)
    assert 4 == again.added == again.sequence - first.sequence
    assert contents(source) == contents(target)
    assert layer(source) == layer(target)
    with opened(target) as store:
        assert [] == store.verify()


def test_a_copy_that_was_used_is_not_gone_on_with(way):
    source, target = way
    move(source, target)
    with opened(target) as store:
        store.hooks.note_arrived(store.hooks.all()[0].id, 9, "200")
    before = contents(target)
    assert "copy-target-changed" == refused(source, target)
    assert before == contents(target)


def test_nothing_is_copied_over_something_else(files, tmp_path):
    source, target = files
    other = tmp_path / "other.gpkg"
    fill(other)
    before = contents(other)
    assert "copy-target-not-empty" == refused(source, other)
    assert "copy-into-itself" == refused(source, source)
    move(source, target)
    assert "copy-target-of-another" == refused(other, target)
    assert before == contents(other)


def test_a_store_that_is_behind_its_copy_is_another(files, tmp_path):
    source, target = files
    back_up(Path(source), tmp_path / "backup.gpkg")
    with opened(source) as store:
        create(store, "bo-later")
    move(source, target)
    assert "copy-target-of-another" == refused(tmp_path / "backup.gpkg", target)


KILLED = """
import os, signal, sys
from geo.moving import move

def told(done, of):
    if done >= int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

from geo.relational import copying
copying.TOGETHER = 3
move(sys.argv[1], sys.argv[2], told)
"""


@pytest.mark.parametrize("at", [4])
def test_a_copy_that_was_killed_is_opened_by_nobody_and_gone_on_with(way, at):
    source, target = way
    assert (
        -signal.SIGKILL == subprocess.run([sys.executable, "-c", KILLED, source, target, str(at)], cwd=ROOT).returncode
    )
    with pytest.raises(StoreError, match="copying was not finished"):
        open_ledger(target)
    change_everything(source)
    copied = move(source, target)
    assert copied.added <= copied.sequence - at
    assert contents(source) == contents(target)
    assert layer(source) == layer(target)
    with opened(target) as store:
        assert [] == store.verify()


def test_it_is_of_one_moment_whatever_is_written_meanwhile(way, monkeypatch):
    source, target = way
    monkeypatch.setattr(copying, "TOGETHER", 3)
    with opened(source) as store:
        before = store.latest_sequence()

        def meanwhile(done, of):
            create(store, f"bo-meanwhile-{done}")
            store.name_release(f"at-{done}")

        assert before == move(source, target, meanwhile).sequence
    with opened(target) as store:
        assert before == store.latest_sequence()
        assert ["2026-11", "2026-12"] == [each.name for each in store.releases()]
    move(source, target)
    assert contents(source) == contents(target)


def test_two_do_not_copy_into_one_place(way):
    source, target = way
    tried = []
    move(source, target, lambda done, of: tried.append(refused(source, target)) if not tried else None)
    assert ["copy-being-written"] == tried


def test_both_kinds_have_the_same_tables_with_the_same_columns(make_store):
    make_store()
    with sql(make_store.location) as connection:
        tables = _columns(connection)
    known = {table.name: {*table.columns} for table in ALL}
    own = {name for name in tables if name in OWN or name.startswith(("gpkg_", "rtree_", "sqlite_", "catalog_"))}
    assert known == {name: columns - {"shard"} for name, columns in tables.items() if name not in own}


def _columns(connection):
    """The columns of each table that the migrations have made."""
    if hasattr(connection, "pgconn"):
        query = """
            SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
            WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname != 'spatial_ref_sys'
        """
    else:
        query = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    found = {}
    for table, column in connection.execute(query).fetchall():
        found.setdefault(table, set()).add(column)
    return found
