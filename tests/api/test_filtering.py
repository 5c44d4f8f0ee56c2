"""Filters in CQL2 over HTTP (OGC 19-079r2): wherever records are chosen, with all other parameters, and never a 5xx."""

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.routes.queryables import CONFORMANCE, REL
from geo.columns import PROJECTS
from geo.cql2.bounds import MOST_BYTES
from geo.cql2.reading import read_node
from geo.cql2.written import text_of

pytestmark = pytest.mark.slow

COLLECTION = "/api/collections/projects"
ITEMS = f"{COLLECTION}/items"
QUERYABLES, PAGE = f"{COLLECTION}/queryables", f"{COLLECTION}/filter"


@pytest.fixture(scope="module")
def api(lasting_api):
    return lasting_api


@pytest.fixture(scope="module")
def many_api(lasting_many_api):
    return lasting_many_api


def ids(api, **params):
    answer = api.client.get(ITEMS, params={"limit": 10_000, **params})
    assert answer.status_code == 200, answer.text
    assert answer.json()["numberMatched"] == len(answer.json()["features"])
    return {feature["id"] for feature in answer.json()["features"]}


def features(api):
    return api.client.get(ITEMS, params={"limit": 10_000}).json()["features"]


def refusal(api, **params):
    answer = api.client.get(ITEMS, params=params)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()


def test_a_filter_is_and_with_all_other_parameters(api):
    """/req/filter/mixing-expressions, /req/features-filter/response"""
    cells = ids(api, filter="country IN ('BO','CL') OR capacity > 10000")
    assert cells
    box = ids(api, bbox="-70,-30,-60,-15")
    kind = ids(api, kind="brine_operation")
    mixed = {
        "filter": "country IN ('BO','CL') OR capacity > 10000",
        "bbox": "-70,-30,-60,-15",
        "kind": "brine_operation",
    }
    assert cells & box & kind == ids(api, **mixed)
    assert 0 < len(cells & box & kind) < len(cells)


@pytest.mark.parametrize("path", ["facets", "snapshot", "snapshot/drawn", "events"])
def test_whatever_chooses_records_takes_a_filter(api, path):
    whole, some = (
        api.client.get(f"{COLLECTION}/{path}", params=params) for params in ({}, {"filter": "country = 'BO'"})
    )
    assert (200, 200) == (whole.status_code, some.status_code)
    assert whole.content != some.content
    alike = api.client.get(f"{COLLECTION}/{path}", params={"country": "BO"})
    assert len(alike.content) == pytest.approx(len(some.content), rel=0.1)
    if path == "facets":
        assert alike.json()["facets"] == some.json()["facets"]


def test_files_and_citations_take_a_filter_and_say_it(api):
    text = "capacity > 10 AND CASEI(name) LIKE CASEI('%a%')"
    rows = api.client.get(ITEMS, params={"filter": text, "f": "csv"}).text.strip().split("\n")
    assert len(rows) - 1 == len(ids(api, filter=text))
    told = api.client.get("/cite", params={"filter": f"  {text.lower()} "}).text
    assert "capacity > 10 AND CASEI(name) LIKE CASEI('%a%')" in told
    hostile = api.client.get("/cite", params={"filter": "name = '<script>\u202e" + "x" * 5000 + "'"}).text
    assert "\u202e" not in hostile
    assert len(hostile) < 12_000
    assert "…" in hostile


def test_json_and_text_are_the_same_question(api):
    """/req/filter/filter-lang-param"""
    node = {
        "op": "and",
        "args": [
            {"op": "=", "args": [{"property": "country"}, "BO"]},
            {"op": ">", "args": [{"property": "sources_count"}, 1]},
        ],
    }
    as_json = ids(api, **{"filter": orjson.dumps(node).decode(), "filter-lang": "cql2-json"})
    assert (
        as_json == ids(api, **{"filter": "country = 'BO' AND sources_count > 1", "filter-lang": "cql2-text"}) != set()
    )
    assert refusal(api, **{"filter": "{", "filter-lang": "cql2-json"})["rule"] == "filter-not-json"
    assert refusal(api, **{"filter": "1", "filter-lang": "ecql"})["parameter"] == "filter-lang"


