"""Writers who come at once share one transaction: each keeps its own all or nothing, and waits for its end."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from geo.editing import Edit
from geo.errors import StoreError
from geo.geopackage import blob
from geo.geopackage.pool import refusal
from geo.geopackage.rows import make, note_change, rows_of
from geo.geopackage.turns import Waiting
from geo.store import Revision

MOST_EDITS = 500  # after so many a transaction takes in no others


class Writer(Waiting):
    """One who writes some edits, and what became of them."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        super().__init__()
        self.rows = [rows_of(edit) for edit in edits]
        self.revisions: list[Revision] = []
        self.refused: Exception | None = None
        self.is_settled = False  # what became of the edits is on disk

    def result(self, path: Path) -> list[Revision]:
        """Return the revisions; raises why there are none."""
        if self.refused is not None:
            raise self.refused
        if not self.is_settled:  # who led was interrupted
            raise StoreError("store-unusable", path=str(path), reason="interrupted")
        return self.revisions


class Group:
    """The writers of one transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writers: list[Writer] = []

    def write(self, connection: sqlite3.Connection, first: Writer, others: Iterable[Writer]) -> None:
        """Make the edits of one writer and of others, as far as they are taken in; raises what stops all of them."""
        boxes: list[blob.Bounds | None] = []
        edits = 0
        for writer in itertools.chain((first,), others):
            self._writers.append(writer)
            self._attempt(connection, writer)
            boxes += [rows.bounds for rows in writer.rows if writer.refused is None]
            edits += len(writer.rows)
            if edits >= MOST_EDITS:
                break
        if boxes:
            note_change(connection, boxes)

    def _attempt(self, connection: sqlite3.Connection, writer: Writer) -> None:
        """Make all edits of a writer, or none of them and keep why."""
        connection.execute("SAVEPOINT writer")
        try:
            writer.revisions = [make(connection, rows) for rows in writer.rows]
        except Exception as error:
            if not connection.in_transaction:  # SQLite has ended it, as on a full disk
                raise
            connection.execute("ROLLBACK TO writer")
            writer.refused = self._refusal(error) if isinstance(error, sqlite3.Error) else error
        connection.execute("RELEASE writer")

    def _refusal(self, error: sqlite3.Error) -> StoreError:
        refused = refusal(self._path, "store-unusable", error)
        refused.__cause__ = error
        return refused

    def settle(self) -> None:
        """Let every writer know that what became of its edits is on disk."""
        for writer in self._writers:
            writer.is_settled = True

    def fail(self, error: StoreError) -> None:
        """Let every writer know that nothing was written; each raises an error of its own."""
        for writer in self._writers:
            writer.refused = StoreError(error.rule, **error.values)
            writer.refused.__cause__ = error.__cause__
