"""The pages in a real browser, used as their readers use them."""

import re
import urllib.parse
from contextlib import closing

import pytest
from conftest import COUNT
from playwright.sync_api import expect
from visits import PHONE, WIDE, api

from geo import vocabulary
from geo.editing import Edit
from geo.opening import open_ledger
from web.words import date_text

ROSATOM = "bo-rosatom-battery-factory"
SOMEWHERE_IN_BOLIVIA = (-14.3, -64.5)  # far from every point of the dataset
UYUNI = (-20.2002, -67.5992)


# How many pixels of the records' canvas are painted within 30 pixels of a place.
DRAWN_NEAR = """([lat, lng]) => {
  const canvas = document.querySelector("#project-canvas"), at = map_0.latLngToContainerPoint([lat, lng]);
  const box = canvas.getBoundingClientRect(), frame = map_0.getContainer().getBoundingClientRect();
  const scale = canvas.width / box.width;
  const x = (at.x + frame.left - box.left - 30) * scale, y = (at.y + frame.top - box.top - 30) * scale;
  const pixels = canvas.getContext("2d").getImageData(x, y, 60 * scale, 60 * scale).data;
  let painted = 0;
  for (let i = 3; i < pixels.length; i += 4) painted += pixels[i] > 0 ? 1 : 0;
  return painted;
}"""


def wait_until_drawn(page, place, how_much):
    """Wait until as many pixels are painted near a place as a JavaScript condition on `drawn` says."""
    page.wait_for_function(f"(place) => {{ const drawn = ({DRAWN_NEAR})(place); return {how_much}; }}", arg=list(place))


def only(page, label):
    """Press the button that appears when the pointer is on a row of the legend."""
    page.locator(".facet li").filter(has_text=label).hover()
    page.get_by_role("button", name=f"Only {label}").click()


def matched(server, query):
    return api(server, f"items?limit=1&{query}")["numberMatched"]


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}, {"color_scheme": "dark"}, {"reduced_motion": "reduce"}])
def test_the_map_opens_without_a_fault_and_asks_no_other_host(server, visit, options):
    seen = visit(**options)
    page = seen.open_map(server.url)
    expect(page.locator("#sentence")).to_contain_text(f"{COUNT} projects in 5 countries")
    assert [] == seen.faults
    assert {urllib.parse.urlsplit(server.url).netloc} == seen.hosts
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "something sticks out sideways"


def test_the_legend_counts_what_the_api_counts(server, visit):
    page = visit().open_map(server.url)
    facets = api(server, "facets")["facets"]
    for dimension in ("status", "kind", "country"):
        for code, count in facets[dimension].items():
            row = page.locator(f'[data-{dimension}="{code}"]')
            expect(row.locator(".count")).to_have_text(str(count))


def test_a_link_with_a_code_that_is_not_here_says_so_and_shows_nothing(server, visit):
    seen = visit()
    page = seen.open_map_of_nothing(f"{server.url}/#?country=FR&status=finished")
    notice = page.locator("#link-notice")
    expect(notice).to_contain_text("country “FR”: no project here has it")
    expect(notice).to_contain_text("stage “finished”: no project here has it")
    expect(page.locator("#download")).not_to_have_attribute("href", re.compile("."))
    expect(page).to_have_url(re.compile("status=finished&country=FR"))
    page.locator("#clear").click()
    expect(notice).to_be_hidden()
    expect(page.locator("#sentence")).to_contain_text(f"{COUNT} projects")
    expect(page.locator("#download")).to_have_text(f"Download these {COUNT}")
    assert [] == seen.faults


def test_a_link_with_a_code_in_other_letters_is_read_as_meant_and_says_so(server, visit):
    page = visit().open_map(f"{server.url}/#?country=bo")
    expect(page.locator("#sentence")).to_contain_text(f"{matched(server, 'country=BO')} projects")
    expect(page.locator("#link-notice")).to_have_text("Read “bo” as Bolivia.")
    expect(page).to_have_url(re.compile("country=BO"))
    page.goto(f"{server.url}/about")
    page.goto(f"{server.url}/?country=BO,xx")  # as the API writes it
    expect(page.locator("#link-notice")).to_contain_text("country “xx”: no project here has it")
    asked = page.locator("#download").get_attribute("href").split("/projects/")[1]
    assert matched(server, "country=BO") == api(server, asked)["numberMatched"]
    page.evaluate("location.hash = '#?country=cl'")
    expect(page.locator("#link-notice")).to_contain_text("Chile")


