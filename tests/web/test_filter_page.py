"""The page that builds a filter, by keyboard: choices become CQL2, and the server says how many records that means."""

from playwright.sync_api import expect

PAGE = "/api/collections/projects/filter"


def test_a_filter_is_built_by_keyboard_and_counted(server, visit):
    page = visit().page
    page.goto(f"{server.url}{PAGE}?lang=en")
    page.get_by_label("Property").focus()
    page.keyboard.type("Country")
    page.get_by_label("Value").select_option("BO")
    expect(page.get_by_label("The filter in CQL2")).to_have_value("country = 'BO'")
    expect(page.locator("#matched")).to_contain_text("record")
    page.get_by_role("button", name="Add a condition").press("Enter")
    second = page.locator("#conditions li").nth(1)
    expect(second.get_by_label("Property")).to_be_focused()
    second.get_by_label("Property").select_option("name")
    second.get_by_label("Value").fill("100% it's")
    expect(page.locator("#filter")).to_have_value("country = 'BO' AND CASEI(name) LIKE CASEI('%100\\\\% it''s%')")
    expect(page.locator("#matched")).to_have_text("0 records")
    second.get_by_role("button", name="Remove").press("Enter")
    expect(page.locator("#filter")).to_have_value("country = 'BO'")
    expect(page.locator("#matched")).not_to_have_text("0 records")
    address = page.get_by_role("link", name="As CSV").get_attribute("href")
    assert address == "/api/collections/projects/items?filter=country+%3D+%27BO%27&f=csv"


def test_what_is_wrong_is_said_at_the_text(server, visit):
    page = visit().page
    page.goto(f"{server.url}{PAGE}?lang=en")
    page.get_by_label("The filter in CQL2").fill("contry = 'BO'")
    expect(page.get_by_role("alert")).to_contain_text("did you mean country?")
    expect(page.locator("#filter")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("The filter in CQL2").fill("country = 'BO'")
    expect(page.locator("#filter-error")).to_be_hidden()
    expect(page.locator("#found")).to_be_visible()
