"""What a person reads on the API's pages is in the reader's language: titles of columns and links, names, lists."""

import html
import json
import re

import pytest

from geo.columns import COUNTRIES, ORGANISATIONS, PROJECTS
from web.language import DEFAULT, LANGUAGES, Language
from web.titles import title

STORES = ("geopackage",)  # words are the same over every store

pytestmark = pytest.mark.slow

API = "/api"
COLLECTIONS = f"{API}/collections"
OTHERS = [code for code in LANGUAGES if code != DEFAULT]
LINKED = [
    API,
    COLLECTIONS,
    *(f"{COLLECTIONS}/{each}{part}" for each in ("projects", "organisations", "countries") for part in ("", "/items")),
    f"{COLLECTIONS}/countries/items/BO",
    f"{COLLECTIONS}/projects/items/bo-rosatom-battery-factory/revisions",
    f"{COLLECTIONS}/projects/statistics",
    f"{COLLECTIONS}/projects/tiles",
    f"{COLLECTIONS}/projects/tiles/WebMercatorQuad",
    f"{API}/tileMatrixSets",
]
SAME_EVERYWHERE = {"API", "CC BY 4.0"}


@pytest.fixture(scope="module")
def api(lasting_api):
    return lasting_api


def read(api, path, **asked):
    answer = api.client.get(path, params={"f": "html", **asked})
    assert 200 == answer.status_code, answer.text
    return answer.text


def members(value, name):
    """Every value of a member of this name, however deep."""
    if isinstance(value, dict):
        own = [value[name]] if name in value else []
        return own + [found for each in value.values() for found in members(each, name)]
    return [found for each in value for found in members(each, name)] if isinstance(value, list) else []


@pytest.mark.parametrize(
    "columns", [PROJECTS, ORGANISATIONS, COUNTRIES], ids=["projects", "organisations", "countries"]
)
def test_every_column_has_a_title_in_every_language(columns):
    for column in columns:
        assert column.title == title(Language(DEFAULT), column.title)
        for code in ("ru", "zh"):
            assert re.search(r"[\u0400-\u04ff\u4e00-\u9fff]", title(Language(code), column.title)), (code, column.name)


@pytest.mark.parametrize("path", LINKED)
def test_every_link_of_a_document_has_a_title_in_every_language(api, path):
    links = [link for found in members(api.client.get(path).json(), "links") for link in found if "title" in link]
    assert links
    for link in links:
        for code in ("ru", "zh") if link["title"] not in SAME_EVERYWHERE else ():
            assert title(Language(code), link["title"]) != link["title"], (code, link["title"])


@pytest.mark.parametrize("of", ["projects", "organisations", "countries"])
def test_members_of_a_schema_are_called_in_the_reader_s_language(api, of):
    schema = api.client.get(f"{COLLECTIONS}/{of}/schema").json()
    for named in (each["title"] for each in schema["properties"].values()):
        assert title(Language("zh"), named) != named, named


@pytest.mark.parametrize("code", OTHERS)
def test_a_table_is_headed_in_the_reader_s_language(api, code):
    page = read(api, f"{COLLECTIONS}/projects/items", lang=code, limit=2)
    heads = re.findall(r'<th scope="col" title="(\w+)">([^<]*)</th>', page)
    assert {name: title(Language(code), PROJECTS[name].title) for name, _ in heads} == {
        name: html.unescape(text) for name, text in heads
    }
    assert "kind" in dict(heads)
    assert 'lang="en"' not in page.partition("<table")[2].partition("</table>")[0]


def test_properties_of_a_filter_are_called_in_the_reader_s_language(api):
    page = api.client.get(f"{COLLECTIONS}/projects/filter?lang=ru").text
    [told] = re.findall(r'<script type="application/json" id="properties">(.*?)</script>', page)
    assert "Стадия" == {each["name"]: each["title"] for each in json.loads(told)}["status"]


def test_organisations_are_told_by_name_and_linked(api):
    found = api.client.get(f"{COLLECTIONS}/organisations/items?limit=10000").json()["features"]
    held = next(each for each in found if each["properties"]["parents"])
    name = held["properties"]["held_by"][0]["name"]
    page = read(api, f"{COLLECTIONS}/organisations/items", id=held["id"])
    parent = held["properties"]["parents"][0]
    linked = dict(re.findall(r'<a href="[^"]*/organisations/items/([^"?]+)\?f=html"><bdi>([^<]*)</bdi>', page))
    assert name == html.unescape(linked[parent])
    assert parent not in re.sub(r'href="[^"]*"', "", page.partition("<tbody>")[2].partition("</tbody>")[0])


def test_formats_stand_in_one_line(api):
    page = read(api, f"{COLLECTIONS}/projects/items", limit=2)
    words = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page)))
    assert 2 == words.count("All these records as ")  # above the records, and among the links
    assert "All these records as CSV, " in words


@pytest.mark.parametrize("path", [f"{COLLECTIONS}/projects", f"{COLLECTIONS}/projects/queryables"])
def test_no_blank_stands_before_a_comma(api, path):
    words = re.sub(r"<[^>]+>", "", read(api, path).partition("<main>")[2])
    assert not re.search(r"\s,", words)


def words_of(page):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", page.partition("<main>")[2])))


def test_a_table_of_countries_is_whole_and_says_which_have_no_outline(api):
    page = read(api, f"{COLLECTIONS}/countries/items")
    assert 250 == page.count('<tr><th scope="row">')
    assert "250 records match. " in words_of(page)
    assert "8 more have no outline on this map; they are in the table." in words_of(page)
    [same] = set(re.findall(r'href="([^"]+)"[^>]* type="application/geo\+json">This document', page))
    assert 250 == api.client.get(html.unescape(same)).json()["numberReturned"]


