"""What a server does when the world around it misbehaves: files that vanish, locks, slow or endless clients."""

import contextlib
import json
import os
import socket
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import copy_of, sql
from made_up import made_up, made_up_feature

from api.settings import Settings
from geo.editing import Edit
from geo.errors import StoreError
from geo.geopackage.pool import MOST_IDLE

pytestmark = pytest.mark.slow


def status(request, timeout=120):
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def post(server, project_id):
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/geo+json"}
    body = json.dumps(made_up_feature(project_id)).encode()
    return urllib.request.Request(f"{server.url}/api/collections/projects/items", body, headers)


def test_a_store_file_that_vanishes_is_noticed_and_nothing_is_acknowledged(fresh_server):
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(f"{fresh_server.store}{suffix}")
    assert 503 == status(post(fresh_server, "bo-lost"))
    assert 503 == status(f"{fresh_server.url}/healthz")
    assert not fresh_server.store.exists(), "no empty file takes its place"


@pytest.mark.stores("geopackage")
def test_a_store_file_that_is_replaced_is_noticed(store, tmp_path):
    store.write([Edit("bo-made-up", made_up(), None, "a")])
    os.replace(tmp_path / "store.gpkg", tmp_path / "elsewhere.gpkg")
    (tmp_path / "store.gpkg").write_bytes(b"")
    with pytest.raises(StoreError, match="replaced"):
        store.write([Edit("bo-other", made_up("bo-other"), None, "a")])


def test_readers_go_on_while_another_program_holds_the_write_lock(fresh_server):
    """Writers are told to come again; nobody who reads waits for them."""
    with sql(fresh_server.store) as lock:
        lock.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(30) as pool:
            writers = [pool.submit(status, post(fresh_server, f"bo-waits-{n}")) for n in range(30)]
            while not any(writer.done() for writer in writers):  # none can end well, so until then all of them wait
                for path in ("/healthz", "/api/collections/projects/items?limit=5", "/projects/bo-acisa-battery"):
                    assert 200 == status(f"{fresh_server.url}{path}")
            assert {503} == {writer.result(timeout=120) for writer in writers}
    assert 201 == status(post(fresh_server, "bo-after"))


@pytest.mark.stores("geopackage")
def test_connections_are_not_left_open_when_threads_end(store):
    for _ in range(3):
        with ThreadPoolExecutor(40) as pool:
            list(pool.map(lambda _: (list(store.current()), store.latest_sequence()), range(200)))
    assert 1 <= len(store._pool._idle) <= MOST_IDLE


def talk(server, data):
    host, port = server.url.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)), timeout=Settings.header_seconds + 110)
    client.sendall(data)
    return client


def test_a_request_that_never_ends_is_ended(tmp_path, serve):
    """After the time that the operator set, and not before."""
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"), header_seconds=2)
    began = time.monotonic()
    with talk(server, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ") as client:
        assert b"" == client.recv(100)
    assert 1 < time.monotonic() - began < Settings.header_seconds


@pytest.mark.parametrize("start", [b"GET /", b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: "])
def test_a_request_line_and_headers_are_bounded(server, start):
    with talk(server, start) as client, contextlib.suppress(ConnectionError):
        for _ in range(64):
            client.sendall(b"a" * 65_536)
        assert client.recv(100).startswith(b"HTTP/1.1 4")
    assert 200 == status(f"{server.url}/healthz")


@pytest.mark.slow
def test_two_servers_may_start_on_one_new_store(tmp_path, serve):
    with ThreadPoolExecutor(2) as pool:
        servers = list(pool.map(lambda _: serve(tmp_path / "ledger.gpkg"), range(2)))
    for server in servers:
        assert 200 == status(f"{server.url}/projects/bo-rosatom-battery-factory")


def test_keys_that_cannot_be_read_are_the_store_s_fault(api):
    with sql(api.store.location) as connection:
        connection.execute("ALTER TABLE api_keys RENAME TO lost")
    answer = api.client.post("/api/collections/projects/items", headers=api.editor)
    assert (503, "5") == (answer.status_code, answer.headers["retry-after"])


@pytest.mark.stores("geopackage")
def test_opening_a_store_writes_nothing(make_store, tmp_path):
    make_store().write([Edit("bo-made-up", made_up(), None, "a")])
    before = (tmp_path / "store.gpkg-wal").read_bytes()
    make_store()
    assert before == (tmp_path / "store.gpkg-wal").read_bytes()
