"""One process among several that use a store: whoever holds a file beside it, which a killed process lets go."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

try:
    import fcntl
except ImportError:  # on Windows every process is alone: what is sent by two arrives twice
    fcntl = None  # type: ignore[assignment]

from geo.unfinished import FOR_ITS_OWNER, give_to_owner

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class Lock(Protocol):
    """What one process has of all that share a store; one that is killed lets it go."""

    def take(self) -> bool:
        """Take it where nobody else has it, and return whether this process has it; raises OSError."""

    def release(self) -> None:
        """Let it go."""


class Alone:
    """A lock of a name beside a store's file."""

    def __init__(self, store: Path, name: str) -> None:
        self._store, self.path = store, store.with_name(f"{store.name}-{name}")
        self._held: int | None = None

    def take(self) -> bool:
        """Take the lock where nobody else has it, and return whether this process has it; raises OSError."""
        if self._held is not None:
            return True
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | _NO_LINK, FOR_ITS_OWNER)
        try:
            give_to_owner(descriptor, self._store)
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BaseException as error:
            os.close(descriptor)
            if isinstance(error, BlockingIOError):
                return False
            raise
        self._held = descriptor
        return True

    def release(self) -> None:
        """Let the lock go; the file stays, since somebody else may be about to take it."""
        if self._held is not None:
            os.close(self._held)
            self._held = None
