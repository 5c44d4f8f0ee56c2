"""Changing records over HTTP: keys, revisions, and refusals that say what would be right."""

import datetime as dt
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import orjson
import pytest
from conftest import client_of
from hypothesis import given
from hypothesis import strategies as st
from made_up import made_up_feature
from stored import written_by_another

from api import overtaken
from api.settings import Settings
from geo import boundaries
from geo.dates import now
from geo.editing import Edit, merge_patch
from geo.keys import create_key
from geo.opening import open_ledger
from geo.relational.database import WAIT_SECONDS
from geo.vocabulary import LOCATION_DOUBTS

ITEMS = "/api/collections/projects/items"
RECORD_MADE = f"{ITEMS}/bo-made-up"
RECORD = f"{ITEMS}/bo-rosatom-battery-factory"
GEOJSON = {"Content-Type": "application/geo+json"}
PATCH = {"Content-Type": "application/merge-patch+json"}


def send(api, method, path, body=None, expect=200, **headers):
    given_headers = {**api.editor, **headers}
    content = body if isinstance(body, bytes) or body is None else orjson.dumps(body)
    answer = api.client.request(method, path, content=content, headers=given_headers)
    assert expect == answer.status_code, answer.text[:600]
    return answer


def tag(api, path=RECORD):
    return {"If-Match": api.client.get(path).headers["etag"]}


def test_a_record_is_added_read_changed_replaced_and_deleted(api):
    made = send(api, "POST", f"{ITEMS}?comment=seen%20in%20the%20news", made_up_feature("bo-new"), 201, **GEOJSON)
    path = f"{ITEMS}/bo-new"
    assert made.headers["location"].endswith(path)
    assert made.json() == api.client.get(path).json()
    assert made.headers["etag"] == api.client.get(path).headers["etag"]

    patched = send(
        api, "PATCH", path, {"properties": {"name": "Renamed", "other_names": ["Old"]}}, **PATCH, **tag(api, path)
    )
    assert ("Renamed", 2) == (patched.json()["properties"]["name"], patched.json()["properties"]["revision"])
    unset = send(api, "PATCH", path, {"properties": {"other_names": None}}, **PATCH, **tag(api, path))
    assert "other_names" not in unset.json()["properties"]

    send(api, "PUT", path, made_up_feature("bo-new", name="Replaced"), **GEOJSON, **tag(api, path))
    send(api, "DELETE", path, None, 204, **tag(api, path))
    assert 410 == api.client.get(path).status_code

    history = api.client.get(f"{path}/revisions").json()["revisions"]
    assert ["create", "update", "update", "update", "delete"] == [r["action"] for r in history]
    assert {"editor"} == {r["author"] for r in history}
    assert "seen in the news" == history[0]["comment"]
    assert ["Made-up plant", "Renamed", "Renamed", "Replaced"] == [
        r["feature"]["properties"]["name"] for r in history[:4]
    ]
    assert history[4]["feature"] is None


def test_a_new_record_is_found_at_once(api):
    before = api.client.get(ITEMS, params={"q": "made-up plant"}).json()["numberMatched"]
    send(api, "POST", ITEMS, made_up_feature("bo-new"), 201, **GEOJSON)
    assert before + 1 == api.client.get(ITEMS, params={"q": "made-up plant"}).json()["numberMatched"]


def test_an_id_is_made_from_country_and_name(api):
    feature = made_up_feature(name="Fábrica de Baterías Nº 1 (Росатом)")
    del feature["id"]
    ids = [send(api, "POST", ITEMS, feature, 201, **GEOJSON).json()["id"] for _ in range(2)]
    assert ["bo-fabrica-de-baterias-no-1-rosatom", "bo-fabrica-de-baterias-no-1-rosatom-2"] == ids
    feature["properties"]["name"] = "☃ ๑"  # letters that no id can have
    assert send(api, "POST", ITEMS, feature, 201, **GEOJSON).json()["id"].startswith("bo-")


def test_a_name_may_come_many_times(api):
    feature = made_up_feature()
    del feature["id"]
    ids = {send(api, "POST", ITEMS, feature, 201, **GEOJSON).json()["id"] for _ in range(12)}
    assert 12 == len(ids)
    assert all(i.startswith("bo-made-up-plant") for i in ids)


