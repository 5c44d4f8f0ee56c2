"""Where a store is made, and where a command refuses to: what an operator sees whose volume is not mounted."""

import json
import os
import re
import subprocess

import pytest
from click.testing import CliRunner
from conftest import ROOT, copy_of, sql
from made_up import made_up

from api.commands.main import main
from geo.curated.files import write_dataset
from geo.opening import open_ledger

STORES = ("geopackage",)  # this is about a file


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A terminal in an empty folder, with a dataset of one record; servers end at once."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEDGER_STORE", raising=False)
    monkeypatch.setattr("api.server.run", lambda *_: None)
    write_dataset(tmp_path / "data" / "projects", [made_up("bo-a")])
    monkeypatch.setattr("api.commands.loading.data_folder", lambda: tmp_path / "data")

    def invoke(*arguments, expect=0):
        done = CliRunner().invoke(main, list(map(str, arguments)))
        assert expect == done.exit_code, done.output
        return done.stderr

    return invoke


def serve(run, *options, expect=0):
    return run("serve", "--port", 0, *options, expect=expect)


def test_somebody_new_gets_a_store_where_they_are(run, tmp_path):
    shown = serve(run)
    assert f"A new store: {tmp_path / 'ledger.gpkg'}" in shown
    assert "1 created" in shown
    assert "A new store" not in serve(run)


def test_a_place_that_is_stated_and_empty_gets_none(run, tmp_path, monkeypatch):
    shown = serve(run, "--store", "volume.gpkg", expect=1)
    assert "Is a volume not mounted, or the path mistyped?" in shown
    assert re.search(r"serve --store volume\.gpkg --create\.", shown)
    monkeypatch.setenv("LEDGER_STORE", str(tmp_path / "variable.gpkg"))
    assert "variable.gpkg: there is no store." in serve(run, expect=1)
    assert [] == list(tmp_path.glob("*.gpkg*"))


def test_what_is_said_to_type_helps(run):
    typed = re.search(r"(serve --store \S+ --create)\.", serve(run, "--store", "volume.gpkg", expect=1))[1]
    assert "A new store" in run(*typed.split(), "--port", 0)
    assert "A new store" not in serve(run, "--store", "volume.gpkg")


@pytest.mark.parametrize("command", [("serve", "--port", 0), ("load",), ("keys", "list"), ("check", "--store")])
def test_a_store_that_is_gone_is_made_again_by_no_command(run, tmp_path, command):
    serve(run)
    (tmp_path / "ledger.gpkg").unlink()
    stated = ["ledger.gpkg"] if command[-1] == "--store" else []
    shown = run(*command, *stated, expect=1)
    assert "there was one: ledger.gpkg-made is left of it" in shown
    assert not (tmp_path / "ledger.gpkg").exists()


@pytest.mark.parametrize("command", [("serve", "--port", 0), ("load",), ("keys", "list"), ("export", "out")])
def test_a_store_of_no_bytes_is_refused_by_every_command(run, tmp_path, command):
    serve(run)
    os.truncate(tmp_path / "ledger.gpkg", 0)
    assert "is empty, which a store never is" in run(*command, expect=1)
    assert 0 == (tmp_path / "ledger.gpkg").stat().st_size


@pytest.mark.parametrize("left", ["", "cut off", "gone"])
def test_create_makes_one_in_any_case(run, tmp_path, left):
    serve(run)
    if left == "cut off":
        os.truncate(tmp_path / "ledger.gpkg", 0)
    if left == "gone":
        (tmp_path / "ledger.gpkg").unlink()
    assert (left != "") == ("A new store" in serve(run, "--create"))
    assert "A new store" not in serve(run)


def test_load_makes_a_store_where_there_has_been_none(run):
    assert "1 created" in run("load", "--store", "stated.gpkg")


def test_the_help_says_the_rule(run):
    told = " ".join(CliRunner().invoke(main, ["serve", "--help"]).output.split())
    assert "--create has to say so" in told


def test_make_serve_creates_a_store_that_is_named_for_the_first_time(tmp_path):
    """And leaves it to serve to refuse where something of its name is left."""
    new, left, there = (tmp_path / name for name in ("new one.gpkg", "left.gpkg", "there.gpkg"))
    left.with_name("left.gpkg-wal").touch()
    copy_of("many", there)
    assert [True, False, False] == [" --create" in typed_by_make(each) for each in (new, left, there)]


def typed_by_make(store):
    """What `make serve` would type for this store."""
    alone = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    made = subprocess.run(
        ["make", "-n", "serve", f"STORE={store}"], cwd=ROOT, env=alone, capture_output=True, text=True
    )
    recipe = made.stdout.splitlines()[-1]
    assert recipe.startswith("exec "), made.stderr
    return subprocess.run(["sh", "-c", recipe.replace("exec", "echo", 1)], capture_output=True, text=True).stdout


def test_workers_make_no_store(tmp_path, monkeypatch):
    from api import server

    file = copy_of("many", tmp_path / "ledger.gpkg")
    open_ledger(file).store.close()
    file.unlink()
    monkeypatch.setenv("LEDGER_STORE", str(file))
    with pytest.raises(Exception, match="there was one"):
        server.worker()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere files have no such modes")
def test_a_store_that_everybody_may_read_is_said_to_be_one(run, tmp_path):
    assert "may read" not in serve(run) + serve(run)
    (tmp_path / "ledger.gpkg").chmod(0o644)
    assert f"chmod o-r {tmp_path / 'ledger.gpkg'}" in serve(run).replace("'", "")
    assert 0o644 == (tmp_path / "ledger.gpkg").stat().st_mode & 0o777


def test_check_names_what_is_wrong_with_a_store(run, tmp_path):
    serve(run)
    assert "no errors" in run("check", "--store", "ledger.gpkg")
    with sql(tmp_path / "ledger.gpkg") as connection:
        connection.execute("DROP TRIGGER revisions_are_not_changed")
        connection.execute("UPDATE revisions SET number = 2")
    done = CliRunner().invoke(main, ["check", "--store", "ledger.gpkg", "--format", "json", "--least", "error"])
    assert 1 == done.exit_code
    assert {("bo-a", "store-number-gap"), ("bo-a", "store-row-not-newest")} == {
        (each["record"], each["rule"]) for each in json.loads(done.stdout)
    }


def test_check_names_a_damaged_page_and_does_not_end_in_a_traceback(run, tmp_path):
    serve(run)
    with sql(tmp_path / "ledger.gpkg") as connection:
        [(size,)] = connection.execute("PRAGMA page_size")
        [(page,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'revisions'")
    with (tmp_path / "ledger.gpkg").open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(b"\xff" * size)
    done = CliRunner().invoke(main, ["check", "--store", "ledger.gpkg"])
    assert (1, True) == (done.exit_code, "store-page-damaged" in done.stdout)
