"""A record is read by keyboard, on a phone, on paper, in forced colours and by a screen reader."""

import pytest
from accessible import AXE, violations
from playwright.sync_api import expect
from visits import PHONE, WIDE

DENSE = "bo-u1-uyuni-dle"
RECORDS = (DENSE, "bo-rosatom-battery-factory", "ar-rincon-rio", "bo-salar-de-uyuni")


@pytest.mark.skipif(not AXE.exists(), reason="axe-core comes with npm's packages")
@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_no_fault_is_found_by_axe(server, visit, viewport):
    page = visit(viewport=viewport, reduced_motion="reduce").page
    for record in RECORDS:
        page.goto(f"{server.url}/projects/{record}")
        assert [] == violations(page), record
    page.goto(f"{server.url}/projects/{DENSE}")
    for fold in page.locator("details").all():
        fold.locator("summary").click()
    page.locator(".strip .reference").first.click()
    expect(page.locator(".cited:popover-open")).to_be_visible()
    assert [] == violations(page)


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_the_sources_of_a_value_are_one_key_away(server, visit, viewport):
    page = visit(viewport=viewport).page
    page.goto(f"{server.url}/projects/{DENSE}")
    button = page.locator(".facts .reference").first
    button.focus()
    page.keyboard.press("Enter")
    opened = page.locator(".cited:popover-open")
    expect(opened).to_be_in_viewport(ratio=1)
    expect(opened).to_contain_text("eju.tv")
    expect(opened).to_contain_text("11 Sept 2024")
    page.keyboard.press("Tab")
    expect(opened.locator("a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(opened).to_have_count(0)
    expect(button).to_be_focused()


def test_sources_open_without_script_and_beside_what_they_are_of(server, visit):
    page = visit(java_script_enabled=False).page
    page.goto(f"{server.url}/projects/{DENSE}")
    button = page.locator(".facts .reference").first
    button.click()
    opened = page.locator(".cited").filter(visible=True)
    expect(opened).to_have_count(1)
    at, box = button.bounding_box(), opened.bounding_box()
    below, above = box["y"] - (at["y"] + at["height"]), at["y"] - (box["y"] + box["height"])
    assert 0 <= max(below, above) < 20


def test_escape_closes_the_sources_before_the_record(server, visit):
    page = visit().open_map(f"{server.url}/#rec={DENSE}")
    page.locator("#panel .facts .reference").first.click()
    expect(page.locator("#panel .cited:popover-open")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel .cited:popover-open")).to_have_count(0)
    expect(page.locator("#panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()


def test_a_value_is_one_stop_however_many_sources_it_has(server, visit):
    page = visit().page
    page.goto(f"{server.url}/projects/{DENSE}")
    for row in page.locator(".events li").all():
        assert row.locator("button").count() <= 1
        assert 0 == row.locator("a:visible").count()


@pytest.mark.parametrize("viewport", [{"width": 320, "height": 640}, WIDE])
def test_the_stages_are_drawn_within_the_page(server, visit, viewport):
    page = visit(viewport=viewport).page
    page.goto(f"{server.url}/projects/ar-rincon-rio")
    drawn = page.locator(".timeline > svg")
    assert "planned for 2028" in drawn.get_attribute("aria-label")
    for piece in (*drawn.locator("text").all(), *drawn.locator("path").all()):
        box = piece.bounding_box()
        assert 0 <= box["x"] <= viewport["width"] - box["width"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_stages_are_told_apart_in_forced_colours(server, visit):
    page = visit(forced_colors="active").page
    page.goto(f"{server.url}/projects/ar-rincon-rio")
    fill, ink = page.locator(".timeline .span").first.evaluate(
        "(span) => [getComputedStyle(span).fill, getComputedStyle(document.body).color]"
    )
    assert fill == ink


def test_the_page_uses_a_wide_screen_and_marks_no_point_where_none_is_known(server, visit):
    page = visit().page
    page.goto(f"{server.url}/projects/bo-rosatom-battery-factory")
    body, side = page.locator(".body").bounding_box(), page.locator(".side").bounding_box()
    assert body["x"] + body["width"] < side["x"]
    assert "hatched" in page.locator(".locator svg").get_attribute("aria-label")
    expect(page.locator(".locator .hatched")).to_have_count(1)
    expect(page.locator(".locator .spot, .locator .ring")).to_have_count(0)
    expect(page.get_by_role("link", name="See it on the map")).to_be_in_viewport()
    page.goto(f"{server.url}/projects/ar-rincon-rio")
    expect(page.locator(".locator .spot")).to_have_count(1)
    expect(page.get_by_role("heading", name="Within 200 km")).to_be_visible()
    page.locator(".walk a[rel=next]").click()
    expect(page.locator(".walk a[rel=prev]")).to_contain_text("Rincon (Rio Tinto)")


def test_paper_has_every_event_and_source(server, visit):
    page = visit().page
    page.goto(f"{server.url}/projects/{DENSE}")
    page.emulate_media(media="print")
    for last in (page.locator(".events li").first, page.locator(".sources li").last):
        assert last.evaluate("(it) => it.checkVisibility({ contentVisibilityAuto: true })")
        assert last.bounding_box()["height"] > 10
