"""The pyramid that is kept in PostGIS is that of the records that there are, after whatever has been written."""

import collections
import contextlib

import numpy as np
import psycopg
import pytest
from clusters import databases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laying import NOBODY
from made_up import made_up
from on_tiles import point

from geo.postgis import cells, indexing, tables
from geo.store import Revision
from geo.tiles.cells import STEPS
from geo.tiles.content import MOST_SYMBOLS
from geo.tiles.grid import at_level, codes_of

pytestmark = pytest.mark.postgres

TIME = "2026-01-01T00:00:00.000Z"
# Spots that share squares down to some level, the same one, and the world's ends.
PLACES = [
    None,
    "country",
    *((-67.6 + step, -20.2) for step in (0, 0, 0.00001, 0.001, 0.1, 3)),
    *((12.5, 41.9), (12.50001, 41.9), (180, 90), (-180, -90), (0, 0)),
]
FIGURES = [(), ((0.1, "planned"),), ((0.2, "planned"), (30, "actual"))]
edits = st.tuples(st.integers(0, 11), st.sampled_from(PLACES) | st.just("deleted"), st.sampled_from(FIGURES))


@pytest.fixture(scope="module")
def connection(postgres):
    name = databases.create(postgres)
    with contextlib.closing(psycopg.connect(postgres.url(name), autocommit=True)) as found:
        for statement in tables.statements():
            found.execute(statement.encode())
        yield found
    databases.drop(postgres, name)


def revision(sequence, number, place, figures):
    """A change of one of a dozen records, with a place or none, or its deletion."""
    record_id = f"{('bo', 'cn')[number % 2]}-plant-{number}"
    if place == "deleted":
        return Revision(sequence, record_id, 2, "delete", "test", None, TIME, TIME, None)
    capacities = [
        {"product": "cells", "value": value, "unit": "GWh/y", "basis": basis, "scope": "phase", "sources": ["s1"]}
        for value, basis in figures
    ]
    where = {"geometry": None, "location_accuracy": "undisclosed"}
    if place is not None:
        where = (
            {"geometry": None, "location_accuracy": "country"} if place == "country" else {"geometry": point(*place)}
        )
    project = made_up(record_id, country=record_id[:2].upper(), capacities=capacities, **where)
    return Revision(sequence, record_id, 1, "create", "test", None, TIME, TIME, project)


def reckoned(connection):
    """The squares of all levels in which more records lie than are shown one by one, as one would count them."""
    asked = "SELECT lon, lat, status_group, capacity_measure, capacity_basis, capacity FROM catalog_records"
    rows = connection.execute(f"{asked} WHERE lon IS NOT NULL").fetchall()
    spots = codes_of(*np.array([row[:2] for row in rows], dtype=float).reshape(-1, 2).T)
    found = {}
    for level in range(cells.FARTHEST, cells.NEAREST + 1):
        squares = collections.defaultdict(list)
        for row, code in zip(rows, at_level(spots, level).tolist(), strict=True):
            squares[level, code].append(row)
        found |= {square: told(members) for square, members in squares.items() if len(members) > MOST_SYMBOLS}
    return found


def told(members):
    lon, lat, groups, measures, bases, capacities = zip(*members, strict=True)
    sums = collections.Counter()
    for measure, group, basis, capacity in zip(measures, groups, bases, capacities, strict=True):
        if measure is not None:
            sums[f"{measure}_{group}_{basis}"] += capacity
    in_steps = [sum(round(each * STEPS) for each in degrees) for degrees in (lon, lat)]
    bounds = [min(lon), min(lat), max(lon), max(lat)]
    return [len(members), *in_steps, *bounds, dict(collections.Counter(groups)), pytest.approx(dict(sums))]


def kept(connection):
    asked = f"SELECT level, {', '.join(cells.COLUMNS)} FROM catalog_cells"  # noqa: S608
    return {
        (level, code): [*numbers, {group: size for group, size in groups.items() if size}, sums]
        for level, code, *numbers, groups, sums in connection.execute(asked)
    }


def check(connection):
    assert reckoned(connection) == kept(connection)
    counted = "SELECT country, status_group, count(*)::integer FROM catalog_records WHERE location_accuracy = 'country'"
    in_countries = connection.execute(f"{counted} GROUP BY 1, 2").fetchall()
    assert sorted(in_countries) == sorted(connection.execute("SELECT * FROM catalog_countries").fetchall())


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(edits, min_size=1, max_size=6), min_size=1, max_size=8))
def test_what_is_kept_is_what_is_there_after_any_edits(connection, transactions):
    connection.execute(f"TRUNCATE {', '.join((*tables.OF_RECORDS, 'catalog_cells', 'catalog_countries'))}")
    sequence = 0
    for changed in transactions:
        with connection.transaction():
            revisions = [revision(sequence + at, *edit) for at, edit in enumerate(changed, 1)]
            indexing.write(connection, revisions, lambda: NOBODY)
        sequence += len(changed)
        check(connection)


def test_what_was_not_committed_is_not_kept(connection):
    before = kept(connection)
    with connection.transaction(force_rollback=True):
        indexing.write(connection, [revision(1, n, (5, 5), ()) for n in range(12)], lambda: NOBODY)
        assert before != kept(connection)
    assert before == kept(connection)
