"""A record is proposed, step by step, or published by an editor; what is wrong is said where it stands."""

import json
import re
import urllib.request

import pytest
from conftest import COUNT
from conftest import STORES as BOTH
from keystrokes import Reporter
from playwright.sync_api import expect
from visits import (
    PHONE,
    WIDE,
    api,
    expect_sentence,
    fill_in,
    fill_name,
    fill_source,
    fill_stage,
    go_on,
    open_form,
    sign_in,
)

FACTORY = "bo-rosatom-battery-factory"
MOST_INPUTS = 12
MOST_SECONDS = 180
STEP = "#add-form .step:not([hidden])"


STORES = ("geopackage",)  # forms are the same over every store; what they write is tried on both


@pytest.fixture
def open_server(serve, make_store):
    """A server that lets anybody propose."""
    return serve(make_store.filled("south_america").location, proposals="open")


@pytest.fixture
def changed_server(serve, make_store):
    """A server that an editor writes to."""
    return serve(make_store.filled("south_america").location)


def proposals(server):
    with urllib.request.urlopen(f"{server.url}/api/proposals") as answer:
        return json.load(answer)["proposals"]


def proposal(server, number=1):
    with urllib.request.urlopen(f"{server.url}/api/proposals/{number}") as answer:
        return json.load(answer)


@pytest.mark.parametrize("viewport", [PHONE, WIDE], ids=["phone", "desk"])
def test_a_reporter_with_a_link_a_name_and_a_town_needs_twelve_inputs_and_three_minutes(
    open_server, visit, viewport, record_property
):
    """In Spanish, with no key: the address tells the rest of the source, the town the rest of the place."""
    on_phone = viewport is PHONE
    seen = visit(
        viewport=viewport, locale="es-BO", has_touch=on_phone, permissions=["clipboard-read", "clipboard-write"]
    )
    page = open_form(seen.page, open_server)
    reporter = Reporter(page, on_phone)
    reporter.reads(f"main h1, #lead, #steps, {STEP}")
    address = "https://www.lostiempos.com/2026/03/14/planta-de-baterias-en-uyuni"
    reporter.pastes("#source-url", f"{address}?utm_source=wa")
    expect(page.locator("#source-title")).to_have_value("Planta de baterias en uyuni")
    expect(page.locator("#source-notes")).to_contain_text("utm_source")
    goes_on(reporter, "what")
    reporter.types("#name", "Planta de baterías Altiplano")
    reporter.chooses("#kind", "pack_factory")
    reporter.types("#place-name", "Uyuni")
    reporter.taps("#place-list li")
    expect(page.locator("#country")).to_have_value("BO")
    expect(page.locator("#accuracy-locality")).to_be_checked()
    goes_on(reporter, "stage")
    reporter.chooses("#status", "announced")
    expect(page.locator("#status-date")).to_have_value("2026-03-14")
    expect(page.locator("#status-basis")).to_have_value("reported")
    goes_on(reporter, "check")
    expect(page.locator("#preview")).to_contain_text("Planta de baterías Altiplano")
    reporter.reads("#preview")
    reporter.taps("#send")
    expect(page.locator("#done")).to_contain_text("La propuesta se recibió")
    record_property("figure", reporter.told())
    assert reporter.inputs <= MOST_INPUTS
    assert reporter.seconds <= MOST_SECONDS
    expect(page.locator("#done a.strong")).to_have_attribute("href", re.compile(r"^/proposals/1#token=\S{20,}$"))
    expect(page.locator("#done .secret")).to_have_text(re.compile(r"^http://\S+/proposals/1#token=\S{20,}$"))
    assert_as_reported(proposal(open_server), address)
    assert [] == seen.faults


def goes_on(reporter, step):
    """Whoever goes on to a step reads it."""
    reporter.taps(f"{STEP} .next")
    expect(reporter.page.locator(f".step[data-step={step}]")).to_be_visible()
    reporter.reads(STEP)


def assert_as_reported(kept, address):
    assert ("create", "open", "es") == (kept["kind"], kept["state"], kept["language"])
    feature = kept["feature"]
    assert [-66.825, -20.46] == [round(each, 3) for each in feature["geometry"]["coordinates"]]
    stated = feature["properties"]
    assert ("Uyuni", "locality", "BO") == (stated["locality"], stated["location_accuracy"], stated["country"])
    [source] = stated["sources"]
    assert address == source["url"]
    assert ("2026-03-14", "reported") == (stated["events"][0]["date"], stated["events"][0]["date_basis"])


