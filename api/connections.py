"""The connections of a server: how many there may be, of one client too, and which ends for a new one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Protocol

from api.clients import Networks, counted_as


class Connection(Protocol):
    """What is asked of a connection."""

    def is_at_work(self) -> bool:
        """Return whether a request is being answered on it, and its answer is being taken."""

    def end(self) -> None:
        """End it, now."""


class Connections:
    """The connections of this process, the one first that was opened, or answered something, longest ago.

    A request that comes slowly makes a connection no newer. Proxies have as many as there may be in all.
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
        found = next((each for each in connections if not each.is_at_work()), None)
        if found is None:
            return False
        self.close(found)
        self.ended += 1
        found.end()
        return True