def test_what_was_read_can_be_sent_back(api):
    feature = api.client.get(RECORD).json()
    again = send(api, "PUT", RECORD, feature, **GEOJSON, **tag(api)).json()
    assert {**feature["properties"], "revision": 2, "updated": None} == {**again["properties"], "updated": None}


@pytest.mark.parametrize(("method", "path"), [("POST", ITEMS), ("PUT", RECORD), ("PATCH", RECORD), ("DELETE", RECORD)])
def test_writing_needs_a_key_with_the_role(api, method, path):
    for headers in (
        {},
        {"Authorization": "Bearer la_wrong"},
        {"Authorization": "Basic eDp5"},
        {"X-API-Key": "x" * 5000},
    ):
        answer = api.client.request(method, path, headers=headers)
        assert (401, True) == (answer.status_code, "Bearer" in answer.headers["www-authenticate"])
    assert 403 == api.client.request(method, path, headers=api.reader).status_code
    assert 1 == api.client.get(RECORD).json()["properties"]["revision"]


def test_a_revoked_key_opens_nothing(api):
    _, secret = create_key(api.store.keys, "gone", "editor")
    key = {"X-API-Key": secret}
    assert (
        201
        == api.client.post(
            ITEMS, content=orjson.dumps(made_up_feature("bo-new")), headers={**key, **GEOJSON}
        ).status_code
    )
    api.store.keys.revoke("gone")
    assert 401 == api.client.post(ITEMS, content=b"{}", headers={**key, **GEOJSON}).status_code


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_change_names_the_revision_it_changes(api, method):
    body = {} if method == "PATCH" else made_up_feature("bo-rosatom-battery-factory")
    kind = PATCH if method == "PATCH" else GEOJSON
    first = tag(api)
    assert "If-Match" in send(api, method, RECORD, body, 428, **kind).json()["detail"]
    send(api, "PATCH", RECORD, {"properties": {"summary": "Changed."}}, **PATCH, **first)
    for stale in (first["If-Match"], '"7-abc"', '"rubbish"', "rubbish"):
        problem = send(api, method, RECORD, body, 412, **kind, **{"If-Match": stale}).json()
        assert 2 == problem["current_revision"]
    now = tag(api)["If-Match"]
    for other in (f"W/{now}", now[:-2] + 'x"', f'"x", W/{now}', now.replace('"2-', '"2-0')):  # strong comparison
        assert 2 == send(api, method, RECORD, body, 412, **kind, **{"If-Match": other}).json()["current_revision"]
    send(api, method, RECORD, body, 204 if method == "DELETE" else 200, **kind, **{"If-Match": f'"x", {now}'})


def test_whoever_was_overtaken_is_told_what_changed_and_what_would_be_taken(api):
    first = tag(api)
    send(api, "PATCH", RECORD, {"properties": {"summary": "Theirs.", "locality": "Uyuni"}}, **PATCH, **first)
    mine = {"properties": {"summary": "Mine.", "region": "Potosí"}}
    told = send(api, "PATCH", RECORD, mine, 412, **PATCH, **first).json()

    assert ["/properties/summary"] == [each["pointer"] for each in told["conflicts"]]
    assert ("Theirs.", "Mine.") == (told["conflicts"][0]["current"], told["conflicts"][0]["sent"])
    assert {"/properties/summary", "/properties/locality"} == {each["pointer"] for each in told["changed"]}
    assert any("Town or district: " in said and "Uyuni" in said for said in told["differences"]), "and in words"
    send(api, "PUT", RECORD, told["merged"], 200, **GEOJSON, **{"If-Match": told["etag"]})
    stated = api.client.get(RECORD).json()["properties"]
    assert ("Theirs.", "Uyuni", "Potosí") == tuple(stated[name] for name in ("summary", "locality", "region"))


