"""The command line: what it does, what it says, and its exit codes."""

import json
import socket
import time
import urllib.request
from contextlib import closing

import pytest
from click.testing import CliRunner
from conftest import COUNT, ROOT, start_server
from made_up import made_up_feature

from api.cli import main
from geo.formats import read_features
from geo.keys import digest
from geo.store import open_store

EVERYTHING = sum(len(read_features(file)) for file in (ROOT / "data" / "projects").glob("*.geojson"))


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the command line on a store of its own."""
    monkeypatch.setenv("LEDGER_STORE", str(tmp_path / "ledger.gpkg"))

    def invoke(*arguments, expect=0):
        done = CliRunner().invoke(main, list(map(str, arguments)))
        assert expect == done.exit_code, done.output
        return done

    return invoke


def write(path, *features):
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def sequence_of(file):
    with closing(open_store(file)) as store:
        return store.latest_sequence()


def test_load_check_and_export_go_round(run, tmp_path):
    run("check")
    assert f"{EVERYTHING} created" in run("load").stderr
    assert f"{EVERYTHING} unchanged" in run("load").stderr
    run("export", tmp_path / "out")
    for file in (ROOT / "data" / "projects").glob("*.geojson"):
        assert file.read_bytes() == (tmp_path / "out" / "projects" / file.name).read_bytes()


def test_check_lists_every_fault_and_exits_with_1(run, tmp_path):
    link = [{"type": "supplies", "project": "bo-nowhere", "sources": ["s1"]}]
    file = write(
        tmp_path / "bad.geojson",
        made_up_feature("bo-a", kind="volcano"),
        made_up_feature("bo-b", links=link),
        made_up_feature("bo-b"),
    )
    shown = run("check", file, expect=1)
    for words in ("bo-a", "/kind", "one of hard_rock_mine", "bo-nowhere", "also the id"):
        assert words in shown.stdout
    assert "3 errors" in shown.stderr


def test_a_wrong_record_is_not_loaded_and_its_fault_is_said(run, tmp_path):
    file = write(tmp_path / "bad.geojson", made_up_feature("bo-a"), made_up_feature("bo-b", country="Bolivia"))
    shown = run("load", file, expect=1)
    assert "bo-b" in shown.stderr
    assert "/properties/country" in shown.stderr
    assert "two capital letters" in shown.stderr
    assert 0 == sequence_of(tmp_path / "ledger.gpkg")


def test_text_of_a_file_is_not_markup_of_the_terminal(run, tmp_path):
    file = write(tmp_path / "bad.geojson", made_up_feature("bo-a", **{"[bold]x[/]": 1}))
    assert "[bold]x[" in run("load", file, expect=1).stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("load", "nowhere.geojson"),
        ("serve", "--port", "70000"),
        ("keys", "create"),
        ("fly",),
        ("keys", "create", "--name", "a", "--role", "king"),
    ],
)
def test_a_wrong_command_line_exits_with_2(run, arguments):
    run(*arguments, expect=2)


def test_what_geodata_refuses_exits_with_1_and_a_sentence(run, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("hello " * 100)
    shown = run("load", "--store", text, expect=1)
    assert "refused" in shown.stderr
    assert "Traceback" not in shown.output
    run("load", text, expect=1)
    run("load", tmp_path, expect=1)
    run("keys", "revoke", "--name", "nobody", expect=1)


def test_keys_are_made_shown_once_listed_and_revoked(run, tmp_path):
    open_store(tmp_path / "ledger.gpkg").close()
    secret = run("keys", "create", "--name", "ana", "--role", "editor").stdout.strip()
    assert secret.startswith("ll_")
    store = open_store(tmp_path / "ledger.gpkg")
    assert "ana" == store.keys.find(digest(secret)).name
    listed = run("keys", "list").stdout
    assert "ana" in listed
    assert secret not in listed
    run("keys", "create", "--name", "ana", expect=1)
    run("keys", "revoke", "--name", "ana")
    assert store.keys.find(digest(secret)) is None
    store.close()


def test_a_port_that_is_taken_is_said_at_once(run):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        shown = run("serve", "--port", other.getsockname()[1], expect=1)
    assert "give another port" in shown.stderr


def test_serve_fills_an_empty_store_and_keeps_what_is_there(tmp_path):
    file = tmp_path / "ledger.gpkg"
    for _ in range(2):
        server = start_server(file, everything=True)
        with urllib.request.urlopen(f"{server.url}/healthz") as answer:
            assert EVERYTHING == json.load(answer)["version"]
        server.process.terminate()
        assert server.process.wait(20) is not None


def test_several_workers_follow_one_store(tmp_path):
    """Whichever process answers, it knows what another has just written."""
    server = start_server(tmp_path / "ledger.gpkg", "--workers", "2")
    items = f"{server.url}/api/collections/projects/items"
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/geo+json"}
    for number in range(10):
        body = json.dumps(made_up_feature(f"bo-made-up-{number}")).encode()
        urllib.request.urlopen(urllib.request.Request(items, body, headers, method="POST")).close()
        for _ in range(5):
            with urllib.request.urlopen(f"{items}?limit=1") as answer:
                assert COUNT + number + 1 == json.load(answer)["numberMatched"]
            time.sleep(0.001)
    server.process.terminate()
    server.process.wait(20)
