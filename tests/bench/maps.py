"""The map against what anyone gets from Folium and geopandas in a few lines, in one run: `make bench-map`.

The same records at several sizes, each page in a new browser, several visits in turn, medians. Scripts come from this
disk for all: of the ten files that a Folium page asks for, those that it uses. A peer that has no filter and no date
is left out where these are measured. Nothing here passes or fails: on a busy machine the figures say little.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import folium
import geopandas
import pandas as pd
import shapely
from bench.peers import serving
from chromium import launch
from conftest import ROOT, Server
from folium.plugins import FastMarkerCluster, MarkerCluster
from made_up import made_up_features
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from geo.curated import load as dataset
from geo.curated.files import read_projects
from geo.opening import open_ledger
from geo.records.project import Project

SIZES = (736, 10_000, 100_000)
MOST_MARKERS = 10_000  # an element each: more of them do not open in any patience
CANVAS, MARKER = "canvas.leaflet-zoom-animated", ".leaflet-marker-icon"
OURS, SYMBOLS = "#first-canvas", "#project-canvas[data-draw-ms]"  # our first picture has points, the next symbols

WATCH = """
window.tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration))).observe({type: "longtask"});
// What is in the page before a frame is on the screen with the frame after it.
const watch = (selector, name) => {
  const look = () => {
    if (!document.querySelector(selector)) requestAnimationFrame(look);
    else requestAnimationFrame(() => requestAnimationFrame(() => (window[name] = performance.now())));
  };
  look();
};
addEventListener("DOMContentLoaded", () => {
  watch(FIRST, "firstDrawn");
  watch(WHOLE, "wholeDrawn");
});
"""
# From an act to the picture that follows it: what is drawn in the next frame is on the screen in the one after.
ACTED = """async (act) => {
  const frame = () => new Promise(requestAnimationFrame);
  const began = performance.now();
  ACTS[act]();
  await frame();
  await frame();
  return performance.now() - began;
}"""
ACTS = """window.ACTS = {
  filter: () => document.querySelectorAll("#groups .facet-group [role=checkbox]")[1].click(),
  date: () => {
    const input = document.querySelector("#month");
    input.value = String(Number(input.value) - 7);
    input.dispatchEvent(new Event("input"));
  },
};"""
FRAMES = """() => {
  window.frames_ = [];
  let last = performance.now();
  const step = (now) => { frames_.push(now - last); last = now; window.watching && requestAnimationFrame(step); };
  window.watching = true;
  window.tasks.length = 0;
  requestAnimationFrame(step);
}"""


class Seen(NamedTuple):
    """What one visit measured: seconds, milliseconds, MB and kB; None where the page cannot do it."""

    first_s: float
    whole_s: float
    filter_ms: float | None
    date_ms: float | None
    pan_p95_ms: float
    pan_task_ms: float
    heap_mb: float
    sent_kb: float


class PatientServer(Server):
    """A server that may take its time to read many records before it answers."""

    SECONDS = 600


Peers = dict[str, tuple[Callable[[geopandas.GeoDataFrame], folium.Map], str]]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options.add_argument("--visits", type=int, default=5)
    given = options.parse_args()
    for size in given.sizes:
        folder = Path(tempfile.mkdtemp())
        try:
            measure(folder, size, given.visits)
        finally:
            shutil.rmtree(folder)


def records(size: int) -> list[Project]:
    """Return so many records: of the dataset as far as it goes, made-up ones beyond."""
    known = list(read_projects(ROOT / "data" / "projects"))
    made_up = (Project.from_feature(feature) for feature in made_up_features(max(0, size - len(known))))
    return [*known, *made_up][:size]


def measure(folder: Path, size: int, visits: int) -> None:
    """Serve records as we do and as the peers do, visit each in turn, and print the medians."""
    projects = records(size)
    store = open_ledger(folder / "ledger.gpkg").store
    dataset.load(store, dataset.Given(projects))
    store.close()
    server = PatientServer(folder / "ledger.gpkg")
    frame = points(projects)
    peers = {name: peer for name, peer in PEERS.items() if size <= MOST_MARKERS or peer[1] != MARKER}
    pages = {name: page_of(make(frame)) for name, (make, _) in peers.items()}
    seen: dict[str, list[Seen]] = {name: [] for name in ("Lithium Ledger", *peers)}
    with serving(application(pages)) as address, sync_playwright() as playwright:
        for number in range(visits + 1):  # the first visit fills what servers keep
            found = {"Lithium Ledger": visit(launch(playwright), f"{server.url}/", (OURS, SYMBOLS), can_act=True)}
            for name, (_, drawn) in peers.items():
                found[name] = visit(launch(playwright), f"{address}/{slug(name)}", (drawn, drawn))
            for name, each in found.items():
                seen[name] += [each] if number else []
    server.stop()
    show(size, seen)


def points(projects: list[Project]) -> geopandas.GeoDataFrame:
    """Return the records that have a place as a frame of points with what a popup would say."""
    placed = [p for p in projects if p.geometry is not None and p.properties.location_accuracy != "country"]
    shapes = [shapely.point_on_surface(shapely.geometry.shape(p.geometry)) for p in placed]
    told = pd.DataFrame({"name": [p.properties.name for p in placed], "kind": [p.properties.kind for p in placed]})
    return geopandas.GeoDataFrame(told, geometry=shapes, crs=4326)


def plain(canvas: bool = False) -> folium.Map:
    return folium.Map(location=(20, 10), zoom_start=2, tiles=None, prefer_canvas=canvas, maxZoom=18)


def markers(frame: geopandas.GeoDataFrame) -> folium.Map:
    shown = plain()
    for row in frame.itertuples():
        popup = folium.Popup(row.name, parse_html=True)
        folium.Marker((row.geometry.y, row.geometry.x), popup=popup, icon=folium.DivIcon()).add_to(shown)
    return shown


def circles(frame: geopandas.GeoDataFrame) -> folium.Map:
    shown = plain(canvas=True)
    for row in frame.itertuples():
        folium.CircleMarker((row.geometry.y, row.geometry.x), radius=5).add_to(shown)
    return shown


def clusters(frame: geopandas.GeoDataFrame) -> folium.Map:
    shown = plain()
    cluster = MarkerCluster(options={"chunkedLoading": True}).add_to(shown)
    for row in frame.itertuples():
        folium.Marker((row.geometry.y, row.geometry.x), icon=folium.DivIcon()).add_to(cluster)
    return shown


def fast_clusters(frame: geopandas.GeoDataFrame) -> folium.Map:
    shown = plain()
    places = [[y, x] for x, y in shapely.get_coordinates(frame.geometry)]
    callback = "function (row) { return L.marker(new L.LatLng(row[0], row[1]), {icon: L.divIcon()}); }"
    FastMarkerCluster(places, callback=callback).add_to(shown)
    return shown


def geojson(frame: geopandas.GeoDataFrame) -> folium.Map:
    shown = plain(canvas=True)
    folium.GeoJson(frame, marker=folium.CircleMarker(radius=5)).add_to(shown)
    return shown


def explore(frame: geopandas.GeoDataFrame) -> folium.Map:
    shown: folium.Map = frame.explore(tiles=None, tooltip=["name"], prefer_canvas=True)
    return shown


PEERS: Peers = {
    "Folium Marker and popup": (markers, MARKER),
    "Folium CircleMarker, canvas": (circles, CANVAS),
    "Folium MarkerCluster": (clusters, MARKER),
    "Folium FastMarkerCluster": (fast_clusters, MARKER),
    "Folium GeoJson, canvas": (geojson, CANVAS),
    "geopandas explore": (explore, CANVAS),
}


def page_of(shown: folium.Map) -> bytes:
    """Return the page with the scripts that it uses, from this disk."""
    shown.default_js = [("leaflet", "/vendor/leaflet/leaflet.js"), ("jquery", "/jquery/jquery.min.js")]
    shown.default_css = [("leaflet_css", "/vendor/leaflet/leaflet.css")]
    for child in shown._children.values():
        if isinstance(child, MarkerCluster):
            child.default_js = [("markercluster", "/cluster/leaflet.markercluster.js")]
            child.default_css = [("markercluster_css", "/cluster/MarkerCluster.Default.css")]
    return bytes(shown.get_root().render(), "utf-8")


def application(pages: dict[str, bytes]) -> Starlette:
    """Return an application that serves these pages and their scripts, compressed."""
    routes = [Route(f"/{slug(name)}", answering(page)) for name, page in pages.items()]
    folders = {
        "/vendor": ROOT / "web" / "static" / "vendor",
        "/jquery": ROOT / "node_modules" / "jquery" / "dist",
        "/cluster": ROOT / "node_modules" / "leaflet.markercluster" / "dist",
    }
    mounts = [Mount(path, StaticFiles(directory=folder)) for path, folder in folders.items()]
    return Starlette(routes=[*routes, *mounts], middleware=[Middleware(GZipMiddleware)])


def answering(page: bytes) -> Callable[[Any], Response]:
    return lambda _: Response(page, media_type="text/html")


def slug(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalpha())


def visit(browser: Browser, url: str, drawn: tuple[str, str], can_act: bool = False) -> Seen:
    """Open a page, wait for its records, use it as a reader would, and close the browser.

    What is `drawn` says by which element its first and its whole picture are known.
    """
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(120_000)
    page.add_init_script(WATCH.replace("FIRST", repr(drawn[0])).replace("WHOLE", repr(drawn[1])))
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sent: list[float] = []
    session.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    page.goto(url)
    page.wait_for_function("() => window.firstDrawn && window.wholeDrawn")
    if can_act:
        page.wait_for_selector("body[data-ready]")
    page.wait_for_timeout(1_000)
    kilobytes = sum(sent) / 1e3
    acts = acted(page) if can_act else (None, None)
    pan, task = panned(page)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    first, whole = (float(moment) / 1e3 for moment in page.evaluate("[window.firstDrawn, window.wholeDrawn]"))
    browser.close()
    return Seen(first, whole, *acts, pan, task, heap, kilobytes)


def acted(page: Page) -> tuple[float, float]:
    """Return the milliseconds from a filter's click, and from a step of the date, to the picture that follows."""
    page.evaluate(ACTS)
    clicks = [float(page.evaluate(ACTED, "filter")) for _ in range(4)]
    steps = [float(page.evaluate(ACTED, "date")) for _ in range(4)]
    page.evaluate("document.querySelector('#time-now').click()")
    page.wait_for_timeout(300)
    return statistics.median(clicks), statistics.median(steps)