def test_the_legend_filters_and_other_counts_follow(server, visit):
    page = visit().open_map(server.url)
    only(page, "Bolivia")
    expect(page.locator("#sentence")).to_contain_text(f"{matched(server, 'country=BO')} projects")
    expect(page.locator('[data-status="operating"] .count')).to_have_text(
        str(api(server, "facets?country=BO")["facets"]["status"]["operating"])
    )
    expect(page.locator('[data-country="AR"] .count')).to_have_text(str(matched(server, "country=AR")))
    expect(page).to_have_url(re.compile("country=BO"))
    page.locator("#clear").click()
    expect(page.locator("#sentence")).to_contain_text(f"{COUNT} projects")


def test_an_idea_without_a_site_is_an_area_and_never_a_pin(server, visit):
    """The whole country is hatched; nothing is drawn there once the stage is filtered out."""
    page = visit().open_map(server.url)
    wait_until_drawn(page, SOMEWHERE_IN_BOLIVIA, "0 < drawn && drawn < 0.6 * 3600")  # neither filled nor empty
    page.locator('[data-status="considered"]').click()
    left = COUNT - matched(server, "status=considered")
    expect(page.locator("#sentence")).to_contain_text(f"{left} projects")
    wait_until_drawn(page, SOMEWHERE_IN_BOLIVIA, "drawn === 0")


def test_the_rosatom_record_is_read_to_its_source_and_passed_on(server, visit):
    seen = visit()
    page = seen.open_map(server.url)
    seen.click_at(*SOMEWHERE_IN_BOLIVIA)
    panel = page.locator("#panel")
    expect(panel.locator("h2")).to_contain_text("Rosatom battery factory in Bolivia")
    expect(panel).to_contain_text("Considered")
    expect(panel).to_contain_text("26 Mar")
    expect(panel.locator(".warning").first).to_contain_text("No site")
    source = panel.locator('a[href^="https://sputnikglobe.com/20240326/"]').first
    expect(source).to_contain_text("Rosatom Not Ruling Out")
    assert "noopener" in source.get_attribute("rel")
    assert "_blank" == source.get_attribute("target"), "the reader's map stays where it is"
    expect(page).to_have_url(re.compile(f"rec={ROSATOM}"))

    elsewhere = visit()
    again = elsewhere.open_map(page.url)
    expect(again.locator("#panel h2")).to_contain_text("Rosatom battery factory in Bolivia")
    assert [] == seen.faults + elsewhere.faults


def test_records_that_are_linked_lead_to_each_other_and_back(server, visit):
    page = visit().open_map(f"{server.url}/#rec={ROSATOM}")
    page.locator('#panel [data-open="bo-u1-uyuni-dle"]').first.click()
    expect(page.locator("#panel h2")).to_contain_text("Uranium One")
    expect(page.locator(f'#panel [data-open="{ROSATOM}"]').first).to_be_visible()
    page.go_back()
    expect(page.locator("#panel h2")).to_contain_text("Rosatom battery factory")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()


def test_a_record_in_the_panel_is_a_part_of_the_map_s_page(server, visit):
    """Its source numbers leave the address alone, and its ids are those of nothing else."""
    page = visit().open_map(f"{server.url}/#rec=bo-u1-uyuni-dle")
    panel = page.locator("#panel")
    panel.locator(".events .reference").last.click()
    expect(panel.locator(".sources li:focus")).to_be_in_viewport()
    expect(page).to_have_url(re.compile("#[^#]*rec=bo-u1-uyuni-dle$"))
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(({ id }) => id)")
    assert len(set(ids)) == len(ids)
    named = panel.evaluate("(it) => [...it.querySelectorAll('[aria-labelledby]')].map((e) => e.ariaLabelledByElements)")
    assert named
    assert all(len(elements) == 1 for elements in named)
    headings = panel.evaluate("(it) => [...it.querySelectorAll('h1, h2, h3, h4')].map((e) => e.localName)")
    assert ["h2", "h3", "h3", "h4", "h3"] == headings
    expect(panel.locator(".chip svg, .place svg")).to_have_count(2)
    expect(panel.locator(f'[data-open="{ROSATOM}"] + .quiet')).to_have_text("considered")


