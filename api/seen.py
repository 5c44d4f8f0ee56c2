"""What a client has seen of a store that several servers keep: who has written something reads it, wherever they ask.

An answer to a change names the sequence of the newest revision that it made. A request that has it in its head, or in
the cookie that browsers keep for a minute, is answered from what knows that revision.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo import freshness, product

SEQUENCE = f"{product.VARIABLES.rstrip('_').title()}-Sequence"  # the name of the header
_HEADER, _COOKIE = SEQUENCE.lower().encode(), SEQUENCE.lower()
_KEPT_SECONDS = 60  # by when every server knows it, or none does
_READING = frozenset(["GET", "HEAD", "OPTIONS"])
_CHECKED = "/api/proposals/check"  # what is sent there is looked at, and kept nowhere
_NUMBER = re.compile(rb"[0-9]{1,15}")
_IN_COOKIE = re.compile(rb"(?:^|;\s*)%b=(%b)(?:;|$)" % (_COOKIE.encode(), _NUMBER.pattern))


def seen_of(scope: Scope) -> int:
    """Return the sequence that a client says it has seen; 0 where it says none that can be."""
    seen = 0
    for name, value in scope["headers"]:
        if name == _HEADER and _NUMBER.fullmatch(value):
            return int(value)
        if name == b"cookie" and (kept := _IN_COOKIE.search(value)):
            seen = int(kept[1])
    return seen


def only_reads(scope: Scope) -> bool:
    """Return whether a request changes nothing."""
    return scope["method"] in _READING or scope["path"].endswith(_CHECKED)


def least_of(scope: Scope) -> int:
    """Return the sequence that an answer has to know at least: a change is decided on by all that there is."""
    return seen_of(scope) if only_reads(scope) else freshness.NEWEST


class WithWhatWasSeen:
    """Lets answers know what a client has seen, and tells it what it has written."""

    def __init__(self, app: ASGIApp, root: str = "") -> None:
        """Keep the cookie below `root`, the path of the public address."""
        self.app, self._path = app, root or "/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with freshness.asked(least_of(scope)) as asked:

            async def tell(message: Message) -> None:
                if message["type"] == "http.response.start" and asked.written:
                    self._tell(MutableHeaders(scope=message), asked.written, scope)
                await send(message)

            await self.app(scope, receive, tell)

    def _tell(self, headers: MutableHeaders, written: int, scope: Scope) -> None:
        headers[SEQUENCE] = str(written)
        if "text/html" in Headers(scope=scope).get("accept", ""):
            attributes = f"Path={self._path}; Max-Age={_KEPT_SECONDS}; HttpOnly; SameSite=Lax"
            headers.append("set-cookie", f"{_COOKIE}={written}; {attributes}")
