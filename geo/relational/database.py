"""What is asked of an SQL database, so that one text of each statement does for every kind of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from geo.errors import StoreError

if TYPE_CHECKING:
    from geo.editing import Edit
    from geo.relational.tables import Table
    from geo.store import Revision

WAIT_SECONDS = 5  # for whoever else writes
Transaction = Callable[
    [], AbstractContextManager["Connection"]
]  # lends one within a transaction of its own, in its turn


class NotWritten(StoreError):
    """Nothing was written, which is known, and another attempt may go well: a connection was lost, or two collided."""


class Cursor(Protocol):
    """What came of a statement; rows are read by place and by name."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """Takes statements of what SQLite and PostgreSQL share, in which `?` stands for a value, `?1` for the first one.

    Lists are given as JSON and read by `json_each`; both have `instr`. A text is bound as text, bytes as bytes.
    """

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Cursor: ...
    def executemany(self, sql: str, values: Iterable[Sequence[Any]], /) -> object: ...
    @property
    def in_transaction(self) -> bool:
        """Whether what was written since BEGIN can still be kept; the database may have ended it."""


class LayerWriting(Protocol):
    """The layer within one transaction."""

    def put(self, prepared: Any, revision: Revision) -> None:
        """Keep the record of a revision that has just been written, or remove a deleted one."""

    def put_new(self, several: Sequence[tuple[Any, Revision]]) -> None:
        """Keep the records of revisions that have just been written, each the first of its record."""

    def note(self, several: Sequence[tuple[Any, Revision]]) -> None:
        """Do what is done once for several revisions that have been put, and stay."""

    def end(self) -> None:
        """Leave all as it was found, before the transaction is committed."""


class Layer(Protocol):
    """What follows from the newest revisions of records and is kept beside them: what desktop programs open, say."""

    def prepared(self, edit: Edit) -> Any:
        """Return what an edit will write here, made by whoever waits for a turn."""

    def writing(self, connection: Connection) -> LayerWriting:
        """Return the layer within a transaction."""


class Database(Protocol):
    """Lends connections, each to one thread at a time; what the database refuses becomes a StoreError."""

    place: str  # what it is called in words for people; nothing secret
    errors: type[Exception]  # what connections raise
    layer: Layer
    insert_revision: str  # with the values of `edits.revision_values`
    moves: int  # how often authors were hidden or shown again, as far as was read

    def reading(self) -> AbstractContextManager[Connection]:
        """Lend a connection to read what is newest: each statement sees all that was committed before it."""

    def reading_records(self) -> AbstractContextManager[Connection]:
        """Lend one to read revisions, perhaps from where they are as new as `geo.freshness` asks."""

    def at_one_moment(self) -> AbstractContextManager[Connection]:
        """Lend a connection to read with, all of whose statements see what was committed before the first."""

    def rows(self, sql: str, values: Sequence[Any] = (), *, newest: bool = False) -> Iterator[Any]:
        """Yield the rows of one statement as they come, of one moment, however many they are."""

    def begun(self, seconds: float | None = None) -> AbstractContextManager[Connection]:
        """Lend a connection within a transaction of the only one who writes, and commit it at the end.

        For who has the turn to write in this process; other processes are waited for, WAIT_SECONDS or so many.
        """

    def last_number(self, connection: Connection, table: Table) -> int:
        """Return the last number that was given to a row of a numbered table, whether it is there or has gone."""

    def set_last_number(self, connection: Connection, table: Table, number: int) -> None:
        """Let rows of a numbered table, which has none of a greater number, have greater numbers from here on."""

    def refusal(self, error: Exception) -> StoreError:
        """Return what an error of the database means to people."""
