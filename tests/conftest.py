"""What tests share: stores, catalogs, an application in this process, and a served one in its own."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import http.server
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, NamedTuple

import copies
import hypothesis
import psycopg
import pytest
from chromium import launch
from client_table import pytest_terminal_summary  # noqa: F401
from clusters import databases
from clusters.server import Server as PostgresServer
from copies import ROOT, SOUTH_AMERICA, copy_of, ledger_of, many_made_up
from playwright.sync_api import Browser, sync_playwright
from starlette.testclient import TestClient
from stored import sql as sql
from visits import Visit

from api.app import create_app
from api.services import Services
from api.settings import Settings
from geo.curated.files import read_features
from geo.keys import create_key
from geo.opening import open_ledger
from geo.postgis.addresses import is_database
from geo.records.project import Project
from geo.store import Store

pytest_plugins = ["clusters.fixtures"]

# How long an example takes says more of the machine than of us.
hypothesis.settings.register_profile("without deadlines", deadline=None)
hypothesis.settings.load_profile("without deadlines")

# Tests talk to this machine, whatever proxy the user has set; GDAL and Chromium follow these variables too.
for name in ("NO_PROXY", "no_proxy"):
    os.environ[name] = "127.0.0.1,localhost,::1"

COUNT = sum(len(read_features(file)) for file in SOUTH_AMERICA)


def wait_for(look: Callable[[], Any], seconds: float = 60) -> Any:
    """Look until what is found is true, and return it; a busy machine may take its time."""
    ends = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < ends, f"not so within {seconds} seconds"
        time.sleep(0.02)
    return found


QUICK = "not browser and not slow"
WHOLLY_SLOW = re.compile(r"^pytestmark = .*pytest\.mark\.slow\b", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`make quick` does not read files of which it runs nothing: each of its processes would."""
    is_of_it = config.getoption("markexpr") == QUICK and collection_path.suffix == ".py"
    return True if is_of_it and WHOLLY_SLOW.search(collection_path.read_text()) else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is there before the first test stays until the last: Python looks for circles in what comes after it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, or starts a server of its own, so that `make quick` can leave it out."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if {"browser", "visit"} & fixtures:
            item.add_marker("browser")
        if {"serve", "fresh_server"} & fixtures:
            item.add_marker("slow")


def pytest_unconfigure() -> None:
    """Remove the stores of which tests have copies."""
    copies.remove()


REFUSED_BY_SQL = (sqlite3.IntegrityError, psycopg.IntegrityError)


@contextlib.contextmanager
def an_ordinary_user() -> Iterator[None]:
    """Root may do anything, so a test of permissions that runs as root puts that off for a while."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server, and the addresses that it was asked for."""
    paths: list[str] = []

    class Noting(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            with contextlib.suppress(ConnectionError):
                self.send_error(404)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Noting) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", paths
        server.shutdown()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike pytest's."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def _file_of(template: str, path: Path) -> str:
    return str(copy_of(template, path))


class StoreMaker:
    """Opens the same store again and again: an empty one, or one that was `filled` before it is opened first."""

    def __init__(self, fill: Callable[[str], str]) -> None:
        self._fill, self._location = fill, ""
        self._opened: list[Store] = []

    def filled(self, template: str, fill: Callable[[Store], object] | None = None) -> StoreMaker:
        """Begin with a copy of a template: one of those that there are, or one of a name of its own, filled so."""
        if fill:
            copies.fill_so(template, fill)
        self._location = self._fill(template)
        return self

    @property
    def location(self) -> str:
        if not self._location:
            self.filled("empty")
        return self._location

    def __call__(self) -> Store:
        self._opened.append(open_ledger(self.location).store)
        return self._opened[-1]

    def close(self) -> None:
        for store in self._opened:
            store.close()


# Every kind of store that we have takes the same tests, but those of a module that says which STORES it is about, and
# single ones that are marked so.
STORES = ("geopackage", pytest.param("postgis", marks=pytest.mark.postgres))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name in {"make_store", "make_lasting_store"} & {*metafunc.fixturenames}:
        marker = metafunc.definition.get_closest_marker("stores")
        kinds = marker.args if marker else getattr(metafunc.module, "STORES", STORES)
        metafunc.parametrize(name, kinds, indirect=True)


@pytest.fixture
def make_store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[StoreMaker]:
    """Opens the same store again and again, of each kind."""

    def file(template: str) -> str:
        return _file_of(template, tmp_path / "store.gpkg")

    def database(template: str) -> str:
        made: str = request.getfixturevalue("database_of")(template, functools.partial(copies.fill, template))
        return made

    maker = StoreMaker(file if request.param == "geopackage" else database)
    yield maker
    maker.close()


