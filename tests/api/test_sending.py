"""Large pages are sent from the ready file by the system: the same bytes, whatever the client does meanwhile."""

import datetime as dt
import os
import re
import socket
import threading

import orjson
import pytest
import uvicorn

from api import sending
from api.app import create_app
from api.protocol import BoundedProtocol
from api.sending import CAN_SEND_FILES
from api.services import Services
from api.settings import Settings
from geo import dates
from geo.curated.organisations import Organisations
from geo.memory import ready
from geo.memory.bases import Ready
from geo.memory.catalog import MemoryCatalog
from geo.memory.following import Limits
from geo.opening import Ledger

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CAN_SEND_FILES, reason="this system cannot send files")]
PAGE = "/api/collections/projects/items?limit=1000"


class Kept(Ledger):
    """A ledger whose few records lie in a ready file too."""

    def __init__(self, store):
        super().__init__(store)
        self.catalog = MemoryCatalog(
            store, Organisations([]), ready=Ready(ready.path_of(store.path)), limits=Limits(ready=0)
        )


@pytest.fixture
def store(many_store):
    return many_store


@pytest.fixture
def port(store):
    """Where the application listens, in a thread of this process; a page is more than a connection takes at once."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**14)
    app = create_app(Services(Kept(store), Settings()))
    server = uvicorn.Server(uvicorn.Config(app, http=BoundedProtocol, log_level="warning", timeout_graceful_shutdown=5))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.fixture
def sent(monkeypatch):
    """How many bytes the system has sent from files."""
    counted, send = [], os.sendfile

    def counting(*given):
        counted.append(send(*given))
        return counted[-1]

    monkeypatch.setattr(os, "sendfile", counting)
    return counted


def head(address=PAGE, more=""):
    return f"GET {address} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode()


def connected(port, window=None):
    client = socket.socket()
    if window:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    client.settimeout(60)
    client.connect(("127.0.0.1", port))
    return client


def answers(client, number):
    """Read so many answers: their bodies, without the time at which they were made."""
    received, bodies = b"", []
    while len(bodies) < number:
        part = client.recv(2**16)
        assert part
        received += part
        while found := re.match(rb"HTTP/1\.1 200 .*?content-length: (\d+)\r\n.*?\r\n\r\n", received, re.S | re.I):
            end = found.end() + int(found[1])
            if len(received) < end:
                break
            bodies.append(re.sub(rb'"timeStamp":"[^"]*"', b"", received[found.end() : end]))
            received = received[end:]
    assert not received
    return bodies


def through_the_application(port):
    with connected(port) as client:
        client.sendall(head(more="Connection: close\r\n"))
        received = b""
        while part := client.recv(2**16):
            received += part
    return re.sub(rb'"timeStamp":"[^"]*"', b"", received.partition(b"\r\n\r\n")[2])


def test_a_page_is_sent_from_the_file_and_is_the_same(port, sent):
    expected = through_the_application(port)
    assert not sent
    with connected(port) as client:
        for _ in range(3):
            client.sendall(head())
            assert [expected] == answers(client, 1)
    assert sum(sent) > 3 * 0.9 * len(expected)


def test_a_client_that_reads_slowly_gets_all(port, sent):
    expected = through_the_application(port)
    with connected(port, window=4096) as client:
        client.sendall(head())
        assert [expected] == answers(client, 1)
    assert len(sent) > 1


def test_requests_that_come_meanwhile_wait_for_their_turn(port, sent):
    expected = through_the_application(port)
    item = head("/api/collections/projects/items?limit=1")
    with connected(port, window=4096) as client:
        client.sendall(head() + item + head() + item)
        first, second, third, fourth = answers(client, 4)
        assert (first, third) == (expected, expected)
        assert second == fourth
        assert 1 == orjson.loads(second.replace(b",,", b","))["numberReturned"]
        client.sendall(head())
        assert [expected] == answers(client, 1)
    assert sent


def test_a_client_that_says_it_will_ask_no_more_gets_its_answer(port, sent):
    expected = through_the_application(port)
    with connected(port, window=4096) as client:
        client.sendall(head())
        client.shutdown(socket.SHUT_WR)
        assert [expected] == answers(client, 1)
        assert b"" == client.recv(1)
    assert sent


def test_a_client_that_goes_away_meanwhile_harms_nobody(port, sent):
    expected = through_the_application(port)
    for _ in range(5):
        with connected(port, window=4096) as client:
            client.sendall(head())
            client.recv(1000)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # reset, not ended
    with connected(port) as client:
        client.sendall(head())
        assert [expected] == answers(client, 1)


def test_what_is_stale_since_today_is_sent_as_it_is_now(port, sent, monkeypatch):
    """Such features are changed in memory, not in the file."""
    with connected(port) as client:
        client.sendall(head())
        (before,) = answers(client, 1)
        monkeypatch.setattr(dates, "today", lambda: dt.date(2040, 1, 1))
        client.sendall(head())
        (after,) = answers(client, 1)
    assert before.count(b'"status_stale":true') < after.count(b'"status_stale":true')
    assert through_the_application(port) == after


def test_the_file_stays_open_when_another_takes_its_place(port, sent, store):
    expected = through_the_application(port)
    ready.path_of(store.path).unlink()
    with connected(port) as client:
        client.sendall(head())
        assert [expected] == answers(client, 1)
    assert sent


def test_a_large_answer_in_memory_begins_before_all_of_it_is_sent(port, monkeypatch):
    """The head leaves alone; the rest follows as the client takes it."""
    monkeypatch.setattr(sending, "LEAST", 2**12)
    monkeypatch.setattr(sending, "LEAST_IN_MEMORY", 2**12)
    address = "/api/collections/projects/snapshot/told"
    with connected(port) as client:  # which makes it
        client.sendall(head(address))
        (expected,) = answers(client, 1)
    parts = []
    monkeypatch.setattr(sending, "parts_of", lambda pieces, of=sending.parts_of: parts.append(of(pieces)) or parts[-1])
    with connected(port, window=4096) as client:
        client.sendall(head(address))
        assert [expected] == answers(client, 1)
    [(first, _)] = parts
    assert first.startswith(b"HTTP/1.1 200")
    assert first.endswith(b"\r\n\r\n")
