"""A server in public: clients that hold connections, ask too often, or send what has two readings."""

import asyncio
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import client_of, copy_of, wait_for
from made_up import made_up_feature
from starlette.requests import Request

from api.clients import Proxies, counted_as
from api.connections import Connections, Stand
from api.routes.importing import MOST_FORM
from api.settings import Settings

STORES = ("geopackage",)  # clients are the same over every store

ITEMS = "/api/collections/projects/items"
HOST = b"Host: localhost\r\n"


def status(url):
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def connected(server, **options):
    host, port = server.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=60, **options)


def told(client):
    """All that a server says until it closes the connection."""
    received = b""
    with contextlib.suppress(ConnectionError):
        while part := client.recv(65_536):
            received += part
    return received


@pytest.fixture
def small(tmp_path, serve):
    """A server that keeps few connections, and fewer of one address that is no proxy."""
    store = copy_of("south_america", tmp_path / "ledger.gpkg")
    return serve(store, connections=40, client_connections=10, proxies="none", header_seconds=60)


def test_a_thousand_idle_connections_of_one_address_keep_nobody_out(tmp_path, serve):
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"))
    with contextlib.ExitStack() as held:
        for _ in range(1_100):
            held.enter_context(connected(server))
        for _ in range(20):
            held.enter_context(connected(server))
            assert [200, 200] == [status(f"{server.url}/healthz"), status(f"{server.url}{ITEMS}?limit=1")]


def test_an_address_has_so_many_connections_and_the_oldest_idle_one_ends_for_a_new_one(small):
    with contextlib.ExitStack() as held:
        first, *others = [held.enter_context(connected(small)) for _ in range(10)]
        others[0].sendall(b"GET /healthz HTTP/1.1\r\n" + HOST)  # a head that does not end makes it no newer
        held.enter_context(connected(small))
        assert b"" == first.recv(1)
        others[1].sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
        assert others[1].recv(65_536).startswith(b"HTTP/1.1 200")
        held.enter_context(connected(small))
        assert b"" == others[0].recv(1)
        others[2].setblocking(False)
        with pytest.raises(BlockingIOError):
            others[2].recv(1)


class Made:
    """A connection that stands as a test wants."""

    def __init__(self):
        self.its, self.ended = Stand.IDLE, False

    def stand(self):
        return self.its

    def end(self):
        self.ended = True


def test_what_works_is_never_ended_and_where_all_work_a_new_one_is_not_taken():
    connections = Connections(4, 2, Proxies("none").networks)
    made = [Made() for _ in range(6)]
    made[0].its = made[2].its = Stand.WORKS
    assert connections.open(made[0], "10.0.0.1")
    assert connections.open(made[1], "10.0.0.1")
    assert connections.open(made[2], "10.0.0.1"), "the idle one of this address ends for it"
    assert [False, True, False] == [each.ended for each in made[:3]]
    assert not connections.open(made[3], "10.0.0.1"), "both of this address work"
    assert connections.open(made[3], "10.0.0.2")
    assert connections.open(made[4], "10.0.0.3")
    connections.answered(made[3])
    assert connections.open(made[5], "10.0.0.4")
    assert [False, True] == [each.ended for each in made[3:5]], "the one that answered last is the newest"
    connections.close(made[5])
    connections.close(made[5])
    assert 3 == len(connections)


def test_an_idle_connection_ends_before_one_whose_client_takes_its_answer_slowly():
    connections = Connections(2, 2, Proxies("none").networks)
    slow, idle, new, newer = (Made() for _ in range(4))
    slow.its, new.its = Stand.WAITS, Stand.WORKS
    assert all(connections.open(each, f"10.0.0.{number}") for number, each in enumerate((slow, idle, new, newer)))
    assert [True, True, False, False] == [each.ended for each in (slow, idle, new, newer)]
    assert idle.ended


@pytest.mark.parametrize("reads", [b"", b"x"])
def test_an_answer_that_nobody_takes_is_given_up(tmp_path, serve, reads):
    """By the bytes that are still to be sent, however the answer is sent."""
    server = serve(copy_of("many", tmp_path / "ledger.gpkg"), send_seconds=1, keep_alive_seconds=1)
    with connected(server) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lines = b"GET " + ITEMS.encode() + b"?limit=10000 HTTP/1.1\r\n" + HOST + b"Cache-Control: no-cache\r\n\r\n"
        client.sendall(lines * 20)
        if reads:
            client.recv(1)
        wait_for(lambda: 0 == connections_of(server))


def connections_of(server):
    """How many connections the server's process has open."""
    port = int(server.url.rpartition(":")[2])
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "01" for row in rows)


