"""Strings from strangers leave every page working and inert, and are shown as they are."""

import contextlib
import json
import re
import urllib.error
import urllib.parse

import pytest
from conftest import COUNT, Server
from hostile import HOSTILE, assert_only_text_came_in, hostile
from made_up import made_up, made_up_feature
from playwright.sync_api import expect
from visits import PHONE, WIDE, Visit, add, api, expect_sentence

from geo.editing import Edit
from geo.opening import open_ledger
from geo.proposals import Author, Draft
from geo.records.project import Project
from web import pages
from web.site import Site

pytestmark = pytest.mark.slow

# What no rule of records lets through: only the template stands between it and the page.
UNCHECKED = [
    '" onmouseover="window.hit = 1" autofocus onfocus="window.hit = 1" x="',
    "'><img src=x onerror=window.hit=1><svg onload=window.hit=1>",
    "</p></article><script>window.hit = 1</script><article>",
    "javascript:window.hit=1",
    "data:text/html,<script>parent.hit = 1</script>",
    "//example.org/x",
    "\u202eright to left\u2066 and never back",
    "{{ 7 * 7 }}{% raw %}${window.hit = 1}",
]


SPOT = [-58.4, -17.1]
HIDDEN = len(HOSTILE)  # records of which only the country is known; as many lie at one spot, and as many on their own


@pytest.fixture(scope="module")
def hostile_server(make_lasting_store):
    """Each hostile record is linked to the next, and its revision has a hostile author and comment."""
    location = make_lasting_store.filled("south_america").location
    with contextlib.closing(open_ledger(location).store) as store:
        for number, text in enumerate(HOSTILE):
            placeless = made_up(f"bo-hidden-{number}", name=text, geometry=None, location_accuracy="country")
            piled = made_up(f"bo-piled-{number}", name=text, geometry={"type": "Point", "coordinates": SPOT})
            for project in (hostile(number, text), placeless, piled):
                store.write([Edit(project.id, project, None, text, text)])
            store.proposals.add(proposed(number, text))
    server = Server(location)
    yield server
    server.stop()


def proposed(number, text):
    place = {"type": "Point", "coordinates": [-64.5 + number / 2, -19]}
    project = made_up(f"bo-proposed-{number}", name=text, geometry=place)
    return Draft("create", project.id, None, project, text, "BO", ["s1"], text, Author(text[:100]))


def answer_with(page, project_id, html, ending):
    """Give this HTML to the browser in place of what the server has of a record."""
    address = re.compile(rf"/projects/{project_id}{re.escape(ending)}(&lang=\w+)?$")
    page.route(address, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))


def assert_inert(seen, server):
    assert seen.page.evaluate("window.hit") is None
    beginnings = "".join(f":not([href^='{beginning}'])" for beginning in ("http", "/", "#", "?lang="))
    assert 0 == seen.page.locator(f"a{beginnings}").count()
    assert [] == seen.faults
    assert {urllib.parse.urlsplit(server.url).netloc} == seen.hosts


def test_hostile_proposals_on_the_map_are_text(hostile_server, browser):
    seen = Visit(browser)
    page = seen.open_map(f"{hostile_server.url}/#5/-19/-62&layers=unreviewed")
    marks = page.locator(".unreviewed")
    expect(marks).to_have_count(len(HOSTILE))
    marks.evaluate_all(
        "(all) => all.forEach((mark) => { mark.open = true; mark.dispatchEvent(new Event('mouseover')); })"
    )
    assert sorted(HOSTILE) == sorted(marks.locator("a bdi").all_text_contents())
    assert set(marks.locator("*").evaluate_all("(all) => all.map((each) => each.localName)")) <= {
        *("summary", "p", "strong", "a", "bdi")
    }
    assert_inert(seen, hostile_server)


