"""What people type into the form becomes what they mean, or is refused; keys are really pressed.

Which number, day or place a text means is tried in `tests/web/*.test.js`; here, that the fields follow.
"""

import pytest
from playwright.sync_api import expect
from visits import PHONE, fill_name, fill_source, fill_stage, go_on, open_form, type_into


def at_place(visit, server, **options):
    """The form at the step of the place."""
    page = open_form(visit(**options).page, server)
    fill_source(page)
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


PAIRS = [
    ("-24,78; -65,41", ("-24.78", "-65.41")),
    ("65.41 W, 24.78 S", ("-24.78", "-65.41")),
    ("24°46'48\"S 65°24'36\"O", ("-24.78", "-65.41")),
]


@pytest.mark.parametrize(("text", "expected"), PAIRS)
def test_a_pair_typed_or_pasted_fills_both_fields(server, visit, text, expected):
    page = at_place(visit, server)
    type_into(page, lat=text)
    assert expected == place(page)
    for field in ("#lat", "#lon"):
        page.locator("#lat").fill("1")
        page.locator("#lon").fill("2")
        paste(page, field, text)
        assert expected == place(page)


@pytest.mark.parametrize(("text", "expected"), [("24,78 s", "-24.78"), ("24 47 11", "24 47 11"), ("24°30'S", "-24.5")])
def test_one_coordinate_stays_in_its_field(server, visit, text, expected):
    page = at_place(visit, server)
    type_into(page, lat=text)
    assert (expected, "") == place(page)


def test_nothing_moves_while_the_keys_are_pressed(server, visit):
    page = at_place(visit, server)
    typed = ""
    for key in "-24.78, -65.41":
        typed += key
        page.locator("#lat").press_sequentially(key)
        assert (typed, "") == place(page)


def test_a_place_is_found_by_the_keyboard_alone(server, visit):
    page = at_place(visit, server)
    page.locator("#place-name").press_sequentially("San Pedro de Ata")
    expect(page.locator("#place-list li").first).to_contain_text("San Pedro de Atacama")
    page.locator("#place-name").press("ArrowDown")
    expect(page.locator("#place-name")).to_have_attribute("aria-activedescendant", "place-0")
    page.locator("#place-name").press("Enter")
    expect(page.locator("#place-list")).to_be_hidden()
    expect(page.locator("#country")).to_have_value("CL")
    expect(page.locator("#locality")).to_have_value("San Pedro de Atacama")
    expect(page.locator("#place-map .point")).to_have_count(1)
    page.locator("#accuracy-locality").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#accuracy-site")).to_be_checked()


@pytest.mark.parametrize("text", ["https://www.openstreetmap.org/#map=12/-20.46/-66.82", "20°27'36\"S 66°49'12\"O"])
def test_a_link_of_a_map_and_minutes_set_the_place(server, visit, text):
    page = at_place(visit, server)
    page.locator("#place-name").fill(text)
    page.locator("#place-name").press("Tab")
    assert ("-20.46", "-66.82") == place(page)
    expect(page.locator("#accuracy-site")).to_be_checked()


@pytest.mark.parametrize("text", ["19K 727411 7736101", "19K GT 27411 36101"])
def test_a_place_of_a_grid_is_typed_or_pasted_anywhere(server, visit, text):
    page = at_place(visit, server)
    page.locator("#place-name").press_sequentially(text)
    page.locator("#place-name").press("Tab")
    expect(page.locator("#place-said")).to_contain_text("The place is set")
    for field in ("#lat", "#lon"):
        assert [-20.46, -66.82] == [round(float(each), 4) for each in place(page)]
        page.locator("#lat").fill("1")
        page.locator("#lon").fill("2")
        paste(page, field, text)
    assert [-20.46, -66.82] == [round(float(each), 4) for each in place(page)]


def test_an_unclear_place_is_told_what_would_be_right_and_an_unknown_one_too(server, visit):
    page = at_place(visit, server)
    page.locator("#place-name").fill("727411 7736101")
    page.locator("#place-name").press("Tab")
    expect(page.locator("#place-said")).to_contain_text("UTM needs its zone and the half of the globe")
    page.locator("#place-name").fill("qzxqzx")
    expect(page.locator("#place-said")).to_contain_text("No place is called so")
    fill_name(page)
    type_into(page, lat="20°70'S 66°40'W")
    page.locator(".step:not([hidden]) .next").click()
    expect(page.locator("#lat-error")).to_contain_text("Minutes and seconds go from 0 to 59")


def test_whoever_leaves_the_field_at_once_is_told_of_an_unknown_place_too(server, visit):
    page = at_place(visit, server)
    page.locator("#place-name").fill("qzxqzx")
    page.locator("#place-name").press("Tab")
    expect(page.locator("#place-said")).to_contain_text("No place is called so")