POSTED = b"POST /healthz HTTP/1.1\r\n" + HOST
LENGTH, CHUNKED = b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"
TWO_READINGS = {
    "length and coding": POSTED + LENGTH + CHUNKED + b"\r\n0\r\n\r\n",
    "coding and length": POSTED + CHUNKED + LENGTH + b"\r\n0\r\n\r\n",
    "two lengths": POSTED + LENGTH + b"Content-Length: 6\r\n\r\n",
    "bare line feed": b"GET /healthz HTTP/1.1\n" + HOST + b"\r\n",
    "bare line feed in headers": b"GET /healthz HTTP/1.1\r\nX: a\n" + HOST + b"\r\n",
    "folded header": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n",
    "coding in HTTP/1.0": b"POST /healthz HTTP/1.0\r\n" + HOST + CHUNKED + b"\r\n0\r\n\r\n",
    "another coding": POSTED + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "coding twice": POSTED + CHUNKED * 2 + b"\r\n0\r\n\r\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TWO_READINGS)
def test_a_request_that_two_readers_would_read_differently_is_refused_and_the_connection_ends(server, name):
    with connected(server) as client:
        client.sendall(TWO_READINGS[name])
        assert told(client).startswith((b"HTTP/1.1 400", b"HTTP/1.1 501"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["another coding", "coding in HTTP/1.0", "bare line feed", "two lengths"])
def test_what_comes_after_a_refused_request_is_not_read(tmp_path, serve, name):
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"), log="json")
    with connected(server) as client:
        client.sendall(TWO_READINGS[name] + b"GET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n")
        assert 1 == told(client).count(b"HTTP/1.1 ")
    assert 200 == status(f"{server.url}/healthz")
    server.stop()
    assert "/smuggled" not in "".join(server.said)


def test_thousands_of_requests_at_once_on_one_connection_keep_nobody_waiting(tmp_path, serve):
    """Neither those that are answered at once nor those that wait for the one before."""
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"))
    for address in (b"/", ITEMS.encode() + b"?limit=1"):
        with connected(server) as client, contextlib.suppress(ConnectionError):
            client.sendall(b"GET /api HTTP/1.1\r\n" + HOST + b"\r\n")
            client.sendall((b"GET " + address + b" HTTP/1.1\r\n" + HOST + b"\r\n") * 5_000)
            assert told(client).count(b"HTTP/1.1 ") < 100
    assert 200 == status(f"{server.url}/healthz")


@pytest.mark.parametrize("sent", [b"GET /api/collections/projects/snapshot", b"POST /nowhere"])
def test_clients_who_do_not_take_or_send_what_they_ask_keep_nobody_out(tmp_path, serve, sent):
    server = serve(copy_of("many", tmp_path / "ledger.gpkg"), connections=8, proxies="none", client_connections=8)
    with contextlib.ExitStack() as held:
        for _ in range(8):
            client = held.enter_context(connected(server))
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            length = b"Content-Length: 10\r\n" if sent.startswith(b"POST") else b""
            client.sendall(sent + b" HTTP/1.1\r\n" + HOST + length + b"\r\n")
            client.recv(1)
        assert [200] * 5 == [status(f"{server.url}/healthz") for _ in range(5)]


@pytest.mark.slow
@pytest.mark.parametrize("address", [b"POST " + ITEMS.encode(), b"DELETE /api", b"POST /nowhere", b"GET /api"])
def test_a_body_that_nobody_reads_ends_the_connection(server, address):
    """The answer arrives first, whole; of the body a little is taken, beside what the system's buffers hold."""
    most = 200 * 2**20
    with connected(server) as client:
        client.sendall(address + b" HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n")
        sent, chunk = 0, b"10000\r\n" + b"a" * 65_536 + b"\r\n"
        with contextlib.suppress(ConnectionError):
            while sent < most:
                client.sendall(chunk)
                sent += len(chunk)
        assert sent < most
        assert b"connection: close" in client.recv(65_536).lower()


@pytest.mark.parametrize(("body_bytes", "most"), [(1_000, MOST_FORM), (2**27, 2**27)])
@pytest.mark.parametrize("over", [0, 1])
def test_of_a_body_that_nobody_reads_its_end_is_taken_too_where_it_is_of_the_size_allowed(api, body_bytes, most, over):
    """A proxy sends the end by itself, and says 502 for the answer where it finds the connection closed then."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": ITEMS,
        "raw_path": ITEMS.encode(),
        "query_string": b"",
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        "headers": [(b"host", b"localhost"), (b"x-api-key", b"unknown"), (b"transfer-encoding", b"chunked")],
    }
    coming = [(b" " * (most + over), True), (b"", False)]
    answered = []

    async def receive():
        body, has_more = coming.pop(0)
        return {"type": "http.request", "body": body, "more_body": has_more}

    async def send(message):
        answered.append(message)

    asyncio.run(client_of(api.store, Settings(body_bytes=body_bytes)).app(scope, receive, send))
    assert (401, over) == (answered[0]["status"], len(coming))
    assert (b"connection", b"close") in answered[0]["headers"]


@pytest.mark.slow
def test_bodies_that_nobody_reads_keep_nobody_out_and_no_server_up(tmp_path, serve):
    store = copy_of("south_america", tmp_path / "ledger.gpkg")
    server = serve(store, requests=1, body_seconds=600, shutdown_seconds=600)
    with contextlib.ExitStack() as held:
        for _ in range(3):
            client = held.enter_context(connected(server))
            client.sendall(b"POST /nowhere HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\n")
            assert client.recv(65_536).startswith(b"HTTP/1.1 404")
        wait_for(lambda: 200 == status(f"{server.url}{ITEMS}?limit=1"))
        assert 0 == server.stop()


@pytest.mark.slow
def test_a_body_that_was_read_leaves_the_connection_open(server):
    host, port = server.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    for _ in range(2):
        connection.request("POST", ITEMS, b"{}", {"X-API-Key": server.key, "Content-Type": "application/geo+json"})
        answer = connection.getresponse()
        assert (422, None) == (answer.status, answer.getheader("connection"))
        answer.read()
    connection.close()


def asking(api, method="GET", address="/api", headers=None, **settings):
    """Asks again and again, each time as somebody else where that is said."""
    client = client_of(api.store, Settings(**settings))
    return lambda **own: client.request(method, address, headers={**(headers or {}), **own})


def until_refused(ask, most):
    """The statuses of one client, up to the first refusal; a minute may end meanwhile, and then it has more."""
    found = []
    while 429 not in found and len(found) <= 2 * most:
        found.append(ask().status_code)
    assert len(found) > most
    return found


def test_a_client_reads_so_often_a_minute_and_is_told_when_to_come_again(api):
    ask = asking(api, reads=3)
    assert {200, 429} == set(until_refused(ask, 3))
    refused = ask()
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert int(refused.headers["retry-after"]) == refused.json()["values"]["seconds"]
    assert "too-many-reads" == refused.json()["rule"]
    assert refused.json()["request_id"] == refused.headers["x-request-id"]
    assert 200 == ask(**{"X-API-Key": api.reader["Authorization"].split()[1]}).status_code, "a key is counted apart"


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_who_looks_after_the_server_is_never_turned_away(api, address):
    ask = asking(api, address=address, reads=1, requests=0)
    assert [200] * 3 == [ask().status_code for _ in range(3)]


def test_a_preflight_is_no_read_and_a_refusal_may_be_read_from_elsewhere(api):
    client = client_of(api.store, Settings(reads=1))
    asks = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    assert [200] * 3 == [client.options("/api", headers=asks).status_code for _ in range(3)]
    answers = [client.get("/api", headers={"Origin": "https://example.org"}) for _ in range(3)]
    assert (200, 429) == (answers[0].status_code, answers[-1].status_code)
    assert {"*"} == {answer.headers["access-control-allow-origin"] for answer in answers}


def test_changes_are_counted_apart_and_by_key(api):
    ask = asking(api, "DELETE", f"{ITEMS}/bo-nobody", writes=2, reads=1)
    assert {404, 429} == set(until_refused(lambda: ask(**api.editor), 2))
    assert 403 == ask(**api.reader).status_code, "another key"


def test_files_are_counted_apart_and_one_that_a_client_has_is_none(api):
    client = client_of(api.store, Settings(files=2))
    first = client.get(f"{ITEMS}?f=csv&country=BO")
    known = {"If-None-Match": first.headers["etag"]}
    assert [304] * 3 == [client.get(f"{ITEMS}?f=csv&country=BO", headers=known).status_code for _ in range(3)]
    events = "/api/collections/projects/events?f=csv"
    assert {200, 429} == set(until_refused(lambda: client.get(events), 1))
    assert [429, 200] == [client.get(path).status_code for path in (f"{ITEMS}?f=csv", ITEMS)]


def test_after_some_wrong_keys_none_of_an_address_is_looked_at(api):
    ask = asking(api, "DELETE", f"{ITEMS}/bo-nobody", wrong_keys=3)
    assert {401, 429} == set(until_refused(lambda: ask(**{"X-API-Key": "ll_wrong"}), 3))
    assert 429 == ask(**api.editor).status_code
    assert 401 == ask().status_code, "who shows no key is told to show one"


@pytest.mark.slow
def test_what_is_not_answered_at_once_is_counted_once(tmp_path, serve):
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"), reads=10)
    assert [200] * 10 == [status(f"{server.url}{ITEMS}?limit=1&as_of=2020") for _ in range(10)]


@pytest.mark.slow
def test_quick_answers_count_like_all_others(tmp_path, serve):
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"), reads=10)
    found = [status(f"{server.url}{ITEMS}?limit=1") for _ in range(22)]
    assert ([200] * 10, 429) == (found[:10], found[-1])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", [b"203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", [b"198.51.100.1, 203.0.113.7"], "203.0.113.7"),  # the first one may be made up
        ("127.0.0.1", [b"198.51.100.1", b"203.0.113.7, 127.0.0.9"], "203.0.113.7"),
        ("127.0.0.1", [b"2001:db8::1"], "2001:db8::1"),
        ("127.0.0.1", [b"203.0.113.7:5678"], "203.0.113.7"),
        ("127.0.0.1", [b"[2001:db8::1]:5678"], "2001:db8::1"),
        ("127.0.0.1", [b"<script>"], "127.0.0.1"),
        ("127.0.0.1", [b"203.0.113.7, unknown"], "127.0.0.1"),
        ("203.0.113.9", [b"198.51.100.1"], "203.0.113.9"),  # nobody believes a client
        ("::1", [b"203.0.113.7"], "203.0.113.7"),
        ("::ffff:127.0.0.1", [b"203.0.113.7"], "203.0.113.7"),
    ],
)
def test_a_client_is_who_a_believed_proxy_says_it_is(peer, forwarded, client):
    headers = [(b"x-forwarded-for", value) for value in forwarded]
    scope = {"type": "http", "client": (peer, 1), "scheme": "http", "headers": headers}
    scope["headers"].append((b"x-forwarded-proto", b"https"))
    is_believed = Proxies(Settings.proxies).settle(scope)
    assert client == Request(scope).client.host
    assert ("https" if is_believed else "http") == scope["scheme"]
    assert is_believed == (peer != "203.0.113.9")


def test_whoever_has_an_ipv6_network_is_one_client():
    assert counted_as("2001:db8:1:2::1") == counted_as("2001:db8:1:2:ffff::9") != counted_as("2001:db8:1:3::1")
    assert "203.0.113.7" == counted_as("::ffff:203.0.113.7") == counted_as("203.0.113.7")
    assert "testclient" == counted_as("testclient")


@pytest.mark.slow
def test_the_quick_way_knows_the_scheme_that_a_proxy_names(tmp_path, serve):
    """And an answer that was kept for one is not given to the other."""
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"), proxies="127.0.0.2")
    for source, scheme in (("127.0.0.2", b"https"), ("127.0.0.1", b"http"), ("127.0.0.2", b"https")):
        with connected(server, source_address=(source, 0)) as client:
            path = ITEMS.encode() + b"?limit=1"
            client.sendall(b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"X-Forwarded-Proto: https\r\n\r\n")
            assert b"link: <" + scheme + b"://localhost/" in client.recv(65_536)


@pytest.mark.skipif(not os.path.exists("/proc"), reason="looks for processes as Linux has them")
def test_workers_end_when_the_process_that_minds_them_is_killed(tmp_path, serve):
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"), "--workers", "2")
    children = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=True)
    workers = [int(each) for each in children.stdout.split()]
    assert len(workers) >= 2
    os.kill(server.process.pid, signal.SIGKILL)
    wait_for(lambda: not any(is_there(worker) for worker in workers))
    again = serve(copy_of("many", tmp_path / "another.gpkg"), "--port", server.url.rpartition(":")[2])
    assert 200 == status(f"{again.url}/healthz")


def is_there(process):
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.slow
def test_nobody_who_writes_is_turned_away_while_many_read(tmp_path, serve):
    server = serve(copy_of("many", tmp_path / "ledger.gpkg"), reads=0, writes=0)
    dear = ["/api/collections/projects/snapshot", f"{ITEMS}?limit=10000", f"{ITEMS}?as_of=2020&q=lithium", "/"]
    is_over = threading.Event()

    def read(number):
        while not is_over.is_set():
            assert 200 == status(f"{server.url}{dear[number % len(dear)]}")

    def write(number):
        body = json.dumps(made_up_feature(f"bo-written-{number}")).encode()
        headers = {"X-API-Key": server.key, "Content-Type": "application/geo+json"}
        return status(urllib.request.Request(f"{server.url}{ITEMS}", body, headers))

    with ThreadPoolExecutor(60) as readers, ThreadPoolExecutor(8) as writers:
        reading = [readers.submit(read, number) for number in range(60)]
        try:
            written = list(writers.map(write, range(60)))
        finally:
            is_over.set()
        assert [201] * 60 == written
        for each in reading:
            each.result()
