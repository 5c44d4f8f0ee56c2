"""What an operator types to keep copies of a store, beside servers that go on."""

import json
import os
import shutil
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from click.testing import CliRunner
from conftest import copy_of
from made_up import made_up_feature

from api.commands.main import main
from geo.opening import open_ledger

STORES = ("geopackage",)  # this is about a file

SERVICE = 65_534


def run(*arguments, expect=0):
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert expect == done.exit_code, done.output
    return done


def post(server, project_id):
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/geo+json"}
    body = json.dumps(made_up_feature(project_id)).encode()
    request = urllib.request.Request(f"{server.url}/api/collections/projects/items", body, headers)
    with urllib.request.urlopen(request) as answer:
        return answer.status


def ids(store):
    with closing(open_ledger(store).store) as opened:
        return set(opened.current_ids())


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_goes_on_while_it_is_backed_up_and_ends_before_it_is_restored(tmp_path, serve, workers):
    server = serve(copy_of("south_america", tmp_path / "ledger.gpkg"), "--workers", str(workers))
    store = ["--store", str(server.store)]
    assert 201 == post(server, "bo-before")
    with ThreadPoolExecutor(4) as pool:
        written = [pool.submit(post, server, f"bo-meanwhile-{number}") for number in range(20)]
        made = run("backup", *store, tmp_path / "backup.gpkg")
        assert [201] * 20 == [each.result() for each in written]
    assert f"{tmp_path / 'backup.gpkg'}\n" == made.stdout
    assert "Backed up" in made.stderr

    refused = run("restore", *store, "--replace", tmp_path / "backup.gpkg", expect=1)
    assert "a server or another program has it open" in refused.stderr
    assert 201 == post(server, "bo-after")
    server.stop()
    assert "bo-after" in ids(server.store)
    run("restore", *store, "--replace", tmp_path / "backup.gpkg")
    assert "bo-before" in ids(server.store)
    assert "bo-after" not in ids(server.store)
    [former] = tmp_path.glob("ledger-former-*.gpkg")
    assert "bo-after" in ids(former)


def test_a_folder_keeps_as_many_copies_as_it_is_told(tmp_path):
    store = copy_of("many", tmp_path / "ledger.gpkg")
    (tmp_path / "copies").mkdir()
    said = [run("backup", "--store", store, "--keep", "2", tmp_path / "copies") for _ in range(3)]
    assert ["1 older removed" in each.stderr for each in said] == [False, False, True]
    assert [each.stdout.strip() for each in said[1:]] == sorted(map(str, (tmp_path / "copies").iterdir()))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="root alone gives files away")
def test_what_root_makes_belongs_to_whom_the_store_belongs(tmp_path):
    """Root restores, and the server is an ordinary user."""
    folder = tmp_path / "service"
    folder.mkdir()
    store = copy_of("many", folder / "ledger.gpkg")
    for each in (folder, store):
        os.chown(each, SERVICE, SERVICE)
    run("backup", "--store", store, folder)
    [backup] = folder.glob("ledger-2*.gpkg")
    run("restore", "--store", store, "--replace", backup)
    store.rename(folder / "gone.gpkg")
    (folder / "ledger.gpkg-made").unlink()
    run("restore", "--store", store, backup)
    run("keys", "create", "--store", store, "--name", "ana", "--expires", "1d")
    owners = {each.name: (each.stat().st_uid, each.stat().st_gid) for each in folder.iterdir()}
    assert {"ledger.gpkg", "ledger.gpkg-made", "gone.gpkg"} <= set(owners)
    assert {(SERVICE, SERVICE)} == set(owners.values()), owners


def test_a_store_that_is_gone_comes_back_from_a_backup(tmp_path):
    store = copy_of("many", tmp_path / "ledger.gpkg")
    run("backup", "--store", store, tmp_path / "backup.gpkg")
    before = ids(store)
    store.unlink()
    assert "restore" in run("keys", "list", "--store", store, expect=1).stderr
    assert "Restored" in run("restore", "--store", store, tmp_path / "backup.gpkg").stderr
    assert before == ids(store)


def test_what_cannot_be_done_is_said(tmp_path):
    store = copy_of("many", tmp_path / "ledger.gpkg")
    run("backup", "--store", store, "--keep", "2", tmp_path / "backup.gpkg", expect=2)
    run("restore", "--store", store, tmp_path / "nowhere.gpkg", expect=2)
    assert "no such store" in run("backup", "--store", tmp_path / "no.gpkg", tmp_path, expect=1).stderr
    run("backup", "--store", store, tmp_path / "backup.gpkg")
    assert "there is a store already" in run("restore", "--store", store, tmp_path / "backup.gpkg", expect=1).stderr
    os.truncate(shutil.copy(tmp_path / "backup.gpkg", tmp_path / "cut.gpkg"), 50_000)
    assert "refused" in run("restore", "--store", store, "--replace", tmp_path / "cut.gpkg", expect=1).stderr
