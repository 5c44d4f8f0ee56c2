"""What is shown can be passed on, cited, embedded and taken away, just as it is shown."""

import json
import re
import urllib.parse

import pytest
from conftest import COUNT, Server, copy_of
from playwright.sync_api import expect
from visits import PHONE

from geo.formats.registry import FORMATS

SITE = "http://elsewhere.localhost"
VIEW = "#5/-20.00/-66.00?country=BO"


@pytest.fixture(scope="module")
def framed(tmp_path_factory):
    """A server whose map another site may show."""
    started = Server(copy_of("south_america", tmp_path_factory.mktemp("framed") / "ledger.gpkg"), embed=SITE)
    yield started
    started.stop()


def open_share(page, part):
    page.locator("#share").click()
    if part != "link":
        page.locator(f"#share-{part} summary").click()
    return page.locator(f"#share-{part}")


def test_the_link_leads_to_exactly_this_view(server, visit):
    seen = visit()
    page = seen.open_map(f"{server.url}/{VIEW}")
    expect(open_share(page, "link").locator("input")).to_have_value(f"{server.url}/{VIEW}")
    page.keyboard.press("Escape")
    expect(page.locator("#share-dialog")).to_have_count(0)
    expect(page.locator("#share")).to_be_focused()
    assert [] == seen.faults


def test_a_copied_text_is_in_the_clipboard_and_that_is_said(server, visit):
    page = visit(permissions=["clipboard-read", "clipboard-write"]).open_map(f"{server.url}/{VIEW}")
    part = open_share(page, "link")
    part.get_by_role("button", name="Copy").click()
    expect(part.get_by_role("status")).to_have_text("Copied")
    assert f"{server.url}/{VIEW}" == page.evaluate("navigator.clipboard.readText()")


def frame_of(seen, code):
    """A page of another site that shows this code."""
    foreign = seen.context.new_page()
    foreign.route(f"{SITE}/", lambda route: route.fulfill(body=code, content_type="text/html"))
    foreign.goto(SITE)
    return foreign.frame_locator("iframe")


# Chromium takes the page that a test answers for one of the internet, which may not frame this machine unasked.
ELSEWHERE = {"permissions": ["local-network-access"]}


def test_the_code_to_embed_shows_the_same_on_a_foreign_page(framed, visit):
    seen = visit(**ELSEWHERE)
    page = seen.open_map(f"{framed.url}/{VIEW}")
    part = open_share(page, "embed")
    part.locator("select").select_option("small")
    code = part.locator("textarea")
    expect(code).to_have_value(re.compile('width="480" height="360"'))
    frame = frame_of(seen, code.input_value())
    expect(frame.locator("#sentence")).to_have_text(page.locator("#sentence").text_content())
    expect(frame.locator("#project-canvas")).to_be_visible()
    for hidden in ("#search-box", "#time", "#kinds-box", ".foot", "#share", ".ground-switcher"):
        expect(frame.locator(hidden)).not_to_be_visible()
    link = frame.locator("#open-in")
    link.hover()
    expect(link).to_have_attribute("href", re.compile(r"^/\?lang=en#5/.*country=BO"))
    expect(link).to_have_attribute("target", "_blank")


@pytest.mark.parametrize("path", ["/about", "/add", "/embed"])
def test_no_page_of_ours_can_be_shown_in_a_foreign_frame_unasked(server, visit, path):
    seen = visit(**ELSEWHERE)
    frame = frame_of(seen, f'<iframe src="{server.url}{path}"></iframe>')
    expect(frame.locator("body")).not_to_contain_text("Lithium")
    assert any("frame-ancestors" in fault for fault in seen.faults)


def test_the_code_to_embed_is_not_offered_where_no_site_may_use_it(server, visit):
    page = visit().open_map(f"{server.url}/{VIEW}")
    open_share(page, "link")
    expect(page.locator("#share-cite")).to_be_attached()
    expect(page.locator("#share-embed")).to_have_count(0)


def test_what_leads_away_from_an_embedded_map_leaves_its_frame(server, visit):
    page = visit().open_map(f"{server.url}/embed#5/-19/-61?rec=bo-rosatom-battery-factory")
    expect(page.locator("#panel .facts")).to_be_visible()
    assert page.locator("#panel a[href]:not([target=_blank], [data-open], .jump)").count() == 0
    assert page.locator("#panel a[target=_blank]").count() > 3


