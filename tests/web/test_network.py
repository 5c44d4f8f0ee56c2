"""What the page asks of whom, and what it does when nobody answers."""

import urllib.parse

import pytest
from conftest import COUNT
from made_up import made_up_feature
from playwright.sync_api import expect
from visits import PHONE, add, api, expect_sentence, matched

ROSATOM = "bo-rosatom-battery-factory"


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}, {"color_scheme": "dark"}, {"reduced_motion": "reduce"}])
def test_the_map_opens_without_a_fault_and_asks_no_other_host(server, visit, options):
    seen = visit(**options)
    page = seen.open_map(server.url)
    expect(page.locator("#sentence")).to_have_text(f"{COUNT} projects in 5 countries")
    assert [] == seen.faults
    assert {urllib.parse.urlsplit(server.url).netloc} == seen.hosts
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "something sticks out sideways"


def test_no_other_host_is_asked_by_any_view(server, visit):
    seen = visit()
    page = seen.open_map(server.url)
    for name in ("list", "charts", "changes"):
        page.locator(f"#tab-{name}").click()
        expect(page.locator(f"#{name} h2").first).to_be_visible()
    page.evaluate(f"location.hash = '#9/-20.2/-67.6?rec={ROSATOM}'")
    expect(page.locator("#panel")).to_have_attribute("aria-busy", "false")
    seen.settle()
    assert {urllib.parse.urlsplit(server.url).netloc} == seen.hosts
    assert [] == seen.faults


@pytest.mark.parametrize("part", ["drawn", "told"])
def test_a_server_that_fails_is_said_and_asked_again(server, visit, part):
    seen = visit()
    seen.page.route(f"**/snapshot/{part}", lambda route: route.abort())
    seen.page.goto(server.url)
    expect(seen.page.locator("#problem")).to_contain_text("cannot be loaded")
    said = "No projects are loaded." if part == "drawn" else f"{COUNT} projects in 5 countries"
    expect(seen.page.locator("#sentence")).to_have_text(said)
    seen.page.unroute(f"**/snapshot/{part}")
    seen.page.locator("#problem button").click()
    expect(seen.page.locator("body[data-ready]")).to_have_count(1)
    expect_sentence(seen.page, COUNT)
    expect(seen.page.locator("#problem")).to_be_hidden()
    seen.page.locator('[data-country="BO"]').click()
    expect_sentence(seen.page, matched(server, "country=BO"))
    expect(seen.page.locator(".facet-country"), "nothing is there twice").to_have_count(1)


def test_a_record_that_comes_between_the_two_parts_mixes_up_no_others(fresh_server, visit):
    seen, added = visit(), []
    count = matched(fresh_server, "")

    def late(route):
        if not added:
            added.append(add(fresh_server, made_up_feature("aa-first-of-all", country="AR")))
        route.continue_()

    seen.page.route("**/snapshot/told", late)
    page = seen.open_map(f"{fresh_server.url}/#?q=first+of+all")
    expect(page.locator("body")).to_have_attribute("data-ready", str(count + 1))
    assert ["aa-first-of-all"] == added


def test_without_a_network_list_filters_and_months_go_on(server, visit):
    seen = visit()
    page = seen.open_map(server.url)
    page.locator("#tab-list").click()
    expect(page.locator("#list tbody tr").first).to_be_visible()
    seen.context.set_offline(True)
    page.locator('[data-country="BO"]').click()
    count = matched(server, "country=BO")
    expect_sentence(page, count)
    expect(page.locator("#list tbody tr")).to_have_count(count)
    page.locator("#month").press("ArrowLeft")
    expect(page.locator("#sentence")).to_contain_text("as of")
    page.locator("#time-now").click()
    row = page.locator(f'#list [data-id="{ROSATOM}"]')
    row.locator("th button, th a").click()
    panel = page.locator("#panel")
    expect(panel).to_contain_text("The server cannot be reached.")
    expect(panel.locator("h2")).to_contain_text("Rosatom battery factory")
    seen.context.set_offline(False)
    panel.get_by_role("button", name="Try again").click()
    expect(panel.locator(".events").first).to_be_attached()


def test_a_view_that_cannot_be_fetched_is_said(server, visit):
    seen = visit()
    page = seen.open_map(server.url)
    seen.context.set_offline(True)
    page.locator("#tab-charts").click()
    expect(page.locator("#charts .warning")).to_contain_text("cannot be loaded")
    seen.context.set_offline(False)
    page.locator("#charts").get_by_role("button", name="Try again").click()
    expect(page.locator(".chart-starts h3")).not_to_be_empty()


def test_the_api_s_page_works_without_another_host(server, visit):
    seen = visit()
    seen.page.goto(f"{server.url}/api/docs")
    expect(seen.page.locator("main")).to_contain_text("/collections/projects/items")
    assert {urllib.parse.urlsplit(server.url).netloc} == seen.hosts
    assert [] == seen.faults


def test_a_page_without_script_leads_to_the_same_projects(server, visit):
    page = visit(java_script_enabled=False).page
    page.goto(server.url)
    expect(page.locator(".noscript")).to_contain_text("The map needs JavaScript")
    with page.expect_navigation():
        page.locator(".noscript a").first.click()
    expect(page.locator("main")).to_contain_text(f"{COUNT} records match.")
    expect(page.locator("table.features tbody tr").first).to_be_visible()
    assert COUNT == api(server, "items?limit=1")["numberMatched"]