def test_a_click_on_the_form_s_map_sets_the_place(server, visit):
    page = at_place(visit, server)
    on_the_map = page.locator("#place-map")
    on_the_map.scroll_into_view_if_needed()
    on_the_map.click(position={"x": 200, "y": 150})
    assert "" not in place(page)


def test_a_number_with_separators_is_refused_before_anything_is_sent(server, visit):
    page = at_place(visit, server)
    fill_name(page)
    type_into(page, lat="-24.78", lon="-65.41")
    go_on(page, "stage")
    fill_stage(page)
    type_into(page, capacity_value="20,000")
    page.locator(".step:not([hidden]) .next").click()
    expect(page.locator("#capacity-value-error")).to_contain_text("Write 20000, without separators")
    expect(page.locator("#capacity-value")).to_be_focused()
    type_into(page, capacity_value="20000")
    expect(page.locator("#capacity-value-error")).to_be_hidden()
    expect(page.locator("#errors")).to_be_hidden()


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"lat": "95", "lon": "-65"}, "lat", "Latitude goes from -90 to 90."),
        ({"lat": "-24", "lon": "195"}, "lon", "Longitude goes from -180 to 180."),
        ({"lat": " ", "lon": "-65"}, "lat", "Latitude is missing."),
        ({}, "lat", "Give the place, or choose Country or Undisclosed above."),
    ],
)
def test_what_is_wrong_with_the_place_is_said_at_its_field(server, visit, fields, field, words):
    page = at_place(visit, server)
    fill_name(page)
    type_into(page, **fields)
    page.locator(".step:not([hidden]) .next").click()
    expect(page.locator(f"#{field}-error")).to_contain_text(words)
    expect(page.locator("[aria-invalid=true]")).to_have_count(1)


def test_what_is_missing_is_said_at_each_field_of_the_step(server, visit):
    page = open_form(visit().page, server)
    page.locator(".step:not([hidden]) .next").click()
    for field in ("source-url", "source-title"):
        expect(page.locator(f"#{field}-error")).to_have_text("This field is required.")
    expect(page.locator("#source-url")).to_be_focused()
    fill_source(page)
    page.locator(".step:not([hidden]) .next").click()
    for field in ("name", "kind", "country", "accuracy"):
        expect(page.locator(f"#{field}-error")).to_be_visible()


def test_dates_become_iso(server, visit):
    page = open_form(visit().page, server)
    for text, expected in [("26.03.2024", "2024-03-26"), ("03/04/2024", "03/04/2024")]:
        type_into(page, source_published=text)
        expect(page.locator("#source-published")).to_have_value(expected)


def test_a_draft_outlives_a_closed_page_and_is_forgotten_when_asked(server, visit):
    seen = visit()
    page = open_form(seen.page, server)
    fill_source(page, source_url="www.example.org/a")
    fill_name(page, accuracy="country")
    page.close()
    page = open_form(seen.context.new_page(), server)
    expect(page.locator(".step[data-step=what]")).to_be_visible()
    expect(page.locator("#source-url")).to_have_value("https://www.example.org/a")
    expect(page.locator("#name")).to_have_value("Typed")
    expect(page.locator("#kind-hint")).not_to_be_empty()
    expect(page.locator("#lat")).to_be_disabled()
    expect(page.locator("#no-point")).to_have_text("No point is needed: the whole country is marked.")
    page.locator("#forget").click()
    expect(page.locator("#add-form[data-known]")).to_have_count(1)
    expect(page.locator("#source-url")).to_have_value("")
    assert page.evaluate("localStorage.length") == 0


def test_a_finger_does_not_drag_the_map_on_a_phone(server, visit):
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
    page = at_place(visit, server, viewport=PHONE, has_touch=True, is_mobile=True, user_agent=agent)
    style = page.locator("#place-map").evaluate("(map) => [getComputedStyle(map).touchAction, map.className]")
    assert "pan-y pinch-zoom" == style[0]
    assert "leaflet-touch-drag" not in style[1]
    page.locator("#place-map").tap(position={"x": 100, "y": 120})
    assert "" not in place(page)


def test_the_map_shows_the_world_and_then_the_place_that_was_named(server, visit):
    page = at_place(visit, server)
    names = page.locator("#place-map #names-canvas")
    expect(names).to_have_count(1)
    europe = {"x": page.locator("#place-map").bounding_box()["width"] / 2, "y": 100}
    page.locator("#place-map").click(position=europe)
    lat, lon = (float(each) for each in place(page))
    assert 0 < lat < 75
    assert -10 < lon < 30
    page.locator("#place-name").press_sequentially("19K 727411 7736101")
    page.locator("#place-name").press("Tab")
    expect(page.locator("#place-said")).to_contain_text("The place is set")
    box, point = (page.locator(each).bounding_box() for each in ("#place-map", "#place-map .point"))
    assert abs(point["x"] + point["width"] / 2 - box["x"] - box["width"] / 2) < 3
    assert abs(point["y"] + point["height"] / 2 - box["y"] - box["height"] / 2) < 3
