"""Stands between a client and PostgreSQL, and cuts a connection as it commits: the network at its worst moment."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Literal

from clusters.server import HOST, Server

COMMIT = b"COMMIT\0"
How = Literal["before", "after"]


class Cutting:
    """Forwards what a client says, but the COMMITs for which a cut is planned, first come first cut.

    `before`: the server never hears of it, and its connection ends. `after`: the server has committed, and what it
    answers is dropped. Then nobody gets through any more where it `closes`.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self.cuts: list[How] = []
        self.commits = 0
        self.is_open = True
        self._listener = socket.create_server((HOST, 0))
        self.port = self._listener.getsockname()[1]
        self._joined: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def address(self, database: str) -> str:
        return f"postgresql://postgres:{self._server.password}@{HOST}:{self.port}/{database}"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                self._join(client)

    def _join(self, client: socket.socket) -> None:
        if not self.is_open:
            client.close()
            return
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self._server.sockets / f".s.PGSQL.{self._server.port}"))
        self._joined += [client, server]
        drops = threading.Event()
        for run in (self._ask, self._answer):
            threading.Thread(target=run, args=(client, server, drops), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket, drops: threading.Event) -> None:
        for said in _received(client):
            how = self._how() if COMMIT in said else None
            if how == "before":
                break
            if how == "after":
                drops.set()
            with contextlib.suppress(OSError):
                server.sendall(said)
        if not drops.is_set():
            _end(client, server)

    def _answer(self, client: socket.socket, server: socket.socket, drops: threading.Event) -> None:
        for said in _received(server):
            if drops.is_set():
                break
            with contextlib.suppress(OSError):
                client.sendall(said)
        _end(client, server)

    def _how(self) -> How | None:
        self.commits += 1
        return self.cuts.pop(0) if self.cuts else None

    def cut_all(self) -> None:
        """Let nobody through any more, and cut whoever is."""
        self.is_open = False
        _end(*self._joined)

    def close(self) -> None:
        self._listener.close()
        _end(*self._joined)


def _received(one: socket.socket) -> Iterator[bytes]:
    with contextlib.suppress(OSError):
        while said := one.recv(65_536):
            yield said


def _end(*several: socket.socket) -> None:
    for each in several:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
