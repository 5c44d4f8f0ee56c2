"""API keys in a GeoPackage store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager

from geo import product
from geo.dates import now
from geo.errors import StoreError
from geo.geopackage.pool import ConnectionPool
from geo.keys import Key

_KEY = "SELECT id, name, role, created, revoked FROM api_keys"


class GeoPackageKeys:
    """A `KeyRing` in the store's file."""

    def __init__(
        self,
        pool: ConnectionPool,
        transaction: Callable[[], AbstractContextManager[sqlite3.Connection]],
    ) -> None:
        self._pool, self._transaction = pool, transaction

    def add(self, name: str, role: str, digest: bytes) -> Key:
        with self._transaction() as connection:
            if connection.execute(f"{_KEY} WHERE name = ? AND revoked IS NULL", (name,)).fetchone():
                raise StoreError("key-name-taken", name=name)
            row = connection.execute(
                "INSERT INTO api_keys (name, role, digest, created) VALUES (?, ?, ?, ?) "
                "RETURNING id, name, role, created, revoked",
                (name, role, digest, now()),
            ).fetchone()
        return Key(*row)

    def all(self) -> list[Key]:
        with self._pool.use() as connection:
            return [Key(*row) for row in connection.sqlite.execute(f"{_KEY} ORDER BY id")]

    def revoke(self, name: str) -> Key:
        with self._transaction() as connection:
            row = connection.execute(
                "UPDATE api_keys SET revoked = max(created, ?) WHERE name = ? AND revoked IS NULL "
                "RETURNING id, name, role, created, revoked",
                (now(), name),
            ).fetchone()
        if row is None:
            raise StoreError("no-such-key", name=name, command=product.COMMAND)
        return Key(*row)

    def find(self, digest: bytes) -> Key | None:
        with self._pool.use() as connection:
            found = connection.sqlite.execute(f"{_KEY} WHERE digest = ? AND revoked IS NULL", (digest,)).fetchone()
        return Key(*found) if found else None
