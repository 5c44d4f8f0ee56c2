"""What changed since a cursor: every change once, in order, of the records that a filter means before or after it."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import made_up

from geo import changes as looking
from geo.changes import ChangeQuery, changes, ids_in, row_of
from geo.columns import PROJECTS
from geo.cql2.reading import read_filter
from geo.crs import CRS84
from geo.curated.organisations import Organisations
from geo.editing import Edit
from geo.errors import InvalidQuery
from geo.filter import And, Compare, In, IsNull, Not, Words
from geo.indexed import index
from geo.memory.catalog import MemoryCatalog
from geo.query import Query
from geo.rowwise import is_meant

NOBODY = Organisations([])
IN_BOLIVIA, IN_PERU = (In("country", frozenset([code])) for code in ("BO", "PE"))


def write(store, *edits):
    return [store.write([edit])[0] for edit in edits]


@pytest.fixture
def told(store):
    """A record that is made, moves from Bolivia to Peru, and is deleted; and one of Bolivia beside it."""
    moved = made_up("xx-moved", country="PE")
    write(
        store,
        Edit("xx-moved", made_up("xx-moved"), None, "ana"),
        Edit("bo-stays", made_up("bo-stays"), None, "ana"),
        Edit("xx-moved", moved, 1, "ben", "it is in Peru"),
        Edit("xx-moved", None, 2, "eva", "it is another one", successor="bo-stays"),
    )
    return store


def found(store, **asked):
    return [
        (each.revision.sequence, each.revision.action) for each in changes(store, NOBODY, ChangeQuery(**asked)).changes
    ]


def test_a_record_that_leaves_a_filter_or_is_deleted_is_told(told):
    assert [(1, "create"), (2, "create"), (3, "update")] == found(told, filter=IN_BOLIVIA, after=0)
    assert [(3, "update"), (4, "delete")] == found(told, filter=IN_PERU, after=0)


def test_changes_come_in_both_orders(told):
    assert [4, 3, 2, 1] == [sequence for sequence, _ in found(told)]
    assert [2, 1] == [sequence for sequence, _ in found(told, before=3)]
    assert [3, 4] == [sequence for sequence, _ in found(told, after=2)]


def test_a_change_says_what_it_changed_and_of_what(told):
    _, _, moved, gone = changes(told, NOBODY, ChangeQuery(after=0)).changes
    assert ["/properties/country"] == moved.pointers
    assert ("BO", "PE") == (moved.before.properties.country, moved.revision.project.properties.country)
    assert ([], gone.before.properties.name) == (gone.pointers, gone.name)


def test_of_one_record_nobody_else_s_history_is_looked_at(told, monkeypatch):
    monkeypatch.setattr(looking, "MOST_LOOKED_AT", 3)
    page = changes(told, NOBODY, ChangeQuery(filter=In("id", frozenset(["xx-moved"])), after=0))
    assert ([1, 3, 4], True) == ([each.revision.sequence for each in page.changes], page.is_last)


def test_ids_are_found_where_a_filter_must_have_them():
    some, other = In("id", frozenset("ab")), In("id", frozenset("bc"))
    assert frozenset("ab") == ids_in(And((IN_PERU, some)))
    assert frozenset("b") == ids_in(And((some, And((other,)))))
    assert ids_in(Not(some)) is None
    assert ids_in(IN_PERU) is None


@pytest.mark.parametrize("is_forward", [True, False])
@pytest.mark.parametrize("bound", ["limit", "MOST_LOOKED_AT"])
def test_pages_tell_every_change_once_however_short_they_are(told, monkeypatch, is_forward, bound):
    asked = ChangeQuery(filter=IN_PERU, after=0 if is_forward else None, limit=1 if bound == "limit" else 100)
    if bound != "limit":
        monkeypatch.setattr(looking, bound, 1)
    sequences, pages = [], 0
    while True:
        page, pages = changes(told, NOBODY, asked), pages + 1
        sequences += [each.revision.sequence for each in page.changes]
        if page.is_last:
            break
        asked = dataclasses.replace(asked, **{"after" if is_forward else "before": page.cursor})
    assert sorted(sequences, reverse=not is_forward) == sequences
    assert {3, 4} == set(sequences)
    assert len(sequences) == 2
    assert pages > 1


def test_a_cursor_tells_of_what_has_come_since(told):
    first = changes(told, NOBODY, ChangeQuery())
    again = changes(told, NOBODY, ChangeQuery(after=first.newest))
    assert ([], True, 4) == (again.changes, again.is_last, again.cursor)
    write(told, Edit("bo-stays", made_up("bo-stays", name="Another name"), 1, "ana"))
    assert [(5, "update")] == found(told, after=again.cursor)


def test_a_cursor_that_the_store_has_not_come_to_is_refused(told):
    with pytest.raises(InvalidQuery) as refused:
        changes(told, NOBODY, ChangeQuery(after=5))
    assert "cursor-ahead" == refused.value.rule


FILTERS = st.one_of(
    st.sampled_from(["BO", "NA", "DE", "AR"]).map(lambda code: In("country", frozenset([code]))),
    st.sampled_from(["capacity", "operator", "region", "start_year"]).map(IsNull),
    st.sampled_from(["rosatom", "plant 7", "lithium brine", "bolivia", "operating"]).map(Words),
    st.builds(
        Compare, st.sampled_from(["capacity", "sources_count"]), st.sampled_from(["<", ">="]), st.integers(0, 999)
    ),
    st.booleans().map(lambda stale: Compare("status_stale", "=", stale)),
    st.sampled_from(["2011", "2019-06", "2025"]).map(lambda date: Compare("status_date", "<", date)),
    st.sampled_from(
        [
            "S_INTERSECTS(geometry, BBOX(-80, -60, -30, 10))",
            "T_INTERSECTS(time, INTERVAL('2015-01-01', '2018-01-01'))",
            "A_CONTAINS(owner, ('rosatom'))",
            "updated > TIMESTAMP('2020-01-01T00:00:00Z') AND revision = 1",
        ]
    ).map(lambda text: read_filter(text, "cql2-text", CRS84, PROJECTS)),
)


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    from conftest import copy_of

    from geo.opening import open_ledger

    store = open_ledger(copy_of("many", tmp_path_factory.mktemp("changes") / "store.gpkg")).store
    yield MemoryCatalog(store, NOBODY), [index(each, NOBODY) for each in store.current()]
    store.close()


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    expression=FILTERS | FILTERS.map(Not),
    as_of=st.none() | st.dates(dt.date(2009, 1, 1), dt.date(2026, 1, 1)),
)
def test_a_change_fits_where_items_would_find_the_record(answered, expression, as_of):
    catalog, records = answered
    rows = {each.id: row_of(each, as_of) for each in records}
    meant = sorted(id for id, row in rows.items() if row is not None and is_meant(expression, row))
    assert sorted(catalog.columns(Query(expression, as_of), ["id"])["id"]) == meant
