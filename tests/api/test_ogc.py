"""What OGC API - Features Part 1 (17-069r4) requires, by the requirement's name; OGC's own suite asserts the same."""

import datetime as dt

import jsonschema
import pytest
from conftest import COUNT, make_api
from made_up import made_up

from geo.editing import Edit

pytestmark = pytest.mark.slow

API = "/api"
ITEMS = f"{API}/collections/projects/items"
CONFORMANCE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
ADDRESSES = [
    API,
    f"{API}/conformance",
    f"{API}/collections",
    f"{API}/collections/projects",
    ITEMS,
    f"{ITEMS}/bo-rosatom-battery-factory",
    f"{API}/collections/projects/schema",
    f"{API}/collections/projects/schema/feature",
    f"{API}/collections/projects/sortables",
    f"{API}/openapi.json",
]

GEOJSON_FEATURE = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"const": "Feature"},
        "geometry": {
            "oneOf": [
                {"type": "null"},
                {"type": "object", "required": ["type", "coordinates"], "properties": {"type": {"type": "string"}}},
            ]
        },
        "properties": {"type": ["object", "null"]},
    },
}
LINKS = {
    "type": "array",
    "items": {"type": "object", "required": ["href", "rel", "type"], "properties": {"href": {"format": "uri"}}},
}


def get(api, path, **params):
    answer = api.client.get(path, params=params)
    assert 200 == answer.status_code, answer.text[:300]
    return answer.json()


def rels(document):
    return {link["rel"] for link in document["links"]}


@pytest.mark.parametrize("path", [*ADDRESSES, "/about", "/add", "/projects/bo-rosatom-battery-factory"])
def test_a_slash_at_the_end_changes_nothing(api, path):
    """OWSLib and OGC's suite put one behind the landing page's address."""
    plain, slashed = api.client.get(path), api.client.get(f"{path}/")
    assert (200, 200) == (plain.status_code, slashed.status_code)
    assert plain.headers["content-type"] == slashed.headers["content-type"]
    assert plain.headers["etag"] == slashed.headers["etag"]
    assert 304 == api.client.get(f"{path}/", headers={"If-None-Match": plain.headers["etag"]}).status_code


@pytest.mark.parametrize("path", ["/api%0a", "/api%0a/", f"{ITEMS}%0a", "/readyz%0a", "/about%0a", "/%0a"])
def test_an_address_with_a_line_s_end_is_another_one(api, path):
    assert 404 == api.client.get(path).status_code


def test_a_slash_at_the_end_is_nothing_to_writers_either(api):
    headers = {**api.editor, "Content-Type": "application/geo+json"}
    body = made_up("bo-slashed").to_feature()
    assert 201 == api.client.post(f"{ITEMS}/", json=body, headers=headers).status_code
    headers["If-Match"] = "*"
    assert 204 == api.client.delete(f"{ITEMS}/bo-slashed/", headers=headers).status_code


@pytest.mark.parametrize("path", ["/api//", "/nothing/", "/projects/bo-nobody/", f"{ITEMS}/bo-nobody/"])
def test_a_slash_makes_nothing_out_of_nothing(api, path):
    assert 404 == api.client.get(path).status_code


def test_root_success(api):
    """/req/core/root-success: links to the definition (service-desc), to conformance and to the data."""
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= rels(get(api, API))


def test_api_definition_success(api):
    """/req/core/api-definition-success and /req/oas30/oas-impl: the paths are found below the API's root."""
    link = next(link for link in get(api, API)["links"] if link["rel"] == "service-desc")
    document = api.client.get(link["href"])
    assert "application/vnd.oai.openapi+json;version=3.0" == document.headers["content-type"]
    [server] = document.json()["servers"]
    assert server["url"].endswith(API)
    for path in ("/", "/conformance", "/collections", "/collections/projects", "/collections/projects/items"):
        operation = document.json()["paths"][path]["get"]
        answer = api.client.get(f"{server['url']}{path}")
        assert 200 == answer.status_code
        media_type = answer.headers["content-type"].split(";")[0]
        assert media_type in operation["responses"]["200"]["content"], path


def test_conformance_success(api):
    """/req/core/conformance-success"""
    declared = get(api, f"{API}/conformance")["conformsTo"]
    assert {f"{CONFORMANCE}/{name}" for name in ("core", "geojson", "html", "oas30")} <= set(declared)


