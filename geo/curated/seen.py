"""Which records have come, and to which their links lead, kept in a temporary file: a million take no memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

_TABLES = """
CREATE TABLE seen (id TEXT PRIMARY KEY, note TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE links (record TEXT NOT NULL, pointer TEXT NOT NULL, target TEXT NOT NULL);
"""


class Seen:
    """Ids, each with a note of when it came first, and links whose targets may come later."""

    def __init__(self, rows: sqlite3.Connection) -> None:
        self._rows = rows
        rows.execute("PRAGMA journal_mode = OFF")
        rows.executescript(_TABLES)
        rows.execute("BEGIN")  # of a transaction that never ends: nothing of this has to last

    def add(self, project_id: str, note: str) -> str | None:
        """Keep an id with a note; return the note with which it came before, None where it did not."""
        added = self._rows.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (project_id, note))
        return None if added.rowcount else self._note(project_id)

    def __contains__(self, project_id: str) -> bool:
        return self._note(project_id) is not None

    def _note(self, project_id: str) -> str | None:
        found = self._rows.execute("SELECT note FROM seen WHERE id = ?", (project_id,)).fetchone()
        return str(found[0]) if found else None

    def link(self, record: str, pointer: str, target: str) -> None:
        """Keep a link of a record."""
        self._rows.execute("INSERT INTO links VALUES (?, ?, ?)", (record, pointer, target))

    def links_beyond(self, note: str) -> Iterator[tuple[str, str, str]]:
        """Yield record, pointer and target of links that lead to none that came with this note, in their order."""
        there = "SELECT id FROM seen WHERE note = ?"
        yield from self._rows.execute(f"SELECT * FROM links WHERE target NOT IN ({there}) ORDER BY rowid", (note,))  # noqa: S608


@contextmanager
def seeing() -> Iterator[Seen]:
    """Give a new one, whose file goes with it."""
    with closing(sqlite3.connect("", isolation_level=None)) as rows:
        yield Seen(rows)
