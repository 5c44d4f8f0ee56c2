"""Somebody with a table in a browser: why rows are not taken, a doubtful row answered, and all of it on a phone."""

import csv

import pytest
from accessible import violations
from playwright.sync_api import expect
from visits import PHONE, WIDE

pytestmark = pytest.mark.slow
HEAD = "name,kind,country,lat,lon,location_accuracy,source_addresses,Jobs"


@pytest.fixture
def table(tmp_path, server):
    """A table of a record that looks like one that is there, one with decimal commas, and one that is new."""
    rows = [
        ["Rosatom battery factory Bolivia", "cell_factory", "BO", "", "", "country", "https://example.org/a", "12"],
        ["Comma works", "cell_factory", "BO", "-20,46", "-66,83", "site", "https://example.org/b", ""],
        ["Altiplano recycling", "recycling_plant", "BO", "-16.52", "-68.21", "site", "https://example.org/c", ""],
    ]
    with (tmp_path / "plants.csv").open("w", newline="") as file:
        csv.writer(file).writerows([HEAD.split(","), *rows])
    return tmp_path / "plants.csv"


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_a_table_is_compared_answered_and_read(server, visit, table, viewport):
    page = visit(viewport=viewport).page
    page.goto(f"{server.url}/import")
    page.locator("#key").fill(server.key)
    page.keyboard.press("Enter")
    page.locator("#file").set_input_files(table)
    page.get_by_role("button", name="Upload and compare").click()
    expect(page.get_by_role("status")).to_have_text("Compared; nothing is written yet", timeout=60_000)
    expect(page.get_by_text("1 column is not taken: Jobs")).to_be_visible()
    expect(page.locator("#row-3")).to_contain_text("tick “Commas are decimal points: 33,9 is 33.9”")
    assert [] == violations(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= viewport["width"], "nothing scrolls sideways"

    row = page.locator("#row-2")
    row.get_by_label("What is it?").select_option(label="a project of its own: add it")
    page.get_by_role("button", name="Compare again with these answers").click()
    expect(page.get_by_role("button", name="Write 2 records")).to_be_visible(timeout=60_000)
    page.get_by_label("Commas are decimal points").check()
    page.get_by_role("button", name="Compare again", exact=True).click()
    expect(page.get_by_role("button", name="Write 3 records")).to_be_visible(timeout=60_000)
    expect(row.locator(".tag").first).to_have_text("New")
    page.get_by_role("button", name="Cancel, and remove the file").click()
    expect(page.get_by_text("None yet.")).to_be_visible()
