"""Web hooks in a store on an SQL database."""

from __future__ import annotations

import dataclasses

from geo.dates import now
from geo.hooks import Hook
from geo.relational import audit
from geo.relational.database import Database, Transaction

_NAMES = tuple(field.name for field in dataclasses.fields(Hook))
_HOOK = f"SELECT {', '.join(_NAMES)} FROM hooks"  # noqa: S608
_ADD = f"INSERT INTO hooks ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))})"  # noqa: S608
_AT = "cursor = CASE WHEN cursor < ?1 THEN ?1 ELSE cursor END"
_WELL = "failures = 0, failing_since = NULL, next_attempt = NULL"
_ARRIVED = f"UPDATE hooks SET {_AT}, answer = ?2, delivered = ?3, {_WELL} WHERE id = ?4"  # noqa: S608
_PASSED = f"UPDATE hooks SET {_AT} WHERE id = ?2"  # noqa: S608
_FAILED = (
    "UPDATE hooks SET failures = failures + 1, failing_since = coalesce(failing_since, ?1), answer = ?2, "
    "next_attempt = ?3, state = CASE WHEN CAST(?3 AS TEXT) IS NULL THEN 'given_up' ELSE state END WHERE id = ?4"
)
_RESUME = f"UPDATE hooks SET state = 'active', {_WELL} WHERE id = ?"  # noqa: S608


class StoredHooks:
    """`Hooks` in the store's tables."""

    def __init__(self, database: Database, transaction: Transaction) -> None:
        self._database, self._transaction = database, transaction

    def add(self, hook: Hook) -> None:
        with self._transaction() as connection:
            connection.execute(_ADD, tuple(getattr(hook, name) for name in _NAMES))
            audit.note(connection, hook.owner, "hook_made", hook.id, question=hook.question)

    def all(self) -> list[Hook]:
        with self._database.reading() as connection:
            return [Hook(*row) for row in connection.execute(f"{_HOOK} ORDER BY created, id")]

    def get(self, hook_id: str) -> Hook | None:
        with self._database.reading() as connection:
            found = connection.execute(f"{_HOOK} WHERE id = ?", (hook_id,)).fetchone()
        return Hook(*found) if found else None

    def remove(self, hook_id: str, by: str) -> bool:
        with self._transaction() as connection:
            found = connection.execute("DELETE FROM hooks WHERE id = ? RETURNING owner", (hook_id,)).fetchone()
            if found is not None:
                audit.note(connection, by, "hook_removed", hook_id, owner=found["owner"])
        return found is not None

    def note_arrived(self, hook_id: str, cursor: int, answer: str | None) -> bool:
        if answer is None:
            return self._changed(_PASSED, cursor, hook_id)
        return self._changed(_ARRIVED, cursor, answer, now(), hook_id)

    def note_failed(self, hook_id: str, answer: str, next_attempt: str | None) -> bool:
        return self._changed(_FAILED, now(), answer, next_attempt, hook_id)

    def resume(self, hook_id: str) -> bool:
        return self._changed(_RESUME, hook_id)

    def _changed(self, sql: str, *values: object) -> bool:
        with self._transaction() as connection:
            return connection.execute(sql, values).rowcount > 0
