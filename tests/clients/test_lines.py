"""Each line of the page on clients does what the page says, typed as it stands there, in the program that it is for."""

import base64
import gzip
import io
import json
import os
import re
import subprocess
import urllib.request
from html import unescape

import mapbox_vector_tile
import openpyxl
import pyogrio
import pytest
from chromium import ARGUMENTS
from clients.conftest import MODULES, SYSTEM_PYTHON
from conftest import wait_for
from needs import chromium
from playwright.sync_api import expect
from pmtiles.reader import MmapSource, Reader
from shapely.geometry import box, shape
from visits import Visit

from web.clients import clients

pytestmark = pytest.mark.slow

HEAVY = {"qgis", "Rscript", "soffice", "maplibre-gl"}
LINES = {line.id: line for client in clients("https://any.example") for line in client.lines}
# QGIS's console has these; a program of one's own brings them.
CONSOLE = """
import sys
from qgis.core import QgsApplication, QgsProject, QgsVectorLayer
QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
{line}
for layer in QgsProject.instance().mapLayers().values():
    found = sum(each.hasGeometry() for each in layer.getFeatures())
    print(layer.name(), found, layer.fields().field("capacity_gwh_per_year").typeName())
QgsProject.instance().clear()
application.exitQgis()
"""


@pytest.fixture(scope="session")
def page(world):
    with urllib.request.urlopen(f"{world.url}/api/clients") as answer:
        html = answer.read().decode()
    return {name: unescape(text) for name, text in re.findall(r'<code id="(\w+)">([^<]*)</code>', html)}


def of_country(records, *countries):
    return {name for name, record in records.items() if record["properties"]["country"] in countries}


def run(command, tmp_path, **settings):
    """Run a program in a folder of its own, without a screen; its words where it fails."""
    home = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | home | settings, capture_output=True, text=True)
    assert 0 == done.returncode, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def typed(line, text, tmp_path, **settings):
    match line.runs:
        case "sh":
            return run(["bash", "-euo", "pipefail", "-c", text], tmp_path, **settings)
        case "r":
            return run(["Rscript", "-e", text], tmp_path)
        case "qgis":
            return run([SYSTEM_PYTHON, "-c", CONSOLE.replace("{line}", text)], tmp_path)
    raise AssertionError(line.runs)


def typed_in_python(text, tmp_path, monkeypatch, capsys):
    """In this process: to start Python, and to import geopandas, takes longer than all else."""
    monkeypatch.chdir(tmp_path)
    exec(compile(text, "line", "exec"), {})
    return capsys.readouterr().out


def ids_in(file, **options):
    return set(pyogrio.read_dataframe(file, columns=["id"], **options).id)


def curl_records(records, out, folder):
    rows = [line.split("\t") for line in out.splitlines()]
    assert rows == [
        [name, records[name]["properties"]["kind"], records[name]["properties"]["status"]]
        for name in sorted(of_country(records, "BO"))
    ]
    return len(rows)


def curl_file(records, out, folder):
    found = ids_in(folder / "bolivia.csv")
    assert of_country(records, "BO") == found
    return len(found)


def curl_filter(records, out, folder):
    names = out.splitlines()
    told = {each["properties"]["name"]: each["properties"] for each in records.values()}
    assert names
    for name in names:
        assert told[name]["capacity_lce_t_per_year"] > 20_000
        assert "lith" in told[name]["operator"].casefold()
    return len(names)


def gdal_look(records, out, folder):
    assert f"Feature Count: {len(records)}" in out
    assert "Geometry: Unknown (any)" in out
    assert "capacity_gwh_per_year: Real" in out
    return len(records)


def gdal_file(name):
    def check(records, out, folder):
        info = pyogrio.read_info(folder / name)
        assert (len(records), "Unknown") == (info["features"], info["geometry_type"])
        assert set(records) == ids_in(folder / name)
        return len(records)

    return check


def gdal_shapefile(records, out, folder):
    points = {name for name, record in records.items() if record["geometry"]["type"] == "Point"}
    found = pyogrio.read_dataframe(folder / "points.shp")
    assert points == set(found.id)
    assert {records[name]["properties"]["name"] for name in points} == set(found.name)
    return len(points)