def test_what_whoever_was_overtaken_is_offered_undoes_nothing_that_is_written_meanwhile(api, monkeypatch):
    """Another editor writes after both were put together, and before they are answered."""
    first, merge = tag(api), overtaken.standing_of_change

    def merge_and_be_overtaken(*arguments, **named):
        merged = merge(*arguments, **named)
        send(api, "PATCH", RECORD, {"properties": {"locality": "Uyuni"}}, 200, **PATCH, **tag(api))
        return merged

    send(api, "PATCH", RECORD, {"properties": {"summary": "By another."}}, 200, **PATCH, **first)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(overtaken, "standing_of_change", merge_and_be_overtaken)
        told = send(api, "PATCH", RECORD, {"properties": {"name": "By me."}}, 412, **PATCH, **first).json()
    send(api, "PUT", RECORD, told["merged"], 412, **GEOJSON, **{"If-Match": told["etag"]})
    assert "Uyuni" == api.client.get(RECORD).json()["properties"]["locality"]


def with_news(feature, address):
    """The record with an event more, which names its source by the address; the source has no id."""
    p = feature["properties"]
    event = {"date": "2026", "type": "other", "summary": f"By {address}.", "sources": [address]}
    added = {"events": [*p["events"], event], "sources": [*p["sources"], {"url": address, "title": "News"}]}
    return {**feature, "properties": {**p, **added}}


def test_sources_without_ids_get_their_own_also_in_what_would_be_taken(api):
    """Both add one: the same free id is given to each, and to one of them another where they go together."""
    first, record = tag(api), api.client.get(RECORD).json()
    mine, theirs = "https://example.org/mine", "https://example.org/theirs"
    send(api, "PUT", RECORD, with_news(record, theirs), **GEOJSON, **first)
    told = send(api, "PUT", RECORD, with_news(record, mine), 412, **GEOJSON, **first).json()
    assert [] == told["conflicts"]
    send(api, "PUT", RECORD, told["merged"], 200, **GEOJSON, **{"If-Match": told["etag"]})
    p = api.client.get(RECORD).json()["properties"]
    ids = {source.get("url"): source["id"] for source in p["sources"]}
    assert len(p["sources"]) == len({source["id"] for source in p["sources"]})
    for address in (mine, theirs):
        [event] = [each for each in p["events"] if each["summary"] == f"By {address}."]
        assert [ids[address]] == event["sources"]


def test_a_patch_names_a_new_source_by_its_address(api):
    record, address = api.client.get(RECORD).json(), "https://example.org/patched"
    sources = [*record["properties"]["sources"], {"url": address, "title": "News"}]
    event = {"date": "2026", "type": "other", "summary": "News.", "sources": [address]}
    patch = {"properties": {"sources": sources, "events": {"news": event}}}
    p = send(api, "PATCH", RECORD, patch, **PATCH, **tag(api)).json()["properties"]
    assert [p["sources"][-1]["id"]] == next(each["sources"] for each in p["events"] if each["key"] == "news")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_whoever_was_overtaken_with_no_record_is_told_that_they_were(api, method):
    first = tag(api)
    send(api, "PATCH", RECORD, {"properties": {"summary": "Theirs."}}, **PATCH, **first)
    kind = PATCH if method == "PATCH" else GEOJSON
    for wrong in (b"{", b"[]", b"5", b'{"properties": {"kind": "bakery"}}'):
        told = send(api, method, RECORD, wrong, 412, **kind, **first).json()
        assert ("revision-changed", False) == (told["rule"], "merged" in told)


def test_a_star_matches_what_is_there_and_nothing_else(api):
    send(api, "PATCH", RECORD, {"properties": {"summary": "Changed."}}, **PATCH, **{"If-Match": "*"})
    for named in ("*", '"1-abc"'):
        put = made_up_feature("bo-nobody"), 412
        assert "bo-nobody" in send(api, "PUT", f"{ITEMS}/bo-nobody", *put, **GEOJSON, **{"If-Match": named}).text
    send(api, "PUT", f"{ITEMS}/bo-nobody", made_up_feature("bo-nobody"), 404, **GEOJSON)
    send(api, "DELETE", f"{ITEMS}/bo-nobody", None, 404)


