"""The tag of an answer says what it was made of: who asks with it later misses nothing."""

import itertools

import pytest
from made_up import made_up
from proposed import new

from geo.editing import Edit
from geo.gathered.catalog import GatheredCatalog
from geo.memory.catalog import MemoryCatalog

STORES = ("geopackage",)  # the order in which an answer is made is the same over every store

pytestmark = pytest.mark.slow

RECORD, ITEMS = "bo-rosatom-battery-factory", "/api/collections/projects/items"
ADDRESSES = [
    f"{ITEMS}?limit=3",
    f"{ITEMS}?limit=3&f=html",
    f"{ITEMS}/{RECORD}/revisions",
    f"{ITEMS}/{RECORD}/revisions/1",
    f"{ITEMS}/{RECORD}/timemap",
    "/api/collections/projects",
    "/api/collections/projects/facets",
    "/api/collections/projects/statistics?by=kind",
    "/api/collections/countries/items/BO?f=html",
    f"/projects/{RECORD}",
    f"/projects/{RECORD}/correct",
    f"/projects/{RECORD}/revisions",
    f"/projects/{RECORD}/revisions/1",
    f"/projects/{RECORD}/cite",
    "/cite?country=BO",
    "/api/collections/projects/events",
    "/proposals/1",
    "/llms.txt",
]


@pytest.fixture
def written(own_api, monkeypatch):
    """Writes a record after each read that an answer is made of, as another server may; returns their number."""
    number, writes = itertools.count(1), []

    def then_written(read):
        def reading(*values, **named):
            found = read(*values, **named)
            if not writes or writes[-1] is None:  # not while it is written itself
                writes.append("now")
                name = f"bo-meanwhile-{next(number)}"
                own_api.store.write([Edit(name, made_up(name), None, "test")])
                writes.append(None)
            return found

        return reading

    stored = [(type(own_api.store), name) for name in ("revisions", "head")]
    asked = [(MemoryCatalog, name) for name in ("get", "search", "count", "tally", "events", "extent")]
    asked += [(GatheredCatalog, "get")]
    for owner, name in (*stored, *asked, (type(own_api.store.proposals), "get")):
        monkeypatch.setattr(owner, name, then_written(getattr(owner, name)))
    return writes


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_written_while_an_answer_is_made_is_missed_by_nobody(own_api, request, address):
    proposed = own_api.client.post("/api/proposals", json=new(), headers=own_api.editor)
    assert 202 == proposed.status_code, proposed.text
    written = request.getfixturevalue("written")
    first = own_api.client.get(address)
    assert 200 == first.status_code
    assert written, "nothing was read: name what reads it"
    request.getfixturevalue("monkeypatch").undo()
    again = own_api.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert 200 == again.status_code, "it may be of what was there before"
