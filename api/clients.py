"""Who asks: the address and the scheme of a client, where proxies that are believed say so."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterable, Iterator

from starlette.types import Scope

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LOOPBACK = "127.0.0.0/8 ::1"
NONE = "none"
_SITE_BITS = 64  # of an IPv6 address: whoever has one has all that begin so (RFC 6177 section 2)


def networks(text: str) -> tuple[Network, ...]:
    """Return the addresses and networks of a list that commas or blanks part, or of `none`; raises ValueError."""
    return () if text == NONE else tuple(ipaddress.ip_network(each) for each in text.replace(",", " ").split())


class Networks:
    """Some networks; whether an address is in one of them is known at once the second time."""

    def __init__(self, text: str) -> None:
        self._networks = networks(text)
        self.has = functools.lru_cache(maxsize=4096)(self._has)

    def _has(self, address: str) -> bool:
        found = _address(address)
        return found is not None and any(found in network for network in self._networks)


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


class Proxies:
    """The proxies that are believed."""

    def __init__(self, text: str) -> None:
        self.networks = Networks(text)

    def settle(self, scope: Scope) -> bool:
        """Give a request the client and the scheme that a believed proxy names; return whether one is believed.

        The client is the last address of X-Forwarded-For that is no such proxy: whatever stands before it, the client
        may have written itself.
        """
        if scope["client"] is None or not self.networks.has(scope["client"][0]):
            return False
        told = {name: value for name, value in scope["headers"] if name in _FORWARDED}
        if not told:
            return True
        every = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        client = next((each for each in _last_first(every) if not self.networks.has(each)), None)
        if client is not None:
            scope["client"] = (client, 0)
        scheme = told.get(b"x-forwarded-proto", b"").rpartition(b",")[2].strip().lower()
        if scheme in (b"http", b"https"):
            scope["scheme"] = scheme.decode()
        return True


_PORT = re.compile(r"((?:\d+\.){3}\d+|\[[^\]]*\]):\d{1,5}")
_FORWARDED = frozenset([b"x-forwarded-for", b"x-forwarded-proto"])


def _last_first(values: Iterable[bytes]) -> Iterator[str]:
    """Yield the addresses of X-Forwarded-For, the nearest first, up to the first that is none."""
    for text in reversed(b",".join(values).decode("latin-1")[-1_000:].split(",")):
        told = text.strip()
        with_port = _PORT.fullmatch(told)
        address = _address((with_port[1] if with_port else told).removeprefix("[").removesuffix("]"))
        if address is None:
            return
        yield str(address)


@functools.lru_cache(maxsize=4096)
def counted_as(address: str) -> str:
    """Return under what a client is counted: its address, or the network that a holder of an IPv6 address has."""
    found = _address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, _SITE_BITS), strict=False))
    return address if found is None else str(found)
