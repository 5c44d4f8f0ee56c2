"""tipg on PostGIS: a cluster of its own in a folder, one table, and its server."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bench.feature_file import FeatureFile, Kind
from bench.processes import HOST, Running, Unavailable, answers, free_port, process, run, wait_for
from bench.questions import Dialect, of_api

TYPES: dict[Kind, str] = {
    "text": "text",
    "number": "double precision",
    "integer": "bigint",
    "flag": "boolean",
    "nested": "jsonb",
}
# Only reading is measured, so what keeps writes safe is off while the table is filled.
SETTINGS = """
listen_addresses = '{host}'
port = {port}
unix_socket_directories = '{folder}'
dynamic_shared_memory_type = mmap
shared_buffers = 1GB
effective_cache_size = 4GB
work_mem = 64MB
maintenance_work_mem = 512MB
random_page_cost = 1.1
max_wal_size = 8GB
jit = off
fsync = off
synchronous_commit = off
full_page_writes = off
"""
TABLE = "projects"
FILL_SECONDS = 3600

# tipg sorts by the primary key unless asked otherwise.
tipg_address: Dialect = of_api(f"/collections/public.{TABLE}/items", geometry="geom")


@contextlib.contextmanager
def tipg(folder: Path, given: FeatureFile, python: Path, workers: int = 1) -> Iterator[Running]:
    """Serve features by tipg from a PostGIS table with an index of places; counts PostgreSQL's processes too."""
    with _cluster(folder) as (postgres, database_port):
        _fill(folder, database_port, given)
        port, log = free_port(), folder / "tipg.log.txt"
        address = f"postgresql://postgres@{HOST}:{database_port}/postgres"
        variables = {"DATABASE_URL": address, "TIPG_DB_SCHEMAS": '["public"]', "TIPG_DB_TABLES": f'["public.{TABLE}"]'}
        options = ["--port", str(port), "--workers", str(workers), "--log-level", "warning", "--no-access-log"]
        with process([str(python), "-m", "uvicorn", "tipg.main:app", *options], log, variables, folder) as started:
            wait_for(lambda: answers(port, f"/collections/public.{TABLE}/items?limit=1"), started, log, 300)
            yield Running("tipg", port, [started.pid, postgres.pid], log)


@contextlib.contextmanager
def _cluster(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Make and run a cluster; PostgreSQL refuses root, so root hands it to the user `postgres`."""
    binaries, data, port = _binaries(), folder / "cluster", free_port()
    data.mkdir(parents=True)
    as_user: list[str] = []
    if os.geteuid() == 0:
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(data, "postgres")
        for parent in (folder, *folder.parents):
            if parent.owner() == "root" and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o011)
    options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    run([*as_user, str(binaries / "initdb"), *options, "-D", str(data)], 120, cwd="/")
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(SETTINGS.format(host=HOST, port=port, folder=data))
    log = folder / "postgres.log.txt"
    # SIGINT does not wait for clients, as SIGTERM does.
    command = [*as_user, str(binaries / "postgres"), "-D", str(data)]
    with process(command, log, folder=data, ending=signal.SIGINT) as started:
        ready = [str(binaries / "pg_isready"), "-q", "-h", HOST, "-p", str(port)]
        wait_for(lambda: subprocess.run(ready).returncode == 0, started, log, 60)
        yield started, port


def _binaries() -> Path:
    """Return the folder of the newest PostgreSQL of Debian that has PostGIS; raises Unavailable."""
    with_postgis = Path("/usr/share/postgresql").glob("*/extension/postgis.control")
    versions = sorted(int(control.parts[-3]) for control in with_postgis)
    if not versions:
        raise Unavailable("PostGIS is not installed")
    return Path(f"/usr/lib/postgresql/{versions[-1]}/bin")


def _fill(folder: Path, port: int, given: FeatureFile) -> None:
    psql = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", HOST, "-p", str(port), "-U", "postgres", "postgres"]
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
