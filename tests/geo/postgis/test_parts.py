"""Tables that keep records can be parted by the country of the ids: Citus takes them, where there is Citus."""

import contextlib
import datetime as dt

import psycopg
import pytest
from clusters import shared
from clusters.installed import binaries
from clusters.server import HOST, Server, copied, folder_for_clusters, free_port
from made_up import made_up, made_up_features

from geo.curated.organisations import Organisations
from geo.editing import Edit
from geo.errors import Gone
from geo.filter import And, Box, Compare, In, Intersects, Like, Or, Words
from geo.memory.catalog import MemoryCatalog
from geo.opening import open_ledger
from geo.postgis import filling, tables
from geo.postgis.catalog import catalog_of
from geo.postgis.pool import Pool
from geo.query import Query
from geo.records.project import Project

pytestmark = pytest.mark.postgres

STORES = (pytest.param("postgis"),)
OF_STORE = ("revisions", "projects")
# They read other tables than that of their row, which a part cannot.
GUARDS = ("projects_have_revisions", "projects_are_not_lost")
UNIQUE = """
SELECT indrelid::regclass::text, array(SELECT attname::text FROM pg_attribute WHERE attrelid = indexrelid)
FROM pg_index WHERE indisunique AND indrelid::regclass::text = ANY(%s)
"""
TIES = """
SELECT conname FROM pg_constraint
WHERE contype IN ('f', 'x') AND (conrelid::regclass::text = ANY(%s) OR confrelid::regclass::text = ANY(%s))
"""
COUNTED = ("kind", "status_group", "country")
ASKED = (
    Query(limit=7, sort=(("name", True),)),
    Query(limit=100, filter=And((In("country", frozenset({"BO", "CL", "DE"})), Intersects(Box(-180, -60, 60, 60))))),
    Query(limit=100, filter=Or((Words("plant 1"), Compare("capacity", ">", 10_000))), as_of=dt.date(2020, 6, 14)),
    Query(limit=100, filter=Like("name", "Plant 3%")),
)
KNOWN = "INSERT INTO pg_dist_authinfo VALUES (0, 'postgres', %s)"
SETTINGS = {
    "shared_preload_libraries": "citus",
    "citus.node_conninfo": "'sslmode=disable'",
    "citus.enable_statistics_collection": "off",  # tells its makers who uses it
    "max_prepared_transactions": "50",
    "wal_level": "logical",
}


def test_history_and_layer_have_their_part_in_every_key_and_are_tied_to_nothing(store):
    with contextlib.closing(Pool(store.location)) as pool, pool.use() as connection:
        unique = connection.execute(UNIQUE, [[*OF_STORE]]).fetchall()
        ties = connection.execute(TIES, [[*OF_STORE], [*OF_STORE]]).fetchall()
    assert set(OF_STORE) == {table for table, _ in unique}
    assert [] == [columns for _, columns in unique if "shard" not in columns]
    assert [] == ties


@pytest.fixture
def coordinator(postgres):
    """A server with Citus, and two more that have its parts, each with a database `ledger`."""
    if not (binaries().parent / "lib" / "citus.so").exists():
        pytest.skip("Citus is not installed")
    with contextlib.ExitStack() as running:
        folder = running.enter_context(folder_for_clusters())
        servers = [
            running.enter_context(
                Server(copied(shared.made(), folder / name), SETTINGS, host=HOST, port=free_port()).running()
            )
            for name in ("first", "second", "third")
        ]
        for each in servers:
            _do(each, "postgres", "CREATE DATABASE ledger STRATEGY file_copy")
            _do(each, "ledger", "CREATE EXTENSION citus")
            _do(each, "ledger", (KNOWN, [f"password={each.password}"]))
        first, *others = servers
        _do(first, "ledger", f"SELECT citus_set_coordinator_host('{HOST}', {first.port})")
        for each in others:
            _do(first, "ledger", f"SELECT citus_add_node('{HOST}', {each.port})")
        yield first


def _do(server, database, *commands):
    with psycopg.connect(server.url(database), autocommit=True) as connection:
        for command in commands:
            connection.execute(*(command if isinstance(command, tuple) else (command,)))


@pytest.mark.slow
def test_citus_keeps_records_in_parts(coordinator, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    address, nobody = coordinator.address("ledger"), Organisations([])
    with contextlib.closing(open_ledger(address).store) as store, contextlib.closing(Pool(address)) as pool:
        filling.lay_out(pool)
        _do(coordinator, "ledger", *_parting())
        projects = [Project.from_feature(feature) for feature in made_up_features(60)]
        store.write([Edit(each.id, each, None, "test") for each in projects])
        memory, parted = MemoryCatalog(store, nobody), catalog_of(pool, store, nobody)
        store.write([Edit(projects[0].id, made_up(projects[0].id, name="Renamed"), 1, "test")])
        store.write([Edit(projects[1].id, None, 1, "test")])
        kept = [each.id for each in projects if each is not projects[1]]
        assert sorted(kept) == [each.project_id for each in store.current()]
        assert [memory.get(each) for each in kept] == [parted.get(each) for each in kept]
        for query in ASKED:
            assert _page(memory, query) == _page(parted, query)
            assert memory.count(query, COUNTED) == parted.count(query, COUNTED)
        with pytest.raises(Gone):
            parted.get(projects[1].id)
        with pytest.raises(psycopg.errors.IntegrityError, match="append-only"):
            _do(coordinator, "ledger", "UPDATE revisions SET comment = 'another'")


def _page(catalog, query):
    page = catalog.search(query)
    return b"".join(page.features), page.number_matched, page.after


def _parting():
    yield "SET citus.enable_unsafe_triggers = on"
    yield from (f"DROP TRIGGER {guard} ON projects" for guard in GUARDS)
    yield from (f"SELECT create_distributed_table('{each}', 'shard')" for each in OF_STORE)
    yield from (f"SELECT create_reference_table('{each}')" for each in tables.SHARED)
    yield from (f"SELECT create_distributed_table('{each}', 'shard')" for each in tables.OF_RECORDS)
