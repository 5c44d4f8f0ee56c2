"""Many edits in one transaction: read as they come, written by the batch, so that their number takes no memory."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Sequence

import orjson

from geo.editing import Edit
from geo.geopackage.rows import INSERT_REVISION, INSERT_ROW, Rows, make, note_change, rows_of, time_of_next

BATCH = 25  # of 500, so many objects would live on that Python's collector takes a seventh of the time
# What these do with each new row is done with the whole batch at once.
_TRIGGERS = ("rtree_projects_geom_insert", "projects_insert_has_revision")
_TRIGGER = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?"
_KNOWN = "SELECT 1 FROM revisions WHERE project_id IN (SELECT value FROM json_each(?)) LIMIT 1"


def write(connection: sqlite3.Connection, edits: Iterable[Edit]) -> None:
    """Make edits in their order; raises as `make` does for the first that cannot be made."""
    remaining, triggers = iter(edits), _Triggers(connection)
    while batch := [rows_of(edit) for edit in itertools.islice(remaining, BATCH)]:
        if _are_new(connection, batch):
            triggers.off()
            _create(connection, batch)
        else:
            triggers.on()
            for rows in batch:
                make(connection, rows)
        note_change(connection, (rows.bounds for rows in batch))
    triggers.on()


def _are_new(connection: sqlite3.Connection, batch: Sequence[Rows]) -> bool:
    """Return whether all of these create records, under ids that were never used."""
    ids = {rows.edit.project_id for rows in batch if rows.edit.project is not None and rows.edit.expected is None}
    return len(ids) == len(batch) and connection.execute(_KNOWN, (orjson.dumps(list(ids)).decode(),)).fetchone() is None


def _create(connection: sqlite3.Connection, batch: Sequence[Rows]) -> None:
    time = time_of_next(connection)
    connection.executemany(INSERT_REVISION, (_revision(rows, time) for rows in batch))
    sequences = _last(connection, "SELECT max(sequence) FROM revisions", len(batch))
    kept = [(*rows.said, 1, time, time, sequence) for rows, sequence in zip(batch, sequences, strict=True)]
    connection.executemany(INSERT_ROW, kept)
    fids = _last(connection, "SELECT max(fid) FROM projects", len(batch))
    boxes = [(fid, rows.bounds) for fid, rows in zip(fids, batch, strict=True)]
    edges = [(fid, box[0], box[2], box[1], box[3]) for fid, box in boxes if box is not None]
    connection.executemany("INSERT INTO rtree_projects_geom VALUES (?, ?, ?, ?, ?)", edges)


def _revision(rows: Rows, time: str) -> tuple[object, ...]:
    edit = rows.edit
    return edit.project_id, 1, "create", edit.author, edit.comment, edit.successor, time, time, None, rows.record


def _last(connection: sqlite3.Connection, newest: str, count: int) -> range:
    """Return the numbers that the rows of this transaction's last insertion were given, which follow each other."""
    last: int = connection.execute(newest).fetchone()[0]
    return range(last - count + 1, last + 1)


class _Triggers:
    """The triggers that are taken off, and put back as they were; where an edit fails, the rollback does it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._texts: list[str] = []

    def off(self) -> None:
        if not self._texts:
            self._texts = [self._connection.execute(_TRIGGER, (name,)).fetchone()[0] for name in _TRIGGERS]
            for name in _TRIGGERS:
                self._connection.execute(f"DROP TRIGGER {name}")

    def on(self) -> None:
        while self._texts:
            self._connection.execute(self._texts.pop())