def test_a_star_loses_no_race_to_others(api):
    """Each of many changes that name whatever is there is made, of what the one before left."""
    api = api._replace(client=client_of(api.store, Settings(writer_seconds=60)))
    with ThreadPoolExecutor(12) as pool:
        events = [{f"k{n}": {"date": "2024", "type": "other", "summary": "x", "sources": ["s1"]}} for n in range(24)]
        sent = [{"properties": {"events": each}} for each in events]
        list(pool.map(lambda body: send(api, "PATCH", RECORD, body, **PATCH, **{"If-Match": "*"}), sent))
    made = api.client.get(RECORD).json()["properties"]
    assert 25 == made["revision"]
    assert {f"k{n}" for n in range(24)} <= {event["key"] for event in made["events"]}


def test_a_change_that_is_asked_for_twice_is_made_once(api):
    feature = {**made_up_feature(), "id": None}
    once = {**GEOJSON, "Idempotency-Key": "3f2a8c1e-9b"}
    first, again = (send(api, "POST", ITEMS, feature, 201, **once) for _ in range(2))
    assert first.json() == again.json()
    assert first.headers["location"] == again.headers["location"]
    quoted = send(api, "POST", ITEMS, feature, 201, **{**once, "Idempotency-Key": '"3f2a8c1e-9b"'})
    assert first.json()["id"] == quoted.json()["id"]
    assert 1 == api.client.get(ITEMS, params={"q": "made-up plant"}).json()["numberMatched"]
    other = send(api, "POST", ITEMS, made_up_feature("bo-other", name="Else"), 422, **once).json()
    assert "asked-otherwise" == other["rule"]
    renamed = {**once, "Idempotency-Key": "another"}
    assert first.json()["id"] != send(api, "POST", ITEMS, feature, 201, **renamed).json()["id"]


def test_of_many_that_ask_at_once_under_one_name_one_record_comes(api):
    once = {**GEOJSON, "Idempotency-Key": "at-once"}
    feature = {**made_up_feature(), "id": None}
    with ThreadPoolExecutor(12) as pool:
        ids = set(pool.map(lambda _: send(api, "POST", ITEMS, feature, 201, **once).json()["id"], range(24)))
    assert 1 == len(ids)


def test_what_was_refused_may_be_asked_for_again_under_its_name(api):
    once = {**GEOJSON, "Idempotency-Key": "mended"}
    send(api, "POST", ITEMS, made_up_feature(kind="volcano"), 422, **once)
    send(api, "POST", ITEMS, made_up_feature(), 201, **once)


def test_a_key_for_some_countries_changes_their_records_alone(api):
    _, secret = create_key(api.store.keys, "ben", "editor", scope=["BO", "AR"])
    ben = api._replace(editor={"X-API-Key": secret})
    made = send(ben, "POST", ITEMS, made_up_feature(), 201, **GEOJSON).json()
    assert "bo-made-up" == made["id"]
    elsewhere = next(each["id"] for each in api.client.get(ITEMS, params={"country": "CL"}).json()["features"])
    for method, path, body in (
        ("POST", ITEMS, made_up_feature("cl-made-up", country="CL")),
        ("PUT", RECORD_MADE, made_up_feature(country="CL")),
        ("PATCH", RECORD_MADE, {"properties": {"country": "CL"}}),
        ("PATCH", f"{ITEMS}/{elsewhere}", {"properties": {"country": "BO"}}),
        ("DELETE", f"{ITEMS}/{elsewhere}", None),
    ):
        refused = send(ben, method, path, body, 403, **GEOJSON, **{"If-Match": "*"}).json()
        assert "scope-missing" == refused["rule"]
    assert 1 == api.client.get(RECORD_MADE).json()["properties"]["revision"]
    send(ben, "PATCH", RECORD_MADE, {"properties": {"summary": "Seen."}}, **PATCH, **{"If-Match": "*"})


def test_a_name_of_one_key_is_not_that_of_another(api):
    _, secret = create_key(api.store.keys, "ben", "editor")
    feature, once = {**made_up_feature(), "id": None}, {**GEOJSON, "Idempotency-Key": "same"}
    ids = {
        api.client.post(ITEMS, content=orjson.dumps(feature), headers={**key, **once}).json()["id"]
        for key in (api.editor, {"X-API-Key": secret})
    }
    assert 2 == len(ids)


@pytest.mark.parametrize("name", ["", " ", "x" * 251, '"', "a b"])
def test_a_name_of_a_change_is_a_short_word(api, name):
    answer = send(api, "POST", ITEMS, made_up_feature(), 400, **GEOJSON, **{"Idempotency-Key": name})
    assert "idempotency-key-form" == answer.json()["rule"]


