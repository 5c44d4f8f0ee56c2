"""A feed as a value: what every form of it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

NEVER = "1970-01-01T00:00:00Z"


@dataclass(frozen=True)
class Entry:
    """One piece of news: `id` stays as it is for ever; `page` is where it is read; `time` is RFC 3339."""

    id: str
    title: str
    page: str
    time: str
    text: str
    author: str | None = None
    tags: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class Feed:
    """Entries with where they come from: the feed's own address, that of the page that says the same, the next page."""

    id: str
    title: str
    address: str
    page: str
    author: str
    language: str
    entries: Sequence[Entry]
    following: str | None = None

    @property
    def time(self) -> str:
        """When the newest entry was made."""
        return max((entry.time for entry in self.entries), default=NEVER)
