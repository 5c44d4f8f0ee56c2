"""What is answered as soon as its head is read is what the application answers: every header and every byte."""

import datetime as dt
import http.client
import re
import socket

import cramjam
import orjson
import pytest
from conftest import Api
from two_ways import ADDRESSES, HEADERS, P

from api.quick import QuickAnswers
from api.responses import in_large_parts

STORES = ("geopackage",)  # what is answered at once is answered from memory


@pytest.fixture
def quick(api: Api):
    """Asks what answers at once, without the way over a socket."""
    answers = QuickAnswers(api.client.app, api.client.app.state.services)

    def ask(address, **headers):
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 50_000),
            "state": {},
            "root_path": "",
            "headers": [(b"host", b"localhost"), *((name.encode(), told.encode()) for name, told in headers.items())],
        }
        return answers(scope, address.encode())

    return ask


def test_what_has_just_been_answered_is_answered_again_unmade(quick):
    first = quick(f"{P}/items?limit=3")
    assert quick(f"{P}/items?limit=3") is first
    assert quick(f"{P}/items?limit=4") is not first
    assert quick(f"{P}/items?limit=3", host="elsewhere") is not first


def test_an_answer_is_not_given_again_after_a_change(quick, api):
    address = f"{P}/items/bo-acisa-battery"
    before = quick(address)
    tag = {"If-Match": before.headers["etag"], "Host": "localhost"}
    patch = {"Content-Type": "application/merge-patch+json", **tag, **api.editor}
    changed = api.client.patch(address, json={"properties": {"name": "Another name"}}, headers=patch)
    assert 200 == changed.status_code, changed.text
    after = quick(address)
    assert "Another name" != orjson.loads(before.body)["properties"]["name"]
    assert "Another name" == orjson.loads(after.body)["properties"]["name"]
    assert before.headers["etag"] != after.headers["etag"]


def test_each_page_of_a_question_is_what_it_is_alone(quick, api):
    """What pages have in common is kept: neither a mark nor another client's wishes are."""
    asked, seen = [f"{P}/items?limit=9&country=CL%2CAR", f"{P}/items?country=CL%2CAR&limit=9"], []
    for address in asked:
        while address:
            answer = quick(address)
            page, alone = orjson.loads(answer.body), api.client.get(address, headers={"Host": "localhost"}).json()
            assert {**alone, "timeStamp": 0} == {**page, "timeStamp": 0}
            links = {link["rel"]: link["href"].removeprefix("http://localhost") for link in page["links"]}
            assert address == links["self"]
            assert f'<http://localhost{address}>; rel="self"' in answer.headers["link"]
            seen.append(address)
            address = links.get("next")
    assert len(seen) > 10
    assert quick(seen[1]).headers.get("content-encoding") is None
    assert "br" == quick(seen[1], **{"accept-encoding": "br"}).headers["content-encoding"]
    assert quick(seen[1], accept="text/csv") is None
    assert quick(seen[1].replace("after=", "after=x")) is None  # which is no mark: the application says so


def test_an_answer_of_one_day_is_not_given_on_another(quick, monkeypatch):
    address = f"{P}/items?limit=1000"
    before = quick(address)
    monkeypatch.setattr("geo.dates.today", lambda: dt.date(2040, 1, 1))
    assert quick(address).headers["etag"] != before.headers["etag"]


@pytest.mark.parametrize("own", [{"cookie": "a=b"}, {"cache-control": "no-cache"}])
def test_nothing_is_kept_of_who_shows_a_secret_or_wants_it_made(quick, own):
    first = quick(f"{P}/items?limit=3", **own)
    assert quick(f"{P}/items?limit=3", **own) is not first


@pytest.mark.parametrize("key", [{"authorization": "Bearer secret"}, {"x-api-key": "secret"}])
def test_who_shows_a_key_goes_through_the_application_which_looks_it_up(quick, key):
    assert quick(f"{P}/items?limit=3", **key) is None


