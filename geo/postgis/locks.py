"""Locks that one process has of all that use a database, on whatever host: PostgreSQL's advisory ones."""

from __future__ import annotations

import zlib

import psycopg

from geo.postgis.connection import CONNECTING, Psycopg, is_lost

LOCKS = 0x6C69746C  # the class of our locks, of which a database has one namespace
WRITING, MIGRATING, LAYING_OUT = 1, 2, 3
_NAMED = 16  # from which on they have names
# A server lets go of the lock of a host that is gone within some seconds, and not within two hours.
_NOTICE = b"; ".join(b"SET LOCAL tcp_keepalives_" + each for each in (b"idle = 1", b"interval = 1", b"count = 3"))
_STAYS = b"SET LOCAL idle_in_transaction_session_timeout = 0"  # whatever sessions of this user have
_TAKE = b"SELECT pg_try_advisory_xact_lock(%s, %s)"


class AdvisoryAlone:
    """A lock of a name, held by a transaction that stays open: who loses the connection loses the lock.

    One of a session would outlive it behind a pooler.
    """

    def __init__(self, address: str, name: str) -> None:
        self._address, self._number = address, _NAMED + zlib.crc32(name.encode()) % 2**30
        self._holding: Psycopg | None = None

    def take(self) -> bool:
        """Take the lock where nobody else has it, and return whether this process has it; raises OSError."""
        try:
            return self._is_held() or self._try()
        except psycopg.Error as error:
            self.release()
            raise OSError(str(error)) from error

    def _is_held(self) -> bool:
        if self._holding is None:
            return False
        try:
            self._holding.execute(b"SELECT 1")
        except psycopg.Error:
            self.release()
        return self._holding is not None

    def _try(self) -> bool:
        self._holding = psycopg.connect(self._address, **{**CONNECTING, "autocommit": False})
        self._holding.execute(_STAYS + b"; " + _NOTICE)
        taken = self._holding.execute(_TAKE, (LOCKS, self._number)).fetchone()
        if taken is None or not taken[0]:
            self.release()
            return False
        return True

    def release(self) -> None:
        """Let the lock go."""
        if self._holding is not None:
            holding, self._holding = self._holding, None
            if not is_lost(holding):
                holding.close()