GDAL_S = {
    "name ILIKE '%PLANT%'": "CASEI(name) LIKE CASEI('%plant%')",
    "status_stale = 1": "status_stale = TRUE",
    "NOT (status_stale <> 0)": "status_stale = FALSE",
    "(created >= '2020-01-01T') AND (first_date > '2015-01-01T')": "first_date > DATE('2015-01-01')",
    "(sources_count = 1) OR (sources_count = 10)": "sources_count IN (1, 10)",
    "updated <= '2031-01-01T10:00:00Z'": "TRUE",
}


@pytest.mark.parametrize("text", GDAL_S)
def test_filters_as_gdal_writes_them_are_the_same_in_cql2(api, text):
    """It writes the draft before CQL2, and only to servers that name it."""
    assert ids(api, filter=GDAL_S[text]) == ids(api, **{"filter": text, "filter-lang": "cql-text"}) != set()


def test_nothing_in_a_text_is_taken_for_a_word_of_gdal_s(api):
    text = "name = 'x ILIKE ''y'' status_stale = 1 2020-01-01T'"
    assert text == text_of(read_node(text, "cql-text"))
    assert refusal(api, filter="name ILIKE 'x'")["rule"] == "cql2-syntax"


def test_geometries_may_stand_in_another_system(api):
    """/req/filter/filter-crs-param: of EPSG:4326 latitude comes first."""
    plain = ids(api, filter="S_INTERSECTS(geometry, POLYGON((-70 -30, -60 -30, -60 -15, -70 -15, -70 -30)))")
    assert plain == ids(api, filter="S_INTERSECTS(geometry, BBOX(-70, -30, -60, -15))") != set()
    turned = "S_INTERSECTS(geometry, POLYGON((-30 -70, -30 -60, -15 -60, -15 -70, -30 -70)))"
    assert plain == ids(api, **{"filter": turned, "filter-crs": "http://www.opengis.net/def/crs/EPSG/0/4326"})
    box = "S_INTERSECTS(geometry, BBOX(-7792364.36, -3503549.84, -6679169.45, -1689200.14))"
    assert plain == ids(api, **{"filter": box, "filter-crs": "http://www.opengis.net/def/crs/EPSG/0/3857"})
    assert refusal(api, **{"filter": turned, "filter-crs": "EPSG:2056"})["parameter"] == "filter-crs"
    assert refusal(api, filter=turned.replace("-30 -70", "-30 -100"))["rule"] == "geometry-outside"


def test_two_shapes_are_two_questions_wherever_answers_are_kept(many_api):
    """A shape is told in full by what its answer is kept under."""
    wide = "POLYGON((-170.123456789 -80, 170 -80, 170 80, -170.123456789 80, -170.123456789 -80))"
    snapshots = [
        many_api.client.get(f"{COLLECTION}/snapshot", params={"filter": f"S_WITHIN(geometry, {shape})"}).content
        for shape in (wide, wide.replace("80,", "10,").replace(" 80", " 10"))
    ]
    assert snapshots[0] != snapshots[1]


def test_null_is_neither(many_api):
    """/req/basic-cql2/null-predicate, and the table of truths of section 6.2."""
    everything = ids(many_api)
    known, missing = ids(many_api, filter="capacity IS NOT NULL"), ids(many_api, filter="capacity IS NULL")
    assert everything == known | missing
    assert known
    assert missing
    assert not ids(many_api, filter="capacity > 0 OR NOT capacity > 0") & missing
    assert missing <= ids(many_api, filter="capacity > 0 OR TRUE")
    assert not ids(many_api, filter="capacity > 0 AND TRUE") & missing
    assert missing <= ids(many_api, filter="NOT (capacity > 0 AND FALSE)")


