"""The password of a database's address stands in nothing that anybody is shown: words, problems, figures, processes."""

import contextlib
import json
import os
import subprocess
import sys
import traceback
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest
from conftest import ROOT, client_of, wait_for
from made_up import made_up_feature

from api.settings import Settings
from geo.errors import StoreError
from geo.opening import open_ledger
from geo.postgis.addresses import shown

pytestmark = pytest.mark.postgres
SECRET = "quite-a-secret"


@pytest.mark.parametrize(
    "password",
    [SECRET, f"{SECRET}%zz", f"a/{SECRET}", f"{SECRET}@b", f"12/{SECRET}", f"a?{SECRET}", f"{SECRET} b", f"[{SECRET}"],
)
def test_an_address_is_shown_or_refused_without_its_password(password):
    for address in (f"postgresql://ledger:{password}@host/ledger", f"postgresql://ledger@host/l?password={password}"):
        try:
            told = shown(address)
        except StoreError as error:
            told = str(error)
        assert SECRET not in told
        assert "ledger" in told or "%40" in told


@pytest.fixture
def primary(replicas):
    """A server that asks for a password."""
    return replicas(0).primary


def all_of(error):
    return "".join(traceback.format_exception(error))


@pytest.mark.slow
def test_no_error_of_a_store_has_the_password_of_its_address(primary):
    assert psycopg.connect(primary.address()).close() is None
    with contextlib.closing(open_ledger(primary.address()).store) as store:
        client = client_of(store, Settings())
        primary.stop()
        with pytest.raises(StoreError) as refused:
            store.latest_sequence()
        assert primary.password not in all_of(refused.value)
        problem = client.get("/api/collections/projects/items").json()
        assert (503, "store-unavailable") == (problem["status"], problem["rule"])
        assert primary.password not in json.dumps(problem)
    wrong = primary.address().replace(primary.password, SECRET)
    primary.start()
    for address in (wrong, wrong.replace(str(primary.port), "1")):
        with pytest.raises(StoreError) as refused:
            open_ledger(address)
        assert SECRET not in all_of(refused.value)


def test_no_command_says_it(tmp_path):
    address = f"postgresql://ledger:{SECRET}@127.0.0.1:1/ledger"
    for command, told in said_by(address, "check", "keys list", "serve", "backup x", "audit").items():
        assert SECRET not in told, command


def said_by(address, *commands):
    """What commands say of a store that cannot be reached, all at the same time: each waits for it for a while."""
    begun = {
        command: subprocess.Popen(
            [sys.executable, "-m", "api", *command.split()[:1], "--store", address, *command.split()[1:]],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command in commands
    }
    said = {command: process.communicate()[0] for command, process in begun.items()}
    assert all(process.returncode for process in begun.values())
    return said


@pytest.mark.slow
def test_neither_the_log_nor_figures_nor_processes_of_a_server_have_it(primary, serve):
    server = serve(primary.address(), "--workers", "2", log="json", metrics="127.0.0.1")
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/geo+json"}
    said = [read(f"{server.url}{path}") for path in ("/readyz", "/metrics", "/about", "/api")]
    body = json.dumps(made_up_feature()).encode()
    assert 201 == read(f"{server.url}/api/collections/projects/items", body, headers)[0]
    called = [line.decode(errors="replace") for line in command_lines(server.process.pid)]
    assert len(called) >= 3, "the server and its workers"
    primary.stop()
    said += [read(f"{server.url}{path}") for path in ("/readyz", "/metrics", "/healthz")]
    wait_for(lambda: read(f"{server.url}/api/collections/projects/items")[0] == 503)
    primary.start()
    wait_for(lambda: read(f"{server.url}/healthz")[0] == 200)
    server.stop()
    assert any("store-fault" in line for line in server.said)
    told = "".join((*server.said, *called, *(text for _, text in said)))
    assert primary.password not in told


def read(address, body=None, headers=None):
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers or {}), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def command_lines(group):
    """What the processes of a session are called with."""
    for each in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.getsid(int(each.name)) == group:
                yield (each / "cmdline").read_bytes()
