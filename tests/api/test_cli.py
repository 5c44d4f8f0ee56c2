"""The command line: what it does, what it says, and its exit codes."""

import datetime as dt
import functools
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from contextlib import closing

import pytest
from click.testing import CliRunner
from conftest import COUNT, ROOT, an_ordinary_user, copy_of, sql, wait_for
from made_up import made_up, made_up_feature

from api.commands.main import main
from api.server import address_of, listen
from geo.curated.files import read_features, write_dataset
from geo.editing import Edit
from geo.keys import digest
from geo.opening import open_ledger

pytestmark = pytest.mark.slow


@functools.cache
def everything():
    """How many records the dataset has."""
    return sum(len(read_features(file)) for file in (ROOT / "data" / "projects").glob("*.geojson"))


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
    with closing(open_ledger(file).store) as store:
        return store.latest_sequence()


@pytest.mark.slow
def test_load_check_and_export_go_round(run, tmp_path):
    run("check")
    assert f"{everything()} created" in run("load").stderr
    assert f"{everything()} unchanged" in run("load").stderr
    run("export", tmp_path / "out")
    for file in (ROOT / "data" / "projects").glob("*.geojson"):
        assert file.read_bytes() == (tmp_path / "out" / "projects" / file.name).read_bytes()


def test_check_lists_every_fault_and_exits_with_1(run, tmp_path, monkeypatch):
    monkeypatch.setattr("api.commands.terminal.out.width", 300)
    link = [{"type": "supplies", "project": "bo-nowhere", "sources": ["s1"]}]
    file = write(
        tmp_path / "bad.geojson",
        made_up_feature("bo-a", kind="volcano"),
        made_up_feature("bo-b", links=link),
        made_up_feature("bo-b"),
    )
    shown = run("check", file, expect=1)
    for words in ("bo-a", "/kind", "one of hard_rock_mine", "bo-nowhere", "id of two records"):
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


def test_every_fault_of_every_record_is_said_at_once(run, tmp_path):
    wrong = [made_up_feature(f"bo-{n}", events=[{"date": f"2024-{n + 13}"}]) for n in range(60)]
    first, second = write(tmp_path / "first.geojson", *wrong[:40]), write(tmp_path / "second.geojson", *wrong[40:])
    shown = run("load", first, made_up_file(tmp_path), second, expect=1).stderr
    for number in range(60):
        assert f"(bo-{number}) /properties/events/0/date" in shown
    assert "second.geojson#/features/19" in shown
    assert 0 == sequence_of(tmp_path / "ledger.gpkg")


def made_up_file(tmp_path):
    return write(tmp_path / "right.geojson", made_up_feature("bo-right"))


def test_load_names_places_that_look_wrong(run, tmp_path):
    swapped = made_up_feature("bo-swapped", geometry={"type": "Point", "coordinates": [-20.1, -66.9]})
    shown = run("load", write(tmp_path / "odd.geojson", swapped, made_up_feature("bo-right"))).stderr
    assert "Places outside their country, or at 0, 0: bo-swapped\n" in shown
    assert "Places" not in run("load", made_up_file(tmp_path)).stderr


def test_files_that_cannot_be_read_and_ids_that_come_twice_are_said_with_the_rest(run, tmp_path):
    write(tmp_path / "a.geojson", made_up_feature("bo-a", kind="volcano"), made_up_feature("bo-b"))
    (tmp_path / "b.geojson").write_text("{")
    (tmp_path / "c.geojson").write_text("[]")
    write(tmp_path / "d.geojson", made_up_feature("bo-b"))
    shown = run("load", tmp_path, expect=1).stderr
    for words in (
        "(bo-a) /properties/kind",
        "b.geojson: is not JSON",
        "c.geojson: is not a GeoJSON",
        "other is a.geoj",
    ):
        assert words in shown


