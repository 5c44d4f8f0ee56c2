"""Figures against peers, in one run: `make bench`. Ratios say more than seconds, which depend on the machine.

The map is compared with a plain Folium map of the same records (CircleMarker and Popup, its scripts from this disk:
only Leaflet and jQuery of the ten files that Folium asks for). Reading is compared with what people write first:
a GeoDataFrame and `to_json`.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import statistics
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import folium
import geopandas
import uvicorn
from chromium import launch
from conftest import ROOT, Server
from made_up import made_up, made_up_features
from playwright.sync_api import sync_playwright
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from api.server import address_of, listen
from geo.curated import load as dataset
from geo.curated.files import read_projects
from geo.editing import Edit
from geo.opening import open_ledger
from geo.records.project import Project

FIRST_DRAWN = """
addEventListener("DOMContentLoaded", () => {
  const look = () => {
    if (document.querySelector(SELECTOR)) window.firstDrawn = performance.now();
    else requestAnimationFrame(look);
  };
  look();
});
"""
LOADS = 5


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
    began = time.perf_counter()
    page = plain_folium(projects)
    print(f"  plain Folium needs {time.perf_counter() - began:.2f} s to make its page; ours is made once")
    with serving(peer(page, projects)) as peer_url:
        compare_maps(server.url, peer_url)
        compare_items(server.url, peer_url)
    server.stop()


def plain_folium(projects: list[Project]) -> bytes:
    """Return the page of a plain Folium map with a popup for each record that has a point."""
    plain = folium.Map(location=(-20, -64), zoom_start=4, tiles=None)
    plain.default_js = [("leaflet", "/vendor/leaflet/leaflet.js"), ("jquery", "/jquery/jquery.min.js")]
    plain.default_css = [("leaflet_css", "/vendor/leaflet/leaflet.css")]
    for project in projects:
        if project.geometry is None or project.geometry["type"] != "Point":
            continue
        longitude, latitude = project.geometry["coordinates"]
        stated = project.properties
        history = "".join(f"<li>{e.date} {e.summary}</li>" for e in stated.events)
        sources = "".join(f'<li><a href="{s.url}">{s.title}</a></li>' for s in stated.sources)
        html = f"<h3>{stated.name}</h3><p>{stated.summary or ''}</p><ul>{history}</ul><ol>{sources}</ol>"
        folium.CircleMarker((latitude, longitude), radius=5, popup=folium.Popup(html, max_width=300)).add_to(plain)
    return bytes(plain.get_root().render(), "utf-8")


def peer(page: bytes, projects: list[Project]) -> Starlette:
    """Return what people write first: the Folium page, and GeoJSON straight from a GeoDataFrame."""
    features = [{**p.to_feature(), "properties": {**p.stated(), **p.derived(), "id": p.id}} for p in projects]
    frame = geopandas.GeoDataFrame.from_features(features, crs=4326)

    def items(request: Any) -> Response:
        return Response(frame.head(int(request.query_params["limit"])).to_json(), media_type="application/geo+json")

    return Starlette(
        routes=[
            Route("/", lambda _: Response(page, media_type="text/html")),
            Route("/items", items),
            Mount("/vendor", StaticFiles(directory=ROOT / "web" / "static" / "vendor")),
            Mount("/jquery", StaticFiles(directory=ROOT / "node_modules" / "jquery" / "dist")),
        ],
        middleware=[Middleware(GZipMiddleware)],
    )


@contextlib.contextmanager
def serving(app: Starlette) -> Iterator[str]:
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield address_of(listener)
    server.should_exit = True
    thread.join()


def compare_maps(ours: str, theirs: str) -> None:
    """Print page weight as sent, and the time to the first drawn record, middle of several loads in new browsers."""
    our_bytes, our_seconds = load_page(f"{ours}/", "#project-canvas[data-draw-ms]")
    their_bytes, their_seconds = load_page(f"{theirs}/", "path.leaflet-interactive")
    row("page weight, kB as sent", our_bytes / 1e3, their_bytes / 1e3)
    row("first drawn record, s", our_seconds, their_seconds)


def load_page(url: str, drawn: str) -> tuple[int, float]:
    weights, times = [], []
    with sync_playwright() as playwright:
        for _ in range(LOADS):
            browser = launch(playwright)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(FIRST_DRAWN.replace("SELECTOR", json.dumps(drawn)))
            sent: list[int] = []
            session = page.context.new_cdp_session(page)
            session.send("Network.enable")
            session.on("Network.loadingFinished", lambda event, sent=sent: sent.append(event["encodedDataLength"]))
            page.goto(url)
            page.locator(drawn).first.wait_for(state="attached", timeout=120_000)
            page.wait_for_timeout(500)
            times.append(page.evaluate("window.firstDrawn") / 1e3)
            weights.append(int(sum(sent)))
            browser.close()
    return int(statistics.median(weights)), statistics.median(times)


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
