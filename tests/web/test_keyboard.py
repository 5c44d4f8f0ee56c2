"""All is done by keyboard: few stops, arrow keys within groups, and the focus is always somewhere that makes sense."""

import re

import pytest
from conftest import copy_of
from playwright.sync_api import expect
from visits import asked, expect_sentence, matched

MOST_STOPS = 40


def named(page):
    """What has the focus: its id or class, and how it is called."""
    return page.evaluate(
        """() => {
          const { id, className, ariaLabel, textContent } = document.activeElement;
          return `${id || className}: ${(ariaLabel ?? textContent).trim().slice(0, 40)}`;
        }"""
    )


def test_the_first_screen_has_few_stops_and_none_twice(server, visit):
    page = visit().open_map(server.url)
    page.keyboard.press("Tab")
    stops = [named(page)]
    while len(stops) <= 2 * MOST_STOPS:
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body") or named(page) == stops[0]:
            break
        stops.append(named(page))
    assert len(stops) <= MOST_STOPS, f"{len(stops)} stops: {stops}"
    assert stops[0].startswith("skip")
    for part in ("search", "map_0", "tab-list", "month", "play"):
        assert any(stop.startswith(part) for stop in stops), (part, stops)


def test_a_group_of_filters_is_one_stop_with_arrow_keys(server, visit):
    page = visit().open_map(server.url)
    boxes = page.locator(".facet-group [role=checkbox]")
    count = boxes.count()
    boxes.first.focus()
    for key, place in (("ArrowDown", 1), ("ArrowRight", 2), ("ArrowUp", 1), ("End", count - 1), ("ArrowDown", 0)):
        page.keyboard.press(key)
        expect(boxes.nth(place)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(boxes.nth(1)).to_have_attribute("aria-checked", "true")
    expect_sentence(page, matched(server, "status_group=building"))
    page.keyboard.press("Tab")
    expect(page.locator("#stages > summary")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(boxes.nth(1), "the stop is where it was left").to_be_focused()


def test_focus_stays_where_a_filter_was_chosen(server, visit):
    page = visit().open_map(server.url)
    for group, code in (("country", "CL"), ("segment", "refinery")):
        box = page.locator(f'[data-{group}="{code}"]')
        box.focus()
        page.keyboard.press("Space")
        expect(box).to_have_attribute("aria-checked", "true")
        expect(box).to_be_focused()


def test_a_record_is_found_and_opened_by_keyboard_alone(server, visit):
    seen = visit()
    page = seen.open_map(server.url)
    page.keyboard.press("/")
    page.keyboard.type("ROSÁTOM bat")
    expect(page.locator("#results")).to_contain_text("Rosatom battery factory")
    expect(page.locator("#search")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    marked = page.locator("#search").get_attribute("aria-activedescendant")
    expect(page.locator(f"#{marked}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_contain_text("Rosatom battery factory")
    expect(page.locator("#panel h2")).to_be_focused()
    assert "none" != page.locator("#panel h2").evaluate("(it) => getComputedStyle(it).outlineStyle")
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_be_focused()
    assert [] == seen.faults


def test_the_first_stop_leads_past_the_map_to_the_list(server, visit):
    page = visit().open_map(server.url)
    page.keyboard.press("Tab")
    expect(page.locator("#skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#views")).to_be_focused()
    expect(page.locator("#list tbody tr").first).to_be_visible()
    assert "list" == asked(page)["tab"]


def test_escape_goes_back_one_thing_at_a_time(server, visit):
    page = visit().open_map(f"{server.url}/#?tab=list&rec=bo-rosatom-battery-factory")
    page.locator("#search").focus()
    page.keyboard.type("uyuni")
    expect(page.locator("#results")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#results")).to_be_hidden()
    expect(page.locator("#panel")).to_be_visible()
    page.locator("#tab-list").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#list")).to_be_hidden()


@pytest.mark.parametrize("key", ["ArrowLeft", "PageDown", "Home"])
def test_the_slider_is_moved_by_keys_and_says_its_month(server, visit, key):
    page = visit().open_map(server.url)
    slider = page.locator("#month")
    slider.focus()
    page.keyboard.press(key)
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^\w{3} 20\d\d$"))
    expect(page.locator("#month-shown")).to_have_text(slider.get_attribute("aria-valuetext"))
    expect(slider).to_be_focused()


def test_every_tab_is_a_button_that_says_which_is_shown(server, visit):
    page = visit().open_map(server.url)
    for name in ("list", "charts", "changes", "map"):
        page.locator(f"#tab-{name}").press("Enter")
        expect(page.locator(f"#tab-{name}")).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".tabs [aria-pressed=true]")).to_have_count(1)
    assert "tab" not in asked(page)


def test_the_embedded_map_leaves_the_focus_where_it_is(tmp_path, serve, visit):
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"), embed="http://elsewhere.localhost")
    seen = visit(permissions=["local-network-access"])  # which Chromium asks for where a page of elsewhere frames ours
    foreign = seen.context.new_page()
    frame = f'<button autofocus>Mine</button><iframe src="{server.url}/embed#rec=bo-rosatom-battery-factory"></iframe>'
    foreign.route("http://elsewhere.localhost/", lambda route: route.fulfill(body=frame, content_type="text/html"))
    foreign.goto("http://elsewhere.localhost/")
    expect(foreign.frame_locator("iframe").locator("#panel[aria-busy=false] h2")).to_contain_text("Rosatom")
    expect(foreign.locator("button")).to_be_focused()
