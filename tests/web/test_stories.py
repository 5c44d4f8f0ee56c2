"""Stories are read from files, name what they rest on, and take their reader over the map."""

import datetime as dt
import re

import pytest
from accessible import AXE, violations
from playwright.sync_api import expect
from visits import PHONE, WIDE

from geo.curated.files import read_projects
from geo.paths import data_folder
from web.stories import read_stories, read_story

STORES = ("geopackage",)  # stories are files

HEAD = '+++\ntitle = "T"\nsummary = "S"\nauthors = ["A"]\ndate = "2026"\n+++\n'
STEP = "## One\n> map: #5/-20/-66.9?country=BO&as_of=2024-03&rec=bo-a\n\n"
BOLIVIA = "/stories/bolivia"


def story_of(tmp_path, text):
    (tmp_path / "x.md").write_text(text, encoding="utf-8")
    return read_story(tmp_path / "x.md")


def test_a_step_has_its_text_its_view_and_its_record(tmp_path):
    story = story_of(tmp_path, f"{HEAD}{STEP}A *word* ([here](https://example.org/?a=1&b=2)).\n\n{STEP}B")
    first, second = story.steps
    assert ("One", "#5/-20/-66.9?country=BO&as_of=2024-03&rec=bo-a", "bo-a") == (first.title, first.view, first.record)
    assert 'A <em>word</em> (<a class="out" href="https://example.org/?a=1&amp;b=2" rel="noopener' in first.html
    assert "<p>B</p>" in second.html
    assert ("x", "en", ["A"]) == (story.name, story.language, story.authors)


@pytest.mark.parametrize(
    "text", ["<script>window.hit = 1</script>", "<img src=x onerror=hit>", "![a](https://example.org/a.png)", "a <b>b"]
)
def test_no_markup_of_a_file_is_markup_of_the_page(tmp_path, text):
    html = story_of(tmp_path, f"{HEAD}{STEP}{text}").steps[0].html
    assert not set(re.findall(r"<(\w+)", html)) - {"p", "a"}


def test_a_folder_without_stories_has_none(tmp_path):
    assert {} == read_stories(tmp_path)


@pytest.mark.slow
def test_the_stories_rest_on_records_and_their_sources():
    projects = {project.id: project for project in read_projects(data_folder() / "projects")}
    known = {s.url for p in projects.values() for s in p.properties.sources} | {None}
    for story in read_stories(data_folder()).values():
        assert dt.date.fromisoformat(story.date) <= dt.date(2026, 12, 31)
        for step in story.steps:
            links = re.findall(r'href="([^"]+)"', step.html)
            assert links, step.title
            assert [] == [link for link in links if link.replace("&amp;", "&") not in known]
            assert step.record is None or step.record in projects


def test_stories_are_listed_and_one_that_is_not_there_is_said(api):
    listed = api.client.get("/stories").text
    assert f'href="{BOLIVIA}"' in listed
    assert "frame-src 'self'" in api.client.get(BOLIVIA).headers["content-security-policy"]
    assert 404 == api.client.get("/stories/nothing", headers={"Accept": "text/html"}).status_code


@pytest.fixture
def opened(server, visit):
    """Opens the story with a page in the map's place."""

    def open_story(**options):
        page = visit(**options).page
        page.route(re.compile("/embed$"), lambda route: route.fulfill(body="<p>map", content_type="text/html"))
        page.goto(server.url + BOLIVIA)
        return page

    return open_story


def assert_shown(page, step):
    expect(page.locator(".step.current")).to_have_attribute("id", f"step-{step}")
    view = page.locator(f"#step-{step}").get_attribute("data-view")
    assert view == page.evaluate("document.querySelector('iframe').contentWindow.location.hash")


@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_the_map_follows_who_scrolls_and_who_goes_by_keyboard(opened, viewport):
    page = opened(viewport=viewport)
    assert_shown(page, 1)
    page.locator("#step-4").evaluate("(step) => scrollBy(0, step.getBoundingClientRect().top - innerHeight * 0.5)")
    assert_shown(page, 4)
    page.locator("#story-next").press("Enter")
    assert_shown(page, 5)
    expect(page.locator("#step-5 h2")).to_be_focused()
    expect(page.locator("#step-5 h2")).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.locator("#step-5 a").first).to_be_focused()
    page.locator("#step-2 a.view").focus()
    assert_shown(page, 2)
    page.keyboard.press("End")
    assert_shown(page, 9)
    expect(page.locator("#story-next")).to_be_disabled()
    assert page.evaluate("history.length") <= 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_phone_the_map_stays_on_top(opened):
    page = opened(viewport=PHONE)
    page.evaluate("scrollTo(0, 2000)")
    box = page.locator(".story .map").bounding_box()
    assert 0 == box["y"]
    assert box["height"] == pytest.approx(0.4 * PHONE["height"], abs=2)


def test_a_story_needs_no_script(opened):
    page = opened(java_script_enabled=False)
    links = page.get_by_role("link", name="Open this view on the map")
    assert 9 == links.count()
    assert "/#5/-17/-64.5?country=BO&as_of=2024-03&rec=bo-rosatom-battery-factory" == links.nth(4).get_attribute("href")
    expect(page.locator("#story-next")).to_be_hidden()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core comes with npm's packages")
@pytest.mark.parametrize("viewport", [WIDE, PHONE])
def test_no_fault_of_a_story_is_found_by_axe(opened, server, viewport):
    page = opened(viewport=viewport, reduced_motion="reduce")
    page.evaluate("document.getElementById('story-map').remove()")  # the map has its own tests
    assert [] == violations(page)
    page.goto(f"{server.url}/stories")
    assert [] == violations(page)