def test_a_link_in_the_panel_can_be_opened_elsewhere(server, visit):
    seen = visit()
    page = seen.open_map(f"{server.url}/#rec=bo-u1-uyuni-dle")
    with seen.context.expect_page() as opened:
        page.locator(f'#panel [data-open="{ROSATOM}"]').click(modifiers=["ControlOrMeta"])
    expect(opened.value.locator("h1")).to_contain_text("Rosatom battery factory")
    expect(page.locator("#panel h2")).to_contain_text("Uranium One")


def record_where(server, holds):
    """The first record of which a condition on its properties holds: its id and properties."""
    features = api(server, "items?limit=1000")["features"]
    return next((f["id"], f["properties"]) for f in features if holds(f["properties"]))


@pytest.mark.parametrize("basis", vocabulary.STATUS_DATE_BASES.codes)
def test_the_date_of_a_stage_says_what_it_is_everywhere(server, visit, basis):
    record, p = record_where(server, lambda p: p["status_date_basis"] == basis)
    said = f"{vocabulary.STATUS_DATE_BASES[basis].label} {date_text(p['status_date'])}"
    status = vocabulary.STATUSES[p["status"]].label
    page = visit().open_map(f"{server.url}/#rec={record}")
    expect(page.locator("#panel .stage")).to_contain_text(f"{status} · {said}")
    page.locator("#tab-list").click()
    expect(page.locator(f'#list [data-id="{record}"] td').nth(2)).to_have_text(f"{status} {said}")
    page.goto(f"{server.url}/projects/{record}")
    expect(page.locator(".stage")).to_contain_text(f"{status} · {said}")
    described = page.locator("meta[name=description]").get_attribute("content")
    assert described.endswith(f": {status.lower()} · {said}.")


@pytest.mark.parametrize(
    ("name", "title", "ending"),
    [("start_actual", "Started", ""), ("operating_by", "Operating by", "; start not stated")],
)
def test_a_start_is_a_day_only_where_a_text_names_it(server, visit, name, title, ending):
    record, p = record_where(server, lambda p: p[name])
    page = visit().open_map(f"{server.url}/#rec={record}")
    for door in (page.locator("#panel"), page.locator("main")):
        row = door.locator(".facts tr").filter(has=page.get_by_role("rowheader", name=title, exact=True))
        expect(row.locator("td")).to_contain_text(f"{date_text(p[name])}{ending}")
        expect(row.locator(".reference").first).to_be_visible()
        page.goto(f"{server.url}/projects/{record}")


def test_the_pointer_is_told_the_stage_and_its_date(server, visit):
    seen = visit()
    page = seen.open_map(server.url)
    at = page.evaluate("(at) => map_0.latLngToContainerPoint(at)", list(SOMEWHERE_IN_BOLIVIA))
    page.mouse.move(at["x"], at["y"])
    expect(page.locator("#tooltip")).to_have_text("Rosatom battery factory in Bolivia considered · since 26 Mar 2024")


def test_every_record_of_one_spot_can_be_reached(server, visit):
    seen = visit()
    page = seen.open_map(f"{server.url}/#8/{UYUNI[0]}/{UYUNI[1]}")
    there = [
        f["id"]
        for f in api(server, "items?limit=1000&country=BO")["features"]
        if f["geometry"].get("coordinates") == [UYUNI[1], UYUNI[0]]
    ]
    assert len(there) >= 5
    seen.click_at(*UYUNI)
    offered = page.locator("#chooser [data-id]")
    assert set(there) <= {offered.nth(n).get_attribute("data-id") for n in range(offered.count())}
    page.locator(f'#chooser [data-id="{there[-1]}"]').click()
    expect(page.locator("#panel h2")).to_be_visible()
    expect(page).to_have_url(re.compile(there[-1]))


def test_a_record_is_found_and_opened_by_keyboard_alone(server, visit):
    seen = visit()
    page = seen.open_map(server.url)
    page.keyboard.press("/")
    page.keyboard.type("ROSÁTOM bat")
    expect(page.locator("#results")).to_contain_text("Rosatom battery factory")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_contain_text("Rosatom battery factory")
    assert [] == seen.faults


