"""pygeoapi on a GeoPackage, and Datasette with its geo plugin on SQLite."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
from bench.feature_file import FeatureFile, Kind
from bench.processes import HOST, Running, Unavailable, answers, free_port, process, run, wait_for
from bench.questions import Dialect, Question, of_api
from bench.stage import Stage

TABLE = "features"
TYPES: dict[Kind, str] = {"text": "TEXT", "number": "REAL", "integer": "INTEGER", "flag": "INTEGER", "nested": "TEXT"}
BATCH = 5_000
MOST_ROWS = 10_000

pygeoapi_address: Dialect = of_api(f"/collections/{TABLE}/items")


def datasette_address(question: Question) -> str:
    """Return a question as Datasette takes it: a row, a page of the table, or the query over its R-tree."""
    if question.item is not None:
        return f"/projects/{TABLE}/{question.item}.geojson"
    if question.box is None:
        return f"/projects/page.geojson?limit={question.limit}&offset={question.offset}"
    west, south, east, north = question.box
    name = "box" if question.status is None else "box_of_status"
    status = "" if question.status is None else f"&status={question.status}"
    return (
        f"/projects/{name}.geojson?west={west}&south={south}&east={east}&north={north}{status}&limit={question.limit}"
    )


@contextlib.contextmanager
def pygeoapi(stage: Stage) -> Iterator[Running]:
    """Serve features by pygeoapi's provider of GeoPackages."""
    folder, python, port = stage.room("pygeoapi"), stage.python, free_port()
    file, log = folder / "features.gpkg", folder / "log.txt"
    _write_geopackage(file, stage.given)
    config, openapi = folder / "config.yml", folder / "openapi.yml"
    config.write_text(json.dumps(_pygeoapi_settings(file, port)))  # JSON is YAML
    variables = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    program = python.with_name("pygeoapi")
    run([str(program), "openapi", "generate", str(config), "--output-file", str(openapi)], 300, cwd=folder)
    options = ["--port", str(port), "--workers", str(stage.workers), "--log-level", "warning", "--no-access-log"]
    command = [str(python), "-m", "uvicorn", "pygeoapi.starlette_app:APP", *options]
    with process(command, log, variables, folder) as started:
        wait_for(lambda: answers(port, f"/collections/{TABLE}/items?limit=1"), started, log, 300)
        yield Running("pygeoapi", port, [started.pid], log)


@contextlib.contextmanager
def datasette(stage: Stage) -> Iterator[Running]:
    """Serve features by Datasette with datasette-geojson; it has one process only."""
    if stage.workers > 1:
        raise Unavailable("Datasette has no worker processes")
    folder, port = stage.room("datasette"), free_port()
    file, log = folder / "projects.db", folder / "log.txt"
    _write_sqlite(file, stage.given)
    metadata = folder / "metadata.json"
    metadata.write_text(json.dumps({"databases": {"projects": {"queries": QUERIES}}}))
    settings = {"max_returned_rows": MOST_ROWS, "sql_time_limit_ms": 60_000, "default_facet_size": 1}
    given_settings = [part for name, value in settings.items() for part in ("--setting", name, str(value))]
    command = [str(stage.python.with_name("datasette")), "serve", "--immutable", str(file), "--metadata", str(metadata)]
    with process([*command, "--port", str(port), *given_settings], log, folder=folder) as started:
        wait_for(lambda: answers(port, "/projects/page.geojson?limit=1&offset=0"), started, log, 300)
        yield Running("Datasette", port, [started.pid], log)


# The R-tree rounds outwards to 32 bits, so places are looked at once more.
_IN_BOX = f"""SELECT f.* FROM {TABLE} f JOIN places p ON p.number = f.rowid
WHERE p.east >= :west AND p.west <= :east AND p.north >= :south AND p.south <= :north
AND f.geometry ->> '$.coordinates[0]' BETWEEN CAST(:west AS REAL) AND CAST(:east AS REAL)
AND f.geometry ->> '$.coordinates[1]' BETWEEN CAST(:south AS REAL) AND CAST(:north AS REAL)"""  # noqa: S608
QUERIES = {
    "page": {"sql": f"SELECT * FROM {TABLE} ORDER BY id LIMIT :limit OFFSET :offset"},  # noqa: S608
    "box": {"sql": f"{_IN_BOX} ORDER BY f.id LIMIT :limit"},
    "box_of_status": {"sql": f"{_IN_BOX} AND f.status = :status ORDER BY f.id LIMIT :limit"},
}


