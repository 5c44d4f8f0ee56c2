"""Connections to one PostgreSQL database, taken for one piece of work and given back."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import psycopg_pool
from psycopg import errors

from geo.errors import NoPrimary, StoreError
from geo.postgis.addresses import shown
from geo.postgis.answering.moments import KNOWN
from geo.postgis.connection import CONNECT_SECONDS, CONNECTING, PostgresConnection, Psycopg
from geo.postgis.servers import Servers, hang_up
from geo.relational.database import WAIT_SECONDS
from geo.store import Figure

MOST_CONNECTIONS = 8
SLOW_SECONDS = 1
STATEMENT_SECONDS = 30  # that any statement may take which asks for no longer
_IDLE_SECONDS = 300
_LOOK_SECONDS = 0.5  # between two looks whether waiting for a connection makes sense
_REFUSED = "unsupported startup parameter"
_ALL_LENT = "no connection is free"
_OFTEN = 5  # times after which a statement is prepared
# What a connection asks of its session. A pooler between may refuse it, or say nothing and leave it out: then the name
# that is nobody's but ours is not known there.
_OPTIONS = (
    f"-c jit=off -c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout={WAIT_SECONDS}s "
    "-c idle_in_transaction_session_timeout=60s -c own.session=yes "
    "-c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c tcp_user_timeout=3000"
)


class Pool:
    """As many connections as there is work at a time, up to a bound; PostgreSQL's errors become StoreError.

    Nothing of a session outlives a transaction but prepared statements, and these only where no pooler stands between.
    """

    def __init__(self, address: str) -> None:
        self.place, self._address = shown(address), address
        self._keywords: dict[str, Any] = {**CONNECTING, **_options(address)}
        self._servers, self._lent = Servers(address), set[Psycopg]()
        self.is_lost = False  # where somebody looks: then nobody waits for a connection any longer
        self.slow = 0  # pieces of work that took longer than SLOW_SECONDS
        self._pool = psycopg_pool.ConnectionPool(
            address,
            connection_class=_connecting_by(self.connect),
            min_size=0,
            max_size=MOST_CONNECTIONS,
            max_idle=_IDLE_SECONDS,
            open=True,
            name=self.place,
        )

    def connect(self) -> Psycopg:
        """Return a new connection, which is not one of the pool's; raises psycopg's errors."""
        try:
            return self._servers.connect(**self._keywords)
        except psycopg.OperationalError as error:
            if _REFUSED not in str(error) or "options" not in self._keywords:
                raise
        self._keywords = CONNECTING  # of a pooler that was not there when it was asked what it lets sessions have
        return self._servers.connect(**self._keywords)

    def leave_former(self, timeline: int) -> None:
        """Use no server any more that was the primary before a timeline began."""
        self._servers.timeline = timeline
        self._pool.drain()

    def abandon(self) -> None:
        """End all connections that are lent: a server says nothing any more, and who waits for it shall not."""
        for each in tuple(self._lent):
            hang_up(each)

    @contextmanager
    def use(self) -> Iterator[Psycopg]:
        """Lend a connection of psycopg's, outside a transaction."""
        with used(lambda: (self,)) as connection:
            yield connection

    known = KNOWN

    def noted(self, sequence: int, moves: int | None) -> None:
        """One server's answers never know less than before."""

    @contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        """Lend a connection whose statements are sent again where it was lost before they began."""
        with read(lambda: (self,)) as connection:
            yield connection

    def take(self, until: float) -> Psycopg:
        """Return a connection, which is to be given back; raises StoreError where there is none until then."""
        if self._pool.closed:
            raise StoreError("store-closed", path=self.place)
        try:
            connection = self._waited_for(until)
        except (psycopg_pool.PoolTimeout, psycopg_pool.TooManyRequests) as error:
            reason = " ".join(self._servers.reason.split()) or _ALL_LENT
            raise StoreError("database-unreachable", path=self.place, reason=reason) from error
        self._lent.add(connection)
        return connection

    def _waited_for(self, until: float) -> Psycopg:
        while True:
            try:
                return self._pool.getconn(_LOOK_SECONDS)
            except psycopg_pool.PoolTimeout:
                if self.is_lost or time.monotonic() > until:
                    raise

    def give_back(self, connection: Psycopg, begun: float) -> None:
        """Give a connection back once: psycopg's pool would have another one made for each time."""
        if connection in self._lent:
            self.slow += time.monotonic() - begun > SLOW_SECONDS
            self._lent.discard(connection)
            self._pool.putconn(connection)

    def counts(self) -> dict[str, int]:
        """Return what psycopg's pool counts (psycopg_pool, "Pool stats")."""
        return self._pool.get_stats()

    def give_back_lost(self, connection: Psycopg) -> None:
        """Give a connection back that was lost, and with it those that were lost with it."""
        self.give_back(connection, time.monotonic())
        self._pool.check()

    def close(self) -> None:
        self._pool.close()


