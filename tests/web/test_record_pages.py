"""A record's page by itself: on paper, without script, and within the screen, every one of them."""

import urllib.parse

from playwright.sync_api import expect
from visits import PHONE, WIDE, api

ROSATOM = "bo-rosatom-battery-factory"


def test_a_printed_record_has_its_addresses(server, visit):
    page = visit(color_scheme="dark").page
    page.goto(f"{server.url}/projects/{ROSATOM}")
    page.emulate_media(media="print")
    shown = page.locator(".sources a").first.evaluate("(a) => getComputedStyle(a, '::after').content")
    assert "sputnikglobe.com" in shown
    assert "rgb(0, 0, 0)" == page.locator("body").evaluate("(body) => getComputedStyle(body).color")


def test_the_record_s_page_needs_no_script(server, visit):
    seen = visit(java_script_enabled=False)
    page = seen.page
    page.goto(f"{server.url}/projects/{ROSATOM}")
    text = page.locator("main").inner_text()
    for words in (
        "Rosatom battery factory in Bolivia",
        "Considered",
        "26 March 2024",
        "No site",
        "Kirill Komarov",
        "Uranium One",
    ):
        assert words.lower() in text.lower(), words
    expect(page.locator('a[href^="https://sputnikglobe.com/20240326/"]').first).to_be_visible()
    page.goto(f"{server.url}/projects/bo-u1-uyuni-dle")
    for sum_of_money in ("450", "970", "975", "976"):
        assert sum_of_money in page.locator("main").inner_text()
    assert {urllib.parse.urlsplit(server.url).netloc} == seen.hosts
    assert 404 == page.goto(f"{server.url}/projects/bo-nobody").status


def test_every_record_s_page_fits(server, visit):
    seen = visit()
    for feature in api(server, "items?limit=1000")["features"]:
        assert 200 == seen.page.goto(f"{server.url}/projects/{feature['id']}").status
        for viewport in (WIDE, PHONE):
            seen.page.set_viewport_size(viewport)
            assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), feature["id"]
    assert [] == seen.faults