@pytest.fixture(scope="module")
def make_lasting_store(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[StoreMaker]:
    """Opens a store, of each kind, that the tests of one module share."""

    def file(template: str) -> str:
        return _file_of(template, tmp_path_factory.mktemp("lasting") / "store.gpkg")

    def database(template: str) -> str:
        server: PostgresServer = request.getfixturevalue("postgres")
        filled = databases.filled(server, template, functools.partial(copies.fill, template))
        made.append((server, databases.create(server, filled)))
        return server.url(made[-1][1])

    made: list[tuple[PostgresServer, str]] = []
    maker = StoreMaker(file if request.param == "geopackage" else database)
    yield maker
    maker.close()
    for each in made:
        databases.drop(*each)


@pytest.fixture
def store(make_store: StoreMaker) -> Store:
    return make_store()


@pytest.fixture(scope="session")
def many_projects() -> list[Project]:
    return many_made_up()


@pytest.fixture
def full_store(make_store: StoreMaker) -> Store:
    return make_store.filled("many")()


@pytest.fixture
def many_store(tmp_path: Path) -> Iterator[Store]:
    """The made-up records in a file of the default name, whose ready file may lie beside it."""
    with contextlib.closing(open_ledger(copy_of("many", tmp_path / "ledger.gpkg")).store) as opened:
        yield opened


class Api(NamedTuple):
    """An application in this process, with a client and keys."""

    client: TestClient
    store: Store
    editor: dict[str, str]
    reader: dict[str, str]


def make_api(store: Store, settings: Settings | None = None) -> Api:
    headers = [{"Authorization": f"Bearer {create_key(store.keys, role, role)[1]}"} for role in ("editor", "reader")]
    return Api(client_of(store, settings or Settings()), store, *headers)


def client_of(store: Store, settings: Settings) -> TestClient:
    """A client of an application over this store, with settings of its own; those of one store share a catalog."""
    app = create_app(Services(ledger_of(store), settings))
    headers = {"Accept-Encoding": "identity"}
    return TestClient(app, headers=headers, raise_server_exceptions=False, client=("127.0.0.1", 50_000))


@pytest.fixture
def own_api(make_store: StoreMaker) -> Api:
    """South America's records, served in this process."""
    return make_api(make_store.filled("south_america")())


@pytest.fixture
def api(own_api: Api) -> Api:
    """A module whose tests only read may have `lasting_api` here, and `own_api` for the few that write."""
    return own_api


@pytest.fixture(scope="module")
def lasting_api(make_lasting_store: StoreMaker) -> Iterator[Api]:
    """South America's records, for all tests of a module that change none."""
    yield from _unchanged(make_lasting_store.filled("south_america")())


@pytest.fixture(scope="module")
def lasting_many_api(make_lasting_store: StoreMaker) -> Iterator[Api]:
    """400 made-up records, for all tests of a module that change none."""
    yield from _unchanged(make_lasting_store.filled("many")())


def _unchanged(store: Store) -> Iterator[Api]:
    newest, made = store.latest_sequence(), make_api(store)
    made.client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # a test finds none of one before it
    yield made
    assert newest == store.latest_sequence(), "a test has changed what others read: it needs own_api"


@pytest.fixture
def many_api(full_store: Store) -> Api:
    """400 made-up records, served in this process."""
    return make_api(full_store)


@contextlib.contextmanager
def without_a_loop() -> Iterator[None]:
    """Hide the loop that Playwright keeps running in this thread once it has started a browser."""
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(running)


@pytest.fixture(autouse=True)
def _no_loop_of_others(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that drives no browser may run a loop of its own, whatever ran before it in its process."""
    drives_a_browser = {"browser", "visit"} & set(request.fixturenames)
    with contextlib.nullcontext() if drives_a_browser else without_a_loop():
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


class Server:
    """The command line's server in a process of its own, with a key that may write."""

    SECONDS = 60  # to the first answer

    def __init__(self, store: Path | str, *options: str, **settings: object) -> None:
        """Start `lithium-ledger serve` on a port of the system's choice, with settings, and wait until it answers."""
        variables = {f"LEDGER_{name.upper()}": str(value) for name, value in settings.items()}
        self.store, self.said = store, list[str]()
        variables["LEDGER_STORE"] = str(store)  # of which the address of a database may hold a password
        if is_database(store):
            variables.setdefault("LEDGER_CATALOG", "postgis")
        command = [sys.executable, "-m", "api", "serve", "--port", "0", "--create", *options]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.url = self._address()
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=self.SECONDS):
            pass
        with contextlib.closing(open_ledger(store).store) as made:
            self.key = create_key(made.keys, f"tester of {self.url}", "editor")[1]

    def _listen(self) -> None:
        assert self.process.stderr is not None
        self.said.extend(iter(self.process.stderr.readline, ""))

    def _address(self) -> str:
        assert self.process.stderr is not None
        for line in iter(self.process.stderr.readline, ""):
            self.said.append(line)
            if told := re.search(r"The map: (\S+)/ ", line):
                return told[1]
        self.process.stderr.close()
        raise RuntimeError(f"the server ended with exit code {self.process.wait()}: {''.join(self.said)}")

    def stop(self) -> int:
        """End the server as an operator does, and return its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(30)
        self._reader.join(30)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Starts servers, which end with the test."""
    started: list[Server] = []

    def begin(store: Path | str, *options: str, **settings: object) -> Server:
        started.append(Server(store, *options, **settings))
        return started[-1]

    yield begin
    for each in started:
        each.stop()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """South America's records, served by the command line."""
    started = Server(copy_of("south_america", tmp_path_factory.mktemp("served") / "ledger.gpkg"))
    yield started
    started.stop()


@pytest.fixture
def fresh_server(tmp_path: Path, serve: Callable[..., Server]) -> Server:
    """South America's records on a store of its own, for a test that changes it."""
    return serve(copy_of("south_america", tmp_path / "ledger.gpkg"))


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
