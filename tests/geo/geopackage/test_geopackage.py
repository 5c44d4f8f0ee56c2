"""The GeoPackage: desktop programs read it, nobody rewrites it, and old ones are brought up to date."""

import gc
import json
import shutil
import sqlite3
import threading

import geopandas
import pytest
from conftest import an_ordinary_user, sql
from made_up import made_up
from stored import create, rename

from geo.columns import PROJECTS
from geo.editing import Edit
from geo.errors import StoreError
from geo.geopackage import blob, migrations
from geo.opening import open_ledger
from geo.store import Loaded

STORES = ("geopackage",)  # this is about a file

AREA = {"type": "Polygon", "coordinates": [[[-68, -21], [-67, -21], [-67, -20], [-68, -20], [-68, -21]]]}


def test_every_connection_waits_for_the_disk(store, file):
    """synchronous=FULL (2): a transaction is on disk before it is answered, whichever connection wrote it."""
    with store._pool.use() as one, store._pool.use() as other:
        assert [2, 2] == [each.sqlite.execute("PRAGMA synchronous").fetchone()[0] for each in (one, other)]
        assert one is not other


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.gpkg"


def test_gdal_reads_the_file_as_it_is(store, file):
    create(store)
    create(store, "bo-area", geometry=AREA)
    create(store, "na-nowhere", country="NA", location_accuracy="undisclosed", location_sources=[], geometry=None)

    layer = geopandas.read_file(file, layer="projects").set_index("id")
    assert "EPSG:4326" == str(layer.crs)
    assert (-68, -21, -67, -20) == layer.geometry["bo-area"].bounds
    assert layer.geometry["na-nowhere"] is None
    assert "NA" == layer.country["na-nowhere"]
    assert {"considered"} == set(layer.status)
    assert 3 == len(geopandas.read_file(file, layer="revisions"))


def test_gdal_filters_by_the_index(store, file):
    create(store)
    create(store, "bo-area", geometry=AREA)
    assert {"bo-area"} == set(geopandas.read_file(file, layer="projects", bbox=(-67.2, -21, -67, -20.5)).id)


def test_the_index_follows_every_change(store, file):
    """The R-tree holds just the boxes of what is in the layer, whatever happened to the records."""
    create(store)
    create(store, "bo-area", geometry=AREA)
    create(store, "bo-gone")
    nowhere = made_up(location_accuracy="undisclosed", location_sources=[], geometry=None)
    store.write([Edit("bo-made-up", nowhere, 1, "ana"), Edit("bo-gone", None, 1, "ana")])
    store.write([Edit("bo-area", made_up("bo-area"), 1, "ana")])
    store.write([Edit("bo-made-up", made_up(geometry=AREA), 2, "ana")])

    boxes = (
        "SELECT round(r.minx, 3), round(r.maxx, 3), round(r.miny, 3), round(r.maxy, 3) "
        "FROM rtree_projects_geom r JOIN projects p ON p.fid = r.id ORDER BY p.id"
    )
    with sql(file) as connection:
        found = connection.execute(boxes).fetchall()
        assert 2 == connection.execute("SELECT count(*) FROM rtree_projects_geom").fetchone()[0]
    assert [(-67.6, -67.6, -20.2, -20.2), (-68, -67, -21, -20)] == found


def test_the_file_says_what_it_is(store, file):
    create(store)
    with sql(file) as connection:
        assert 0x47504B47 == connection.execute("PRAGMA application_id").fetchone()[0]
        assert 10400 == connection.execute("PRAGMA user_version").fetchone()[0]
        assert "wal" == connection.execute("PRAGMA journal_mode").fetchone()[0]
        assert ("ok",) == connection.execute("PRAGMA integrity_check").fetchone()
        assert [] == connection.execute("PRAGMA foreign_key_check").fetchall()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE revisions SET author = 'x'",
        "DELETE FROM revisions",
        "REPLACE INTO revisions SELECT * FROM revisions",
        "REPLACE INTO revisions (project_id, number, action, author, time, created) "
        "SELECT project_id, number, action, 'x', time, created FROM revisions",
        "UPDATE named_releases SET sequence = 0",
        "DELETE FROM named_releases",
        "REPLACE INTO named_releases SELECT name, 0, time FROM named_releases",
        "UPDATE projects SET name = 'x'",
        "DELETE FROM projects",
    ],
)
def test_nobody_rewrites_history_with_another_program(store, file, statement):
    create(store)
    store.name_release("2026.12")
    with sql(file) as desktop:
        blob.register(desktop)  # a desktop GIS has the spatial functions
        with pytest.raises(sqlite3.IntegrityError, match=r"append-only|through the ledger"):
            desktop.execute(statement)


