"""A project is added by the form, and is on the map at once; what is wrong is said where it stands."""

import pytest
from conftest import COUNT
from playwright.sync_api import expect
from visits import api, expect_sentence


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


def test_a_record_added_by_the_form_is_on_the_map(fresh_server, visit):
    seen = visit()
    page = seen.page
    fill(page, fresh_server)
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()
    page.locator('#done a[href^="/#rec="], #done a[href*="#rec="]').click()
    expect(page.locator("#panel h2")).to_contain_text("Refinería de prueba")
    expect(page.locator("body[data-ready]")).to_have_count(1)
    expect_sentence(page, COUNT + 1)
    expect(page.locator("#panel")).to_contain_text("A refinery is announced")
    expect(page.locator("#panel .warning")).to_have_count(0)
    page.keyboard.press("Escape")
    at = page.evaluate("map_0.latLngToContainerPoint([-17.8, -63.2])")
    page.mouse.move(at["x"], at["y"])
    expect(page.locator("#tooltip")).to_contain_text("Refinería de prueba")
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
