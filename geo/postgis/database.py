"""A PostgreSQL database as that of a store: one writer at a time among all processes and hosts, by an advisory lock."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from geo.curated.organisations import Organisations
from geo.errors import StoreError, Unconfirmed
from geo.postgis.connection import PostgresConnection, Psycopg, is_lost
from geo.postgis.layer import PostgisLayer
from geo.postgis.locks import LOCKS, WRITING
from geo.postgis.pool import STATEMENT_SECONDS, Pool, figures_of, read, refusal, used
from geo.postgis.servers import TIMELINE
from geo.postgis.watching import Watch
from geo.relational.database import WAIT_SECONDS, Connection, Layer, NotWritten
from geo.relational.tables import REVISION_COLUMNS, Table
from geo.store import Figure

CONFIRM_SECONDS = 10  # for a standby to confirm what is committed, where one is asked to
_MANY_SECONDS = 3600  # that one statement of a transaction of many edits may take
_IDLE_SECONDS, _MANY_IDLE_SECONDS = 3, 60  # between two statements: who was cut off meanwhile lets others write
# What is answered is on disk, and that no standby has confirmed it is told, whatever sessions of this user have.
_BOUNDS = (
    "SELECT set_config('lock_timeout', ?, true), set_config('statement_timeout', ?, true), "
    "set_config('idle_in_transaction_session_timeout', ?, true), "
    "CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END, "
    "CASE current_setting('client_min_messages') "
    "WHEN 'error' THEN set_config('client_min_messages', 'warning', true) END"
)
_LOCK = f"SELECT pg_advisory_xact_lock({LOCKS}, {WRITING})"
_NEWEST = f"SELECT coalesce(max(sequence), 0), {TIMELINE} FROM revisions"  # noqa: S608
_NOTE = "INSERT INTO committed (token) VALUES (?)"
_FORGET = "DELETE FROM committed WHERE time < now() - interval '1 day'"
_KNOWN = "SELECT EXISTS (SELECT 1 FROM committed WHERE token = ?), pg_is_in_recovery()"
_LAST_NUMBER = "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(?, ?)::regclass), 0)"
_NUMBER_ON = "SELECT setval(pg_get_serial_sequence(?, ?), ?)"
_COLLIDED = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)
_MARKS = ", ".join(f"?{place}" for place in range(1, len(REVISION_COLUMNS) + 1))


class PostgresDatabase:
    """A `Database` in PostgreSQL."""

    errors: type[Exception] = psycopg.Error
    known = "SELECT sequence, moves FROM catalog_made, hidden_authors_moves"
    # The shard is that of `layer.shard_of`, also in a database of Turkish, where the capital of i is another letter.
    insert_revision = (
        f"INSERT INTO revisions ({', '.join(REVISION_COLUMNS)}, shard) "  # noqa: S608
        f'VALUES ({_MARKS}, upper(left(?2, 2) COLLATE "C"))'
    )

    def __init__(
        self,
        address: str,
        organisations: Callable[[], Organisations],
        followers: Sequence[str] = (),
        behind: float = 0,
    ) -> None:
        """Answers may be so many seconds behind; with 0 all is read from the primary, and followers are not asked."""
        self.pool = Pool(address)
        self.place = self.pool.place
        self.layer: Layer = PostgisLayer(organisations)
        self._followers, self._behind, self.moves = followers, behind, 0
        self.watch: Watch | None = None

    @property
    def has_followers(self) -> bool:
        return bool(self._followers and self._behind)

    def begin_watching(self) -> None:
        """Look at the servers from now on, where answers may be behind; the tables have to be there."""
        if self._behind:
            self.watch = Watch(self.pool, [Pool(each) for each in self._followers], self._behind)

    @contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        with read(self._newest) as connection:
            yield connection

    @contextmanager
    def reading_records(self) -> Iterator[PostgresConnection]:
        with read(self._to_read) as connection:
            yield connection

    @contextmanager
    def use(self) -> Iterator[Psycopg]:
        """Lend a connection of psycopg's to read records with, outside a transaction, as `reading_records` does."""
        with used(self._to_read) as connection:
            yield connection

    def _newest(self) -> Iterable[Pool]:
        return self.watch.newest() if self.watch else (self.pool,)

    def _to_read(self) -> Iterable[Pool]:
        return self.watch.to_read() if self.watch else (self.pool,)

    @property
    def history(self) -> int:
        """The timeline of the server that was promoted last, as far as is known; 0 where nobody looks."""
        return self.watch.timeline if self.watch else 0

    def noted(self, sequence: int, moves: int | None) -> None:
        """Note what an answer knows: those that come after it know it too."""
        if self.watch:
            self.moves = self.watch.moves
            self.watch.note_answered(sequence)
        elif moves is not None:
            self.moves = moves

    @contextmanager
    def at_one_moment(self) -> Iterator[Connection]:
        with self.pool.use() as psycopg_connection:
            connection = PostgresConnection(psycopg_connection)
            try:
                connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                # Nobody waits for who only reads, who may be long over what is done with what was read.
                connection.execute(_BOUNDS, (f"{WAIT_SECONDS}s", f"{_MANY_SECONDS}s", f"{_MANY_SECONDS}s"))
                yield connection
            finally:
                _roll_back(connection)

    def rows(self, sql: str, values: Sequence[Any] = (), *, newest: bool = False) -> Iterator[Any]:
        with (self.reading if newest else self.reading_records)() as connection:
            yield from connection.stream(sql, values)

    @contextmanager
    def begun(self, seconds: float | None = None) -> Iterator[Connection]:
        """Lend a connection within a transaction of the only one who writes.

        Where the connection is lost as it is committed, another one looks whether it was. Raises NotWritten where it
        is known that it was not, and Unconfirmed where nobody can be asked who knows.
        """
        token = secrets.token_bytes(16)
        with self._begun_by_one_that_is_there() as connection:
            try:
                _take_turn(connection, seconds)
                self._check_is_newest(connection)
                yield connection
                _note(connection, token)
            except psycopg.Error as error:
                _roll_back(connection)
                if is_lost(connection.psycopg) or isinstance(error, _COLLIDED):
                    raise self._not_written(error) from error
                raise
            except BaseException:
                _roll_back(connection)
                raise
            self._commit(connection, token)

    @contextmanager
    def _begun_by_one_that_is_there(self) -> Iterator[PostgresConnection]:
        """Lend a connection to the primary, in a transaction; raises NoPrimary also where it turns out to be gone.

        To begin changes nothing: it is sent again where a connection was lost while nobody used it, nothing after it.
        """
        if self.watch and not self.watch.primary.is_there:
            raise self.watch.refusal()
        try:
            with self.pool.reading() as beginning:
                beginning.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
                yield PostgresConnection(beginning.psycopg)
        except StoreError as error:
            if error.rule == "database-unreachable" and self.watch and not self.watch.primary.is_there:
                raise self.watch.refusal() from error
            raise

    def _check_is_newest(self, connection: PostgresConnection) -> None:
        """Raise StoreError where the server was the primary once: it does not know what others do."""
        if self.watch is None:
            return
        [(sequence, timeline)] = connection.execute(_NEWEST).fetchall()
        if timeline < self.watch.timeline or sequence < self.watch.settled:
            connection.psycopg.close()
            raise self.watch.refusal()

    def _commit(self, connection: PostgresConnection, token: bytes) -> None:
        try:
            _commit_in_time(connection, self.place)
        except psycopg.OperationalError as error:
            if not is_lost(connection.psycopg):
                raise
            if not self._was_committed(token):
                raise self._not_written(error) from error

    def _was_committed(self, token: bytes) -> bool:
        """Return whether a transaction was committed; raises Unconfirmed where that cannot be known now.

        It may be so on this server alone, which began again meanwhile: what standbys confirm now, they have too.
        """
        try:
            known, is_standby = self._looked_for(token)
        except Unconfirmed:
            raise
        except StoreError as error:
            reason = str(error.values.get("reason") or error.rule)
            raise Unconfirmed("database-fate-unknown", path=self.place, reason=reason) from error
        if is_standby and not known:
            raise Unconfirmed("database-fate-unknown", path=self.place, reason="only a standby answers")
        return known

    def _looked_for(self, token: bytes) -> tuple[bool, bool]:
        """Return what `_look_for` does, of a second look where the first one is cut off."""
        try:
            return self._look_for(token)
        except Unconfirmed:
            raise
        except StoreError:
            return self._look_for(token)

    def _look_for(self, token: bytes) -> tuple[bool, bool]:
        """Return whether a token is there, and whether a standby says so: who has the lock knows that all has ended."""
        with self._begun_by_one_that_is_there() as connection:
            try:
                _take_turn(connection, None)
                self._check_is_newest(connection)
                known, is_standby = connection.execute(_KNOWN, (token,)).fetchone() or (False, True)
                if known and not is_standby:
                    _note(connection, secrets.token_bytes(16))
                    _commit_in_time(connection, self.place)
                return known, is_standby
            finally:
                _roll_back(connection)

    def confirm(self) -> None:
        """Wait until standbys that are asked to confirm changes have all that is here; raises StoreError."""
        with self.begun():
            pass  # what a transaction notes comes after everything else

    def _not_written(self, error: Exception) -> NotWritten:
        told = refusal(self.place, error)
        return NotWritten(told.rule, **told.values)

    def figures(self) -> list[Figure]:
        """Return how the ways to the servers do, and how far these are behind."""
        pools = [self.pool, *((each.pool for each in self.watch.followers) if self.watch else ())]
        return [*figures_of(pools), *(self.watch.figures() if self.watch else ())]

    def close(self) -> None:
        if self.watch:
            self.watch.end()
            for each in self.watch.followers:
                each.pool.close()
        self.pool.close()

    def last_number(self, connection: Connection, table: Table) -> int:
        return int(connection.execute(_LAST_NUMBER, (table.name, table.key[0])).fetchone()[0])

    def set_last_number(self, connection: Connection, table: Table, number: int) -> None:
        if number:
            connection.execute(_NUMBER_ON, (table.name, table.key[0], number))

    def refusal(self, error: Exception) -> StoreError:
        return refusal(self.place, error)


