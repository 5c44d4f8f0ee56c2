"""Measures tiles of the map inside one process: `python -m bench.tiles --records 1000000`, or `--store` a filled one.

Of each zoom a few tiles are made, those with most records first and then some others, each once: nothing that was made
before is answered again. CPU is that of this process, for a tile with its bytes as a vector tile.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from bench.ground import make_ground

from geo.catalog import Catalog
from geo.filter import And, Box, Compare, Expression, In, Intersects, Words
from geo.ground.tiles import Tile
from geo.memory import tiled
from geo.memory.catalog import MemoryCatalog
from geo.opening import open_ledger
from geo.query import Query
from geo.tiles.content import NEAR_ZOOM
from geo.tiles.encoding import as_mvt
from geo.tiles.features import features_of
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
    encoded = as_mvt(features_of(catalog.tile(query, tile), tile, lambda project_id: f"/projects/{project_id}"), tile)
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
    day = {"as of a day": Query(as_of=_a_day())}
    for name, query in {**{name: Query(filter=each) for name, each in FILTERS.items()}, **day}.items():
        first = make(catalog, query, Tile(0, 0, 0))
        then = [make(catalog, query, tiles_of(codes, zoom)[0]).milliseconds for zoom in (0, 3, 6, 10)]
        yield f"| {name} | {first.milliseconds:.1f} | {', '.join(f'{each:.1f}' for each in then)} |"


def _a_day() -> Any:
    import datetime as dt

    return dt.date(2023, 6, 30)


def _kept(catalog: MemoryCatalog) -> str:
    """Say how much memory what tiles need takes."""
    table = catalog._fresh().layers[0].table
    arrays = {name: array.nbytes for name, array in table.block.arrays.items() if name.startswith("tiles.")}
    return f"Kept for tiles of all {len(table):,} records: {sum(arrays.values()) / 2**20:.1f} MiB in the ready file."


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--store", type=Path, help="a filled store, in place of one that is made")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        store = given.store or make_ground(Path(folder) / "ground", given.records).store
        ledger = open_ledger(store)
        catalog = ledger.catalog
        assert isinstance(catalog, MemoryCatalog)
        table = catalog._fresh().layers[0].table
        make(catalog, Query(), Tile(0, 0, 0))  # modules and outlines that are loaded once
        codes = tiled.ordered(table).codes
        print(_kept(catalog), *by_zoom(catalog, codes, Query()), "", *by_filter(catalog, codes), sep="\n")
        ledger.store.close()


if __name__ == "__main__":
    main()
