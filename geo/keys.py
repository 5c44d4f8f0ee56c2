"""API keys: who may write. A key is shown once and kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Protocol

from geo.errors import StoreError

ROLES = ("reader", "editor")
PREFIX = "ll_"
# Authors that no person may write as: of what is loaded from files, of what came of that and of others' changes, and
# of the addresses of archived copies.
DATASET, MERGE, ARCHIVE = "dataset", "dataset, merged", "archive"


@dataclass(frozen=True)
class Key:
    """A key as the store knows it, without its secret."""

    id: int
    name: str
    role: str
    created: str
    revoked: str | None


class KeyRing(Protocol):
    """The keys of a store; changes are durable before they return."""

    def add(self, name: str, role: str, digest: bytes) -> Key:
        """Keep a new key; raises StoreError when an active key has this name."""

    def all(self) -> list[Key]:
        """Return every key, revoked ones included, oldest first."""

    def revoke(self, name: str) -> Key:
        """Revoke the active key of this name; raises StoreError when there is none."""

    def find(self, digest: bytes) -> Key | None:
        """Return the active key with this digest."""


def create_key(ring: KeyRing, name: str, role: str) -> tuple[Key, str]:
    """Make a key of 256 random bits and return it with its secret, which is kept nowhere.

    Raises StoreError for an unknown role, and for a name that is taken, reserved or no name.
    """
    if role not in ROLES:
        raise StoreError("no-role", role=role, known=ROLES)
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise StoreError("key-name-form")
    if name.strip().lower() in (DATASET, MERGE, ARCHIVE):
        raise StoreError("key-name-reserved", name=name)
    secret = PREFIX + secrets.token_urlsafe(32)
    return ring.add(name, role, digest(secret)), secret


def digest(secret: str) -> bytes:
    """Return the SHA-256 of a secret; a slow hash adds nothing to 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()
