"""Rows of one statement that are read as they come, some at a time."""

import contextlib

import pytest
from clusters.databases import working_on

from geo.opening import open_ledger

pytestmark = [pytest.mark.postgres, pytest.mark.stores("postgis")]
MANY = "SELECT number, repeat('x', 1000) FROM generate_series(1, 20000) AS number"  # more than lies on the way


@pytest.fixture
def rows(database):
    with contextlib.closing(open_ledger(database).store) as store:
        yield lambda: store.database.rows(MANY)


def states(postgres, database):
    with working_on(postgres) as connection:
        asked = "SELECT state FROM pg_stat_activity WHERE datname = %s ORDER BY query_start DESC"
        return [state for (state,) in connection.execute(asked, [database.split("/")[3].split("?")[0]])]


def test_no_statement_lasts_as_long_as_who_reads_its_rows_takes_for_them(rows, database, postgres):
    """One that did would be ended by its bound of time, and its connection as lost while nobody takes what it sends."""
    reading = rows()
    assert 1 == next(reading)[0]
    assert "active" not in states(postgres, database)
    assert list(range(2, 20_001)) == [row[0] for row in reading]


def test_who_reads_some_rows_of_many_leaves_nothing_begun(rows, database, postgres):
    reading = rows()
    next(reading)
    reading.close()
    assert {"idle"} == set(states(postgres, database))
