"""A database whose sessions, or those of its user, have other settings than PostgreSQL has by itself."""

import contextlib

import pytest
from conftest import sql
from stored import create

from geo.opening import open_ledger

pytestmark = [pytest.mark.postgres, pytest.mark.stores("postgis")]


def set_for(database, name, value):
    with sql(database) as connection:
        connection.execute(f'ALTER DATABASE "{database.split("/")[3].split("?")[0]}" SET {name} = {value}')


@pytest.mark.parametrize(
    ("name", "value", "written_by"), [("synchronous_commit", "off", "on"), ("client_min_messages", "error", "warning")]
)
def test_what_is_written_is_on_disk_and_warnings_of_it_are_heard(database, name, value, written_by):
    set_for(database, name, value)
    with (
        contextlib.closing(open_ledger(database).store) as store,
        store.database.begun() as connection,
    ):
        assert written_by == connection.execute(f"SHOW {name}").fetchone()[0]


def test_a_lock_is_kept_though_sessions_that_do_nothing_are_ended(database):
    set_for(database, "idle_in_transaction_session_timeout", "'100ms'")
    with contextlib.closing(open_ledger(database).store) as store:
        create(store)
        mine, others = store.alone("hooks"), store.alone("hooks")
        assert mine.take()
        assert not any(others.take() for _ in range(100))
        mine.release()


def test_a_store_lies_in_a_schema_of_any_name(database):
    with sql(database) as connection:
        connection.execute('CREATE TABLE public.of_others (number integer); CREATE SCHEMA "Our Ledger"')
    set_for(database, "search_path", '"Our Ledger", public')
    with contextlib.closing(open_ledger(database).store) as store:
        create(store)
        assert [] == store.verify()


def test_a_moment_that_is_copied_lasts_however_long_the_other_store_takes_over_what_it_has(database):
    """Both are compared before a copy goes on, one after the other: of some million revisions that is minutes."""
    with contextlib.closing(open_ledger(database).store) as store, store.database.at_one_moment() as reading:
        assert "1h" == reading.execute("SHOW idle_in_transaction_session_timeout").fetchone()[0]
