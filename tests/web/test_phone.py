"""On a phone: sheets of three heights, every group at first sight, and targets for thumbs."""

import pytest
from playwright.sync_api import expect
from visits import PHONE, asked, expect_sentence, matched

ROSATOM = "bo-rosatom-battery-factory"


@pytest.fixture
def phone(server, visit):
    def begin(view=""):
        return visit(viewport=PHONE, has_touch=True, is_mobile=True).open_map(f"{server.url}/{view}")

    return begin


def test_the_first_screen_says_what_this_is_and_shows_every_group(phone):
    page = phone()
    expect(page.locator("#sentence")).to_be_in_viewport(ratio=1)
    for group in page.locator(".facet-group [role=checkbox]").all():
        expect(group).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("Natural Earth")).to_be_in_viewport(ratio=1)
    rail = page.locator("#rail").bounding_box()
    assert rail["y"] >= 0.45 * PHONE["height"], "the map has the other half"


def test_main_targets_are_as_large_as_a_thumb(phone):
    page = phone("#?country=BO")
    targets = ["#tab-list", "#share", ".chip", "#clear", ".facet-group button", ".tray-count", "#ground-button"]
    for selector in targets:
        box = page.locator(selector).first.bounding_box()
        assert box["height"] >= 44, selector
        assert box["width"] >= 44, selector


def test_a_group_is_chosen_by_a_tap(server, phone):
    page = phone()
    page.locator(".group-operating").tap()
    expect_sentence(page, matched(server, "status_group=operating"))
    expect(page.locator("#chips .chip")).to_be_in_viewport()


def test_the_sheet_has_three_heights_by_its_grip(phone):
    page = phone()
    rail, grip = page.locator("#rail"), page.locator("#rail-grip")
    heights = {}
    for _ in range(3):
        heights[rail.get_attribute("data-height")] = rail.bounding_box()["height"]
        before = rail.get_attribute("data-height")
        grip.tap()
        expect(rail).not_to_have_attribute("data-height", before)
        page.wait_for_function("() => document.getElementById('rail').getAnimations().length === 0")
    assert {"half", "full", "low"} == set(heights)
    assert heights["low"] < heights["half"] < heights["full"]


def test_with_the_sheet_low_the_months_are_there(phone):
    page = phone()
    expect(page.locator("#time")).to_be_hidden()
    page.locator("#rail-grip").tap()
    page.locator("#rail-grip").tap()
    expect(page.locator("#month")).to_be_visible()
    page.locator("#month").press("ArrowLeft")
    expect(page.locator("#sentence")).to_contain_text("as of")


def test_a_record_is_a_sheet_and_closes_to_the_map(phone):
    page = phone(f"#rec={ROSATOM}")
    expect(page.locator("#panel h2")).to_be_in_viewport(ratio=1)
    expect(page.locator("#copy-link")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#panel-close").tap()
    expect(page.locator("#panel")).to_be_hidden()
    assert "rec" not in asked(page)


def test_the_tray_opens_within_the_screen(phone):
    page = phone()
    page.locator(".tray-count").tap()
    expect(page.locator("#tray-list")).to_be_in_viewport(ratio=1)
    page.locator(f'#tray-list [data-id="{ROSATOM}"]').tap()
    expect(page.locator("#panel h2")).to_contain_text("Rosatom")


def test_the_last_card_of_the_list_can_be_read(phone):
    page = phone("#?tab=list&country=BO")
    cards = page.locator("#list .card")
    cards.last.scroll_into_view_if_needed()
    expect(cards.last).to_be_in_viewport(ratio=0.9)
    top = page.evaluate(
        """() => {
          const { left, bottom } = [...document.querySelectorAll("#list .card")].at(-1).getBoundingClientRect();
          return document.elementFromPoint(left + 20, bottom - 10).closest(".card") !== null;
        }"""
    )
    assert top, "nothing lies over it"


def test_a_project_is_added_from_a_phone_too(phone):
    page = phone()
    page.locator("#rail-grip").tap()
    link = page.locator(".foot").get_by_role("link", name="Add a project")
    link.tap()
    expect(page.locator("#source-url")).to_be_visible()
