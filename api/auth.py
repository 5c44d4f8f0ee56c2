"""Who may write: API keys and their roles. Wrong keys are told in the log, and bounded."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.clients import counted_as
from api.problems import KeyMissing, RoleMissing
from api.services import services
from geo import product
from geo.dates import now
from geo.keys import Key, digest

_MOST_SECRET = 200
_NOT_LOOKED_UP = object()


def carries_key(request: Request) -> bool:
    """Return whether a request has a key, right or wrong."""
    return "authorization" in request.headers or "x-api-key" in request.headers


def _address(request: Request) -> str:
    return counted_as(request.client.host if request.client else "")


def client_of(request: Request, key: Key | None) -> str:
    """Return under what a request is counted: its key, or its address."""
    return f"key {key.id}" if key else _address(request)


def key_of(request: Request) -> Key | None:
    """Return the key that the request carries (`Authorization: Bearer KEY`, or `X-API-Key: KEY`); it may have expired.

    Raises TooMany for an address that sent too many wrong ones: then none of its keys is looked at.
    """
    known = request.scope["state"].get("key", _NOT_LOOKED_UP)
    if known is _NOT_LOOKED_UP:
        known = request.scope["state"]["key"] = _looked_up(request) if carries_key(request) else None
    return known  # type: ignore[no-any-return]


def _looked_up(request: Request) -> Key | None:
    given, address = services(request), _address(request)
    given.rates.check("wrong_keys", address)
    secret = _secret(request)
    key = given.store.keys.find(digest(secret)) if 0 < len(secret) <= _MOST_SECRET else None
    if key is not None and key.is_active(now()):
        given.health.used(key)
    elif key is None and secret:
        given.rates.allows("wrong_keys", address)
        _tell(request, "wrong")
    return key


def _tell(request: Request, why: str, key: Key | None = None) -> None:
    told = {"why": why, "client": _address(request), "method": request.method, "key": key and key.name}
    services(request).log.seldom("warning", "key-refused", **told)


def _secret(request: Request) -> str:
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")


def may_write(key: Key | None) -> bool:
    """Return whether this key may change records."""
    return key is not None and key.role == "editor" and key.is_active(now())


def require_editor(request: Request) -> Key:
    """Return the request's key; raises KeyMissing without a valid one, RoleMissing for one that may only read."""
    key = key_of(request)
    if key is None:
        raise KeyMissing("key-missing", command=product.COMMAND)
    if not key.is_active(now()):
        _tell(request, "expired", key)
        raise KeyMissing("key-expired", name=key.name, time=key.expires or "", command=product.COMMAND)
    if not may_write(key):
        _tell(request, "role", key)
        raise RoleMissing("role-missing", name=key.name, role=key.role)
    return key


EditorDep = Annotated[Key, Depends(require_editor)]
