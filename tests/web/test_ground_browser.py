"""What lies under the projects, in a real browser: names that touch nothing, and other hosts asked only by choice."""

import itertools
import re

import pytest
from playwright.sync_api import expect
from visits import PHONE

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501010270e1b60000"
    "000049454e44ae426082"
)
UYUNI, DEBRECEN, SHANGHAI = "-20.5/-66.9", "47.53/21.62", "31.2/121.0"
OSM = "tile.openstreetmap.org"

# Names that are drawn, and what the projects cover, as boxes in pixels of the screen.
DRAWN = """() => {
  const names = document.querySelector("#names-canvas");
  return JSON.parse(names.dataset.names ?? "[]");
}"""


def open_at(visit, server, place, zoom, **options):
    seen = visit(**options)
    page = seen.open_map(f"{server.url}/#{zoom}/{place}")
    return seen, page


def names_on(page, kind, *wanted):
    """Wait until these names are drawn, and return all that are, with their boxes."""
    for name in wanted:
        page.wait_for_function(
            f"([kind, name]) => ({DRAWN})().some((n) => n.kind === kind && n.text === name)", arg=[kind, name]
        )
    return page.evaluate(f"({DRAWN})()")


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize(
    ("place", "zoom", "kind", "wanted"),
    [
        (UYUNI, 9, "town", ["Uyuni"]),
        (UYUNI, 6, "province", ["Potosí"]),
        (DEBRECEN, 9, "town", ["Hajdúböszörmény", "Oradea"]),
        (DEBRECEN, 5, "country", ["Romania"]),
        ("-15.8/-70.4", 8, "lake", ["Lago Titicaca"]),
    ],
)
def test_places_are_named_and_no_name_lies_over_another(server, visit, place, zoom, kind, wanted):
    seen, page = open_at(visit, server, place, zoom)
    drawn = names_on(page, kind, *wanted)
    for a, b in itertools.combinations(drawn, 2):
        assert not overlap(a["box"], b["box"]), (a, b)
    assert [] == seen.faults


@pytest.mark.parametrize("zoom", [4, 8])
def test_no_name_lies_over_a_symbol(server, visit, zoom):
    _, page = open_at(visit, server, UYUNI, zoom)
    page.wait_for_function(f"() => ({DRAWN})().length > 3")
    covered = page.evaluate(
        """() => {
          const names = document.querySelector("#names-canvas"), projects = document.querySelector("#project-canvas");
          const scale = projects.width / projects.getBoundingClientRect().width, ctx = projects.getContext("2d");
          const [a, b] = [names.getBoundingClientRect(), projects.getBoundingClientRect()];
          const solid = ({ box: [left, top, right, bottom] }) => {
            const at = [(left + a.left - b.left + 4) * scale, (top + a.top - b.top + 2) * scale];
            const { data } = ctx.getImageData(...at, (right - left - 8) * scale, (bottom - top - 4) * scale);
            let count = 0;
            for (let i = 3; i < data.length; i += 4) count += data[i] === 255 ? 1 : 0;
            return count / (data.length / 4);
          };
          return JSON.parse(names.dataset.names).filter((name) => solid(name) > 0.25).map(({ text }) => text);
        }"""
    )
    assert [] == covered


def test_borders_come_from_near_only_when_they_are_looked_at(server, visit):
    seen = visit()
    asked = []
    seen.context.on("request", lambda request: asked.append(request.url))
    page = seen.open_map(f"{server.url}/#4/{UYUNI}")
    assert not [url for url in asked if "/ground/land/" in url]
    with page.expect_response(re.compile("/ground/land/5/")):
        page.evaluate("map_0.setZoom(7)")
    names_on(page, "town", "Sucre")


def test_the_map_stops_where_our_base_has_nothing_more_to_tell(server, visit):
    _, page = open_at(visit, server, DEBRECEN, 17)
    assert 11 == page.evaluate("map_0.getZoom()")


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}])
def test_another_host_is_asked_only_once_the_reader_has_chosen_it(server, visit, options):
    seen, page = open_at(visit, server, DEBRECEN, 8, **options)
    asked = []

    def tile(route):
        asked.append(route.request)
        route.fulfill(body=PIXEL, content_type="image/png")

    seen.context.route(re.compile(r"^https:"), tile)
    if options:
        page.evaluate("document.querySelector('#rail').dataset.height = 'low'")
    page.locator("#ground-button").click()
    expect(page.locator("#ground-box")).to_contain_text(f"Tiles come from {OSM}; your browser will ask it.")
    assert [] == asked
    page.locator("#base-osm").check()
    page.wait_for_function("() => document.querySelectorAll('.leaflet-tile-loaded').length > 3")
    assert {OSM} == {request.url.split("/")[2] for request in asked}
    assert f"{server.url}/" == asked[0].headers["referer"], "OpenStreetMap wants to know which site asks"
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("OpenStreetMap contributors")
    expect(page.locator(".leaflet-control-attribution")).to_be_visible()
    assert 17 == page.evaluate("map_0.getMaxZoom()")
    expect(page).to_have_url(re.compile("base=osm"))
    expect(page.locator("#ground-canvas")).to_have_count(0)
    page.locator("#base-own").check()
    expect(page.locator("#ground-canvas")).to_have_count(1)
    assert [] == seen.faults


def test_a_link_does_not_ask_another_host_by_itself(server, visit):
    seen = visit()
    asked = []
    seen.context.route(re.compile(r"^https:"), lambda route: (asked.append(route.request.url), route.abort()))
    page = seen.open_map(f"{server.url}/#8/{DEBRECEN}?base=osm")
    page.locator("#ground-button").click()
    expect(page.locator("#ground-box .warning")).to_contain_text("This link wants OpenStreetMap")
    expect(page.locator("#base-osm")).not_to_be_checked()
    assert [] == asked
    assert "own" == page.locator("#map_0").get_attribute("data-base")


def test_the_box_is_worked_by_the_keyboard(server, visit):
    _, page = open_at(visit, server, DEBRECEN, 8)
    page.locator("#ground-button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#ground-button")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(page.locator("#base-own")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#ground-box")).to_be_hidden()
    expect(page.locator("#ground-button")).to_be_focused()
