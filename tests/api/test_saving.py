"""The command line writes the files that the API answers."""

import concurrent.futures
import dataclasses
import json
import os

import pytest
from click.testing import CliRunner
from conftest import client_of, copy_of
from taken_away import read_back

from api.commands.main import main
from api.settings import Settings
from geo.formats.registry import FORMATS
from geo.opening import open_ledger
from geo.unfinished import path_of

pytestmark = pytest.mark.slow

ITEMS = "/api/collections/{}/items"
CRS = "http://www.opengis.net/def/crs"
ASKED = {"country": "BO,AR", "as_of": "2021", "status_group": "planned"}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return copy_of("south_america", tmp_path_factory.mktemp("saving") / "store.gpkg")


@pytest.fixture(scope="module")
def answered(store):
    opened = open_ledger(store).store
    with client_of(opened, Settings()) as client:
        yield lambda params, collection="projects": client.get(ITEMS.format(collection), params=params)


def save(store, *options, command="save"):
    return CliRunner().invoke(main, [command, "--store", str(store), *map(str, options)])


def options_of(asked):
    return [option for name, text in asked.items() for option in (f"--{name}", text)]


def ids(form, content, folder, collection="projects"):
    return [row["id"] for row in read_back(form, content, folder, collection)]


@pytest.mark.parametrize("form", FORMATS)
def test_a_saved_file_holds_what_the_api_answers(store, answered, tmp_path, form):
    file = tmp_path / f"saved.{FORMATS[form].ending}"
    done = save(store, "--out", file, "--format", form, *options_of(ASKED))
    assert 0 == done.exit_code, done.output
    meant = ids(form, answered({**ASKED, "f": form}).content, tmp_path)
    assert meant == ids(form, file.read_bytes(), tmp_path) != []
    assert f"{len(meant)} records" in done.stderr


BOLIVIAN = {"op": "in", "args": [{"property": "country"}, ["BO", "CL"]]}


@pytest.mark.parametrize(
    "asked",
    [
        {"filter": "country IN ('BO','CL') AND NOT kind LIKE 'hard%'", "sortby": "-name", "limit": "7"},
        {"filter": json.dumps(BOLIVIAN), "filter-lang": "cql2-json", "status_group": "planned"},
        {"filter": "S_INTERSECTS(geometry, BBOX(-16.5,-68.2,-16.4,-60))", "filter-crs": f"{CRS}/EPSG/0/4326"},
        {"region": "Antofagasta"},
    ],
)
def test_whatever_the_api_is_asked_a_file_can_be_asked(store, answered, tmp_path, asked):
    done = save(store, "--out", tmp_path / "saved.csv", *options_of(asked))
    assert 0 == done.exit_code, done.output
    meant = ids("csv", answered({**asked, "f": "csv"}).content, tmp_path)
    assert meant == ids("csv", (tmp_path / "saved.csv").read_bytes(), tmp_path) != []


@pytest.mark.parametrize(
    "asked", [{"filter": "stauts = 'operating'"}, {"filter": "1 ="}, {"filter": "1=1", "filter-lang": "ecql"}]
)
def test_what_the_api_refuses_a_file_and_a_map_refuse_alike(store, answered, tmp_path, asked):
    said = answered(asked).json()["detail"]
    for command in ("save", "map"):
        done = save(store, "--out", tmp_path / "x.csv", *options_of(asked), command=command)
        assert (1, True) == (done.exit_code, said in " ".join(done.stderr.split())), done.stderr
    assert [] == list(tmp_path.iterdir())


def test_the_same_option_again_means_either(store, answered, tmp_path):
    assert 0 == save(store, "--out", tmp_path / "x.csv", "--country", "BO", "--country", "CL").exit_code
    meant = ids("csv", answered({"country": "BO,CL", "f": "csv"}).content, tmp_path)
    assert meant == ids("csv", (tmp_path / "x.csv").read_bytes(), tmp_path)
    assert "is given 2 times" in save(store, "--out", tmp_path / "y.csv", "--q", "a", "--q", "b").stderr


def test_a_map_of_a_filter_has_its_records(store, answered, tmp_path):
    condition = "country = 'BO' AND kind = 'brine_operation'"
    done = save(store, "--out", tmp_path / "map.html", "--filter", condition, command="map")
    number = answered({"filter": condition}).json()["numberMatched"]
    assert f" {number} records" in done.stderr
    assert number


@pytest.mark.parametrize(
    ("collection", "asked"), [("organisations", {"type": "state"}), ("countries", {"q": "bolivia"})]
)
@pytest.mark.parametrize("form", ["csv", "geojsonfile"])
def test_other_collections_are_saved_as_the_api_answers_them(store, answered, tmp_path, form, collection, asked):
    file = tmp_path / "saved"
    done = save(store, "--out", file, "--format", form, "--collection", collection, *options_of(asked))
    assert 0 == done.exit_code, done.output
    meant = ids(form, answered({**asked, "f": form}, collection).content, tmp_path, collection)
    assert meant == ids(form, file.read_bytes(), tmp_path, collection) != []


def test_a_collection_and_its_formats_are_those_of_the_api(store, answered, tmp_path):
    unknown = save(store, "--out", tmp_path / "x.csv", "--collection", "mines")
    assert (1, True) == (unknown.exit_code, "projects, organisations, countries" in unknown.stderr.replace("\n", " "))
    none = save(store, "--out", tmp_path / "x.pmtiles", "--collection", "countries", "--format", "pmtiles")
    assert (2, True) == (none.exit_code, "xlsx" in none.stderr)
    assert 0 == save(store, "--out", tmp_path / "x.json", "--collection", "countries").exit_code  # no other ends so
    assert "jsonfg" not in (tmp_path / "x.json").read_text()
    other = save(store, "--out", tmp_path / "y.csv", "--collection", "countries", "--kind", "refinery")
    assert (1, True) == (other.exit_code, "kind" in other.stderr)


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


def test_a_link_stays_one_and_a_pipe_is_written_into(store, tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "bolivia.csv")
    assert 0 == save(store, "--out", tmp_path / "link.csv", "--country", "BO").exit_code
    assert (tmp_path / "link.csv").is_symlink()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with concurrent.futures.ThreadPoolExecutor() as readers:
        read = readers.submit(pipe.read_bytes)
        done = save(store, "--out", pipe, "--format", "csv", "--country", "BO")
        assert 0 == done.exit_code, done.output
        assert read.result() == (tmp_path / "bolivia.csv").read_bytes() != b""
    assert pipe.is_fifo()


def test_a_file_is_for_whom_the_user_s_files_are_and_nothing_is_written_through_a_link(store, tmp_path):
    assert 0 == save(store, "--out", tmp_path / "x.csv", "--country", "BO").exit_code
    beside = tmp_path / "beside"
    beside.touch()
    assert beside.stat().st_mode == (tmp_path / "x.csv").stat().st_mode
    path_of(tmp_path / "y.csv").symlink_to(beside)
    done = save(store, "--out", tmp_path / "y.csv", "--country", "BO")
    assert (1, b"", False) == (done.exit_code, beside.read_bytes(), (tmp_path / "y.csv").exists())


def test_a_filter_that_is_none_is_refused(store, tmp_path):
    assert 1 == save(store, "--out", tmp_path / "x.csv", "--country", "XX").exit_code
    assert 2 == save(store, "--out", tmp_path / "x.csv", "--page", "3").exit_code
    assert [] == list(tmp_path.iterdir())
