"""API keys in a store on an SQL database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geo import product
from geo.audit import CONSOLE
from geo.dates import now
from geo.errors import Misstated
from geo.keys import Key
from geo.relational import audit
from geo.relational.database import Connection, Database, Transaction

_TOLD = "id, name, role, created, revoked, expires, used, replaced, scope"  # as `Key` has them
_KEY = f"SELECT {_TOLD} FROM api_keys"  # noqa: S608
_ADD = f"INSERT INTO api_keys (name, role, digest, created, expires, scope) VALUES (?, ?, ?, ?, ?, ?) RETURNING {_TOLD}"  # noqa: S608
_NOW_OF_NAME = "WHERE name = ? AND revoked IS NULL AND replaced IS NULL"
_END = (
    "UPDATE api_keys SET expires = CASE WHEN expires < ?1 THEN expires ELSE ?1 END, replaced = ?2 "
    "WHERE name = ?3 AND revoked IS NULL AND replaced IS NULL RETURNING role, scope"
)
_REVOKE = (
    "UPDATE api_keys SET revoked = CASE WHEN created > ?1 THEN created ELSE ?1 END "  # noqa: S608
    f"WHERE name = ?2 AND revoked IS NULL RETURNING {_TOLD}"
)
_USED = "UPDATE api_keys SET used = ?1 WHERE id = ?2 AND (used IS NULL OR used < ?1)"


class StoredKeys:
    """A `KeyRing` in the store's tables."""

    def __init__(self, database: Database, transaction: Transaction) -> None:
        self._database, self._transaction = database, transaction

    def add(
        self,
        name: str,
        role: str,
        digest: bytes,
        expires: str | None = None,
        scope: Sequence[str] = (),
        by: str = CONSOLE,
    ) -> Key:
        with self._transaction() as connection:
            _check_is_there(connection, by)
            taken = (f"{_KEY} {_NOW_OF_NAME}", "SELECT 1 FROM accounts WHERE name = ?")
            if any(connection.execute(known, (name,)).fetchone() for known in taken):
                raise Misstated("key-name-taken", name=name)
            row = connection.execute(_ADD, (name, role, digest, now(), expires, " ".join(scope))).fetchone()
            audit.note(connection, by, "key_made", name, role=role, countries=" ".join(scope) or None, expires=expires)
        return key_of(row)

    def replace(self, name: str, digest: bytes, expires: str | None, former_until: str, by: str = CONSOLE) -> Key:
        with self._transaction() as connection:
            _check_is_there(connection, by)
            former = connection.execute(_END, (former_until, now(), name)).fetchone()
            if former is None:
                raise _no_such_key(name)
            values = (name, former["role"], digest, now(), expires, former["scope"])
            row = connection.execute(_ADD, values).fetchone()
            audit.note(connection, by, "key_rotated", name, expires=expires, former_until=former_until)
        return key_of(row)

    def all(self) -> list[Key]:
        with self._database.reading() as connection:
            return [key_of(row) for row in connection.execute(f"{_KEY} ORDER BY id")]

    def revoke(self, name: str, by: str = CONSOLE) -> Key:
        with self._transaction() as connection:
            _check_is_there(connection, by)
            rows = connection.execute(_REVOKE, (now(), name)).fetchall()
            if not rows:
                raise _no_such_key(name)
            audit.note(connection, by, "key_revoked", name)
        return max((key_of(row) for row in rows), key=lambda key: key.id)

    def find(self, digest: bytes) -> Key | None:
        with self._database.reading() as connection:
            found = connection.execute(f"{_KEY} WHERE digest = ? AND revoked IS NULL", (digest,)).fetchone()
        return key_of(found) if found else None

    def note_use(self, key: Key) -> None:
        if key.is_use_due():
            with self._transaction() as connection:
                connection.execute(_USED, (now(), key.id))


def _check_is_there(connection: Connection, by: str) -> None:
    """Raise Misstated where all keys of who asks have been revoked meanwhile: of two who revoke each other one is left.

    Accounts, and those at the console, have none.
    """
    known = [row["revoked"] for row in connection.execute("SELECT revoked FROM api_keys WHERE name = ?", (by,))]
    if by != CONSOLE and known and all(known):
        raise _no_such_key(by)


def key_of(row: Any) -> Key:
    """Return a row of the table, as `_TOLD` has it, as a key."""
    return Key(*(*row[:-1], tuple(row["scope"].split())))


def _no_such_key(name: str) -> Misstated:
    return Misstated("no-such-key", name=name, command=product.COMMAND)
