"""What tests of real clients share: whether a client is here, and what it did, for the table at the end."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import json
import os
import re
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Server, copy_of

MODULES = {"leaflet": ROOT / "node_modules", "maplibre-gl": Path(__file__).parent / "node_modules"}
SYSTEM_PYTHON = "/usr/bin/python3"  # for which Debian packs QGIS
VERSION_OF = {
    "ogrinfo": ["ogrinfo", "--version"],
    "ogr2ogr": ["ogr2ogr", "--version"],
    "curl": ["curl", "--version"],
    "jq": ["jq", "--version"],
    "soffice": ["soffice", "--version"],
    "Rscript": ["Rscript", "-e", "cat(as.character(packageVersion('sf')))"],
    "qgis": [SYSTEM_PYTHON, "-c", "from qgis.core import Qgis; print(Qgis.QGIS_VERSION)"],
}


@functools.cache
def version_of(program: str) -> str | None:
    """Return the version of a program, of a package of this Python or of npm's; None where it is not here."""
    if program in MODULES:
        return _version_of_module(MODULES[program] / program / "package.json")
    if program not in VERSION_OF:
        return version(program) if importlib.util.find_spec(program) else None
    if shutil.which(VERSION_OF[program][0]) is None:
        return None
    asked = subprocess.run(VERSION_OF[program], capture_output=True, text=True)
    found = re.search(r"\d+(\.\d+)+", asked.stdout)
    return found[0] if found else None


def _version_of_module(file: Path) -> str | None:
    return str(json.loads(file.read_text())["version"]) if file.exists() else None


class Told:
    """Notes what clients did, for the table, and skips the test of one that is not here."""

    def __init__(self, note: Callable[[str, object], None]) -> None:
        self._note = note

    def need(self, *programs: str, did: str) -> None:
        """Skip the test unless these programs, or packages, are here."""
        for program in programs:
            if version_of(program) is None:
                self._note("absent", (program, did))
                pytest.skip(f"{program} is not here")

    def done(self, program: str, did: str, result: str) -> None:
        """Note what was done with a program, and what came of it."""
        self._note("client", (program, version_of(program) or "", did, result))


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Told:
    return Told(record_property)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address at which another server gives it out: another origin than ours."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """South America's records, which are served anyway; for `make clients` the whole dataset, as to somebody new."""
    if os.environ.get("RECORDS") != "all":
        yield request.getfixturevalue("server")
        return
    started = Server(tmp_path_factory.mktemp("world") / "ledger.gpkg", reads=0, files=0)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """South America's records on a store of its own, for tests that change some of them, each its own."""
    started = Server(copy_of("south_america", tmp_path_factory.mktemp("editable") / "ledger.gpkg"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def records(world: Server) -> dict[str, dict[str, Any]]:
    """What the API itself says: every record of the served dataset by its id."""
    with urllib.request.urlopen(f"{world.url}/api/collections/projects/items?limit=10000") as answer:
        return {feature["id"]: feature for feature in json.load(answer)["features"]}