Pools = Callable[[], Iterable[Pool]]


class _Borrower:
    """Who has a connection of one of the pools that there are at that moment: of the first one that gives one."""

    def __init__(self, pools: Pools) -> None:
        self._pools = pools
        self._take()

    def _take(self) -> None:
        """Raises StoreError as the first of the pools does, where none has one."""
        refused: StoreError | None = None
        until = time.monotonic() + WAIT_SECONDS
        for pool in self._pools():
            try:
                self.pool, self.connection, self._begun = pool, pool.take(until), time.monotonic()
            except StoreError as error:
                refused = refused or error
            else:
                return
        assert refused is not None
        raise refused

    def another(self, lost: Psycopg) -> Psycopg:
        """Return a connection in the place of one that was lost."""
        self.pool.give_back_lost(lost)
        self._take()
        return self.connection

    def give_back(self) -> None:
        self.pool.give_back(self.connection, self._begun)


@contextmanager
def used(pools: Pools) -> Iterator[Psycopg]:
    """Lend a connection of psycopg's, of the first of these pools that has one, outside a transaction."""
    with _lent(pools) as borrower:
        yield borrower.connection


@contextmanager
def read(pools: Pools) -> Iterator[PostgresConnection]:
    """Lend a connection of the first of these pools that has one.

    Where it was lost before a statement began, that is sent again by one of the pools that there are then.
    """
    with _lent(pools) as borrower:
        yield PostgresConnection(borrower.connection, borrower.another)


@contextmanager
def _lent(pools: Pools) -> Iterator[_Borrower]:
    borrower = _Borrower(pools)
    try:
        yield borrower
    except psycopg.Error as error:
        raise refusal(borrower.pool.place, error) from error
    finally:
        borrower.give_back()


def figures_of(pools: Sequence[Pool]) -> list[Figure]:
    """Return how several pools do together."""
    counts = [each.counts() for each in pools]

    def total(name: str) -> int:
        return sum(each.get(name, 0) for each in counts)

    return [
        Figure("database_connections", total("pool_size")),
        Figure("database_connections_idle", total("pool_available")),
        Figure("database_waiting", total("requests_waiting")),
        Figure("database_slow", sum(each.slow for each in pools)),
    ]


def _connecting_by(connect: Callable[[], Psycopg]) -> type[Psycopg]:
    """Return the class whose connections are made so, as a pool asks for them."""

    class Connecting(psycopg.Connection[Any]):
        @classmethod
        def connect(cls, conninfo: str = "", **keywords: Any) -> Psycopg:  # type: ignore[override]
            return connect()

    return Connecting


def _options(address: str) -> dict[str, Any]:
    """Return what may be asked of sessions: nothing where a pooler refuses that."""
    named = psycopg.conninfo.conninfo_to_dict(address)
    if "options" in named:
        return {}
    server = {name: value for name, value in named.items() if name != "dbname"}
    try:
        return _session_of(tuple(sorted(server.items())), address)
    except psycopg.OperationalError:
        return {"options": _OPTIONS}  # it is seen when it is there again


@functools.lru_cache(64)
def _session_of(_server: tuple[tuple[str, Any], ...], address: str) -> dict[str, Any]:
    """Return what a server lets sessions have, which is asked once; raises psycopg.OperationalError.

    Who has the session that was asked for has it alone, and may keep statements prepared in it: planning is the half of
    a short answer.
    """
    try:
        with psycopg.connect(address, connect_timeout=CONNECT_SECONDS, options=_OPTIONS) as connection:
            found = connection.execute(b"SELECT current_setting('own.session', true)").fetchone()
    except psycopg.OperationalError as error:
        if _REFUSED in str(error):
            return {}
        raise
    is_own = found is not None and found[0] == "yes"
    return {"options": _OPTIONS, **({"prepare_threshold": _OFTEN} if is_own else {})}


def refusal(place: str, error: Exception) -> StoreError:
    """Return what an error of PostgreSQL, or of the way to it, means to people."""
    match error:
        case errors.LockNotAvailable():
            return StoreError("store-busy", path=place)
        case errors.ReadOnlySqlTransaction():
            return NoPrimary("database-read-only", path=place)
        case errors.QueryCanceled():
            return StoreError("database-slow", path=place, seconds=STATEMENT_SECONDS)
        case psycopg.OperationalError():
            return StoreError("database-unreachable", path=place, reason=words_of(error))
        case _:
            return StoreError("store-unusable", path=place, reason=words_of(error))


def words_of(error: Exception) -> str:
    """Return what PostgreSQL says, in one line."""
    told = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return " ".join((told or str(error) or type(error).__name__).split())
