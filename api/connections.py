"""The connections of a server: how many there may be, of one client too, and which ends for a new one."""

from __future__ import annotations

import enum
from collections import OrderedDict
from collections.abc import Iterable
from typing import Protocol

from api.clients import Networks, counted_as


class Stand(enum.Enum):
    """How a connection stands: without a request, with an answer that the client has still to take, or at work."""

    IDLE = enum.auto()
    WAITS = enum.auto()
    WORKS = enum.auto()


class Connection(Protocol):
    """What is asked of a connection."""

    def stand(self) -> Stand:
        """Return how it stands now."""

    def end(self) -> None:
        """End it, now."""


class Connections:
    """The connections of this process, the one first that was opened, or answered something, longest ago.

    For a new one the first idle one ends, or else the first whose client does not take its answer. A request that comes
    slowly makes a connection no newer. Proxies have as many as there may be in all.
    """

    def __init__(self, most: int, most_of_client: int, proxies: Networks) -> None:
        self.most, self._most_of_client, self._proxies = most, most_of_client, proxies
        self._clients: OrderedDict[Connection, str] = OrderedDict()
        self._of: dict[str, OrderedDict[Connection, None]] = {}
        self.ended = 0  # idle ones that ended for new ones, so far

    def __len__(self) -> int:
        return len(self._clients)

    def open(self, connection: Connection, address: str) -> bool:
        """Take a new connection, for which one without a request ends where there are too many.

        Returns False, and does not take it, where all of them are at work.
        """
        client = counted_as(address)
        own = self._of.get(client, ())
        if len(own) >= self._most_of_client and not self._proxies.has(address) and not self._end_one(own):
            return False
        if len(self._clients) >= self.most and not self._end_one(self._clients):
            return False
        self._clients[connection] = client
        self._of.setdefault(client, OrderedDict())[connection] = None
        return True

    def answered(self, connection: Connection) -> None:
        """Note that a connection has answered a request."""
        client = self._clients.get(connection)
        if client is not None:
            self._clients.move_to_end(connection)
            self._of[client].move_to_end(connection)

    def close(self, connection: Connection) -> None:
        """Let go of a connection that has ended."""
        client = self._clients.pop(connection, None)
        if client is not None:
            del self._of[client][connection]
            if not self._of[client]:
                del self._of[client]

    def _end_one(self, connections: Iterable[Connection]) -> bool:
        stands = {each: each.stand() for each in connections}
        ending = (each for stand in (Stand.IDLE, Stand.WAITS) for each, its in stands.items() if its is stand)
        found = next(ending, None)
        if found is None:
            return False
        self.close(found)
        self.ended += 1
        found.end()
        return True
