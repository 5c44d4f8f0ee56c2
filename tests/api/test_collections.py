"""The collections beside the projects: who is behind them and in which countries they are, by the same machinery."""

import csv
import io
import itertools
import re

import jsonschema
import openpyxl
import pytest
from conftest import COUNT, make_api
from openapi_schema_validator import OAS30Validator
from taken_away import read_back

from api.collections import COLLECTIONS
from geo.columns import COUNTRIES as COUNTRY_COLUMNS
from geo.countries import country_names
from geo.formats.registry import FORMATS, formats_of

pytestmark = pytest.mark.slow

ROOT = "/api/collections"
PROJECTS, ORGANISATIONS, COUNTRIES = (f"{ROOT}/{name}/items" for name in ("projects", "organisations", "countries"))
GATHERED = ("organisations", "countries")


@pytest.fixture(scope="module")
def api(make_lasting_store):
    """An application over the South American records, which no test here changes."""
    with make_api(make_lasting_store.filled("south_america")()).client as client:
        yield client


def get(api, path, status=200, **asked):
    answer = api.get(path, **asked)
    assert status == answer.status_code, answer.text[:300]
    return answer.json()


def related(document):
    return [link["href"] for link in document["links"] if link["rel"] == "related"]


def in_pages(api, path):
    """Every page of a list, by its links."""
    while path:
        page = get(api, path)
        yield page
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)


def test_every_collection_is_listed_with_its_items(api):
    listed = {each["id"]: each for each in get(api, ROOT)["collections"]}
    assert list(COLLECTIONS) == list(listed)
    for name, each in listed.items():
        alone = get(api, f"{ROOT}/{name}")
        assert (each["title"], each["extent"]) == (alone["title"], alone["extent"])
        items, *_ = [a["href"] for a in each["links"] if (a["rel"], a["type"]) == ("items", "application/geo+json")]
        assert get(api, items)["features"]
    assert {} == get(api, f"{ROOT}/planets", 404).get("links", {})


@pytest.mark.parametrize("name", GATHERED)
def test_pages_lead_to_every_feature_once(api, name):
    pages = list(in_pages(api, f"{ROOT}/{name}/items?limit=60&sortby=-projects"))
    found = [feature for page in pages for feature in page["features"]]
    assert len({each["id"] for each in found}) == len(found) == pages[0]["numberMatched"]
    counts = [each["properties"]["projects"] for each in found]
    assert sorted(counts, reverse=True) == counts
    assert counts[0] > 1
    assert {"timeStamp", "numberReturned"} <= pages[0].keys()


@pytest.mark.parametrize("name", GATHERED)
def test_every_feature_is_what_both_schemas_say(api, name):
    flat, nested = (
        jsonschema.Draft202012Validator(get(api, f"{ROOT}/{name}/{path}")) for path in ("schema", "schema/feature")
    )
    features = get(api, f"{ROOT}/{name}/items?limit=1000")["features"]
    assert features
    for feature in features:
        stated = {key: value for key, value in feature["properties"].items() if value is not None}
        flat.validate({"id": feature["id"], **stated})
        nested.validate({**feature, "properties": stated})
    assert set(features[0]["properties"]) == set(flat.schema["properties"]) - {"id", "geometry"}


def test_a_feature_leads_to_the_projects_that_it_counts(api):
    some = get(api, f"{ORGANISATIONS}?sortby=-projects&limit=12")["features"]
    assert some
    for feature in [*some, *get(api, f"{COUNTRIES}?sortby=-projects&limit=4")["features"]]:
        name = "countries" if feature["geometry"] else "organisations"
        item = get(api, f"{ROOT}/{name}/items/{feature['id']}")
        projects = get(api, related(item)[0])
        assert item["properties"]["projects"] == projects["numberMatched"] > 0
        assert item["properties"] == feature["properties"]
    organisations = get(api, related(get(api, f"{COUNTRIES}/BO"))[1])
    assert get(api, f"{COUNTRIES}/BO")["properties"]["organisations"] == organisations["numberMatched"]


def test_an_organisation_leads_to_who_holds_it_and_what_it_holds(api):
    item = get(api, f"{ORGANISATIONS}/uranium-one-group")
    assert f"http://testserver{ORGANISATIONS}/rosatom" in related(item)
    assert f"http://testserver{ORGANISATIONS}/uranium-one-group" in related(get(api, f"{ORGANISATIONS}/rosatom"))
    assert all(each["source"].startswith("http") for each in item["properties"]["held_by"])


