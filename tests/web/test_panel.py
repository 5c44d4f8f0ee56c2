"""A record beside the map: read to its source, walked through, passed on, and closed without losing one's place."""

import itertools
import re

import pytest
from playwright.sync_api import expect
from visits import api, asked, matched

from geo import vocabulary
from web.language import ENGLISH

ROSATOM = "bo-rosatom-battery-factory"
DENSE = "bo-u1-uyuni-dle"


def test_the_rosatom_record_is_read_to_its_source_and_passed_on(server, visit):
    seen = visit()
    page = seen.open_map(server.url)
    page.locator(".tray-count").click()
    page.locator(f'#tray-list [data-id="{ROSATOM}"]').click()
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_contain_text("Rosatom battery factory in Bolivia")
    expect(panel).to_contain_text("Considered")
    expect(panel).to_contain_text("26 Mar 2024")
    expect(panel.locator(".warning").first).to_contain_text("No site")
    source = panel.locator('a[href^="https://sputnikglobe.com/20240326/"]').first
    expect(source).to_contain_text("Rosatom Not Ruling Out")
    assert "noopener" in source.get_attribute("rel")
    assert "_blank" == source.get_attribute("target"), "the reader's map stays where it is"
    assert ROSATOM == asked(page)["rec"]
    elsewhere = visit()
    again = elsewhere.open_map(page.url)
    expect(again.locator("#panel h2")).to_contain_text("Rosatom battery factory in Bolivia")
    assert [] == seen.faults + elsewhere.faults


def test_records_that_are_linked_lead_to_each_other_and_back(server, visit):
    page = visit().open_map(f"{server.url}/#rec={ROSATOM}")
    page.locator(f'#panel [data-open="{DENSE}"]').first.click()
    expect(page.locator("#panel h2")).to_contain_text("Uranium One")
    expect(page.locator(f'#panel [data-open="{ROSATOM}"]').first).to_be_visible()
    page.go_back()
    expect(page.locator("#panel h2")).to_contain_text("Rosatom battery factory")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()


def test_a_link_in_the_panel_can_be_opened_elsewhere(server, visit):
    seen = visit()
    page = seen.open_map(f"{server.url}/#rec={DENSE}")
    with seen.context.expect_page() as opened:
        page.locator(f'#panel [data-open="{ROSATOM}"]').first.click(modifiers=["ControlOrMeta"])
    expect(opened.value.locator("h1")).to_contain_text("Rosatom battery factory")
    expect(page.locator("#panel h2")).to_contain_text("Uranium One")


def test_the_reader_walks_through_the_selection_and_around(server, visit):
    page = visit().open_map(f"{server.url}/#?country=BO&kind=cell_factory,pilot_plant&tab=list")
    page.locator("#list th button.link, #list th a").first.click()
    count = matched(server, "country=BO&kind=cell_factory,pilot_plant")
    walk = page.locator("#panel .walk")
    expect(walk).to_contain_text(f"of {count}")
    met = []
    for _ in range(count):
        expect(page.locator("#panel")).to_have_attribute("aria-busy", "false")
        met.append(asked(page)["rec"])
        walk.locator("#next").click()
        expect(page.locator("#panel")).not_to_have_attribute("data-record", met[-1])
    found = api(server, "items?limit=100&country=BO&kind=cell_factory,pilot_plant")["features"]
    assert sorted(met) == sorted(feature["id"] for feature in found)
    expect(page.locator("#panel")).to_have_attribute("data-record", met[0])
    walk.locator("#previous").click()
    expect(page.locator("#panel")).to_have_attribute("data-record", met[-1])


def test_a_record_is_put_beside_others_from_the_panel(server, visit):
    page = visit().open_map(f"{server.url}/#rec={ROSATOM}")
    expect(page.locator("#tab-compare")).to_be_hidden()
    page.locator("#compare-this").click()
    expect(page.locator("#compare-this")).to_have_attribute("aria-pressed", "true")
    page.locator("#tab-compare").click()
    expect(page.locator("#compare thead th")).to_have_count(1)
    assert ROSATOM == asked(page)["compare"]