def test_a_ledger_that_takes_no_proposals_says_so_at_the_beginning(server, visit):
    page = open_form(visit().page, server)
    expect(page.locator("#who")).to_be_visible()
    expect(page.locator("#who-sign-in")).to_have_attribute("href", re.compile(r"/sign-in\?to=%2Fadd$"))
    sign_in(page, server)
    open_form(page, server)
    expect(page.locator("#who")).to_be_hidden()
    expect(page.locator("#author-row")).to_be_hidden()


@pytest.mark.stores(*BOTH)
def test_a_record_that_an_editor_publishes_is_on_the_map(changed_server, visit):
    seen = visit()
    page = seen.page
    sign_in(page, changed_server)
    open_form(page, changed_server)
    fill_in(page, name="Refinería de prueba", country="BO", lat="-17,8", lon="63.2 W")
    page.locator("#publish").click()
    expect(page.locator("#done")).to_be_visible()
    page.locator('#done a[href*="#rec="]').click()
    expect(page.locator("#panel h2")).to_contain_text("Refinería de prueba")
    expect_sentence(page, COUNT + 1)
    expect(page.locator("#panel")).to_contain_text("A refinery is announced")
    stored = api(changed_server, "items/bo-refineria-de-prueba")
    assert [-63.2, -17.8] == stored["geometry"]["coordinates"]
    assert ["s1"] == stored["properties"]["events"][0]["sources"] == stored["properties"]["location_sources"]
    assert [] == seen.faults


def test_what_is_no_source_goes_no_further_and_is_told_what_would_count(open_server, visit):
    page = open_form(visit().page, open_server)
    page.locator("#source-url").fill("https://chatgpt.com/share/1")
    page.locator("#source-title").fill("An answer")
    page.locator(".step:not([hidden]) .next").click()
    expect(page.locator("#source-url-error")).to_contain_text("the answer of a chatbot")
    expect(page.locator("#source-url")).to_be_focused()
    page.locator("#source-url").fill("https://example.org/news/42")
    go_on(page, "what")


def test_a_record_that_is_shown_says_how_far_it_is_once_a_place_is_named(open_server, visit):
    page = open_form(visit().page, open_server)
    fill_source(page)
    page.locator("#name").press_sequentially("Salar de Uyuni")
    record = page.locator("#alike-list [data-record=bo-salar-de-uyuni]")
    expect(record).not_to_contain_text(" km")
    page.locator("#place-name").fill("-20.46, -66.83")
    page.locator("#place-name").press("Tab")
    expect(record).to_contain_text(" km")


def test_a_record_that_is_there_is_shown_while_the_name_is_typed(open_server, visit):
    """Another phase of it is linked with it; the same one leads to its correction, and the source goes along."""
    page = open_form(visit().page, open_server)
    fill_source(page)
    page.locator("#name").press_sequentially("Rosatom bat")
    record = page.locator(f"#alike-list [data-record={FACTORY}]")
    record.get_by_label("Another phase of it").check()
    fill_name(page, "Rosatom battery factory II", "cell_factory", "BO", "country")
    go_on(page, "stage")
    fill_stage(page)
    go_on(page, "check")
    expect(page.locator("#preview")).to_contain_text("Rosatom battery factory II")
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()
    kept = proposal(open_server)
    assert {FACTORY: "phase"} == kept["alike"]
    assert [("part_of", FACTORY)] == [
        (each["type"], each["project"]) for each in kept["feature"]["properties"]["links"]
    ]
    open_form(page, open_server)
    fill_source(page)
    page.locator("#name").press_sequentially("Rosatom bat")
    record.get_by_label("The same project").check()
    record.get_by_role("link", name="Then correct that record instead").click()
    expect(page.locator("#add-form[data-known]")).to_have_count(1)
    expect(page.locator("#source-url")).to_have_value("https://example.org/news/42")
    expect(page.locator(".step[data-step=wrong]")).to_be_visible()


