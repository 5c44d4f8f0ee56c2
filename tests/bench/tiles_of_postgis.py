"""Measures tiles of the PostGIS catalog: `python -m bench.tiles_of_postgis --records 100000`, or of a `--database`.

Without a database, that of a cluster which is thrown away afterwards is filled with records as `bench.generate` makes
them. A tile is made in two ways: as the catalog makes it, by ST_AsMVT, and from rows by our own library, as tiles from
memory are. CPU is that of this process, and that of PostgreSQL's for it; nothing that was made is kept.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psycopg
from bench.generate import features
from bench.tiles import FILTERS, tiles_of
from clusters.server import throw_away

from geo.curated.organisations import Organisations
from geo.ground.tiles import Tile
from geo.postgis import cells, indexing, tables
from geo.postgis.answering.moments import KNOWN
from geo.postgis.catalog import PostgisCatalog
from geo.query import Query
from geo.records.project import Project
from geo.store import Revision
from geo.tiles.content import NEAR_ZOOM
from geo.tiles.encoding import as_mvt
from geo.tiles.features import features_of

NOBODY = Organisations([])
TOGETHER = 2_000  # records written in one transaction
BELOW = "https://ledger.example/projects/"
TIME = "2026-01-01T00:00:00.000Z"
WRITES = 100

Connection = psycopg.Connection[Any]


class Spent(NamedTuple):
    """CPU in milliseconds."""

    worker: float
    database: float


class Lending:
    """Lends one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    known = KNOWN

    def noted(self, sequence: int, moves: int | None) -> None:
        """There is one database."""

    @contextlib.contextmanager
    def use(self) -> Iterator[Connection]:
        yield self.connection


def spent(connection: Connection, work: Callable[[], object]) -> Spent:
    """Do some work, and return what it took here and in the database."""
    before, began = _of_database(connection), time.process_time()
    work()
    return Spent((time.process_time() - began) * 1000, _of_database(connection) - before)


def _of_database(connection: Connection) -> float:
    """Return how long PostgreSQL's process has worked for a connection, to 10 ms; without those that help it."""
    known = Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    return (int(known[11]) + int(known[12])) / os.sysconf("SC_CLK_TCK") * 1000


def fill(connection: Connection, count: int) -> str:
    """Write so many records, and say how long that took."""
    for statement in tables.statements():
        connection.execute(statement.encode())
    projects = map(Project.from_feature, features(count))
    changes = (Revision(n, p.id, 1, "create", "bench", None, TIME, TIME, p) for n, p in enumerate(projects, 1))
    began = time.process_time()
    while several := list(itertools.islice(changes, TOGETHER)):
        with connection.transaction():
            indexing.write(connection, several, lambda: NOBODY)
    connection.execute("VACUUM ANALYZE")
    return f"{count:,} records were written in {time.process_time() - began:.0f} s CPU of this process."


def by_zoom(catalog: PostgisCatalog, connection: Connection, spots: Any, repeated: int) -> Iterator[str]:
    """Yield a line of a table for each zoom."""
    yield "| zoom | ST_AsMVT: worker, database, ms CPU | rows and our library: worker, database, ms CPU | bytes |"
    yield "|---|---|---|---|"
    for zoom in range(NEAR_ZOOM + 1):
        tiles = tiles_of(spots, zoom) * repeated
        sizes = [[len(make(catalog, Query(), tile)) for tile in tiles] for make in (encoded, from_rows)]
        ways = [_mean(catalog, connection, tiles, make) for make in (encoded, from_rows)]
        most = " and ".join(f"{max(each):,}" for each in sizes)
        yield f"| {zoom} | {' | '.join(f'{way.worker:.2f}, {way.database:.2f}' for way in ways)} | {most} |"


def encoded(catalog: PostgisCatalog, query: Query, tile: Tile) -> bytes:
    return catalog.vector_tile(query, tile, BELOW)


def from_rows(catalog: PostgisCatalog, query: Query, tile: Tile) -> bytes:
    return as_mvt(features_of(catalog.tile(query, tile), tile, BELOW.__add__), tile)


def _mean(catalog: PostgisCatalog, connection: Connection, tiles: list[Tile], make: Any) -> Spent:
    each = spent(connection, lambda: [make(catalog, Query(), tile) for tile in tiles])
    return Spent(each.worker / len(tiles), each.database / len(tiles))


def by_filter(catalog: PostgisCatalog, connection: Connection, spots: Any) -> Iterator[str]:
    """Yield a line of a table for each filter, with the fullest tiles of some zooms."""
    yield "| filter | at zoom 0, 3, 6 and 10, ms CPU of the database |"
    yield "|---|---|"
    day = {"as of a day": Query(as_of=dt.date(2023, 6, 30))}
    for name, query in {**{name: Query(filter=each) for name, each in FILTERS.items()}, **day}.items():
        taken = []
        for zoom in (0, 3, 6, 10):
            tile = tiles_of(spots, zoom)[0]
            taken.append(spent(connection, lambda q=query, t=tile: [encoded(catalog, q, t) for _ in range(5)]))
        yield f"| {name} | {', '.join(f'{each.database / 5:.0f}' for each in taken)} |"


def keeping(connection: Connection) -> str:
    """Reckon what is kept anew for one record after the other, as each write does."""
    ids = [each for (each,) in connection.execute("SELECT id FROM catalog_records ORDER BY md5(id) LIMIT %s", [WRITES])]
    taken = []

    def keep() -> None:
        for each in ids:
            began = time.perf_counter()
            with connection.transaction():
                cells.keep(connection, [cells.Shown(*row) for row in cells.shown(connection, [each])])
            taken.append((time.perf_counter() - began) * 1000)

    found = spent(connection, keep)
    kept = connection.execute("SELECT count(*), pg_total_relation_size('catalog_cells') FROM catalog_cells").fetchone()
    assert kept is not None
    here, there = found.worker / WRITES, found.database / WRITES
    return (
        f"{kept[0]:,} clusters are kept, in {kept[1] / 2**20:.1f} MiB. To keep them a write of one record takes "
        f"{here:.1f} ms CPU here and {there:.1f} in the database (median {statistics.median(taken):.1f} ms)."
    )


def measure(connection: Connection, repeated: int) -> None:
    """Print what tiles of the records in a database cost."""
    catalog = PostgisCatalog(Lending(connection), None, NOBODY)  # type: ignore[arg-type]  # asked for tiles only
    asked = "SELECT spot FROM catalog_records WHERE spot IS NOT NULL ORDER BY spot"
    spots = np.array([spot for (spot,) in connection.execute(asked)], dtype=np.int64)
    print(f"{len(spots):,} records have a point.", keeping(connection), sep="\n")
    print(*by_zoom(catalog, connection, spots, repeated), "", *by_filter(catalog, connection, spots), sep="\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--database", help="the address of one with filled tables, in place of records that are made")
    parser.add_argument("--repeated", type=int, default=10, help="how often each tile is made")
    given = parser.parse_args()
    with contextlib.ExitStack() as ending:
        address = given.database or ending.enter_context(throw_away(shared_buffers="512MB")).url()
        connection = ending.enter_context(psycopg.connect(address, autocommit=True, prepare_threshold=None))
        if not given.database:
            print(fill(connection, given.records))
        measure(connection, given.repeated)


if __name__ == "__main__":
    main()
