"""How projects stand on the map in a real browser: symbols, clusters, fans, and what has no place."""

import json
import re

import pytest
from conftest import COUNT, ROOT
from made_up import made_up_feature
from playwright.sync_api import expect
from visits import PHONE, add, api

STATIC = ROOT / "web" / "static"
ROSATOM = "bo-rosatom-battery-factory"
UYUNI = (-20.2002, -67.5992)  # five records at exactly these coordinates


def drawn(page, name):
    """Read what the canvas says of its last drawing: a list, with places in pixels of the map."""
    return json.loads(page.locator("#project-canvas").get_attribute(f"data-{name}"))


def inside(page, these):
    """Keep what is not under the rail, the tools or the slider."""
    size = page.viewport_size
    return [one for one in these if 360 < one["x"] < size["width"] - 60 and 70 < one["y"] < size["height"] - 160]


def move_to(page, at):
    box = page.locator("#map_0").bounding_box()
    page.mouse.move(box["x"] + at["x"], box["y"] + at["y"])


def click(page, at):
    move_to(page, at)
    page.mouse.down()
    page.mouse.up()


def without_place(features):
    return [f for f in features if f["properties"]["location_accuracy"] in ("country", "undisclosed")]


def counts(page):
    return sorted(cluster["count"] for cluster in drawn(page, "clusters"))


def test_a_cluster_says_what_is_in_it_and_opens_to_its_extent(server, visit):
    seen = visit()
    page = seen.open_map(f"{server.url}/#3/-20/-60")
    largest = max(inside(page, drawn(page, "clusters")), key=lambda cluster: cluster["count"])
    move_to(page, largest)
    tip = page.locator("#tooltip")
    expect(tip).to_contain_text(f"{largest['count']} projects: ")
    named = [int(count) for count in re.findall(r"(\d+) (?:operating|being|planned|paused|ended|of)", tip.inner_text())]
    assert sum(named) == largest["count"]
    click(page, largest)
    page.wait_for_function("() => map_0.getZoom() > 3")
    seen.settle()
    assert max(counts(page), default=0) < largest["count"]
    assert [] == seen.faults


def test_every_shown_project_is_drawn_once_and_a_filter_counts_only_its_own(server, visit):
    seen = visit()
    page = seen.open_map(f"{server.url}/#3/-20/-60")
    placeless = without_place(api(server, "items?limit=1000")["features"])
    marks = int(page.locator("#project-canvas").get_attribute("data-marks"))
    assert marks + sum(counts(page)) == COUNT - len(placeless)
    shown = api(server, "items?limit=1000&status=operating")["features"]
    page.goto(f"{server.url}/#3/-20/-60?status=operating")
    expect(page.locator("#sentence")).to_contain_text(f"{len(shown)} projects")
    seen.settle()
    marks = int(page.locator("#project-canvas").get_attribute("data-marks"))
    assert marks + sum(counts(page)) == len(shown) - len(without_place(shown))


def test_clusters_stay_what_they_are_while_the_map_is_dragged(server, visit):
    seen = visit()
    page = seen.open_map(f"{server.url}/#4/-20/-60")
    before = drawn(page, "clusters")
    page.evaluate("map_0.panBy([37, 23], { animate: false })")
    page.wait_for_function(
        "(text) => document.querySelector('#project-canvas').dataset.clusters !== text", arg=json.dumps(before)
    )
    after = {(cluster["x"] + 37, cluster["y"] + 23, cluster["count"]) for cluster in drawn(page, "clusters")}
    near = [(x, y, count) for x, y, count in after for b in before if abs(b["x"] - x) < 2 and abs(b["y"] - y) < 2]
    assert {b["count"] for b in inside(page, before)} <= {count for _, _, count in near}


def test_projects_at_one_spot_stand_around_it_and_each_can_be_opened(server, visit):
    seen = visit()
    page = seen.open_map(f"{server.url}/#9/{UYUNI[0]}/{UYUNI[1]}")
    there = {
        f["properties"]["name"]
        for f in api(server, "items?limit=1000&country=BO")["features"]
        if f["geometry"] and f["geometry"].get("coordinates") == [UYUNI[1], UYUNI[0]]
    }
    at = page.evaluate("(at) => map_0.latLngToContainerPoint(at)", list(UYUNI))
    fan = next(fan for fan in drawn(page, "fans") if abs(fan["x"] - at["x"]) < 3 and abs(fan["y"] - at["y"]) < 3)
    assert fan["count"] == len(there) >= 5
    assert [] == [c for c in drawn(page, "clusters") if abs(c["x"] - at["x"]) < 30 and abs(c["y"] - at["y"]) < 30]
    found = page.evaluate(
        """([x, y]) => {
          const names = new Set(), tip = document.querySelector("#tooltip"), box = map_0.getContainer();
          const { left, top } = box.getBoundingClientRect();
          for (let angle = 0; angle < 360; angle += 4) for (const away of [10, 14, 18, 22]) {
            const [dx, dy] = [away * Math.cos(angle / 57.3), away * Math.sin(angle / 57.3)];
            const at = { clientX: left + x + dx, clientY: top + y + dy, bubbles: true };
            box.dispatchEvent(new MouseEvent("mousemove", at));
            if (!tip.hidden) for (const name of tip.querySelectorAll("strong")) names.add(name.textContent);
          }
          return [...names];
        }""",
        [fan["x"], fan["y"]],
    )
    assert there <= set(found)


