"""Proposing, following and deciding through the API, as somebody without a key, with one, and as an editor."""

import json

import pytest
from conftest import client_of, make_api
from proposed import FACTORY, ITEMS, PROPOSALS, correction, key_of, new, proposed

from api.proposals_definition import MOST_LISTED
from api.settings import Settings
from geo.proposals import Author, Draft


@pytest.fixture
def open_api(api):
    """An instance that lets anybody propose."""
    return api._replace(client=client_of(api.store, Settings(proposals="open")))


def decided(api, number, headers, expected=200, **told):
    answer = api.client.post(f"{PROPOSALS}/{number}/decision", json={"version": 1, **told}, headers=headers)
    assert expected == answer.status_code, answer.text
    return answer.json()


def test_a_resident_without_a_key_proposes_and_follows_it(open_api):
    answer = open_api.client.post(PROPOSALS, json=new(author="Rosa", language="es"))
    told = answer.json()
    assert (202, "open", f"http://testserver{PROPOSALS}/1") == (
        answer.status_code,
        told["state"],
        answer.headers["location"],
    )
    followed = open_api.client.get(answer.headers["location"]).json()
    assert ("Rosa", False, "Planta Rincón", "bo-planta-rincon") == tuple(
        followed[name] for name in ("author", "signed_in", "name", "project")
    )
    assert told["token"] not in json.dumps(followed)
    assert 404 == open_api.client.get(f"{ITEMS}/bo-planta-rincon").status_code


def test_a_page_says_in_words_that_nobody_gave_a_name(open_api):
    number = proposed(open_api, new())["id"]
    for language, words in (("en", "no name given"), ("es", "sin nombre"), ("ru", "имя не указано"), ("zh", "未署名")):
        for path in (f"/proposals/{number}", "/proposals"):
            page = open_api.client.get(path, params={"lang": language}).text
            assert f"<bdi>{words}</bdi>" in page
            assert "anonymous" not in page


def test_the_examples_of_the_definition_are_taken_as_they_stand(api):
    """They have no ids: neither of the record nor of its source."""
    told = api.client.get("/api/openapi.json").json()
    example = told["components"]["schemas"]["newProposal"]["example"]
    assert "id" not in example["feature"]
    assert "id" not in example["feature"]["properties"]["sources"][0]
    number = proposed(api, example, key_of(api, "ngo"))["id"]
    kept = api.client.get(f"{PROPOSALS}/{number}").json()["feature"]["properties"]
    assert [kept["sources"][0]["id"]] == kept["location_sources"] == kept["events"][0]["sources"]
    content = told["paths"]["/collections/projects/items"]["post"]["requestBody"]["content"]["application/geo+json"]
    assert 201 == api.client.post(ITEMS, json=content["example"], headers=api.editor).status_code


def test_without_a_key_nobody_proposes_unless_the_operator_lets_them(api):
    answer = api.client.post(PROPOSALS, json=new())
    assert (401, "proposals-need-a-key") == (answer.status_code, answer.json()["rule"])


def test_a_wrong_key_is_not_taken_for_none(open_api):
    for key, status in (({"X-API-Key": "ll_wrong"}, 401), (open_api.reader, 403)):
        assert status == open_api.client.post(PROPOSALS, json=new(), headers=key).status_code


def test_a_contributor_is_called_as_their_key(api):
    number = proposed(api, new(author="Other"), key_of(api, "ngo"))["id"]
    told = api.client.get(f"{PROPOSALS}/{number}").json()
    assert ("ngo", True) == (told["author"], told["signed_in"])


def test_what_is_asked_for_again_is_not_kept_again(open_api):
    once = {"Idempotency-Key": "draft-1"}
    first = proposed(open_api, new(), once)
    assert first == proposed(open_api, new(), once)
    assert 422 == open_api.client.post(PROPOSALS, json=new("Other"), headers=once).status_code
    assert 1 == open_api.client.get(PROPOSALS).json()["numberMatched"]


def test_somebody_without_a_key_sends_less_and_less_often(api):
    few = api._replace(client=client_of(api.store, Settings(proposals="open", proposed=3)))
    large = new(comment="x" * 900)
    large["feature"]["properties"]["summary"] = "y" * 200_000
    assert 413 == few.client.post(PROPOSALS, json=large).status_code
    assert 422 == few.client.post(PROPOSALS, json=large, headers=key_of(api, "ngo")).status_code
    for _ in range(9):
        assert 200 == few.client.post(f"{PROPOSALS}/check", json=new()).status_code, "what is checked does not count"
    proposed(few, new())
    proposed(few, new())
    answer = few.client.post(PROPOSALS, json=new())
    assert (429, "too-many-proposed") == (answer.status_code, answer.json()["rule"])
    assert int(answer.headers["retry-after"]) > 0