def test_a_dataset_that_cannot_be_read_does_not_stop_a_store_that_is_full(run, tmp_path, monkeypatch):
    monkeypatch.setattr("api.server.run", lambda *_: None)
    run("load", made_up_file(tmp_path))
    (tmp_path / "projects").mkdir()
    (tmp_path / "projects" / "BO.geojson").write_text("{")
    monkeypatch.setattr("api.commands.loading.data_folder", lambda: tmp_path)
    shown = run("serve", "--port", 0).stderr
    assert "cannot be compared with the store" in shown
    assert "The map: " in shown


@pytest.mark.parametrize("command", [("load",), ("keys", "list"), ("check",), ("serve", "--port", 0)])
def test_a_folder_that_may_not_be_entered_is_said(run, open_folder, command):
    (open_folder / "closed").mkdir(mode=0o000)
    run(*command, "--store", open_folder / "missing" / "ledger.gpkg", expect=1)  # an ordinary user may not read Python
    with an_ordinary_user():
        shown = run(*command, "--store", open_folder / "closed" / "ledger.gpkg", expect=1)
    assert "may not" in shown.stderr or "Permission denied" in shown.stderr


HOSTILE = "\x1b]0;owned\x07\x1b[31m\x9b2J\u202eevil\nrefused nothing [bold]x[/]"
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def test_control_characters_never_reach_a_terminal_raw(run, tmp_path):
    """Of files, ids, fields, values, keys and rows; in every form of output."""
    wrong = made_up_feature(HOSTILE, **{HOSTILE: 1}, kind=HOSTILE, links=[{"type": HOSTILE, "project": HOSTILE}])
    odd = made_up_feature("bo-odd", links=[{"type": "supplies", "project": "bo-x", "sources": ["s1"]}])
    file = write(tmp_path / f"a{HOSTILE.replace('/', '')}.geojson", wrong, odd)
    crs = tmp_path / "crs.geojson"
    named = {"type": "name", "properties": {"name": HOSTILE}}
    crs.write_text(json.dumps({"type": "FeatureCollection", "features": [], "crs": named}))
    twice = tmp_path / "twice.geojson"
    twice.write_text('{"' + json.dumps(HOSTILE)[1:-1] + '": 1, "' + json.dumps(HOSTILE)[1:-1] + '": 2}')
    open_ledger(tmp_path / "ledger.gpkg").store.close()
    shown = [
        *(run("check", "--format", form, file, expect=1) for form in ("table", "json", "github")),
        *(run("load", each, expect=1) for each in (file, crs, twice)),
        run("keys", "create", "--name", HOSTILE, expect=1),
        run("keys", "revoke", "--name", HOSTILE, expect=1),
        run("import", "--publisher", HOSTILE, file, expect=1),
        run("export", "--store", tmp_path / HOSTILE, tmp_path / "out", expect=1),
    ]
    for done in shown:
        assert not CONTROLS.search(done.output), repr(done.output)
        assert "refused nothing" not in done.output.splitlines(), "no line is made up"
    assert json.loads(shown[1].stdout)[0]["record"] == HOSTILE, "JSON says it in escapes"
    assert "\\u001b]0;owned" in shown[0].stdout


def test_a_terminal_that_lacks_letters_shows_their_numbers(tmp_path):
    file = write(tmp_path / "ß.geojson", made_up_feature("bo-a", Росатом=1))
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "api", "check", str(file)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (1, True) == (done.returncode, "\\u0420" in done.stdout), done.stderr


def test_records_that_the_dataset_no_longer_has_are_named(run, tmp_path, monkeypatch):
    for release, ids in enumerate((("bo-a", "bo-b", "bo-c"), ("bo-a", "bo-d"))):
        folder = tmp_path / str(release)
        write_dataset(folder / "projects", [made_up(i, name=f"Release {release}") for i in ids])
        monkeypatch.setattr("api.commands.loading.data_folder", lambda folder=folder: folder)
        shown = run("load").stderr
    assert "1 created, 1 updated" in shown
    assert "Loaded once, not in the dataset today, and left as they are: bo-b, bo-c" in shown
    own = write(tmp_path / "own.geojson", made_up_feature("bo-own"))
    assert "Loaded once" not in run("load", own).stderr
    assert "bo-own" not in run("load").stderr, "what somebody loaded is no part of the dataset"


