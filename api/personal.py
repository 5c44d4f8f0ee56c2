"""Pages for one person: their own, and the public ones with who is signed in on them. No cache keeps any of them.

A public page is made once for everybody, with a link to sign in. Where somebody is signed in, their name takes its
place on the way out, so that nothing that is kept of a page ever holds a name.
"""

from __future__ import annotations

import re
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.languages import language_of
from api.reading import page_headers
from api.responses import HTML
from api.services import services
from api.sessions import carries_session, signed_in
from geo.errors import LedgerError
from geo.permissions import Person
from web import pages

OWN = {"Cache-Control": "private, no-store"}
_WHO = re.compile(rb"<!--who-->.*?<!--/who-->", re.DOTALL)
# What makes an answer hang on what a client has kept or can unpack: a page for one person is made anew, and whole.
_LEFT_OUT = frozenset([b"if-none-match", b"accept-encoding", b"range"])


def personal_page(request: Request, html: str, status: int = 200) -> Response:
    """Return a page that is for whoever asks alone."""
    return Response(html, status, {**page_headers(request, language_of(request)), **OWN}, HTML)


class WithWhoIsSignedIn:
    """Puts who is signed in on the pages that they read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        person = await self._reader(scope)
        if person is None:
            await self.app(scope, receive, send)
            return
        headers = [each for each in scope["headers"] if each[0] not in _LEFT_OUT]
        page = _Page(send, _name(Request(scope), person))
        await self.app({**scope, "headers": headers}, receive, page.send)

    async def _reader(self, scope: Scope) -> Person | None:
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            return None
        request = Request(scope)
        try:
            return await run_in_threadpool(signed_in, request) if carries_session(request) else None
        except LedgerError:
            return None  # the page says what is wrong with the store


def _name(request: Request, person: Person) -> bytes:
    return pages.who(services(request).settings.site, person.name, language_of(request)).encode()


class _Page:
    """An answer on its way: a page is held back until it is whole, anything else is let through."""

    def __init__(self, send: Send, name: bytes) -> None:
        self._send, self._name = send, name
        self._start: Any = None
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is None or message["type"] != "http.response.body":
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send_whole()

    async def _send_whole(self) -> None:
        body = _WHO.sub(lambda _: self._name, bytes(self._body), count=1)
        headers = MutableHeaders(scope=self._start)
        if body != self._body:
            headers.update(OWN)
            del headers["etag"]
        headers["content-length"] = str(len(body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    return Headers(scope=start).get("content-type", "").startswith("text/html")
