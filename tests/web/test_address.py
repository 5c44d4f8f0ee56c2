"""An address is a view: it is read as meant, says what is odd about it, and is kept by every way of going on."""

import re
from contextlib import closing

import pytest
from conftest import COUNT
from playwright.sync_api import expect
from visits import api, asked, expect_sentence, matched

from geo.editing import Edit
from geo.opening import open_ledger

ROSATOM = "bo-rosatom-battery-factory"


def test_a_link_with_a_code_that_is_not_here_says_so_and_shows_nothing(server, visit):
    seen = visit()
    page = seen.open_map_of_nothing(f"{server.url}/#?country=FR&status=finished")
    notice = page.locator("#link-notice")
    expect(notice).to_contain_text("“FR”")
    expect(notice).to_contain_text("“finished”")
    expect(notice).to_contain_text("no project here has it")
    assert {"country": "FR", "status": "finished"} == asked(page)
    page.locator("#clear").click()
    expect(notice).to_be_hidden()
    expect_sentence(page, COUNT)
    assert [] == seen.faults


def test_a_link_with_a_code_in_other_letters_is_read_as_meant_and_says_so(server, visit):
    page = visit().open_map(f"{server.url}/#?country=bo")
    expect_sentence(page, matched(server, "country=BO"))
    expect(page.locator("#link-notice")).to_have_text("Read “bo” as Bolivia.")
    assert "BO" == asked(page)["country"]


def test_a_link_with_a_name_that_the_map_does_not_know_says_so(server, visit):
    page = visit().open_map(f"{server.url}/#?colour=red&country=BO&utm_source=x")
    expect(page.locator("#link-notice")).to_have_text("This link says “colour”, which the map does not know.")
    expect_sentence(page, matched(server, "country=BO"))


def test_an_address_as_the_api_writes_it_is_read_and_later_ones_too(server, visit):
    page = visit().open_map(f"{server.url}/?country=BO,xx")
    expect(page.locator("#link-notice")).to_contain_text("“xx”")
    expect_sentence(page, matched(server, "country=BO"))
    page.evaluate("location.hash = '#?country=cl'")
    expect(page.locator("#link-notice")).to_have_text("Read “cl” as Chile.")
    expect_sentence(page, matched(server, "country=CL"))


def test_a_whole_view_is_passed_on(server, visit):
    address = f"#6/-20.00/-66.00?country=BO&kind=brine_operation&q=uyuni&as_of=2025-06&rec={ROSATOM}&tab=list"
    page = visit().open_map(f"{server.url}/{address}")
    expect_sentence(page, matched(server, "country=BO&kind=brine_operation&q=uyuni&as_of=2025-06"))
    expect(page.locator("#search")).to_have_value("uyuni")
    expect(page.locator("#list")).to_be_visible()
    expect(page.locator("#panel h2")).to_contain_text("Rosatom battery factory")
    again = visit().open_map(page.url)
    assert asked(page) == asked(again)
    assert [-20, -66, 6] == again.evaluate("[map_0.getCenter().lat, map_0.getCenter().lng, map_0.getZoom()]")
    expect(again.locator("#sentence")).to_have_text(page.locator("#sentence").inner_text())


def test_the_map_s_place_is_in_the_address(server, visit):
    seen = visit()
    page = seen.open_map(server.url)
    page.evaluate("map_0.setView([-23.5, -66.5], 8, { animate: false })")
    expect(page).to_have_url(re.compile(r"#8/-23\.50*/-66\.50*$"))


@pytest.mark.parametrize(("code", "words"), [("es", "proyectos en Bolivia"), ("zh", "玻利维亚"), ("ru", "Болив")])
def test_another_language_shows_the_same_view(server, visit, code, words):
    seen = visit()
    page = seen.open_map(f"{server.url}/#6/-20.00/-66.00?country=BO&as_of=2024")
    count = page.locator("#sentence").inner_text().split()[0]
    page.locator(f".languages a[lang={code}]").click()
    expect(page.locator("html")).to_have_attribute("lang", code)
    expect(page.locator("body[data-ready]")).to_have_count(1)
    expect(page.locator("#sentence")).to_contain_text(words)
    expect(page.locator("#sentence")).to_contain_text(count)
    assert {"country": "BO", "as_of": "2024"} == asked(page)
    assert [] == seen.faults


def test_a_record_leads_to_all_that_its_owner_has(server, visit):
    page = visit().page
    page.goto(f"{server.url}/projects/ar-cauchari-olaroz")
    link = page.locator('a[href^="/#?owner="]').first
    owner = link.get_attribute("href").partition("=")[2]
    link.click()
    expect(page.locator("body[data-ready]")).to_have_count(1)
    expect_sentence(page, matched(server, f"owner={owner}"))
    expect(page.locator("#chips .chip")).to_have_count(1)


def test_an_owner_is_followed_from_the_panel_too(server, visit):
    page = visit().open_map(f"{server.url}/#?rec=ar-cauchari-olaroz&country=AR")
    link = page.locator('#panel a[href^="/#?owner="]').first
    owner = link.get_attribute("href").partition("=")[2]
    link.click()
    expect_sentence(page, matched(server, f"owner={owner}"))
    page.go_back()
    expect_sentence(page, matched(server, "country=AR"))
    expect(page.locator("#panel h2")).to_contain_text("Cauchari")


def test_a_link_to_a_record_that_was_taken_into_another_opens_that_one(fresh_server, visit):
    with closing(open_ledger(fresh_server.store).store) as store:
        store.write([Edit("bo-acisa-battery", None, 1, "test", successor="bo-acisa-lioh")])
    seen = visit()
    page = seen.open_map(f"{fresh_server.url}/#4/-20/-67?rec=bo-acisa-battery")
    name = api(fresh_server, "items/bo-acisa-lioh")["properties"]["name"]
    expect(page.locator("#panel h2")).to_have_text(name)
    assert [] == seen.faults