def _take_turn(connection: PostgresConnection, seconds: float | None) -> None:
    """Let a transaction be the one that writes, which waits so long for others who do."""
    few, many = (WAIT_SECONDS, STATEMENT_SECONDS, _IDLE_SECONDS), (seconds or 0, _MANY_SECONDS, _MANY_IDLE_SECONDS)
    wait, most, idle = few if seconds is None else many
    connection.execute(_BOUNDS, (f"{round(wait * 1000)}ms", f"{most}s", f"{idle}s"))
    connection.execute(_LOCK)


def _note(connection: PostgresConnection, token: bytes) -> None:
    connection.execute(_NOTE, (token,))
    if token[0] == 0:  # one in 256, so that the table stays small
        connection.execute(_FORGET)


def _commit_in_time(connection: PostgresConnection, place: str) -> None:
    """Commit; raises Unconfirmed where no standby confirms it, which PostgreSQL would wait for without end.

    It is written then, but not kept by another server: who was told that it was written could lose it.
    """
    warnings: list[str] = []

    def note(told: psycopg.errors.Diagnostic) -> None:
        if told.severity_nonlocalized == "WARNING":
            warnings.append(told.message_primary or "")

    connection.psycopg.add_notice_handler(note)
    alarm = threading.Timer(CONFIRM_SECONDS, connection.psycopg.cancel_safe, kwargs={"timeout": WAIT_SECONDS})
    alarm.daemon = True
    alarm.start()
    try:
        connection.execute("COMMIT")
    finally:
        alarm.cancel()
        alarm.join()  # or it would cancel what is asked next
        connection.psycopg.remove_notice_handler(note)
    if warnings:
        raise Unconfirmed("database-not-confirmed", path=place, seconds=CONFIRM_SECONDS)


def _roll_back(connection: PostgresConnection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
