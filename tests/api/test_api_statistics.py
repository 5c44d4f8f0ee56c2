"""Statistics over HTTP: the same numbers in every form, each with the address of the records that it counts."""

import csv
import datetime as dt
import io
from collections import Counter
from urllib.parse import urlencode

import pytest
from openapi_schema_validator import OAS30Validator

from geo.columns import PROJECTS
from geo.statistics import MEASURED
from web.language import LANGUAGES, Language

pytestmark = pytest.mark.slow

STATISTICS = "/api/collections/projects/statistics"


@pytest.fixture(scope="module")
def api(lasting_api):
    return lasting_api


def get(api, expect=200, **params):
    answer = api.client.get(STATISTICS, params=params)
    assert expect == answer.status_code, answer.text[:500]
    return answer.json()


def matched(api, address):
    """How many records an address finds, and what their capacities come to."""
    features = api.client.get(f"{address}{'&' if '?' in address else '?'}limit=1000").json()["features"]
    return len(features), sum(feature["properties"]["capacity"] or 0 for feature in features)


def text_of(group):
    return {name: value["value"] for name, value in group["values"].items()}


def test_counts_are_those_of_facets(api):
    facets = api.client.get("/api/collections/projects/facets?segment=extraction").json()
    for column, counts in facets["facets"].items():
        found = get(api, segment="extraction", by=column)
        assert facets["numberMatched"] == found["numberMatched"]
        assert counts == {text_of(group)[column]: group["count"] for group in found["groups"]}


@pytest.mark.parametrize(
    "asked",
    [
        {"by": "kind,status_group", "sum": "capacity"},
        {"by": "country,start_year", "as_of": "2023-06", "country": "AR,CL,BO", "sum": "capacity"},
        {"by": "owner", "limit": 20},
        {"by": "region,source_type", "q": "lithium"},
        {"by": "status_stale,location_accuracy"},
        {"by": "status", "histogram": "capacity"},
        {"histogram": "start_year", "bins": "2015,2020.5,2030"},
        {"by": "status_group", "interval": "year", "from": "2019", "to": "2023", "sum": "capacity", "country": "AR"},
    ],
)
def test_each_group_has_the_address_of_exactly_its_records(api, asked):
    found = get(api, **asked)
    led = [group for group in found["groups"] if "href" in group]
    assert len(led) > 2
    for group in led[:60]:
        assert group["count"] == matched(api, group["href"])[0], group["href"]
        for each in group.get("sums", []):
            assert (each["count"], pytest.approx(each["sum"])) == matched(api, each["href"]), each["href"]


def test_what_no_parameter_means_has_no_address(api):
    for asked in (
        {"by": "owner", "owner": "ylb"},
        {"by": "status_date"},
        {"histogram": "capacity", "capacity": "15/.."},
    ):
        assert all("href" not in group for group in get(api, **asked)["groups"])
    regions = get(api, by="region", limit=1)["groups"]
    assert ["href" in group for group in regions] == [True, False, False]
    assert [None, None] == [text_of(group)["region"] for group in regions[1:]]
    assert regions[1]["values"]["region"]["others"] > 1


def test_gigawatt_hours_under_construction_by_year_in_one_call(api):
    found = get(api, country="AR", status_group="building", sum="capacity", interval="year", **{"from": "2021"})
    today = dt.datetime.now(dt.UTC).date()
    ends = [f"{year}-12-31" for year in range(2021, today.year)]
    assert [*ends, today.isoformat()] == [step["date"] for step in found["steps"]]
    assert [group["count"] for group in found["groups"]] == [step["numberMatched"] for step in found["steps"]]
    cells = [each["sum"] for group in found["groups"] for each in group["sums"] if each["measure"] == "cells"]
    assert len(cells) == len(found["steps"])
    assert max(cells) > 0
    assert {"GWh a year"} == {s["unit"] for g in found["groups"] for s in g["sums"] if s["measure"] == "cells"}


@pytest.mark.parametrize(
    "asked",
    [
        {"by": "kind,country", "sum": "capacity"},
        {"by": "owner", "limit": "3"},
        {"by": "kind", "histogram": "capacity", "bins": "1,100,10000"},
        {"by": "status_group", "interval": "month", "from": "2024-01", "to": "2024-06", "sum": "capacity"},
    ],
)
def test_the_table_says_what_json_says(api, asked):
    document = get(api, **asked)
    answer = api.client.get(STATISTICS, params={**asked, "f": "csv"})
    assert "text/csv; charset=utf-8; header=present" == answer.headers["content-type"]
    assert 'filename="lithium-ledger-statistics-by-' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    by = [each["name"] for each in document["properties"]]
    parted = [each["name"] for each in document["properties"] if "edges" in each]

    def key(line, value_of):
        return (line.get("date"), *(value_of(name) for name in by))

    def shown(name, value):
        ends = [value.get("from"), value.get("to")] if name in parted else [value.get("value")]
        return tuple("" if each is None else f"{each:g}" if isinstance(each, float) else str(each) for each in ends)

    def in_row(row):
        return key(row, lambda n: (row[f"{n}_from"], row[f"{n}_to"]) if f"{n}_from" in row else (row[n],))

    counts, sums = Counter(), {}
    for row in rows:
        counts[in_row(row)] += int(row["count"])
        if row.get("sum"):
            sums[*in_row(row), row["sum_measure"], row["sum_basis"], row["sum_unit"]] = float(row["sum"])
    told = [(key(g, lambda n, g=g: shown(n, g["values"][n])), g) for g in document["groups"]]
    expected = Counter()
    for values, group in told:
        expected[values] += group["count"]
    assert expected == counts
    assert sums == {
        (*values, each["measure"], each["basis"], each["unit"]): each["sum"]
        for values, group in told
        for each in group.get("sums", [])
    }