def test_queryables_are_a_schema_of_what_may_be_asked(api):
    """/req/queryables/get-queryables-response, /req/queryables/get-queryables-op"""
    answer = api.client.get(f"{QUERYABLES}?f=json")
    assert answer.headers["content-type"] == "application/schema+json"
    schema = answer.json()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].endswith(QUERYABLES)
    assert (schema["type"], schema["additionalProperties"]) == ("object", False)
    assert {*PROJECTS.names, "geometry", "time"} == set(schema["properties"])
    assert {"title", "format"} == set(schema["properties"]["geometry"])
    assert all("type" in told for name, told in schema["properties"].items() if name != "geometry")
    assert schema["properties"]["status_date"]["format"] == "date"
    assert schema["properties"]["updated"]["format"] == "date-time"
    assert "BO" in schema["properties"]["country"]["enum"]
    for path in (COLLECTION, "/api/collections"):
        assert f'"{REL}"' in api.client.get(path).text


def test_only_what_is_queryable_may_be_asked(api):
    """/req/queryables/expression-construction"""
    problem = refusal(api, filter="contry = 'BO'")
    assert ("filter", "property-misspelt", "country") == (
        problem["parameter"],
        problem["rule"],
        problem["values"]["meant"],
    )
    assert refusal(api, filter="summary = 'x'")["rule"] == "not-filterable"


def test_every_simple_queryable_is_a_parameter(many_api):
    """/req/queryables-query-parameters/parameters"""
    found, schema = features(many_api), many_api.client.get(QUERYABLES).json()["properties"]
    defined = {
        p["name"]
        for p in many_api.client.get("/api/openapi.json").json()["paths"]["/collections/projects/items"]["get"][
            "parameters"
        ]
    }
    for name, told in schema.items():
        if told.get("type") not in ("string", "number", "integer", "boolean"):
            continue
        assert name in defined
        values = [feature["properties"].get(name) if name != "id" else feature["id"] for feature in found]
        wanted = next((value for value in values if value is not None), None)
        if wanted is None:
            continue
        shown = str(wanted).lower() if isinstance(wanted, bool) else str(wanted)
        answered = ids(many_api, **{name: shown})
        equal = {f["id"] for f, value in zip(found, values, strict=True) if value == wanted}
        assert equal <= answered
        assert answered == equal or told.get("format") == "date"  # a year or a month means all of its days


def test_dates_are_asked_for_by_interval(many_api):
    first = {f["id"]: f["properties"]["first_date"] for f in features(many_api)}
    assert ids(many_api, first_date="2015") == {each for each, day in first.items() if day and day[:4] == "2015"}
    assert ids(many_api, first_date="../2015") == {each for each, day in first.items() if day and day[:4] <= "2015"}
    assert ids(many_api, first_date="2015-03/2016") == {
        each
        for each, day in first.items()
        if day and f"{day}-01-01"[:10] >= "2015-03" and day[:4] in ("2015", "2016") and day != "2015"
    }
    assert ids(many_api, updated="2020/..") == set(first)
    assert refusal(many_api, first_date="2016/2015")["rule"] == "amounts-backwards"


def test_functions_are_listed_and_may_be_called(api):
    """/req/functions/get-functions-response-json"""
    listed = api.client.get("/api/functions").json()["functions"]
    assert {"words", "year"} == {each["name"] for each in listed}
    assert all({"name", "description", "args", "returns"} == set(each) for each in listed)
    assert ids(api, filter="words('rosatom')") == ids(api, q="rosatom") != set()
    assert ids(api, filter="year(status_date) = 2024") <= ids(api)
    assert "words" in refusal(api, filter="quux(name) = 1")["values"]["known"]


def test_what_is_met_is_declared(api):
    assert set(CONFORMANCE) <= set(api.client.get("/api/conformance").json()["conformsTo"])
    assert len(CONFORMANCE) == len(set(CONFORMANCE)) == 18