def test_a_file_of_something_else_is_left_alone(tmp_path):
    text = tmp_path / "text.gpkg"
    text.write_text("not a database " * 100)
    other = tmp_path / "other.gpkg"
    geopandas.GeoDataFrame({"a": [1]}, geometry=geopandas.points_from_xy([0], [0]), crs=4326).to_file(other)
    before = other.read_bytes()
    for path in (text, other, tmp_path, tmp_path / "no" / "folder.gpkg"):
        with pytest.raises(StoreError):
            open_ledger(path)
    assert before == other.read_bytes()


def to_the_layout_of_release_2026_11(connection):
    """Take from a store whatever later migrations added to the first one, and give its tables their former names."""
    former = sqlite3.connect(":memory:")
    former.executescript(migrations.migrations()[1][1])
    named = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('trigger', 'index', 'table')"
    connection.executescript("ALTER TABLE store_identity RENAME TO atlas_store;")
    there = {name: (kind, text) for kind, name, text in former.execute(named)}
    found = list(connection.execute(named))
    for kind in ("trigger", "index"):
        for each, name, _ in found:
            if each == kind:
                connection.execute(f"DROP {kind} {name}")
    kept = {*there, "store_migrations", "sqlite_sequence", "atlas_store"}
    connection.execute("PRAGMA foreign_keys = OFF")
    for kind, name, _ in found:
        if kind == "table" and name not in kept and name != "store_identity":
            connection.execute(f"DROP TABLE {name}")
    for name in [name for name, (kind, text) in there.items() if kind == "table" and "VIRTUAL" not in text]:
        columns = {row[1] for row in former.execute(f"PRAGMA table_info({name})")}
        for row in list(connection.execute(f"PRAGMA table_info({name})")):
            if row[1] not in columns:
                connection.execute(f"ALTER TABLE {name} DROP COLUMN {row[1]}")
    for kind, text in there.values():
        if kind != "table":
            connection.execute(text)
    connection.execute("DELETE FROM store_migrations WHERE number > 1")
    connection.execute("ALTER TABLE store_migrations RENAME TO atlas_migrations")
    former.close()


def test_a_store_of_the_former_layout_opens_with_everything(make_store, file):
    first = make_store()
    identity, written = first.identity, create(first)
    first.close()
    with sql(file) as connection:
        to_the_layout_of_release_2026_11(connection)
    again = make_store()
    assert (identity, [written]) == (again.identity, list(again.current()))
    again.write([rename("Second", 1)])
    with sql(file) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert not [table for table in tables if "atlas" in table]
        applied = [number for (number,) in connection.execute("SELECT number FROM store_migrations")]
        assert sorted(migrations.migrations()) == applied


def alone(file, folder):
    """The records of the file copied without its journal."""
    copied = folder / "alone.gpkg"
    shutil.copy(file, copied)
    with sql(copied) as connection:
        return connection.execute("SELECT id FROM projects").fetchall()


def test_a_closed_store_is_whole_in_its_one_file(store, file, tmp_path):
    create(store)
    assert [] == alone(file, tmp_path), "or this test shows nothing"
    store.close()
    assert not file.with_name("store.gpkg-wal").exists()
    assert [("bo-made-up",)] == alone(file, tmp_path)


def test_a_folded_store_is_whole_in_its_one_file_and_goes_on(store, file, tmp_path):
    create(store)
    store.fold()
    assert [("bo-made-up",)] == alone(file, tmp_path)
    create(store, "bo-next")
    assert 2 == store.latest_sequence()


def test_folding_waits_for_nobody_who_reads(make_store, file, monkeypatch):
    """A wait would be an hour here."""
    monkeypatch.setattr("geo.geopackage.pool.WAIT_SECONDS", 3600)
    store = make_store()
    create(store)
    with sql(file) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM projects").fetchone()
        create(store, "bo-next")
        folding = threading.Thread(target=store.fold, daemon=True)
        folding.start()
        folding.join(60)
        assert not folding.is_alive()
        assert 1 == reader.execute("SELECT count(*) FROM projects").fetchone()[0]
    assert 2 == store.latest_sequence()


def test_a_closed_store_leaves_no_connection_open(make_store):
    """Not even one that is in use at that moment."""
    store = make_store()
    create(store)
    reading = store.current()
    next(reading)
    store.close()
    del reading
    gc.collect()
    assert [] == store._pool._idle
    with pytest.raises(StoreError, match="closed"):
        store.latest_sequence()
    store.close()


def test_the_dataset_that_was_loaded_is_remembered(make_store):
    store = make_store()
    assert store.dataset_loaded() is None
    store.note_dataset_loaded(Loaded("first"))
    store.note_dataset_loaded(Loaded("second", "2026.12"))
    assert Loaded("second", "2026.12") == make_store().dataset_loaded()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "it is a folder; name a file in it"),
        ("no/folder.gpkg", "there is no folder"),
        ("text.gpkg/ledger.gpkg", "is no folder"),
        ("text.gpkg", "file is not a database"),
    ],
)
def test_a_store_that_cannot_be_opened_says_why(tmp_path, path, why):
    (tmp_path / "text.gpkg").write_text("not a database " * 100)
    with pytest.raises(StoreError, match=why) as refused:
        open_ledger(tmp_path / path)
    assert str(tmp_path) in str(refused.value)


