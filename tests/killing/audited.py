"""Whether the audit log is what it was, with more at its end, and tells of all that was done and of nothing else."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from geo.geopackage.pool import connect

_LOG = "SELECT * FROM audit_log WHERE sequence > ? ORDER BY sequence"
# What is there, beside what the log tells: each pair holds the same rows.
_SAME = {
    "keys": (
        "SELECT name FROM api_keys",
        "SELECT subject FROM audit_log WHERE action = 'key_made'",
    ),
    "keys revoked": (
        "SELECT name FROM api_keys WHERE revoked IS NOT NULL",
        "SELECT subject FROM audit_log WHERE action = 'key_revoked'",
    ),
    "releases": (
        "SELECT name, sequence FROM named_releases",
        "SELECT subject, details ->> 'sequence' FROM audit_log WHERE action = 'released'",
    ),
    "authors hidden": (
        "SELECT name FROM hidden_authors",
        "SELECT subject FROM audit_log WHERE sequence IN (SELECT max(sequence) FROM audit_log "
        "WHERE action IN ('author_hidden', 'author_shown') GROUP BY subject) AND action = 'author_hidden'",
    ),
    "decisions": (
        "SELECT proposal_id, state FROM proposal_remarks WHERE is_editor",
        "SELECT CAST(subject AS INTEGER), details ->> 'state' FROM audit_log WHERE action = 'proposal_decided'",
    ),
    "imports": (
        "SELECT comment, count(*) FROM (SELECT comment, author FROM revisions UNION ALL "
        "SELECT comment, author FROM proposals) WHERE comment IN "
        "(SELECT subject FROM audit_log WHERE action = 'imported') OR author = 'kills' AND comment != '' "
        "GROUP BY comment",
        "SELECT subject, details ->> 'count' FROM audit_log WHERE action = 'imported'",
    ),
}


class Audited:
    """The audit log of the store of all paths, looked at after every kill."""

    def __init__(self, store: Path) -> None:
        self._store, self._known = store, list[bytes]()

    def faults(self) -> Iterator[str]:
        with contextlib.closing(connect(self._store, "ro")) as connection:
            rows = [_digest(row) for row in connection.execute(_LOG, (0,))]
            if rows[: len(self._known)] != self._known:
                yield "the audit log is not what it was"
            self._known = rows
            for what, (there, told) in _SAME.items():
                differing = _rows(connection, there) ^ _rows(connection, told)
                if differing:
                    yield f"{what}: not so in the store and in the audit log: {sorted(differing, key=str)[:5]}"


def _digest(row: sqlite3.Row) -> bytes:
    return hashlib.sha256(repr(tuple(row)).encode()).digest()[:8]


def _rows(connection: sqlite3.Connection, sql: str) -> set[tuple[object, ...]]:
    found = [tuple(row) for row in connection.execute(sql)]
    assert len(found) == len({*found}), f"something is told twice: {sql}"
    return {*found}
