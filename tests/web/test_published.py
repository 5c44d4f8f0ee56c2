"""The site as files: nginx gives them out below a path, and the map works without a server of ours."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import ROOT, wait_for, without_a_loop
from fronts import PATHS, installed
from playwright.sync_api import expect
from visits import PHONE

from api.commands.main import main
from geo.curated.files import read_features, read_files
from geo.curated.load import Given, load
from geo.opening import open_ledger

pytestmark = [pytest.mark.slow, pytest.mark.browser]

BASE = "https://example.org/atlas"
FACTORY = "bo-rosatom-battery-factory"
FILES = [ROOT / "data" / "projects" / f"{country}.geojson" for country in ("BO", "PE")]
COUNT = sum(len(read_features(file)) for file in FILES)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The records of two countries, published in two languages into a folder that every user may enter."""
    root = Path(tempfile.mkdtemp())
    root.chmod(0o755)
    store = tmp_path_factory.mktemp("store") / "ledger.gpkg"
    with contextlib.closing(open_ledger(store).store) as opened:
        load(opened, Given(list(read_files(FILES))))
    options = ["--store", str(store), "--url", f"{BASE}/", "--lang", "en", "--lang", "es"]
    with without_a_loop():
        done = CliRunner().invoke(main, ["publish", *options, str(root / "atlas")])
    assert done.exit_code == 0, done.output
    assert "left out" not in done.stderr
    yield root / "atlas"
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def site(published):
    """Where nginx gives out the folder, without a rule of its own, below a path of its host."""
    if installed("nginx") is None:
        pytest.skip("nginx is not installed")
    folder = published.parent
    (folder / "nginx").mkdir()
    for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
        (folder / "nginx" / name).mkdir()
    temporary = "".join(
        f"{n}_temp_path {folder}/nginx/{n};" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} pid {folder}/nginx/pid; error_log {folder}/nginx/log warn; daemon off; events {{}}\n"
        f"http {{ access_log off; {temporary} types {{ text/html html; text/javascript js; text/css css; "
        "application/json json; image/svg+xml svg; font/woff2 woff2; } default_type application/octet-stream;\n"
        f"server {{ listen 127.0.0.1:{port}; root {folder}; location = / {{ return 404; }} "
        "error_page 404 /atlas/404.html; } }\n"
    )
    process = subprocess.Popen(
        [str(installed("nginx")), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", f"{folder}/nginx/log"],
        env={"PATH": PATHS},
    )
    address = f"http://127.0.0.1:{port}/atlas/"
    wait_for(lambda: is_up(address))
    yield address
    process.terminate()
    process.wait(30)


def free_port():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def is_up(address):
    try:
        return urllib.request.urlopen(address, timeout=10).status == 200
    except OSError:
        return False


@pytest.fixture
def reader(site, visit):
    """Visits the site; at the end nothing outside of its folder was asked for, and nothing went wrong."""
    begun = []

    def begin(**options):
        seen = visit(**options)
        asked = []
        seen.context.on("request", lambda request: asked.append(request.url))
        begun.append((seen, asked))
        return seen

    yield begin
    for seen, asked in begun:
        assert [] == seen.faults
        assert [] == [each for each in asked if not each.startswith((site, "blob:", "data:"))]


class Referring(HTMLParser):
    """Everything that a page refers to."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.ids = set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.found += [given[name] for name in ("href", "src", "action") if given.get(name) is not None]
        self.ids |= {given["id"]} if "id" in given else set()


def test_every_reference_of_every_page_leads_to_a_file(published):
    pages = [file for file in published.rglob("*.html") if file.name != "404.html"]
    assert len(pages) > 4 * COUNT
    missing = []
    for page in pages:
        here = f"/{page.relative_to(published).as_posix()}"
        for reference in Referring(page.read_text()).found:
            parts = urllib.parse.urlsplit(reference)
            if parts.scheme in ("http", "https", "mailto"):
                assert not reference.startswith(BASE) or reference == canonical(published, page), (here, reference)
                continue
            target = urllib.parse.unquote(urllib.parse.urlsplit(urllib.parse.urljoin(here, parts.path or here)).path)
            file = published / target[1:]
            if not (file / "index.html" if target.endswith("/") else file).is_file():
                missing.append((here, reference))
    assert [] == missing


def canonical(published, page):
    return f"{BASE}/{page.relative_to(published).as_posix()}".removesuffix("index.html")


def test_no_reference_begins_at_the_root_of_the_host(published):
    rooted = re.compile(r"""(?:href|src|action)="/|["'(]/(?:static|api|ground)/|/root-""")
    found = [file for file in published.rglob("*.html") if file.name != "404.html" and rooted.search(file.read_text())]
    assert [] == found


def test_addresses_in_data_are_of_the_site(published):
    item = json.loads((published / f"api/collections/projects/items/{FACTORY}.json").read_text())
    assert item["id"] == FACTORY
    addresses = [link["href"] for link in item["links"]]
    assert f"{BASE}/projects/{FACTORY}/" in addresses
    for address in addresses:
        path = address.removeprefix(f"{BASE}/")
        assert (published / (f"{path}index.html" if path.endswith("/") else path)).is_file(), address


def test_the_files_of_all_records_are_there_and_hold_them_all(published):
    import pyogrio

    listed = json.loads((published / "data/files.json").read_text())
    assert {"lithium-ledger.csv", "lithium-ledger.geojson", "lithium-ledger.gpkg", "lithium-ledger.xlsx"} <= {
        each["name"] for each in listed
    }
    assert all((published / "data" / each["name"]).stat().st_size for each in listed)
    for name, layer in (("lithium-ledger.geojson", None), ("lithium-ledger.gpkg", "projects")):
        assert pyogrio.read_info(published / "data" / name, layer=layer)["features"] == COUNT
    events = json.loads(gzip.decompress((published / "api/collections/projects/events.bin").read_bytes()))
    assert events["happened"]
    assert events["expected"]


def test_llms_txt_names_what_is_there(published):
    addresses = re.findall(rf"\]\({re.escape(BASE)}/([^)]*)\)", (published / "llms.txt").read_text())
    assert len(addresses) == 8
    for address in addresses:
        assert (published / (f"{address}index.html" if address.endswith("/") or not address else address)).is_file(), (
            address
        )


def test_lists_of_pages_and_the_feed_name_pages_that_are_there(published):
    listed = re.findall("<loc>([^<]*)</loc>", (published / "sitemap-1.xml").read_text())
    assert len(listed) > 2 * COUNT
    feed = (published / "feed.xml").read_text()
    linked = re.findall(r'<link rel="alternate" href="([^"]*)"', feed)
    assert len(linked) == 101
    for address in (*listed, *linked):
        assert (published / address.removeprefix(f"{BASE}/") / "index.html").is_file(), address
    assert f"Sitemap: {BASE}/sitemap.xml" in (published / "robots.txt").read_text()


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}, {"color_scheme": "dark"}])
def test_the_map_opens_below_the_path(site, reader, options):
    seen = reader(**options)
    page = seen.open_map(site)
    expect(page.locator("#sentence")).to_have_text(f"{COUNT} projects in 2 countries")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if target := os.environ.get("SCREENSHOTS"):
        page.screenshot(
            path=f"{target}/published-{page.viewport_size['width']}-{options.get('color_scheme', 'light')}.png"
        )