def panned(page: Page) -> tuple[float, float]:
    """Drag the map about; return the frame that 95 of 100 stay below and the longest task, in milliseconds."""
    page.mouse.move(900, 450)
    page.mouse.down()
    page.evaluate(FRAMES)
    for step in range(40):
        page.mouse.move(900 - 9 * step, 450 + 3 * step)
        page.wait_for_timeout(12)
    page.mouse.up()
    page.wait_for_timeout(200)
    page.evaluate("window.watching = false")
    frames = sorted(page.evaluate("frames_"))
    return float(frames[int(0.95 * (len(frames) - 1))]), float(max(page.evaluate("tasks"), default=0.0))


def show(size: int, seen: dict[str, list[Seen]]) -> None:
    """Print the medians, and how many times as long as we each peer takes to its first picture."""
    medians = {name: [middle(column) for column in zip(*visits, strict=True)] for name, visits in seen.items()}
    ours = medians["Lithium Ledger"][0]
    print(
        f"\n{size:,} records"
        + ("" if size <= MOST_MARKERS else f"; an element a record is left out above {MOST_MARKERS:,}")
    )
    times = ("first drawn s", "times ours", "whole s", "filter ms", "date ms", "pan p95 ms", "pan task ms")
    head = (*times, "heap MB", "sent kB")
    print(f"{'':30}" + "".join(f"{title:>15}" for title in head))
    for name, (first, whole, *others) in medians.items():
        cells = [first, None if first is None or ours is None else first / ours, whole, *others]
        print(f"{name:30}" + "".join(f"{'-' if cell is None else f'{cell:,.2f}':>15}" for cell in cells))


def middle(values: tuple[float | None, ...]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


if __name__ == "__main__":
    main()