def test_the_page_answers_without_script(api):
    page = api.client.get(PAGE, params={"filter": "country = 'BO'"}).text
    assert f"{len(ids(api, filter='country = ' + chr(39) + 'BO' + chr(39)))} record" in page
    refused = api.client.get(PAGE, params={"filter": "contry = '<b>'", "lang": "es"}).text
    assert "quería decir country" in refused
    assert "<b>" not in refused
    assert 'aria-invalid="true"' in refused
    assert api.client.get(PAGE, params={"colour": "red"}).status_code == 400


LARGE = [
    "(" * 4000,
    "NOT " * 2000,
    "a=" + "-" * 4000 + "1",
    "a=" + "+".join(["1"] * 2000),
    "(" * 2000 + "country='BO'" + ")" * 2000,
    " AND ".join(["country='BO'"] * 600),
    "country IN (" + ",".join(["'BO'"] * 900) + ")",
    "S_INTERSECTS(geometry,MULTIPOINT(" + ",".join(["1 1"] * 2000) + "))",
    "x" * (MOST_BYTES + 1),
    "casei(" * 900 + "name" + ")" * 900 + "='x'",
    "'" * 3999,
    '"' * 3999,
    "name LIKE '" + "%_" * 90 + "z'",
]


@pytest.mark.parametrize("text", LARGE, ids=range(len(LARGE)))
def test_a_filter_of_whatever_size_is_answered_at_once(api, text):
    answer = api.client.get(ITEMS, params={"filter": text})
    assert answer.status_code in (200, 400)
    assert answer.elapsed.total_seconds() < 5


PIECES = st.sampled_from(
    [
        *"()=<>,'\"+-*/%^. \\",
        "country",
        "'BO'",
        "AND",
        "or",
        "NOT",
        "IN",
        "IS",
        "NULL",
        "LIKE",
        "BETWEEN",
        "1e5",
        "BBOX(",
        "POINT(",
        "POLYGON((",
        "S_INTERSECTS(",
        "geometry",
        "T_AFTER(",
        "INTERVAL(",
        "DATE('2020')",
        "'..'",
        "A_EQUALS(",
        "owner",
        "casei(",
        "\x00",
        "é",
        "\ud7ff",
        "TRUE",
        "div",
        "Z",
        "time",
    ]
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.lists(PIECES, max_size=14).map(" ".join) | st.text(max_size=40),
    language=st.sampled_from(["cql2-text", "cql2-json"]),
)
def test_rubbish_is_refused(many_api, text, language):
    assert many_api.client.get(ITEMS, params={"filter": text, "filter-lang": language, "limit": 1}).status_code in (
        200,
        400,
    )


def nodes(inner):
    names = st.sampled_from(
        [
            "and",
            "not",
            "=",
            "in",
            "like",
            "between",
            "isNull",
            "s_within",
            "t_during",
            "a_equals",
            "casei",
            "+",
            "x",
            "year",
        ]
    )
    return st.one_of(
        st.fixed_dictionaries({"op": names, "args": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"interval": inner}),
        st.fixed_dictionaries({"bbox": st.lists(inner, max_size=6)}),
        st.fixed_dictionaries(
            {
                "type": st.sampled_from(["Point", "Polygon", "GeometryCollection", "X"]),
                "coordinates": inner,
                "geometries": inner,
            }
        ),
        st.lists(inner, max_size=3),
    )


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([{"property": name} for name in ("name", "geometry", "time", "owner", "status_date", "x")])
    | st.sampled_from([{"date": "2020"}, {"date": 1}, {"timestamp": "x"}, {"op": 1}, {"property": 1}, {}]),
    nodes,
    max_leaves=8,
)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(document=JSON)
def test_rubbish_of_json_is_refused(many_api, document):
    import json

    params = {"filter": json.dumps(document), "filter-lang": "cql2-json", "limit": 1}
    assert many_api.client.get(ITEMS, params=params).status_code in (200, 400)