def test_a_key_that_has_ended_opens_nothing_and_says_so(api):
    ends = (
        (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=0.2)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )
    _, secret = create_key(api.store.keys, "short", "editor", ends)
    while now() <= ends:
        pass
    answer = api.client.delete(RECORD, headers={"X-API-Key": secret})
    assert (401, "key-expired") == (answer.status_code, answer.json()["rule"])
    assert 200 == api.client.get(RECORD, headers={"X-API-Key": secret}).status_code


def test_the_last_use_of_a_key_is_kept_and_nobody_waits_for_that(api):
    assert {None} == {key.used for key in api.store.keys.all()}
    with api.client, written_by_another(api.store.location):
        began = time.monotonic()
        api.client.get(RECORD, headers=api.reader)
        assert time.monotonic() - began < WAIT_SECONDS
    with closing(open_ledger(api.store.location).store) as store:
        used = {key.name: key.used for key in store.keys.all()}
    assert used["reader"]
    assert used["editor"] is None


def test_what_was_made_once_is_the_same_when_what_it_links_to_has_gone(api):
    once = {**GEOJSON, "Idempotency-Key": "linked"}
    send(api, "POST", ITEMS, made_up_feature("bo-other"), 201, **GEOJSON)
    feature = made_up_feature(links=[{"type": "supplies", "project": "bo-other", "sources": ["s1"]}])
    first = send(api, "POST", ITEMS, feature, 201, **once)
    send(api, "DELETE", f"{ITEMS}/bo-other", None, 204, **{"If-Match": "*"})
    assert first.json()["properties"] == send(api, "POST", ITEMS, feature, 201, **once).json()["properties"]


def test_a_star_that_is_to_match_nothing_is_refused_at_once(api):
    began = time.monotonic()
    send(api, "DELETE", RECORD, None, 412, **{"If-Match": "*", "If-None-Match": "*"})
    assert time.monotonic() - began < Settings.writer_seconds


def test_the_tag_of_a_compressed_answer_serves_as_well(api):
    with api.client.stream("GET", RECORD, headers={"Accept-Encoding": "gzip"}) as answer:
        packed = {"If-Match": answer.headers["etag"]}
    send(api, "PATCH", RECORD, {"properties": {"summary": "Changed."}}, **PATCH, **packed)


def test_of_fifty_concurrent_patches_with_one_tag_one_succeeds(api):
    first = tag(api)

    def attempt(number):
        body = orjson.dumps({"properties": {"summary": f"Attempt {number}."}})
        return api.client.patch(RECORD, content=body, headers={**api.editor, **PATCH, **first}).status_code

    with ThreadPoolExecutor(16) as pool:
        codes = sorted(pool.map(attempt, range(50)))
    assert [200] + [412] * 49 == codes
    assert 2 == api.client.get(RECORD).json()["properties"]["revision"]


def test_a_wrong_record_is_one_problem_that_lists_every_field(api):
    wrong = made_up_feature("bo-new", kind="volcano", country="Bolivia", events=[{"date": "soon", "type": "status"}])
    answer = send(api, "POST", ITEMS, wrong, 422, **GEOJSON)
    pointers = {e["pointer"] for e in answer.json()["errors"]}

    assert "application/problem+json" == answer.headers["content-type"]
    assert {
        "/properties/kind",
        "/properties/country",
        "/properties/events/0/date",
        "/properties/events/0/sources",
        "/properties/events/0/status",
        "/properties/events/0/summary",
    } == pointers
    assert all(e["detail"] and e["expected"] for e in answer.json()["errors"])


def test_a_list_of_faults_is_bounded(api):
    event = {"date": "soon", "type": "x", "summary": "", "sources": []}
    answer = send(api, "POST", ITEMS, made_up_feature("bo-new", events=[event] * 200), 422, **GEOJSON)
    assert 100 == len(answer.json()["errors"])


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": NaN}', b"null", b"5", b'"x"', b"[]"])
def test_rubbish_is_refused_politely(api, body):
    for method, path, kind in (("POST", ITEMS, GEOJSON), ("PUT", RECORD, GEOJSON), ("PATCH", RECORD, PATCH)):
        answer = api.client.request(method, path, content=body, headers={**api.editor, **kind, "If-Match": "*"})
        assert answer.status_code in (400, 422), answer.text[:200]
        assert "detail" in answer.json()


