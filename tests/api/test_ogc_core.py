"""Requirements of OGC API - Features Part 1 (17-069r4) that need many records to be seen, each by its name.

OGC's own suite asks the same. What one document shows is in test_ogc.py, test_forms.py and
test_openapi.py.
"""

import pytest
from shapely.geometry import box, shape

from api.collections import COLLECTIONS

pytestmark = pytest.mark.slow

MOST = 10_000


@pytest.fixture(scope="module")
def api(lasting_many_api):
    """All over the globe, some without a place, some without a date."""
    return lasting_many_api


@pytest.fixture(scope="module")
def records(api):
    return get(api, "projects", limit=MOST)["features"]


@pytest.fixture(scope="module")
def parameters(api):
    """The parameters of items in the definition, by name."""
    items = api.client.get("/api/openapi.json").json()["paths"]["/collections/projects/items"]
    return {each["name"]: each for each in items["get"]["parameters"]}


def get(api, collection, **params):
    answer = api.client.get(f"/api/collections/{collection}/items", params=params)
    assert 200 == answer.status_code, answer.text[:300]
    return answer.json()


def ids(page):
    return {feature["id"] for feature in page["features"]}


def each_collection(test):
    return pytest.mark.parametrize("collection", COLLECTIONS)(test)


def points(coordinates):
    if isinstance(coordinates[0], list):
        for inner in coordinates:
            yield from points(inner)
    else:
        yield coordinates


@each_collection
def test_crs84(api, collection):
    """/req/core/crs84: longitude, then latitude."""
    shapes = [feature["geometry"] for feature in get(api, collection, limit=MOST)["features"] if feature["geometry"]]
    for longitude, latitude in (point for each in shapes for point in points(each["coordinates"])):
        assert -180 <= longitude <= 180
        assert -90 <= latitude <= 90


def test_limit_definition(parameters):
    """/req/core/fc-limit-definition"""
    limit = parameters["limit"]
    assert ("query", "form", False) == (limit["in"], limit["style"], limit["explode"])
    assert not limit.get("required")
    assert {"type": "integer", "minimum": 1, "maximum": MOST, "default": 100} == limit["schema"]


@each_collection
@pytest.mark.parametrize("limit", [1, 7, 100, MOST, MOST + 1])
def test_limit_response(api, collection, limit):
    """/req/core/fc-limit-response-1: no more than asked for, and no more than the most."""
    page = get(api, collection, limit=limit)
    assert len(page["features"]) == min(limit, MOST, page["numberMatched"]) == page["numberReturned"]


@each_collection
def test_number_matched_and_returned(api, collection):
    """/req/core/fc-numberMatched, fc-numberReturned, /rec/core/fc-next-1: pages add up to what matches."""
    address, found, numbers = f"/api/collections/{collection}/items?limit=37", [], set()
    while address:
        page = api.client.get(address).json()
        assert len(page["features"]) == page["numberReturned"]
        numbers.add(page["numberMatched"])
        found += [feature["id"] for feature in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert {len(found)} == numbers
    assert len(found) == len(set(found))


def test_bbox_definition(parameters):
    """/req/core/fc-bbox-definition"""
    asked = parameters["bbox"]
    assert ("query", "form", False) == (asked["in"], asked["style"], asked["explode"])
    assert not asked.get("required")
    schema = asked["schema"]
    assert ("array", 4, 6, "number") == (
        schema["type"],
        schema["minItems"],
        schema["maxItems"],
        schema["items"]["type"],
    )


BOXES = {
    "-15,50,5,60": [(-15, 50, 5, 60)],
    "170,-60,-170,60": [(170, -60, 180, 60), (-180, -60, -170, 60)],
    "-180,60,180,90": [(-180, 60, 180, 90)],
    "-180,-90,180,-60": [(-180, -90, 180, -60)],
    "-80,-50,0,-30,10,5000": [(-80, -50, -30, 10)],
}


@pytest.mark.parametrize("asked", BOXES)
def test_bbox_response(api, records, asked):
    """/req/core/fc-bbox-response: what meets the box, also over the antimeridian and at the poles, and nothing else.

    A record without a geometry is given as well where its place is not known better ("features without a spatial
    geometry" match or not, as the server likes).
    """
    placed = {each["id"]: shape(each["geometry"]) for each in records if each["geometry"]}
    expected = {name for name, at in placed.items() if any(at.intersects(box(*each)) for each in BOXES[asked])}
    found = ids(get(api, "projects", bbox=asked, limit=MOST))
    assert expected == found & set(placed)
    assert expected


def test_time_definition(parameters):
    """/req/core/fc-time-definition"""
    asked = parameters["datetime"]
    assert ("query", "form", False, "string") == (
        asked["in"],
        asked["style"],
        asked["explode"],
        asked["schema"]["type"],
    )
    assert not asked.get("required")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("2016-01-01/2017-12-31", 2016, 2017),
        ("2016-01-01T00:00:00Z/2017-12-31T23:59:59Z", 2016, 2017),
        ("../2014-12-31", 0, 2014),
        ("2022-01-01T00:00:00Z/..", 2022, 9999),
        ("/2014-12-31", 0, 2014),
        ("2022-01-01/", 2022, 9999),
        ("2019", 2019, 2019),
    ],
)
def test_time_response(api, records, asked, first, last):
    """/req/core/fc-time-response: what was going on then, and what has no date at all."""
    expected = set()
    for each in records:
        began, ended = (each["properties"][name] for name in ("first_date", "last_date"))
        if began is None or (int(began[:4]) <= last and int(ended[:4]) >= first):
            expected.add(each["id"])
    assert expected == ids(get(api, "projects", datetime=asked, limit=MOST))
    assert set() < expected < {each["id"] for each in records}


