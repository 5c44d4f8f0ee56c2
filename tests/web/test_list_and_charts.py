"""The list and the charts of a selection, read by pointer, keyboard, on a phone and by a screen reader."""

import re
import urllib.parse

import pytest
from accessible import AXE, violations
from conftest import copy_of
from playwright.sync_api import expect
from visits import PHONE, WIDE, api

ROWS = "#list tbody tr"


def open_list(seen, server, query=""):
    page = seen.open_map(f"{server.url}/#?tab=list{query}")
    expect(page.locator("#list [data-id]").first).to_be_visible()
    return page


def open_charts(seen, server, query=""):
    page = seen.open_map(f"{server.url}/#?tab=charts{query}")
    expect(page.locator(".chart-starts h3")).not_to_be_empty()
    return page


def asked(page):
    """The parameters of the page's address."""
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).fragment.partition("?")[2]))


def table_of(page, chart, summary):
    """Open a chart's table and return its cells, the heads first."""
    figure = page.locator(f".chart-{chart}")
    figure.get_by_text(summary, exact=True).click()
    expect(figure.locator("table")).to_be_visible()
    return figure.locator("table").evaluate(
        "table => [...table.rows].map((row) => [...row.cells].map((c) => c.innerText))"
    )


def test_the_list_holds_what_the_map_shows(server, visit):
    seen = visit()
    page = open_list(seen, server, "&country=BO&kind=brine_operation,refinery")
    found = api(server, "items?limit=1000&country=BO&kind=brine_operation,refinery")["features"]
    shown = page.locator(ROWS).evaluate_all("rows => rows.map((row) => row.dataset.id)")
    assert sorted(shown) == sorted(feature["id"] for feature in found)
    expect(page.locator("#list h2")).to_have_text(f"{len(found)} projects")
    assert [] == seen.faults


def test_the_list_is_sorted_by_any_column_and_the_address_keeps_it(server, visit):
    page = open_list(visit(), server, "&capacity_measure=lce")
    heading = page.locator("#list thead").get_by_role("button", name="Capacity")
    heading.click()
    expect(page.locator('#list th[aria-sort="descending"]')).to_have_text("Capacity")
    expect(heading).to_be_focused()
    figures = page.locator(f"{ROWS} .column-capacity > span").evaluate_all(
        "cells => cells.map((cell) => Number(cell.firstChild.data.replaceAll(',', '')))"
    )
    assert len(figures) > 5
    assert figures == sorted(figures, reverse=True)
    expect(page).to_have_url(re.compile("sort=-capacity"))
    page.reload()
    expect(page.locator('#list th[aria-sort="descending"]')).to_have_text("Capacity")
    page.keyboard.press("Tab")
    page.locator("#list thead").get_by_role("button", name="Capacity").press("Enter")
    expect(page.locator('#list th[aria-sort="ascending"]')).to_have_text("Capacity")


def test_columns_are_chosen_and_the_address_keeps_them(server, visit):
    page = open_list(visit(), server)
    expect(page.locator("#list thead")).not_to_contain_text("Sources")
    page.locator("#list summary").click()
    page.locator(".columns-menu").get_by_label("Sources").check()
    page.locator(".columns-menu").get_by_label("Kind").uncheck()
    expect(page.locator("#list thead")).to_contain_text("Sources")
    expect(page.locator("#list thead")).not_to_contain_text("Kind")
    expect(page.locator(".columns-menu").get_by_label("Name")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.locator(".columns-menu fieldset")).to_be_hidden()
    expect(page.locator("#list summary")).to_be_focused()
    page.wait_for_function("() => location.hash.includes('cols=')")
    assert asked(page)["cols"].split(",")[-1] == "sources"


def test_a_hundred_rows_are_made_at_a_time(serve, tmp_path, visit):
    page = open_list(visit(), serve(copy_of("many", tmp_path / "many.gpkg")))
    expect(page.locator(ROWS)).to_have_count(100)
    expect(page.locator(".list-more")).to_contain_text("300 projects are left.")
    page.locator(".list-more button").click()
    expect(page.locator(ROWS)).to_have_count(200)
    expect(page.locator(f"{ROWS}:nth-child(101) th button")).to_be_focused()


def test_a_row_opens_its_record_and_is_put_beside_others(server, visit):
    page = open_list(visit(), server, "&country=BO")
    row = page.locator(ROWS).first
    name = row.locator("th").inner_text()
    row.get_by_role("checkbox", name=f"Compare {name}").check()
    page.wait_for_function("() => location.hash.includes('compare=')")
    row.locator("th button").press("Enter")
    expect(page.locator("#panel")).to_contain_text(name)
    expect(row).to_have_attribute("aria-current", "true")
    expect(row.get_by_role("checkbox")).to_be_checked()
    assert asked(page)["compare"] == row.get_attribute("data-id")


