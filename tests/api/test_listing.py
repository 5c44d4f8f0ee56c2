"""Lists of the command line: whole where they are piped, said where they are empty, and read by programs."""

import csv
import io
import json
import re

import pytest
from click.testing import CliRunner
from made_up import made_up
from rich.console import ConsoleDimensions

from api.commands.main import main
from api.commands.terminal import out
from geo.editing import Edit
from geo.hooks import Hook
from geo.keys import create_key
from geo.proposals import Author, Draft

LISTS = {
    "keys": "There are no keys.",
    "authors": "No author is hidden.",
    "hooks": "There are no web hooks.",
    "proposals": "There are no such proposals.",
}
LONG = "somebody of a very long name, who works for an agency of a name that is longer still"


def listed(store, command, *words):
    done = CliRunner().invoke(main, [command, "list", "--store", store.location, *words])
    assert 0 == done.exit_code, done.output
    return done.stdout


@pytest.fixture
def filled(store):
    """A store with one of each, by an author of a long name that has what steers a terminal."""
    create_key(store.keys, LONG, "editor", scope=["AR", "BO"])
    store.write([Edit("bo-made-up", made_up(), None, LONG)])
    store.authors.hide(LONG)
    kept = {"id": "hook_" + "a" * 90, "owner": LONG, "address": "http://127.0.0.1/", "question": "", "base": ""}
    store.hooks.add(Hook(**kept, language="en", secret=b"", created="2026-12-01T00:00:00.000Z", cursor=1))
    name = "A\u009bB"
    store.proposals.add(Draft("create", "bo-a", None, made_up("bo-a"), name, "BO", [], "c", Author("Rosa", LONG)))
    return store


@pytest.mark.parametrize("command", LISTS)
def test_an_empty_list_says_so_and_is_empty_for_programs(store, command):
    done = CliRunner().invoke(main, [command, "list", "--store", store.location])
    assert (0, LISTS[command]) == (done.exit_code, done.output.strip())
    assert [] == json.loads(listed(store, command, "--format", "json"))
    assert 1 == len(listed(store, command, "--format", "csv").splitlines())


@pytest.mark.parametrize("command", LISTS)
def test_what_is_piped_is_whole_and_the_same_in_every_form(filled, command):
    table = listed(filled, command)
    assert LONG in table
    assert "…" not in table
    [of_json] = json.loads(listed(filled, command, "--format", "json"))
    [of_csv] = csv.DictReader(io.StringIO(listed(filled, command, "--format", "csv").removeprefix("\ufeff")))
    assert {name: "" if value is None else str(value) for name, value in of_json.items()} == {
        name: value.replace("\\u009b", "\u009b") for name, value in of_csv.items()
    }
    for form in ("table", "csv", "json"):
        assert "\u009b" not in listed(filled, command, "--format", form)
    assert [name.replace("_", " ").capitalize() for name in of_json] == re.findall(
        r"[A-Z][a-z ]*[a-z]", table.splitlines()[1]
    )


def test_in_a_narrow_terminal_an_id_is_folded_and_not_cut(filled, monkeypatch):
    [hook] = filled.hooks.all()
    monkeypatch.setattr(type(out), "size", property(lambda _: ConsoleDimensions(60, 25)))
    table = listed(filled, "hooks")
    assert "…" not in table
    cells = [line.split("│")[1].strip() for line in table.splitlines() if line.startswith("│")]
    assert hook.id == "".join(cells)
