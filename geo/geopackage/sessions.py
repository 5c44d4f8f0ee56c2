"""Sessions in a GeoPackage store."""

from __future__ import annotations

import datetime as dt
import itertools
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager

from geo.dates import now
from geo.geopackage import audit
from geo.geopackage.pool import ConnectionPool
from geo.permissions import Person
from geo.sessions import LASTS

_ADD = "INSERT INTO sessions (digest, key_id, name, role, created, expires) VALUES (?, ?, ?, ?, ?, ?)"
_FIND = (
    "SELECT coalesce(k.name, s.name), coalesce(k.role, s.role), coalesce(k.scope, ''), s.key_id "
    "FROM sessions s LEFT JOIN api_keys k ON k.id = s.key_id WHERE s.digest = ?1 AND s.expires > ?2 "
    "AND (s.key_id IS NULL OR (k.revoked IS NULL AND (k.expires IS NULL OR k.expires > ?2)))"
)


_ACCOUNT = "SELECT name FROM accounts WHERE issuer = ? AND subject = ?"
_IS_TAKEN = (
    "SELECT EXISTS (SELECT 1 FROM api_keys WHERE name = ?1 COLLATE NOCASE) "
    "OR EXISTS (SELECT 1 FROM accounts WHERE name = ?1 COLLATE NOCASE)"
)


class GeoPackageSessions:
    """`Sessions` in the store's file."""

    def __init__(
        self, pool: ConnectionPool, transaction: Callable[[], AbstractContextManager[sqlite3.Connection]]
    ) -> None:
        self._pool, self._transaction = pool, transaction

    def add(self, digest: bytes, person: Person) -> None:
        begins = now()
        ends = (dt.datetime.fromisoformat(begins) + LASTS).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE expires <= ?", (begins,))
            connection.execute(_ADD, (digest, person.key_id, person.name, person.role, begins, ends))
            audit.note(connection, person.name, "signed_in", person.role, key=person.key_id)

    def find(self, digest: bytes) -> Person | None:
        with self._pool.use() as connection:
            found = connection.sqlite.execute(_FIND, (digest, now())).fetchone()
        return Person(found[0], found[1], tuple(found[2].split()), found[3]) if found else None

    def name_of(self, issuer: str, subject: str, wished: str) -> str:
        with self._transaction() as connection:
            known = connection.execute(_ACCOUNT, (issuer, subject)).fetchone()
            if known:
                return str(known["name"])
            names = itertools.chain((wished,), (f"{wished} ({number})" for number in itertools.count(2)))
            name = next(each for each in names if not connection.execute(_IS_TAKEN, (each,)).fetchone()[0])
            connection.execute("INSERT INTO accounts VALUES (?, ?, ?)", (issuer, subject, name))
            return name

    def names(self) -> list[str]:
        with self._pool.use() as connection:
            return [str(row["name"]) for row in connection.sqlite.execute("SELECT name FROM accounts")]

    def end(self, digest: bytes) -> None:
        with self._transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE digest = ?", (digest,))
