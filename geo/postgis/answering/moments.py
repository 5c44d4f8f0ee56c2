"""Moments of the database: each answer is of one, so that a page and its count agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Protocol, TypeVar

import psycopg
from psycopg import errors

from geo.checked import MOST_SECONDS
from geo.errors import InvalidQuery
from geo.postgis.asking.sql import Sql, sql
from geo.postgis.connection import is_lost

T = TypeVar("T")
Connection = psycopg.Connection[Any]
Row = tuple[Any, ...]

KNOWN = "SELECT sequence, NULL::integer AS moves FROM catalog_made"  # of tables that no store writes

_TIMES_AS_LONG = 2  # a filter may take by the clock as it may of a processor, since others want that too
_MOST_TRIES = 10  # as often as connections of a pool may turn out to be lost
_BEGIN = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "
    f"SET LOCAL statement_timeout = {MOST_SECONDS * _TIMES_AS_LONG * 1000}; "
)
_AT_ONCE = "SELECT * FROM ({}) AS known CROSS JOIN ({}) AS asked"


class Lending(Protocol):
    """What lends connections, outside a transaction."""

    known: str  # selects what an answer knows: a sequence, and how often authors were hidden, NULL where no store is

    def use(self) -> AbstractContextManager[Connection]: ...
    def noted(self, sequence: int, moves: int | None) -> None:
        """Note what an answer knows, so that none knows less afterwards."""


class Moment:
    """All that the tables hold after one change."""

    def __init__(self, connection: Connection, sequence: int) -> None:
        self.connection, self.sequence = connection, sequence


class _TriedAgain(Exception):
    """Reading came to no end, and may do so when it is tried again."""


class Moments:
    """Begins moments: each knows all changes that were made before it was asked for."""

    def __init__(self, lending: Lending) -> None:
        self._lending, self._known = lending, Sql(lending.known)

    def ask(self, work: Callable[[Moment], T]) -> T:
        """Return what is read of one moment; read again where a standby, or a lost connection, has ended it.

        Raises InvalidQuery where it takes too long.
        """
        return self._read(lambda connection: self._of_a_moment(connection, work))

    def version(self) -> int:
        """Return the sequence that a moment knows now."""
        [(sequence, moves)] = self._read(lambda connection: self._known.run(connection).fetchall())
        self._lending.noted(sequence, moves)
        return int(sequence)

    def rows(self, asked: Sql) -> list[Row]:
        """Return the rows of one statement, which is of one moment by itself: it is asked in one way to and fro."""
        found = self._read(lambda connection: sql(_AT_ONCE, self._known, asked).run_in_bytes(connection).fetchall())
        for sequence, moves, *_ in found[:1]:
            self._lending.noted(sequence, moves)
        return [row[2:] for row in found]

    def _read(self, read: Callable[[Connection], T]) -> T:
        for _ in range(_MOST_TRIES - 1):
            with suppress(_TriedAgain), self._lent(is_last=False) as connection:
                return read(connection)
        with self._lent(is_last=True) as connection:
            return read(connection)

    @contextmanager
    def _lent(self, *, is_last: bool) -> Iterator[Connection]:
        with self._lending.use() as connection:
            try:
                yield connection
            except errors.QueryCanceled:
                raise InvalidQuery("filter", "filter-too-slow", most=MOST_SECONDS) from None
            except psycopg.OperationalError as error:
                if is_last or not (is_lost(connection) or isinstance(error, errors.SerializationFailure)):
                    raise
                raise _TriedAgain from None

    def _of_a_moment(self, connection: Connection, work: Callable[[Moment], T]) -> T:
        try:
            sequence, moves = _begun(connection, self._known)
            self._lending.noted(sequence, moves)
            return work(Moment(connection, sequence))
        finally:
            with suppress(psycopg.OperationalError):  # lost meanwhile: what was read is read
                connection.rollback()


class Held:
    """A moment that lasts: whatever is asked meanwhile is asked of it."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment

    def ask(self, work: Callable[[Moment], T]) -> T:
        return work(self._moment)

    def version(self) -> int:
        return self._moment.sequence

    def rows(self, asked: Sql) -> list[Row]:
        return asked.run_in_bytes(self._moment.connection).fetchall()


def _begun(connection: Connection, known: Sql) -> tuple[int, int | None]:
    cursor = connection.execute(f"{_BEGIN}{known.text}".encode())
    while cursor.nextset():
        pass
    [(sequence, moves)] = cursor.fetchall()
    return sequence, moves