def test_a_hostile_record_is_shown_as_text(hostile_server, visit):
    seen = visit(reduced_motion="reduce")
    page = seen.open_map(hostile_server.url)
    expect_sentence(page, COUNT + 3 * len(HOSTILE))
    panel = page.locator("#panel article")
    for number, text in enumerate(HOSTILE):
        page.evaluate("(number) => { location.hash = `#rec=bo-hostile-${number}`; }", number)
        expect(panel.locator("h2")).to_have_text(text)
        expect(panel.locator(".events").first).to_be_attached()
        assert text == panel.locator("h2").text_content()
        assert 12 <= panel.text_content().count(text)
        assert HOSTILE[abs(number - 1)] == panel.locator("[data-open]").first.text_content()
        assert_only_text_came_in(panel)
        panel.locator("[data-open]").first.click()
        expect(page).not_to_have_url(re.compile(f"rec=bo-hostile-{number}$"))
    assert_inert(seen, hostile_server)


def test_a_hostile_record_s_own_page_shows_it_as_text(hostile_server, visit):
    seen = visit()
    page = seen.page
    for number, text in enumerate(HOSTILE):
        page.goto(f"{hostile_server.url}/projects/bo-hostile-{number}")
        assert text == page.locator("h1").text_content()
        assert 16 <= page.locator("article").text_content().count(text)
        assert text in page.locator(".revisions").text_content()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert_only_text_came_in(page.locator("article"))
        assert_inert(seen, hostile_server)


def texts_of(found):
    return sorted(each.strip() for each in found.all_text_contents())


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_hostile_records_are_inert_in_every_view(hostile_server, visit, viewport):
    seen = visit(viewport=viewport, reduced_motion="reduce")
    page = seen.open_map(f"{hostile_server.url}/#8/-17.1/-58.4?country=BO&tab=list&q=bo-hostile")
    names = sorted(text.strip() for text in HOSTILE)
    assert names == texts_of(page.locator("#list [data-id] bdi").filter(visible=True).and_(page.locator("h3 *, th *")))
    page.evaluate("location.hash = '#?tab=charts&country=BO'")
    expect(page.locator(".chart-starts h3")).not_to_be_empty()
    for summary in page.locator("#charts summary").all():
        summary.click()
    page.evaluate("location.hash = '#?tab=changes&q=bo-hostile'")
    expect(page.locator("#changes-happened li")).to_have_count(len(HOSTILE))
    assert names == texts_of(page.locator("#changes-happened .event-summary"))
    for first in range(0, len(HOSTILE), 4):
        ids = [f"bo-hostile-{number}" for number in range(first, min(first + 4, len(HOSTILE)))]
        page.evaluate("(ids) => { location.hash = `#?tab=compare&compare=${ids}`; }", ids)
        expect(page.locator("#compare thead th")).to_have_count(len(ids))
        shown = texts_of(page.locator("#compare thead th bdi"))
        assert sorted(text.strip() for text in HOSTILE[first : first + 4]) == shown
    assert_inert(seen, hostile_server)


def test_hostile_records_are_inert_in_what_opens_over_the_map(hostile_server, visit):
    seen = visit(reduced_motion="reduce")
    page = seen.open_map(f"{hostile_server.url}/#9/{SPOT[1]}/{SPOT[0]}?q=bo-piled")
    [pile] = json.loads(page.locator("#project-canvas").get_attribute("data-piles"))
    page.mouse.move(pile["x"], pile["y"])
    expect(page.locator("#tooltip")).to_be_visible()
    page.mouse.down()
    page.mouse.up()
    names = sorted(text.strip() for text in HOSTILE)
    assert names == texts_of(page.locator("#chooser bdi"))
    page.keyboard.press("Escape")
    page.evaluate("location.hash = '#?q=bo-hidden'")
    expect_sentence(page, HIDDEN)
    page.locator(".tray-count").click()
    assert names == texts_of(page.locator("#tray-list bdi"))
    page.locator(".tray-count").click()
    for text in HOSTILE:
        page.locator("#search").fill(text[:200])
        expect(page.locator("#chips bdi")).to_contain_text(text.strip()[:100])
    page.evaluate("(text) => { location.hash = `#?region=${encodeURIComponent(text)}`; }", HOSTILE[1])
    expect(page.locator("#chips bdi")).to_have_text(HOSTILE[1])
    expect_sentence(page, 1)
    assert_inert(seen, hostile_server)