def gdal_filter(records, out, folder):
    found = {feature["properties"]["id"] for feature in json.loads((folder / "large.geojson").read_text())["features"]}
    large = {name for name, each in records.items() if (each["properties"]["capacity_lce_t_per_year"] or 0) > 20_000}
    west, south, east, north = -75, -40, -30, 10
    assert found == {
        name for name in large if shape(records[name]["geometry"]).intersects(box(west, south, east, north))
    }
    assert found
    return len(found)


def geopandas_read(records, out, folder):
    assert sum(int(count) for count in re.findall(r"\w +(\d+)$", out, re.MULTILINE)) == len(records)
    return len(records)


def geopandas_file(records, out, folder):
    assert len(records) == int(out)
    return int(out)


def pyogrio_read(records, out, folder):
    for name in of_country(records, "BO"):
        assert name in out
    return len(out.splitlines()) - 1


def qgis_console(records, out, folder):
    points = sum(record["geometry"]["type"] == "Point" for record in records.values())
    assert {f"Point {points} Real", f"Polygon {len(records) - points} Real"} == {*out.splitlines()}
    return len(records)


def r_read(records, out, folder):
    assert f"{len(records)} features" in out
    counted = [line.split() for line in out.splitlines() if re.fullmatch(r"[ \d]+", line) and line.strip()]
    assert len(records) == sum(int(count) for line in counted for count in line)
    return len(records)


def duckdb_query(records, out, folder):
    sums = {}
    for record in records.values():
        country, gwh = record["properties"]["country"], record["properties"]["capacity_gwh_per_year"]
        if gwh is not None:
            sums[country] = sums.get(country, 0) + gwh
    largest = sorted(sums.items(), key=lambda each: -each[1])[:5]
    found = re.findall(r"│ (\w\w) +│ +([\d.]+) +│", out)
    assert [(country, round(gwh)) for country, gwh in largest] == [(c, round(float(g))) for c, g in found]
    return len(found)


def owslib_read(records, out, folder):
    assert 5 < int(out) < len(records)
    return int(out)


def pmtiles_read(records, out, folder):
    with (folder / "projects.pmtiles").open("rb") as file:
        reader = Reader(MmapSource(file))
        assert int(out) == reader.header()["tile_entries_count"] > len(records)
        world = mapbox_vector_tile.decode(gzip.decompress(reader.get(0, 0, 0)))
    counted = [each["properties"]["point_count"] for each in world["clusters"]["features"]]
    assert 0 < sum(counted) <= len(records)
    return len(records)


def spreadsheet_convert(records, out, folder):
    import geopandas

    converted = geopandas.read_file(folder / "projects.ods", layer="Projects", engine="pyogrio")
    assert len(records) == len(converted)
    return len(converted)


CHECKS = {
    **{
        check.__name__: check
        for check in (
            curl_records,
            curl_filter, curl_file, gdal_look, gdal_shapefile, gdal_filter, geopandas_read,
            geopandas_file, pyogrio_read,
            qgis_console, r_read, duckdb_query, owslib_read,
            pmtiles_read, spreadsheet_convert,
        )
    },
    "gdal_geopackage": gdal_file("projects.gpkg"),
    "gdal_flatgeobuf": gdal_file("projects.fgb"),
}  # fmt: skip
ADDRESSES = [name for name, line in LINES.items() if line.runs == "address"]
ON_PAGES = [name for name, line in LINES.items() if line.runs == "html"]


def marked(names):
    return [pytest.param(name, marks=[pytest.mark.heavy] if HEAVY & {*LINES[name].needs} else []) for name in names]


def test_every_line_is_on_the_page_and_is_tried(page, world):
    assert {*LINES} == {*page} == {*CHECKS, *ADDRESSES, *ON_PAGES, "owslib_change"}
    assert all(world.url in text for text in page.values())
    assert not any("ledger.example" in text for text in page.values())


@pytest.mark.parametrize("name", marked(CHECKS))
def test_a_line_does_what_the_page_says(name, page, records, told, tmp_path, monkeypatch, capsys):
    line = LINES[name]
    told.need(*line.needs, did=name)
    if line.runs == "python":
        out = typed_in_python(page[name], tmp_path, monkeypatch, capsys)
    else:
        out = typed(line, page[name], tmp_path)
    found = CHECKS[name](records, out, tmp_path)
    told.done(line.needs[-1], name, f"{found} records")


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_is_there(name, page):
    with urllib.request.urlopen(page[name]) as answer:
        content = answer.read()
    if name == "spreadsheet_address":
        assert "Projects" in openpyxl.load_workbook(io.BytesIO(content), read_only=True).sheetnames
    else:
        assert "links" in json.loads(content)


