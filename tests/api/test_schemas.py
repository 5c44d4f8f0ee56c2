"""What OGC requires of schemas (23-058r2) and of sorting (draft 24-030), by the requirement's name."""

import re

import jsonschema
import pytest

from api.collections import COLLECTIONS
from geo.columns import PROJECTS

STORES = ("geopackage",)  # schemas are the same over every store

pytestmark = pytest.mark.slow

API = "/api/collections"
OGC = "http://www.opengis.net/def/rel/ogc/1.0"
SCHEMA = "application/schema+json"
ITEMS = f"{API}/projects/items"


@pytest.fixture(scope="module")
def api(lasting_api):
    return lasting_api


def get(api, path, status=200, **params):
    answer = api.client.get(path, params=params)
    assert status == answer.status_code, answer.text[:300]
    return answer.json()


@pytest.fixture(params=COLLECTIONS)
def collection(request):
    return request.param


@pytest.mark.parametrize("name", ["schema", "sortables", "schema/feature"])
def test_a_schema_is_json_schema_at_its_own_address(api, collection, name):
    """/req/schemas/json-schema"""
    path = f"{API}/{collection}/{name}"
    answer = api.client.get(path, headers={"Accept": SCHEMA})
    schema = answer.json()
    assert SCHEMA == answer.headers["content-type"]
    assert "https://json-schema.org/draft/2020-12/schema" == schema["$schema"]
    assert (f"http://testserver{path}", "object") == (schema["$id"], schema["type"])
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", ["schema", "sortables"])
def test_every_property_has_one_type_a_title_and_a_place(api, collection, name):
    """/req/schemas/properties, /rec/schemas/properties, /req/schemas/property-seq"""
    told = get(api, f"{API}/{collection}/{name}")
    for each in told["properties"].values():
        assert each["title"]
        if "geometry-any" == each.get("format"):
            assert {"type", "$ref"}.isdisjoint(each)
        else:
            assert each["type"] in ("string", "number", "integer", "boolean", "object", "array")
    if name == "schema":
        places = [each["x-ogc-propertySeq"] for each in told["properties"].values()]
        assert sorted(set(places)) == places
    assert told["additionalProperties"] is False


def test_roles_say_which_property_is_the_id_and_which_the_geometry(api, collection):
    """/req/schemas/role-id, /req/core-roles-features/role-primary-geometry, role-type"""
    properties = get(api, f"{API}/{collection}/schema")["properties"]
    roles = [each["x-ogc-role"] for each in properties.values() if "x-ogc-role" in each]
    assert sorted(set(roles)) == sorted(roles)
    assert "id" == properties["id"]["x-ogc-role"]
    assert ("primary-geometry" in roles) == COLLECTIONS[collection].is_spatial


def test_a_collection_leads_to_its_schemas(api, collection):
    """/req/returnables-and-receivables/link, /req/sortables/link; GDAL reads `describedby`, or `describedBy`."""
    links = get(api, f"{API}/{collection}")["links"]
    found = {}
    for each in links:
        found.setdefault(each["rel"], each)
    for rel, path in (
        (f"{OGC}/schema", "schema"),
        (f"{OGC}/sortables", "sortables"),
        ("describedby", "schema/feature"),
        ("describedBy", "schema/feature"),
    ):
        assert (f"http://testserver{API}/{collection}/{path}", SCHEMA) == (found[rel]["href"], found[rel]["type"])


def test_records_are_as_both_schemas_say(api):
    """/req/returnables-and-receivables/response: what is served validates, and nothing else is served."""
    flat, feature = get(api, f"{API}/projects/schema"), get(api, f"{API}/projects/schema/feature")
    found = get(api, ITEMS, limit=1000)["features"]
    assert found
    for each in found:
        stated = {"id": each["id"], **{n: v for n, v in each["properties"].items() if v is not None}}
        jsonschema.Draft202012Validator(flat).validate(stated)
        jsonschema.Draft202012Validator(feature).validate({**each, "properties": stated})


def test_who_only_reads_a_property_is_told_so(api):
    """/req/schemas/properties F"""
    properties = get(api, f"{API}/projects/schema")["properties"]
    for column in PROJECTS:
        if column.origin != "indexed":
            assert (column.origin != "stated") == properties[column.name].get("readOnly", False), column.name


def test_what_gdal_reads_has_a_type_for_every_number_and_none_for_lists_of_texts(api):
    """FlatGeobuf refuses every record of a layer with a list in it."""
    inner = get(api, f"{API}/projects/schema/feature")["properties"]["properties"]
    assert "object" == inner["type"]
    assert "number" == inner["properties"]["capacity_gwh_per_year"]["type"]
    assert "type" not in inner["properties"]["other_names"]


@pytest.mark.parametrize("sign", ["", "+", "-"])
def test_whatever_is_sortable_sorts(api, collection, sign):
    """/req/sorting/sortby-definition, sortby-response"""
    for name in get(api, f"{API}/{collection}/sortables")["properties"]:
        assert get(api, f"{API}/{collection}/items", sortby=f"{sign}{name}", limit=2)["features"]


def test_nothing_else_sorts(api, collection):
    """/req/sortables/response E: additionalProperties is false, so that others are 400"""
    problem = get(api, f"{API}/{collection}/items", 400, sortby="summary")
    assert "not-sortable" == problem["rule"]


def test_the_order_without_sortby_is_the_default_one(api, collection):
    """/req/sorting/defaultSortOrder-definition"""
    assert ["id"] == get(api, f"{API}/{collection}/sortables")["defaultSortOrder"]
    ids = [each["id"] for each in get(api, f"{API}/{collection}/items", limit=50)["features"]]
    assert sorted(ids) == ids


def test_only_the_properties_that_are_asked_for_are_answered(api):
    whole = get(api, ITEMS, limit=20)
    some = get(api, ITEMS, limit=20, properties="name,status,capacity_gwh_per_year")
    assert whole["numberMatched"] == some["numberMatched"]
    for each, full in zip(some["features"], whole["features"], strict=True):
        assert {"name", "status", "capacity_gwh_per_year"} == set(each["properties"])
        assert all(full["properties"][name] == value for name, value in each["properties"].items())
        assert {**full, "properties": ""} == {**each, "properties": ""}
    following = [link["href"] for link in some["links"] if link["rel"] == "next"]
    assert all("properties=name" in each for each in following)
    page = api.client.get(ITEMS, params={"f": "html", "properties": "name,status"}).text
    assert 2 == len(re.findall('<th scope="col"', page))


def test_a_property_that_there_is_not_is_named(api):
    assert "status" == get(api, ITEMS, 400, properties="name,statuz")["values"]["meant"]
    assert "name" in get(api, ITEMS, 400, properties="xyzzy")["values"]["known"]
    assert 400 == api.client.get(ITEMS, params={"properties": "name,"}).status_code
