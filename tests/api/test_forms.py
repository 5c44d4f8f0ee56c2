"""Every resource of the API in every form: `f` and Accept agree, pages say what the JSON says, nothing else is 406."""

import re
from html.parser import HTMLParser

import pytest
from made_up import made_up

from geo.editing import Edit
from web.language import LANGUAGES

pytestmark = pytest.mark.slow

API = "/api"
PROJECTS = f"{API}/collections/projects"
ITEMS = f"{PROJECTS}/items"
RECORD = f"{ITEMS}/bo-rosatom-battery-factory"
DOCUMENTS = [
    API,
    f"{API}/conformance",
    f"{API}/collections",
    PROJECTS,
    f"{PROJECTS}/schema",
    f"{PROJECTS}/schema/feature",
    f"{PROJECTS}/schema/record",
    f"{PROJECTS}/sortables",
    f"{PROJECTS}/facets",
    f"{PROJECTS}/events",
    f"{RECORD}/revisions",
]
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


class Page(HTMLParser):
    """The links and the words of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.words = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.links.append(dict(attributes).get("href"))

    def handle_data(self, data):
        self.words += data


@pytest.mark.parametrize("path", [*DOCUMENTS, ITEMS])
def test_f_and_accept_agree_on_a_page(api, path):
    """/req/html/definition, /req/html/content"""
    liked, named = api.client.get(path, headers=BROWSER), api.client.get(f"{path}?f=html")
    assert (200, 200) == (liked.status_code, named.status_code)
    assert "text/html; charset=utf-8" == liked.headers["content-type"] == named.headers["content-type"]
    assert {"Accept", "Accept-Language"} <= set(re.split(", *", liked.headers["vary"]))
    assert Page(named.text).words.split() == Page(liked.text.replace("?f=html", "")).words.split()
    assert api.client.get(path).headers["etag"] != liked.headers["etag"]


@pytest.mark.parametrize("path", [*DOCUMENTS, ITEMS, RECORD])
def test_a_document_links_to_itself_and_to_its_other_forms(api, path):
    """/req/core/fc-md-links, /req/core/fc-links, /req/core/f-links: self, and alternate for each other media type."""
    answer = api.client.get(path)
    links = answer.json()["links"]
    assert [answer.headers["content-type"]] == [link["type"] for link in links if link["rel"] == "self"]
    pages = [link["href"] for link in links if (link["rel"], link["type"]) == ("alternate", "text/html")]
    assert 200 == api.client.get(pages[0].removeprefix("http://testserver")).status_code
    assert f'<{pages[0]}>; rel="alternate"; type="text/html"' in answer.headers["link"]


@pytest.mark.parametrize("path", [*DOCUMENTS, ITEMS])
def test_a_page_has_every_link_of_the_document(api, path):
    """/req/html/content: all links as HTML links."""
    told = {link["href"] for link in api.client.get(path).json()["links"]}
    shown = {link.replace("f=html&", "") for link in Page(api.client.get(f"{path}?f=html").text).links if link}
    assert told <= shown | {f"http://testserver{path}", *(link for link in told if "f=html" in link)}


@pytest.mark.parametrize("path", [*DOCUMENTS, ITEMS, RECORD, f"{API}/openapi.json", f"{API}/docs", "/cite"])
def test_what_nobody_here_makes_is_406(api, path):
    for accept in ("image/png", "application/xml", "text/html;q=0, application/json;q=0"):
        answer = api.client.get(path, headers={"Accept": accept})
        assert 406 == answer.status_code, accept
        assert "application/problem+json" == answer.headers["content-type"]
        assert "not-acceptable" == answer.json()["rule"]
        assert answer.json()["values"]["known"]
    assert 200 == api.client.get(path, headers={"Accept": "image/png, */*;q=0.1"}, follow_redirects=False).status_code


def test_a_record_is_read_on_its_own_page(api):
    answer = api.client.get(RECORD, headers=BROWSER, follow_redirects=False)
    assert (303, "Accept" in answer.headers["vary"]) == (answer.status_code, True)
    assert "http://testserver/projects/bo-rosatom-battery-factory" == answer.headers["location"]


def test_a_page_of_records_has_their_table_and_their_map(api):
    page = api.client.get(f"{ITEMS}?f=html&limit=500").text
    records = api.client.get(f"{ITEMS}?limit=500").json()["features"]
    words = Page(page).words
    assert all(record["properties"]["name"] in words for record in records)
    unplaced = [each for each in records if each["properties"]["location_accuracy"] in ("country", "undisclosed")]
    assert unplaced
    assert len(records) - len(unplaced) == len(re.findall("<title>", page)) - 1


def test_what_is_planned_is_hollow_on_the_page_too(api):
    page = api.client.get(f"{ITEMS}?f=html&status_group=planned&limit=500").text
    marks = re.findall(r'class="spot (\w+)', page.partition("figcaption")[0])
    assert {"planned"} == set(marks)


HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "javascript:alert(1)"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_page_shows_what_strangers_wrote_as_text(api, name):
    api.store.write([Edit("bo-hostile", made_up("bo-hostile", name=name), None, "test")])
    page = api.client.get(f"{ITEMS}?f=html&q=hostile").text
    assert name in Page(page).words
    assert not re.search(r"<script>alert|<img src=x|href=\"javascript", page)


def test_a_page_leads_to_the_next_and_keeps_what_was_asked(api):
    first = Page(api.client.get(f"{ITEMS}?f=html&limit=2&country=BO").text)
    following = [link for link in first.links if "after=" in link and "f=html" in link]
    assert following
    assert all("country=BO" in link and "limit=2" in link for link in following)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_is_in_the_reader_s_language(api, code):
    answer = api.client.get(f"{API}?f=html&lang={code}")
    assert code == answer.headers["content-language"]
    assert f'<html lang="{code}"' in answer.text


def test_a_collection_that_there_is_not_is_named_with_those_that_there_are(api):
    """/req/core/sfc-md-op and its like: 404"""
    for path in ("", "/items", "/items/x"):
        answer = api.client.get(f"{API}/collections/project{path}")
        assert (404, "collection-unknown") == (answer.status_code, answer.json()["rule"])
        assert "projects" in answer.json()["values"]["known"]


@pytest.mark.parametrize("asked", ["limit=2", "limit=2&f=json&country=BO", "limit=2&f=html&lang=es"])
def test_each_page_of_many_leads_to_the_same_page_to_read(api, asked):
    """/req/core/fc-links on pages that come after another"""
    first = api.client.get(f"{ITEMS}?{asked.replace('f=html&', '')}").json()
    [following] = [link["href"] for link in first["links"] if link["rel"] == "next"]
    second = api.client.get(following).json()
    [page] = [link["href"] for link in second["links"] if link["type"] == "text/html"]
    answer = api.client.get(page)
    assert 200 == answer.status_code
    assert {each["id"] for each in second["features"]} == set(
        re.findall(r'<th scope="row"><a href="[^"]*/([^"/]+)"', answer.text)
    )
