"""The API definition tells all that the server does, and nothing else."""

import re

import jsonschema
import orjson
import pytest
from made_up import made_up_feature
from openapi_spec_validator import OpenAPIV30SpecValidator

from api import openapi, parameters, problems
from api.collections import COLLECTIONS
from geo.columns import PROJECTS
from geo.curated.files import read_features
from geo.curated.load import SCHEMA_FILE
from geo.formats.registry import FORMATS
from geo.paths import data_folder
from geo.records.schema import collection_schema, feature_schema

STORES = ("geopackage",)  # the definition is the same over every store

pytestmark = pytest.mark.slow

DEFINED_ELSEWHERE = (
    "/static/{path:path}",
    "/sign-in",
    "/sign-in/account",
    "/sign-in/return",
    "/sign-out",
    "/session",
    "/admin",
    "/admin/keys",
    "/admin/keys/rotate",
    "/admin/keys/revoke",
    "/admin/audit",
    "/admin/audit/export",
    "/admin/authors",
    "/admin/authors/hide",
    "/admin/authors/show",
    "/import",
    "/import/{job_id}",
    "/import/{job_id}/profile",
    "/import/{job_id}/report",
    "/proposals",
    "/proposals/{number}",
    "/review",
    "/review/{number}",
    "/boundaries/countries.geojson",
    "/api/collections/{collection_id}/filter",
    "/ground/world",
    "/ground/world/afar",
    "/ground/land/{zoom}/{x}/{y}",
    "/ground/towns/{zoom}/{x}/{y}",
    "/ground/layers",
    "/basemap.pmtiles",
    "/overlays/{name}.pmtiles",
    "/overlays/{name}/{zoom}/{x}/{y}",
    "/",
    "/embed",
    "/add",
    "/about",
    "/llms.txt",
    "/about/data",
    "/projects/{project_id}",
    "/projects/{project_id}/correct",
    "/projects/{project_id}/revisions",
    "/releases",
    "/projects/{project_id}/revisions/{number}",
    "/projects/{project_id}/revisions/{number}/revert",
    "/stories",
    "/stories/{name}",
    "/basemap.pmtiles",
    "/ground/land/{zoom}/{x}/{y}",
    "/ground/layers",
    "/ground/towns/{zoom}/{x}/{y}",
    "/ground/world",
    "/ground/world/afar",
    "/overlays/{name}.pmtiles",
)


@pytest.fixture
def definition(api):
    return api.client.get("/api/openapi.json").json()


def address(path, operations):
    """The address of a path: below the API's root, which is the server, unless the path names a server of its own."""
    return path if "servers" in operations else f"/api{path}".rstrip("/")


def test_the_definition_is_valid_openapi_3_0(definition):
    OpenAPIV30SpecValidator(definition).validate()


def defined_as(path):
    """A route's path as the definition writes it."""
    path = re.sub("{(project|feature)_id}", "{featureId}", path).replace("{hook_id}", "{hookId}")
    return path.replace("{number}", "{proposalId}") if path.startswith("/api/proposals") else path


def test_every_route_is_defined_and_every_definition_is_a_route(api, definition):
    served = {
        (defined_as(route.path).replace("{collection_id}", each), method.lower())
        for route in api.client.app.routes
        for method in route.methods
        for each in COLLECTIONS
        if route.path not in DEFINED_ELSEWHERE
    }
    assert ["http://testserver/api"] == [server["url"] for server in definition["servers"]]
    methods = ("get", "post", "put", "patch", "delete", "options")
    defined = {
        (address(path, operations), method)
        for path, operations in definition["paths"].items()
        for method in operations
        if method in methods
    }
    assert served == defined


def test_limit_bbox_and_datetime_are_as_the_specification_has_them(definition):
    found = {p["name"]: p for p in definition["paths"]["/collections/projects/items"]["get"]["parameters"]}
    assert {"minimum": 1, "maximum": 10_000, "default": 100, "type": "integer"} == found["limit"]["schema"]
    assert (4, 6) == (found["bbox"]["schema"]["minItems"], found["bbox"]["schema"]["maxItems"])
    assert set(parameters.paged(PROJECTS)) == set(found)
    assert all(p["in"] == "query" and p["style"] == "form" and not p["explode"] for p in found.values())


def test_every_refusal_is_defined(definition):
    """Each status that the error table or a request error can give is answered somewhere, and reads may meet 503."""
    defined = {int(code) for path in definition["paths"].values() for o in path.values() for code in _codes(o)}
    refusals = {int(s) for s in problems.STATUSES.values()} | {
        int(c.status) for c in problems.RequestError.__subclasses__()
    }
    assert refusals <= defined
    for operations in definition["paths"].values():
        read = operations.get("get") or operations["post"]
        assert {"500", "503"} <= set(read["responses"])


def _codes(operation):
    return operation["responses"] if isinstance(operation, dict) else ()


IN_PATHS = {
    "featureId": "bo-acisa-battery",
    "part": "drawn",
    "proposalId": "1",
    "hookId": "hook_none",
    "tileMatrixSetId": "WebMercatorQuad",
    **dict.fromkeys(("tileMatrix", "tileRow", "tileCol"), "0"),
    "number": "1",
}
MARKS = {
    "/collections/projects/events": parameters.format_after((737_000, 737_000, "bo-a", 0)),
    "/releases/changes": "1",
}
REQUIRED = {"/releases/changes": {"from": "2020"}}


FEATURES = {"organisations": "rosatom", "countries": "BO"}


