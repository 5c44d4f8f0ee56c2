"""Imports go one way: geo <- web <- api; and nothing happens at import."""

import ast
import subprocess
import sys

import pytest
from conftest import ROOT

ALLOWED = {"geo": {"geo"}, "web": {"geo", "web"}, "api": {"geo", "web", "api"}}
NO_HTTP_OR_HTML = {"fastapi", "starlette", "uvicorn", "folium", "branca", "jinja2", "http", "html"}
NO_SQL = {"sqlite3", "psycopg", "sqlalchemy"}


def imports(file):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("layer", ALLOWED)
def test_imports_go_one_way(layer):
    for file in (ROOT / layer).rglob("*.py"):
        above = set(imports(file)) & (set(ALLOWED) - ALLOWED[layer])
        assert not above, f"{file.relative_to(ROOT)} imports {above}"


def test_geodata_knows_no_http_and_http_no_sql():
    for file in (ROOT / "geo").rglob("*.py"):
        assert not set(imports(file)) & NO_HTTP_OR_HTML, file
    for layer in ("api", "web"):
        for file in (ROOT / layer).rglob("*.py"):
            assert not set(imports(file)) & NO_SQL, file


def test_folium_sees_no_record():
    for file in (ROOT / "web").rglob("*.py"):
        names = {node.module for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ImportFrom)}
        assert not {"geo.records.project", "geo.store", "geo.catalog", "geo.curated.files"} & names, file


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
            text = file.read_text()
            assert text.count("\n") <= 400, f"{file.name} is long"
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef):
                    assert node.end_lineno - node.lineno < 50, f"{file.name}: {node.name} is long"