def test_the_sums_are_those_of_the_records(server, visit):
    page = open_list(visit(), server, "&capacity_measure=lce")
    found = [each["properties"] for each in api(server, "items?limit=1000&capacity_measure=lce")["features"]]
    shares = {
        "planned": [p["capacity"] for p in found if (p["status_group"], p["capacity_basis"]) == ("planned", "planned")],
        "being built": [
            p["capacity"] for p in found if (p["status_group"], p["capacity_basis"]) == ("building", "planned")
        ],
        "built": [p["capacity"] for p in found if (p["status_group"], p["capacity_basis"]) == ("operating", "actual")],
    }
    said = page.locator(".list-headline p").first.inner_text()
    for words, amounts in shares.items():
        number = f"{float(f'{sum(amounts):.3g}'):,.0f}"
        assert re.search(rf"{number}( t LCE a year)? {words}\b", said), (words, number, said)
    assert f"{len(found)} projects state a capacity" in said


def test_a_phone_has_cards_and_nothing_sticks_out(server, visit):
    page = open_list(visit(viewport=PHONE), server)
    expect(page.locator("#list table")).to_have_count(0)
    expect(page.locator("#list .card").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#list").evaluate("list => list.scrollWidth <= list.clientWidth")
    page.locator("#list select").select_option("capacity")
    page.wait_for_function("() => location.hash.includes('sort=-capacity')")
    expect(page.locator("#list .card dd").filter(has_text="a year").first).to_be_visible()
    page.get_by_role("button", name="Largest first").click()
    page.wait_for_function("() => location.hash.includes('sort=capacity')")
    expect(page.get_by_role("button", name="Smallest first")).to_be_focused()


def test_every_chart_has_its_numbers_as_a_table(server, visit):
    seen = visit()
    page = open_charts(seen, server)
    heads, *rows = table_of(page, "stages", "Show as a table")
    last = dict(zip(heads, rows[-1], strict=True))
    for group in ("Operating", "Building", "Paused"):
        assert int(last[group]) == api(server, f"items?limit=1&status_group={group.lower()}")["numberMatched"], group
    for chart in ("capacities", "starts"):
        assert len(table_of(page, chart, "Show as a table")) > 1
    announced = page.locator(".chart-announced")
    for summary in (
        "Show as a table",
        "What became of it, by country",
        "What became of it, by organisation with its holdings",
    ):
        announced.get_by_text(summary, exact=True).click()
    expect(announced.locator("table")).to_have_count(3)
    assert [] == seen.faults


def test_charts_are_of_exactly_the_selection(server, visit):
    page = open_charts(visit(), server, "&country=BO")
    count = api(server, "items?limit=1&country=BO")["numberMatched"]
    expect(page.locator("#charts h2")).to_have_text(f"Charts of {count} projects")
    _heads, *rows = table_of(page, "capacities", "Show as a table")
    assert [row[0] for row in rows] == ["Bolivia"]


def test_a_unit_family_and_a_scope_are_kept_in_the_address(server, visit):
    page = open_charts(visit(), server)
    page.get_by_label("Unit family").select_option("potash")
    page.wait_for_function("() => location.hash.includes('measure=potash')")
    page.get_by_label("Of whom").select_option("country:BO")
    page.wait_for_function("() => location.hash.includes('of=country:BO') || location.hash.includes('of=country%3ABO')")
    expect(page.locator(".chart-announced h3")).to_contain_text("Bolivia:")
    page.reload()
    expect(page.get_by_label("Unit family")).to_have_value("potash")
    expect(page.get_by_label("Of whom")).to_have_value("country:BO")


def test_a_dot_and_a_row_of_the_starts_open_the_record(server, visit):
    page = open_charts(visit(), server)
    dot = page.locator(".chart-starts .dot").last
    project = dot.get_attribute("data-id")
    dot.click()
    page.wait_for_function("(id) => location.hash.includes(`rec=${id}`)", arg=project)
    table_of(page, "starts", "Show as a table")
    page.locator(".chart-starts tbody button").first.press("Enter")
    expect(page.locator("#panel")).to_be_visible()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core comes with npm's packages")
@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_no_fault_is_found_by_axe(server, visit, viewport):
    page = open_list(visit(viewport=viewport, reduced_motion="reduce"), server)
    assert [] == violations(page, "#list")
    page.evaluate("location.hash = '#?tab=charts'")
    expect(page.locator(".chart-starts h3")).not_to_be_empty()
    for summary in page.locator("#charts summary").all():
        summary.click()
    assert [] == violations(page, "#charts")
