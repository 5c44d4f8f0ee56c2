"""What people type into the form becomes what they mean, or is refused; keys are really pressed.

Which number or day a text means is tried in `tests/web/numbers.test.js`; here, that the fields follow.
"""

import json

import pytest
from playwright.sync_api import expect
from visits import PHONE, api, fill_the_rest, type_into


def open_form(visit, server, **options):
    page = visit(**options).page
    page.goto(f"{server.url}/add")
    expect(page.locator("#place-map #ground-canvas[data-draw-ms]")).to_have_count(1)
    return page


def place(page):
    return page.locator("#lat").input_value(), page.locator("#lon").input_value()


def paste(page, field, text):
    page.locator(field).evaluate(
        """(field, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )


PAIRS = [("-24,78; -65,41", ("-24.78", "-65.41")), ("65.41 W, 24.78 S", ("-24.78", "-65.41"))]


@pytest.mark.parametrize(("text", "expected"), PAIRS)
def test_a_pair_typed_or_pasted_fills_both_fields(server, visit, text, expected):
    page = open_form(visit, server)
    type_into(page, lat=text)
    assert expected == place(page)
    for field in ("#lat", "#lon"):
        page.locator("#lat").fill("1")
        page.locator("#lon").fill("2")
        paste(page, field, text)
        assert expected == place(page)


@pytest.mark.parametrize(("text", "expected"), [("24,78 s", "-24.78"), ("24 47 11", "24 47 11")])
def test_one_coordinate_stays_in_its_field(server, visit, text, expected):
    page = open_form(visit, server)
    type_into(page, lat=text)
    assert (expected, "") == place(page)


def test_nothing_moves_while_the_keys_are_pressed(server, visit):
    page = open_form(visit, server)
    typed = ""
    for key in "-24.78, -65.41":
        typed += key
        page.locator("#lat").press_sequentially(key)
        assert (typed, "") == place(page)


def test_degrees_and_minutes_do_not_overwrite_the_other_coordinate(server, visit):
    page = open_form(visit, server)
    type_into(page, lon="-65.41", lat="24 47")
    assert ("24 47", "-65.41") == place(page)


def test_typed_coordinates_are_stored_as_they_were_meant(fresh_server, visit):
    page = open_form(visit, fresh_server)
    fill_the_rest(page, fresh_server)
    type_into(page, lat="-24,78", lon="65,41 W", capacity_value="1,5", status_date="26.03.2024")
    for name, code in {"unit": "GWh/y", "product": "cells"}.items():
        page.locator(f"#capacity-{name}").select_option(code)
    expect(page.locator("#place-map .point")).to_have_count(1)
    page.locator("#lon").press("Enter")
    expect(page.locator("#done")).to_be_visible()
    stored = api(fresh_server, "items/ar-typed")
    assert [-65.41, -24.78] == stored["geometry"]["coordinates"]
    assert 1.5 == stored["properties"]["capacities"][0]["value"]
    assert "2024-03-26" == stored["properties"]["events"][0]["date"]
    assert "happened" == stored["properties"]["status_date_basis"]
    assert page.evaluate("sessionStorage.getItem('draft')") is None


@pytest.mark.parametrize(
    ("field", "text"), [("capacity-value", "20,000"), ("owner-share", "20 000"), ("radius", "20\u202f000")]
)
def test_a_number_with_separators_is_refused_before_it_is_sent(server, visit, field, text):
    page = open_form(visit, server)
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    fill_the_rest(page, server)
    type_into(page, lat="-24.78", lon="-65.41", **{field: text})
    page.locator("#send").click()
    expect(page.locator(f"#{field}-error")).to_contain_text("Write 20000, without separators")
    expect(page.locator(f"#{field}")).to_be_focused()
    assert [] == sent
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("20000")
    expect(page.locator(f"#{field}-error")).to_be_hidden()
    expect(page.locator("#errors")).to_be_hidden()


def test_a_point_in_another_country_is_warned_of(fresh_server, visit):
    page = open_form(visit, fresh_server)
    fill_the_rest(page, fresh_server)
    warning = page.locator("#place-warning")
    type_into(page, lat="24.78", lon="-65.41")
    expect(warning).to_have_text("This point is not in Argentina. Is a minus sign missing?")
    type_into(page, lat="-24.78")
    expect(warning).to_have_text("")
    page.locator("#country").select_option("CL")
    expect(warning).to_contain_text("not in Chile")
    page.locator("#accuracy").select_option("country")
    expect(warning).to_have_text("")
    page.locator("#accuracy").select_option("site")
    expect(warning).to_contain_text("not in Chile")
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()


@pytest.mark.parametrize(("text", "expected"), [("26.03.2024", "2024-03-26"), ("03/04/2024", "03/04/2024")])
def test_dates_become_iso(server, visit, text, expected):
    page = open_form(visit, server)
    for field in ("source-published", "status-date"):
        type_into(page, **{field: text})
        assert expected == page.locator(f"#{field}").input_value()
        assert page.locator(f"#{field}").get_attribute("inputmode") is None


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"status_date": "March"}, "status-date", "Write 2024-03-26, 2024-03 or 2024."),
        ({"status_date": "2150"}, "status-date", "This day is in the future: tick"),
        ({"radius": "far"}, "radius", "Write a number."),
        ({"lat": "95"}, "lat", "Latitude goes from -90 to 90."),
        ({"lon": "195"}, "lon", "Longitude goes from -180 to 180."),
        ({"lat": " "}, "lat", "Latitude is missing."),
        ({"lon": " "}, "lon", "Longitude is missing."),
        ({"lat": " ", "lon": " "}, "lat", "Give the place, or choose Country or Undisclosed above."),
        ({"key": "la_wrong"}, "key", "This key is not valid here"),
    ],
)
def test_faults_are_said_in_plain_words_at_their_field(server, visit, fields, field, words):
    page = open_form(visit, server)
    fill_the_rest(page, server)
    type_into(page, **{"lat": "-24.78", "lon": "-65.41", **fields})
    page.locator("#send").click()
    expect(page.locator(f"#{field}-error")).to_contain_text(words)
    expect(page.locator("[aria-invalid=true]")).to_have_count(1)


def test_the_form_asks_what_a_date_is_and_claims_no_more(fresh_server, visit):
    """The day of a report is no start; and a plan is asked for neither."""
    page = open_form(visit, fresh_server)
    fill_the_rest(page, fresh_server)
    type_into(page, lat="-24.78", lon="-65.41", status_date="2025-11-12")
    page.locator("#status").select_option("operating")
    page.locator("#status-basis").select_option("")
    page.locator("#send").click()
    expect(page.locator("#status-basis-error")).to_contain_text("This field is required")
    page.locator("#status-basis").select_option("reported")
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()
    stored = api(fresh_server, "items/ar-typed")["properties"]
    assert (None, "2025-11-12") == (stored["start_actual"], stored["operating_by"])
    page = open_form(visit, fresh_server)
    fill_the_rest(page, fresh_server)
    type_into(page, lat="-24.78", lon="-65.41", status_date="2100", name="Planned")
    page.locator("#status-basis").select_option("")
    page.locator("#status-expected").check()
    page.locator("#send").click()
    expect(page.locator("#done")).to_be_visible()


def test_an_address_without_a_scheme_gets_one(server, visit):
    page = open_form(visit, server)
    type_into(page, source_url="www.example.org/a")
    assert "https://www.example.org/a" == page.locator("#source-url").input_value()


def test_a_draft_outlives_a_reload_without_the_key(server, visit):
    page = open_form(visit, server)
    fill_the_rest(page, server)
    page.locator("#accuracy").select_option("country")
    page.locator("#status-expected").check()
    assert server.key not in json.dumps(page.evaluate("({...sessionStorage})"))
    page.goto(f"{server.url}/about")
    page.goto(f"{server.url}/add")
    expect(page.locator("#name")).to_have_value("Typed")
    expect(page.locator("#key")).to_have_value("")
    expect(page.locator("#status-expected")).to_be_checked()
    expect(page.locator("#kind-hint")).not_to_be_empty()
    expect(page.locator("#lat")).to_be_disabled()
    expect(page.locator("#place-map")).to_be_hidden()
    expect(page.locator("#no-point")).to_have_text("No point is needed: the whole country is marked.")


def test_a_finger_does_not_drag_the_map_on_a_phone(server, visit):
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
    page = open_form(visit, server, viewport=PHONE, has_touch=True, is_mobile=True, user_agent=agent)
    style = page.locator("#place-map").evaluate("(map) => [getComputedStyle(map).touchAction, map.className]")
    assert "pan-y pinch-zoom" == style[0]
    assert "leaflet-touch-drag" not in style[1]
    page.locator("#place-map").tap(position={"x": 100, "y": 120})
    assert "" not in place(page)