def test_hostile_records_are_inert_in_a_frame(hostile_server, visit):
    seen = visit()
    for number, text in enumerate(HOSTILE[:4]):
        page = seen.page
        page.goto(f"{hostile_server.url}/embed#9/{-10 - number}/-60?rec=bo-hostile-{number}")
        expect(page.locator("#panel[aria-busy=false] h2")).to_have_text(text)
        page.goto("about:blank")
    page.goto(f"{hostile_server.url}/embed")
    expect(page.locator("body[data-ready]")).to_have_count(1)
    assert_inert(seen, hostile_server)


def unchecked_view(text):
    """A record in which every text, code, id and address is the hostile one; dates and numbers stay."""
    stated = hostile(1, "text").to_feature()
    project = Project.from_feature(stated)
    properties = {**stated["properties"], **project.derived(), "revision": 1, "updated": "2024-01-01"}
    view = {
        "feature": {"id": stated["id"], "properties": properties},
        "incoming": [{"type": "supplies", "project": "x", "name": "x"}],
        "revisions": [{"revision": 1, "time": "2024-01-01", "author": "x", "comment": "x", "action": "create"}],
    }
    return {**replaced(view, text), "names": {text: text}}


def replaced(value, text):
    if isinstance(value, dict):
        return {name: replaced(each, text) for name, each in value.items()}
    if isinstance(value, list):
        return [replaced(each, text) for each in value]
    return text if isinstance(value, str) and not re.match(r"\d{4}", value) else value


def test_the_template_alone_keeps_a_text_a_text(server, visit):
    """No rule has seen the record, and the pages' own policy against scripts is switched off."""
    seen, site = visit(bypass_csp=True, reduced_motion="reduce"), Site()
    page = seen.open_map(server.url)
    for project_id, text in unchecked_of(server):
        view = unchecked_view(text)
        answer_with(page, project_id, pages.record_body(site, view), "?part=body")
        answer_with(page, project_id, pages.record_page(site, view), "")
        page.evaluate("(id) => { location.hash = `#rec=${id}`; }", project_id)
        expect(page.locator("#panel h2")).to_have_text(text)
        expect(page.locator("#panel .events").first).to_be_attached()
        assert text == page.locator("#panel h2").text_content()
        assert 20 <= page.locator("#panel article").text_content().count(text)
        assert_only_text_came_in(page.locator("#panel article"))
        assert_inert(seen, server)
    for project_id, text in unchecked_of(server):
        page.goto(f"{server.url}/projects/{project_id}")
        assert 20 <= page.locator("article").text_content().count(text)
        assert_only_text_came_in(page.locator("article"))
        assert_inert(seen, server)


def test_a_refusal_keeps_a_text_a_text(server, visit):
    seen = visit(bypass_csp=True, reduced_motion="reduce")
    page = seen.open_map(server.url)
    for project_id, text in unchecked_of(server):
        answer_with(page, project_id, pages.refusal(text, text), "?part=body")
        page.evaluate("(id) => { location.hash = `#rec=${id}`; }", project_id)
        expect(page.locator("#panel .warning")).to_have_text(text)
        assert_only_text_came_in(page.locator("#panel article"))
        assert_inert(seen, server)


def unchecked_of(server):
    """Each unchecked text, and a record for it to stand in the place of."""
    features = api(server, f"items?limit={len(UNCHECKED)}")["features"]
    return zip([each["id"] for each in features], UNCHECKED, strict=True)


@pytest.mark.parametrize(
    "text", ["a\u202eb", "a\u2066b", "a\x00b", "a\x1bb", "x" * 201, "x" * 1_000_000, "\ud800", "", " ", "two\nlines"]
)
def test_what_no_name_needs_is_refused(hostile_server, text):
    with pytest.raises(urllib.error.HTTPError) as refused:
        add(hostile_server, made_up_feature("bo-refused", name=text))
    assert refused.value.code in (400, 413, 422)
    assert json.load(refused.value)["detail"]
    refused.value.close()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "//example.org"]
)
def test_no_address_but_http_is_kept(hostile_server, url):
    with pytest.raises(urllib.error.HTTPError) as refused:
        add(hostile_server, made_up_feature("bo-refused", sources=[{"id": "s1", "url": url, "title": "T"}]))
    assert 422 == refused.value.code
    refused.value.close()
