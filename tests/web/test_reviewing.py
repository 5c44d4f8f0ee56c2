"""An editor at work in a browser, on a phone and by keyboard; what waits is on the map, and never a record."""

import json
import re
import urllib.request

import pytest
from accessible import AXE, violations
from playwright.sync_api import expect
from proposed import FACTORY, ITEMS, new
from visits import PHONE, WIDE

pytestmark = pytest.mark.slow
DUPLICATE = "Fábrica de baterías de Rosatom"


@pytest.fixture(scope="module")
def open_server(make_lasting_store):
    """South America's records, of which anybody may propose more."""
    from conftest import Server

    started = Server(make_lasting_store.filled("south_america").location, proposals="open")
    yield started
    started.stop()


def propose(server, body):
    sent = urllib.request.Request(
        f"{server.url}/api/proposals", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(sent) as answer:
        return json.load(answer)


def record(server, project_id):
    with urllib.request.urlopen(f"{server.url}{ITEMS}/{project_id}") as answer:
        return json.load(answer)["properties"]


def signed_in(visit, server, to, **options):
    page = visit(**options).page
    page.goto(f"{server.url}{to}")
    expect(page).to_have_url(f"{server.url}/sign-in?to=%2Freview")
    page.locator("#key").fill(server.key)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}{to}")
    return page


def test_an_editor_goes_through_the_queue(open_server, visit):
    first = propose(open_server, new(DUPLICATE, language="es", author="Rosa", alike={FACTORY: "same"}))
    second = propose(open_server, new("Planta Rincón", author="Rosa"))
    page = signed_in(visit, open_server, "/review", viewport=PHONE)
    page.get_by_role("link", name=DUPLICATE).click()
    page.get_by_role("link", name="Look at the two merged").first.click()
    expect(page.locator("#changes")).to_contain_text("Merged into")
    expect(page.locator(".diff").first).to_contain_text(DUPLICATE)
    page.get_by_role("button", name="Merge and accept").click()
    expect(page.get_by_role("status")).to_have_text(f"Merged: {DUPLICATE}.")
    assert DUPLICATE in record(open_server, FACTORY)["other_names"]

    expect(page.locator("h1")).to_have_text("Planta Rincón")  # what waits next
    page.get_by_label("Reason").select_option("no_source")
    page.get_by_role("button", name="Decline it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Declined: Planta Rincón.")
    expect(page.locator(".queue li")).to_have_count(0)

    page.goto(f"{open_server.url}/proposals/{first['id']}")
    page.get_by_role("link", name="Compare with the revision before").click()
    expect(page.locator("#compared ~ .diff")).to_contain_text(DUPLICATE)
    page.goto(f"{open_server.url}/proposals/{second['id']}")
    expect(page.locator(".remarks")).to_contain_text("No source that anybody can read says so.")


def test_the_link_that_a_proposer_keeps_lets_them_answer(open_server, visit):
    kept = propose(open_server, new("Planta del enlace", author="Rosa"))
    page = visit(viewport=PHONE).page
    page.goto(f"{open_server.url}/proposals/{kept['id']}#token={kept['token']}")
    expect(page.locator("#token")).to_have_value(kept["token"])
    page.get_by_label("Your answer").fill("It is by the lake.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator(".remarks")).to_contain_text("It is by the lake.")
    page.locator("#token").fill(kept["token"])
    page.get_by_role("button", name="Withdraw the proposal").click()
    expect(page.locator("[data-state]")).to_have_text("Withdrawn")


def test_unreviewed_proposals_are_on_the_map_when_asked_for_and_counted_with_nothing(open_server, visit):
    kept = propose(open_server, new("Planta del mapa"))
    page = visit().open_map(f"{open_server.url}/#5/-19/-64")
    counted = page.locator("#sentence").inner_text()
    expect(page.locator(".unreviewed")).to_have_count(0)
    page.locator("#ground-button").click()
    expect(page.locator("label[for=overlay-unreviewed] .unreviewed-swatch"), "the mark is explained").to_be_visible()
    page.locator("#overlay-unreviewed").check()
    mark = page.locator(".unreviewed", has_text="Planta del mapa")
    expect(mark).to_have_count(1)
    expect(page).to_have_url(re.compile("layers=unreviewed"))
    assert counted == page.locator("#sentence").inner_text()
    page.keyboard.press("Escape")
    mark.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(mark.locator("p")).to_contain_text("Not reviewed.")
    mark.locator("a").click()
    expect(page).to_have_url(f"{open_server.url}/proposals/{kept['id']}")
    page.go_back()
    expect(mark).to_have_count(1)  # the address says it


@pytest.mark.stores("geopackage")
@pytest.mark.skipif(not AXE.exists(), reason="axe-core comes with npm's packages")
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_proposals_and_the_review_are_accessible(open_server, visit, viewport):
    number = propose(open_server, new(f"Fábrica de baterías {viewport['width']}", alike={FACTORY: "phase"}))["id"]
    page = signed_in(visit, open_server, "/review", viewport=viewport)
    found = {}
    for path in (
        "/proposals",
        f"/proposals/{number}",
        "/review",
        f"/review/{number}",
        f"/review/{number}?into={FACTORY}",
    ):
        page.goto(f"{open_server.url}{path}")
        for fold in page.locator(".decide details > summary").all():
            fold.click()
        found[path] = violations(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], path
    assert {} == {path: each for path, each in found.items() if each}
