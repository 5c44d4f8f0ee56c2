"""tipg and pg_featureserv, which serve the same table of the same PostGIS; PostgreSQL's work is counted with theirs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from bench.installed import pg_featureserv_program
from bench.postgis import TABLE
from bench.processes import HOST, Running, Unavailable, answers, free_port, process, wait_for
from bench.questions import Dialect, Question, of_api
from bench.stage import Stage

ITEMS = f"/collections/public.{TABLE}/items"
MOST_FEATURES = 10_000
# A connection whose client went away is lost to its pool (pgx 4.1.2), and without any left it answers no more.
CONNECTIONS = 10_000

# tipg sorts by the primary key unless asked otherwise.
tipg_address: Dialect = of_api(ITEMS, geometry="geom")
_in_order = of_api(ITEMS, order="&sortby=id", geometry="geom")


def pg_featureserv_address(question: Question) -> str:
    """Return a question as pg_featureserv takes it, whose CQL is an earlier draft of CQL2."""
    return _in_order(question).replace("S_INTERSECTS", "INTERSECTS")


@contextlib.contextmanager
def tipg(stage: Stage) -> Iterator[Running]:
    """Serve the table by tipg on uvicorn."""
    folder, port = stage.room("tipg"), free_port()
    log = folder / "log.txt"
    shown = {"TIPG_DB_SCHEMAS": '["public"]', "TIPG_DB_TABLES": f'["public.{TABLE}"]'}
    options = ["--port", str(port), "--workers", str(stage.workers), "--log-level", "warning", "--no-access-log"]
    command = [str(stage.python), "-m", "uvicorn", "tipg.main:app", *options]
    with process(command, log, {"DATABASE_URL": stage.postgis.address(), **shown}, folder) as started:
        wait_for(lambda: answers(port, f"{ITEMS}?limit=1"), started, log, 300)
        yield Running("tipg", port, [started.pid], log, [stage.postgis.pid])


@contextlib.contextmanager
def pg_featureserv(stage: Stage) -> Iterator[Running]:
    """Serve the table by pg_featureserv, where there is its program; one process with threads for every core."""
    if (program := pg_featureserv_program()) is None:
        raise Unavailable("pg_featureserv is not here; PG_FEATURESERV may name its program")
    folder, port = stage.room("pg_featureserv"), free_port()
    log = folder / "log.txt"
    settings = {
        "DATABASE_URL": stage.postgis.address(),
        "PGFS_DATABASE_DBPOOLMAXCONNS": str(CONNECTIONS),
        "PGFS_PAGING_LIMITMAX": str(MOST_FEATURES),
        "PGFS_SERVER_HTTPHOST": HOST,
        "PGFS_SERVER_HTTPPORT": str(port),
    }
    with process([program], log, settings, folder) as started:
        wait_for(lambda: answers(port, f"{ITEMS}?limit=1"), started, log, 300)
        yield Running("pg_featureserv", port, [started.pid], log, [stage.postgis.pid])