def releases(tmp_path, monkeypatch, *given):
    """Data folders of releases, by name, each with its records and those retired; the first one is this version's."""
    folders = {}
    for name, ids, retired in given:
        folder = folders[name] = tmp_path / name
        write_dataset(folder / "projects", [made_up(i, name=f"{i} of {name}") for i in ids])
        said = [{"id": i, "successor": s, "release": name, "reason": "one project"} for i, s in retired.items()]
        (folder / "retired.json").write_text(json.dumps(said))
        (folder / "release.toml").write_text(
            f'name = "{name}"\nformer = "2026.10"\ndate = "2026-12-01"\ngaps = []\n'
            f'[sample]\nrelease = "2026.10"\nclaims = 1\nwrong = 0\n'
        )

    def take(name):
        for module in ("api.commands.loading", "api.commands.releasing", "geo.curated.changes", "geo.curated.release"):
            monkeypatch.setattr(f"{module}.data_folder", lambda: folders[name])

    take(given[0][0])
    return take


def test_a_new_release_reaches_a_store(tmp_path, monkeypatch):
    """What the dataset changed follows, what it retired leads on, what a person changed stays; it is said before."""
    former = ("2026.11", ("bo-a", "bo-b", "bo-c"), {})
    take = releases(tmp_path, monkeypatch, former, ("2026.12", ("bo-a", "bo-d"), {"bo-b": "bo-a", "bo-c": "bo-a"}))
    monkeypatch.setattr("api.server.run", lambda *_: None)
    path = str(tmp_path / "ledger.gpkg")

    def served(*options):
        return CliRunner().invoke(main, ["serve", "--store", path, "--port", "0", "--create", *options]).stderr

    assert "Loaded: 3 created" in served()
    with closing(open_ledger(path).store) as store:
        store.write([Edit("bo-c", made_up("bo-c", name="By a person"), 1, "ana")])
    take("2026.12")
    said = " ".join(served().split())
    assert "(release 2026.11, now 2026.12): 1 changed, 1 new, 1 no longer records of their own." in said
    assert "Loaded" not in said
    said = " ".join(served("--update").split())
    assert "Loaded: 1 created, 1 updated, 1 kept, 1 retired" in said
    assert "in the dataset, and kept here, where somebody changed them: bo-c (now bo-a)" in said
    assert "their addresses lead to those that stand for them: bo-b (now bo-a)" in said
    with closing(open_ledger(path).store) as store:
        names = {r.project_id: r.project.properties.name for r in store.current()}
        assert ("bo-a", "2026.12") == (store.head("bo-b").successor, store.dataset_loaded().release)
    assert {"bo-a": "bo-a of 2026.12", "bo-c": "By a person", "bo-d": "bo-d of 2026.12"} == names
    for options in ((), ("--update",)):
        assert "Loaded" not in served(*options)
        assert "differs" not in served(*options)


def test_check_says_what_is_due_and_mends_files(run, tmp_path):
    bolivia = ROOT / "data" / "projects" / "BO.geojson"
    ranked = ["check", "--due", "--most", 3, "--format", "json"]
    due = json.loads(run(*ranked, bolivia).stdout)
    urgencies = [each["urgency"] for each in due]
    assert (3, sorted(urgencies, reverse=True)) == (len(due), urgencies)
    assert "Urgency" in run("check", "--due", "--most", 1, bolivia).stdout
    run("load", bolivia)
    assert due == json.loads(run(*ranked, "--store", tmp_path / "ledger.gpkg").stdout)
    file = write(tmp_path / "own.geojson", made_up_feature("bo-a", summary="A plant.."), made_up_feature("bo-b"))
    assert "own.geojson: bo-a" in "".join(run("check", "--fix", file).stderr.splitlines())
    assert "A plant." == json.loads(file.read_text())["features"][0]["properties"]["summary"]
    written = file.read_bytes()
    assert "Mended" not in run("check", "--fix", file).stderr
    assert written == file.read_bytes()
    run("check", "--fix", "--store", tmp_path / "ledger.gpkg", expect=2)
    run("check", "--fix", "--due", file, expect=2)


