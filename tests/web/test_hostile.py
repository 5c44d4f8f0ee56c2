"""Strings from strangers, added through the API, leave every page working and inert."""

import json
import urllib.error
import urllib.request

import pytest
from conftest import COUNT, Server, copy_of
from made_up import made_up_feature
from playwright.sync_api import expect
from visits import Visit, add

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


@pytest.fixture(scope="module")
def hostile_server(tmp_path_factory):
    server = Server(copy_of("south_america", tmp_path_factory.mktemp("hostile") / "ledger.gpkg"))
    for number, text in enumerate(HOSTILE):
        add(server, hostile_feature(f"bo-hostile-{number}", text, -10 - number))
    yield server
    server.stop()


def hostile_feature(project_id, text, latitude):
    """Put the text into every field that takes text."""
    source = {"id": "s1", "url": "https://example.org/?q=%3Cscript%3E'$%7B1%7D", "title": text, "publisher": text}
    return made_up_feature(
        project_id,
        geometry={"type": "Point", "coordinates": [-60, latitude]},
        name=text,
        other_names=[text],
        region=text,
        locality=text,
        summary=text,
        location_note=text,
        events=[{"date": "2024", "type": "status", "status": "announced", "summary": text, "sources": ["s1"]}],
        owners=[{"name": text, "role": "owner", "share_pct": 10, "sources": ["s1"]}],
        investment=[{"amount": 5, "currency": "USD", "purpose": text, "sources": ["s1"]}],
        capacities=[
            {"product": "cells", "value": 1, "unit": "GWh/y", "basis": "planned", "note": text, "sources": ["s1"]}
        ],
        links=[{"type": "supplies", "project": "bo-u1-uyuni-dle", "sources": ["s1"]}],
        sources=[source],
    )


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_record_is_shown_as_text(hostile_server, browser, number):
    seen = Visit(browser)
    page = seen.open_map(f"{hostile_server.url}/#rec=bo-hostile-{number}")
    expect(page.locator("#sentence")).to_contain_text(f"{COUNT + len(HOSTILE)} projects")
    assert (
        HOSTILE[number] == page.locator("#panel h2").inner_text()
        or HOSTILE[number] in page.locator("#panel h2").text_content()
    )
    page.get_by_role("button", name="List", exact=True).click()
    expect(page.locator("#list tbody tr")).to_have_count(COUNT + len(HOSTILE))

    page.goto(f"{hostile_server.url}/projects/bo-hostile-{number}")
    assert HOSTILE[number] in page.locator("h1").text_content()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(f"{hostile_server.url}/projects/bo-u1-uyuni-dle")
    assert page.evaluate("window.hit") is None
    assert 0 == page.locator("a[href^='javascript:']").count()
    assert [] == seen.faults
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
