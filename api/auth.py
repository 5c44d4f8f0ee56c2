"""Who may write: API keys and their roles."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.problems import KeyMissing, RoleMissing
from api.services import services
from geo import product
from geo.keys import Key, digest


def key_of(request: Request) -> Key | None:
    """Return the active key that the request carries, as `Authorization: Bearer KEY` or `X-API-Key: KEY`."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    secret = bearer.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")
    if not secret or len(secret) > 200:
        return None
    return services(request).store.keys.find(digest(secret))


def may_write(key: Key | None) -> bool:
    """Return whether this key may change records."""
    return key is not None and key.role == "editor"


def require_editor(request: Request) -> Key:
    """Return the request's key; raises KeyMissing without a valid one, RoleMissing for one that may only read."""
    key = key_of(request)
    if key is None:
        raise KeyMissing("key-missing", command=product.COMMAND)
    if not may_write(key):
        raise RoleMissing("role-missing", name=key.name, role=key.role)
    return key


EditorDep = Annotated[Key, Depends(require_editor)]