def test_a_record_in_the_panel_is_a_part_of_the_map_s_page(server, visit):
    """Its source numbers leave the address alone, its ids are those of nothing else, its headings follow each other."""
    page = visit().open_map(f"{server.url}/#rec={DENSE}")
    panel = page.locator("#panel")
    panel.locator(".events .reference").last.click()
    expect(panel.locator(".cited:popover-open")).to_be_in_viewport()
    assert DENSE == asked(page)["rec"]
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(({ id }) => id)")
    assert len(set(ids)) == len(ids)
    named = panel.evaluate("(it) => [...it.querySelectorAll('[aria-labelledby]')].map((e) => e.ariaLabelledByElements)")
    assert all(len(elements) == 1 for elements in named)
    levels = panel.evaluate("(it) => [...it.querySelectorAll('h1, h2, h3, h4')].map((e) => Number(e.localName[1]))")
    assert 2 == levels[0]
    assert all(next_ <= level + 1 for level, next_ in itertools.pairwise(levels))
    expect(panel.locator(".chip svg, .place svg")).to_have_count(2)
    expect(panel.locator(f'[data-open="{ROSATOM}"] + .quiet').first).to_have_text("considered")


def test_the_reader_s_place_is_kept(server, visit):
    """Opening and closing a record leaves list, focus, title and history as they were."""
    page = visit().open_map(server.url)
    page.locator("#tab-list").click()
    row = page.locator("#list tbody tr").nth(45).locator("th button, th a")
    row.click()
    expect(page).to_have_title(re.compile("· Lithium Ledger"))
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()
    expect(page).to_have_title("Lithium Ledger")
    page.go_back()
    page.go_back()
    page.go_back()
    expect(page.locator("#list")).to_be_hidden()


def test_a_record_that_is_not_there_is_said(server, visit):
    page = visit().open_map(f"{server.url}/#rec=bo-nobody")
    expect(page.locator("#panel h2")).to_have_text("No such record")
    expect(page.locator("#panel")).to_contain_text("There is no record 'bo-nobody'.")


def record_where(server, holds):
    """The first record of which a condition on its properties holds: its id and properties."""
    features = api(server, "items?limit=1000")["features"]
    return next((f["id"], f["properties"]) for f in features if holds(f["properties"]))


@pytest.mark.parametrize("basis", vocabulary.STATUS_DATE_BASES.codes)
def test_the_date_of_a_stage_says_what_it_is_everywhere(server, visit, basis):
    record, p = record_where(server, lambda p: p["status_date_basis"] == basis)
    date, stage = ENGLISH.date(p["status_date"]), vocabulary.STATUSES[p["status"]].label
    said = re.compile(rf"{stage}\W+{vocabulary.STATUS_DATE_BASES[basis].label} {date}", re.IGNORECASE)
    page = visit().open_map(f"{server.url}/#?tab=list&q={record}&rec={record}")
    row = page.locator(f'#list [data-id="{record}"] .column-stage')
    expect(row).to_contain_text(stage)
    expect(row).to_contain_text(ENGLISH.say(f"list.since_{basis}", date=date))
    expect(page.locator("#panel .stage")).to_contain_text(said)
    page.goto(f"{server.url}/projects/{record}")
    expect(page.locator(".stage")).to_contain_text(said)
    assert said.search(page.locator("meta[name=description]").get_attribute("content"))


@pytest.mark.parametrize(
    ("name", "title", "ending"),
    [("start_actual", "Started", ""), ("operating_by", "Operating by", "start not stated")],
)
def test_a_start_is_a_day_only_where_a_text_names_it(server, visit, name, title, ending):
    record, p = record_where(server, lambda p: p[name])
    page = visit().open_map(f"{server.url}/#rec={record}")
    for door in (page.locator("#panel"), page.locator("main")):
        row = door.locator(".facts tr").filter(has=page.get_by_role("rowheader", name=title, exact=True))
        expect(row.locator("td")).to_contain_text(ENGLISH.date(p[name]))
        expect(row.locator("td")).to_contain_text(ending)
        expect(row.locator(".reference").first).to_be_visible()
        page.goto(f"{server.url}/projects/{record}")


def test_a_planned_start_names_its_source_and_that_it_has_passed(server, visit):
    page = visit().open_map(f"{server.url}/#rec={DENSE}")
    planned = page.locator("#panel .facts td").filter(has_text="no start is reported")
    expect(planned.locator(".reference").first).to_be_visible()
    page.goto(f"{server.url}/projects/{DENSE}")
    expect(page.locator("main")).to_contain_text("passed; no start is reported")
