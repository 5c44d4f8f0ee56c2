"""What a program that asks in words is told: by the Model Context Protocol, with its own client, and by /llms.txt."""

import contextlib
import json
import re
import sys

import anyio
import orjson
import pytest
from conftest import COUNT, ROOT, copy_of, ledger_of, make_api
from made_up import made_up_feature
from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client
from mcp.shared.exceptions import MCPError

from api.assistants import answers
from api.assistants.server import server_of
from api.services import Services
from api.settings import Settings
from geo.editing import Edit
from geo.records.project import Project

BASE = "https://example.org/ledger"
FACTORY = "bo-rosatom-battery-factory"


@pytest.fixture
def given(make_store):
    return Services(ledger_of(make_store.filled("south_america")()), Settings())


@pytest.fixture
def call(given):
    """Calls a tool as the package's own client does; an answer is a value, a refusal its sentence."""

    def make(tool, **asked):
        async def ask():
            async with Client(server_of(given, BASE)) as client:
                answer = await client.call_tool(tool, asked)
                text = answer.content[0].text
                return text if answer.is_error else json.loads(text)

        return anyio.run(ask)

    return make


def test_a_search_takes_the_filters_of_the_api_and_tells_how_many_there_are(call, given):
    found = call("search", country=["BO", "AR"], kind="brine_operation", status_group="planned", limit=3)
    asked = {"country": "BO,AR", "kind": "brine_operation", "status_group": "planned"}
    assert found["number_matched"] == answers.statistics(given, BASE, asked)["numberMatched"] > 3
    assert [each["country"] in ("BO", "AR") for each in found["records"]] == [True] * 3
    assert {each["kind"] for each in found["records"]} == {"brine_operation"}
    assert all(each["address"] == f"{BASE}/projects/{each['id']}" for each in found["records"])
    following = call("search", **{**asked, "limit": 3, "after": found["after"]})
    assert not {each["id"] for each in found["records"]} & {each["id"] for each in following["records"]}


def test_what_a_program_writes_as_a_truth_or_a_number_is_read_so(call):
    assert (
        call("search", status_stale=True)["number_matched"] + call("search", status_stale=False)["number_matched"]
        == call("search")["number_matched"]
    )
    assert (
        call("search", start_planned_year=2027)["number_matched"]
        == call("search", start_planned_year="2027")["number_matched"]
    )


def test_a_record_in_short_says_its_stage_and_what_its_capacity_is(call):
    records = call("search", country="CL", sortby="-capacity", capacity_measure="lce", limit=5)["records"]
    capacities = [each["capacity"] for each in records if each["capacity"]]
    assert capacities
    assert all(each["basis"] in ("planned", "actual") and each["unit"] == "t LCE a year" for each in capacities)
    assert all(each["status_date_basis"] for each in records if each["status_date"])


def test_a_record_comes_with_every_claim_and_the_sources_that_it_names(call, given):
    answer = call("item", id=FACTORY)
    stated = orjson.loads(given.catalog.get(FACTORY).feature)["properties"]
    record = answer["record"]
    assert {name: record[name] for name in ("events", "owners", "links", "sources")} == {
        name: stated[name] for name in ("events", "owners", "links", "sources")
    }
    assert {source for event in record["events"] for source in event["sources"]} <= {
        source["id"] for source in record["sources"]
    }
    assert (answer["address"], answer["left_off"]) == (f"{BASE}/projects/{FACTORY}", {})
    assert answer["address"] in answer["cite"]
    assert answer["licence"]["name"] == "CC BY 4.0"
    assert record["place"]["bbox"][0] < -69
    assert "coordinates" not in json.dumps(record)


def test_what_is_planned_is_told_apart_and_texts_are_told_to_be_data(call):
    for answer in (call("search", country="BO"), call("item", id=FACTORY), call("statistics")):
        assert "Planned is not built" in answer["mind"]
        assert "never instructions" in answer["texts"]


def test_counts_are_those_of_the_api(call, given):
    answer = call("statistics", by=["kind"], sum="capacity")
    _, counts = given.catalog.count(answers.read_query(answers.QueryParams(), (), 1), ("kind",))
    assert {each["values"]["kind"]["value"]: each["count"] for each in answer["groups"]} == counts["kind"]
    assert call("statistics", by="kind", sum="capacity")["groups"] == answer["groups"]
    assert sum(each["count"] for each in answer["groups"]) == answer["numberMatched"] == COUNT
    sums = [each for group in answer["groups"] for each in group["sums"]]
    assert {"planned", "actual"} == {each["basis"] for each in sums}
    assert all(each["unit"] for each in sums)
    assert all(each["href"].startswith(f"{BASE}/api/") for each in answer["groups"])


def test_a_series_is_one_call_and_bounded(call, monkeypatch):
    answer = call("statistics", country="AR", interval="year", from_date="2015", to_date="2020")
    assert [f"{year}-12-31" for year in range(2015, 2021)] == [each["date"] for each in answer["steps"]]
    monkeypatch.setattr(answers, "MOST_GROUPS", 2)
    cut = call("statistics", country="AR", interval="year", from_date="2015", to_date="2020")
    assert (answer["groups"][:2], 4) == (cut["groups"], cut["groups_left_off"])


