"""How new an answer has to be, where a store is read from servers that follow another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

NEWEST = 2**62  # no sequence is so high: what is asked for has to know all that there is


@dataclass
class Asked:
    """Somebody's request: which sequence they have seen of this store, and the newest one that they write meanwhile."""

    seen: int = 0
    written: int = 0

    @property
    def least(self) -> int:
        return max(self.seen, self.written)


_ASKED: ContextVar[Asked | None] = ContextVar("asked", default=None)


@contextmanager
def asked(seen: int) -> Iterator[Asked]:
    """Let what is read within know all changes up to a sequence, and those that are written within."""
    token = _ASKED.set(asking := Asked(seen))
    try:
        yield asking
    finally:
        _ASKED.reset(token)


def least() -> int:
    """Return the sequence that an answer has to know at least."""
    asking = _ASKED.get()
    return 0 if asking is None else asking.least


def note_written(sequence: int) -> None:
    """Note what was written for whoever asks."""
    asking = _ASKED.get()
    if asking is not None:
        asking.written = max(asking.written, sequence)
