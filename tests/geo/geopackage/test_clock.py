"""The clock of a machine may be set back; the history of a store is in order by time all the same."""

import contextlib

import pytest
from conftest import sql
from made_up import made_up
from stored import create, rename

from geo.dates import now
from geo.editing import Edit
from geo.keys import create_key

STORES = ("geopackage",)  # this is about a file

AHEAD = "2199-01-01T00:00:00.000Z"


@pytest.fixture
def ahead(store, tmp_path):
    """A store whose newest revision was made while the clock was ahead, as it stands once the clock is right again."""
    create(store, "bo-first")
    create(store)
    with sql(tmp_path / "store.gpkg") as connection:
        [(trigger,)] = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'revisions_are_not_changed'")
        connection.execute("DROP TRIGGER revisions_are_not_changed")
        connection.execute("UPDATE revisions SET time = ?, created = ? WHERE sequence = 2", (AHEAD, AHEAD))
        connection.execute(trigger)
    return store


def test_a_record_is_never_changed_before_it_was_made(ahead):
    [revision] = ahead.write([rename("Later", 1)])
    assert AHEAD == revision.created <= revision.time
    assert [AHEAD] == [r.time for r in ahead.current() if r.project_id == "bo-made-up"]


def test_times_never_fall_in_the_order_of_the_history(ahead):
    ahead.write([Edit("bo-first", made_up("bo-first", name="Later"), 1, "ana")])
    ahead.write_many([Edit(f"bo-{n}", made_up(f"bo-{n}"), None, "ana") for n in range(3)])
    ahead.write([Edit("bo-first", None, 2, "ana")])
    times = [revision.time for revision in ahead.changes_since(0)]
    assert sorted(times) == times
    assert [AHEAD] * 6 == times[1:]


def test_where_the_clock_goes_forward_time_is_what_it_says(store):
    before = now()
    assert before <= create(store).time <= now()


def test_the_layer_says_the_time_of_its_newest_change(ahead, tmp_path):
    ahead.write([rename("Later", 1)])
    with sql(tmp_path / "store.gpkg") as connection:
        [(changed,)] = connection.execute("SELECT last_change FROM gpkg_contents WHERE table_name = 'projects'")
    assert AHEAD == changed


def test_a_key_is_never_revoked_before_it_was_made(store, tmp_path):
    create_key(store.keys, "ana", "editor")
    with contextlib.closing(store), sql(tmp_path / "store.gpkg") as connection:
        connection.execute("UPDATE api_keys SET created = ?", (AHEAD,))
        assert AHEAD == store.keys.revoke("ana").revoked
