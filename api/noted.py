"""What is noted of every request: its id, a line in the log, and the figures; and bodies that nobody reads."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import secrets
import time
from collections.abc import Sequence

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import Log, without_keys
from api.metrics import Metrics
from api.problems import unexpected_problem

REQUEST_ID = b"x-request-id"
NO_ROUTE = "none"
_TOLD_ID = re.compile(rb"[\w.:-]{1,64}", re.ASCII)
_CLIENT_GONE = 499  # nobody is there to be answered; as nginx notes it


class Requests:
    """Gives requests their ids, and notes how they were answered."""

    def __init__(self, log: Log, metrics: Metrics) -> None:
        self._log, self._metrics = log, metrics
        self._process, self._numbers = secrets.token_hex(4), itertools.count(1)

    def begin(self, scope: Scope) -> str:
        """Return the id of a request, which its answer, its problem and its line in the log have.

        A proxy that is believed may have given one (`Proxies.settle` leaves it to those).
        """
        told: bytes | None = scope["state"].get("told_id")
        is_usable = told is not None and _TOLD_ID.fullmatch(told)
        request_id = told.decode() if told and is_usable else f"{self._process}-{next(self._numbers):x}"
        scope["state"]["request_id"] = request_id
        return request_id

    def end(self, scope: Scope, status: int, route: str, request_id: str, began: float) -> None:
        """Note the answer of a request."""
        seconds, client = time.perf_counter() - began, scope.get("client")
        self._metrics.request(scope["method"], route, status, seconds)
        self._log.request(
            status,
            request_id=request_id,
            method=scope["method"],
            path=without_keys(scope["path"]),
            ms=round(1000 * seconds, 2),
            client=client[0] if client else None,
        )


class Noted:
    """The outermost layer of the application: whatever is answered leaves through it."""

    def __init__(self, app: ASGIApp, requests: Requests, log: Log, unread_bytes: int, unread_seconds: int) -> None:
        """Take so many bytes of a body that nobody reads, in so many seconds, before the connection ends."""
        self.app, self._requests, self._log = app, requests, log
        self._unread_bytes, self._unread_seconds = unread_bytes, unread_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        began, request_id = time.perf_counter(), self._requests.begin(scope)
        answered = _Answered(scope, receive, send, request_id)
        try:
            await self.app(scope, answered.receive, answered.send)
        except ClientDisconnect:
            answered.status = answered.status or _CLIENT_GONE
        except Exception as error:
            self._log.failure("server-failed", error, request_id=request_id, path=without_keys(scope["path"]))
            if answered.status:
                raise  # the answer has begun; ending the connection is all that can be said
            answer = await unexpected_problem(Request(scope), error)
            await answer(scope, answered.receive, answered.send)
        finally:
            route = scope["state"].get("route", NO_ROUTE)
            self._requests.end(scope, answered.status, route, request_id, began)
        await answered.read_on(self._unread_bytes, self._unread_seconds)


class _Answered:
    """One request and its answer on their ways."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        self.status = 0  # until the answer begins
        self._receive, self._send, self._id = receive, send, request_id
        self._state = scope["state"]
        self.is_gone = False  # the client, or its connection
        self._has_more = _announces_body(scope["headers"])
        self._is_last = False  # whether the connection ends with this answer

    async def receive(self) -> Message:
        message = await self._receive()
        self._has_more = message["type"] == "http.request" and message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self._is_last = message["status"], self._has_more
            message = {**message, "headers": [*message.get("headers", ()), *self._own_headers()]}
        elif self._is_last and not message.get("more_body", False):
            message = {**message, "more_body": True}
            self._state["is_answered"] = True
        await self._hand_on(message)

    async def read_on(self, most: int, seconds: int) -> None:
        """Take what is left of a body that nobody reads, for whoever still sends does not see an answer (RFC 9112 9.6).

        With its end, which a proxy sends by itself after the last byte: one that finds the connection closed then says
        502 in place of the answer.
        """
        if not self._state.get("is_answered"):
            return
        taken = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._has_more and taken <= most:
                    taken += len((await self.receive()).get("body", b""))
        await self._hand_on({"type": "http.response.body", "body": b""})

    async def _hand_on(self, message: Message) -> None:
        """Send a part of the answer; a connection that is closed takes it and lets it go."""
        try:
            await self._send(message)
        except RuntimeError as error:
            if "closed" not in str(error) and "closing" not in str(error):
                raise
            self.is_gone = True
        self._state["sent"] = self._state.get("sent", 0) + len(message.get("body", b""))

    def _own_headers(self) -> list[tuple[bytes, bytes]]:
        last = [(b"connection", b"close")] if self._is_last else []
        return [(REQUEST_ID, self._id.encode()), *last]


def _announces_body(headers: Sequence[tuple[bytes, bytes]]) -> bool:
    told = dict(headers)
    return b"transfer-encoding" in told or told.get(b"content-length", b"0").strip(b" 0") != b""


class RouteNoted:
    """The innermost layer: tells which route answered, as its template, of which there are few."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        finally:
            if scope["type"] == "http" and (route := scope.get("route")) is not None:
                scope["state"]["route"] = route.path
