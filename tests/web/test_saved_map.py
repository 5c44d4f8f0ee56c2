"""The map as one file opens without a server or a network, holds what was asked for, and is inert."""

import contextlib
import html
import re

import pytest
from click.testing import CliRunner
from conftest import COUNT, copy_of
from hostile import HOSTILE, assert_only_text_came_in, hostile
from playwright.sync_api import expect
from visits import Visit

from api.commands.main import main
from geo.editing import Edit
from geo.opening import open_ledger
from web import export
from web.inline import script_hashes

pytestmark = pytest.mark.slow

BOLIVIA = ["--country", "BO"]


@pytest.fixture(scope="module")
def hostile_store(tmp_path_factory):
    file = copy_of("south_america", tmp_path_factory.mktemp("hostile") / "ledger.gpkg")
    with contextlib.closing(open_ledger(file).store) as store:
        for number, text in enumerate(HOSTILE):
            store.write([Edit(f"bo-hostile-{number}", hostile(number, text), None, text, text)])
    return file


def write_map(store, file, *options):
    return CliRunner().invoke(main, ["map", "--store", str(store), "--out", str(file), *options])


@pytest.fixture(scope="module")
def hostile_file(hostile_store, tmp_path_factory):
    file = tmp_path_factory.mktemp("saved") / "atlas.html"
    done = write_map(hostile_store, file, *BOLIVIA)
    assert 0 == done.exit_code, done.output
    return file


class OfflineVisit(Visit):
    """A visit without a network, which notes every request."""

    def __init__(self, browser, **options):
        super().__init__(browser, offline=True, **options)
        self.asked = []
        self.context.on("request", lambda request: self.asked.append(request.url))

    def open_file(self, file, view=""):
        self.page.goto(f"{file.as_uri()}{view}")
        expect(self.page.locator("body[data-ready]")).to_have_count(1)
        return self.page


def test_a_saved_map_opens_from_a_file_and_asks_for_nothing(hostile_file, browser):
    seen = OfflineVisit(browser)
    page = seen.open_file(hostile_file)
    expect(page.locator("#sentence")).to_contain_text("projects in 1 country")
    expect(page.locator("#project-canvas")).to_have_count(1)
    page.locator("#tab-list").click()
    expect(page.locator("#views")).to_contain_text("Rosatom")
    page.locator("#share").click()
    assert ["share-picture"] == [each.get_attribute("id") for each in page.locator("#share-dialog details").all()]
    assert 0 == page.locator("#tab-changes, #add, a[href^='/']").count()
    assert [hostile_file.as_uri()] == seen.asked
    assert [] == seen.faults
    seen.context.close()


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_a_hostile_record_is_text_in_a_saved_map(hostile_file, browser, number):
    seen, text = OfflineVisit(browser), HOSTILE[number]
    page = seen.open_file(hostile_file, f"#?rec=bo-hostile-{number}")
    panel = page.locator("#panel article")
    expect(panel.locator(".events").first).to_be_visible()
    assert text == panel.locator("h2").text_content()
    assert_only_text_came_in(panel)
    assert 0 == panel.locator("a:not([href^='http']):not([href^='#'])").count()
    if number:
        panel.locator("[data-open]").first.click()
        expect(page.locator("#panel")).to_have_attribute("data-record", f"bo-hostile-{number - 1}")
    assert page.evaluate("window.hit") is None
    assert {hostile_file.as_uri()} == {address.partition("#")[0] for address in seen.asked}
    assert [] == seen.faults
    seen.context.close()


def test_nothing_of_a_record_stands_in_the_file_as_it_is(hostile_file):
    """Neither its template nor its HTML has seen what strangers wrote: it is packed."""
    page = hostile_file.read_text()
    for text in ("Rosatom", "window.hit", "__globals__", "bo-hostile-1 "):
        assert text not in page


def test_a_saved_map_lets_only_its_own_scripts_run(hostile_file):
    page = hostile_file.read_text()
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    policy = html.unescape(found[1]).split("; ")
    assert "default-src 'none'" == policy[0]
    assert f"script-src {' '.join(script_hashes(page))}" == policy[1]
    assert page.index("Content-Security-Policy") < page.index("<script")
    styles = page.partition("<style>")[2].partition("</style>")[0]
    assert not re.search(r"url\((?!data:)|@import", styles)
    outside = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", page)
    assert not re.search(r"(?:src|href)=", outside)


def test_a_saved_map_holds_just_what_its_filters_say(hostile_store, tmp_path, browser):
    file = tmp_path / "few.html"
    options = ["--kind", "brine_operation", "--status_group", "operating,planned", "--lang", "es"]
    assert 0 == write_map(hostile_store, file, "--country", "AR", *options).exit_code
    seen = OfflineVisit(browser)
    page = seen.open_file(file)
    assert "es" == page.locator("html").get_attribute("lang")
    assert 0 < int(page.locator("body").get_attribute("data-ready")) < COUNT
    page.goto(f"{file.as_uri()}#?rec=bo-hostile-1")
    expect(page.locator("#panel .warning")).to_be_visible()
    assert [] == seen.faults
    seen.context.close()


def test_what_cannot_be_written_is_refused_in_a_sentence(hostile_store, tmp_path, monkeypatch):
    def said(*options):
        done = write_map(hostile_store, *options)
        assert 1 == done.exit_code
        return done.stderr

    assert "XX" in said(tmp_path / "x.html", "--country", "XX")
    assert "cannot be written" in said(tmp_path / "none" / "x.html", *BOLIVIA)
    monkeypatch.setattr(export, "MOST_RECORDS", 3)
    assert "at most 3" in said(tmp_path / "x.html", *BOLIVIA)
    assert not (tmp_path / "x.html").exists()


@pytest.mark.parametrize("code", ['a = "</script>"', "`</SCRIPT >`", "/<!--/", "p::after { content: '</style>' }"])
def test_no_code_ends_its_own_element(code):
    kept = export._kept_inside(code)
    assert not re.search("</(script|style)|<!--", kept, re.IGNORECASE)
    assert code == kept.replace("<\\", "<")


def test_the_same_selection_gives_the_same_file(hostile_store, tmp_path):
    files = [tmp_path / name for name in ("a.html", "b.html")]
    for file in files:
        write_map(hostile_store, file, *BOLIVIA)
    assert files[0].read_bytes() == files[1].read_bytes()
