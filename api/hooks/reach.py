"""Which addresses a hook may lead to: those of the open Internet, and of the networks that the operator names."""

from __future__ import annotations

import ipaddress
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from api.clients import Networks
from api.problems import RequestError
from geo import hostnames
from geo.errors import Invalid, LedgerError
from geo.faults import Fault

MOST_LETTERS = 2_000
_PORTS = (80, 443)
_LEAST_OTHER_PORT = 1_024
# A public address at which a machine of Azure's is told its own secrets; those of other clouds are link-local.
_METADATA = frozenset([ipaddress.ip_address("168.63.129.16")])


class InvalidHook(Invalid):
    """A hook that cannot be made."""

    package = "api"
    broken = "hook-invalid"


class HookRefused(LedgerError):
    """An address that no hook may lead to, or at which nobody answers; the sentence says what about it is wrong."""

    package = "api"

    @property
    def of_hook(self) -> InvalidHook:
        """What is said of a hook that is to be made."""
        return InvalidHook([Fault("/url", self.rule, self.values, package=self.package)])


class HookUnknown(RequestError):
    """There is no hook of this id, or it is somebody else's."""

    status = HTTPStatus.NOT_FOUND


class HooksFull(RequestError):
    """There are as many hooks as there may be."""

    status = HTTPStatus.CONFLICT
    about = "hook"


class Target(NamedTuple):
    """An address in its parts, read once: what is looked at is what is asked."""

    scheme: str
    host: str  # without brackets
    port: int | None
    path: str

    @property
    def named(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


class Reach:
    """What hooks may reach; `networks` are the operator's own that they may reach as well."""

    def __init__(self, networks: str) -> None:
        self._own, self._has_own = Networks(networks), bool(networks)

    def target(self, address: str) -> Target:
        """Return an address in its parts; raises HookRefused for one that hooks may not lead to, whatever it is."""
        parts = _split(address)
        if parts is None:
            raise HookRefused("hook-address-form", most=MOST_LETTERS)
        if parts.port is not None and parts.port not in _PORTS and parts.port < _LEAST_OTHER_PORT:
            raise HookRefused("hook-address-port", port=parts.port, least=_LEAST_OTHER_PORT)
        broken = hostnames.rule_broken_by(parts.host)
        if broken == "url-host-private" and not self._has_own:
            raise HookRefused("hook-address-private", host=parts.host)
        if broken is not None and broken != "url-host-private":
            raise HookRefused("hook-address-form", most=MOST_LETTERS)
        return parts

    def allows(self, address: str) -> bool:
        """Return whether a connection may go to an address of a machine."""
        try:
            found = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None) or found
        return self._own.has(str(mapped)) or (hostnames.is_public(found) and mapped not in _METADATA)


def _split(address: str) -> Target | None:
    """Return the parts of an http(s) address in ASCII, without user and fragment; None for any other text."""
    if len(address) > MOST_LETTERS or not all("!" <= sign <= "~" and sign not in '\\"<>^`{|}#' for sign in address):
        return None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    is_whole = parts.scheme in ("http", "https") and host and "@" not in parts.netloc and port != 0
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path) if is_whole and host else None