EVERY = [each.columns for each in COLLECTIONS.values()]
OF_KINDS = {
    **dict.fromkeys(("date", "time"), "2024/2025"),
    **dict.fromkeys(("number", "integer"), "10/.."),
    "flag": "true",
    "country": "BO",
}


def test_every_parameter_that_is_defined_is_taken(api, definition):
    for release in ("2020", "2024-05"):
        api.store.name_release(release)
    values = {
        **{column.name: OF_KINDS[column.kind] for columns in EVERY for column in columns if column.kind in OF_KINDS},
        "limit": 1,
        "bbox": "0,0,1,1",
        "datetime": "2024",
        "at": "2020",
        "as_of": "2024",
        "q": "x",
        "sortby": "name",
        "from": "2020",
        "to": "2024-05",
        "expected": "true",
        "properties": "name",
        "filter": "name = 'x'",
        "bins": "log",
        "collections": "projects",
        "lat": "1",
        "lon": "1",
        "id": "bo-a",
    }
    proposal = {"kind": "create", "comment": "So.", "feature": made_up_feature()}
    assert 202 == api.client.post("/api/proposals", json=proposal, headers=api.editor).status_code
    for path, operations in definition["paths"].items():
        for parameter in operations.get("get", {}).get("parameters", []):
            name = parameter["name"]
            schema = parameter["schema"]
            codes = schema.get("items", schema).get("enum", ["x"])
            value = MARKS.get(path, "WyJhIl0") if name == "after" else values.get(name, codes[0])
            value = codes[0] if path == "/proposals" and name == "sortby" else value
            numbered = path.endswith(("/revisions", "/changes", "/proposals"))
            value = "1" if numbered and name in ("after", "before") else value
            known = FEATURES.get(path.split("/")[2], "bo-acisa-battery") if path.count("/") > 1 else ""
            given = {**IN_PATHS, "featureId": known}
            asked = re.sub(r"\{(\w+)\}", lambda match, given=given: given[match[1]], address(path, operations))
            statuses = {200, 204} & {int(status) for status in operations["get"]["responses"]}
            assert api.client.get(asked, params={**REQUIRED.get(path, {}), name: value}).status_code in statuses, (
                path,
                name,
            )


def test_answers_are_as_their_schema_says(api):
    schema = feature_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for feature in api.client.get("/api/collections/projects/items").json()["features"]:
        assert [] == [e.message for e in validator.iter_errors(feature)]


@pytest.mark.slow
def test_the_schema_beside_the_dataset_is_that_of_the_model_and_its_files_follow_it():
    schema = collection_schema()
    assert schema == orjson.loads((data_folder() / SCHEMA_FILE).read_bytes())
    validator = jsonschema.Draft202012Validator(schema)
    for file in sorted((data_folder() / "projects").glob("*.geojson")):
        document = {"type": "FeatureCollection", "features": read_features(file)}
        assert [] == [e.message for e in validator.iter_errors(document)]


def test_the_shape_of_a_page_stays_where_a_file_has_the_same_media_type():
    answers = openapi.document("http://localhost", "A ledger", 100)["paths"]["/collections/projects/items"]["get"]
    shapes = {name: each["schema"] for name, each in answers["responses"]["200"]["content"].items()}
    assert {"$ref": "#/components/schemas/featureCollection"} == shapes["application/geo+json"]
    assert {"type": "array"} == shapes["application/vnd.citationstyles.csl+json"]
    assert {form.plain_type for form in FORMATS.values()} <= set(shapes)


# What a standard calls so: OGC API - Common, Features and Tiles, CSL-JSON of citations and JSON Schema.
THEIRS = re.compile(
    r"numberMatched|numberReturned|timeStamp|itemType|storageCrs|conformsTo|tile\w+|minTile\w+|maxTile\w+|dataType"
    r"|geometryDimension|defaultSortOrder|coordRefSys|centerPoint|lowerLeft|upperRight|boundingBox|propertiesSchema"
)


def members(shape):
    """The names of all members that a shape describes."""
    if isinstance(shape, list):
        return {name for each in shape for name in members(each)}
    if not isinstance(shape, dict):
        return set()
    named = shape.get("properties", {})
    own = set(named) if isinstance(named, dict) else set()
    return own | {name for each in shape.values() for name in members(each)}


def test_members_and_parameters_of_ours_are_spelt_in_one_way(definition):
    described = members(definition["components"]["schemas"]) | members(definition["paths"])
    spelt = {name for name in described if not re.fullmatch(r"[a-z][a-z0-9_]*", name)}
    assert {name for name in spelt if not THEIRS.fullmatch(name)} <= {"additionalProperties"}
    asked = [each for path in definition["paths"].values() for each in path.values() if isinstance(each, dict)]
    named = {one["name"] for each in asked for one in each.get("parameters", []) if one.get("in") == "query"}
    assert all(re.fullmatch(r"[a-z][a-z0-9_-]*", name) for name in named), named
    assert "after" in named
    assert not {"cursor", "since", "address"} & named


def test_the_examples_of_bodies_are_taken(api, definition):
    shapes = {name: definition["components"]["schemas"][name] for name in ("newProposal", "decision", "newHook")}
    sent = {"headers": api.editor}
    assert 202 == api.client.post("/api/proposals", json=shapes["newProposal"]["example"], **sent).status_code
    assert 200 == api.client.post("/api/proposals/1/decision", json=shapes["decision"]["example"], **sent).status_code
    unanswered = api.client.post("/api/hooks", json=shapes["newHook"]["example"], **sent).json()
    assert {"hook-not-answering"} == {each["rule"] for each in unanswered["errors"]}