def test_collections_success(api):
    """/req/core/fc-md-success, fc-md-links, fc-md-items, fc-md-items-links, fc-md-extent, sfc-md-success"""
    document = get(api, f"{API}/collections")
    assert "self" in rels(document)
    for collection in document["collections"]:
        alone = get(api, f"{API}/collections/{collection['id']}")
        assert {**alone, "links": ""} == {**collection, "links": ""}
        items = [link for link in collection["links"] if link["rel"] == "items"]
        assert items
        assert all(link["type"] for link in items)
        assert "http://www.opengis.net/def/crs/OGC/1.3/CRS84" in collection["crs"]
        if collection["id"] == "organisations":  # which are nowhere
            assert "spatial" not in collection["extent"]
        else:
            [[west, south, east, north]] = collection["extent"]["spatial"]["bbox"]
            assert -180 <= west <= east <= 180
            assert -90 <= south <= north <= 90
        if collection["id"] == "projects":  # the others have no time
            [[start, end]] = collection["extent"]["temporal"]["interval"]
            assert dt.datetime.fromisoformat(start) < dt.datetime.fromisoformat(end)
        else:
            assert "temporal" not in collection["extent"]


def test_feature_collection_response(api):
    """/req/geojson/content, /req/core/fc-links, fc-rel-type, fc-timeStamp, fc-numberMatched, fc-numberReturned"""
    before = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    answer = api.client.get(ITEMS, params={"limit": 7})
    page = answer.json()
    assert "application/geo+json" == answer.headers["content-type"]
    schema = {"properties": {"features": {"type": "array", "items": GEOJSON_FEATURE}, "links": LINKS}}
    jsonschema.validate(page, schema)
    assert "FeatureCollection" == page["type"]
    assert {"self", "next"} <= rels(page)
    assert before <= dt.datetime.fromisoformat(page["timeStamp"]) <= dt.datetime.now(dt.UTC)
    assert (COUNT, 7, 7) == (page["numberMatched"], page["numberReturned"], len(page["features"]))


def test_feature_response(api):
    """/req/core/f-success, f-links: self, and the collection it belongs to."""
    feature = get(api, f"{ITEMS}/bo-rosatom-battery-factory")
    jsonschema.validate(feature, GEOJSON_FEATURE)
    assert {"self", "collection"} <= rels(feature)


def test_unknown_parameters_and_methods(api):
    """/req/core/query-param-unknown, /req/core/http: 400 for what is not known, 404 and 405 for what is not there."""
    for path in ADDRESSES:
        assert 400 == api.client.get(path, params={"unknownParameter": "x"}).status_code, path
    assert 404 == api.client.get(f"{API}/collections/lakes").status_code
    assert 405 == api.client.post(f"{API}/conformance").status_code


def test_what_was_kept_is_valid_until_a_record_changes(make_store):
    """The time stamp of a page changes; its tag, which is weak for that, changes with the records alone."""
    api = make_api(make_store.filled("south_america")())
    first, second = api.client.get(ITEMS), api.client.get(ITEMS)
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["etag"].startswith('W/"')
    api.store.write([Edit("bo-made-up", made_up(), None, "a")])
    assert 200 == api.client.get(ITEMS, headers={"If-None-Match": first.headers["etag"]}).status_code


def test_a_person_at_an_address_without_a_page_gets_a_page(api):
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for path in ("/nowhere", "/api/nowhere"):
        page = api.client.get(path, headers=browser)
        assert (404, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
        assert "There is nothing at this address." in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "Accept" in page.headers["vary"].split(", ")
    for path, headers in (("/nowhere", {}), ("/api/nowhere?f=json", browser)):
        problem = api.client.get(path, headers=headers)
        assert (404, "application/problem+json") == (problem.status_code, problem.headers["content-type"]), path


def test_a_person_reads_what_is_wrong_with_a_question(api):
    asked, browser = {"filter": "contry = 'BO'", "lang": "es"}, {"Accept": "text/html,*/*;q=0.8"}
    page = api.client.get(ITEMS, params=asked, headers=browser)
    assert (400, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    assert "es" == page.headers["content-language"]
    assert "country" in page.text
    assert "application/problem+json" == api.client.get(ITEMS, params=asked).headers["content-type"]
    assert "application/problem+json" == api.client.post("/api/nowhere", headers=browser).headers["content-type"]