def test_a_project_leads_to_its_country_and_its_parties(api):
    for feature in get(api, f"{PROJECTS}?limit=10")["features"]:
        item = get(api, f"{PROJECTS}/{feature['id']}")
        country, *parties = [get(api, path) for path in related(item)]
        assert feature["properties"]["country"] == country["id"]
        assert len({owner["name"] for owner in feature["properties"].get("owners", [])}) >= len(parties)
        assert all(party["properties"]["projects"] for party in parties)
    assert 'rel="related"' not in api.get(f"{PROJECTS}/{feature['id']}").headers["Link"], "of many parties it is long"


def test_they_are_narrowed_sorted_and_asked_as_of_a_day(api):
    def ids(path):
        return [feature["id"] for feature in get(api, path)["features"]]

    assert {"AR", "BO", "BR"} == set(ids(f"{COUNTRIES}?bbox=-65,-25,-60,-15&projects=1/.."))
    assert ["BO"] == ids(f"{COUNTRIES}?q=боливия")
    assert ["NA"] == ids(f"{COUNTRIES}?id=NA")
    assert "rosatom" in ids(f"{ORGANISATIONS}?type=state&countries=BO")
    assert {"uranium-one-group"} <= set(ids(f"{ORGANISATIONS}?holders=rosatom&limit=100"))
    then = get(api, f"{COUNTRIES}?as_of=2015-01-01&id=BO")["features"][0]["properties"]["projects"]
    assert then < get(api, f"{COUNTRIES}/BO")["properties"]["projects"]
    total = sum(each["properties"]["projects"] for each in get(api, f"{COUNTRIES}?limit=1000")["features"])
    assert COUNT == total
    assert len(country_names()) == get(api, COUNTRIES)["numberMatched"]


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [("status=operating", "status"), ("type=cult", "type"), ("sortby=status", "sortby"), ("country=ZZ", "country")],
)
def test_what_the_collection_has_not_is_400(api, asked, parameter):
    assert parameter in str(get(api, f"{ORGANISATIONS}?{asked}", 400))


@pytest.mark.parametrize("name", GATHERED)
def test_nobody_edits_what_is_made_of_the_projects(make_store, name):
    own = make_api(make_store.filled("south_america")())
    item = f"{ROOT}/{name}/items/{'rosatom' if name == 'organisations' else 'BO'}"
    for method, path in (("POST", f"{ROOT}/{name}/items"), *itertools.product(("PUT", "PATCH", "DELETE"), [item])):
        answer = own.client.request(method, path, json={}, headers=own.editor)
        assert 405 == answer.status_code, (method, answer.text)
        assert {"GET", "HEAD", "OPTIONS"} == set(answer.headers["Allow"].split(", "))
    for path in (f"{ROOT}/{name}/items", item):
        assert "GET, HEAD, OPTIONS" == own.client.options(path, headers=own.editor).headers["Allow"]
    assert 404 == own.client.get(f"{item}/revisions").status_code


@pytest.mark.parametrize(
    "path", [ROOT, *(f"{ROOT}/{name}{of}" for name in GATHERED for of in ("", "/schema", "/items"))]
)
def test_each_is_read_as_a_page_too(api, path):
    page = api.get(path, headers={"Accept": "text/html"})
    assert (200, "text/html") == (page.status_code, page.headers["content-type"].partition(";")[0])
    listed = get(api, path)
    assert any(link["rel"] == "alternate" and link["type"] == "text/html" for link in listed["links"])
    assert page.headers["ETag"] != api.get(path).headers["ETag"]


def test_a_feature_is_read_as_a_page_in_the_reader_s_language(api):
    page = api.get(f"{COUNTRIES}/BO?f=html&lang=ru")
    assert 200 == page.status_code
    assert "Боливия" in page.text
    assert f"{PROJECTS}?country=BO" in page.text


QUESTIONS = {"organisations": "type=state,company&sortby=-projects", "countries": "projects=1/..&sortby=-name_es"}


@pytest.mark.parametrize("name", GATHERED)
def test_each_comes_in_every_format_that_has_a_sense_for_it(api, name, tmp_path):
    path = f"{ROOT}/{name}/items?{QUESTIONS[name]}&as_of=2021"
    page, known = get(api, f"{path}&limit=1000"), formats_of(COLLECTIONS[name].columns)
    linked = {link["type"]: link["href"] for link in page["links"] if "All these" in link["title"]}
    assert {form.plain_type for form in known} == linked.keys()
    ids = [feature["id"] for feature in page["features"]]
    for form in known:
        answer = api.get(linked[form.plain_type])
        assert form.media_type == answer.headers["content-type"]
        found = [row["id"] for row in read_back(form.name, answer.content, tmp_path, name)]
        assert sorted(ids) == sorted(found) if form.name == "fgb" else ids == found
        named = re.search(r'filename="([^"]+)"', answer.headers["content-disposition"]).group(1)
        assert named.startswith(f"lithium-ledger-{name}-")
        assert named.endswith(f".{form.ending}")
    assert ids
    assert ids[:2] == [row["id"] for row in csv_rows(api, f"{path}&f=csv&limit=2")]


