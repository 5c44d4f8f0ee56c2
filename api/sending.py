"""Large parts of an answer, sent beside the transport: those of a file by the system, so that they never come in here.

What is large and lies in memory is sent so too: the answer then begins at once, and not when all of it has been copied.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from api.responses import Piece, in_large_parts
from geo.memory.ready import place_of

LEAST = 2**17  # bytes of a file in one piece that are sent sooner so
LEAST_IN_MEMORY = 2**20

CAN_SEND_FILES = hasattr(os, "sendfile") and hasattr(socket, "MSG_MORE")


class _InFile(NamedTuple):
    """Bytes that lie in an open file, and are still to be sent."""

    file: int
    start: int
    size: int
    kept: Piece  # while somebody holds it, the file stays open


Part = Piece | _InFile


def parts_of(pieces: Sequence[Piece]) -> list[Part] | None:
    """Return an answer in the parts in which it is sent; None where none is large."""
    if not CAN_SEND_FILES or max(map(len, pieces)) < LEAST:
        return None
    parts = [_part(piece) for piece in in_large_parts(pieces)]
    return parts if any(isinstance(part, _InFile) or len(part) >= LEAST_IN_MEMORY for part in parts) else None


def _part(piece: Piece) -> Part:
    place = place_of(piece) if len(piece) >= LEAST else None
    return piece if place is None else _InFile(*place, len(piece), piece)


class Sending:
    """An answer on its way over a connection, beside its transport, which has nothing to send meanwhile.

    It stands where uvicorn's protocol expects the cycle of a request, with what is asked of one.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, to: socket.socket, parts: Sequence[Part]) -> None:
        self.response_complete = self.disconnected = False
        self.keep_alive = True
        self.message_event = asyncio.Event()
        self._loop, self._to = loop, to
        self._left = deque(parts)
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

    def number_left(self) -> int:
        """Return how many bytes have still to be sent."""
        return sum(part.size if isinstance(part, _InFile) else len(part) for part in self._left)

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
            rest: Part = part._replace(start=part.start + sent, size=part.size - sent)
            is_whole = sent == part.size
        else:
            is_file_next = len(self._left) > 1 and isinstance(self._left[1], _InFile)
            sent = self._to.send(part, socket.MSG_MORE if is_file_next else 0)
            rest, is_whole = memoryview(part)[sent:], sent == len(part)
        if is_whole:
            self._left.popleft()
        else:
            self._left[0] = rest
