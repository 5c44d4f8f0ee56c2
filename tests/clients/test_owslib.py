"""OWSLib reads the API, and changes it with a key."""

import pytest
from made_up import made_up
from owslib.ogcapi.features import Features

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ledger(world):
    return Features(f"{world.url}/api")


def test_it_finds_what_the_landing_page_links(ledger, told):
    assert {"self", "service-desc", "conformance", "data"} <= {link["rel"] for link in ledger.links}
    assert "/collections/projects/items" in ledger.api()["paths"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in ledger.conformance()["conformsTo"]
    assert "projects" in ledger.feature_collections()
    assert "projects" == ledger.collection("projects")["id"]
    told.done("owslib", "links, definition, conformance, collections", "found")


def test_it_asks_for_records(ledger, records, told):
    asked = {"country": "BO", "limit": 1000}
    found = ledger.collection_items("projects", **asked)
    assert {name for name, each in records.items() if each["properties"]["country"] == "BO"} == ids(found)
    boxed = ledger.collection_items("projects", bbox=[-70, -23, -57, -9], limit=1000)
    dated = ledger.collection_items("projects", datetime_="../2010-01-01", limit=1000)
    assert set() < ids(boxed) < set(records)
    assert set() < ids(dated) < set(records)
    told.done(
        "owslib", "items: property, bbox, datetime", f"{len(ids(found))}, {len(ids(boxed))}, {len(ids(dated))} records"
    )


def ids(page):
    return {feature["id"] for feature in page["features"]}


def test_it_adds_changes_and_deletes_a_record(editable, told):
    """It sends no If-Match of itself, so that stands among the headers; a dict is sent as JSON, a text as XML."""
    headers = {"Authorization": f"Bearer {editable.key}", "If-Match": "*"}
    ledger = Features(f"{editable.url}/api", headers=headers)
    record = made_up("bo-made-up").to_feature()
    ledger.collection_item_create("projects", record)
    record["properties"]["name"] = "Another name"
    ledger.collection_item_update("projects", "bo-made-up", record)
    assert "Another name" == ledger.collection_item("projects", "bo-made-up")["properties"]["name"]
    ledger.collection_item_delete("projects", "bo-made-up")
    with pytest.raises(RuntimeError, match="410"):
        ledger.collection_item("projects", "bo-made-up")
    told.done("owslib", "create, update, delete", "done")