def test_the_list_has_every_record_of_the_map(server, visit):
    page = visit().open_map(server.url)
    page.get_by_role("button", name="List", exact=True).click()
    expect(page.locator("#list tbody tr")).to_have_count(COUNT)
    only(page, "Hard-rock mine")
    expect(page.locator("#list tbody tr")).to_have_count(7)
    page.locator("#list tbody tr button").first.click()
    expect(page.locator("#panel h2")).to_be_visible()


def land_colour(page, latitude, longitude):
    """The colour of the ground at a place, as the browser shows it."""
    return page.evaluate(
        """([lat, lng]) => {
          const canvas = document.querySelector(".leaflet-countries-pane canvas");
          const at = map_0.latLngToContainerPoint([lat, lng]);
          const box = canvas.getBoundingClientRect(), frame = map_0.getContainer().getBoundingClientRect();
          const scale = canvas.width / box.width;
          const x = (at.x + frame.left - box.left) * scale, y = (at.y + frame.top - box.top) * scale;
          return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data].join();
        }""",
        [latitude, longitude],
    )


def test_land_looks_the_same_on_every_copy_of_the_world(server, visit):
    page = visit().open_map(f"{server.url}/#3/-10/179.9")
    assert land_colour(page, -25, 134) == land_colour(page, -8, -55 + 360) != land_colour(page, -30, -120 + 360)


def test_the_map_has_no_blank_edge_while_it_is_dragged(server, visit):
    page = visit().open_map(f"{server.url}/#5/-19/-61")
    page.mouse.move(1300, 450)
    page.mouse.down()
    for x in range(1300, 450, -50):
        page.mouse.move(x, 450)
    page.wait_for_function(
        """() => {
          const frame = map_0.getContainer().getBoundingClientRect();
          return [...document.querySelectorAll("canvas.record-canvas")].every((canvas) => {
            const box = canvas.getBoundingClientRect();
            return box.left <= frame.left && box.right >= frame.right;
          });
        }"""
    )
    page.mouse.up()


def test_a_click_on_a_kind_toggles_it(server, visit):
    page = visit().open_map(server.url)
    page.locator('[data-kind="refinery"]').click()
    expect(page.locator("#sentence")).to_contain_text(f"{COUNT - matched(server, 'kind=refinery')} projects")


def test_what_is_shown_is_what_is_downloaded(server, visit):
    page = visit().open_map(server.url)
    only(page, "Bolivia")
    page.locator('[data-status="operating"]').click()
    left = matched(server, "country=BO") - matched(server, "country=BO&status=operating")
    expect(page.locator("#download")).to_have_text(f"Download these {left}")
    found = api(server, page.locator("#download").get_attribute("href").split("/projects/")[1])
    assert left == found["numberMatched"]


def test_the_reader_s_place_is_kept(server, visit):
    """Opening and closing a record leaves list, focus, title and history as they were."""
    page = visit().open_map(server.url)
    page.locator("#tab-list").click()
    row = page.locator("#list tbody tr").nth(45).locator("button")
    row.click()
    expect(page).to_have_title(re.compile("· Lithium Ledger"))
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    assert page.locator(".table-scroll").evaluate("(box) => box.scrollTop") > 0
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()
    expect(page).to_have_title("Lithium Ledger")
    page.go_back()
    page.go_back()
    expect(page.locator("#list")).to_be_hidden()