def test_an_embedded_map_follows_its_address(server, visit):
    seen = visit(viewport={"width": 480, "height": 360})
    page = seen.open_map(f"{server.url}/embed{VIEW}")
    before = page.locator("#sentence").text_content()
    page.evaluate("location.hash = '#4/-30/-65?country=AR'")
    expect(page.locator("#sentence")).not_to_have_text(before)
    expect(page).to_have_url(re.compile("country=AR"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [] == seen.faults


def test_downloads_are_of_just_what_is_shown(server, visit):
    page = visit().open_map(f"{server.url}/#?country=BO&as_of=2024")
    count = int(page.locator("#sentence").text_content().split()[0])
    part = open_share(page, "download")
    expect(part).to_contain_text(f"Exactly the {count} projects")
    assert [*FORMATS] == [link.get_attribute("data-form") for link in part.locator("[data-form]").all()]
    for form in FORMATS:
        address = urllib.parse.urlsplit(part.locator(f"[data-form={form}]").get_attribute("href"))
        asked = dict(urllib.parse.parse_qsl(address.query))
        assert "/api/collections/projects/items" == address.path
        assert {"f": form, "country": "BO", "as_of": "2024"} == {
            name: asked[name] for name in ("f", "country", "as_of")
        }


def test_there_is_no_download_of_nothing(server, visit):
    page = visit().open_map_of_nothing(f"{server.url}/#?country=FR")
    part = open_share(page, "download")
    expect(part).to_contain_text("nothing to download")
    assert 0 == part.locator("a[href]").count()


@pytest.mark.parametrize("form", ["png", "svg"])
def test_a_picture_says_what_it_shows(server, visit, tmp_path, form):
    seen = visit()
    page = seen.open_map(f"{server.url}/{VIEW}")
    part = open_share(page, "picture")
    with page.expect_download() as waiting:
        part.locator(f"[data-form={form}]").click()
    assert re.fullmatch(rf"lithium-ledger-country-BO-[\d-]+\.{form}", waiting.value.suggested_filename)
    waiting.value.save_as(tmp_path / "picture")
    body = (tmp_path / "picture").read_bytes()
    if form == "png":
        assert body.startswith(b"\x89PNG")
    else:
        text = body.decode()
        for said in ("projects in", "CC BY 4.0", "Data as of", "Planned:", "country=BO", "data:image/png;base64,"):
            assert said in text
    assert [] == seen.faults


def test_the_dialog_fits_a_phone(framed, visit):
    page = visit(viewport=PHONE).open_map(framed.url)
    open_share(page, "embed")
    box = page.locator("#share-dialog").bounding_box()
    assert 0 <= box["x"]
    assert box["x"] + box["width"] <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


COMPARED = ["bo-rosatom-battery-factory", "ar-cauchari-olaroz"]


def test_projects_stand_side_by_side_and_can_be_added_and_removed(server, visit):
    seen = visit()
    page = seen.open_map(f"{server.url}/#?tab=compare&compare={','.join(COMPARED)}")
    heads = page.locator("#compare thead th")
    expect(heads).to_have_count(2)
    expect(page.locator("#compare [data-differs].line-stage")).to_have_count(1)
    expect(page.locator("#compare .timeline-lane")).to_have_count(2)
    page.get_by_label("Add a project").fill("olaroz")
    page.locator("#compare .picker-found button").first.click()
    expect(heads).to_have_count(3)
    page.get_by_role("button", name=re.compile("^Remove")).first.click()
    expect(heads).to_have_count(2)
    expect(page).to_have_url(re.compile(f"compare={COMPARED[1]},"))
    heads.first.get_by_role("button").first.click()
    expect(page.locator("#panel")).to_have_attribute("data-record", COMPARED[1])
    assert [] == seen.faults


def test_a_comparison_is_as_of_the_date_that_is_shown(server, visit):
    page = visit().open_map(f"{server.url}/#?tab=compare&as_of=2010&compare={','.join(COMPARED)}")
    expect(page.locator("#compare .line-stage td").first).to_have_text("Nothing was known of it then")


def test_a_comparison_of_nothing_says_how_to_choose_and_a_lost_project_is_named(server, visit):
    page = visit().open_map(f"{server.url}/#?tab=compare")
    expect(page.locator("#compare")).to_contain_text("Choose two to four projects")
    page.evaluate("location.hash = '#?tab=compare&compare=bo-nobody'")
    expect(page.locator("#compare .warning")).to_contain_text("bo-nobody")


def event(number, **more):
    return {
        "record_id": "bo-rosatom-battery-factory",
        "record_name": "<b>Rosatom</b>",
        "kind": "cell_factory",
        "country": "BO",
        "date": f"2024-03-{number:02}",
        "date_basis": "happened",
        "type": "status",
        "status": "considered",
        "expected": False,
        "summary": f"Event {number} <img src=x onerror=window.hit=1>",
        "sources": [
            {"title": "A text", "url": "https://example.org/a", "publisher": None},
            {"title": "No link", "url": "javascript:window.hit=1", "publisher": None},
        ],
        **more,
    }


class Events:
    """Answers for the API, two events a page; `fails` makes it fail."""

    def __init__(self, page):
        self.asked, self.fails = [], False
        page.route(re.compile("/projects/events"), self.answer)

    def answer(self, route):
        self.asked.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(route.request.url).query)))
        if self.fails:
            route.fulfill(status=500, body="no")
            return
        after = int(self.asked[-1].get("after", 0))
        found = [event(20 - after - each) for each in range(2)]
        links = [{"rel": "next", "href": f"http://elsewhere{self.path()}?after={after + 2}"}] if after < 2 else []
        route.fulfill(body=json.dumps({"events": found, "links": links, "numberMatched": 4}))

    @staticmethod
    def path():
        return "/api/collections/projects/events"


