"""The audit log: what was done, by whom, in the order of time. Nothing in it is changed or deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

CONSOLE = "command line"  # who works where the store lies

Detail = str | int | None


@dataclass(frozen=True)
class Entry:
    """One thing that was done: when (UTC, RFC 3339, to the millisecond), by whom, which, to what, and what else."""

    time: str
    actor: str
    action: str  # of the vocabulary of audit actions
    subject: str
    details: Mapping[str, Detail]


class Note(NamedTuple):
    """What is to be kept in the log together with what is written."""

    actor: str
    action: str
    subject: str
    details: Mapping[str, Detail]


class Mark(NamedTuple):
    """How far the log was read backwards: the numbers of the entry and of the revision that came last."""

    entry: int
    revision: int


@dataclass(frozen=True)
class AuditPage:
    """Some of the log, the newest first, and where the next page begins (None: nowhere)."""

    entries: list[Entry]
    after: Mark | None


class AuditLog(Protocol):
    """The audit log of a store, with the changes of records where they belong: these are told from their revisions.

    Whoever reads it sees every author's name, those taken from public view as well.
    """

    def note(self, actor: str, action: str, subject: str = "", **details: Detail) -> None:
        """Keep that something was done; on disk before it returns. `action` is one of AUDIT_ACTIONS."""

    def entries(self, since: str = "", until: str | None = None) -> Iterator[Entry]:
        """Yield what was done from a time on and before another (UTC, RFC 3339), the oldest first."""

    def newest(self, limit: int, after: Mark | None = None) -> AuditPage:
        """Return the newest of it, after a mark."""
