"""The tables of the catalog follow a store in PostgreSQL, and are made again where they would be made otherwise."""

import contextlib
import re
from concurrent.futures import ThreadPoolExecutor

import orjson
import psycopg
import pytest
from conftest import wait_for
from cutting import Cutting
from made_up import made_up
from stored import create

from geo import made_by
from geo.curated.organisations import Organisations
from geo.editing import Edit
from geo.errors import InvalidQuery
from geo.filter import Comparison
from geo.memory.catalog import MemoryCatalog
from geo.opening import open_ledger
from geo.operands import Arithmetic, Constant, Property
from geo.postgis import filling, tables
from geo.postgis.addresses import Reading
from geo.postgis.answering import moments
from geo.postgis.catalog import PostgisCatalog, catalog_of
from geo.postgis.connection import numbered
from geo.postgis.locks import LAYING_OUT, LOCKS
from geo.postgis.pool import Pool
from geo.query import Query
from geo.relational.store import CURRENT
from geo.store import EVERY

STORES = (pytest.param("postgis", marks=pytest.mark.postgres),)
NOBODY = Organisations([])


@pytest.fixture
def store(make_store):
    return without_tables(make_store())


@pytest.fixture
def full_store(make_store):
    return without_tables(make_store.filled("many")())


def without_tables(store):
    """Return a store of which nobody has asked PostGIS yet."""
    with store.pool.use() as connection:
        found = connection.execute(r"SELECT tablename FROM pg_tables WHERE tablename LIKE 'catalog\_%'").fetchall()
        connection.execute(f"DROP TABLE {', '.join(name for (name,) in found)}".encode())
    return store


def names(catalog):
    return {each["id"]: each["properties"]["name"] for each in map(orjson.loads, catalog.found(Query())[1])}


def known(store):
    return {each.project_id: each.project.properties.name for each in store.current()}


def ask(store, question, *values):
    with store.pool.use() as connection:
        return connection.execute(question, values).fetchall()


@pytest.fixture
def at_once(monkeypatch):
    """Few records are made at once, so that what is interrupted can be seen."""
    monkeypatch.setattr(filling, "BATCH", 3)


def fill(store, made, monkeypatch, **more):
    """Fill the tables as a release does that makes rows so."""
    monkeypatch.setattr(filling, "maker", lambda organisations: made)
    monkeypatch.setattr("geo.postgis.indexing.maker", lambda organisations: made)
    filling.fill(store.pool, store, NOBODY, **more)


def test_a_store_that_has_records_is_filled_once_and_then_written(full_store):
    catalog = catalog_of(full_store.pool, full_store, NOBODY)
    assert known(full_store) == names(catalog)
    full_store.write([Edit("bo-new", made_up("bo-new", name="New"), None, "a")])
    [first, *_] = full_store.current()
    full_store.write([Edit(first.project_id, None, 1, "a")])
    assert known(full_store) == names(catalog)
    assert full_store.latest_sequence() == catalog.version()


def test_nothing_is_written_where_nobody_asks_postgis(store):
    store.write([Edit("bo-plant", made_up("bo-plant"), None, "a")])
    assert [(None,)] == ask(store, "SELECT to_regclass('catalog_records')")


def test_a_write_that_fails_leaves_the_tables_as_they_were(store):
    catalog = catalog_of(store.pool, store, NOBODY)
    with pytest.raises(ZeroDivisionError):
        store.write_many(edits_that_fail())
    assert (0, {}) == (catalog.version(), names(catalog))


def edits_that_fail():
    yield Edit("bo-plant", made_up("bo-plant"), None, "a")
    raise ZeroDivisionError


def test_very_many_are_written_with_the_tables(store):
    catalog = catalog_of(store.pool, store, NOBODY)
    store.write_many(Edit(f"bo-plant-{n}", made_up(f"bo-plant-{n}"), None, "a") for n in range(1200))
    assert 1200 == catalog.search(Query(limit=1)).number_matched


def test_what_is_interrupted_goes_on_where_it_ended(full_store, at_once, monkeypatch):
    filling.lay_out(full_store.pool)
    for _ in range(3):
        assert filling._fill_some(full_store.pool, full_store, NOBODY, is_forced=False)
    assert not filling.is_whole(full_store.pool)
    assert [(9,)] == ask(full_store, "SELECT count(*) FROM catalog_records")
    ids = [each.project_id for each in full_store.current()]
    full_store.write([Edit(ids[1], None, 1, "a"), Edit("aa-new", made_up("aa-new"), None, "a")])  # among what is made
    full_store.write([Edit(ids[-1], None, 1, "a"), Edit("zz-new", made_up("zz-new"), None, "a")])  # and among the rest
    filling.fill(full_store.pool, full_store, NOBODY)
    assert filling.is_whole(full_store.pool)
    assert known(full_store) == names(PostgisCatalog(full_store.pool, full_store, NOBODY))