def test_changes_are_told_newest_first_by_the_same_filters(server, visit):
    seen = visit()
    events = Events(seen.page)
    page = seen.open_map(f"{server.url}/#?tab=changes&country=BO&from=2024")
    items = page.locator("#changes-happened li")
    expect(items).to_have_count(2)
    assert {"country": "BO", "from": "2024", "expected": "false"} == events.asked[0]
    expect(page.locator("#changes-happened h3")).to_have_text("Mar 2024")
    page.get_by_role("button", name="Load more").click()
    expect(items).to_have_count(4)
    expect(items.nth(2).get_by_role("button")).to_be_focused()
    links = items.first.locator("a")
    expect(links).to_have_count(1)
    expect(links).to_have_text("A text (example.org)")
    items.first.get_by_role("button").click()
    expect(page.locator("#panel")).to_have_attribute("data-record", "bo-rosatom-battery-factory")
    assert page.evaluate("window.hit") is None
    assert [] == seen.faults


def test_the_period_is_kept_in_the_address(server, visit):
    seen = visit()
    events = Events(seen.page)
    page = seen.open_map(f"{server.url}/#?tab=changes")
    page.get_by_role("button", name="Last year").click()
    expect(page).to_have_url(re.compile(r"from=\d{4}&to=\d{4}"))
    expect(page.get_by_role("button", name="Last year")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("From", exact=True).fill("2023-05-01")
    expect(page).to_have_url(re.compile("from=2023-05-01"))
    expect(page.locator("#changes-happened")).to_have_attribute("aria-busy", "false")
    assert "2023-05-01" == events.asked[-1]["from"]


def test_changes_that_cannot_be_loaded_can_be_asked_for_again(server, visit):
    seen = visit()
    events = Events(seen.page)
    events.fails = True
    page = seen.open_map(f"{server.url}/#?tab=changes")
    expect(page.locator("#changes-happened [role=status]")).to_contain_text("cannot be loaded")
    events.fails = False
    page.locator("#changes-happened").get_by_role("button", name="Try again").click()
    expect(page.locator("#changes-happened li")).to_have_count(2)


def test_what_is_expected_stands_apart(server, visit):
    seen = visit()
    events = Events(seen.page)
    page = seen.open_map(f"{server.url}/#?tab=changes")
    page.get_by_text("Expected by their owners").last.click()
    expect(page.locator("#changes-expected li")).to_have_count(2)
    assert "true" == events.asked[-1]["expected"]


def test_paper_gets_the_map_its_headline_and_where_it_is_from(server, visit):
    page = visit().open_map(f"{server.url}/{VIEW}")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator("#print-map canvas")).to_be_visible()
    expect(page.locator("#sentence")).to_be_visible()
    expect(page.locator("#print-foot")).to_contain_text("CC BY 4.0")
    expect(page.locator("#print-foot")).to_contain_text(VIEW)
    for hidden in ("#tools", "#search-box", "#time", "#map_0"):
        expect(page.locator(hidden)).not_to_be_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#print-map")).to_have_count(0)
    assert f"{COUNT}" not in page.locator("#sentence").text_content()
