"""The PostGIS of a run, with the features as one table: what the peers that serve from PostGIS read."""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Iterator

from bench.feature_file import FeatureFile, Kind
from bench.processes import HOST, Unavailable, run
from clusters.server import Server, throw_away

TYPES: dict[Kind, str] = {
    "text": "text",
    "number": "double precision",
    "integer": "bigint",
    "flag": "boolean",
    "nested": "jsonb",
}
# Only reading is measured, so nothing keeps writes safe while the table is filled.
SETTINGS = {
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "random_page_cost": "1.1",
    "max_wal_size": "8GB",
    "synchronous_commit": "off",
}
TABLE = "projects"
FILL_SECONDS = 3600


@contextlib.contextmanager
def filled(given: FeatureFile) -> Iterator[Server]:
    """Run a cluster whose database has the features in a table with an index of places."""
    with throw_away(HOST, **SETTINGS) as server:
        _fill(server, given)
        yield server


def _fill(postgres: Server, given: FeatureFile) -> None:
    psql = ["psql", "-q", "-v", "ON_ERROR_STOP=1", postgres.url()]
    run([*psql, "-c", "CREATE EXTENSION postgis", "-c", "CREATE UNLOGGED TABLE given (feature jsonb)"], 120)
    _copy([*psql, "-c", r"\copy given from stdin"], given)
    commands = [part for command in _commands(given) for part in ("-c", command)]
    run([*psql, *commands], FILL_SECONDS)


def _copy(command: list[str], given: FeatureFile) -> None:
    """Send features to a \\copy, in whose text a backslash is written twice."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as copying:
        assert copying.stdin is not None
        with given.path.open("rb") as lines:
            for line in lines:
                copying.stdin.write(line.replace(b"\\", b"\\\\"))
        copying.stdin.close()
    if copying.returncode:
        raise Unavailable(f"psql could not copy: code {copying.returncode}")


def _commands(given: FeatureFile) -> list[str]:
    """Return the statements that make the table: a column a property, places, indexes; names are ours, and checked."""
    names = list(given.kinds)
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)
    columns = ", ".join(f"{name} {TYPES[given.kinds[name]]}" for name in names)
    values = ", ".join(_value(name, given.kinds[name]) for name in names)
    place = "ST_SetSRID(ST_GeomFromGeoJSON(feature->'geometry'), 4326)"
    return [
        f'CREATE TABLE {TABLE} (id text COLLATE "C" PRIMARY KEY, {columns}, geom geometry(Point, 4326))',
        f"INSERT INTO {TABLE} SELECT feature->>'id', {values}, {place} FROM given",  # noqa: S608
        f"CREATE INDEX ON {TABLE} USING gist (geom)",
        f"CREATE INDEX ON {TABLE} (status)",
        "DROP TABLE given",
        f"VACUUM ANALYZE {TABLE}",
    ]


def _value(name: str, kind: Kind) -> str:
    member = f"feature->'properties'->'{name}'"
    if kind == "nested":
        return f"nullif({member}, 'null'::jsonb)"
    return f"(feature->'properties'->>'{name}')::{TYPES[kind]}"
