"""Fixtures of tests on PostgreSQL: the cluster of the run, and databases in it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator

import pytest
from clusters import databases, shared
from clusters.installed import Unavailable, binaries
from clusters.replicated import Replicated, replicated
from clusters.server import Server, folder_for_clusters


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # a worker of xdist shares what its controller has
        shared.name_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shared.end_run()


@pytest.fixture(scope="session")
def postgres() -> Server:
    """The PostgreSQL of this run, shared by all its processes; where it is not installed, the test is skipped."""
    try:
        binaries()
    except Unavailable as error:
        if "CI" in os.environ:
            raise
        pytest.skip(str(error))
    return shared.cluster()


@pytest.fixture
def make_database(postgres: Server) -> Iterator[Callable[..., str]]:
    """Makes databases for one test, and returns their addresses: `make_database()`, or of a template, as is said."""
    made: list[str] = []

    def make(template: str = databases.TEMPLATE, said: str = "") -> str:
        made.append(databases.create(postgres, template, said))
        return postgres.url(made[-1])

    yield make
    for each in made:
        databases.drop(postgres, each)


@pytest.fixture
def database(make_database: Callable[..., str]) -> str:
    """The address of a new database with PostGIS and trigrams, for one test."""
    return make_database()


@pytest.fixture
def database_of(postgres: Server, make_database: Callable[..., str]) -> Callable[[str, databases.Fill], str]:
    """Returns the address of a copy for one test of what `fill(address)` has filled once in a run under this name."""

    def copy(name: str, fill: databases.Fill) -> str:
        return make_database(databases.filled(postgres, name, fill))

    return copy


@pytest.fixture
def replicas(postgres: Server) -> Iterator[Callable[..., Replicated]]:
    """Starts a primary with standbys, which end with the test: `replicas(2, synchronous=True)`."""
    with contextlib.ExitStack() as running:

        def start(standbys: int = 2, synchronous: bool = False, **settings: str) -> Replicated:
            folder = running.enter_context(folder_for_clusters())
            return running.enter_context(replicated(shared.made(), folder, standbys, synchronous, **settings))

        yield start