def test_what_changed_is_told_by_id(run, tmp_path, monkeypatch):
    former = ("2026.11", ("bo-a", "bo-b"), {})
    take = releases(tmp_path, monkeypatch, former, ("2026.12", ("bo-a", "bo-d"), {"bo-b": "bo-a"}))
    take("2026.12")
    told = run("changes", "--from", tmp_path / "2026.11").stdout
    lines = [
        "## 2026.12",
        "### New: 1",
        "- Bolivia (1): `bo-d`",
        "- `bo-a`: name",
        "- `bo-b` → `bo-a`: one project",
    ]
    assert lines == [line for line in told.splitlines() if line in lines]
    run("changes", "--keep")
    assert "### New" not in run("changes", "--from", "2026.12").stdout
    assert "known are 2026.12" in run("changes", "--from", "2025.01", expect=1).stderr


def test_a_release_that_cannot_be_read_is_said_and_the_store_is_served(tmp_path, monkeypatch):
    take = releases(tmp_path, monkeypatch, ("2026.11", ("bo-a",), {}), ("2026.12", ("bo-a", "bo-d"), {}))
    monkeypatch.setattr("api.server.run", lambda *_: None)
    serving = ["serve", "--store", str(tmp_path / "ledger.gpkg"), "--port", "0", "--update", "--create"]
    CliRunner().invoke(main, serving)
    take("2026.12")
    (tmp_path / "2026.12" / "projects" / "BO.geojson").write_text("{")
    told = CliRunner().invoke(main, serving)
    assert (0, True) == (told.exit_code, "The dataset of this version is not taken in: " in told.stderr)


def test_a_store_of_somebody_s_own_records_is_not_filled_by_an_update(tmp_path, monkeypatch):
    monkeypatch.setattr("api.server.run", lambda *_: None)
    path = tmp_path / "own.gpkg"
    with closing(open_ledger(path).store) as store:
        store.write([Edit("bo-own", made_up("bo-own"), None, "ana")])
    told = CliRunner().invoke(main, ["serve", "--store", str(path), "--port", "0", "--update"]).stderr
    assert "Loaded" not in told


def test_serve_says_when_the_dataset_is_not_what_the_store_was_filled_from(tmp_path, serve, monkeypatch):
    store = copy_of("south_america", tmp_path / "ledger.gpkg")
    told = [said for said in serve(store).said if "differs" in said]
    assert told == [
        f"The dataset of this version differs from what the store was filled from "
        f"(release 2026.11 or older, now 2026.12): {everything() - COUNT} new.\n"
    ]
    CliRunner().invoke(main, ["load", "--store", str(store)])
    monkeypatch.setattr("api.server.run", lambda *_: None)
    assert "differs" not in CliRunner().invoke(main, ["serve", "--store", str(store), "--port", "0"]).stderr


