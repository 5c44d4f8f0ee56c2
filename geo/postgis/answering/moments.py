"""Moments of the database: each answer is of one, so that a page and its count agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Protocol, TypeVar

import psycopg
from psycopg import errors

from geo.checked import MOST_SECONDS
from geo.errors import InvalidQuery
from geo.postgis.connection import is_lost

T = TypeVar("T")
Connection = psycopg.Connection[Any]

_TIMES_AS_LONG = 2  # a filter may take by the clock as it may of a processor, since others want that too
_MOST_TRIES = 10  # as often as connections of a pool may turn out to be lost
_BEGIN = "; ".join(
    (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        f"SET LOCAL statement_timeout = {MOST_SECONDS * _TIMES_AS_LONG * 1000}",
        "SELECT sequence FROM catalog_made",
    )
).encode()


class Lending(Protocol):
    """What lends connections, outside a transaction."""

    def use(self) -> AbstractContextManager[Connection]: ...
    def noted(self, sequence: int) -> None:
        """Note the sequence that an answer knows, so that none knows less afterwards."""


class Moment:
    """All that the tables hold after one change."""

    def __init__(self, connection: Connection, sequence: int) -> None:
        self.connection, self.sequence = connection, sequence


class _TriedAgain(Exception):
    """Reading came to no end, and may do so when it is tried again."""


class Moments:
    """Begins moments: each knows all changes that were made before it was asked for."""

    def __init__(self, lending: Lending) -> None:
        self._lending = lending

    def ask(self, work: Callable[[Moment], T]) -> T:
        """Return what is read of one moment; read again where a standby, or a lost connection, has ended it.

        Raises InvalidQuery where it takes too long.
        """
        for _ in range(_MOST_TRIES - 1):
            try:
                with self.moment(is_last=False) as moment:
                    return work(moment)
            except _TriedAgain:
                continue
        with self.moment() as moment:
            return work(moment)

    @contextmanager
    def moment(self, *, is_last: bool = True) -> Iterator[Moment]:
        """Lend a moment, for as long as it takes."""
        with self._lending.use() as connection:
            try:
                begun = _begun(connection)
                self._lending.noted(begun.sequence)
                yield begun
            except errors.QueryCanceled:
                raise InvalidQuery("filter", "filter-too-slow", most=MOST_SECONDS) from None
            except psycopg.OperationalError as error:
                if is_last or not (is_lost(connection) or isinstance(error, errors.SerializationFailure)):
                    raise
                raise _TriedAgain from None
            finally:
                with suppress(psycopg.OperationalError):  # lost meanwhile: what was read is read
                    connection.rollback()


class Held:
    """A moment that lasts: whatever is asked meanwhile is asked of it."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment

    def ask(self, work: Callable[[Moment], T]) -> T:
        return work(self._moment)

    @contextmanager
    def moment(self, *, is_last: bool = True) -> Iterator[Moment]:
        yield self._moment


def _begun(connection: Connection) -> Moment:
    cursor = connection.execute(_BEGIN)
    while cursor.nextset():
        pass
    [(sequence,)] = cursor.fetchall()
    return Moment(connection, sequence)
