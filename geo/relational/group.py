"""Writers who come at once share one transaction: each keeps its own all or nothing, and waits for its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from geo.editing import Edit
from geo.errors import StoreError
from geo.relational.database import Connection, Database
from geo.relational.edits import Writing, prepare
from geo.relational.turns import Waiting
from geo.store import Revision

MOST_EDITS = 500  # after so many a transaction takes in no others


class Writer(Waiting):
    """One who writes some edits, and what became of them."""

    def __init__(self, database: Database, edits: Sequence[Edit]) -> None:
        super().__init__()
        self._place = database.place
        self.edits = [prepare(database, edit) for edit in edits]
        self.revisions: list[Revision] = []
        self.refused: Exception | None = None
        self.is_settled = False  # what became of the edits is on disk

    def result(self) -> list[Revision]:
        """Return the revisions; raises why there are none."""
        if self.refused is not None:
            raise self.refused
        if not self.is_settled:  # who led was interrupted
            raise StoreError("store-unusable", path=self._place, reason="interrupted")
        return self.revisions


class Group:
    """The writers of one transaction, which may be begun again where nothing came of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writers: list[Writer] = []

    def write(self, connection: Connection, first: Writer, others: Iterable[Writer]) -> None:
        """Make the edits of one writer and of others, as far as they are taken in; raises what stops all of them."""
        writing = Writing(connection, self._database)
        for writer in self._all(first, iter(others)):
            self._attempt(writing, writer)
        writing.end()

    def _all(self, first: Writer, others: Iterator[Writer]) -> Iterator[Writer]:
        """Yield those of an attempt before, or the first one, and whoever else comes, as long as there is room."""
        self._writers = self._writers or [first]
        yield from tuple(self._writers)
        while sum(len(each.edits) for each in self._writers) < MOST_EDITS:
            other = next(others, None)
            if other is None:
                return
            self._writers.append(other)
            yield other

    def _attempt(self, writing: Writing, writer: Writer) -> None:
        """Make all edits of a writer, or none of them and keep why."""
        writer.revisions, writer.refused = [], None
        try:
            with writing.together():
                writer.revisions = [writing.make(each) for each in writer.edits]
        except Exception as error:
            if not writing.connection.in_transaction:
                raise
            writer.refused = self._refusal(error) if isinstance(error, self._database.errors) else error

    def _refusal(self, error: Exception) -> StoreError:
        refused = self._database.refusal(error)
        refused.__cause__ = error
        return refused

    def settle(self) -> None:
        """Let every writer know that what became of its edits is on disk."""
        for writer in self._writers:
            writer.is_settled = True

    def fail(self, error: StoreError) -> None:
        """Let every writer know that nothing was written; each raises an error of its own."""
        for writer in self._writers:
            writer.refused = type(error)(error.rule, **error.values)
            writer.refused.__cause__ = error.__cause__
