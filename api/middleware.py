"""What holds for every answer: where addresses begin and end, HEAD where GET is, headers that keep browsers careful."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CAREFUL = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
]


class SlashAtTheEnd:
    """Answers an address with a slash at its end as the one without: clients add it to the API's landing page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/") and scope["path"] != "/":
            scope = {**scope, "path": scope["path"][:-1], "raw_path": scope["raw_path"].removesuffix(b"/")}
        await self.app(scope, receive, send)


class BelowAPath:
    """Answers below the path of the public address as well, for a proxy that hands on addresses as it gets them."""

    def __init__(self, app: ASGIApp, root: str) -> None:
        """Take off `root`, such as `/ledger`."""
        self.app, self._root = app, root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and f"{scope['path']}/".startswith(f"{self._root}/"):
            path, raw = scope["path"].removeprefix(self._root), scope["raw_path"].removeprefix(self._root.encode())
            scope = {**scope, "path": path or "/", "raw_path": raw or b"/"}
        await self.app(scope, receive, send)


class HeadAsGet:
    """Answers HEAD as GET without the body, so that every header is that of GET (RFC 9110 section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, without_body)


class CarefulHeaders:
    """Adds the headers that stop browsers from guessing types and from telling other hosts what was read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in CAREFUL:
                    headers.setdefault(name.decode(), value.decode())
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