def test_what_is_wrong_is_told_with_its_place(open_api):
    wrong = new()
    wrong["feature"]["properties"]["kind"] = "bakery"
    answer = open_api.client.post(PROPOSALS, json=wrong, headers={"Accept-Language": "es"})
    assert (422, ["/feature/properties/kind"]) == (answer.status_code, [e["pointer"] for e in answer.json()["errors"]])
    assert (
        400 == open_api.client.post(PROPOSALS, content=b"{", headers={"Content-Type": "application/json"}).status_code
    )
    assert 415 == open_api.client.post(PROPOSALS, content=b"kind=create").status_code


def test_a_check_says_what_is_wrong_and_what_looks_so_and_keeps_nothing(open_api):
    wrong = new()
    wrong["feature"]["properties"]["kind"] = "bakery"
    told = open_api.client.post(f"{PROPOSALS}/check", json=wrong).json()
    assert [("/feature/properties/kind", "error")] == [(f["pointer"], f["severity"]) for f in told["faults"]]

    at_zero = new()
    at_zero["feature"]["geometry"] = {"type": "Point", "coordinates": [0, 0]}
    warned = open_api.client.post(f"{PROPOSALS}/check", json=at_zero).json()["faults"]
    assert "warning" in {f["severity"] for f in warned}
    assert all(f["pointer"].startswith("/feature/") for f in warned if f["pointer"])
    assert "Planta Rincón" in open_api.client.post(f"{PROPOSALS}/check", json=new()).json()["html"]
    assert 0 == open_api.client.get(PROPOSALS).json()["numberMatched"]


def test_a_page_has_only_so_many_proposals_whatever_is_asked_for(api):
    draft = Draft("delete", "bo-x", 1, None, "X", "BO", [], "gone", Author("ana", "ana"))
    api.store.proposals.add_many([draft] * (MOST_LISTED + 1))
    told = api.client.get(PROPOSALS, params={"limit": 10_000}).json()
    assert (MOST_LISTED, MOST_LISTED) == (told["numberReturned"], told["after"])


def test_proposals_are_listed_page_by_page(open_api):
    for name in ("Alpha works", "Beta works", "Gamma works"):
        proposed(open_api, new(name))
    listed = open_api.client.get(PROPOSALS, params={"limit": 2}).json()
    assert (["Alpha works", "Beta works"], 3) == ([p["name"] for p in listed["proposals"]], listed["numberMatched"])
    rest = open_api.client.get(PROPOSALS, params={"limit": 2, "after": listed["after"]}).json()
    assert (["Gamma works"], None) == ([p["name"] for p in rest["proposals"]], rest["after"])
    newest = open_api.client.get(PROPOSALS, params={"sortby": "-time", "q": "gamma"}).json()
    assert ["Gamma works"] == [p["name"] for p in newest["proposals"]]
    for wrong in ("state=eaten", "after=x", "unheard=1", "sortby=size", "limit=0", f"q={'a+' * 1500}"):
        assert 400 == open_api.client.get(f"{PROPOSALS}?{wrong}").status_code
    assert (
        404 == open_api.client.get(f"{PROPOSALS}/99").status_code == open_api.client.get(f"{PROPOSALS}/x").status_code
    )
    assert "Beta works" in open_api.client.get(f"{PROPOSALS}?f=html").text


def test_an_editor_accepts_and_the_record_is_there_at_once(open_api):
    number = proposed(open_api, new(author="Rosa"))["id"]
    told = decided(open_api, number, open_api.editor, decision="accept")

    record = open_api.client.get(f"{ITEMS}/bo-planta-rincon")
    history = open_api.client.get(f"{ITEMS}/bo-planta-rincon/revisions").json()["revisions"]
    assert (200, "accepted", ["Rosa"]) == (record.status_code, told["state"], [r["author"] for r in history])
    assert [("editor", True, "accepted")] == [(r["author"], r["editor"], r["state"]) for r in told["remarks"]]


def test_only_editors_of_the_country_decide(open_api):
    number = proposed(open_api, new())["id"]
    for key, status in (
        (None, 401),
        (open_api.reader, 403),
        (key_of(open_api, "ngo"), 403),
        (key_of(open_api, "of Chile", "editor", ("CL",)), 403),
    ):
        decided(open_api, number, key or {}, status, decision="accept")
    decided(open_api, number, key_of(open_api, "of Bolivia", "editor", ("BO",)), decision="decline", text="No.")


def test_two_editors_cannot_both_decide(open_api):
    number = proposed(open_api, new())["id"]
    decided(open_api, number, open_api.editor, decision="accept")
    refused = decided(open_api, number, key_of(open_api, "second", "editor"), 409, decision="decline", text="No.")
    assert ("proposal-moved", "accepted") == (refused["rule"], refused["values"]["state"])


def test_a_question_is_answered_by_its_author_alone(open_api):
    told = proposed(open_api, new(author="Rosa"))
    number = told["id"]
    decided(open_api, number, open_api.editor, decision="ask", text="In which town?")
    for token in (None, "wrong", ""):
        decided(
            open_api, number, {}, 403, decision="answer", version=2, text="Mine.", **({"token": token} if token else {})
        )
    answered = decided(open_api, number, {}, decision="answer", version=2, text="Llipi.", token=told["token"])
    assert ("open", ["In which town?", "Llipi."]) == (answered["state"], [r["text"] for r in answered["remarks"]])
    withdrawn = decided(open_api, number, {}, decision="withdraw", version=3, token=told["token"])
    assert "withdrawn" == withdrawn["state"]