def test_what_needs_a_server_is_not_offered(site, reader):
    page = reader().open_map(site)
    expect(page.locator("#add")).to_have_count(0)
    assert not page.locator("a[href*='/add'], a[href*='/api/docs']").count()


def test_filter_search_and_months_work(site, reader):
    seen = reader()
    page = seen.open_map(f"{site}#?country=BO")
    expect(page.locator("#sentence")).to_contain_text("Bolivia")
    page.locator("#search-box input").fill("rosatom")
    expect(page.locator("#search-box [role=option]").first).to_be_visible()
    page.goto(f"{site}#?country=BO&as_of=2023-01")
    expect(page.locator("#sentence")).to_contain_text("2023")


def test_a_record_opens_beside_the_map_and_as_a_page(site, reader):
    seen = reader()
    page = seen.open_map(f"{site}#?rec={FACTORY}")
    expect(page.locator("#panel")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#panel h2")).to_have_text("Rosatom battery factory in Bolivia")
    page.locator("#panel a", has_text="Full page").click()
    expect(page).to_have_url(f"{site}projects/{FACTORY}/")
    page.locator(".to-map a").click()
    expect(page).to_have_url(re.compile(f"^{re.escape(site)}#.*rec={FACTORY}"))


def test_the_ground_is_drawn_from_near(site, reader):
    seen = reader()
    page = seen.open_map(f"{site}#9/-16.5/-68.15")
    expect(page.locator("#names-canvas")).to_have_attribute("data-names", re.compile("La Paz"))


def test_list_charts_and_comparison_work(site, reader):
    page = reader().open_map(f"{site}#?tab=list&country=BO")
    expect(page.locator("#list tbody tr").first).to_be_visible()
    page.locator("#tab-charts").click()
    expect(page.locator(".chart-starts h3")).not_to_be_empty()


def test_changes_are_those_of_the_selection_and_the_period(site, reader, published):
    page = reader().open_map(f"{site}#?tab=changes&country=BO&from=2024&to=2024")
    expect(page.locator("#changes-happened li").first).to_be_visible()
    events = json.loads(gzip.decompress((published / "api/collections/projects/events.bin").read_bytes()))["happened"]
    wanted = [each for each in events if each["country"] == "BO" and each["date"].startswith("2024")]
    assert page.locator("#changes-happened li").count() == len(wanted) > 0


def test_a_selection_is_taken_away_and_cited_in_the_browser(site, reader):
    page = reader().open_map(f"{site}#?country=BO")
    page.locator("#share").click()
    page.locator("#share-download summary").click()
    with page.expect_download() as told:
        page.locator("#share-download button[data-form=csv]").click()
    rows = Path(told.value.path()).read_text("utf-8-sig").splitlines()
    with page.expect_download() as told:
        page.locator("#share-download button[data-form=geojson]").click()
    features = json.loads(Path(told.value.path()).read_text())["features"]
    assert {feature["properties"]["country"] for feature in features} == {"BO"}
    assert [row.partition(",")[0] for row in rows[1:] if row.startswith("bo-")] == [each["id"] for each in features]
    expect(page.locator(".share-whole a")).to_have_count(
        len(json.loads(urllib.request.urlopen(f"{site}data/files.json").read()))
    )
    page.locator("#share-cite summary").click()
    expect(page.locator("#share-cite textarea")).to_have_value(re.compile(re.escape(BASE)))


def test_another_language_is_a_folder(site, reader):
    seen = reader()
    page = seen.open_map(site)
    page.locator("nav.languages a[lang=es]").click()
    expect(page).to_have_url(re.compile(f"^{re.escape(site)}es/"))
    expect(page.locator("#sentence")).to_have_text(f"{COUNT} proyectos en 2 países")
    page.goto(f"{site}es/#?rec={FACTORY}")
    expect(page.locator("#panel")).to_have_attribute("aria-busy", "false")
    page.locator("#panel a[href*='/projects/']", has_text="completa").click()
    expect(page).to_have_url(f"{site}es/projects/{FACTORY}/")


def test_a_story_moves_its_map(site, reader):
    seen = reader()
    page = seen.context.pages[0]
    page.goto(f"{site}stories/")
    page.locator("main h2 a").first.click()
    expect(page.frame_locator("#story-map").locator("body[data-ready]")).to_have_count(1)
    page.locator("#story-next").click()
    expect(page.frame_locator("#story-map").locator("body[data-ready]")).to_have_count(1)


def test_an_address_without_a_slash_and_one_of_nothing(site):
    with urllib.request.urlopen(f"{site}projects/{FACTORY}") as answer:
        assert answer.url == f"{site}projects/{FACTORY}/"
    with pytest.raises(urllib.error.HTTPError, match="404") as none:
        urllib.request.urlopen(f"{site}projects/bo-nobody")
    assert f'href="{urllib.parse.urlsplit(BASE).path}/"' in none.value.read().decode()
