"""The product's name stands in one place, an instance has a title of its own, and former names still work."""

import re
import subprocess
import sys
import tomllib

import pytest
from click.testing import CliRunner
from conftest import ROOT, copy_of, make_api
from starlette.testclient import TestClient

from api.app import create_app
from api.commands.main import former_main, main
from api.services import Services
from api.settings import Settings, WrongSetting, former_names
from geo import product
from geo.opening import Ledger

STORES = ("geopackage",)  # this is about a file

CODE = [
    file
    for layer in ("geo", "api", "web")
    for file in (ROOT / layer).rglob("*")
    if file.suffix in (".py", ".js", ".html", ".css", ".toml", ".sql") and "vendor" not in file.parts
]
TITLE = "Litio & Sal <Andino>"


def test_the_name_stands_in_one_place():
    names = re.compile(f"(?i:{product.NAME}|{product.COMMAND}|{product.STORE_FILE})|{product.VARIABLES}[A-Z]")
    found = {file.relative_to(ROOT).as_posix() for file in CODE if names.search(file.read_text())}
    assert {"geo/product.py"} == found


def test_the_former_name_is_nowhere_else():
    former = re.compile(r"atlas", re.IGNORECASE)
    found = {file.relative_to(ROOT).as_posix() for file in CODE if former.search(file.read_text())}
    migrations = {
        "geo/geopackage/migrations.py",
        "geo/geopackage/schema/0001_geopackage.sql",
        "geo/geopackage/schema/0002_ledger.sql",
    }
    assert {"geo/product.py", *migrations} == found
    assert not [path for path in (ROOT / "web").rglob("*atlas*") if "node_modules" not in path.parts]


def test_the_package_has_the_command():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert product.COMMAND == project["name"]
    assert {product.COMMAND, product.FORMER_COMMAND} == set(project["scripts"])


PAGES = [
    "/",
    "/add",
    "/about",
    "/api/docs",
    "/api/clients",
    "/projects/bo-rosatom-battery-factory",
    "/projects/bo-nobody",
]


@pytest.mark.parametrize("path", PAGES)
def test_an_instance_has_a_title_of_its_own(tmp_path, make_store, path):
    """It is an operator's text, and still only text on the page: it passes no template unescaped."""
    copy_of("south_america", tmp_path / "store.gpkg")
    api = make_api(make_store(), Settings(title=TITLE))
    page = api.client.get(path).text
    assert "Litio &amp; Sal &lt;Andino&gt;" in page
    assert "<Andino>" not in page
    assert TITLE == api.client.get("/api").json()["title"]
    assert TITLE == api.client.get("/api/openapi.json").json()["info"]["title"]


def test_another_title_is_another_answer(make_store):
    ours = make_api(make_store.filled("south_america")())
    shown = create_app(Services(Ledger(ours.store), Settings(title="{{7*7}}")))
    theirs = TestClient(shown, headers=ours.client.headers)
    for path in ("/", "/about", "/api", "/projects/bo-rosatom-battery-factory"):
        assert ours.client.get(path).headers["etag"] != theirs.get(path).headers["etag"], path
    assert "{{7*7}}" in theirs.get("/").text


@pytest.mark.parametrize("title", ["x" * 81, "\x1b[1m", "two\nlines"])
def test_a_title_is_short_and_printable(title):
    with pytest.raises(WrongSetting, match="TITLE"):
        Settings.from_environment({"LEDGER_TITLE": title})


@pytest.mark.parametrize(
    "address",
    [
        *("ledger.example.org", "ftp://a", "http://", "http://[", "https://u@h", "https://:p@h", "https://ex org"),
        *("https://ex.org?x", "https://ex.org?", "https://ex.org#", "https://ex.org/ledger?", "https://h\nX: y"),
        *(
            "https://ex.org//",
            "https://ex.org/a//b",
            "https://ex.org/../a",
            "https://ex.org/a/./b",
            "https://ex.org/a b",
        ),
        *("https://..", "https://ex..org", "https://[::1]x/", "https://x[::1]/", "https://-/", "https://ex.org:"),
        *("https://1.2.3", "https://0x7f", "https://[1.2.3.4]", "https://a:b:1/", "https://ex.org:123456"),
        *("https://ex.org/{{7*7}}", 'https://ex.org/"x', "https://ex.org/%61", "https://ex.org:0/", "https://h\n/a"),
    ],
)
def test_a_public_address_is_that_of_a_site(address):
    with pytest.raises(WrongSetting, match="PUBLIC_URL"):
        Settings.from_environment({"LEDGER_PUBLIC_URL": address})


def test_a_public_address_is_that_of_every_link(tmp_path, make_store):
    copy_of("south_america", tmp_path / "store.gpkg")
    settings = Settings.from_environment({"LEDGER_PUBLIC_URL": "https://ledger.example.org/\n"})
    links = make_api(make_store(), settings).client.get("/api").json()["links"]
    assert all(link["href"].startswith("https://ledger.example.org/") for link in links)


def test_former_variables_work_and_are_named():
    former = {"ATLAS_STORE": "a.gpkg", "ATLAS_PORT": "8123", "LEDGER_PORT": "9000"}
    settings = Settings.from_environment(former)
    assert ("a.gpkg", 9000) == (settings.store, settings.port), "the name of today goes first"
    assert ["ATLAS_STORE is now LEDGER_STORE"] == [said.split(";")[0] for said in former_names(former)]
    assert [] == former_names({"LEDGER_STORE": "a.gpkg"})


def test_the_former_command_works_and_says_so_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["lithium-atlas", "--version"])
    with pytest.raises(SystemExit) as ended:
        former_main()
    shown = capsys.readouterr()
    assert 0 == ended.value.code
    assert ["lithium-atlas is now called lithium-ledger; the former name goes with the next release."] == (
        shown.err.splitlines()
    )
    assert "lithium-ledger, version" in shown.out


def test_a_store_under_the_former_name_is_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEDGER_STORE", raising=False)
    copy_of("many", tmp_path / "atlas.gpkg")
    shown = CliRunner().invoke(main, ["keys", "list"])
    assert 0 == shown.exit_code
    assert ["The store has the former name atlas.gpkg; while no server runs, rename it to ledger.gpkg."] == (
        shown.stderr.splitlines()
    )
    copy_of("many", tmp_path / "ledger.gpkg")
    assert "" == CliRunner().invoke(main, ["keys", "list"]).stderr


def test_nothing_is_said_where_nothing_is_former(tmp_path):
    command = [sys.executable, "-m", "api", "keys", "list", "--store", copy_of("many", tmp_path / "ledger.gpkg")]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (0, "") == (shown.returncode, shown.stderr)
