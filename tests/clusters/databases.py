"""Databases for tests: each empty and new, or a copy of one that was filled once in a run."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusters.server import Server

if TYPE_CHECKING:
    import psycopg

Fill = Callable[[str], object]
"""Fills the database at an address, and leaves no connection open."""

TEMPLATE = "template1"  # has PostGIS and trigrams
# Files are copied, which takes a third of the time of writing each page into the log of changes.
COPY = "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy"
END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
_FILLED = set[tuple[Path, str]]()  # of which this process knows; asking again takes as long as connecting


@contextlib.contextmanager
def working_on(server: Server) -> Iterator[psycopg.Connection[Any]]:
    """Connect to a server as who makes databases there."""
    import psycopg

    with contextlib.closing(psycopg.connect(server.url(), autocommit=True)) as connection:
        yield connection


def create(server: Server, template: str = TEMPLATE, said: str = "") -> str:
    """Make a database that is a copy of another one, otherwise as is said in SQL, and return its name."""
    name = f"test_{secrets.token_hex(6)}"
    with working_on(server) as connection:
        connection.execute(_named(f"{COPY} {said}", name, template))
    return name


def drop(server: Server, name: str) -> None:
    """Remove a database, whoever is connected to it."""
    with working_on(server) as connection:
        connection.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))


def filled(server: Server, name: str, fill: Fill) -> str:
    """Return a database to copy from, filled by whoever of several processes comes first; others wait for it."""
    template = f"filled_{name}"
    if (server.data, name) in _FILLED:
        return template
    with working_on(server) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [template])
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone():
            began = create(server)
            fill(server.url(began))
            connection.execute(_named("ALTER DATABASE {} ALLOW_CONNECTIONS false", began))
            connection.execute(_named("ALTER DATABASE {} RENAME TO {}", began, template))
    _FILLED.add((server.data, name))
    return template


def _named(command: str, *names: str) -> Any:
    from psycopg.sql import SQL, Identifier

    return SQL(command).format(*map(Identifier, names))
