"""What the form asks while it is filled in: bounded, in the reader's language, and of nobody but this server."""

import pytest
from made_up import made_up_feature
from provoke import source

ADDRESSES, PLACES, ALIKE = "/api/addresses", "/api/places", "/api/collections/projects/alike"


def test_an_address_tells_what_follows_from_it(api):
    asked = {"url": "https://www.electrive.com/2024/03/26/a-cell-factory-opens/?utm_source=x", "lang": "es"}
    told = api.client.get(ADDRESSES, params=asked)
    assert "es" == told.headers["Content-Language"]
    assert "Accept-Language" in told.headers["Vary"]
    found = told.json()
    assert "https://www.electrive.com/2024/03/26/a-cell-factory-opens/" == found["url"]
    assert ("news", "electrive", "2024-03-26", "A cell factory opens") == (
        found["type"],
        found["publisher"],
        found["published"],
        found["title"],
    )
    assert [("address-tracking", "note")] == [(each["rule"], each["severity"]) for each in found["faults"]]
    assert "utm_source" in found["faults"][0]["detail"]


def test_what_is_no_source_is_refused_with_what_would_count(api):
    [refusal] = api.client.get(ADDRESSES, params={"url": "https://chatgpt.com/c/1", "lang": "ru"}).json()["faults"]
    assert ("source-is-chatbot", "error") == (refusal["rule"], refusal["severity"])
    assert "чат-бота" in refusal["detail"]
    assert refusal["expected"]


@pytest.mark.slow
def test_places_are_called_as_the_reader_calls_their_countries(api):
    [first, *_] = api.client.get(PLACES, params={"q": "Uyuni", "lang": "ru"}).json()
    assert ("Uyuni", "BO", "Боливия") == (first["name"], first["country"], first["country_name"])
    [country] = api.client.get(PLACES, params={"q": "Alemania", "lang": "zh"}).json()
    assert ("country", "德国", None) == (country["kind"], country["name"], country["longitude"])


def test_records_alike_are_told_and_follow_the_store(api):
    asked = {
        "name": "Rosatom battery",
        "country": "BO",
        "kind": "cell_factory",
        "lat": "-20",
        "lon": "-67",
        "owner": "x",
    }
    found = api.client.get(ALIKE, params=asked)
    assert "bo-rosatom-battery-factory" in [each["id"] for each in found.json()]
    again = api.client.get(ALIKE, params=asked, headers={"If-None-Match": found.headers["ETag"]})
    assert 304 == again.status_code


@pytest.mark.parametrize(
    "address",
    [
        f"{ADDRESSES}?urll=x",
        f"{ADDRESSES}?url={'x' * 2001}",
        f"{PLACES}?q={'x' * 201}",
        f"{PLACES}?q=a&country=XX",
        f"{PLACES}?q=a&q=b",
        f"{ALIKE}?kind=volcano",
        f"{ALIKE}?lat=north",
        f"{ALIKE}?lon=1e999",
        f"{ALIKE}?limit=1000000",
    ],
)
def test_what_cannot_be_asked_is_refused(api, address):
    assert 400 == api.client.get(address).status_code


def test_a_proposal_that_rests_on_no_source_is_refused_at_it_and_a_blog_is_not(api):
    """What the record says already is not the author's."""
    made = made_up_feature("bo-plant", sources=[source(url="https://www.facebook.com/a/posts/1")])
    del made["id"]
    body = {"kind": "create", "feature": made, "comment": "New."}
    [fault] = api.client.post("/api/proposals/check", json=body, headers=api.editor).json()["faults"]
    assert ("/feature/properties/sources/0/url", "source-is-social") == (fault["pointer"], fault["rule"])
    assert 422 == api.client.post("/api/proposals", json=body, headers=api.editor).status_code
    made["properties"]["sources"][0]["url"] = "https://litio.blogspot.com/2026/01/a.html"
    assert 202 == api.client.post("/api/proposals", json=body, headers=api.editor).status_code
    removal = {"kind": "delete", "project": "bo-rosatom-battery-factory", "revision": 1, "comment": "Never was."}
    refused = api.client.post(
        "/api/proposals", json={**removal, "sources": [source(url="https://t.me/a/1")]}, headers=api.editor
    )
    assert [("/sources/0/url", "source-is-social")] == [(e["pointer"], e["rule"]) for e in refused.json()["errors"]]


def test_a_check_names_the_records_that_a_new_one_resembles_but_not_itself(api):
    made = made_up_feature(name="Rosatom battery factory", country="BO")
    del made["id"]
    asked = {"kind": "create", "feature": made, "comment": "New."}
    alike = api.client.post("/api/proposals/check", json=asked, headers=api.editor).json()["alike"]
    assert "bo-rosatom-battery-factory" in [each["id"] for each in alike]


@pytest.mark.parametrize(
    "said",
    [
        {"name": "Rosatom battery factory"},
        {
            "name": "Rosatom battery factory",
            "country": "Bolivia",
            "kind": 7,
            "owners": [None, {"name": 1}],
            "region": [],
        },
        {"name": "Rosatom battery factory", "events": [{}], "sources": "none", "location_radius_km": True},
    ],
)
def test_a_check_names_records_alike_while_the_rest_is_missing_or_wrong(api, said):
    asked = {"kind": "create", "feature": {"type": "Feature", "geometry": 5, "properties": said}}
    told = api.client.post("/api/proposals/check", json=asked, headers=api.editor).json()
    assert "bo-rosatom-battery-factory" in [each["id"] for each in told["alike"]]
    assert told["faults"]


def test_a_check_names_records_at_the_place_before_there_is_a_name(api):
    there = api.client.get("/api/collections/projects/items/cl-atacama-albemarle").json()
    assert "Point" == there["geometry"]["type"]
    asked = {"kind": "create", "feature": {"type": "Feature", "geometry": there["geometry"], "properties": {}}}
    alike = api.client.post("/api/proposals/check", json=asked, headers=api.editor).json()["alike"]
    assert there["id"] in [each["id"] for each in alike]


@pytest.mark.parametrize(
    "body", [[], {}, {"kind": "create", "feature": []}, {"kind": "create", "feature": {"properties": 1}}]
)
def test_a_check_of_nothing_names_no_record(api, body):
    assert [] == api.client.post("/api/proposals/check", json=body, headers=api.editor).json()["alike"]