def test_an_author_with_a_key_needs_no_token(api):
    ngo = key_of(api, "ngo")
    number = proposed(api, new(), ngo)["id"]
    decided(api, number, key_of(api, "other"), 403, decision="withdraw")
    assert "withdrawn" == decided(api, number, ngo, decision="withdraw")["state"]


def test_a_correction_that_was_overtaken_asks_about_conflicts_alone(open_api):
    number = proposed(open_api, correction(open_api, name="Proposed name", locality="Uyuni"))["id"]
    etag = open_api.client.get(f"{ITEMS}/{FACTORY}").headers["etag"]
    changed = {"properties": {"name": "Name of meanwhile"}}
    patched = open_api.client.patch(f"{ITEMS}/{FACTORY}", json=changed, headers={**open_api.editor, "If-Match": etag})
    assert 200 == patched.status_code

    told = open_api.client.get(f"{PROPOSALS}/{number}").json()
    assert ("Name of meanwhile", "Proposed name") == tuple(
        told["conflicts"][0][side] for side in ("record", "proposal")
    )
    assert "/properties/locality" in {each["pointer"] for each in told["changes"]}
    assert any("Town or district: " in said for said in told["differences"]), "and in words"
    stuck = decided(open_api, number, open_api.editor, 409, decision="accept", seen=2)
    assert ["/properties/name"] == stuck["values"]["places"]
    decided(open_api, number, open_api.editor, 409, decision="accept", seen=1, take=["/properties/name"])
    decided(open_api, number, open_api.editor, decision="accept", seen=2, take=["/properties/name"])
    stated = open_api.client.get(f"{ITEMS}/{FACTORY}").json()["properties"]
    assert ("Proposed name", "Uyuni") == (stated["name"], stated["locality"])


def test_a_likely_duplicate_is_merged_into_the_record_that_is_there(open_api):
    number = proposed(open_api, new("Fábrica de baterías de Rosatom"))["id"]
    decided(open_api, number, open_api.editor, 422, decision="merge")
    decided(open_api, number, open_api.editor, decision="merge", into=FACTORY, seen=1)
    stated = open_api.client.get(f"{ITEMS}/{FACTORY}").json()["properties"]
    assert "Fábrica de baterías de Rosatom" in stated["other_names"]


def test_a_removal_is_decided_too(open_api):
    source = {"url": "https://example.org/never", "title": "It never was"}
    body = {"kind": "delete", "project": FACTORY, "revision": 1, "comment": "It never was.", "sources": [source]}
    number = proposed(open_api, body)["id"]
    asked = {f: open_api.client.get(f"/api/changes?f={f}&country=BO").text for f in ("atom", "jsonfeed", "html")}
    decided(open_api, number, open_api.editor, decision="accept", seen=1)
    assert 410 == open_api.client.get(f"{ITEMS}/{FACTORY}").status_code
    for form, before in asked.items():
        after = open_api.client.get(f"/api/changes?f={form}&country=BO").text
        assert "Deleted from the ledger" in after
        assert "Deleted from the ledger" not in before
    [change] = open_api.client.get("/api/changes?limit=1").json()["changes"]
    assert ("delete", FACTORY, "It never was.") == (change["action"], change["id"], change["comment"])
    on_map = open_api.client.get("/api/collections/projects/snapshot/told").content
    assert FACTORY.encode() not in on_map
    page = open_api.client.get(f"/projects/{FACTORY}", headers={"Accept": "text/html"})
    assert (410, True) == (page.status_code, "It never was." in page.text)


@pytest.mark.parametrize(
    ("told", "pointer"),
    [
        ({"decision": "eat"}, "/decision"),
        ({"decision": "decline"}, "/text"),
        ({"decision": "merge", "into": FACTORY}, "/seen"),
        ({"decision": "accept", "version": 0}, "/version"),
        ({"decision": "accept", "unheard": 1}, "/unheard"),
        ({"decision": "accept", "feature": {"type": "Feature"}}, "/feature/properties"),
    ],
)
def test_a_decision_that_is_none_is_refused_where_it_is_wrong(open_api, told, pointer):
    number = proposed(open_api, new())["id"]
    refused = decided(open_api, number, open_api.editor, 422, **told)
    assert pointer in {each["pointer"] for each in refused["errors"]}
    assert "open" == open_api.client.get(f"{PROPOSALS}/{number}").json()["state"]


def test_a_flood_leaves_answers_as_they_are(make_store):
    api = make_api(make_store(), Settings(proposals="open"))
    before = api.client.get(ITEMS)
    proposed(api, new())
    assert before.headers["etag"] == api.client.get(ITEMS).headers["etag"]
