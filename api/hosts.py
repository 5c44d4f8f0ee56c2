"""Is a request meant for this server? Hosts are compared here, for the quick way to an answer and for the long one.

A page of a stranger's that lets its own name lead to this machine (DNS rebinding) sends its own name as Host; and
links, redirects and citations repeat what a client calls the host. Both end where only known names are answered.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import problem
from api.settings import EVERYTHING, Settings
from geo import product

# RFC 9110 section 7.2, RFC 3986 section 3.2.2, without the signs that no host of the Internet has.
_HOST = re.compile(r"(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9_.-]{1,253}))(?::\d{0,5})?", re.ASCII)
_MOST_HOST = 300
# What asks these has an address from an orchestrator, and is told of no address in turn.
FOR_ANYONE = frozenset(["/healthz", "/readyz"])
VARIABLE = f"{product.VARIABLES}HOSTS"


class Hosts:
    """The hosts that this server answers for, on any port.

    These are this machine as itself (loopback), the address to which the connection came, what the server listens on,
    the host of its public address, and what the operator names.
    """

    def __init__(self, settings: Settings) -> None:
        self._is_open = EVERYTHING in settings.hosts
        self.named = sorted({*map(_plain, settings.hosts), *_of_settings(settings)})
        self._fault_of = functools.lru_cache(maxsize=1024)(self._fault)

    def fault_of(self, scope: Scope) -> str | None:
        """Return the rule that the Host of a request breaks: `host-unreadable`, `host-unknown`, or None."""
        told = [value for name, value in scope["headers"] if name == b"host"]
        if len(told) == 1 and len(told[0]) <= _MOST_HOST:
            return self._fault_of(told[0], (scope["server"] or ("",))[0])
        is_old = not told and scope.get("http_version") == "1.0"
        return None if is_old else "host-unreadable"

    @property
    def told(self) -> str:
        """What an operator is told, in a sentence."""
        if self._is_open:
            return "Answered for: any host."
        names = ", ".join(["localhost", *self.named])
        return f"Answered for: {names}, and the addresses of this machine. {VARIABLE} names further hosts."

    def _fault(self, host: bytes, server: str) -> str | None:
        parts = _HOST.fullmatch(host.decode("latin-1").lower())
        if parts is None or (parts[1] and _address(parts[1]) is None):
            return "host-unreadable"
        name = _plain(parts[1] or parts[2])
        is_known = self._is_open or name in self.named or _is_this_machine(name) or name == _plain(server)
        return None if is_known else "host-unknown"


def _of_settings(settings: Settings) -> set[str]:
    found = {_plain(host) for host in (settings.host, settings.public_host) if host}
    return {name for name in found if not is_unspecified(name)}


def is_unspecified(host: str) -> bool:
    """Return whether a server that listens there can be reached by any address of its machine: `0.0.0.0` or `::`."""
    address = _address(host)
    return address is not None and address.is_unspecified


def _is_this_machine(name: str) -> bool:
    address = _address(name)
    return name == "localhost" or name.endswith(".localhost") or (address is not None and address.is_loopback)


def _plain(host: str) -> str:
    """Return a host in the one form in which it is compared."""
    name = host.lower().strip("[]").removesuffix(".")
    return str(_address(name) or name)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _is_for_anyone(scope: Scope) -> bool:
    return scope["path"].removesuffix("/") in FOR_ANYONE


class KnownHosts:
    """Refuses a request that is not meant for this server (421, RFC 9110 sections 7.4 and 15.5.20), or says no host.

    The latter is 400 (RFC 9112 section 3.2).
    """

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self.app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._hosts.fault_of(scope) if scope["type"] == "http" and not _is_for_anyone(scope) else None
        if fault is None:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        is_unknown = fault == "host-unknown"
        status = HTTPStatus.MISDIRECTED_REQUEST if is_unknown else HTTPStatus.BAD_REQUEST
        values = {"host": request.headers["host"][:100], "setting": VARIABLE} if is_unknown else {}
        await problem(request, status, fault, values)(scope, receive, send)