def test_a_folder_without_permission_is_said(open_folder):
    open_folder.chmod(0o555)
    with an_ordinary_user(), pytest.raises(StoreError, match="may not make files in the folder"):
        open_ledger(open_folder / "ledger.gpkg")


def test_a_file_without_permission_is_said(open_folder):
    open_ledger(open_folder / "ledger.gpkg").store.close()
    (open_folder / "ledger.gpkg").chmod(0o000)
    with an_ordinary_user(), pytest.raises(StoreError, match="may not read and write the file"):
        open_ledger(open_folder / "ledger.gpkg")


@pytest.mark.parametrize("location", [":memory:", "", " ", ".", "file:x.gpkg", "file:/tmp/x?mode=memory"])
def test_what_is_no_file_is_no_store(tmp_path, monkeypatch, location):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError):
        open_ledger(location)
    assert [] == list(tmp_path.iterdir())


def test_a_store_may_lie_in_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    open_ledger("~/mine.gpkg").store.close()
    assert (tmp_path / "mine.gpkg").exists()
    with pytest.raises(StoreError, match="home"):
        open_ledger("~nobody-of-that-name/mine.gpkg")


def test_a_newer_file_is_refused(store, file):
    with sql(file) as connection:
        connection.execute("INSERT INTO store_migrations (number, name) VALUES (9999, 'from the future')")
    with pytest.raises(StoreError, match="newer version"):
        open_ledger(file)


def test_an_unknown_kind_of_store_is_refused():
    with pytest.raises(StoreError, match="mysql"):
        open_ledger("mysql://somewhere/else")


SQL_TYPES = {"number": "REAL", "integer": "INTEGER", "flag": "BOOLEAN", "time": "DATETIME"}


def test_the_layer_has_just_the_columns_of_the_list(store, file):
    with sql(file) as connection:
        found = {row[1]: row for row in connection.execute("PRAGMA table_info(projects)")}
    assert {"fid", "geom", "sequence"} == set(found) - set(PROJECTS.table)
    for name in PROJECTS.table:
        kind = SQL_TYPES.get(PROJECTS[name].kind, "TEXT")
        assert (kind, PROJECTS[name].nullable) == (found[name][2], not found[name][3]), name


def test_a_store_of_older_rules_has_its_columns_derived_again(make_store, file):
    """The history is not touched, and nobody else may use the same way in."""
    first = make_store()
    written = create(first)
    first.close()
    with sql(file) as connection:
        blob.register(connection)
        connection.execute("UPDATE derived_columns SET version = 0")
        connection.execute("UPDATE projects SET status = 'closed', sources_count = 99")
        connection.execute("UPDATE derived_columns SET version = 1000")
    again = make_store()
    layer = geopandas.read_file(file, layer="projects")
    assert [("considered", 1)] == list(zip(layer.status, layer.sources_count, strict=True))
    assert [written] == list(again.changes_since(0))
    with sql(file) as connection:
        blob.register(connection)
        with pytest.raises(sqlite3.IntegrityError, match="through the ledger"):
            connection.execute("UPDATE projects SET status = 'closed'")


def test_the_claims_of_an_older_store_get_keys_that_they_keep_while_they_change(make_store, file):
    first = make_store()
    told = {"date": "2020", "type": "other", "summary": "So it was.", "sources": ["s1"]}
    create(first, events=[told])
    first.write([Edit("bo-made-up", made_up(events=[{**told, "date": "2021"}]), 1, "ben")])
    first.close()
    with sql(file) as connection:
        connection.execute("DELETE FROM claim_keys")
        for sequence, record in connection.execute("SELECT sequence, record FROM revisions").fetchall():
            bare = json.loads(record)
            for event in bare["properties"]["events"]:
                del event["key"]
            connection.execute("UPDATE revisions SET record = ? WHERE sequence = ?", (json.dumps(bare), sequence))
    one, two = [revision.project.properties.events[0] for revision in make_store().revisions("bo-made-up")]
    assert ("2020", "2021") == (one.date, two.date)
    assert one.key == two.key == made_up(events=[told]).properties.events[0].key
    with sql(file) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("UPDATE revisions SET author = 'x'")


def test_a_store_that_could_not_be_read_does_not_answer_from_before(store, file):
    create(store)
    assert 1 == store.latest_sequence()
    with sql(file) as connection:
        connection.execute("ALTER TABLE revisions RENAME TO lost")
        for _ in range(3):
            with pytest.raises(StoreError, match="no such table"):
                store.latest_sequence()
        connection.execute("ALTER TABLE lost RENAME TO revisions")
    assert 1 == store.latest_sequence()
