"""The audit log in a store on an SQL database."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import orjson

from geo.audit import AuditPage, Detail, Entry, Mark
from geo.dates import now
from geo.relational.database import Connection, Database, Transaction
from geo.vocabulary import AUDIT_ACTIONS

_NEWEST = (
    "SELECT (SELECT max(sequence) FROM revisions) AS revision, "
    "(SELECT time FROM audit_log ORDER BY sequence DESC LIMIT 1) AS noted, "
    "(SELECT time FROM revisions ORDER BY sequence DESC LIMIT 1) AS written"
)
_ADD = "INSERT INTO audit_log (revision, time, actor, action, subject, details) VALUES (?, ?, ?, ?, ?, ?)"
# Both begin with what puts them in one order: after which revision, and which entry after that one.
_LOG = "SELECT revision, sequence AS entry, time, actor, action, subject, details FROM audit_log"
# Names as they were written: this is for those who answer for the ledger, and not shown in public.
_REVISIONS = (
    "SELECT sequence AS revision, 0 AS entry, time, author AS actor, action, project_id AS subject, number, comment "
    "FROM revisions"
)
_CHANGES = {"create": "record_created", "update": "record_changed", "delete": "record_deleted"}
_BETWEEN = "WHERE time >= ?1 AND (time < ?2 OR ?2 IS NULL) ORDER BY sequence"
_BACKWARDS = "WHERE sequence < ?1 ORDER BY sequence DESC LIMIT ?2"
_FROM_THE_END = 10**15
_place = itemgetter("revision", "entry")


def note(connection: Connection, actor: str, action: str, subject: str = "", **details: Detail) -> None:
    """Keep that something was done, in the transaction in which it is done; never as older than what was before."""
    assert action in AUDIT_ACTIONS, action
    newest = connection.execute(_NEWEST).fetchone()
    time = max(now(), newest["noted"] or "", newest["written"] or "")
    connection.execute(_ADD, (newest["revision"] or 0, time, actor, action, subject, orjson.dumps(details).decode()))


class StoredAudit:
    """An `AuditLog` in the store's tables."""

    def __init__(self, database: Database, transaction: Transaction) -> None:
        self._database, self._transaction = database, transaction

    def note(self, actor: str, action: str, subject: str = "", **details: Detail) -> None:
        with self._transaction() as connection:
            note(connection, actor, action, subject, **details)

    def entries(self, since: str = "", until: str | None = None) -> Iterator[Entry]:
        both = (self._rows(f"{told} {_BETWEEN}", (since, until)) for told in (_LOG, _REVISIONS))
        return map(_entry, heapq.merge(*both, key=_place))

    def newest(self, limit: int, after: Mark | None = None) -> AuditPage:
        entry, revision = after or Mark(_FROM_THE_END, _FROM_THE_END)
        log = list(self._rows(f"{_LOG} {_BACKWARDS}", (entry, limit + 1)))
        revisions = list(self._rows(f"{_REVISIONS} {_BACKWARDS}", (revision, limit + 1)))
        found = list(heapq.merge(log, revisions, key=_place, reverse=True))
        for row in found[:limit]:
            entry, revision = (row["entry"], revision) if row["entry"] else (entry, row["revision"])
        return AuditPage([_entry(row) for row in found[:limit]], Mark(entry, revision) if found[limit:] else None)

    def _rows(self, sql: str, values: tuple[object, ...]) -> Iterator[Any]:
        return self._database.rows(sql, values, newest=True)


def _entry(row: Any) -> Entry:
    if row["entry"]:
        action, details = row["action"], orjson.loads(row["details"])
    else:
        action, details = _CHANGES[row["action"]], {"revision": row["number"], "comment": row["comment"]}
    told = {name: value for name, value in details.items() if value is not None}
    return Entry(row["time"], row["actor"], action, row["subject"], told)