def test_a_body_over_a_mebibyte_is_refused_announced_or_not(api):
    body = b" " * (2**20 + 1)
    assert 413 == send(api, "POST", ITEMS, body, 413, **GEOJSON).json()["status"]
    chunks = (b" " * 2**16 for _ in range(17))
    answer = api.client.post(ITEMS, content=chunks, headers={**api.editor, **GEOJSON})
    assert 413 == answer.status_code
    send(api, "POST", ITEMS, b" " * 2**20, 400, **GEOJSON)


def test_a_body_of_another_type_is_refused(api):
    for media_type in ("text/plain", "application/xml", ""):
        send(api, "POST", ITEMS, b"{}", 415, **{"Content-Type": media_type})


def test_a_patch_of_what_is_derived_says_what_to_do(api):
    problem = send(
        api, "PATCH", RECORD, {"properties": {"status": "operating", "revision": 9}}, 422, **PATCH, **tag(api)
    ).json()
    assert {"/properties/status", "/properties/revision"} == {e["pointer"] for e in problem["errors"]}
    assert "an event" in problem["errors"][0]["expected"]


def test_a_patch_cannot_change_the_id(api):
    for body, method, kind in (({"id": "bo-other"}, "PATCH", PATCH), (made_up_feature("bo-other"), "PUT", GEOJSON)):
        problem = send(api, method, RECORD, body, 422, **kind, **tag(api)).json()
        assert ["/id"] == [e["pointer"] for e in problem["errors"]]


def test_a_patch_of_an_unknown_member_says_where_it_belongs(api):
    problem = send(api, "PATCH", RECORD, {"name": "New name", "colour": "red"}, 422, **PATCH, **tag(api)).json()
    assert {"/name": "/properties/name", "/colour": "geometry, or properties"} == {
        e["pointer"]: e["expected"] for e in problem["errors"]
    }


