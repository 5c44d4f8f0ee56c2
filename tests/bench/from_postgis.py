"""What short answers cost where they come from PostGIS: `python -m bench.from_postgis --records 10000` (in tests/).

A cluster that is thrown away afterwards is filled with records as `bench.generate` makes them, unless a `--database` is
there. `serve` answers of it in one process, which wrk asks; CPU of an answer is that of our process, and beside it that
of PostgreSQL's. Who asks wants no answer that was kept, but where one is asked for again.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
from bench.generate import features
from bench.load import Run, ask
from bench.processes import Running, Unavailable, end_cleanly_when_told, free_port, settle
from bench.report import figure, table
from bench.servers import COLLECTION, serving
from clusters.databases import create
from clusters.server import throw_away

from geo.editing import Edit
from geo.opening import open_ledger
from geo.records.project import Project

CONNECTIONS, ROUNDS = 8, 3
ITEMS = f"{COLLECTION}/items"
FILTERS = ("country=CL", "status=operating&kind=refinery", "q=lithium&country=AR", "bbox=-75,-30,-60,-15")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--database", help="the address of one that is filled, or empty")
    parser.add_argument("--seconds", type=float, default=3.0, help="that each kind is asked for, three times")
    given = parser.parse_args()
    end_cleanly_when_told()
    with contextlib.ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        os.environ["XDG_CACHE_HOME"] = str(folder)
        address = given.database or _made(running)
        ids = filled(address, given.records)
        with _served(address, folder) as (server, database):
            settle(server, 60)
            lines = [_line(server, database, *each, given.seconds) for each in _paths(ids)]
    print(table(["what", "answers/s", "middle, ms", "p99, ms", "CPU ms of ours", "CPU ms of PostgreSQL"], lines))


def _made(running: contextlib.ExitStack) -> str:
    cluster = running.enter_context(throw_away(shared_buffers="512MB"))
    return cluster.url(create(cluster))


def filled(address: str, count: int) -> list[str]:
    """Write records where there are none; returns some ids."""
    ledger = open_ledger(address)
    with contextlib.closing(ledger.store) as store:
        if store.latest_sequence() == 0:
            projects = map(Project.from_feature, features(count))
            store.write_many(Edit(each.id, each, None, "benchmark") for each in projects)
        ids = list(store.current_ids())
    random.Random(1).shuffle(ids)
    return ids[:400]


@contextlib.contextmanager
def _served(address: str, folder: Path) -> Iterator[tuple[Running, Running]]:
    port, log = free_port(), folder / "log.txt"
    with serving(["--catalog", "postgis"], port, log, {"LEDGER_STORE": address}) as started:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            [(pid,)] = connection.execute("SELECT pg_backend_pid()").fetchall()
        yield Running("ours", port, [started.pid], log), Running("PostgreSQL", port, [_parent_of(pid)], log)


def _parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _paths(ids: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield what is asked for, by the addresses that are asked for in turn; a single one may be kept."""
    yield "a record", [f"{ITEMS}/{each}" for each in ids]
    yield "the same record again", [f"{ITEMS}/{ids[0]}"]
    yield "a page of 10", [f"{ITEMS}?limit=10", f"{ITEMS}?limit=10&sortby=name"]
    yield "the same page of 10 again", [f"{ITEMS}?limit=10"]
    yield "10 of a filter", [f"{ITEMS}?limit=10&{each}" for each in FILTERS]
    yield "a page of 100", [f"{ITEMS}?limit=100", f"{ITEMS}?limit=100&sortby=name"]


def _line(server: Running, database: Running, name: str, paths: Sequence[str], seconds: float) -> list[str]:
    ask(server, paths, CONNECTIONS, 1)  # that statements are prepared, and what is counted is known
    runs, there = list[Run](), list[float]()
    for _ in range(ROUNDS):
        before = database.cpu_seconds()
        run = ask(server, paths, CONNECTIONS, seconds)
        if run.failed or not run.answers:
            raise Unavailable(f"{run.failed} answers were none")
        runs.append(run)
        there.append(1000 * (database.cpu_seconds() - before) / run.answers)
    rates, middles, worst = ([getattr(run, each) for run in runs] for each in ("rate", "p50", "p99"))
    own = [run.cpu_ms or 0 for run in runs]
    return [name, *(figure(statistics.median(each)) for each in (rates, middles, worst, own, there))]


if __name__ == "__main__":
    main()
