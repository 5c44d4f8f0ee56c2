"""A refusal says in its title what is wrong, in its errors where, and which right somebody lacks."""

import pytest
from made_up import made_up_feature

from geo.editing import Edit
from geo.keys import create_key
from geo.proposals import Author, Draft
from geo.records.project import Project
from web.language import LANGUAGES, Language

STORES = ("geopackage",)  # words are the same over every store

ITEMS = "/api/collections/projects/items"
GEOJSON, JSON = {"Content-Type": "application/geo+json"}, {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
SENT = {
    "record": (ITEMS, {}, GEOJSON),
    "proposal": ("/api/proposals", {"kind": "create"}, JSON),
    "decision": ("/api/proposals/1/decision", {"decision": "ask", "version": 1, "colour": "red"}, JSON),
    "hook": ("/api/hooks", {"address": "https://example.org/"}, JSON),
}


@pytest.fixture
def proposed(api):
    """A ledger with a record and a proposal that it goes."""
    api.store.write([Edit("bo-made-up", Project.from_feature(made_up_feature()), None, "ana")])
    api.store.proposals.add(Draft("delete", "bo-made-up", 1, None, "x", "BO", ["s1"], "why", Author("ana")))
    return api


@pytest.mark.parametrize("about", SENT)
def test_what_breaks_the_rules_is_named_in_the_title_and_each_place_in_the_errors(proposed, about):
    path, body, headers = SENT[about]
    for code in LANGUAGES:
        spoken = {**proposed.editor, **headers, "Accept-Language": code}
        refused = proposed.client.post(path, json=body, headers=spoken)
        told = refused.json()
        assert (422, f"{about}-invalid") == (refused.status_code, told["rule"])
        assert told["title"] == Language(code).say(f"problem.title_422_{about}")
        assert told["values"]["count"] == len(told["errors"])
        for each in told["errors"]:
            assert ["pointer", "rule", "values", "detail", "expected"] == list(each)
            assert each["detail"]


def test_an_id_that_is_taken_and_a_proposal_that_has_moved_on_are_two_things(proposed):
    again = proposed.client.post(ITEMS, json=made_up_feature(), headers={**proposed.editor, **GEOJSON})
    assert (409, "The id is taken") == (again.status_code, again.json()["title"])
    decided = {"decision": "decline", "text": "No.", "version": 7}
    moved = proposed.client.post("/api/proposals/1/decision", json=decided, headers=proposed.editor)
    assert (409, "The proposal has moved on") == (moved.status_code, moved.json()["title"])


@pytest.mark.parametrize(
    ("method", "path", "right", "least"),
    [
        ("POST", ITEMS, "change", "editor"),
        ("GET", "/review", "review", "editor"),
        ("GET", "/import", "propose", "contributor"),
        ("GET", "/admin", "administer", "admin"),
        ("GET", "/api/hooks", "watch", "contributor"),
    ],
)
def test_the_right_that_somebody_lacks_is_named_and_how_they_get_it(api, method, path, right, least):
    for code in LANGUAGES:
        spoken = {"Accept-Language": code}
        nobody = api.client.request(method, path, headers=spoken).json()
        assert (right, least) == (nobody["values"]["right"], nobody["values"]["role"])
        for word in (right, f"--role {least}", "http://testserver/sign-in"):
            assert word in nobody["detail"]
        reader = api.client.request(method, path, headers={**spoken, **api.reader}).json()
        for word in (right, least, "http://testserver/admin", "keys create"):
            assert word in reader["detail"]


def test_a_form_that_nobody_known_sends_is_answered_by_a_page_that_leads_to_the_sign_in(api):
    sent = api.client.post("/admin/authors/hide", data={"name": "x"}, headers=FORM)
    assert (401, "text/html; charset=utf-8") == (sent.status_code, sent.headers["content-type"])
    assert 'href="/sign-in"' in sent.text
    _, secret = create_key(api.store.keys, "ben", "editor")
    page = api.client.get("/admin", headers={"Accept": "text/html", "X-API-Key": secret})
    assert (403, True) == (page.status_code, 'href="/sign-in"' in page.text)
