"""Strings from strangers leave every page working and inert, and are shown as they are."""

import contextlib
import json
import re
import urllib.error
import urllib.parse

import pytest
from conftest import COUNT, Server, copy_of
from made_up import made_up, made_up_feature
from playwright.sync_api import expect
from visits import Visit, add

from geo.editing import Edit
from geo.opening import open_ledger
from geo.records.project import Project
from web import pages
from web.site import Site

HOSTILE = [
    "{{7*7}} {{ cycler.__init__.__globals__.os.getpid() }} {% for x in y %} {# x",
    "</script><script>window.hit = 1; alert(1)</script>",
    "<img src=x onerror='window.hit = 1'>",
    "${alert(1)} ${window.hit = 1}",
    "` backtick ` \\` \\\\",
    "'\"><svg onload=window.hit=1>",
    "javascript:window.hit=1",
    "&lt;b&gt; &amp; &#x3c;script&#x3e;",
    "عربي עברית 中文 \u200f\u200e\u200b ﷽",
    "Z̸͎̞̈a̸̡͎l̵̰̿g̵͚͐o̴͎͒ " + "\u0301" * 100,
    "x" * 200,
    "__proto__",
    "constructor",
]


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

# Attributes and elements that a record is made of; whatever else stands there came in with a text.
SHOWN_WITH = """(article) => [...article.querySelectorAll("*")].flatMap((element) => {
  element.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
  return [element.localName, ...Array.from(element.attributes, ({ name }) => `@${name}`)];
})"""
EXPECTED = re.compile(
    "bdi|strong|span|div|p|a|sup|section|h[1-4]|ol|li|table|tbody|tr|th|td|time|code|svg|path"
    "|@(class|id|href|rel|target|title|role|scope|datetime|tabindex|value|reversed|type)"
    "|@(aria-label|aria-labelledby|aria-hidden|data-kind|data-status|data-open)"
    "|@(viewBox|width|height|d|fill|stroke|stroke-width)"  # the signs of the map
)


@pytest.fixture(scope="module")
def hostile_server(tmp_path_factory):
    """Each hostile record is linked to the next, and its revision has a hostile author and comment."""
    file = copy_of("south_america", tmp_path_factory.mktemp("hostile") / "ledger.gpkg")
    with contextlib.closing(open_ledger(file).store) as store:
        for number, text in enumerate(HOSTILE):
            store.write([Edit(f"bo-hostile-{number}", hostile(number, text), None, text, text)])
    server = Server(file)
    yield server
    server.stop()


def hostile(number, text):
    """Put the text into every field that takes text."""
    cites = {"sources": ["s1"]}
    address = "https://example.org/?q=%3Cscript%3E'$%7B1%7D"
    return made_up(
        f"bo-hostile-{number}",
        geometry={"type": "Point", "coordinates": [-60, -10 - number]},
        name=text,
        other_names=[text],
        region=text,
        locality=text,
        summary=text,
        location_note=text,
        events=[{"date": "2024", "type": "status", "status": "announced", "summary": text, **cites}],
        owners=[{"name": text, "role": "owner", "share_pct": 10, **cites}],
        investment=[{"amount": 5, "currency": "USD", "purpose": text, **cites}],
        capacities=[{"product": "cells", "value": 1, "unit": "GWh/y", "basis": "planned", "note": text, **cites}],
        resource=[{"category": "inferred", "substance": "li", "tonnes": 1, "note": text, **cites}],
        links=[{"type": "supplies", "project": f"bo-hostile-{max(number - 1, 0)}", **cites}] if number else [],
        sources=[{"id": "s1", "url": address, "archived_url": address, "title": text, "publisher": text}],
    )


def answer_with(page, html, ending):
    """Give this HTML to the browser in place of what the server has."""
    address = re.compile(f"/projects/bo-acisa-battery{re.escape(ending)}$")
    page.route(address, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))


def assert_inert(seen, server):
    assert seen.page.evaluate("window.hit") is None
    assert 0 == seen.page.locator("a:not([href^='http']):not([href^='/']):not([href^='#'])").count()
    assert [] == seen.faults
    assert {urllib.parse.urlsplit(server.url).netloc} == seen.hosts


