"""`lithium-ledger audit`: who did what, as a table and for programs."""

import contextlib
import csv
import io
import json

import click
import pytest
from click.testing import CliRunner
from made_up import made_up, made_up_feature

from api.commands.main import main
from geo.editing import Edit
from geo.keys import create_key
from geo.opening import open_ledger
from geo.proposals import Author, Draft
from geo.records.project import Project

ITEMS = "/api/collections/projects/items"


def told(store, *options):
    done = CliRunner().invoke(main, ["audit", "--store", store.location, *options])
    assert 0 == done.exit_code, done.output
    return done.output


def test_the_log_is_a_table_and_lines_for_programs(store):
    create_key(store.keys, "=ana", "editor", scope=["BO"])
    store.write([Edit("bo-made-up", Project.from_feature(made_up_feature()), None, "\u202eana", "x\u009by")])
    rows = list(csv.DictReader(io.StringIO(told(store).removeprefix("\ufeff"))))
    assert ["key_made", "record_created"] == [row["action"] for row in rows]
    assert ["'=ana", "\\u202eana"] == [rows[0]["subject"], rows[1]["actor"]]
    assert {"revision": 1, "comment": "x\u009by"} == json.loads(rows[1]["details"])
    lines = told(store, "--format", "jsonl")
    assert not {"\u202e", "\u009b"} & set(lines)
    entries = [json.loads(line) for line in lines.splitlines()]
    assert ["=ana", "bo-made-up"] == [entry["subject"] for entry in entries]
    assert "\u202eana" == entries[1]["actor"]


# Every command on a store, with what it is given; `mcp` and `serve` go on until they are ended.
COMMANDS = {
    "load": ["loaded.geojson"],
    "export": ["exported"],
    "check": [],
    "import": ["--write", "loaded.geojson"],
    "save": ["--out", "saved.csv"],
    "map": ["--out", "map.html"],
    "publish": ["published"],
    "release": ["2026.12"],
    "archive": ["--service", "http://127.0.0.1:9/", "--pause", "0"],
    "keys create": ["--name", "ben"],
    "keys rotate": ["--name", "ben"],
    "keys list": [],
    "keys revoke": ["--name", "ben"],
    "hooks list": [],
    "hooks retry": ["none"],
    "hooks remove": ["none"],
    "proposals list": [],
    "proposals remove": ["--text", "plant", "--with-keys", "--yes"],
    "audit": [],
    "authors hide": ["ana"],
    "authors show": ["ana"],
    "authors list": [],
    "backup": ["backup.gpkg"],
    "restore": ["--replace", "backup.gpkg"],
}


def on_stores(group, *names):
    """The commands that are about a store."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from on_stores(command, *names, name)
        elif "store" in {each.name for each in command.params}:
            yield " ".join((*names, name))


def entries(path):
    with contextlib.closing(open_ledger(path).store) as store:
        return list(store.audit.entries())


@pytest.mark.slow
def test_no_command_changes_what_was_told(tmp_path, monkeypatch):
    assert {*on_stores(main)} - {"serve", "mcp"} == {*COMMANDS}
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "store.gpkg"
    with contextlib.closing(open_ledger(path).store) as store:
        create_key(store.keys, "ana", "editor")
        store.write([Edit("bo-made-up", made_up(), None, "ana")])
        draft = Draft("delete", "bo-made-up", 1, None, "Made-up plant", "BO", [], "Gone.", Author("ana", "ana"))
        store.proposals.add(draft)
    loaded = {"type": "FeatureCollection", "features": [made_up_feature("bo-loaded")]}
    (tmp_path / "loaded.geojson").write_text(json.dumps(loaded))
    told, refused = entries(path), []
    for command, given in COMMANDS.items():
        done = CliRunner().invoke(main, [*command.split(), "--store", str(path), *given])
        refused += [command] if done.exit_code else []
        before, told = told, entries(path)
        assert before == told[: len(before)], command
    assert ["hooks retry", "hooks remove"] == refused, "since there is no hook"


def test_days_narrow_it(store):
    create_key(store.keys, "ana", "editor")
    assert "" == told(store, "--format", "jsonl", "--until", "2020-01-01")
    assert "" == told(store, "--format", "jsonl", "--since", "2099-01-01")
    [entry] = map(json.loads, told(store, "--format", "jsonl").splitlines())
    day = entry["time"][:10]
    assert entry == json.loads(told(store, "--format", "jsonl", "--since", day, "--until", day))


def test_a_refusal_for_a_role_is_noted_once_and_so_is_who_signed_in(api):
    for _ in range(3):
        assert 403 == api.client.delete(f"{ITEMS}/bo-rosatom-battery-factory", headers=api.reader).status_code
    _, secret = create_key(api.store.keys, "ana", "admin")
    api.client.post("/sign-in", data={"key": secret})
    entries = [json.loads(line) for line in told(api.store, "--format", "jsonl").splitlines()]
    [refused] = [each for each in entries if each["action"] == "refused"]
    assert ("reader", "change", "reader") == (refused["actor"], refused["subject"], refused["details"]["role"])
    assert f"DELETE {ITEMS}/bo-rosatom-battery-factory" == refused["details"]["asked"]
    assert ["ana"] == [each["actor"] for each in entries if each["action"] == "signed_in"]


def test_a_refusal_for_countries_is_noted_as_one_for_a_role(api):
    _, secret = create_key(api.store.keys, "ben", "editor", scope=["AR"])
    headers = {"X-API-Key": secret, "If-Match": "*"}
    for _ in range(3):
        assert 403 == api.client.delete(f"{ITEMS}/bo-rosatom-battery-factory", headers=headers).status_code
    [refused] = [each for each in api.store.audit.entries() if each.action == "refused"]
    assert ("ben", "change", "editor") == (refused.actor, refused.subject, refused.details["role"])


def test_a_flood_of_refusals_is_told_up_to_a_bound(api, monkeypatch):
    monkeypatch.setattr("api.refusals.MOST", 3)
    for number in range(5):
        _, secret = create_key(api.store.keys, f"ben {number}", "editor", scope=["AR"])
        headers = {"X-API-Key": secret, "If-Match": "*"}
        assert 403 == api.client.delete(f"{ITEMS}/bo-rosatom-battery-factory", headers=headers).status_code
    assert 3 == sum(each.action == "refused" for each in api.store.audit.entries())