def test_a_body_is_only_so_deep(api):
    deep = b'{"a":' * 1_000 + b"1" + b"}" * 1_000
    for method, path, kind in (("POST", ITEMS, GEOJSON), ("PATCH", RECORD, PATCH)):
        assert "deep" in send(api, method, path, deep, 400, **kind, **{"If-Match": "*"}).json()["detail"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_if_none_match_stops_a_change_before_it_is_made(api, method):
    body = {} if method == "PATCH" else made_up_feature("bo-rosatom-battery-factory")
    kind = PATCH if method == "PATCH" else GEOJSON
    for value in ("*", tag(api)["If-Match"]):
        send(api, method, RECORD, body, 412, **kind, **{"If-Match": "*", "If-None-Match": value})
    assert 1 == api.client.get(RECORD).json()["properties"]["revision"]


def test_the_answer_to_a_change_is_that_change(api, monkeypatch):
    """Also when somebody else changes the record between the write and the answer."""
    write = api.store.write

    def and_then_another(changes):
        done = write(changes)
        write([Edit(RECORD.rsplit("/", 1)[1], None, done[0].number, "eve")])
        return done

    monkeypatch.setattr(api.store, "write", and_then_another)
    answer = send(api, "PATCH", RECORD, {"properties": {"summary": "Mine."}}, 200, **PATCH, **tag(api))
    assert ("Mine.", 2) == tuple(answer.json()["properties"][name] for name in ("summary", "revision"))
    assert answer.headers["etag"].startswith('"2-')
    assert 410 == api.client.get(RECORD).status_code


def test_a_country_level_record_that_moves_gets_the_other_outline(api):
    before = api.client.get(RECORD).json()["geometry"]
    moved = send(api, "PATCH", RECORD, {"properties": {"country": "PE"}}, 200, **PATCH, **tag(api)).json()
    assert before != moved["geometry"]
    assert boundaries.outline("PE") == moved["geometry"]


def test_a_link_leads_to_a_record(api):
    link = [{"type": "supplies", "project": "zz-nowhere", "sources": ["s1"]}]
    problem = send(api, "POST", ITEMS, made_up_feature("bo-new", links=link), 422, **GEOJSON).json()
    assert ["/properties/links/0/project"] == [e["pointer"] for e in problem["errors"]]


def placed(longitude, latitude, **stated):
    return made_up_feature(geometry={"type": "Point", "coordinates": [longitude, latitude]}, **stated)


@pytest.mark.parametrize(("position", "rule"), [((-20.2, -67.6), "outside-country"), ((0, 0), "at-zero")])
def test_a_place_that_looks_wrong_is_taken_with_a_warning_and_marked(api, position, rule):
    made = send(api, "POST", ITEMS, placed(*position), 201, **GEOJSON)
    [warning] = made.json()["warnings"]
    assert ("/geometry/coordinates", rule) == (warning["pointer"], warning["rule"])
    assert f"ongitude {position[0]}" in warning["detail"]
    assert (position != (0, 0)) == ("lies in BO" in warning["detail"]), "swapped coordinates are told as such"
    assert "BO" in warning["expected"]
    read = api.client.get(RECORD_MADE).json()
    assert rule == read["properties"]["location_doubt"]
    assert "warnings" not in read
    assert LOCATION_DOUBTS[rule].label in api.client.get("/projects/bo-made-up").text

    changed = send(api, "PATCH", RECORD_MADE, {"properties": {"name": "Renamed"}}, **PATCH, **{"If-Match": "*"})
    assert [rule] == [each["rule"] for each in changed.json()["warnings"]]
    mended = send(api, "PUT", RECORD_MADE, placed(-67.6, -20.2), **GEOJSON, **{"If-Match": "*"})
    assert "warnings" not in mended.json()
    assert mended.json()["properties"]["location_doubt"] is None


def test_the_tag_of_an_answer_with_warnings_is_that_of_the_record(api):
    made = send(api, "POST", ITEMS, placed(0, 0), 201, **GEOJSON)
    assert made.headers["etag"] == api.client.get(RECORD_MADE).headers["etag"]
    assert 304 == api.client.get(RECORD_MADE, headers={"If-None-Match": made.headers["etag"]}).status_code


def test_a_second_record_of_one_name_is_taken_with_a_warning(api):
    feature = made_up_feature(name="Twice said")
    del feature["id"]
    assert "warnings" not in send(api, "POST", ITEMS, feature, 201, **GEOJSON).json()
    again = send(api, "POST", ITEMS, feature, 201, **GEOJSON).json()
    assert "bo-twice-said-2" == again["id"]
    assert [("/id", "id-taken")] == [(each["pointer"], each["rule"]) for each in again["warnings"]]
    for project_id in ("bo-twice-said", "bo-twice-said-2"):
        send(api, "DELETE", f"{ITEMS}/{project_id}", None, 204, **{"If-Match": "*"})
    third = send(api, "POST", ITEMS, feature, 201, **GEOJSON).json()
    assert "warnings" not in third, "a deleted record is no twin"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"type": "Feature", "type": "Feature"}', "'type' stands twice"),
        (json.dumps({**made_up_feature(), "crs": "EPSG:3857"}).encode(), "EPSG:3857"),
    ],
)
def test_a_body_that_could_be_read_in_two_ways_is_refused(api, body, words):
    answer = api.client.post(ITEMS, content=body, headers={**api.editor, "Content-Type": "application/geo+json"})
    assert answer.status_code in (400, 422)
    assert words in answer.text


def test_a_body_with_a_byte_order_mark_is_read(api):
    body = json.dumps(made_up_feature("bo-windows")).encode("utf-8-sig")
    headers = {**api.editor, "Content-Type": "application/geo+json"}
    assert 201 == api.client.post(ITEMS, content=body, headers=headers).status_code


def test_an_id_that_was_used_is_a_conflict(api):
    assert (
        409 == send(api, "POST", ITEMS, made_up_feature("bo-rosatom-battery-factory"), 409, **GEOJSON).json()["status"]
    )
    send(api, "DELETE", RECORD, None, 204, **tag(api))
    send(api, "POST", ITEMS, made_up_feature("bo-rosatom-battery-factory"), 409, **GEOJSON)
    send(api, "PUT", RECORD, made_up_feature("bo-rosatom-battery-factory"), 410, **GEOJSON, **{"If-Match": "*"})


