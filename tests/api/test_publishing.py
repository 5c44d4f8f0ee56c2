"""The folder of a published site: ours alone, whole files, unchanged ones left as they are."""

import contextlib
import json
import os

import pytest
from click.testing import CliRunner
from conftest import copy_of
from made_up import made_up, made_up_features

from api.commands.main import main
from api.commands.stores import CommandRefused
from api.publishing.folder import MARKER, publishing_into
from geo.editing import Edit
from geo.opening import open_ledger
from geo.records.project import Project


def put(root, files, planned=()):
    with publishing_into(root) as folder:
        folder.begin([*files, *planned])
        for name, body in files.items():
            folder.put(name, body)
        folder.finish({})
    return folder


def test_what_has_not_changed_keeps_its_time_and_what_is_gone_is_removed(tmp_path):
    root = tmp_path / "site"
    put(root, {"index.html": b"one", "projects/bo-a/index.html": b"a", "projects/bo-b/index.html": b"b"})
    before = (root / "index.html").stat().st_mtime_ns
    done = put(root, {"index.html": b"one", "projects/bo-a/index.html": b"new"})
    assert (done.written, done.unchanged, done.removed) == (1, 1, 1)
    assert (root / "index.html").stat().st_mtime_ns == before
    assert not (root / "projects" / "bo-b").exists()
    assert (root / "projects" / "bo-a" / "index.html").read_bytes() == b"new"


def test_a_web_server_may_read_the_files(tmp_path):
    put(tmp_path / "site", {"index.html": b"one"})
    assert {(tmp_path / "site" / name).stat().st_mode & 0o777 for name in ("index.html", MARKER)} == {0o644}


def test_a_folder_with_other_things_is_left_as_it_is(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CommandRefused, match="other things are in it"):
        put(tmp_path, {"index.html": b"one"})
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


def test_what_somebody_puts_beside_the_site_stays(tmp_path):
    put(tmp_path / "site", {"index.html": b"one", "about/index.html": b"two"})
    (tmp_path / "site" / "CNAME").write_text("example.org")
    (tmp_path / "site" / "about" / "mine.txt").write_text("mine")
    put(tmp_path / "site", {"index.html": b"one"})
    assert (tmp_path / "site" / "CNAME").exists()
    assert [each.name for each in (tmp_path / "site" / "about").iterdir()] == ["mine.txt"]


def test_what_a_run_that_failed_has_put_there_goes_with_the_next(tmp_path):
    root = tmp_path / "site"
    with contextlib.suppress(RuntimeError), publishing_into(root) as folder:
        folder.begin(["index.html", "projects/bo-a/index.html"])
        folder.put("projects/bo-a/index.html", b"a")
        raise RuntimeError
    put(root, {"index.html": b"one"})
    assert sorted(each.name for each in root.iterdir()) == ["index.html", MARKER]


def test_two_at_a_time_are_refused(tmp_path):
    with publishing_into(tmp_path), pytest.raises(CommandRefused, match="just now"), publishing_into(tmp_path):
        pass


def test_a_marker_that_names_files_elsewhere_removes_none_of_them(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "site" / MARKER).write_text('{"files": ["../mine.txt", "/etc/hostname", "a/../../mine.txt", 7]}')
    put(tmp_path / "site", {"index.html": b"one"})
    assert (tmp_path / "mine.txt").read_text() == "mine"


@pytest.mark.slow
def test_the_same_store_gives_the_same_bytes_and_a_record_that_is_gone_leaves_nothing(tmp_path):
    store = tmp_path / "ledger.gpkg"
    projects = [Project.from_feature(feature) for feature in made_up_features(3)]
    with contextlib.closing(open_ledger(store).store) as opened:
        opened.write([Edit(each.id, each, None, "test") for each in projects])
    command = ["publish", "--store", str(store), "--url", "https://example.org"]

    def published(root):
        done = CliRunner().invoke(main, [*command, str(root)])
        assert done.exit_code == 0, done.output
        return {
            file.relative_to(root).as_posix(): file.read_bytes()
            for file in root.rglob("*")
            if file.is_file() and file.suffix not in (".gpkg", ".xlsx") and file.name != MARKER  # which tell when
        }

    one, other = published(tmp_path / "one"), published(tmp_path / "other")
    assert one == other
    times = {name: os.stat(tmp_path / "one" / name).st_mtime_ns for name in one}
    assert published(tmp_path / "one") == one
    assert {name: os.stat(tmp_path / "one" / name).st_mtime_ns for name in one} == times
    gone = projects[0].id
    with contextlib.closing(open_ledger(store).store) as opened:
        opened.write([Edit(gone, None, 1, "test")])
    left = published(tmp_path / "one")
    assert not [name for name in left if gone in name]
    assert not [name for name, body in left.items() if f"/projects/{gone}/".encode() in body]


SHAPES = """
[[overlay]]
id = "parks"
title = "Parks of somewhere"
kind = "protected-area"
licence = "CC0 1.0"
credit = "Nobody"
colour = "green"
file = "parks.geojson"
"""
PARK = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [-67, -20]}}


@pytest.mark.slow
def test_addresses_of_records_that_others_took_in_lead_there_and_what_is_left_out_is_said(tmp_path, monkeypatch):
    store, folder, url = tmp_path / "ledger.gpkg", tmp_path / "site", "https://example.org/atlas"
    names = ("bo-first", "bo-second", "bo-last", "bo-gone")
    with contextlib.closing(open_ledger(store).store) as opened:
        opened.write([Edit(each, made_up(each, name=f"Plant {each}"), None, "test") for each in names])
        following = {"bo-first": "bo-second", "bo-second": "bo-last", "bo-gone": None}
        opened.write([Edit(each, None, 1, "test", successor=other) for each, other in following.items()])
    (tmp_path / "overlays.toml").write_text(SHAPES)
    (tmp_path / "parks.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [PARK]}))
    monkeypatch.setenv("LEDGER_OVERLAYS", str(tmp_path))
    options = ["--store", str(store), "--url", url, "--lang", "en", "--lang", "es"]
    done = CliRunner().invoke(main, ["publish", *options, str(folder)])
    assert done.exit_code == 0, done.output
    assert "the overlay Parks of somewhere" in " ".join(done.stderr.split())
    for gone in ("bo-first", "bo-second"):
        for language, said in (("", "taken into another"), ("es/", "se incorporó a otra")):
            page = (folder / f"{language}projects" / gone / "index.html").read_text()
            assert f'<link rel="canonical" href="{url}/{language}projects/bo-last/">' in page
            assert '<meta http-equiv="refresh" content="0; url=../bo-last/">' in page
            assert said in page
        item = f"api/collections/projects/items/{gone}.json"
        assert "bo-last" == json.loads((folder / item).read_bytes())["id"]
    assert not (folder / "projects" / "bo-gone").exists()
    assert "bo-first" not in (folder / "sitemap-1.xml").read_text()


@pytest.mark.slow
def test_other_things_are_refused_before_anything_is_made(tmp_path):
    store = copy_of("south_america", tmp_path / "ledger.gpkg")
    done = CliRunner().invoke(main, ["publish", "--store", str(store), str(tmp_path)])
    assert done.exit_code == 1
    assert "other things are in it" in done.output
