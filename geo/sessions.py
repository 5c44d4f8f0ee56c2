"""Sessions: who has signed in, for a while. What a browser has of one is kept as a hash, as of a key."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from geo.permissions import Person

LASTS = dt.timedelta(hours=8)


class Sessions(Protocol):
    """The sessions of a store; changes are durable before they return."""

    def add(self, digest: bytes, person: Person) -> None:
        """Let somebody be signed in for as long as a session lasts; what has ended before is forgotten."""

    def find(self, digest: bytes) -> Person | None:
        """Return who is signed in; None where the session has ended, or the key with which it began.

        Name, role and countries are those that the key has now.
        """

    def name_of(self, issuer: str, subject: str, wished: str) -> str:
        """Return by what name somebody of a directory is known here: since they came first, and nobody else is.

        The first time it is the one that they wish, with a number where a key or another account has that.
        """

    def names(self) -> list[str]:
        """Return the names of all who came from a directory."""

    def end(self, digest: bytes) -> None:
        """Sign somebody out."""
