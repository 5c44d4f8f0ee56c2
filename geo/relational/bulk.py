"""Many edits in one transaction: read as they come, written by the batch, so that their number takes no memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import orjson

from geo.editing import Edit
from geo.relational.database import Connection, Database
from geo.relational.edits import Prepared, Writing, prepare

BATCH = 25  # of 500, so many objects would live on that Python's collector takes a seventh of the time
_KNOWN = "SELECT 1 FROM revisions WHERE project_id IN (SELECT value FROM json_each(?)) LIMIT 1"


def write(connection: Connection, database: Database, edits: Iterable[Edit]) -> None:
    """Make edits in their order; raises as `Writing.make` does for the first that cannot be made."""
    remaining, writing = iter(edits), Writing(connection, database)
    while batch := [prepare(database, edit) for edit in itertools.islice(remaining, BATCH)]:
        if _are_new(connection, batch):
            writing.make_new(batch)
        else:
            for each in batch:
                writing.make(each)
        writing.note()
    writing.end()


def _are_new(connection: Connection, batch: Sequence[Prepared]) -> bool:
    """Return whether all of these create records, under ids that were never used."""
    edits = [each.edit for each in batch]
    ids = {edit.project_id for edit in edits if edit.project is not None and edit.expected is None and not edit.once}
    return len(ids) == len(batch) and connection.execute(_KNOWN, (orjson.dumps(list(ids)).decode(),)).fetchone() is None
