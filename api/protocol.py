"""HTTP/1.1 with bounds on a request's head, and the few reads that are answered without a way through the application.

httptools parses a head in a tenth of the time that h11 takes, and bounds neither its size nor its time: this does.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api import sending, telemetry
from api.clients import Proxies, counted_as
from api.connections import Connections, Stand
from api.noted import REQUEST_ID
from api.quick import QuickAnswers, route_of
from api.responses import InPieces, Piece
from api.services import Services

MOST_HEADER_BYTES = 64 * 1024
_MOST_PIPELINED = 16  # requests on one connection whose turn has not come
_LEAST_TAKEN = 500  # bytes a second of an answer
_LOOKS_EVERY = 1  # seconds, for whether the client takes what is sent
_TURNED_AWAY = STATUS_LINE[503] + b"retry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Wire:
    """What all connections of a server share; the state of its application has it."""

    def __init__(self, app: FastAPI, given: Services) -> None:
        settings = given.settings
        # Who collects traces wants them of all requests, and only the application makes them.
        self.quick = _never if telemetry.is_wanted() else QuickAnswers(app, given)
        self.requests, self.log, self.metrics = given.requests, given.log, given.metrics
        self.proxies = Proxies(settings.proxies)
        self.header_seconds, self.send_seconds = settings.header_seconds, settings.send_seconds
        self.connections = Connections(settings.connections, settings.client_connections, self.proxies.networks)


def _never(_scope: Scope, _address: bytes) -> None:
    return None


class BoundedProtocol(HttpToolsProtocol):
    """Uvicorn's protocol that also ends what is too long, too slow, or one too many.

    The application's state has `wire`, whose `quick` answers a request of which only the head counts at once, or
    returns None for one that goes through the application.
    """

    scope: Any  # as Starlette has it
    _ends_at: float = 0
    _timer: asyncio.TimerHandle | None = None
    _head_bytes = 0  # of a head that has not ended
    _is_answered = False  # whether the request that is being parsed has its answer already
    _has_ended = False  # whether the client asks for nothing more
    _is_over = False  # whether what still comes is read no longer
    _at_once = 0  # requests that were answered at once, of those that came together
    _waits_since: float | None = None  # since when there has been something that the client does not take
    _taken_then = 0  # what it had taken of its answer then
    _sending: sending.Sending | None = None
    _socket: socket.socket | None = None  # the connection's, for what is sent beside the transport

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wire: Wire = self.app_state["wire"]
        if self._wire.connections.open(self, self._address()):
            self._wait(self._wire.header_seconds)
        else:
            self._turn_away()

    def data_received(self, data: bytes) -> None:
        if self._is_over:
            return
        if self._head_bytes == 0:
            self._wait(self._wire.header_seconds)
        self._at_once = 0
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > MOST_HEADER_BYTES:
            self._refuse(431)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wire.connections.close(self)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._sending is not None:
            self._sending.stop()
            self._sending = None
        if self._socket is not None:
            self._socket.close()
        super().connection_lost(exc)

    def stand(self) -> Stand:
        if self._number_unsent():
            return Stand.WAITS
        return Stand.IDLE if self._is_idle() or self.cycle.scope["state"].get("is_answered") else Stand.WORKS

    def end(self) -> None:
        if self._number_unsent():
            self.transport.abort()
        else:
            self.transport.close()

    def shutdown(self) -> None:
        if self.stand() is Stand.IDLE:  # also one that still takes a body which nobody reads, after its answer
            self.transport.close()
        else:
            super().shutdown()

    def on_headers_complete(self) -> None:
        self._head_bytes = 0
        self._is_answered = True  # or its body would be taken for that of the request before it
        if self._is_over or self._refuses_coding() or self._refuses_many():
            return
        self._settle()
        if not self._answers_at_once():
            self._is_answered = False
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._head_bytes = 0
        if not self._is_answered:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._is_answered:
            self._is_answered = False
        else:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        self._wait(self.timeout_keep_alive)
        self._waits_since = None
        self._wire.connections.answered(self)
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        self._tell("request-malformed")
        self._refuse(400)

    def _address(self) -> str:
        return self.client[0] if self.client else ""

    def _turn_away(self) -> None:
        """End a connection that is one too many, all others being at work."""
        self._tell("connections")
        self.transport.write(_TURNED_AWAY)
        self.transport.close()

    def _tell(self, rule: str) -> None:
        """Tell the operator what was refused before it was a request."""
        self._wire.metrics.refused(rule)
        self._wire.log.seldom("warning", "bound-reached", rule=rule, client=counted_as(self._address()))

    def _refuses_coding(self) -> bool:
        """Refuse a body of which two readers could see two ends (RFC 9112 section 6.1)."""
        told = [value.lower() for name, value in self.headers if name == b"transfer-encoding"]
        if not told or (told == [b"chunked"] and self.parser.get_http_version() == "1.1"):
            return False
        self._tell("request-malformed")
        self._refuse(501 if self.parser.get_http_version() == "1.1" else 400)
        return True

    def _refuses_many(self) -> bool:
        """Refuse what is asked before so many answers that nobody does so who reads them."""
        if len(self.pipeline) < _MOST_PIPELINED:
            return False
        self._tell("pipelined")
        self._refuse(429)
        return True

    def _settle(self) -> None:
        """Give the request the client, scheme and id that a believed proxy says."""
        if self._wire.proxies.settle(self.scope):
            told = next((value for name, value in self.headers if name == REQUEST_ID), None)
            self.scope["state"]["told_id"] = told

    def _answers_at_once(self) -> bool:
        """Answer a read that needs no waiting; not where an answer before it is still on its way."""
        if self.parser.get_method() != b"GET" or not self._is_idle() or not self.parser.should_keep_alive():
            return False
        if self.flow.write_paused or self.transport.is_closing() or self.parser.get_http_version() != "1.1":
            return False
        self._at_once += 1
        if self._at_once > _MOST_PIPELINED:  # others wait meanwhile
            return False
        began = time.perf_counter()
        self.scope["method"] = "GET"
        response = self._wire.quick(self.scope, self.url)
        if response is None:
            return False
        request_id = self._wire.requests.begin(self.scope)
        self._send(response, request_id)
        self._wire.requests.end(self.scope, response.status_code, route_of(self.scope["path"]), request_id, began)
        if self._sending is None:
            self.server_state.total_requests += 1
            self._wire.connections.answered(self)
            self._wait(self.timeout_keep_alive)
        return True

    def _send(self, response: Response, request_id: str) -> None:
        headers = [*self.server_state.default_headers, *response.raw_headers, (REQUEST_ID, request_id.encode())]
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
        now, unsent = self.loop.time(), self._number_unsent()
        if self._ends_at > now:
            self._timer = self.loop.call_later(self._ends_at - now, self._look)
        elif self._is_idle() and not unsent:
            self.transport.close()
        elif unsent and self._takes_too_little(now, unsent):
            self._tell("answer-not-taken")
            self.transport.abort()
        else:
            self._timer = self.loop.call_later(_LOOKS_EVERY, self._look)

    def _takes_too_little(self, now: float, unsent: int) -> bool:
        """Return whether the client has taken less of its answer, since it was looked last, than anybody could."""
        sent = 0 if self._is_idle() or self._sending else self.cycle.scope["state"].get("sent", 0)
        if self._waits_since is None:
            self._waits_since, self._taken_then = now, sent - unsent
        seconds = now - self._waits_since
        if seconds < self._wire.send_seconds:
            return False
        taken, self._waits_since = sent - unsent - self._taken_then, None
        return taken < seconds * _LEAST_TAKEN

    def _number_unsent(self) -> int:
        """Return how many bytes of answers wait for the client to take them."""
        return self.transport.get_write_buffer_size() + (self._sending.number_left() if self._sending else 0)

    def _refuse(self, status: int) -> None:
        """End the connection, with a word where no other answer is on its way; what still comes is not read."""
        self._is_over = True
        if self.transport.is_closing():
            return
        if self._is_idle():
            self.transport.write(STATUS_LINE[status] + b"connection: close\r\ncontent-length: 0\r\n\r\n")
        self.transport.close()
