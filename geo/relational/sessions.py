"""Sessions in a store on an SQL database."""

from __future__ import annotations

import datetime as dt
import itertools
import string

from geo.dates import now
from geo.permissions import Person
from geo.relational import audit
from geo.relational.database import Database, Transaction
from geo.sessions import LASTS

_ADD = "INSERT INTO sessions (digest, key_id, name, role, created, expires) VALUES (?, ?, ?, ?, ?, ?)"
_FIND = (
    "SELECT coalesce(k.name, s.name), coalesce(k.role, s.role), coalesce(k.scope, ''), s.key_id "
    "FROM sessions s LEFT JOIN api_keys k ON k.id = s.key_id WHERE s.digest = ?1 AND s.expires > ?2 "
    "AND (s.key_id IS NULL OR (k.revoked IS NULL AND (k.expires IS NULL OR k.expires > ?2)))"
)


_ACCOUNT = "SELECT name FROM accounts WHERE issuer = ? AND subject = ?"
# Both databases make small letters of the ASCII ones in these columns; of a value PostgreSQL would of any.
_IS_TAKEN = (
    "SELECT EXISTS (SELECT 1 FROM api_keys WHERE lower(name) = ?1) "
    "OR EXISTS (SELECT 1 FROM accounts WHERE lower(name) = ?1)"
)
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


class StoredSessions:
    """`Sessions` in the store's tables."""

    def __init__(self, database: Database, transaction: Transaction) -> None:
        self._database, self._transaction = database, transaction

    def add(self, digest: bytes, person: Person) -> None:
        begins = now()
        ends = (dt.datetime.fromisoformat(begins) + LASTS).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE expires <= ?", (begins,))
            connection.execute(_ADD, (digest, person.key_id, person.name, person.role, begins, ends))
            audit.note(connection, person.name, "signed_in", person.role, key=person.key_id)

    def find(self, digest: bytes) -> Person | None:
        with self._database.reading() as connection:
            found = connection.execute(_FIND, (digest, now())).fetchone()
        return Person(found[0], found[1], tuple(found[2].split()), found[3]) if found else None

    def name_of(self, issuer: str, subject: str, wished: str) -> str:
        with self._transaction() as connection:
            known = connection.execute(_ACCOUNT, (issuer, subject)).fetchone()
            if known:
                return str(known["name"])
            names = itertools.chain((wished,), (f"{wished} ({number})" for number in itertools.count(2)))
            name = next(
                each for each in names if not connection.execute(_IS_TAKEN, (each.translate(_SMALL),)).fetchone()[0]
            )
            connection.execute("INSERT INTO accounts VALUES (?, ?, ?)", (issuer, subject, name))
            return name

    def names(self) -> list[str]:
        with self._database.reading() as connection:
            return [str(row["name"]) for row in connection.execute("SELECT name FROM accounts")]

    def end(self, digest: bytes) -> None:
        with self._transaction() as connection:
            connection.execute("DELETE FROM sessions WHERE digest = ?", (digest,))
