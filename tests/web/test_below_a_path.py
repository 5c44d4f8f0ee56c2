"""The whole server works below a path of its host, behind a proxy that takes the path off, and one that does not."""

import json
import re
import urllib.parse
import urllib.request

import pytest
from conftest import COUNT, Server, client_of, copy_of
from playwright.sync_api import expect
from proxied import Proxy
from visits import fill_in, open_form, sign_in

from api.settings import Settings
from geo.editing import Edit

STORES = ("geopackage",)  # addresses are the same over every store

pytestmark = pytest.mark.slow

ROSATOM = "bo-rosatom-battery-factory"


@pytest.fixture(scope="module", params=[False, True], ids=["taken off", "kept"])
def below(request, tmp_path_factory):
    """A server whose visitors come through a proxy, at /some/atlas/."""
    proxy = Proxy("/some/atlas", keeps_path=request.param)
    started = Server(
        copy_of("south_america", tmp_path_factory.mktemp("below") / "ledger.gpkg"), public_url=f"{proxy.url}/"
    )
    proxy.target, proxy.key = started.url, started.key
    yield proxy
    started.stop()
    proxy.stop()


@pytest.fixture
def seen(below, visit):
    """A visit that may not leave the path, nor meet an address where nothing is."""
    below.astray.clear()
    below.failed.clear()
    begun = visit(locale="en")
    yield begun
    assert {urllib.parse.urlsplit(below.url).netloc} == begun.hosts
    assert ([], [], []) == (below.astray, below.failed, begun.faults)


def test_the_map_and_all_that_it_opens(below, seen):
    page = seen.open_map(f"{below.url}/")
    expect(page.locator("#sentence")).to_have_text(f"{COUNT} projects in 5 countries")
    page.locator('[data-country="BO"]').click()
    expect(page.locator("#chips .chip")).to_be_visible()
    page.evaluate(f"location.hash = '#9/-20.2/-67.6?rec={ROSATOM}'")
    expect(page.locator("#panel .facts")).to_be_visible()
    seen.settle()
    page.locator("#ground-button").click()
    for name in ("list", "charts", "changes"):
        page.locator(f"#tab-{name}").click()
        expect(page.locator(f"#{name} h2").first).to_be_visible()
    page.locator("#share").click()
    page.locator("#share-cite summary").click()
    expect(page.locator("#share-cite textarea")).to_have_value(re.compile(re.escape(f"{below.url}/api/collections")))
    page.locator("#share-download summary").click()
    with page.expect_download() as waiting:
        page.locator("#share-download [data-form=csv]").click()
    assert waiting.value.path().read_text(encoding="utf-8-sig").count("\n") > 3
    page.keyboard.press("Escape")
    page.goto(f"{below.url}/#?rec={ROSATOM}")
    page.locator("#panel a.button").first.click()
    expect(page).to_have_url(f"{below.url}/projects/{ROSATOM}")


