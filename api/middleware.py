"""What holds for every answer: where addresses begin and end, HEAD where GET is, headers that keep browsers careful."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import unquote_to_bytes

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem
from api.responses import WITHOUT_BODY

Answers = Callable[[Request, Exception], Awaitable[Response]]

# What holds unless an answer says otherwise: nothing in it runs, and no page shows it in a frame.
CAREFUL = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
_UNUSED = (
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation"),
    *("gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment"),
    *("publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
# What holds for pages besides. Data are for any origin, so that nothing here may keep another origin from reading them.
_OF_PAGES = {
    "permissions-policy": ", ".join(f"{name}=()" for name in _UNUSED),
    "cross-origin-opener-policy": "same-origin",
}
_FRAMING = re.compile(r"frame-ancestors ([^;]*)")
# For browsers that do not know `frame-ancestors` (CSP 2); it has no word for named sites.
_FRAME_OPTIONS = {"'none'": "DENY", "'self'": "SAMEORIGIN"}


class SlashAtTheEnd:
    """Answers an address with a slash at its end as the one without: clients add it to the API's landing page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/") and scope["path"] != "/":
            scope = {**scope, "path": scope["path"][:-1], "raw_path": scope["raw_path"].removesuffix(b"/")}
        await self.app(scope, receive, send)


class LineAtTheEnd:
    """Answers an address with a line's end at its end as one that there is not: routes take it for the one without.

    Starlette's patterns end with `$`, which stands before a line's end too.
    """

    def __init__(self, app: ASGIApp, nothing_here: Answers) -> None:
        self.app, self._nothing_here = app, nothing_here

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: ASGIApp = self.app
        if scope["type"] == "http" and scope["path"].endswith("\n"):
            answer = await self._nothing_here(Request(scope), HTTPException(404))
        await answer(scope, receive, send)


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


def is_readable(query: bytes) -> bool:
    """Return whether what a query encodes is UTF-8: anything else would be read as other letters than were meant."""
    if b"%" not in query:
        return True
    try:
        return not _NO_CODE.search(query) and bool(unquote_to_bytes(query).decode() or True)
    except UnicodeDecodeError:
        return False


_NO_CODE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class ReadableQuery:
    """Refuses a query that cannot be read as it was meant."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_readable(scope["query_string"]):
            await problem(Request(scope), 400, "query-unreadable")(scope, receive, send)
            return
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

        await self.app({**scope, "method": "GET", WITHOUT_BODY: True}, receive, without_body)


class CarefulHeaders:
    """Adds the headers that keep browsers from guessing types, telling other hosts what was read, and being framed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _be_careful(MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


def _be_careful(headers: MutableHeaders) -> None:
    for name, value in CAREFUL:
        headers.setdefault(name.decode(), value.decode())
    if not headers.get("content-type", "").startswith("text/html"):
        return
    for kind, told in _OF_PAGES.items():
        headers.setdefault(kind, told)
    framing = _FRAMING.search(headers["content-security-policy"])
    option = _FRAME_OPTIONS.get(framing[1].strip()) if framing else None
    if option:
        headers["x-frame-options"] = option
