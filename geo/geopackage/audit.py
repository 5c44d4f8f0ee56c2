"""The audit log in a GeoPackage store."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from operator import itemgetter

import orjson

from geo.audit import AuditPage, Detail, Entry, Mark
from geo.dates import now
from geo.geopackage.pool import ConnectionPool
from geo.vocabulary import AUDIT_ACTIONS

_NEWEST = (
    "SELECT coalesce((SELECT max(sequence) FROM revisions), 0), "
    "max(?, coalesce((SELECT time FROM audit_log ORDER BY sequence DESC LIMIT 1), ''), "
    "coalesce((SELECT time FROM revisions ORDER BY sequence DESC LIMIT 1), ''))"
)
_ADD = "INSERT INTO audit_log (revision, time, actor, action, subject, details) VALUES (?, ?, ?, ?, ?, ?)"
# Both begin with what puts them in one order: after which revision, and which entry after that one.
_LOG = "SELECT revision, sequence AS entry, time, actor, action, subject, details FROM audit_log"
# Names as they were written: this is for those who answer for the ledger, and not shown in public.
_REVISIONS = (
    "SELECT sequence AS revision, 0 AS entry, time, author, "
    "CASE action WHEN 'create' THEN 'record_created' WHEN 'delete' THEN 'record_deleted' ELSE 'record_changed' END, "
    "project_id, json_object('revision', number, 'comment', comment) FROM revisions"
)
_BETWEEN = "WHERE time >= ?1 AND (?2 IS NULL OR time < ?2) ORDER BY sequence"
_BACKWARDS = "WHERE sequence < ?1 ORDER BY sequence DESC LIMIT ?2"
_FROM_THE_END = 10**15
_place = itemgetter(0, 1)


def note(connection: sqlite3.Connection, actor: str, action: str, subject: str = "", **details: Detail) -> None:
    """Keep that something was done, in the transaction in which it is done; never as older than what was before."""
    assert action in AUDIT_ACTIONS, action
    revision, time = connection.execute(_NEWEST, (now(),)).fetchone()
    connection.execute(_ADD, (revision, time, actor, action, subject, orjson.dumps(details).decode()))


class GeoPackageAudit:
    """An `AuditLog` in the store's file."""

    def __init__(
        self, pool: ConnectionPool, transaction: Callable[[], AbstractContextManager[sqlite3.Connection]]
    ) -> None:
        self._pool, self._transaction = pool, transaction

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

    def _rows(self, sql: str, values: tuple[object, ...]) -> Iterator[sqlite3.Row]:
        with self._pool.use() as connection:
            yield from connection.sqlite.execute(sql, values)


def _entry(row: sqlite3.Row) -> Entry:
    _, _, time, actor, action, subject, details = row
    told = {name: value for name, value in orjson.loads(details).items() if value is not None}
    return Entry(time, actor, action, subject, told)
