"""Measures tiles of the map inside one process: `python -m bench.tiles --records 1000000`, or `--store` a filled one.

Without a store, so many records are the real ones again and again, with points moved as `bench.generate` moves them:
as arrays, since to load a million takes a quarter of an hour and tiles ask nothing else of them. Of each zoom a few
tiles are made, those with most records first and then some others, each once: nothing that was made before is answered
again. CPU is that of this process, for a tile with its bytes as a vector tile.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from bench.generate import PROJECTS, SPREAD

from geo.catalog import Catalog
from geo.curated import load as dataset
from geo.curated.files import read_files
from geo.filter import And, Box, Compare, Expression, In, Intersects, Words
from geo.ground.tiles import Tile
from geo.memory import tiled
from geo.memory.catalog import MemoryCatalog
from geo.memory.changes import Layer, State
from geo.memory.merging import Merging, Source
from geo.memory.table import Table
from geo.opening import Ledger, open_ledger
from geo.query import Query
from geo.tiles.content import NEAR_ZOOM
from geo.tiles.grid import at_level, tile_of

EACH = 8  # tiles of a zoom: half of them those with most records
FILTERS: dict[str, Expression] = {
    "one country": In("country", frozenset(["CN"])),
    "one stage": Compare("status", "=", "operating"),
    "one segment and a box": And((Compare("segment", "=", "extraction"), Intersects(Box(-80, -56, -34, 13)))),
    "a word": Words("lithium"),
    "a number": Compare("capacity", ">", 10_000),
}


class Made(NamedTuple):
    """How long a tile took, CPU in milliseconds, and what came of it."""

    milliseconds: float
    size: int


def make(catalog: Catalog, query: Query, tile: Tile) -> Made:
    """Make a tile as a server does that keeps none."""
    began = time.process_time()
    encoded = catalog.vector_tile(query, tile, "/projects/")
    return Made((time.process_time() - began) * 1000, len(encoded))


def tiles_of(codes: Any, zoom: int) -> Sequence[Tile]:
    """Return the tiles of a zoom that are measured."""
    squares, counts = np.unique(at_level(codes, zoom), return_counts=True)
    order = np.argsort(-counts)
    most, others = order[: EACH // 2], order[EACH // 2 :]
    step = max(1, len(others) // (EACH // 2))
    return [tile_of(zoom, int(squares[at])) for at in [*most, *others[::step][: EACH // 2]]]


def by_zoom(catalog: Catalog, codes: Any, query: Query) -> Iterator[str]:
    """Yield a line of a table for each zoom."""
    yield "| zoom | tiles | median, ms CPU | most, ms CPU | most, bytes |"
    yield "|---|---|---|---|---|"
    for zoom in range(NEAR_ZOOM + 1):
        made = [make(catalog, query, tile) for tile in tiles_of(codes, zoom)]
        spent = [each.milliseconds for each in made]
        most = max(each.size for each in made)
        yield f"| {zoom} | {len(made)} | {statistics.median(spent):.1f} | {max(spent):.1f} | {most:,} |"


def by_filter(catalog: Catalog, codes: Any) -> Iterator[str]:
    """Yield a line of a table for each filter: the first tile of it, and those that follow."""
    yield "| filter | first tile, ms CPU | then at zoom 0, 3, 6 and 10, ms CPU |"
    yield "|---|---|---|"
    day = {"as of a day": Query(as_of=dt.date(2023, 6, 30))}
    for name, query in {**{name: Query(filter=each) for name, each in FILTERS.items()}, **day}.items():
        first = make(catalog, query, Tile(0, 0, 0))
        then = [make(catalog, query, tiles_of(codes, zoom)[0]).milliseconds for zoom in (0, 3, 6, 10)]
        yield f"| {name} | {first.milliseconds:.1f} | {', '.join(f'{each:.1f}' for each in then)} |"


def cloned(table: Table, count: int, seed: int = 1) -> Table:
    """Return so many records: those of a table that have a point again and again, each moved a little."""
    chance = np.random.default_rng(seed)
    rows = np.resize(np.flatnonzero(~np.isnan(table.block.plain("x"))), count)
    arrays = Merging([Source(table.block, rows)]).arrays()
    for name, drawn, edge in (("x", "lon", 180), ("y", "lat", 90)):
        moved = np.clip(arrays[name] + chance.normal(0, SPREAD, count), -edge, edge)
        arrays[name] = arrays[drawn] = np.round(moved, 5)
    return Table(arrays)


def prepared(table: Table) -> str:
    """Make what tiles need of all records, and say how long that takes and how much memory it keeps."""
    began = time.process_time()
    tiled.prepare(table)
    spent = time.process_time() - began
    kept = sum(array.nbytes for name, array in table.block.arrays.items() if name.startswith("tiles."))
    return f"{len(table):,} records: made ready for tiles in {spent:.2f} s CPU, {kept / 2**20:.1f} MiB are kept."


def filled(store: Path) -> Ledger:
    """Return a ledger of the store that is there, or of the dataset in a new one."""
    ledger = open_ledger(store)
    if not ledger.store.latest_sequence():
        dataset.load(ledger.store, dataset.Given(list(read_files(sorted(PROJECTS.glob("*.geojson"))))))
    return ledger


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--store", type=Path, help="a filled store, in place of records that are made")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-tiles-") as folder:
        ledger = filled(given.store or Path(folder) / "ledger.gpkg")
        with contextlib.closing(ledger.store):
            catalog = ledger.catalog
            assert isinstance(catalog, MemoryCatalog)
            table = catalog._fresh().layers[0].table
            make(catalog, Query(), Tile(0, 0, 0))  # modules and outlines that are loaded once
            if not given.store:
                table = cloned(table, given.records)
                table.prepare()  # as the ready file has it
                catalog = catalog._still(State(1, (Layer.of(table),), {}, {}, {}, 1))
            told = prepared(table)
            codes = tiled.ordered(table).codes
            print(told, *by_zoom(catalog, codes, Query()), "", *by_filter(catalog, codes), sep="\n")


if __name__ == "__main__":
    main()