def test_a_newer_release_makes_all_again_and_an_older_one_does_not(full_store, monkeypatch):
    filling.lay_out(full_store.pool)
    made = "SELECT DISTINCT made_by FROM catalog_records JOIN catalog_makers ON number = maker"
    fill(full_store, "old", monkeypatch)
    assert [("old",)] == ask(full_store, made)
    ask(full_store, "UPDATE catalog_records SET name = 'as it was made before' RETURNING 1")
    fill(full_store, "new", monkeypatch)
    assert ([("new",)], [("new",)]) == (ask(full_store, made), ask(full_store, "SELECT made_by FROM catalog_made"))
    fill(full_store, "old", monkeypatch)  # a worker of before that starts again
    assert [("new",)] == ask(full_store, made)
    assert known(full_store) == dict(ask(full_store, "SELECT id, name FROM catalog_records"))
    fill(full_store, "old", monkeypatch, is_forced=True)
    assert [("old",)] == ask(full_store, made)


def test_what_an_older_release_writes_meanwhile_is_made_again(full_store, monkeypatch):
    filling.lay_out(full_store.pool)
    fill(full_store, "old", monkeypatch)
    fill(full_store, "new", monkeypatch)
    monkeypatch.setattr("geo.postgis.indexing.maker", lambda organisations: "old")
    full_store.write([Edit("bo-new", made_up("bo-new"), None, "a")])
    made = "SELECT made_by FROM catalog_records JOIN catalog_makers ON number = maker WHERE id = 'bo-new'"
    assert [("old",)] == ask(full_store, made)
    fill(full_store, "new", monkeypatch)
    assert [("new",)] == ask(full_store, made)


def test_readers_go_on_while_all_is_made_again(full_store, at_once, monkeypatch):
    catalog = catalog_of(full_store.pool, full_store, NOBODY)
    monkeypatch.setattr(filling, "maker", lambda organisations: "new")
    assert filling._fill_some(full_store.pool, full_store, NOBODY, is_forced=False)
    assert known(full_store) == names(catalog)


def test_a_row_that_should_not_be_there_goes_when_all_is_made_again(full_store, monkeypatch):
    filling.lay_out(full_store.pool)
    fill(full_store, "old", monkeypatch)
    ask(
        full_store,
        "UPDATE catalog_records SET id = 'zz-nobody' WHERE id = (SELECT max(id) FROM catalog_records) RETURNING 1",
    )
    fill(full_store, "new", monkeypatch)
    assert known(full_store) == dict(ask(full_store, "SELECT id, name FROM catalog_records"))


def test_postgresql_knows_how_much_it_has_been_given(full_store, at_once):
    """What it believes to be small it reads whole for each batch, and for whoever asks first."""
    catalog_of(full_store.pool, full_store, NOBODY)
    told = dict(
        ask(full_store, "SELECT relname, reltuples FROM pg_class WHERE relname = ANY(%s)", list(tables.OF_RECORDS))
    )
    assert 400 == told["catalog_records"] == told["catalog_features"]
    assert -1 not in told.values()


@pytest.mark.slow
def test_who_makes_the_tables_goes_on_where_the_connection_is_lost(full_store, postgres, at_once):
    """Before a batch is there, and after it is without anybody having heard of it."""
    filling.lay_out(full_store.pool)
    named = psycopg.conninfo.conninfo_to_dict(full_store.location)["dbname"]
    with contextlib.closing(Cutting(postgres)) as cutting, contextlib.closing(Pool(cutting.address(named))) as pool:
        cutting.cuts = ["before", "after", "before"]
        filling.fill(pool, full_store, NOBODY)
        assert [] == cutting.cuts
    assert known(full_store) == dict(ask(full_store, "SELECT id, name FROM catalog_records"))


def test_to_lay_out_what_is_there_takes_no_lock(full_store):
    filling.lay_out(full_store.pool)
    with full_store.pool.use() as reading, reading.transaction():
        reading.execute("SELECT count(*) FROM catalog_records")  # which holds off whoever would change the table
        filling.lay_out(full_store.pool)


def test_what_made_the_tables_is_named(full_store):
    catalog_of(full_store.pool, full_store, NOBODY)
    assert [(made_by.maker(NOBODY),)] == ask(full_store, "SELECT made_by FROM catalog_made")


