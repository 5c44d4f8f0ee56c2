"""How the application is asked without a server: as a browser would, one address after the other."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, urlsplit

import anyio
from starlette.types import ASGIApp, Message


class Asked(NamedTuple):
    """An answer: its status, its headers by their names in lower case, and its body unless that went elsewhere."""

    status: int
    headers: dict[str, str]
    body: bytes


class Sink(Protocol):
    """Takes a body in parts."""

    def write(self, part: bytes, /) -> object: ...


class Asker:
    """Asks an application that believes itself at the address `base`."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self._app, self._base = app, urlsplit(base)

    async def get(self, address: str, into: Sink | None = None, **headers: str) -> Asked:
        """Return what is answered at an address of ours; its body goes into a sink where one is given."""
        parts: list[bytes] = []
        head: dict[str, Any] = {}
        put = parts.append if into is None else into.write

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                head.update(message)
            elif part := bytes(message.get("body", b"")):
                put(part)

        told = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> Message:
            if (body := next(told, None)) is not None:
                return body
            await anyio.sleep_forever()  # whoever asks does not go away
            raise AssertionError

        await self._app(self._scope(address, headers), receive, send)
        named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in head["headers"]}
        return Asked(head["status"], named, b"".join(parts))

    def _scope(self, address: str, headers: dict[str, str]) -> dict[str, Any]:
        path, _, query = address.partition("?")
        sent = {"host": self._base.netloc, "accept-encoding": "identity", **headers}
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": self._base.scheme,
            "path": path,
            "raw_path": quote(path).encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in sent.items()],
            "client": ("127.0.0.1", 1),
            "server": (self._base.hostname, self._base.port or 80),
            "state": {},
        }
