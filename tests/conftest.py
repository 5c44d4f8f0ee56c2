"""What tests share: stores, catalogs, an application in this process, and a served one in its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from chromium import launch
from made_up import made_up_features
from playwright.sync_api import Browser, sync_playwright
from starlette.testclient import TestClient
from visits import Visit

from api.app import create_app
from api.services import Services
from api.settings import Settings
from geo import dataset
from geo.catalog import MemoryCatalog
from geo.formats import read_features, read_projects
from geo.keys import create_key
from geo.records import Project
from geo.store import Change, Store, open_store

ROOT = Path(__file__).resolve().parent.parent

# The part of the curated dataset that most tests read: real, and small enough to look at.
SOUTH_AMERICA = [ROOT / "data" / "projects" / f"{country}.geojson" for country in ("AR", "BO", "BR", "CL", "PE")]
COUNT = sum(len(read_features(file)) for file in SOUTH_AMERICA)


def load_south_america(store: Store) -> None:
    dataset.load(store, [project for file in SOUTH_AMERICA for project in read_projects(file)], "test")


@pytest.fixture
def make_store(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the same store again and again; every store that we have takes the same tests."""
    opened: list[Store] = []

    def make() -> Store:
        opened.append(open_store(tmp_path / "store.gpkg"))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(make_store: Callable[[], Store]) -> Store:
    return make_store()


@pytest.fixture(scope="session")
def many_projects() -> list[Project]:
    return [Project.from_feature(feature) for feature in made_up_features(400)]


@pytest.fixture
def full_store(store: Store, many_projects: list[Project]) -> Store:
    store.write([Change(p.id, p, None, "test") for p in many_projects])
    return store


class Api(NamedTuple):
    """An application in this process, with a client and keys."""

    client: TestClient
    store: Store
    editor: dict[str, str]
    reader: dict[str, str]


def make_api(store: Store) -> Api:
    app = create_app(Services(store, MemoryCatalog(store), Settings()))
    headers = [{"Authorization": f"Bearer {create_key(store.keys, role, role)[1]}"} for role in ("editor", "reader")]
    client = TestClient(app, headers={"Accept-Encoding": "identity"}, raise_server_exceptions=False)
    return Api(client, store, *headers)


@pytest.fixture
def api(store: Store) -> Api:
    """South America's records, served in this process."""
    load_south_america(store)
    return make_api(store)


@pytest.fixture
def many_api(full_store: Store) -> Api:
    """400 made-up records, served in this process."""
    return make_api(full_store)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


class Server(NamedTuple):
    """The command line's server in a process of its own."""

    url: str
    store: Path
    key: str
    process: subprocess.Popen[bytes]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_server(store: Path, *options: str, everything: bool = False) -> Server:
    """Start `lithium-ledger serve` on a free port and wait until it answers.

    The store holds South America's records before it starts, or else the command fills it with `everything`.
    """
    if not everything and not store.exists():
        filled = open_store(store)
        load_south_america(filled)
        filled.close()
    port = free_port()
    command = [sys.executable, "-m", "api", "serve", "--store", str(store), "--port", str(port), *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {process.returncode}")
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=1):
                break
        except OSError:
            time.sleep(0.05)
    made = open_store(store)
    key = create_key(made.keys, f"tester {port}", "editor")[1]
    made.close()
    return Server(url, store, key, process)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """South America's records, served by the command line."""
    started = start_server(tmp_path_factory.mktemp("served") / "ledger.gpkg")
    yield started
    started.process.terminate()
    started.process.wait(20)


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Server]:
    """South America's records on a store of its own, for a test that changes it."""
    started = start_server(tmp_path / "ledger.gpkg")
    yield started
    started.process.terminate()
    started.process.wait(20)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Begins visits to the pages; options are those of a browser context."""
    made: list[Visit] = []

    def begin(**options: object) -> Visit:
        made.append(Visit(browser, **options))
        return made[-1]

    yield begin
    for each in made:
        each.context.close()