@pytest.mark.stores(*BOTH)
def test_a_correction_changes_what_was_ticked_and_nothing_else(open_server, visit):
    seen = visit()
    page = seen.page
    page.goto(f"{open_server.url}/projects/{FACTORY}")
    page.get_by_role("link", name="Suggest a correction").click()
    fill = {"source-url": "https://example.org/2026/05/04/site", "source-title": "A site is chosen"}
    for name, text in fill.items():
        page.locator(f"#{name}").fill(text)
    go_on(page, "wrong")
    page.locator(".step:not([hidden]) .next").click()
    expect(page.locator("#wrong-stage-error")).to_be_visible()
    for part in ("stage", "owner"):
        page.locator(f"#wrong-{part}").check()
    go_on(page, "stage")
    fill_stage(page, date="2026-05-04")
    page.locator("#owner-which").select_option("0")
    expect(page.locator("#owner-name")).not_to_have_value("")
    page.locator("#owner-share").fill("51")
    go_on(page, "check")
    expect(page.locator("#preview")).to_contain_text("51")
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()
    kept = proposal(open_server)
    before = api(open_server, f"items/{FACTORY}")["properties"]
    assert ("change", FACTORY, before["revision"]) == (kept["kind"], kept["project"], kept["revision"])
    after = kept["feature"]["properties"]
    assert len(before["events"]) + 1 == len(after["events"])
    new = after["sources"][-1]
    assert ("A site is chosen", [new["id"]]) == (new["title"], after["events"][-1]["sources"])
    assert (51, [new["id"]]) == (after["owners"][0]["share_pct"], after["owners"][0]["sources"])
    assert before["owners"][0]["key"] == after["owners"][0]["key"]
    same = ("name", "kind", "location_accuracy", "location_note", "summary", "links")
    assert {name: before.get(name) for name in same} == {name: after.get(name) for name in same}
    assert [] == seen.faults


@pytest.mark.stores(*BOTH)
def test_a_duplicate_is_proposed_to_go_and_names_the_record_that_stays(open_server, visit):
    page = open_form(visit().page, open_server, "/projects/bo-acisa-battery/correct")
    page.locator("#source-url").fill("https://example.org/a")
    page.locator("#source-title").fill("One plant")
    go_on(page, "wrong")
    page.locator("#wrong-gone").check()
    go_on(page, "stage")
    page.locator("#gone-twin").check()
    page.locator("#gone-of").fill(f"{open_server.url}/projects/{FACTORY}?lang=es")
    go_on(page, "check")
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()
    kept = proposal(open_server)
    assert ("delete", {FACTORY: "same"}) == (kept["kind"], kept["alike"])


@pytest.mark.stores(*BOTH)
def test_a_proposal_waits_for_the_network_and_is_sent_once(open_server, visit):
    seen = visit()
    page = open_form(seen.page, open_server)
    fill_in(page, name="Waiting plant")
    expect(page.locator("#preview")).to_be_visible()
    seen.context.set_offline(True)
    page.locator("#send").click()
    expect(page.locator("#waiting")).to_contain_text("There is no connection")
    assert [] == proposals(open_server)
    page.locator("#try-now").click()
    expect(page.locator("#waiting")).to_be_visible()
    seen.context.set_offline(False)
    expect(page.locator("#done")).to_be_visible()
    assert 1 == len(proposals(open_server))
    assert page.evaluate("localStorage.getItem('draft:add')") is None


def test_what_was_received_and_not_answered_is_not_sent_twice(open_server, visit):
    """The answer is lost on its way; the page is closed and opened again."""
    seen = visit()
    page = open_form(seen.page, open_server)
    fill_in(page, name="Lost answer plant")
    expect(page.locator("#preview")).to_be_visible()

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/api/proposals", lose)
    page.locator("#send").click()
    expect(page.locator("#waiting")).to_be_visible()
    assert 1 == len(proposals(open_server))
    page.unroute("**/api/proposals")
    page.goto(f"{open_server.url}/add")
    expect(page.locator("#done")).to_be_visible()
    assert 1 == len(proposals(open_server))


def test_rules_of_the_ledger_are_said_at_fields_while_they_are_filled_in(open_server, visit):
    page = open_form(visit().page, open_server)
    fill_source(page)
    fill_name(page)
    page.locator("#lat").fill("24.78")
    page.locator("#lon").fill("-65.41")
    page.locator("#lon").press("Tab")
    expect(page.locator("#place-warning")).to_have_text("This point is not in Argentina. Is a minus sign missing?")
    go_on(page, "stage")
    fill_stage(page, date="2150")
    expect(page.locator("#status-date-error")).to_contain_text("This day is in the future: tick")
    page.locator("#status-date").fill("2024")
    page.locator("#status-date").press("Tab")
    expect(page.locator("#status-date-error")).to_be_hidden()


def test_a_place_that_is_only_a_country_needs_no_point(changed_server, visit):
    page = visit().page
    sign_in(page, changed_server)
    open_form(page, changed_server)
    fill_in(page, name="Only a country", country="BO", accuracy="country", lat=None)
    page.locator("#publish").click()
    expect(page.locator("#done")).to_be_visible()
    assert "Point" != api(changed_server, "items/bo-only-a-country")["geometry"]["type"]
