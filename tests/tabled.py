"""The tables of PostGIS over any store: filled from its changes, as a store in PostgreSQL fills them as it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from clusters import databases
from clusters.server import Server

from geo.curated.organisations import Organisations
from geo.postgis import indexing, tables
from geo.postgis.answering.moments import KNOWN
from geo.postgis.catalog import PostgisCatalog, catalog_of
from geo.postgis.store import PostgisStore
from geo.store import Records

NOBODY = Organisations([])


class Tables:
    """Lends connections to a database whose tables know every change of a store."""

    def __init__(self, address: str, store: Records, organisations: Organisations) -> None:
        self._address, self._store, self._organisations = address, store, organisations
        self._idle: list[psycopg.Connection[Any]] = []
        with self._lent() as connection:
            for statement in tables.statements():
                connection.execute(statement.encode())

    known = KNOWN

    def noted(self, sequence: int, moves: int | None) -> None:
        """All that there is is known here."""

    @contextmanager
    def use(self) -> Iterator[psycopg.Connection[Any]]:
        with self._lent() as connection:
            [(known,)] = connection.execute("SELECT sequence FROM catalog_made").fetchall()
            if known < self._store.latest_sequence():
                with connection.transaction():
                    indexing.write(connection, self._store.changes_since(known), lambda: self._organisations)
            yield connection

    @contextmanager
    def _lent(self) -> Iterator[psycopg.Connection[Any]]:
        connection = self._idle.pop() if self._idle else psycopg.connect(self._address, autocommit=True)
        try:
            yield connection
        finally:
            self._idle.append(connection)

    def close(self) -> None:
        for connection in self._idle:
            connection.close()


@contextmanager
def catalogs_in(server: Server) -> Iterator[Callable[..., PostgisCatalog]]:
    """Make catalogs over stores, each in a database of its own on a server, which are removed in the end."""
    with ExitStack() as ending:

        def over(store: Records, organisations: Organisations = NOBODY) -> PostgisCatalog:
            if isinstance(store, PostgisStore) and organisations is NOBODY:  # a store knows no others than its own
                return catalog_of(store.pool, store, organisations)
            name = databases.create(server)
            ending.callback(databases.drop, server, name)
            lending = Tables(server.url(name), store, organisations)
            ending.callback(lending.close)
            return PostgisCatalog(lending, store, organisations)

        yield over