@pytest.mark.parametrize(
    ("asked", "parameter", "meant"),
    [
        ({"by": "countri"}, "by", "country"),
        ({"histogram": "capacitie"}, "histogram", "capacity"),
        ({"by": "kind,kind"}, "by", None),
        ({"by": "kind,status,country,owner"}, "by", None),
        ({"by": "kind", "sum": "weight"}, "sum", None),
        ({"interval": "week"}, "interval", None),
        ({"interval": "month", "from": "1900"}, "interval", None),
        ({"interval": "year", "from": "2024", "to": "2020"}, "to", None),
        ({"interval": "year", "from": "2150"}, "from", None),
        ({"histogram": "capacity", "bins": "5,1"}, "bins", None),
        ({"histogram": "capacity", "bins": ",".join(map(str, range(51)))}, "bins", None),
        ({"histogram": "capacity", "bins": "x"}, "bins", None),
        ({"by": "kind", "limit": "1001"}, "limit", None),
        ({"f": "xml"}, "f", None),
        ({"intervall": "year"}, "intervall", "interval"),
        ({"country": "ZZ"}, "country", None),
        ({"by": ["kind", "kind"]}, "by", None),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(api, asked, parameter, meant):
    told = get(api, 400, **asked)
    assert (parameter, meant) == (told["parameter"], told["values"].get("meant"))


def test_empty_fields_of_a_form_ask_for_nothing(api):
    plain = get(api, by="kind")
    filled = get(api, by=["kind", ""], sum="", interval="", histogram="", bins="", limit="", **{"from": "", "to": ""})
    assert plain["groups"] == filled["groups"]


def test_the_answer_is_as_it_is_defined(api):
    definition = api.client.get("/api/openapi.json").json()
    schemas = definition["components"]["schemas"]
    validator = OAS30Validator({**schemas["statistics"], "components": {"schemas": {"link": schemas["link"]}}})
    for asked in (
        {"by": "owner,status_stale", "limit": 2, "sum": "capacity"},
        {"interval": "year"},
        {"histogram": "capacity"},
    ):
        assert [] == [error.message for error in validator.iter_errors(get(api, **asked))]


def test_an_answer_is_known_by_its_tag_until_something_changes(own_api):
    first = own_api.client.get(f"{STATISTICS}?by=kind")
    again = own_api.client.get(f"{STATISTICS}?by=kind", headers={"If-None-Match": first.headers["etag"]})
    assert (200, 304) == (first.status_code, again.status_code)
    record = "/api/collections/projects/items/bo-acisa-battery"
    headers = {**own_api.editor, "If-Match": "*"}
    before = get(own_api, by="country", country="BO")["numberMatched"]
    assert 204 == own_api.client.delete(record, headers=headers).status_code
    changed = own_api.client.get(f"{STATISTICS}?by=kind", headers={"If-None-Match": first.headers["etag"]})
    assert 200 == changed.status_code
    assert before - 1 == get(own_api, by="country", country="BO")["numberMatched"]


def test_the_form_is_that_of_f_and_else_of_accept(api):
    def form(accept, query=""):
        return api.client.get(f"{STATISTICS}{query}", headers={"Accept": accept}).headers["content-type"].split(";")[0]

    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert ["text/html", "application/json", "text/csv", "application/json"] == [
        *map(form, (browser, "*/*", "text/csv")),
        form(browser, "?f=json"),
    ]


def test_the_page_speaks_each_language_and_shows_no_text_of_a_record_as_html(api):
    for code in LANGUAGES:
        page = api.client.get(STATISTICS, params={"f": "html", "by": "kind", "sum": "capacity", "lang": code})
        assert f'<html lang="{code}"' in page.text
        assert Language(code).say("statistics.table") in page.text
    hostile = "<script>alert(1)</script>"
    page = api.client.get(STATISTICS, params={"f": "html", "by": "kind", "q": hostile})
    assert hostile not in page.text
    assert "alert(1)" in page.text


@pytest.mark.parametrize("code", LANGUAGES)
def test_whatever_is_counted_by_has_a_name(code):
    for name in {*PROJECTS.groups, *MEASURED}:
        assert Language(code).say(f"statistics.of_{name}")


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        ({}, None),
        ({"as_of": "2023"}, "2023-12-31"),
        ({"as_of": "2023-06", "interval": "year"}, "2023-06-30"),
        ({"to": "2022", "interval": "month"}, "2022-12-31"),
        ({"as_of": "2021", "to": "2024", "interval": "year"}, "2021-12-31"),
    ],
)
def test_the_day_is_that_of_which_the_number_is(api, asked, day):
    found = get(api, **asked)
    assert day == found["as_of"]
    at = {} if day is None else {"as_of": day}
    assert found["numberMatched"] == matched(api, f"/api/collections/projects/items?{urlencode(at)}")[0]
