"""Figures against peers, in one run: `make bench`. Ratios say more than seconds, which depend on the machine.

Reading is compared with what people write first: a GeoDataFrame and `to_json`. `maps.py` measures the map.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
from conftest import ROOT, Server
from made_up import made_up, made_up_features
from peers import serving
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Route

from geo.curated import load as dataset
from geo.curated.files import read_projects
from geo.editing import Edit
from geo.opening import open_ledger
from geo.records.project import Project


def main() -> None:
    """Measure and print."""
    folder = Path(tempfile.mkdtemp())
    try:
        for projects in (list(read_projects(ROOT / "data" / "projects")), many(10_000)):
            measure(folder / f"{len(projects)}.gpkg", projects)
        durable_writes(folder / "writes.gpkg")
    finally:
        shutil.rmtree(folder)


def many(count: int) -> list[Project]:
    return [Project.from_feature(feature) for feature in made_up_features(count)]


def measure(file: Path, projects: list[Project]) -> None:
    """Fill a store, serve it beside the peer, and compare."""
    store = open_ledger(file).store
    dataset.load(store, dataset.Given(projects))
    store.close()
    print(f"\n{len(projects):,} records")
    began = time.perf_counter()
    server = Server(file)
    print(f"  start-up until the first answer: {time.perf_counter() - began:.2f} s")
    with serving(peer(projects)) as peer_url:
        compare_items(server.url, peer_url)
    server.stop()


def peer(projects: list[Project]) -> Starlette:
    """Return what people write first: GeoJSON straight from a GeoDataFrame."""
    features = [{**p.to_feature(), "properties": {**p.stated(), **p.derived(), "id": p.id}} for p in projects]
    frame = geopandas.GeoDataFrame.from_features(features, crs=4326)

    def items(request: Any) -> Response:
        return Response(frame.head(int(request.query_params["limit"])).to_json(), media_type="application/geo+json")

    return Starlette(
        routes=[Route("/items", items)],
        middleware=[Middleware(GZipMiddleware)],
    )


def compare_items(ours: str, theirs: str) -> None:
    """Print requests a second for a thousand records, from two clients that keep asking."""
    ours_rate = rate(f"{ours}/api/collections/projects/items?limit=1000")
    row("items?limit=1000, requests/s", ours_rate, rate(f"{theirs}/items?limit=1000"))


def rate(url: str, seconds: float = 4.0) -> float:
    counts: list[int] = []
    threads = [threading.Thread(target=_ask, args=(url, seconds, counts)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def _ask(url: str, seconds: float, counts: list[int]) -> None:
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        with urllib.request.urlopen(url) as answer:
            answer.read()
        count += 1
    counts.append(count)


def durable_writes(file: Path) -> None:
    """Print records written a second, each in a transaction of its own that is on disk before the next begins."""
    store = open_ledger(file).store
    projects = [made_up(f"bo-plant-{number}") for number in range(500)]
    seconds = timed(lambda: [store.write([Edit(p.id, p, None, "benchmark")]) for p in projects])
    store.close()
    raw = timed(lambda: _append_and_sync(file.with_suffix(".log"), 500))
    row("durable writes, /s (peer: append a line and fsync)", 500 / seconds, 500 / raw)


def _append_and_sync(file: Path, count: int) -> None:
    import os

    with file.open("ab") as log:
        for _ in range(count):
            log.write(b"x" * 1000 + b"\n")
            log.flush()
            os.fsync(log.fileno())


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def row(what: str, ours: float, theirs: float) -> None:
    print(f"  {what}: {ours:,.2f} against {theirs:,.2f}, ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
