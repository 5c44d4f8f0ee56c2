"""Whether the audit log is what it was, with more at its end, and tells of all that was done and of nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from stored import sql

from geo.postgis.addresses import is_database

_LOG = "SELECT * FROM audit_log ORDER BY sequence"
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
        "SELECT comment, author FROM proposals) AS said WHERE comment IN "
        "(SELECT subject FROM audit_log WHERE action = 'imported') OR author = 'kills' AND comment != '' "
        "GROUP BY comment",
        "SELECT subject, details ->> 'count' FROM audit_log WHERE action = 'imported'",
    ),
}


class Audited:
    """The audit log of the store of all paths, looked at after every kill."""

    def __init__(self, store: str) -> None:
        self._store, self._known = store, list[bytes]()

    def faults(self) -> Iterator[str]:
        with sql(self._store) as connection:
            rows = [_digest(row) for row in connection.execute(_LOG)]
            if rows[: len(self._known)] != self._known:
                yield "the audit log is not what it was"
            self._known = rows
            for what, (there, told) in _SAME.items():
                if is_database(self._store):
                    told = told.replace("details ->>", "details::json ->>")
                differing = _rows(connection, there) ^ _rows(connection, told)
                if differing:
                    yield f"{what}: not so in the store and in the audit log: {sorted(differing, key=str)[:5]}"


def _digest(row: tuple[object, ...]) -> bytes:
    return hashlib.sha256(repr(tuple(row)).encode()).digest()[:8]


def _rows(connection: Any, question: str) -> set[tuple[object, ...]]:
    """Return rows as texts: what is a number in SQLite's JSON is a text in PostgreSQL's."""
    found = [tuple(map(str, row)) for row in connection.execute(question)]
    assert len(found) == len({*found}), f"something is told twice: {question}"
    return {*found}
