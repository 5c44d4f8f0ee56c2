"""HTTP/1.1 with bounds on a request's head, and the few reads that are answered without a way through the application.

httptools parses a head in a tenth of the time that h11 takes, and bounds neither its size nor its time: this does.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from typing import Any

from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api import sending
from api.responses import InPieces, Piece

MOST_HEADER_BYTES = 64 * 1024


class BoundedProtocol(HttpToolsProtocol):
    """Uvicorn's protocol that also ends requests whose line and headers are too long or do not come in time.

    The application's state says how long that may take (`header_seconds`), and has `quick`, which answers a request of
    which only the head counts at once, or returns None for one that goes through the application.
    """

    _ends_at: float = 0
    _timer: asyncio.TimerHandle | None = None
    _head_bytes = 0  # of a head that has not ended
    _is_answered = False  # whether the request that is being parsed has its answer already
    _has_ended = False  # whether the client asks for nothing more
    _sending: sending.Sending | None = None
    _socket: socket.socket | None = None  # the connection's, for what is sent beside the transport

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait(self.app_state["header_seconds"])

    def data_received(self, data: bytes) -> None:
        if self._head_bytes == 0:
            self._wait(self.app_state["header_seconds"])
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > MOST_HEADER_BYTES:
            self._refuse(431)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._sending is not None:
            self._sending.stop()
            self._sending = None
        if self._socket is not None:
            self._socket.close()
        super().connection_lost(exc)

    def on_headers_complete(self) -> None:
        self._head_bytes = 0
        if not self._answers_at_once():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self._is_answered:
            self._is_answered = False
        else:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        self._wait(self.timeout_keep_alive)
        super().on_response_complete()

    def _answers_at_once(self) -> bool:
        """Answer a read that needs no waiting; not where an answer before it is still on its way."""
        if self.parser.get_method() != b"GET" or not self._is_idle() or not self.parser.should_keep_alive():
            return False
        if self.flow.write_paused or self.transport.is_closing() or self.parser.get_http_version() != "1.1":
            return False
        self.scope["method"] = "GET"
        response = self.app_state["quick"](self.scope, self.url)
        if response is None:
            return False
        self._is_answered = True
        self._send(response)
        if self._sending is None:
            self.server_state.total_requests += 1
            self._wait(self.timeout_keep_alive)
        return True

    def _send(self, response: Response) -> None:
        headers = [*self.server_state.default_headers, *response.raw_headers]
        lines = [b"%b: %b\r\n" % header for header in headers]
        head = b"".join([STATUS_LINE[response.status_code], *lines, b"\r\n"])
        pieces: Sequence[Piece] = response.pieces if isinstance(response, InPieces) else [response.body]
        self._send_pieces([head, *pieces])

    def _send_pieces(self, pieces: Sequence[Piece]) -> None:
        """Send large parts beside the transport, unless something before them has still to be sent."""
        is_free = self.scheme == "http" and not self.transport.get_write_buffer_size()
        parts = sending.parts_of(pieces) if is_free else None
        if parts is None:
            self.transport.writelines(pieces)
            return
        if self._socket is None:
            self._socket = socket.socket(fileno=os.dup(self.transport.get_extra_info("socket").fileno()))
        self.cycle = self._sending = sending.Sending(self.loop, self._socket, parts)  # type: ignore[assignment]
        self._sending.go_on(self._sent)

    def _sent(self, error: OSError | None) -> None:
        """Go on with the next request, where the client is still there."""
        assert self._sending is not None
        keeps_alive, self._sending = self._sending.keep_alive, None
        if error is not None:
            self.transport.abort()
        elif self._has_ended or not keeps_alive:
            self.transport.close()
        elif not self._is_answered:  # the rest was sent after its request had been read to the end
            self.on_response_complete()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep a connection on which nothing more is asked for what is on its way on it."""
        self._has_ended = True
        return self._sending is not None

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _wait(self, seconds: float) -> None:
        """End the connection after so long, unless a request or an answer is on its way then."""
        self._ends_at = self.loop.time() + seconds
        if self._timer is None:
            self._timer = self.loop.call_later(seconds, self._look)

    def _look(self) -> None:
        self._timer = None
        left = self._ends_at - self.loop.time()
        if left > 0:
            self._timer = self.loop.call_later(left, self._look)
        elif self._is_idle() and not self.flow.write_paused:
            self.transport.close()

    def _refuse(self, status: int) -> None:
        """End the connection, with a word where no other answer is on its way."""
        if self.transport.is_closing():
            return
        if self._is_idle():
            self.transport.write(STATUS_LINE[status] + b"connection: close\r\ncontent-length: 0\r\n\r\n")
        self.transport.close()
