"""The slider of months: everything shows the state as of the chosen month, without asking the server again."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect
from visits import api, asked, expect_sentence, matched

GROUPS = ["operating", "building", "planned", "paused", "ended"]


def slide_to(page, month):
    """Move the slider as a hand does: its position is that of the month."""
    page.locator("#month").evaluate(
        """(slider, month) => {
          const [year, part] = month.split("-").map(Number), now = new Date();
          const back = (now.getUTCFullYear() - year) * 12 + now.getUTCMonth() + 1 - part;
          slider.value = String(Number(slider.max) - back);
          slider.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        month,
    )


@pytest.mark.parametrize("month", ["2016-12", "2019-06", "2023-06", "2024-03"])
def test_headline_counts_and_list_are_those_of_the_month(server, visit, month):
    """The API's answer as of that month, to the last record."""
    page = visit().open_map(server.url)
    slide_to(page, month)
    found = api(server, f"items?limit=1000&as_of={month}")["features"]
    expect_sentence(page, len(found))
    expect(page.locator("#sentence")).to_contain_text(dt.date.fromisoformat(f"{month}-01").strftime("as of %b %Y"))
    for group in GROUPS:
        count = sum(feature["properties"]["status_group"] == group for feature in found)
        expect(page.locator(f".facet-group .group-{group} .count")).to_have_text(str(count))
    page.locator("#tab-list").click()
    rows = page.locator("#list tbody tr")
    expect(rows).to_have_count(min(100, len(found)))
    shown = rows.evaluate_all("rows => rows.map((row) => row.dataset.id)")
    assert set(shown) <= {feature["id"] for feature in found}


def test_a_month_and_filters_are_asked_together(server, visit):
    page = visit().open_map(f"{server.url}/#?country=BO,CL&status_group=planned")
    slide_to(page, "2023-06")
    expect_sentence(page, matched(server, "country=BO,CL&status_group=planned&as_of=2023-06"))
    names = page.locator("#chips .chip bdi")
    expect(names).to_have_text(["Planned", "Bolivia", "Chile", "As of Jun 2023"])


def test_a_step_of_the_slider_asks_nobody(server, visit):
    page = visit().open_map(server.url)
    page.wait_for_load_state("networkidle")
    requests = []
    # Whenever an address changes, Chromium asks for the page's icon again.
    page.on("request", lambda request: request.url.endswith("favicon.svg") or requests.append(request.url))
    page.locator("#month").focus()
    before = page.locator("#month").input_value()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("#month")).to_have_value(str(int(before) - 12))
    expect(page.locator("#sentence")).to_contain_text("as of")
    expect(page).to_have_url(re.compile(r"as_of=\d{4}-\d{2}"))
    assert [] == requests


def test_a_month_is_in_the_address_and_today_is_one_press_away(server, visit):
    page = visit().open_map(server.url)
    expect(page.locator("#month-shown")).to_have_text("Today")
    expect(page.locator("#time-now")).to_be_hidden()
    slide_to(page, "2020-02")
    expect(page).to_have_url(re.compile("as_of=2020-02$"))
    page.reload()
    expect(page.locator("#month-shown")).to_have_text("Feb 2020")
    expect_sentence(page, matched(server, "as_of=2020-02"))
    page.locator("#time-now").click()
    expect_sentence(page, matched(server, ""))
    page.wait_for_function("() => !location.hash.includes('as_of')")


def test_play_moves_month_by_month_until_it_is_stopped(server, visit):
    page = visit().open_map(f"{server.url}/#?as_of=2015-01")
    play = page.locator("#play")
    slider = page.locator("#month")
    start = int(slider.input_value())
    play.click()
    expect(play).to_have_attribute("aria-label", "Stop")
    page.wait_for_function("(start) => Number(document.getElementById('month').value) > start + 2", arg=start)
    play.click()
    expect(play).to_have_attribute("aria-label", "Play the months")
    stopped = slider.input_value()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 400)))")
    assert stopped == slider.input_value(), "two steps long nothing moves"
    assert asked(page)["as_of"] > "2015-01"


def test_play_ends_at_today(server, visit):
    page = visit().open_map(server.url)
    page.locator("#month").press("ArrowLeft")
    page.locator("#month").press("ArrowLeft")
    page.locator("#play").click()
    expect(page.locator("#month-shown")).to_have_text("Today")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Play the months")


def test_expected_starts_stand_apart_year_by_year(server, visit):
    """What has not begun and is planned for this year or later, by the year."""
    page = visit().open_map(server.url)
    properties = [feature["properties"] for feature in api(server, "items?limit=1000")["features"]]
    waiting = [p for p in properties if p["start_planned"] and not p["start_actual"] and not p["operating_by"]]
    years = [int(p["start_planned"][:4]) for p in waiting]
    expected = {year: years.count(year) for year in sorted(set(years)) if year >= dt.datetime.now(dt.UTC).year}
    labels = page.locator(".expected .year").evaluate_all("bars => bars.map((bar) => bar.ariaLabel)")
    said = {int(label.split()[-1]): int(label.split()[0]) for label in labels}
    assert said
    assert {year: expected[year] for year in said} == said
    assert min(expected) == min(said)


def test_the_chart_behind_the_slider_is_of_the_selection(server, visit):
    page = visit().open_map(server.url)
    whole = page.locator(".months polygon.area-planned").get_attribute("points")
    page.locator('[data-country="BO"]').click()
    expect(page.locator(".months polygon.area-planned")).not_to_have_attribute("points", whole)
