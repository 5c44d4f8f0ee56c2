"""A connection to PostgreSQL that takes the statements of `geo/relational`."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, SupportsIndex, overload

import psycopg
from psycopg._cursor_base import BaseCursor
from psycopg.pq import TransactionStatus
from psycopg.rows import BaseRowFactory

_MARK = re.compile(r"\?(\d*)")
_MOST_TRIES = 5  # of one statement
_TOGETHER = 500  # rows that come at a time, of many
# Whoever reads them may take their time, and reads all of them, as a rule.
_BEGIN_ROWS = b"BEGIN READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL cursor_tuple_fraction = 1"
Psycopg = psycopg.Connection[Any]
CONNECT_SECONDS = 2
# No text of a record has such a sign (`geo/text.py`), and PostgreSQL takes no NUL: this one stands for it, and compares
# with whatever there is as that does.
NO_SIGN = "\x01"
CONNECTING: dict[str, Any] = {
    "autocommit": True,
    "prepare_threshold": None,
    "connect_timeout": CONNECT_SECONDS,
    "client_encoding": "UTF8",  # whatever the database or the environment would have
    # One to a host that is gone, or cut off, ends within some seconds.
    "keepalives_idle": 1,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 3_000,
}


class Row(tuple[Any, ...]):
    """A row that is read by place and by name, as those of SQLite."""

    __slots__ = ()
    places: dict[str, int]

    @overload
    def __getitem__(self, key: SupportsIndex | str, /) -> Any: ...
    @overload
    def __getitem__(self, key: slice, /) -> tuple[Any, ...]: ...
    def __getitem__(self, key: SupportsIndex | str | slice, /) -> Any:
        return super().__getitem__(self.places[key] if isinstance(key, str) else key)


@functools.lru_cache(256)
def _row_of(names: tuple[str, ...]) -> type[Row]:
    return type("Row", (Row,), {"__slots__": (), "places": {name: place for place, name in enumerate(names)}})


def _rows(cursor: BaseCursor[Any, Any]) -> Callable[[Sequence[Any]], Row]:
    return _row_of(tuple(column.name for column in cursor.description or ()))


_FACTORY: BaseRowFactory[Row] = _rows


@functools.lru_cache(512)
def numbered(sql: str) -> bytes:
    """Return a statement with PostgreSQL's marks for values ($1) in the place of `?` and `?1`."""
    count = itertools.count(1)
    return _MARK.sub(lambda mark: f"${mark[1] or next(count)}", sql).encode()


def bound(values: Sequence[Any]) -> Sequence[Any] | None:
    """Return values as PostgreSQL takes them: no text of a ledger has a NUL, so one that does is none that is there."""
    return [each.replace("\0", NO_SIGN) if isinstance(each, str) else each for each in values] or None


def is_lost(connection: Psycopg) -> bool:
    """Return whether a connection has ended, so that nothing more is heard of what was sent by it."""
    return connection.closed or connection.info.transaction_status == TransactionStatus.UNKNOWN


class PostgresConnection:
    """A `Connection` over one of psycopg's, which stands by itself or within a transaction.

    Where none is begun and the connection turns out to be lost, a statement is sent again by `another` connection: it
    is one that only reads. So it is where a standby has cancelled it, whose rows the primary has removed:
    https://www.postgresql.org/docs/15/hot-standby.html#HOT-STANDBY-CONFLICT
    """

    def __init__(self, connection: Psycopg, another: Callable[[Psycopg], Psycopg] | None = None) -> None:
        self.psycopg, self._another = connection, another

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> psycopg.Cursor[Row]:
        for _ in range(_MOST_TRIES - 1):
            try:
                return self._execute(sql, values)
            except psycopg.OperationalError as error:
                self._go_on_by_another(error)
        return self._execute(sql, values)

    def _go_on_by_another(self, error: psycopg.OperationalError) -> None:
        """Take another connection where a statement is to be sent again; raises its error where it is not."""
        was_ended = is_lost(self.psycopg) or isinstance(error, psycopg.errors.SerializationFailure)
        if self._another is None or not was_ended:
            raise error
        self.psycopg = self._another(self.psycopg)

    def _execute(self, sql: str, values: Sequence[Any]) -> psycopg.Cursor[Row]:
        return psycopg.RawCursor(self.psycopg, row_factory=_FACTORY).execute(numbered(sql), bound(values))

    def executemany(self, sql: str, values: Iterable[Sequence[Any]], /) -> None:
        psycopg.RawCursor(self.psycopg).executemany(numbered(sql), values)

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """Yield rows as they come, of one moment, outside a transaction; not within a pipeline.

        They are fetched some at a time: PostgreSQL waits for nobody, however long what is done with them takes. A
        statement whose rows nobody takes would be ended as one that lasts too long, or its connection as lost.
        """
        for _ in range(_MOST_TRIES - 1):
            has_begun = False
            try:
                for row in self._stream(sql, values):
                    has_begun = True
                    yield row
            except psycopg.OperationalError as error:
                if has_begun:
                    raise
                self._go_on_by_another(error)
            else:
                return
        yield from self._stream(sql, values)

    def _stream(self, sql: str, values: Sequence[Any]) -> Iterator[Row]:
        self.psycopg.execute(_BEGIN_ROWS)
        with psycopg.RawServerCursor(self.psycopg, "rows", row_factory=_FACTORY) as cursor:
            try:
                cursor.execute(numbered(sql), bound(values))
                while several := cursor.fetchmany(_TOGETHER):
                    yield from several
            finally:
                with suppress(psycopg.OperationalError):  # lost meanwhile: what was read is read
                    self.psycopg.rollback()

    @property
    def in_transaction(self) -> bool:
        return not is_lost(self.psycopg) and self.psycopg.info.transaction_status != TransactionStatus.IDLE