def test_owslib_changes_a_record(page, editable, told, tmp_path, monkeypatch, capsys, world):
    """On a store of its own, since it changes a record: the address is this server's."""
    monkeypatch.setenv("KEY", editable.key)
    typed_in_python(page["owslib_change"].replace(world.url, editable.url), tmp_path, monkeypatch, capsys)
    record = f"{editable.url}/api/collections/projects/items/bo-rosatom-battery-factory"
    with urllib.request.urlopen(record) as answer:
        assert ["Rosatom's battery factory"] == json.load(answer)["properties"]["other_names"]
    told.done("owslib", "owslib_change", "1 record")


def lay_out(page, text, elsewhere):
    """Lay a page of somebody's on another origin, and let unpkg.com's addresses lead to the same files of npm's."""
    folder, address = elsewhere
    (folder / "index.html").write_text(text, encoding="utf-8")

    def give(route):
        package, path = re.fullmatch(r"https://unpkg\.com/([\w-]+)@[\d.]+/([^?]*).*", route.request.url).groups()
        route.fulfill(path=MODULES[package] / package / path, headers={"Access-Control-Allow-Origin": "*"})

    page.route("https://unpkg.com/**", give)
    page.goto(address)


@pytest.mark.browser
def test_leaflet_shows_every_record_on_another_origin(page, visit, elsewhere, records, told):
    told.need("leaflet", did="leaflet_page")
    visited = visit()
    lay_out(visited.page, page["leaflet_page"], elsewhere)
    drawn = visited.page.locator("path.leaflet-interactive")
    expect(drawn).to_have_count(len(records))
    drawn.first.dispatch_event("mouseover")
    expect(visited.page.locator(".leaflet-tooltip")).to_have_text(re.compile(r"\w"))
    assert not visited.faults
    told.done("leaflet", "leaflet_page", f"{len(records)} records drawn")


COUNT_PIXELS = """async ([picture, red, green, blue]) => {
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
  const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    found += data[at] === red && data[at + 1] === green && data[at + 2] === blue;
  }
  return found;
}"""


@pytest.fixture
def drawing_browser(browser):
    """Chromium that draws by WebGL, without a graphics card."""
    arguments = [*ARGUMENTS, "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    started = browser.browser_type.launch(executable_path=chromium(), args=arguments)
    yield started
    started.close()


@pytest.mark.heavy
@pytest.mark.parametrize("name", ["maplibre_page", "maplibre_tiles"])
def test_maplibre_draws_records_on_another_origin(name, page, world, drawing_browser, elsewhere, records, told):
    """Pixels of the colour of dots, or of the numbers in clusters: what WebGL draws, a page cannot be asked for."""
    told.need("maplibre-gl", did=name)
    colours = ["0b6e4f"] if name == "maplibre_page" else colours_of_style(world)
    visited = Visit(drawing_browser)
    lay_out(visited.page, page[name], elsewhere)

    def pixels(colour):
        picture = base64.b64encode(visited.page.screenshot()).decode()
        return visited.page.evaluate(COUNT_PIXELS, [picture, *bytes.fromhex(colour)])

    for colour in colours:
        wait_for(lambda colour=colour: pixels(colour) > 20)
    assert not visited.faults
    hosts = {address.removeprefix("http://") for address in (world.url, elsewhere[1])}
    assert {*hosts, "unpkg.com"} == visited.hosts - {""}, "no other server is asked, for letters or for land"
    told.done("maplibre-gl", name, "records drawn")


def colours_of_style(world):
    """Of the numbers in clusters, and of the land below them."""
    with urllib.request.urlopen(f"{world.url}/api/collections/projects/style") as answer:
        paints = {layer["id"]: layer["paint"] for layer in json.load(answer)["layers"]}
    return [each[1:] for each in (paints["cluster-counts"]["text-color"], paints["land"]["fill-color"])]