def test_closing_the_chooser_leaves_the_focus_on_the_map(server, visit):
    seen = visit()
    page = seen.open_map(f"{server.url}/#8/{UYUNI[0]}/{UYUNI[1]}")
    seen.click_at(*UYUNI)
    expect(page.locator("#chooser")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#map_0")).to_be_focused()


def test_the_last_row_of_the_list_can_be_read_on_a_phone(server, visit):
    page = visit(viewport=PHONE, has_touch=True).open_map(server.url)
    page.locator("#tab-list").click()
    page.locator(".table-scroll").evaluate("(box) => box.scrollTo(0, box.scrollHeight)")
    page.wait_for_function(
        """() => {
          const last = [...document.querySelectorAll("#list tbody tr")].at(-1).getBoundingClientRect();
          return last.bottom <= document.getElementById("rail").getBoundingClientRect().top;
        }"""
    )


def test_a_printed_record_has_its_addresses(server, visit):
    page = visit(color_scheme="dark").page
    page.goto(f"{server.url}/projects/{ROSATOM}")
    page.emulate_media(media="print")
    shown = page.locator(".sources a").first.evaluate("(a) => getComputedStyle(a, '::after').content")
    assert "sputnikglobe.com" in shown
    assert "rgb(0, 0, 0)" == page.locator("body").evaluate("(body) => getComputedStyle(body).color")


def test_a_planned_start_names_its_source_and_that_it_has_passed(server, visit):
    page = visit().open_map(f"{server.url}/#rec=bo-u1-uyuni-dle")
    planned = page.locator("#panel td").filter(has_text="no start is reported")
    expect(planned.locator(".reference").first).to_be_visible()
    page.goto(f"{server.url}/projects/bo-u1-uyuni-dle")
    expect(page.locator("#facts, main").first).to_contain_text("passed; no start is reported")


def test_the_phone_can_read_a_record(server, visit):
    seen = visit(viewport=PHONE, has_touch=True)
    page = seen.open_map(f"{server.url}/#rec={ROSATOM}")
    expect(page.locator("#panel h2")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [] == seen.faults


def test_a_server_that_fails_is_said_and_tried_again(server, visit):
    seen = visit()
    seen.page.route("**/snapshot", lambda route: route.abort())
    seen.page.goto(server.url)
    expect(seen.page.locator("#problem")).to_contain_text("cannot be loaded")
    seen.page.unroute("**/snapshot")
    seen.page.locator("#problem button").click()
    expect(seen.page.locator("#sentence")).to_contain_text(f"{COUNT} projects")


def test_a_record_that_is_not_there_is_said(server, visit):
    page = visit().open_map(f"{server.url}/#rec=bo-nobody")
    expect(page.locator("#panel h2")).to_have_text("No such record")
    expect(page.locator("#panel")).to_contain_text("There is no record 'bo-nobody'.")


def test_a_record_that_cannot_be_read_is_said_and_tried_again(server, visit):
    seen = visit()
    seen.page.route("**/projects/*part=body", lambda route: route.abort())
    page = seen.open_map(f"{server.url}/#rec={ROSATOM}")
    expect(page.locator("#panel")).to_contain_text("The server cannot be reached.")
    seen.page.unroute("**/projects/*part=body")
    page.locator("#panel button").filter(has_text="Try again").click()
    expect(page.locator("#panel .events").first).to_be_visible()


def test_the_record_s_page_needs_no_script(server, visit):
    seen = visit(java_script_enabled=False)
    page = seen.page
    page.goto(f"{server.url}/projects/{ROSATOM}")
    text = page.locator("main").inner_text()
    for words in (
        "Rosatom battery factory in Bolivia",
        "Considered",
        "26 March 2024",
        "No site",
        "Kirill Komarov",
        "Uranium One",
    ):
        assert words.lower() in text.lower(), words
    expect(page.locator('a[href^="https://sputnikglobe.com/20240326/"]').first).to_be_visible()
    page.goto(f"{server.url}/projects/bo-u1-uyuni-dle")
    for sum_of_money in ("450", "970", "975", "976"):
        assert sum_of_money in page.locator("main").inner_text()
    assert {urllib.parse.urlsplit(server.url).netloc} == seen.hosts
    assert 404 == page.goto(f"{server.url}/projects/bo-nobody").status


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_every_record_s_page_fits(server, visit, viewport):
    seen = visit(viewport=viewport)
    for feature in api(server, "items?limit=1000")["features"]:
        assert 200 == seen.page.goto(f"{server.url}/projects/{feature['id']}").status
        assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), feature["id"]
    assert [] == seen.faults


def test_the_api_s_page_works_without_another_host(server, visit):
    seen = visit()
    seen.page.goto(f"{server.url}/api/docs")
    expect(seen.page.locator("#swagger-ui")).to_contain_text("/collections/projects/items")
    assert {urllib.parse.urlsplit(server.url).netloc} == seen.hosts
    assert [] == seen.faults


# Adding


def fill(page, server, **more):
    values = {
        "source-url": "https://example.org/news/42",
        "source-title": "A refinery is announced",
        "name": "Refinería de prueba",
        "status-date": "2026-05",
        "status-summary": "The company announces the refinery.",
        "lat": "-17.8",
        "lon": "-63.2",
        "owner-name": "Empresa de Prueba",
        "key": server.key,
    }
    chosen = {
        "kind": "refinery",
        "country": "BO",
        "status": "announced",
        "status-basis": "happened",
        "accuracy": "site",
    }
    page.goto(f"{server.url}/add")
    for name, code in chosen.items():
        page.locator(f"#{name}").select_option(more.pop(name, code))
    for name, text in {**values, **more}.items():
        if text is not None:
            page.locator(f"#{name}").fill(text)


def test_a_link_to_a_record_that_was_taken_into_another_opens_that_one(fresh_server, visit):
    with closing(open_ledger(fresh_server.store).store) as store:
        store.write([Edit("bo-acisa-battery", None, 1, "test", successor="bo-acisa-lioh")])
    seen = visit()
    page = seen.open_map(f"{fresh_server.url}/#4/-20/-67?rec=bo-acisa-battery")
    name = api(fresh_server, "items/bo-acisa-lioh")["properties"]["name"]
    expect(page.locator("#panel h2")).to_have_text(name)
    assert [] == seen.faults


def test_a_record_added_by_the_form_is_on_the_map(fresh_server, visit):
    seen = visit()
    page = seen.page
    fill(page, fresh_server)
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()
    page.locator('#done a[href^="/#rec="], #done a[href*="#rec="]').click()
    expect(page.locator("#panel h2")).to_contain_text("Refinería de prueba")
    expect(page.locator("#sentence")).to_contain_text(f"{COUNT + 1} projects")
    expect(page.locator("#panel")).to_contain_text("A refinery is announced")
    expect(page.locator("#panel .warning")).to_have_count(0)
    page.keyboard.press("Escape")
    wait_until_drawn(page, (-17.8, -63.2), "drawn > 0")
    stored = api(fresh_server, "items/bo-refineria-de-prueba")
    assert [-63.2, -17.8] == stored["geometry"]["coordinates"]
    assert ["s1"] == stored["properties"]["events"][0]["sources"] == stored["properties"]["location_sources"]
    assert [] == seen.faults


def test_a_place_outside_its_country_is_said_when_it_is_added_and_in_the_record(fresh_server, visit):
    page = visit().page
    fill(page, fresh_server, lat="17.8", name="Wrong side")
    page.locator("#send").click()
    expect(page.locator("#done")).to_contain_text("is a minus sign missing?")
    page.locator('#done a[href*="#rec="]').click()
    expect(page.locator("#panel .warning")).to_contain_text("Not in its country")
    page.goto(f"{fresh_server.url}/projects/bo-wrong-side")
    expect(page.locator(".warning")).to_contain_text("Not in its country")


def test_a_click_on_the_form_s_map_sets_the_place(server, visit):
    seen = visit()
    seen.page.goto(f"{server.url}/add")
    place = seen.page.locator("#place-map")
    place.scroll_into_view_if_needed()
    place.click(position={"x": 200, "y": 150})
    assert float(seen.page.locator("#lat").input_value()) != 0
    assert float(seen.page.locator("#lon").input_value()) != 0
    assert [] == seen.faults


def test_each_problem_is_shown_at_its_field(server, visit):
    seen = visit()
    page = seen.page
    fill(page, server, **{"source-url": "ftp://example.org", "status-date": "2026-13", "lat": "95"})
    page.locator("#send").click()
    for field in ("source-url", "status-date", "lat"):
        expect(page.locator(f"#{field}")).to_have_attribute("aria-invalid", "true")
        expect(page.locator(f"#{field}-error").or_(page.locator("#lon-error")).first).to_be_visible()
    expect(page.locator("#source-url")).to_be_focused()
    assert COUNT == api(server, "items?limit=1")["numberMatched"]


@pytest.mark.parametrize("key", ["", "la_wrong"])
def test_a_missing_or_wrong_key_is_said_at_the_key(server, visit, key):
    page = visit().page
    fill(page, server, key=key)
    page.locator("#send").click()
    expect(page.locator("#key")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#key-error")).to_be_visible()


def test_a_place_that_is_only_a_country_needs_no_point(fresh_server, visit):
    page = visit().page
    fill(page, fresh_server, accuracy="country", lat=None, lon=None, name="Only a country")
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()
    assert "Point" != api(fresh_server, "items/bo-only-a-country")["geometry"]["type"]
