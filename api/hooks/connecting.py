"""Connections to what hooks may reach, and to nothing else.

A name is resolved once, for the connection that is made: every address that it has is looked at, and the connection
goes to one of these. So no name can be of a public address when it is looked at, and of a private one when it is used.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterable, Mapping
from typing import Any

import anyio
import httpcore2 as httpcore

from api.hooks.reach import HookRefused, Reach, Target

FAILURES = (
    *(OSError, UnicodeError, httpcore.NetworkError, httpcore.TimeoutException),
    *(httpcore.ProtocolError, httpcore.UnsupportedProtocol),
)
LATE = (TimeoutError, httpcore.TimeoutException)
_MOST_TRIED = 4  # of the addresses of a name

Headers = list[tuple[bytes, bytes]]


def trusted() -> ssl.SSLContext:
    """Return what certificates are believed."""
    return httpcore.default_ssl_context()


async def posted(
    reach: Reach, target: Target, headers: Mapping[str, str], body: bytes, context: ssl.SSLContext
) -> tuple[int, Headers]:
    """Post a body on a connection of its own; return status and headers of the answer, whose body is left unread.

    Raises what FAILURES names, and HookRefused.
    """
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    backend = Checked(reach)
    async with (
        httpcore.AsyncConnectionPool(ssl_context=context, max_connections=1, network_backend=backend) as pool,
        pool.stream("POST", url, headers=list(headers.items()), content=body) as response,
    ):
        return response.status, response.headers


class Checked(httpcore.AsyncNetworkBackend):
    """Makes connections to what hooks may reach, and to nothing else."""

    def __init__(self, reach: Reach) -> None:
        self._reach, self._inner = reach, httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failed: Exception = OSError("no address")
        for address in (await self._addresses(host, port))[:_MOST_TRIED]:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    async def _addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a name; raises HookRefused where hooks may not reach one of them."""
        addresses = await resolved(host, port)
        for address in addresses:
            if not self._reach.allows(address):
                raise HookRefused("hook-address-private", host=host)
        return addresses

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise OSError("no hook leads to a file")

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


async def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a name; raises OSError. A server that ends waits for no name server."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[str]] = loop.create_future()

    def look() -> None:
        try:
            told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            _settle(loop, found, error)
        else:
            _settle(loop, found, list(dict.fromkeys(str(each[4][0]) for each in told)))

    threading.Thread(target=look, name="name", daemon=True).start()
    return await found


def _settle(loop: asyncio.AbstractEventLoop, found: asyncio.Future[list[str]], told: list[str] | Exception) -> None:
    def settle() -> None:
        if found.done():  # nobody waits any more
            return
        if isinstance(told, Exception):
            found.set_exception(told)
        else:
            found.set_result(told)

    with contextlib.suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(settle)
