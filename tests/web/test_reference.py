"""The API's definition as a page: all of it, in every language, without script, and each link leads somewhere."""

import re
import shlex
from html import unescape

import pytest
from playwright.sync_api import expect

from web import pages
from web.language import LANGUAGES, Language
from web.reference import reference
from web.site import Site

STORES = ("geopackage",)  # the definition is the same over every store

HOSTILE = "<script>window.hit = 1</script> `<img src=x onerror=hit>` {{7*7}}"


@pytest.fixture
def definition(api):
    return api.client.get("/api/openapi.json").json()


def test_every_operation_and_every_shape_of_the_definition_is_told(api, definition):
    html = api.client.get("/api/docs").text
    ids = set(re.findall(r'id="([^"]+)"', html))
    operations = [each for path in definition["paths"].values() for each in path.values() if "operationId" in each]
    assert {each["operationId"] for each in operations} <= ids
    assert {f"shape-{name}" for name in definition["components"]["schemas"]} <= ids
    assert set(re.findall(r'href="#([^"]+)"', html)) <= ids
    assert "<script" not in html


def test_what_an_operation_takes_and_answers_is_told_in_full(definition):
    told = {each.id: each for group in reference(definition).groups.values() for each in group}
    for path, operations in definition["paths"].items():
        for stated in operations.values():
            if "operationId" not in stated:
                continue
            each = told[stated["operationId"]]
            asked = [*operations.get("parameters", []), *stated.get("parameters", [])]
            assert [one["name"] for one in asked] == [one.name for one in each.parameters], path
            assert set(stated["responses"]) == {answer.status for answer in each.answers}
            assert bool(stated.get("security")) == each.needs_key


def test_every_member_of_a_record_is_told(definition):
    shapes = {name: shape for shape in reference(definition).shapes for name in shape.names}
    stated = definition["components"]["schemas"]["feature"]["properties"]["properties"]["properties"]
    assert {f"properties.{name}" for name in stated} <= {value.name for value in shapes["feature"].values}
    sources = next(each for each in shapes["feature"].values if each.name == "properties.sources")
    assert ("Source", True) == (sources.kind.shape, sources.kind.is_many)
    assert shapes["feature"] is shapes["newFeature"], "what is the same is told once"


def test_the_commands_ask_what_they_say(api, definition):
    for group in reference(definition).groups.values():
        for each in group:
            words = shlex.split(each.command)
            assert "curl" == words[0]
            assert words[-1].startswith("http://testserver/")
            if each.url:
                opened = api.client.get(words[-1], headers=api.editor if each.needs_key else {})
                assert 200 == opened.status_code, each.command
            assert each.needs_key == ("Authorization: Bearer $KEY" in words)
            needed = [one.name for one in each.parameters if one.where == "header" and one.is_required]
            assert needed == [word.partition(":")[0] for word in words if "$" in word and "$KEY" not in word]
            changes = (each.method in ("PUT", "PATCH", "DELETE") and "/items/" in words[-1]) or each.id == "revert"
            assert changes == ("If-Match: $IF_MATCH" in words)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_page_speaks_every_language_and_leads_to_the_others(api, code):
    html = api.client.get("/api/docs", params={"lang": code}).text
    assert Language(code).say("reference.group_changes") in html
    refused = re.findall(r"<dt>([45]\d\d)</dt><dd>([^<]*)", html)
    assert {(status, Language(code).say(f"problem.title_{status}")) for status, _ in refused} == {
        (status, unescape(text).strip()) for status, text in refused
    }
    assert refused
    assert "reference." not in re.sub(r'"[^"]*"', "", html), "every text is there"


def test_a_description_is_text(definition):
    definition["paths"]["/"]["get"]["summary"] = HOSTILE
    definition["components"]["schemas"]["link"]["description"] = HOSTILE
    html = pages.reference_page(Site(), definition, [])
    assert "<script" not in html
    assert "<img" not in html
    assert "<code>&lt;img src=x onerror=hit&gt;</code>" in html


def test_a_link_to_a_part_opens_it(server, visit):
    page = visit().page
    page.goto(f"{server.url}/api/docs#create")
    expect(page.locator("details:has(> #create)")).to_have_attribute("open", "")
    page.locator("#create .content a[href='#shape-newFeature']").first.click()
    expect(page.locator("details:has(#shape-newFeature)")).to_have_attribute("open", "")


def test_the_page_works_by_keyboard_and_without_script(server, visit):
    page = visit(java_script_enabled=False).page
    page.goto(f"{server.url}/api/docs")
    page.locator("summary").first.press("Enter")
    expect(page.locator("details").first).to_have_attribute("open", "")
