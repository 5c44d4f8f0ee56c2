"""How far standbys are behind, and how long nobody can write when a primary dies.

    python -m bench.standbys --writes 1000 --deaths 5            (in tests/)

A primary and two standbys on this machine, all of which write to disk as in earnest (fsync). 16 writers make records;
a write is behind on a standby from when it was acknowledged until the standby shows it. Then one writer goes on while
the primary is killed and a standby promoted at once: who notices a death, and how soon, is the operator's choice.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import logging
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg
from bench.generate import more_features
from bench.processes import end_cleanly_when_told
from bench.report import figure, table
from clusters.databases import create
from clusters.replicated import Replicated, replicated
from clusters.server import Server, folder_for_clusters, make

from geo.editing import Edit
from geo.errors import StoreError
from geo.opening import open_ledger
from geo.records.project import Project
from geo.store import Store

WRITERS = 16
IN_EARNEST = {"fsync": "on", "full_page_writes": "on"}
NEWEST = "SELECT coalesce(max(sequence), 0) FROM revisions"
Shown = list[tuple[float, int]]
"""When somebody was told of a sequence, and which."""


def main() -> None:
    """Measure without and with synchronous replication, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writes", type=int, default=1000)
    parser.add_argument("--deaths", type=int, default=5, help="of a primary")
    given = parser.parse_args()
    end_cleanly_when_told()
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it tells of each primary that is gone
    behind, failovers = [], []
    for synchronous in (False, True):
        called = "any one of the standbys confirms" if synchronous else "no standby confirms"
        with _replicas(synchronous) as (cluster, database):
            behind += [[called, *cells] for cells in _lag(cluster, database, given.writes)]
            failovers.append([called, *_failovers(cluster, database, given.deaths)])
    print(table(["", "writes/s", "standby", "behind: middle, ms", "p99, ms", "most, ms"], behind), end="\n\n")
    print(table(["", "from the death of a primary to the next acknowledged write: middle, s", "most, s"], failovers))


@contextlib.contextmanager
def _replicas(synchronous: bool) -> Iterator[tuple[Replicated, str]]:
    with contextlib.ExitStack() as running:
        folder = running.enter_context(folder_for_clusters())
        os.environ["XDG_CACHE_HOME"] = running.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
        cluster = running.enter_context(replicated(make(folder / "made"), folder, 2, synchronous, **IN_EARNEST))
        yield cluster, create(cluster.primary)


def _edits(start: int, count: int) -> Iterator[Edit]:
    for feature in more_features(start, count):
        project = Project.from_feature(feature)
        yield Edit(project.id, project, None, "benchmark")


def _lag(cluster: Replicated, database: str, count: int) -> Iterator[list[str]]:
    """Yield a line a standby: writes a second, which it is, and how far it was behind the writes."""
    with contextlib.closing(open_ledger(cluster.addresses(database)).store) as store:
        store.write(list(_edits(0, 1)))
        cluster.wait_until_followed()
        ended, shown = threading.Event(), [Shown() for _ in cluster.standbys]
        with ThreadPoolExecutor(len(shown)) as watchers:
            for standby, seen in zip(cluster.standbys, shown, strict=True):
                watchers.submit(_watch, standby, database, seen, ended)
            edits, began = list(_edits(1, count)), time.monotonic()
            acknowledged = _write_all(store, edits)
            rate = count / (time.monotonic() - began)
            cluster.wait_until_followed()
            ended.set()
    for standby, seen in zip(cluster.standbys, shown, strict=True):
        waits = _waits(acknowledged, seen)
        told = (statistics.median(waits), statistics.quantiles(waits, n=100)[98], max(waits))
        yield [figure(rate), standby.data.name, *(figure(1000 * each) for each in told)]


def _write_all(store: Store, edits: Sequence[Edit]) -> Shown:
    """Write these by several writers; returns when each was acknowledged, and its sequence."""

    def write(own: Sequence[Edit]) -> Shown:
        return [(time.monotonic(), revision.sequence) for edit in own for revision in store.write([edit])]

    with ThreadPoolExecutor(WRITERS) as writers:
        parts = writers.map(write, [edits[number::WRITERS] for number in range(WRITERS)])
        return list(itertools.chain.from_iterable(parts))


def _watch(standby: Server, database: str, seen: Shown, ended: threading.Event) -> None:
    """Ask a standby again and again for the newest that it shows, and once after all is there."""
    with psycopg.connect(standby.url(database), autocommit=True) as connection:
        last = False
        while not last:
            last = ended.is_set()
            row = connection.execute(NEWEST).fetchone()
            assert row is not None
            seen.append((time.monotonic(), row[0]))


def _waits(acknowledged: Shown, seen: Shown) -> list[float]:
    """Return for each write the seconds until a standby had answered with it; it may have had it a question earlier."""
    waits, when = [], iter(seen)
    answered, newest = next(when)
    for told, sequence in sorted(acknowledged, key=lambda each: each[1]):
        while newest < sequence:
            answered, newest = next(when)
        waits.append(max(0.0, answered - told))
    return waits


def _failovers(cluster: Replicated, database: str, deaths: int) -> list[str]:
    """Kill primaries and promote standbys while somebody writes; returns how long nothing was acknowledged."""
    waits = []
    address, edits = cluster.addresses(database), _edits(100_000, 1_000_000)
    with contextlib.closing(open_ledger(address).store) as store:
        for _ in range(deaths):
            written = _until_written(store, edits)
            former = cluster.primary
            former.kill()
            with ThreadPoolExecutor(1) as operator:
                promoted = operator.submit(cluster.promote)
                waits.append(_until_written(store, edits) - written)
                promoted.result()
            cluster.rejoin(former)
            cluster.wait_until_streaming()
    return [figure(statistics.median(waits)), figure(max(waits))]


def _until_written(store: Store, edits: Iterator[Edit]) -> float:
    """Write until something is acknowledged; returns when that was."""
    while True:
        with contextlib.suppress(StoreError):
            store.write([next(edits)])
            return time.monotonic()


if __name__ == "__main__":
    main()