def test_a_country_level_record_gets_the_country_s_outline(api):
    feature = made_up_feature("bo-new", location_accuracy="country", geometry=None)
    assert "Polygon" == send(api, "POST", ITEMS, feature, 201, **GEOJSON).json()["geometry"]["type"]
    pin = made_up_feature("bo-pin", location_accuracy="country")
    assert ["/geometry"] == [e["pointer"] for e in send(api, "POST", ITEMS, pin, 422, **GEOJSON).json()["errors"]]


@pytest.mark.parametrize("comment", ["x" * 501, "a%00b", "a%0ab"])
def test_a_comment_is_bounded(api, comment):
    send(api, "POST", f"{ITEMS}?comment={comment}", made_up_feature("bo-new"), 400, **GEOJSON)
    send(api, "POST", f"{ITEMS}?unheard=of", made_up_feature("bo-new"), 400, **GEOJSON)


def test_options_tell_what_this_key_may_do(api):
    def allowed(path, headers):
        answer = api.client.options(path, headers=headers)
        assert 200 == answer.status_code
        return answer.headers["allow"]

    assert "GET, HEAD, OPTIONS" == allowed(ITEMS, {}) == allowed(RECORD, api.reader)
    assert "GET, HEAD, OPTIONS, POST" == allowed(ITEMS, api.editor)
    assert "GET, HEAD, OPTIONS, PUT, PATCH, DELETE" == allowed(RECORD, api.editor)


RFC_7396 = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


def test_a_claim_is_changed_by_its_key_and_the_others_stay(api):
    before = api.client.get(RECORD).json()["properties"]["events"]
    change = {before[0]["key"]: {"summary": "Said better."}, before[1]["key"]: None}
    after = send(api, "PATCH", RECORD, {"properties": {"events": change}}, **PATCH, **tag(api)).json()
    first, *rest = after["properties"]["events"]
    assert {**before[0], "summary": "Said better."} == first
    assert before[2:] == rest


def test_a_record_that_comes_back_without_keys_keeps_them(api):
    """As from a program that drops what it does not know."""
    before = api.client.get(RECORD).json()
    bare = {**before["properties"], "name": "Renamed"}
    bare["events"] = [{k: v for k, v in event.items() if k != "key"} for event in bare["events"]]
    after = send(api, "PUT", RECORD, {**before, "properties": bare}, **GEOJSON, **tag(api)).json()
    assert before["properties"]["events"] == after["properties"]["events"]


def test_a_revision_says_what_it_changed(api):
    key = api.client.get(RECORD).json()["properties"]["events"][0]["key"]
    change = {"name": "Renamed", "events": {key: {"summary": "Said better."}}}
    send(api, "PATCH", RECORD, {"properties": change}, **PATCH, **tag(api))
    send(api, "PATCH", RECORD, {"properties": {"name": "Again"}}, **PATCH, **tag(api))
    both = ["/properties/name", f"/properties/events/{key}/summary"]
    history = api.client.get(f"{RECORD}/revisions").json()["revisions"]
    assert [[], both, ["/properties/name"]] == [revision["changed"] for revision in history]
    page = api.client.get(f"{RECORD}/revisions?after=1&limit=1").json()["revisions"]
    assert [both] == [revision["changed"] for revision in page]


def test_two_claims_of_one_key_are_refused(api):
    owners = [{"key": "a", "name": name, "role": "owner", "sources": ["s1"]} for name in ("Ana", "Ben")]
    refused = send(api, "POST", ITEMS, made_up_feature(owners=owners), 422, **GEOJSON).json()
    assert [("/properties/owners/1/key", "key-twice")] == [(e["pointer"], e["rule"]) for e in refused["errors"]]


@pytest.mark.parametrize(("target", "patch", "merged"), RFC_7396)
def test_the_examples_of_rfc_7396_come_out_as_it_says(target, patch, merged):
    assert merged == merge_patch(target, patch)


@given(st.dictionaries(st.text(max_size=3), st.integers() | st.dictionaries(st.text(max_size=3), st.integers())))
def test_an_empty_patch_changes_nothing(target):
    assert target == merge_patch(target, {})
