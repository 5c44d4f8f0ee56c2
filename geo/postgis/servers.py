"""Which of the servers that an address names a connection goes to, and how one that hangs is ended."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from geo.postgis.connection import Psycopg

# The line of history that a primary writes, which is higher after each promotion; 0 of who follows another.
# Its files of the log are named so: https://www.postgresql.org/docs/15/wal-internals.html
TIMELINE = (
    "CASE WHEN pg_is_in_recovery() THEN 0 "
    "ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer END"
)
WAS_PRIMARY = "it was the primary once, and another server is now"


class Servers:
    """The servers of an address: the one that served last is asked first, and none that was the primary once."""

    def __init__(self, address: str) -> None:
        self._addresses = list(_one_by_one(address))
        self.timeline = 0  # the highest that is known of; none is asked for
        self._has_asked_all = len(self._addresses) == 1
        self.reason = ""  # why the last connection that was wanted was not made

    def connect(self, **keywords: Any) -> Psycopg:
        """Return a new connection; raises psycopg.OperationalError with what each of them said."""
        if not self._has_asked_all:
            self._ask_all(keywords)
        reasons = []
        for address in tuple(self._addresses):
            try:
                connection = psycopg.connect(address, **keywords)
                self._check(connection)
            except psycopg.OperationalError as error:
                reasons.append(str(error).strip())
                continue
            self._prefer(address)
            self.reason = ""
            return connection
        self.reason = "; ".join(reasons)
        raise psycopg.OperationalError(self.reason)

    def _ask_all(self, keywords: dict[str, Any]) -> None:
        """Find out, until one answers, which was promoted last: the first one may have been the primary once."""
        with ThreadPoolExecutor(len(self._addresses)) as asking:
            found = list(asking.map(lambda address: _asked(address, keywords), self._addresses))
        self.timeline = max(self.timeline, *found)
        self._has_asked_all = any(each >= 0 for each in found)

    def _check(self, connection: Psycopg) -> None:
        """Raise psycopg.OperationalError where a server does not know that another one was promoted."""
        if self.timeline == 0:
            return
        try:
            timeline = _timeline_of(connection)
        except psycopg.Error:
            connection.close()
            raise
        if 0 < timeline < self.timeline:
            connection.close()
            raise psycopg.OperationalError(WAS_PRIMARY)

    def _prefer(self, address: str) -> None:
        self._addresses = [address, *(each for each in self._addresses if each != address)]


def _asked(address: str, keywords: dict[str, Any]) -> int:
    """Return the timeline that a server writes, 0 of a standby; -1 where no connection is made."""
    try:
        with contextlib.closing(psycopg.connect(address, **keywords)) as connection:
            return _timeline_of(connection)
    except psycopg.Error:
        return -1


def _timeline_of(connection: Psycopg) -> int:
    [(timeline,)] = connection.execute(f"SELECT {TIMELINE}".encode()).fetchall()
    return int(timeline)


def _one_by_one(address: str) -> Iterator[str]:
    """Yield an address for each server that one names."""
    named = conninfo_to_dict(address)
    hosts, ports = (str(named.get(name) or "").split(",") for name in ("host", "port"))
    if len(hosts) == 1 or "hostaddr" in named:
        yield address
        return
    ports = ports if len(ports) == len(hosts) else ports[:1] * len(hosts)
    for host, port in zip(hosts, ports, strict=True):
        yield make_conninfo("", **{**named, "host": host, **({"port": port} if port else {})})


def hang_up(connection: Psycopg) -> None:
    """End a connection from another thread: whoever waits for an answer by it sees that it is lost.

    A server that stands still, or is cut off, would never end it.
    """
    with (
        contextlib.suppress(OSError, psycopg.OperationalError),
        socket.socket(fileno=os.dup(connection.fileno())) as line,
    ):
        line.shutdown(socket.SHUT_RDWR)