def _write_sqlite(file: Path, given: FeatureFile) -> None:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        _fill(database, given, "geometry TEXT", lambda point: orjson.dumps(point).decode())
        database.execute("CREATE VIRTUAL TABLE places USING rtree(number, west, east, south, north)")
        rows = database.execute(
            f"SELECT rowid, geometry ->> '$.coordinates[0]', geometry ->> '$.coordinates[1]' FROM {TABLE}"  # noqa: S608
        )
        places = ((number, x, x, y, y) for number, x, y in rows)
        database.execute("BEGIN")
        database.executemany("INSERT INTO places VALUES (?, ?, ?, ?, ?)", places)
        database.execute("COMMIT")
        database.execute(f"CREATE INDEX by_status ON {TABLE} (status)")
        database.execute("ANALYZE")


def _write_geopackage(file: Path, given: FeatureFile) -> None:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.executescript(GEOPACKAGE)
        _fill(database, given, "geom BLOB", _blob)
        database.execute(f"CREATE INDEX by_status ON {TABLE} (status)")
        database.execute("ANALYZE")


def _fill(database: sqlite3.Connection, given: FeatureFile, geometry: str, made: Callable[[Any], object]) -> None:
    names = list(given.kinds)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)
    columns = ", ".join(f"{name} {TYPES[given.kinds[name]]}" for name in names)
    database.execute("PRAGMA synchronous = OFF")
    database.execute(f"CREATE TABLE {TABLE} (id TEXT PRIMARY KEY, {columns}, {geometry})")
    marks = ", ".join("?" * (len(names) + 2))
    rows = (_row(feature, names, given.kinds, made(feature["geometry"])) for feature in given.features())
    database.execute("BEGIN")
    database.executemany(f"INSERT INTO {TABLE} VALUES ({marks})", rows)  # noqa: S608
    database.execute("COMMIT")


def _row(feature: dict[str, Any], names: Sequence[str], kinds: dict[str, Kind], geometry: object) -> list[object]:
    properties = feature["properties"]
    values = [_value(properties.get(name), kinds[name]) for name in names]
    return [feature["id"], *values, geometry]


def _value(value: Any, kind: Kind) -> object:
    return orjson.dumps(value).decode() if kind == "nested" and value is not None else value


def _blob(point: dict[str, Any]) -> bytes:
    """Return a point as a GeoPackage has it: magic, version, little-endian and no envelope, SRS; then WKB."""
    return b"GP\x00\x01" + struct.pack("<iBIdd", 4326, 1, 1, *point["coordinates"][:2])


GEOPACKAGE = f"""
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",
  SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]', NULL);
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT, description TEXT,
  last_change DATETIME, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
INSERT INTO gpkg_contents VALUES ('{TABLE}', 'features', '{TABLE}', '', '2026-01-01T00:00:00Z',
  -180, -90, 180, 90, 4326);
CREATE TABLE gpkg_geometry_columns (table_name TEXT PRIMARY KEY, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL);
INSERT INTO gpkg_geometry_columns VALUES ('{TABLE}', 'geom', 'POINT', 4326, 0, 0);
"""  # noqa: S608


def _pygeoapi_settings(file: Path, port: int) -> dict[str, Any]:
    texts = {"title": "Benchmark", "description": "Made-up features", "keywords": ["benchmark"]}
    link = {"type": "text/html", "rel": "canonical", "href": f"http://{HOST}:{port}"}
    world = {"bbox": [-180, -90, 180, 90], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
    provider = {"type": "feature", "name": "SQLiteGPKG", "data": str(file), "id_field": "id", "table": TABLE}
    collection = {
        "type": "collection",
        **texts,
        "links": [link],
        "extents": {"spatial": world},
        "providers": [provider],
    }
    identification = {**texts, "keywords_type": "theme", "terms_of_service": "-", "url": f"http://{HOST}:{port}"}
    contact = {"name": "-", "position": "-", "address": "-", "city": "-", "stateorprovince": "-", "postalcode": "-"}
    contact |= {"country": "-", "phone": "-", "fax": "-", "email": "-", "url": "-", "hours": "-", "instructions": "-"}
    metadata = {
        "identification": identification,
        "license": {"name": "-", "url": "http://example.org"},
        "provider": {"name": "-", "url": "http://example.org"},
        "contact": {**contact, "role": "pointOfContact"},
    }
    server = {
        "bind": {"host": HOST, "port": port},
        "url": f"http://{HOST}:{port}",
        "mimetype": "application/json; charset=UTF-8",
        "encoding": "utf-8",
        "gzip": False,
        "languages": ["en-US"],
        "pretty_print": False,
        "limits": {"default_items": 10, "max_items": MOST_ROWS},
        "map": {"url": "http://example.org/{z}/{x}/{y}.png", "attribution": "-"},
    }
    log = {"level": "ERROR"}
    return {"server": server, "logging": log, "metadata": metadata, "resources": {TABLE: collection}}