def csv_rows(api, path):
    return list(csv.DictReader(io.StringIO(api.get(path).content.decode("utf-8-sig"))))


@pytest.mark.parametrize("name", GATHERED)
def test_accept_and_the_definition_know_the_same_formats(api, name):
    path, known = f"{ROOT}/{name}/items", formats_of(COLLECTIONS[name].columns)
    assert "text/csv" == api.get(path, headers={"Accept": "text/csv"}).headers["content-type"].partition(";")[0]
    own = get(api, "/api/openapi.json")["paths"][f"/collections/{name}/items"]["get"]
    [f] = [each for each in own["parameters"] if each["name"] == "f"]
    assert {"geojson", "json", "html", *(form.name for form in known)} == set(f["schema"]["enum"])
    assert {form.plain_type for form in known} <= own["responses"]["200"]["content"].keys()


@pytest.mark.parametrize("form", ["pmtiles", "bibtex", "csl"])
def test_what_has_no_sense_for_it_is_refused_with_what_has(api, form):
    for name in GATHERED:
        told = get(api, f"{COUNTRIES.replace('countries', name)}?f={form}", 400)
        assert ", ".join(["geojson", "html", *(each.name for each in formats_of(COUNTRY_COLUMNS))]) in told["detail"]
        get(api, f"{ROOT}/{name}/items", 406, headers={"Accept": FORMATS[form].plain_type})


def test_a_row_of_a_file_leads_to_its_page(api):
    [row] = csv_rows(api, f"{COUNTRIES}?id=BO&f=csv")
    page = api.get(row["address"])
    assert (200, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    assert "Bolivia" in page.text


def test_a_file_says_what_was_asked(api):
    path = f"{ORGANISATIONS}?holders=rosatom&countries=BO&as_of=2024"
    book = openpyxl.load_workbook(io.BytesIO(api.get(f"{path}&f=xlsx&lang=en").content))
    told = dict(book["About"].iter_rows(values_only=True))
    assert (
        "Organisations whose “Who holds it, up to the top” is Rosatom, whose “Countries of its projects” is Bolivia, "
        "as of 31 December 2024" == told["What is in this file"]
    )
    assert told["The same, live"].endswith("/organisations/items?holders=rosatom&countries=BO&as_of=2024")
    assert "made of the projects" in told["Counts and sums"]
    book = openpyxl.load_workbook(io.BytesIO(api.get(f"{COUNTRIES}?f=xlsx&lang=ru").content))
    assert "Все страны" in [text for _, text in book["About"].iter_rows(values_only=True)]


def test_the_definition_has_the_parameters_of_each_collection(api):
    paths = get(api, "/api/openapi.json")["paths"]
    for name in GATHERED:
        own = paths[f"/collections/{name}/items"]
        assert {"get", "options"} == set(own)
        asked = {each["name"] for each in own["get"]["parameters"]}
        assert {*COLLECTIONS[name].columns.filters, "bbox", "as_of", "q", "sortby", "limit"} <= asked
        assert "status" not in asked
        assert f"/collections/{name}/schema" in paths


def test_an_answer_has_a_tag_by_which_it_is_not_sent_again(api):
    for path in (f"{COUNTRIES}/NA", f"{ORGANISATIONS}/rosatom", COUNTRIES):
        tag = api.get(path).headers["ETag"]
        assert 304 == api.get(path, headers={"If-None-Match": tag}).status_code


@pytest.mark.parametrize("name", GATHERED)
def test_answers_are_of_the_shape_that_the_definition_says(api, name):
    definition = get(api, "/api/openapi.json")
    operation = definition["paths"][f"/collections/{name}/items/{{featureId}}"]
    shape = operation["get"]["responses"]["200"]["content"]["application/geo+json"]["schema"]["$ref"].rpartition("/")[2]
    validator = OAS30Validator(definition["components"]["schemas"][shape])
    for feature in get(api, f"{ROOT}/{name}/items?limit=300")["features"]:
        validator.validate(feature)
        assert len(feature["id"]) <= operation["parameters"][0]["schema"]["maxLength"]
        assert "pattern" not in operation["parameters"][0]["schema"]