def test_a_filter_that_takes_too_long_is_refused(full_store, monkeypatch):
    catalog = catalog_of(full_store.pool, full_store, NOBODY)
    monkeypatch.setattr(
        moments, "_BEGIN", moments._BEGIN.replace("statement_timeout = 10000", "statement_timeout = 20")
    )
    power = Property("sources_count")
    for _ in range(400):
        power = Arithmetic("^", power, Constant(1, "number"))
    with pytest.raises(InvalidQuery) as refused:
        catalog.search(Query(filter=Comparison(power, ">", Constant(0, "number"))))
    assert "filter-too-slow" == refused.value.rule
    assert 400 == catalog.search(Query(limit=1)).number_matched  # and the connection goes on


def test_every_key_has_the_country_of_the_id_and_nothing_reaches_beyond_it(store):
    """What Citus asks of tables that it distributes by it."""
    filling.lay_out(store.pool)
    keys = """
    SELECT relname, array_agg(attname ORDER BY attname) FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey) WHERE indisunique AND relname = ANY(%s)
    GROUP BY indexrelid, relname
    """
    found = ask(store, keys, list(tables.OF_RECORDS))
    assert set(tables.OF_RECORDS) == {table for table, _ in found}
    assert all("shard" in names for _, names in found)
    assert [] == ask(
        store, "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text LIKE 'catalog_%%'"
    )


@pytest.mark.parametrize(
    ("undone", "lock"),
    [
        ("layout", f"SELECT pg_advisory_xact_lock({LOCKS}, {LAYING_OUT})"),
        ("made_by", "SELECT FROM catalog_made FOR UPDATE"),
    ],
)
def test_who_makes_the_tables_waits_for_others_who_do_longer_than_for_anything_else(make_store, undone, lock):
    store = make_store()
    create(store)
    catalog_of(store.pool, store, NOBODY)
    ask(store, f"UPDATE catalog_made SET {undone} = NULL RETURNING 1")  # noqa: S608
    hasty = Pool(f"{store.location}&options=-c%20lock_timeout%3D20ms")
    with contextlib.closing(hasty), ThreadPoolExecutor() as others:
        with store.pool.use() as holding, holding.transaction():
            holding.execute(lock)
            made = others.submit(catalog_of, hasty, store, NOBODY)
            wait_for(lambda: ask(store, _WAITING) or made.done())
        assert names(made.result()) == known(store)


_WAITING = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' "
    "AND clock_timestamp() - query_start > interval '100 ms'"
)


@pytest.mark.parametrize(
    ("asked", "most", "kind"),
    [
        (None, 1, MemoryCatalog),
        (None, 0, PostgisCatalog),
        ("memory", 0, MemoryCatalog),
        ("postgis", 1, PostgisCatalog),
    ],
)
def test_answers_come_from_where_it_is_asked_for_or_as_fits_how_many_there_are(store, monkeypatch, asked, most, kind):
    create(store)
    monkeypatch.setattr("geo.opening.MOST_IN_MEMORY", most)
    opened = open_ledger(store.location, reading=Reading(answers=asked))
    with contextlib.closing(opened.store):
        assert isinstance(opened.catalog, kind)
        assert ("memory" if kind is MemoryCatalog else "postgis") == opened.answers


MANY_MORE = 30_000
_COPIES = """
INSERT INTO {0} SELECT made.* FROM {0} AS one, generate_series(1, {1}) AS n,
LATERAL jsonb_populate_record(one, jsonb_build_object('{2}', 'zz-' || n, 'sequence', 1000 + n)) AS made
WHERE one.{2} = 'bo-made-up'
"""


def test_the_next_batch_is_looked_up_however_many_records_there_are(store):
    """To read all of them for each batch takes hours where there are a million."""
    create(store)
    with store.pool.use() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(_COPIES.format("revisions", MANY_MORE, "project_id").encode())
        connection.execute(_COPIES.format("projects", MANY_MORE, "id").encode())
        connection.execute("SET session_replication_role = DEFAULT")
        connection.execute("ANALYZE revisions, projects")
        plans = []
        for most in (filling.BATCH, EVERY):
            asked = psycopg.RawCursor(connection)
            plans.append(asked.execute(b"EXPLAIN " + numbered(CURRENT), ["zz-1", None, most]).fetchall())
    looked_up, read_whole = (re.findall(r"Seq Scan on (projects|revisions)", str(plan)) for plan in plans)
    assert [] == looked_up
    assert read_whole, "or this test shows nothing"