@each_collection
def test_links_have_rel_and_type(api, collection):
    """/req/core/fc-rel-type, f-links: a relation, a media type and an address of this server, on pages and features."""
    page = get(api, collection, limit=3)
    alone = [
        api.client.get(f"/api/collections/{collection}/items/{feature['id']}").json() for feature in page["features"]
    ]
    for document in (page, *alone):
        for link in document["links"]:
            assert {"href", "rel", "type"} <= set(link)
            assert link["href"].startswith("http://testserver/")
    for document in alone:
        assert {"self", "alternate", "collection"} <= {link["rel"] for link in document["links"]}


@each_collection
def test_geojson_content(api, collection):
    """/req/geojson/definition, /req/geojson/content: by its media type, a collection, and each feature alone."""
    asked = {"Accept": "application/geo+json"}
    path = f"/api/collections/{collection}/items"
    page = api.client.get(path, params={"limit": 3}, headers=asked)
    assert ("application/geo+json", "FeatureCollection") == (page.headers["content-type"], page.json()["type"])
    for feature in page.json()["features"]:
        assert "Feature" == feature["type"]
        alone = api.client.get(f"{path}/{feature['id']}", headers=asked)
        assert "application/geo+json" == alone.headers["content-type"]
        assert all(feature[member] == alone.json()[member] for member in ("id", "geometry", "properties"))


@pytest.mark.parametrize(
    "name", ["limit=unlimited", "limit=0", "limit=-1", "limit=1.5", "bbox=1,2,3", "datetime=yesterday"]
)
def test_query_parameters_that_are_invalid(api, name):
    """/req/core/query-param-invalid, /req/oas30/exceptions-codes: 400, as the definition says."""
    answer = api.client.get(f"/api/collections/projects/items?{name}")
    assert (400, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    definition = api.client.get("/api/openapi.json").json()
    assert "400" in definition["paths"]["/collections/projects/items"]["get"]["responses"]


@pytest.mark.parametrize("path", ["/api", "/api/conformance", "/api/collections", "/api/collections/projects/items"])
def test_http(api, path):
    """/req/core/http: HTTP 1.1, also HEAD; what is not allowed is told with what is."""
    assert 200 == api.client.head(path).status_code
    refused = api.client.delete(path)
    assert 405 == refused.status_code
    assert "GET" in refused.headers["allow"]


def test_security(api):
    """/req/oas30/security: what needs a key says so in the definition, and reading records needs none."""
    definition = api.client.get("/api/openapi.json").json()
    assert definition["components"]["securitySchemes"]
    for path, operations in definition["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            if method in operations:
                is_asked = method != "get" or path.startswith("/hooks")  # which are their owner's alone
                assert is_asked == bool(operations[method].get("security")), (method, path)
