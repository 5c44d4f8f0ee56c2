"""The command line writes the files that the API answers."""

import dataclasses

import pytest
from click.testing import CliRunner
from conftest import client_of, copy_of
from taken_away import read_back

from api.commands.main import main
from api.settings import Settings
from geo.formats.registry import FORMATS
from geo.opening import open_ledger

pytestmark = pytest.mark.slow

ITEMS = "/api/collections/projects/items"
ASKED = {"country": "BO,AR", "as_of": "2021", "status_group": "planned"}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return copy_of("south_america", tmp_path_factory.mktemp("saving") / "store.gpkg")


@pytest.fixture(scope="module")
def answered(store):
    opened = open_ledger(store).store
    with client_of(opened, Settings()) as client:
        yield lambda form: client.get(ITEMS, params={**ASKED, "f": form}).content


def save(store, *options):
    return CliRunner().invoke(main, ["save", "--store", str(store), *map(str, options)])


@pytest.mark.parametrize("form", FORMATS)
def test_a_saved_file_holds_what_the_api_answers(store, answered, tmp_path, form):
    file = tmp_path / f"saved.{FORMATS[form].ending}"
    filters = [option for name, text in ASKED.items() for option in (f"--{name}", text)]
    done = save(store, "--out", file, "--format", form, *filters)
    assert 0 == done.exit_code, done.output
    ids = [[row["id"] for row in read_back(form, content, tmp_path)] for content in (answered(form), file.read_bytes())]
    assert ids[0] == ids[1] != []
    assert f"{len(ids[0])} records" in done.stderr


def test_the_ending_says_the_format(store, tmp_path):
    for ending in ("FGB", "geojson", "parquet", "bib"):
        assert 0 == save(store, "--out", tmp_path / f"bolivia.{ending}", "--country", "BO").exit_code
    assert (tmp_path / "bolivia.FGB").read_bytes().startswith(b"fgb")
    assert (tmp_path / "bolivia.parquet").read_bytes().startswith(b"PAR1")


@pytest.mark.parametrize(
    ("name", "named"), [("all.json", "jsonfg, csl"), ("all.shp", "csv, xlsx"), ("all", "csv, xlsx")]
)
def test_an_ending_that_names_no_one_format_is_refused(store, tmp_path, name, named):
    done = save(store, "--out", tmp_path / name)
    assert 2 == done.exit_code
    assert named in done.output
    assert [] == list(tmp_path.iterdir())


def test_what_cannot_be_written_leaves_nothing(store, tmp_path, monkeypatch):
    monkeypatch.setitem(FORMATS, "csv", dataclasses.replace(FORMATS["csv"], most=3))
    for options in (["--out", tmp_path / "x.csv"], ["--out", tmp_path / "none" / "x.fgb"]):
        done = save(store, *options)
        assert (1, True) == (done.exit_code, "refused" in done.stderr)
    (tmp_path / "kept.fgb").write_bytes(b"former")

    def broken(_):
        yield b"fgb"
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(FORMATS, "fgb", dataclasses.replace(FORMATS["fgb"], write=broken))
    assert "No space left" in save(store, "--out", tmp_path / "kept.fgb").stderr
    assert {"kept.fgb": b"former"} == {file.name: file.read_bytes() for file in tmp_path.iterdir()}


def test_a_filter_that_is_none_is_refused(store, tmp_path):
    assert 1 == save(store, "--out", tmp_path / "x.csv", "--country", "XX").exit_code
    assert 2 == save(store, "--out", tmp_path / "x.csv", "--limit", "3").exit_code
    assert [] == list(tmp_path.iterdir())
