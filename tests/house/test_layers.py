"""Imports go one way: geo <- web <- api; and nothing happens at import."""

import ast
import functools
import importlib
import pathlib
import re
import subprocess
import sys
from typing import NamedTuple

import pytest
from conftest import ROOT

ALLOWED = {"geo": {"geo"}, "web": {"geo", "web"}, "api": {"geo", "web", "api"}}
NO_HTTP_OR_HTML = {"fastapi", "starlette", "uvicorn", "folium", "branca", "jinja2", "http", "html"}
NO_SQL = {"sqlite3", "psycopg", "sqlalchemy"}


class Module(NamedTuple):
    """What the tests ask of a module: which it imports, what from which, and how long it and its functions are."""

    imported: list[str]
    taken_from: list[ast.ImportFrom]
    functions: list[tuple[str, int]]
    lines: int


@functools.cache
def read(file):
    """A module, parsed once for all tests: there are hundreds."""
    text = file.read_text()
    nodes = list(ast.walk(ast.parse(text)))
    named = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    taken_from = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    functions = [(node.name, node.end_lineno - node.lineno) for node in nodes if isinstance(node, ast.FunctionDef)]
    return Module([*named, *(node.module for node in taken_from)], taken_from, functions, text.count("\n"))


def imports(file):
    return {name.split(".")[0] for name in read(file).imported}


@pytest.mark.parametrize("layer", ALLOWED)
def test_imports_go_one_way(layer):
    for file in (ROOT / layer).rglob("*.py"):
        above = imports(file) & (set(ALLOWED) - ALLOWED[layer])
        assert not above, f"{file.relative_to(ROOT)} imports {above}"


def test_geodata_knows_no_http_and_http_no_sql():
    for file in (ROOT / "geo").rglob("*.py"):
        assert not imports(file) & NO_HTTP_OR_HTML, file
    for layer in ("api", "web"):
        for file in (ROOT / layer).rglob("*.py"):
            assert not imports(file) & NO_SQL, file


def test_folium_sees_no_record():
    for file in (ROOT / "web").rglob("*.py"):
        imported = {*read(file).imported}
        assert not {"geo.records.project", "geo.store", "geo.catalog", "geo.curated.files"} & imported, file


# The rooms of geo from the ground up: each may use those of lower floors only.
FLOORS = [
    {"freshness", "product"},
    {"countries", "faults", "folding", "hostnames", "lately", "pace", "packing", "paths", "text", "unfinished"},
    {"alone", "boundaries", "messages", "towns", "vocabulary"},
    {"areas", "audit", "errors", "permissions", "searching"},
    {"authors", "ground", "spool"},
    {"dates", "gazetteer", "strict_json"},
    {"columns", "hooks", "keys", "patterns", "sessions", "wanted"},
    {"operands", "records", "schemas", "tiles"},
    {"temporal"},
    {"filter"},
    {"checked"},
    {"crs", "editing", "query", "rowwise"},
    {"cql2", "joining", "proposals"},
    {"store"},
    {"catalog", "curated", "relational", "reviewing"},
    {"addresses", "answers", "geopackage", "indexed", "made_by", "successors"},
    {"checks", "coverage", "formats", "memory", "postgis", "proposing", "snapshot", "statistics"},
    {"changes", "deciding", "gathered", "importing", "leftovers", "past"},
    {"bulk"},
    {"opening"},
    {"moving"},
    {"backups"},
]
# The rooms of the browser's modules, likewise; "" are the modules beside them.
BROWSER_FLOORS = [
    {"base", "built"},
    {"map"},
    {"find", "ground"},
    {"add", "charts", "filter", "record", "share", "story", "time"},
    {"views"},
    {""},
]


def modules():
    """Every module of geo by its dotted name."""
    files = [file for file in (ROOT / "geo").rglob("*.py") if file != ROOT / "geo" / "__init__.py"]
    return {".".join(f.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): f for f in files}


def geo_imports(file, known):
    """The modules that a module imports, those for types only and inside functions included."""
    for node in read(file).taken_from:
        if node.module.split(".")[0] == "geo":
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (each if each in known else node.module for each in inner)


def browser_modules():
    files = [file for file in (ROOT / "web" / "static").rglob("*.js") if "vendor" not in file.parts]
    return {file.relative_to(ROOT / "web" / "static").as_posix(): file for file in files}


def browser_imports(name, file):
    """What a module imports and what it only names in its types."""
    for path in re.findall(r"""(?:from |import\()["'](\.[^"']+)["']""", file.read_text()):
        yield (pathlib.PurePosixPath(name).parent / path).as_posix()


def resolved(path):
    parts = []
    for part in path.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def circle(arrows):
    """A module that leads back to itself, or None."""
    done = set()

    def visit(node, path):
        if node in path:
            return node
        if node in done:
            return None
        done.add(node)
        return next((found for each in arrows.get(node, ()) if (found := visit(each, {*path, node}))), None)

    return next((found for node in arrows if (found := visit(node, frozenset()))), None)


def test_the_rooms_of_geo_stand_on_lower_floors():
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    known = modules()
    assert {name.split(".")[1] for name in known} == set(floor)
    for name, file in known.items():
        room = name.split(".")[1]
        used = {each.split(".")[1] for each in geo_imports(file, known) if each != "geo"} - {room}
        assert not {each for each in used if floor[each] >= floor[room]}, name


def test_no_module_of_geo_leads_back_to_itself():
    known = modules()
    assert circle({name: set(geo_imports(file, known)) - {name} for name, file in known.items()}) is None


def test_the_rooms_of_the_browser_stand_on_lower_floors():
    floor = {room: number for number, rooms in enumerate(BROWSER_FLOORS) for room in rooms}
    for name, file in browser_modules().items():
        room = name.rpartition("/")[0]
        used = {resolved(each).rpartition("/")[0] for each in browser_imports(name, file)} - {room}
        assert not {each for each in used if floor[each] >= floor[room]}, name


def test_the_table_of_contents_names_every_room_of_geo():
    told = re.findall(r"^(\w+(?:, \w+)*)  ", importlib.import_module("geo").__doc__ or "", re.MULTILINE)
    assert sorted(room for rooms in FLOORS for room in rooms) == sorted(", ".join(told).split(", "))


@pytest.mark.slow
def test_importing_opens_nothing(tmp_path):
    """No file, no server, no output comes from an import."""
    script = "import api.app, api.commands.main, api.server, web.shell, web.pages, geo.curated.load"
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=tmp_path, env=environment, capture_output=True
    )
    assert (0, b"", b"") == (done.returncode, done.stdout, done.stderr)
    assert [] == list(tmp_path.iterdir())


def test_modules_and_functions_stay_small():
    for layer in ALLOWED:
        for file in (ROOT / layer).rglob("*.py"):
            assert read(file).lines <= 400, f"{file.name} is long"
            for name, lines in read(file).functions:
                assert lines < 50, f"{file.name}: {name} is long"