def test_an_idea_without_a_site_is_a_tag_and_never_a_pin(server, visit):
    """Its country is dotted only when one asks for it; filtered out, its tag goes too."""
    seen = visit()
    page = seen.open_map(f"{server.url}/#5/-17/-64")
    canvas = page.locator("#project-canvas")
    [tag] = [chip for chip in drawn(page, "chips") if chip["iso"] == "BO"]
    expect(canvas).to_have_attribute("data-dotted", "")
    move_to(page, tag)
    expect(canvas).to_have_attribute("data-dotted", "BO")
    expect(page.locator("#tooltip")).to_contain_text("1 project somewhere in Bolivia; no source says where")
    expect(page.locator("#tooltip")).to_contain_text("26 Mar 2024")
    click(page, tag)
    expect(page.locator("#panel h2")).to_contain_text("Rosatom battery factory")
    expect(canvas).to_have_attribute("data-dotted", "BO")
    page.goto(f"{server.url}/#5/-17/-64?status=operating")
    expect(canvas).to_have_attribute("data-dotted", "")
    page.wait_for_function("() => JSON.parse(document.querySelector('#project-canvas').dataset.chips).length === 0")


def test_far_out_what_has_no_place_waits_in_the_tray(server, visit):
    page = visit().open_map(f"{server.url}/#3/-20/-60")
    placeless = without_place(api(server, "items?limit=1000")["features"])
    assert [] == drawn(page, "chips")
    page.locator("#tray button").last.click()
    expect(page.locator("#tray-list [data-id]")).to_have_count(len(placeless))
    page.locator(f'#tray-list [data-id="{ROSATOM}"]').hover()
    expect(page.locator("#project-canvas")).to_have_attribute("data-dotted", "BO")
    page.locator(f'#tray-list [data-id="{ROSATOM}"]').click()
    expect(page.locator("#panel h2")).to_contain_text("Rosatom battery factory")


def test_the_tray_is_opened_and_closed_by_keyboard(server, visit):
    page = visit().open_map(server.url)
    toggle = page.locator(".tray-count")
    toggle.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#tray-list")).to_be_visible()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#tray-list")).to_be_hidden()
    expect(toggle).to_be_focused()


def test_names_stand_beside_symbols_from_near_on_and_cover_none(server, visit):
    page = visit().open_map(f"{server.url}/#9/-23.5/-66.5")
    names = drawn(page, "labels")
    assert names
    for one in names:
        assert all(other is one or abs(other["x"] - one["x"]) + abs(other["y"] - one["y"]) > 8 for other in names)
    page.evaluate("map_0.setZoom(6, { animate: false })")
    page.wait_for_function("() => document.querySelector('#project-canvas').dataset.labels === '[]'")


def test_rings_of_rough_places_are_seen_from_near_only(server, visit):
    page = visit().open_map(f"{server.url}/#4/-25/-66")
    canvas = page.locator("#project-canvas")
    expect(canvas).to_have_attribute("data-rings", "0")
    page.evaluate("map_0.setView([-24, -66], 8, { animate: false })")
    page.wait_for_function("() => Number(document.querySelector('#project-canvas').dataset.rings) > 0")


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE, "has_touch": True}])
def test_a_tap_on_a_symbol_opens_its_record(server, visit, options):
    seen = visit(**options)
    page = seen.open_map(f"{server.url}/#9/-23.5/-66.5")
    record = next(f for f in api(server, "items?limit=1000&country=AR")["features"] if f["id"] == "ar-cauchari-olaroz")
    longitude, latitude = record["geometry"]["coordinates"]
    page.evaluate("(at) => map_0.setView(at, 13, { animate: false })", [latitude, longitude])
    page.evaluate("() => map_0.panBy([0, 150], { animate: false })")
    seen.settle()
    seen.click_at(latitude, longitude)
    expect(page.locator("#panel h2, #chooser h2").first).to_be_visible()


def test_more_than_a_fan_holds_is_a_pile_from_which_each_can_be_chosen(fresh_server, visit):
    for n in range(9):
        at = {"type": "Point", "coordinates": [-58.4, -17.1]}
        add(fresh_server, made_up_feature(f"bo-made-up-{n}", name=f"Works number {n}", geometry=at))
    seen = visit()
    page = seen.open_map(f"{fresh_server.url}/#9/-17.1/-58.4")
    [pile] = drawn(page, "piles")
    assert pile["count"] == 9
    assert [] == [c for c in drawn(page, "clusters") if abs(c["x"] - pile["x"]) + abs(c["y"] - pile["y"]) < 40]
    click(page, pile)
    expect(page.locator("#chooser [data-id]")).to_have_count(9)
    page.keyboard.press("Escape")
    expect(page.locator("#chooser")).to_be_hidden()
    expect(page.locator("#map_0")).to_be_focused()
    click(page, pile)
    page.locator('#chooser [data-id="bo-made-up-7"]').click()
    expect(page.locator("#panel h2")).to_contain_text("Works number 7")


def test_the_key_of_the_map_is_formed_by_one_style_sheet():
    """All sheets of the map's page are one file: the key of a record's timeline once put that of the map in a row."""
    [name] = re.findall(r'"ul",\s*\{ class: "([\w-]+)" \}', (STATIC / "find" / "key.js").read_text(encoding="utf-8"))
    sheets = re.findall(r'@import "([\w-]+\.css)"', (STATIC / "styles" / "page.css").read_text(encoding="utf-8"))
    forming = [each for each in sheets if re.search(rf"(?m)^\.{name}\b", (STATIC / "styles" / each).read_text())]
    assert ["rail.css"] == forming
