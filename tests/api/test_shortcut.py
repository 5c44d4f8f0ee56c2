"""What is answered of a database without the way to a route is what the route answers, and asks the database once."""

import re
import threading

import cramjam
import psycopg
import pytest
from clusters.databases import END_ALL, working_on
from made_up import made_up
from two_ways import ADDRESSES, HEADERS, P

from api.routes import features
from geo.editing import Edit
from geo.postgis.catalog import FILLING
from geo.postgis.pool import Pool

pytestmark = pytest.mark.postgres

STORES = (pytest.param("postgis"),)
ITEM = f"{P}/items/bo-acisa-battery"
ELSEWHERE = {"Origin": "https://elsewhere.example"}
FURTHER = [
    f"{P}/items?filter=status='operating'&limit=5",
    f"{P}/items?limit=3&crs=http://www.opengis.net/def/crs/EPSG/0/3857",
    f"{P}/items?properties=name,status&limit=3",
    f"{P}/items?f=html",
    f"{P}/items?at=2026",
    f"{P}/items?after=nothing",
    f"{ITEM}?crs=http://www.opengis.net/def/crs/EPSG/0/3857",
    f"{ITEM}?f=html",
    f"{P}/items/bo-acisa-battery%0A",
    f"{P}/items/bo-acisa-battery/",
]
THE_LONG_WAY = {"Content-Length": "0"}  # which says nothing, and is unusual


def name_of(make_store):
    """What a store's database is called."""
    return make_store.location.split("/")[3].split("?")[0]


def said(answer):
    """What an answer says, but for what differs each time."""
    body, changing = answer.content, {"date", "x-request-id"}
    if answer.headers.get("content-encoding") == "br":  # the time stamp is within, and the length changes with it
        body, changing = bytes(cramjam.brotli.decompress(body)), {*changing, "content-length"}
    if answer.status_code >= 400:  # the number of the request is within
        changing = {*changing, "content-length"}
    headers = sorted((name, value) for name, value in answer.headers.multi_items() if name not in changing)
    return answer.status_code, headers, re.sub(rb'"(timeStamp|request_id)":"[^"]*"', b"", body)


@pytest.mark.parametrize("headers", [*HEADERS, ELSEWHERE], ids=lambda headers: next(iter(headers), "none"))
def test_both_ways_give_the_same_answer(api, headers):
    for address in [*ADDRESSES, *FURTHER]:
        first, again = (api.client.get(address, headers=headers) for _ in range(2))
        long = api.client.get(address, headers={**headers, **THE_LONG_WAY})
        assert said(long) == said(first) == said(again), address


@pytest.fixture
def statements(monkeypatch):
    """The statements that are sent to PostgreSQL from now on by whoever answers, and not by who sees to the tables."""
    sent, execute = [], psycopg.Connection.execute

    def noting(self, query, *given, **named):
        if threading.current_thread().name != FILLING:
            sent.append(query)
        return execute(self, query, *given, **named)

    monkeypatch.setattr(psycopg.Connection, "execute", noting)
    return sent


@pytest.mark.parametrize(
    ("address", "headers", "number"),
    [
        (ITEM, {}, 1),
        (f"{P}/items?limit=10", {}, 1),  # whether it still holds
        (f"{P}/items?limit=10", {"Cache-Control": "no-cache"}, 2),  # a moment, and a page of it
    ],
)
def test_a_short_answer_asks_the_database_little(api, statements, address, headers, number):
    api.client.get(address, headers=headers)  # from now on it is known how many there are
    statements.clear()
    assert 200 == api.client.get(address, headers=headers).status_code
    assert number == len(statements), statements


def test_what_has_changed_is_in_the_next_answer(api):
    page = f"{P}/items?q=acisa"
    before = [api.client.get(address) for address in (ITEM, page, page)]
    assert "Another name" not in "".join(each.text for each in before)
    patch = {"Content-Type": "application/merge-patch+json", "If-Match": before[0].headers["etag"], **api.editor}
    changed = api.client.patch(ITEM, json={"properties": {"name": "Another name"}}, headers=patch)
    assert 200 == changed.status_code, changed.text
    for address, former in ((ITEM, before[0]), (page, before[1])):
        after = api.client.get(address, headers={"If-None-Match": former.headers["etag"]})
        assert (200, True) == (after.status_code, "Another name" in after.text)


def test_what_is_written_by_another_server_is_in_the_next_answer(api, make_store):
    page, other = f"{P}/items?limit=2&sortby=-updated", make_store()
    assert "bo-of-another" not in api.client.get(page).text
    other.write([Edit("bo-of-another", made_up("bo-of-another"), None, "test")])
    assert "bo-of-another" in api.client.get(page).text
    assert 200 == api.client.get(f"{P}/items/bo-of-another").status_code


@pytest.mark.parametrize("way", [{}, THE_LONG_WAY], ids=["short", "long"])
def test_who_keeps_a_page_is_told_of_what_was_written_while_it_was_made(api, monkeypatch, way):
    page, found = f"{P}/items?limit=2&sortby=-updated", features._found

    def written_meanwhile(*asked):
        records = found(*asked)
        api.store.write([Edit("bo-meanwhile", made_up("bo-meanwhile"), None, "test")])
        return records

    monkeypatch.setattr(features, "_found", written_meanwhile)
    before = api.client.get(page, headers=way)
    monkeypatch.undo()
    assert "bo-meanwhile" not in before.text
    after = api.client.get(page, headers={**way, "If-None-Match": before.headers["etag"]})
    assert (200, True) == (after.status_code, "bo-meanwhile" in after.text)


@pytest.mark.slow
def test_what_the_database_does_not_answer_is_refused_once(api, postgres, make_store, monkeypatch):
    """Nobody waits for it on the short way, and then on the long one."""
    assert 200 == api.client.get(ITEM).status_code
    waits, waited_for = [], Pool._waited_for

    def noting(self, until):
        waits.append(self)
        found = waited_for(self, until)
        waits.pop()  # a connection was lent
        return found

    monkeypatch.setattr(Pool, "_waited_for", noting)
    database = name_of(make_store)
    with working_on(postgres) as connection:
        connection.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false')
        connection.execute(END_ALL, [database])
    refused = api.client.get(ITEM)
    assert (503, "store-unavailable") == (refused.status_code, refused.json()["rule"])
    assert 1 == len(waits)


def test_a_connection_that_was_lost_is_replaced(api, postgres, make_store):
    assert 200 == api.client.get(ITEM).status_code
    for address in (ITEM, f"{P}/items?limit=10", f"{P}/items?limit=10"):
        with working_on(postgres) as connection:
            connection.execute(END_ALL, [name_of(make_store)])
        assert 200 == api.client.get(address).status_code


def test_it_is_counted_as_the_route_that_it_stands_for(api):
    api.client.get(ITEM)
    api.client.get(f"{P}/items?limit=3")
    told = api.client.get("/metrics").text
    for route in (f"{P.rpartition('/')[0]}/{{collection_id}}/items/{{feature_id}}", "{collection_id}/items"):
        assert f'{route}"' in told
    assert 'route="none"' not in told