def assert_only_text_came_in(article):
    assert [] == [name for name in article.evaluate(SHOWN_WITH) if not EXPECTED.fullmatch(name)]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_record_is_shown_as_text(hostile_server, browser, number):
    seen, text = Visit(browser), HOSTILE[number]
    page = seen.open_map(f"{hostile_server.url}/#rec=bo-hostile-{number}")
    expect(page.locator("#sentence")).to_contain_text(f"{COUNT + len(HOSTILE)} projects")
    panel = page.locator("#panel article")
    expect(panel.locator(".events")).to_be_visible()
    assert text == panel.locator("h2").text_content()
    assert 13 == panel.text_content().count(text)
    assert HOSTILE[abs(number - 1)] == panel.locator("[data-open]").first.text_content()
    assert_only_text_came_in(panel)
    panel.locator(".events .reference").click()
    expect(panel.locator("#source-1")).to_be_focused()
    page.get_by_role("button", name="List", exact=True).click()
    expect(page.locator("#list tbody tr")).to_have_count(COUNT + len(HOSTILE))
    panel.locator("[data-open]").first.click()
    expect(page).not_to_have_url(re.compile(f"rec=bo-hostile-{number}$"))

    page.goto(f"{hostile_server.url}/projects/bo-hostile-{number}")
    assert text == page.locator("h1").text_content()
    assert 16 == page.locator("article").text_content().count(text)
    assert text in page.locator(".revisions").text_content()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_only_text_came_in(page.locator("article"))
    assert_inert(seen, hostile_server)
    seen.context.close()


def unchecked_view(text):
    """A record in which every text, code, id and address is the hostile one; dates and numbers stay."""
    stated = hostile(1, "text").to_feature()
    project = Project.from_feature(stated)
    properties = {**stated["properties"], **project.derived(), "revision": 1, "updated": "2024-01-01"}
    view = {
        "feature": {"id": stated["id"], "properties": properties},
        "incoming": [{"type": "supplies", "project": "x", "name": "x"}],
        "revisions": [{"revision": 1, "time": "2024-01-01", "author": "x", "comment": "x", "action": "x"}],
    }
    return {**replaced(view, text), "names": {text: text}}


def replaced(value, text):
    if isinstance(value, dict):
        return {name: replaced(each, text) for name, each in value.items()}
    if isinstance(value, list):
        return [replaced(each, text) for each in value]
    return text if isinstance(value, str) and not re.match(r"\d{4}", value) else value


@pytest.mark.parametrize("number", range(len(UNCHECKED)))
def test_the_template_alone_keeps_a_text_a_text(hostile_server, browser, number):
    """No rule has seen the record, and the pages' own policy against scripts is switched off."""
    text, site = UNCHECKED[number], Site()
    view = unchecked_view(text)
    seen = Visit(browser, bypass_csp=True)
    page = seen.page
    answer_with(page, pages.record_body(site, view), "?part=body")
    answer_with(page, pages.record_page(site, view), "")

    seen.open_map(f"{hostile_server.url}/#rec=bo-acisa-battery")
    expect(page.locator("#panel .events").first).to_be_visible()
    assert text == page.locator("#panel h2").text_content()
    assert 20 <= page.locator("#panel article").text_content().count(text)
    assert_only_text_came_in(page.locator("#panel article"))
    assert_inert(seen, hostile_server)

    page.goto(f"{hostile_server.url}/projects/bo-acisa-battery")
    assert 20 <= page.locator("article").text_content().count(text)
    assert_only_text_came_in(page.locator("article"))
    assert_inert(seen, hostile_server)
    seen.context.close()


@pytest.mark.parametrize("number", range(len(UNCHECKED)))
def test_a_refusal_keeps_a_text_a_text(hostile_server, browser, number):
    text = UNCHECKED[number]
    seen = Visit(browser, bypass_csp=True)
    answer_with(seen.page, pages.refusal(text, text), "?part=body")
    seen.open_map(f"{hostile_server.url}/#rec=bo-acisa-battery")
    expect(seen.page.locator("#panel .warning")).to_have_text(text)
    assert_only_text_came_in(seen.page.locator("#panel article"))
    assert_inert(seen, hostile_server)
    seen.context.close()


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
