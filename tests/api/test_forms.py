"""Every resource of the API in every form: `f` and Accept agree, pages say what the JSON says, nothing else is 406."""

import html
import re
from html.parser import HTMLParser
from urllib.parse import parse_qs

import pytest
from made_up import made_up

from geo.editing import Edit
from web.language import LANGUAGES

STORES = ("geopackage",)  # the forms of answers are the same over every store

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
ONE_FORM = [f"{API}/openapi.json", f"{API}/docs", f"{API}/clients", f"{PROJECTS}/filter"]
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def api(lasting_api):
    return lasting_api


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


@pytest.mark.parametrize("path", [ITEMS, f"{PROJECTS}/statistics", f"{PROJECTS}/tiles"])
def test_the_links_of_a_long_question_are_in_the_document_alone(api, path):
    """Proxies take heads of a few kilobytes, and Python's own client no header of more than 64."""
    answer = api.client.get(path, params={"filter": " OR ".join(["name LIKE 'Salar de%'"] * 100)})
    assert {"self", "alternate"} <= {link["rel"] for link in answer.json()["links"]}
    assert sum(len(name) + len(value) for name, value in answer.headers.items()) < 4000
    assert '"self"' not in answer.headers["link"]
    assert '"self"' in api.client.get(path, params={"filter": "name LIKE 'Salar de%'"}).headers["link"]


@pytest.mark.parametrize("path", [*DOCUMENTS, ITEMS])
def test_a_page_has_every_link_of_the_document(api, path):
    """/req/html/content: all links as HTML links."""
    told = {link["href"] for link in api.client.get(path).json()["links"]}
    shown = {link.replace("f=html&", "") for link in Page(api.client.get(f"{path}?f=html").text).links if link}
    assert told <= shown | {f"http://testserver{path}", *(link for link in told if "f=html" in link)}


@pytest.mark.parametrize("path", [*DOCUMENTS, ITEMS, RECORD, *ONE_FORM, "/cite"])
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
def test_a_page_shows_what_strangers_wrote_as_text(own_api, name):
    own_api.store.write([Edit("bo-hostile", made_up("bo-hostile", name=name), None, "test")])
    page = own_api.client.get(f"{ITEMS}?f=html&q=hostile").text
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


def following(api, page, media_type):
    """What a browser gets that follows the link of a page to another form."""
    [href] = set(re.findall(rf'<link rel="alternate" type="{re.escape(media_type)}" href="([^"]+)"', page))
    return api.client.get(html.unescape(href), headers=BROWSER)


@pytest.mark.parametrize(("path", "media_type"), [(API, "application/json"), (PROJECTS, "application/json")])
def test_a_browser_gets_the_document_that_its_page_leads_to(api, path, media_type):
    answer = following(api, api.client.get(path, headers=BROWSER).text, media_type)
    assert (200, media_type) == (answer.status_code, answer.headers["content-type"])


@pytest.mark.parametrize("asked", ["country=BO", "country=BO&f=html"])
def test_a_browser_gets_the_records_that_its_page_leads_to(api, asked):
    page = api.client.get(f"{ITEMS}?{asked}", headers=BROWSER).text
    [href] = re.findall(r'href="([^"]+)"[^>]* type="application/geo\+json">This document', page)[:1]
    answer = api.client.get(html.unescape(href), headers=BROWSER)
    assert "application/geo+json" == answer.headers["content-type"]
    assert {"BO"} == {each["properties"]["country"] for each in answer.json()["features"]}


def test_the_form_keeps_several_values_of_one_column(api):
    for asked in ("country=BO,DE", "country=BO&country=DE"):
        page = api.client.get(f"{ITEMS}?f=html&{asked}").text
        assert ['<option value="BO,DE" selected>Bolivia or Germany</option>'] == re.findall(
            r"<option[^>]* selected>[^<]*</option>", page
        )


@pytest.mark.parametrize("path", [f"{ITEMS}?f=html&country=BO", f"{PROJECTS}/filter?filter=country='BO'"])
def test_the_same_page_in_another_language_asks_the_same(api, path):
    page = api.client.get(path).text
    [href] = re.findall(r'href="(\?[^"]*lang=es)"', page)
    spanish = api.client.get(f"{path.partition('?')[0]}{html.unescape(href)}")
    assert "es" == spanish.headers["content-language"]
    asked = parse_qs(path.partition("?")[2])
    assert {**asked, "lang": ["es"]} == parse_qs(html.unescape(href).removeprefix("?"))


def test_countries_are_looked_for_by_words_and_named_in_words(api):
    page = api.client.get(f"{API}/collections/countries/items?f=html&q=bolivia").text
    assert 'name="q"' in page
    assert "1 record matches." in Page(page).words
    organisations = api.client.get(f"{API}/collections/organisations/items?f=html&limit=500").text
    assert "<td>Bolivia</td>" in organisations


def test_a_filter_that_is_not_there_has_no_links(api):
    assert "items?filter=" not in re.findall(r'href="([^"]*)"', api.client.get(f"{PROJECTS}/filter").text)


@pytest.mark.parametrize("collection", ["organisations", "countries"])
def test_what_has_no_place_or_no_events_is_not_asked_for_them(api, collection):
    names = api.client.get(f"{API}/collections/{collection}/queryables").json()["properties"]
    assert ("geometry" in names, "time" in names) == (collection == "countries", False)


def test_a_page_of_records_leads_to_their_charts_and_to_a_filter(api):
    page = Page(api.client.get(f"{ITEMS}?f=html&country=BO&filter=sources_count>1").text)
    [charts] = [link for link in page.links if link and "/statistics?" in link]
    [builder] = [link for link in page.links if link and "/filter?" in link]
    asked = {"country": ["BO"], "filter": ["sources_count>1"]}
    assert {**asked, "f": ["html"]} == parse_qs(charts.partition("?")[2])
    assert {"filter": ["sources_count>1"]} == parse_qs(builder.partition("?")[2])
    assert 200 == api.client.get(charts).status_code == api.client.get(builder).status_code


def test_a_collection_leads_to_its_statistics(api):
    linked = {link["href"] for link in api.client.get(PROJECTS).json()["links"] if link["rel"] == "related"}
    assert {f"http://testserver{PROJECTS}/statistics{asked}" for asked in ("", "?f=html")} <= linked


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


def test_the_data_of_a_record_s_page_are_geojson_in_a_browser_too(api):
    page = api.client.get("/projects/bo-rosatom-battery-factory").text
    paths = set(re.findall(r'href="(/api/collections/projects/items/[^"]+)"', page))
    assert paths
    for path in paths:
        answer = api.client.get(path, headers=BROWSER, follow_redirects=False)
        assert (200, "application/geo+json") == (answer.status_code, answer.headers["content-type"]), path