@pytest.mark.parametrize("sizes", [[], [1], [70_000], [10, 70_000, 10, 10], [50_000] * 12, [300_000, 5], [1] * 1000])
def test_pieces_put_together_are_the_same_bytes(sizes):
    pieces = [bytes([at % 251]) * size for at, size in enumerate(sizes)]
    parts = list(in_large_parts(pieces))
    assert b"".join(pieces) == b"".join(parts)
    assert len(parts) <= 2 * len([size for size in sizes if size >= 65_536]) + sum(sizes) // 200_000 + 1


def asked(server, address, headers, method="GET"):
    host, port = server.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    connection.putrequest(method, address, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body, changing = answer.read(), {"date", "connection", "x-request-id"}
    if answer.getheader("content-encoding") == "br":  # the time stamp is within, and the length changes with it
        body, changing = bytes(cramjam.brotli.decompress(body)), {*changing, "content-length"}
    if answer.status >= 400:  # the number of the request is within
        changing = {*changing, "content-length"}
    body = re.sub(rb'"(timeStamp|request_id)":"[^"]*"', b"", body)
    said = {name.lower(): value for name, value in answer.getheaders() if name.lower() not in changing}
    connection.close()
    return answer.status, said, body


@pytest.mark.slow
@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: next(iter(headers), "none"))
@pytest.mark.parametrize("address", ADDRESSES)
def test_both_ways_give_the_same_answer(server, address, headers):
    """A request that closes its connection goes through the application."""
    asked(server, address, headers)  # what is kept from now on is there for both
    status, said, body = asked(server, address, headers)
    other_status, other_said, other_body = asked(server, address, {**headers, "Connection": "close"})
    assert (other_status, other_said) == (status, said)
    assert other_body == body


@pytest.mark.slow
def test_many_answers_come_one_after_the_other_on_one_connection(server):
    host, port = server.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    for number in range(30):  # quick ones, and others between them
        for address in (f"{P}/items?limit={number + 1}", "/healthz", f"{P}/items/bo-acisa-battery"):
            connection.request("GET", address)
            answer = connection.getresponse()
            assert (200, True) == (answer.status, bool(answer.read()))
    connection.close()


@pytest.mark.slow
def test_requests_that_come_at_once_are_answered_in_their_order(server):
    host, port = server.url.removeprefix("http://").split(":")
    asks = [f"{P}/items?limit=1", "/healthz", f"{P}/items/bo-acisa-battery", f"{P}/items?limit=0", f"{P}/facets"]
    heads = [f"GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n" for address in asks]
    with socket.create_connection((host, int(port)), timeout=60) as client:
        client.sendall(
            "".join([*heads, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"]).encode()
        )
        received = b""
        while part := client.recv(65_536):
            received += part
    statuses = re.findall(rb"HTTP/1\.1 (\d+) ", received)
    assert [b"200", b"200", b"200", b"400", b"200", b"200"] == statuses
    kinds = re.findall(rb"(?i)content-type: ([\w/+.-]+)", received)
    assert [b"application/geo+json", b"application/json", b"application/geo+json"] == kinds[:3]


@pytest.mark.slow
@pytest.mark.parametrize(
    "head", [b"GET /\xff HTTP/1.1\r\n\r\n", b"GET " + P.encode() + b"/items/\xc3\xb1 HTTP/1.1\r\n\r\n"]
)
def test_an_address_of_other_letters_harms_nobody(server, head):
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as client:
        client.sendall(head)
        assert re.match(rb"HTTP/1\.1 4\d\d ", client.recv(65_536))
    assert 200 == asked(server, "/healthz", {})[0]


def test_a_host_that_is_not_known_is_not_answered_at_once(quick, api):
    address = f"{P}/items?limit=3"
    assert quick(address) is not None
    scope = {"type": "http", "method": "GET", "scheme": "http", "server": ("127.0.0.1", 80), "root_path": ""}
    answers = QuickAnswers(api.client.app, api.client.app.state.services)
    for host in (b"evil.example", b"a b", b"localhost, evil.example"):
        assert answers({**scope, "headers": [(b"host", host)]}, address.encode()) is None


@pytest.mark.slow
def test_a_served_answer_is_for_a_known_host(server):
    for host, status in (("localhost", 200), ("evil.example", 421), ("a b", 400)):
        for path in (f"{P}/items?limit=3", "/about"):
            assert status == asked(server, path, {"Host": host})[0], (host, path)