def test_serve_says_what_to_type_and_that_helps(run, tmp_path, monkeypatch):
    """As after an upgrade: records have changed, are new, and are gone."""
    monkeypatch.setattr("api.server.run", lambda *_: None)
    for release, ids in enumerate((("bo-a", "bo-b", "bo-c"), ("bo-a", "bo-b", "bo-d"))):
        folder = tmp_path / str(release)
        write_dataset(folder / "projects", [made_up(i, name=f"Release {release}") for i in ids])
        monkeypatch.setattr("api.commands.loading.data_folder", lambda folder=folder: folder)
        shown = run("serve", "--create", "--port", 0).stderr
    assert "filled from: 2 changed, 1 new, 1 no longer there." in shown
    [typed] = re.findall("To take it in, type: (.*)", shown)
    assert typed.split()[-3:-1] == ["load", "--store"]
    run(*shlex.split(typed)[1:])
    assert "filled from" not in run("serve", "--port", 0).stderr


def test_serve_is_silent_about_a_store_of_somebody_s_own(run, tmp_path, monkeypatch):
    monkeypatch.setattr("api.server.run", lambda *_: None)
    run("load", write(tmp_path / "own.geojson", made_up_feature("xx-own")))
    assert "filled from" not in run("serve", "--port", 0).stderr


def test_a_key_is_made_for_a_store_that_is_there(run, tmp_path):
    shown = run("keys", "create", "--name", "ana", expect=1).stderr
    assert str(tmp_path / "ledger.gpkg") in shown
    assert "there is no such store" in shown
    assert "--store or LEDGER_STORE" in shown
    assert f"load --store {tmp_path / 'ledger.gpkg'} fills it" in shown
    assert not (tmp_path / "ledger.gpkg").exists()
    open_ledger(tmp_path / "ledger.gpkg").store.close()
    assert f"Key of ana (editor) for {tmp_path / 'ledger.gpkg'}." in run("keys", "create", "--name", "ana").stderr


@pytest.mark.parametrize(
    ("how", "workers"), [("INT", 1), ("TERM", 1), ("HUP", 1), pytest.param("HUP", 2, marks=pytest.mark.slow)]
)
def test_a_server_ends_cleanly_and_says_where_the_data_are(tmp_path, serve, how, workers):
    """Ctrl-C and a closed terminal reach every process of the group, as a terminal sends them."""
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"), "--workers", str(workers))
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/geo+json"}
    body = json.dumps(made_up_feature("bo-last")).encode()
    items = f"{server.url}/api/collections/projects/items"
    urllib.request.urlopen(urllib.request.Request(items, body, headers, method="POST")).close()
    os.killpg(server.process.pid, getattr(signal, f"SIG{how}"))
    assert 0 == server.process.wait(60)
    server.stop()
    assert f"Stopped. The data are in {tmp_path / 'ledger.gpkg'}\n" == server.said[-1]
    assert ["ledger.gpkg", "ledger.gpkg-made"] == sorted(file.name for file in tmp_path.iterdir()), "no journal is left"
    with sql(tmp_path / "ledger.gpkg") as connection:
        assert (COUNT + 1,) == connection.execute("SELECT count(*) FROM projects").fetchone()


@pytest.mark.stores(pytest.param("postgis", marks=pytest.mark.postgres))
@pytest.mark.parametrize(("catalog", "place"), [("memory", "memory"), ("postgis", "PostGIS")])
def test_a_server_on_a_database_says_from_where_answers_come(serve, make_store, catalog, place):
    server = serve(make_store.filled("south_america").location, catalog=catalog)
    wait_for(lambda: f"Answers come from {place}.\n" in server.said)