def test_codes_are_told_with_what_they_mean(call):
    assert [each["code"] for each in call("vocabulary", name=["capacity_basis"])["capacity_basis"]] == [
        "planned",
        "actual",
    ]
    assert {"kind", "status", "source_type"} <= set(call("vocabulary"))


@pytest.mark.parametrize(
    ("tool", "asked", "told"),
    [
        ("search", {"kind": "volcano"}, "'volcano' is no kind"),
        ("search", {"limit": 51}, "limit is a whole number from 1 to 50."),
        ("search", {"bbox": "1,2"}, "bbox is four numbers"),
        ("search", {"contry": "BO"}, "did you mean country"),
        ("statistics", {"country": "BO", "from": "2015"}, "did you mean from_date"),
        ("item", {"id": "bo-nobody"}, "There is no record 'bo-nobody'."),
        ("statistics", {"by": ["name"]}, "name"),
        ("vocabulary", {"name": ["colours"]}, "'colours' is no vocabulary"),
    ],
)
def test_a_refusal_says_what_was_wrong_and_what_would_be_right(call, tool, asked, told):
    assert told in call(tool, **asked)


def test_a_record_is_a_resource_by_its_uri(given):
    async def read():
        async with Client(server_of(given, BASE)) as client:
            [template] = (await client.list_resource_templates()).resource_templates
            content = await client.read_resource(template.uri_template.replace("{project_id}", FACTORY))
            with pytest.raises(MCPError, match="There is no record 'bo-nobody'"):
                await client.read_resource("lithium-ledger://projects/bo-nobody")
            return json.loads(content.contents[0].text)

    assert anyio.run(read)["record"]["id"] == FACTORY


def test_of_a_very_long_list_the_newest_claims_are_told_and_how_many_are_not(given):
    feature = made_up_feature("bo-much")
    event = {"date": "2020-01-01", "type": "other", "summary": "Said.", "sources": ["s1"]}
    feature["properties"]["events"] += [{**event, "key": f"e{number}"} for number in range(answers.MOST_CLAIMS + 20)]
    given.store.write([Edit("bo-much", Project.from_feature(feature), None, "test")])
    answer = answers.item(given, BASE, "bo-much")
    assert len(answer["record"]["events"]) == answers.MOST_CLAIMS
    assert answer["left_off"] == {"events": len(feature["properties"]["events"]) - answers.MOST_CLAIMS}


def test_answers_stay_small(given, many_projects):
    given.store.write([Edit(each.id, each, None, "test") for each in many_projects])
    found = answers.search(given, BASE, {"limit": str(answers.MOST_FOUND)})
    assert found["number_returned"] == answers.MOST_FOUND
    assert len(orjson.dumps(found)) < 60_000


@pytest.mark.slow
def test_the_command_speaks_nothing_but_the_protocol(tmp_path):
    """The client of the package ends at the first line that is none of it."""
    store = copy_of("south_america", tmp_path / "ledger.gpkg")
    started = StdioServerParameters(
        command=sys.executable,
        args=["-m", "api", "mcp", "--store", str(store), "--url", f"{BASE}/"],
        cwd=ROOT,
        env={"LEDGER_TYPO": "1"},  # which is said, on the other stream
    )

    async def ask(said):
        async with Client(stdio_client(started, errlog=said)) as client:
            tools = [each.name for each in (await client.list_tools()).tools]
            answer = await client.call_tool("search", {"q": "rosatom", "country": "BO"})
            return client.server_info, client.instructions, tools, json.loads(answer.content[0].text)

    with (tmp_path / "said").open("w+") as said:
        info, instructions, tools, found = anyio.run(ask, said)
    assert (info.name, info.title) == ("lithium-ledger", "Lithium Ledger")
    assert "Planned is not built" in instructions
    assert "never instructions" in instructions
    assert tools == ["search", "item", "statistics", "vocabulary"]
    assert f"{BASE}/projects/{FACTORY}" in [each["address"] for each in found["records"]]
    assert "LEDGER_TYPO" in (tmp_path / "said").read_text()


def test_llms_txt_has_the_form_that_is_asked_for(api):
    text = api.client.get("/llms.txt").text
    lines = text.splitlines()
    assert lines[0] == "# Lithium Ledger"
    assert lines[2].startswith("> ")
    assert f"{COUNT} records in 5 countries" in lines[2]
    assert re.findall("^## .*", text, re.MULTILINE) == ["## Records", "## Pages", "## Optional"]
    listed = text.partition("## ")[2].splitlines()
    assert all(re.fullmatch(r"- \[[^\]]+\]\([^)]+\): .+\.", line) for line in listed if line.startswith("- "))
    assert "Planned is not built" in text
    assert "CC BY 4.0" in text


@pytest.mark.slow
def test_every_address_in_llms_txt_answers(api):
    addresses = re.findall(r"\]\((http://testserver[^)]*)\)", api.client.get("/llms.txt").text)
    assert len(addresses) > 10
    answered = {
        each: api.client.get(each, headers={"Accept": "text/html, */*;q=0.8"}).status_code for each in addresses
    }
    assert set(answered.values()) == {200}, answered


def test_llms_txt_names_this_servers_own_address(store):
    client = make_api(store, Settings(public_url=BASE)).client
    with contextlib.closing(client):
        assert f"({BASE}/about/)" in client.get("/llms.txt", headers={"Host": "example.org"}).text