def test_the_pages_lead_to_one_another(below, seen):
    page = seen.page
    page.goto(f"{below.url}/projects/{ROSATOM}")
    page.locator(".languages a[lang=es]").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page).to_have_url(re.compile("/some/atlas/projects/"))
    for path in ("/about", "/stories"):
        page.locator(f".masthead a[href$='{path}']").click()
        expect(page).to_have_url(f"{below.url}{path}")
        expect(page.locator("html")).to_have_attribute("lang", "es")  # the choice is kept below the path
    page.goto(f"{below.url}/about")
    page.locator("main a[href$='/about/data']").click()
    expect(page.locator("h1")).to_be_visible()
    page.goto(f"{below.url}/projects/{ROSATOM}")
    page.locator(".walk a").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.locator(".to-map a").click()
    expect(page.locator("body[data-ready]")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/some/atlas/#"))
    cookies = [each["path"] for each in seen.context.cookies() if each["name"] == "lang"]
    assert ["/some/atlas"] == cookies


def test_a_story_moves_its_map(below, seen):
    page = seen.page
    page.goto(f"{below.url}/stories/bolivia")
    frame = page.frame_locator("#story-map")
    expect(frame.locator("body[data-ready]")).to_have_count(1)
    page.locator("#step-7 a.view").focus()
    expect(page.locator(".step.current")).to_have_attribute("id", "step-7")
    zoom = page.locator("#step-7").get_attribute("data-view").partition("/")[0]
    shown = "(zoom) => document.querySelector('iframe').contentWindow.location.hash.startsWith(zoom)"
    page.wait_for_function(shown, arg=zoom)
    assert page.evaluate("document.querySelector('iframe').contentWindow.location.pathname") == "/some/atlas/embed"


def test_the_form_adds_a_record(below, seen):
    page = seen.page
    sign_in(page, below)
    open_form(page, below)
    fill_in(page)
    expect(page.locator("#place-map #ground-canvas[data-draw-ms]")).to_have_count(1)
    expect(page.locator("#preview")).to_be_visible()
    with page.expect_response(lambda answer: answer.url.partition("?")[0].endswith("/items")) as waiting:
        page.locator("#publish").click()
    assert 201 == waiting.value.status
    assert f"{below.url}/api/collections/projects/items/ar-typed" == waiting.value.headers["location"]
    expect(page.locator("#done")).to_be_visible()
    page.locator("#done a[href$='/projects/ar-typed']").click()
    expect(page).to_have_url(f"{below.url}/projects/ar-typed")
    expect(page.locator("h1")).to_be_visible()


def test_a_page_that_is_not_there_has_its_styles_and_a_way_back(below, seen):
    page = seen.page
    page.goto(f"{below.url}/a/b/c")
    expect(page.locator("main a")).to_have_attribute("href", "/some/atlas/")
    assert "/a/b/c" in below.failed.pop()
    assert 1 == len(seen.faults)
    seen.faults.clear()


def test_the_api_leads_on_below_the_path(below):
    address, pages = f"{below.url}/api", []
    with urllib.request.urlopen(address) as answer:
        links = json.load(answer)["links"]
    address = f"{below.url}/api/collections/projects/items?limit=40"
    while address:
        with urllib.request.urlopen(address) as answer:
            pages.append(json.load(answer))
        links += pages[-1]["links"]
        address = next((each["href"] for each in pages[-1]["links"] if each["rel"] == "next"), None)
    assert len(pages) > 1
    assert all(link["href"].startswith(f"{below.url}/") for link in links)
    with urllib.request.urlopen(f"{below.url}/api/openapi.json") as answer:
        assert [{"url": f"{below.url}/api"}] == json.load(answer)["servers"]


def at(api, address):
    """A client of a server whose public address is this."""
    return client_of(api.store, Settings.from_environment({"LEDGER_PUBLIC_URL": address}))


PATHS = [
    "/",
    "/embed",
    "/add",
    "/about",
    "/about/data",
    "/stories",
    "/stories/bolivia",
    f"/projects/{ROSATOM}",
    "/api/docs",
]


@pytest.mark.parametrize("path", [*PATHS, f"/projects/{ROSATOM}?part=body", "/nowhere"])
def test_no_page_names_an_address_outside_the_path(api, path):
    client = at(api, "https://ex.org/some/atlas/")
    html = client.get(path, headers={"Accept": "text/html", "Host": "ex.org"}).text
    named = re.findall(r'(?:href|src|action)="(/[^"]*)"|(?:import|from) ?\(?"(/[^"]+)"', html)
    named += [(each, "") for each in re.findall(r'"(/(?:api|ground|static|projects)[^"]*)"', html)]
    assert named or path.endswith("part=body")
    assert [] == [each for pair in named for each in pair if each and not each.startswith("/some/atlas/")]


@pytest.mark.parametrize("path", ["/api", "/about", "/projects/x"])
def test_a_path_that_is_an_address_of_ours_is_taken_off_by_a_proxy_only(api, path):
    client = at(api, f"https://ex.org{path}/")
    assert "application/json" == client.get("/api", headers={"Host": "ex.org"}).headers["content-type"]
    assert f'href="{path}/about"' in client.get("/about", headers={"Host": "ex.org"}).text
    assert 404 == client.get(f"{path}/api/conformance").status_code


def test_a_path_is_taken_off_whole(api):
    client = at(api, "https://ex.org/led/ger/")
    for path, status in [
        ("/led/ger", 200),
        ("/led/ger/", 200),
        ("/led/ger/api/", 200),
        ("/led/gera", 404),
        ("/led", 404),
    ]:
        assert status == client.get(path).status_code, path


@pytest.mark.parametrize("asked", ["", "/cite"])
def test_a_record_that_was_taken_into_another_leads_there_below_the_path(api, asked):
    api.store.write([Edit("bo-acisa-battery", None, 1, "test", successor=ROSATOM)])
    moved = at(api, "https://ex.org/led").get(f"/projects/bo-acisa-battery{asked}", follow_redirects=False)
    assert (301, f"https://ex.org/led/projects/{ROSATOM}{asked}") == (moved.status_code, moved.headers["location"])