@pytest.mark.slow
def test_a_terminal_that_is_hung_up_ends_no_server_under_nohup(tmp_path, serve):
    """Neither the process that started the workers nor they themselves."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"), "--workers", "2")
    finally:
        signal.signal(signal.SIGHUP, before)
    os.killpg(server.process.pid, signal.SIGHUP)
    with urllib.request.urlopen(f"{server.url}/healthz") as answer:
        assert 200 == answer.status
    assert 0 == server.stop()


@pytest.mark.parametrize(
    ("host", "shown"), [("::1", "http://[::1]:"), ("::", "http://[::1]:"), ("0.0.0.0", "http://127.0.0.1:")]
)
def test_the_address_that_is_said_can_be_opened(host, shown):
    with listen(host, 0) as listener:
        address = urllib.parse.urlsplit(address_of(listener))
        assert address_of(listener).startswith(shown)
        socket.create_connection((address.hostname, address.port)).close()


@pytest.mark.parametrize(
    ("host", "port", "advice"),
    [
        ("no.such.host.invalid", 0, "there is no such host; give an address of this machine with --host"),
        ("203.0.113.7", 0, "give an address of this machine with --host"),
        ("x" * 300, 0, "there is no such host"),
    ],
)
def test_a_host_that_is_not_ours_gets_advice_about_hosts(run, host, port, advice):
    shown = run("serve", "--host", host, "--port", port, expect=1).stderr
    assert advice in shown
    assert "another port" not in shown


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
    open_ledger(tmp_path / "ledger.gpkg").store.close()
    secret = run("keys", "create", "--name", "ana", "--role", "editor").stdout.strip()
    assert secret.startswith("ll_")
    with closing(open_ledger(tmp_path / "ledger.gpkg").store) as store:
        assert "ana" == store.keys.find(digest(secret)).name
        listed = run("keys", "list").stdout
        assert "ana" in listed
        assert secret not in listed
        run("keys", "create", "--name", "ana", expect=1)
        run("keys", "revoke", "--name", "ana")
        assert store.keys.find(digest(secret)) is None


def test_keys_end_and_are_replaced(run, tmp_path):
    open_ledger(tmp_path / "ledger.gpkg").store.close()
    run("keys", "create", "--name", "ana", "--expires", "2199-12-31")
    former = run("keys", "create", "--name", "ben", "--expires", "90d").stdout.strip()
    new = run("keys", "rotate", "--name", "ben", "--former", "7d").stdout.strip()
    with closing(open_ledger(tmp_path / "ledger.gpkg").store) as store:
        assert store.keys.all()[0].expires == "2199-12-31T23:59:59.999Z"
        replaced, found = (store.keys.find(digest(each)) for each in (former, new))
    assert ("ben", "ben") == (replaced.name, found.name)
    lasts = dt.datetime.fromisoformat(found.expires) - dt.datetime.fromisoformat(found.created)
    assert lasts.days in (89, 90), "as long as the former one was to"
    days = dt.datetime.fromisoformat(replaced.expires) - dt.datetime.fromisoformat(replaced.created)
    assert 7 == days.days
    assert [True, False] == [
        bool(key["replaced"]) for key in json.loads(run("keys", "list", "--format", "json").stdout)[1:]
    ]
    for wrong in ("soon", "2024-13-01", "2020-01-01", "99999d", "-3d"):
        assert "refused" in run("keys", "create", "--name", "eve", "--expires", wrong, expect=1).stderr


def test_a_port_that_is_taken_is_said_at_once(run):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        shown = run("serve", "--port", other.getsockname()[1], expect=1)
    assert "give another port" in shown.stderr


def test_serve_fills_an_empty_store_and_keeps_what_is_there(tmp_path, serve):
    for _ in range(2):
        server = serve(tmp_path / "ledger.gpkg")
        with urllib.request.urlopen(f"{server.url}/healthz") as answer:
            assert everything() == json.load(answer)["version"]
        assert 0 == server.stop()


@pytest.mark.slow
def test_several_workers_follow_one_store(tmp_path, serve):
    """Whichever process answers, it knows what another has just written."""
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"), "--workers", "2")
    items = f"{server.url}/api/collections/projects/items"
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/geo+json"}
    for number in range(10):
        body = json.dumps(made_up_feature(f"bo-made-up-{number}")).encode()
        urllib.request.urlopen(urllib.request.Request(items, body, headers, method="POST")).close()
        for _ in range(5):
            with urllib.request.urlopen(f"{items}?limit=1") as answer:
                assert COUNT + number + 1 == json.load(answer)["numberMatched"]
