"""Large parts of a file that the system sends from it, so that their bytes never come into this process."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from api.responses import Piece
from geo.memory.ready import place_of

LEAST = 2**17  # bytes of a file in one piece that are sent sooner so

CAN_SEND_FILES = hasattr(os, "sendfile") and hasattr(socket, "MSG_MORE")


class _InFile(NamedTuple):
    """Bytes that lie in an open file, and are still to be sent."""

    file: int
    start: int
    size: int
    kept: Piece  # while somebody holds it, the file stays open


def is_worth_it(pieces: Sequence[Piece]) -> bool:
    """Return whether a body has such a part."""
    return CAN_SEND_FILES and any(len(piece) >= LEAST and place_of(piece) is not None for piece in pieces)


class Sending:
    """An answer on its way over a connection, beside its transport, which has nothing to send meanwhile.

    It stands where uvicorn's protocol expects the cycle of a request, with what is asked of one.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, to: socket.socket, pieces: Sequence[Piece]) -> None:
        self.response_complete = self.disconnected = False
        self.keep_alive = True
        self.message_event = asyncio.Event()
        self._loop, self._to = loop, to
        self._left = deque(map(_part, pieces))
        self._is_waiting = False

    def go_on(self, ended: Callable[[OSError | None], None]) -> None:
        """Send what the socket takes now, and the rest when it takes more; say when all is sent, or what went wrong."""
        try:
            while self._left:
                self._send_first()
        except BlockingIOError:
            self._wait(ended)
        except OSError as error:
            self.stop()
            ended(error)
        else:
            self.stop()
            ended(None)

    def stop(self) -> None:
        """Send no more."""
        self.response_complete = True
        self._left.clear()
        if self._is_waiting:
            self._is_waiting = False
            self._loop.remove_writer(self._to)

    def _wait(self, ended: Callable[[OSError | None], None]) -> None:
        if not self._is_waiting:
            self._is_waiting = True
            self._loop.add_writer(self._to, self.go_on, ended)

    def _send_first(self) -> None:
        part = self._left[0]
        if isinstance(part, _InFile):
            sent = os.sendfile(self._to.fileno(), part.file, part.start, part.size)
            if sent == 0:
                raise OSError("the file has become shorter")
            rest: Piece | _InFile = part._replace(start=part.start + sent, size=part.size - sent)
            is_whole = sent == part.size
        else:
            sent = self._to.send(part, socket.MSG_MORE if len(self._left) > 1 else 0)
            rest, is_whole = memoryview(part)[sent:], sent == len(part)
        if is_whole:
            self._left.popleft()
        else:
            self._left[0] = rest


def _part(piece: Piece) -> Piece | _InFile:
    place = place_of(piece) if len(piece) >= LEAST else None
    return piece if place is None else _InFile(*place, len(piece), piece)