def test_a_page_of_a_size_says_how_many_there_are_and_leads_on(api):
    page = read(api, f"{COLLECTIONS}/countries/items", limit=20)
    assert "250 records match. 20 of them are here. Next page" in words_of(page)
    assert 20 == page.count('<tr><th scope="row">')


@pytest.mark.parametrize(
    "path",
    [
        f"{COLLECTIONS}/projects/statistics",
        f"{COLLECTIONS}/projects/filter",
        f"{COLLECTIONS}/countries/items",
        f"{API}/clients",
        f"{API}/docs",
    ],
)
def test_a_page_shows_the_way_to_it(api, path):
    page = api.client.get(path, headers={"Accept": "text/html"}).text
    [trail] = re.findall(r'<nav class="trail".*?</nav>', page, re.DOTALL)
    steps = path.removeprefix(f"{API}/").split("/")
    assert f"API / {' / '.join(steps)}" == words_of(f"<main>{trail}").strip()
    linked = re.findall('href="([^"]+)"', trail)
    assert [API, *(f"{API}/{'/'.join(steps[: at + 1])}" for at in range(len(steps) - 1))] == linked


@pytest.mark.parametrize("path", ["/", "/?lang=zh"])
def test_the_map_leads_to_statistics_and_to_the_filter(api, path):
    linked = re.findall(r'<a href="([^"]+)">([^<]+)</a>', api.client.get(path).text.partition("<footer")[2])
    language = Language("zh" if "zh" in path else DEFAULT)
    assert (f"{COLLECTIONS}/projects/statistics?f=html", language.say("site.statistics")) in linked
    assert (f"{COLLECTIONS}/projects/filter", language.say("site.filter")) in linked
    assert all(200 == api.client.get(html.unescape(href)).status_code for href, _ in linked if href.startswith(API))


STATISTICS = f"{COLLECTIONS}/projects/statistics"


def fields(page):
    """The names of the fields of the form, and what is chosen in each list."""
    form = page.partition('<form class="counting"')[2].partition("</form>")[0]
    lists = re.findall(r'<select[^>]* name="(\w+)">(.*?)</select>', form, re.DOTALL)
    chosen = [(name, html.unescape(*re.findall(r'value="([^"]*)" selected', text) or [""])) for name, text in lists]
    typed = re.findall(r'<input id="\w+" name="(\w+)"[^>]* value="([^"]*)"', form)
    return [*chosen, *typed, *re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)]


def test_where_nothing_is_asked_some_charts_lead_on(api):
    page = read(api, STATISTICS, country="AR")
    titles = re.findall("<h2>([^<]*)</h2>", page)
    assert ["Number of projects by group of stages", "Number of projects by kind and group of stages"] == titles[:2]
    onward = [html.unescape(href) for href in re.findall(r'<a href="(\?by=[^"]*)"', page)]
    assert len(titles) == len(onward) == 3
    for title_of_chart, href in zip(titles, onward, strict=True):
        further = api.client.get(f"{STATISTICS}{href}").text
        assert title_of_chart in further
        assert "All numbers" in further
        assert "Projects in Argentina" in further


def test_the_form_asks_for_groups_a_series_sums_and_filters_and_keeps_them(api):
    asked = {
        "by": "kind",
        "sum": "capacity",
        "interval": "year",
        "from": "2019",
        "to": "2023",
        "as_of": "2024",
        "q": "lithium",
        "status_group": "operating",
        "country": "AR,CL",
        "capacity_measure": "lce",
        "region": "Salta",
    }
    kept = fields(read(api, STATISTICS, **asked))
    assert asked | {"f": "html"} == {name: value for name, value in kept if value}
    assert ("by", "") in kept  # the second
    assert ("kind", "") in kept
    again = api.client.get(STATISTICS, params=kept)
    assert fields(again.text) == kept


def test_units_stand_beside_what_capacities_count(api):
    assert ">Cells (GWh a year)</option>" in read(api, STATISTICS)
    assert ">电芯（GWh/年）</option>" in read(api, STATISTICS, lang="zh")


def test_a_page_of_an_organisation_says_its_columns_in_words_and_leads_to_its_geojson(api):
    found = api.client.get(f"{COLLECTIONS}/organisations/items?limit=10000").json()["features"]
    held = next(each for each in found if each["properties"]["parents"])
    path = f"{COLLECTIONS}/organisations/items/{held['id']}"
    page = read(api, path, lang="es")
    said = dict(re.findall(r'<dt title="(\w+)">[^<]*</dt><dd>(.*?)</dd>', page))
    assert held["properties"]["held_by"][0]["name"] in html.unescape(said["parents"])
    assert "Quién la controla" in page
    assert Language("es").label("organisation_type", held["properties"]["type"]) == said["type"]
    [same] = set(re.findall(r'<a href="([^"]+)"[^>]*type="application/geo\+json">Este documento', page))
    answer = api.client.get(html.unescape(same), headers={"Accept": "text/html"})
    assert held["id"] == answer.json()["id"]


def test_countries_are_called_in_the_reader_s_language(api):
    assert "<bdi>玻利维亚</bdi>" in read(api, f"{COLLECTIONS}/countries/items", lang="zh", q="bolivia")
    assert "<h1>玻利维亚</h1>" in read(api, f"{COLLECTIONS}/countries/items/BO", lang="zh")


def test_the_document_itself_stands_apart_from_its_other_forms(api):
    told = words_of(read(api, API))
    assert "This document as HTML self" in told
    assert "This document as JSON alternate" in told
