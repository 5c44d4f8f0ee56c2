"""Authors who asked to be taken from public view: what they wrote stays, their names are shown to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from geo.audit import CONSOLE


@dataclass(frozen=True)
class HiddenAuthor:
    """A name that stands as `WITHHELD` wherever an author is told, and since when."""

    name: str
    time: str  # UTC, RFC 3339, to the millisecond


class HiddenAuthors(Protocol):
    """The names that a store tells nobody, of what was written before and of what will be."""

    @property
    def moves(self) -> int:
        """A number that rises whenever a name is hidden or shown.

        As known when `latest_sequence` of the store, or the version of a catalog over it, was asked for last.
        """

    def all(self) -> list[HiddenAuthor]:
        """Return them in the order of their names."""

    def hide(self, name: str, by: str = CONSOLE) -> None:
        """Tell nobody this name any more; once is enough.

        Raises StoreError for a name under which nothing was written, and for one that stands for no person.
        """

    def show(self, name: str, by: str = CONSOLE) -> None:
        """Tell this name again; raises StoreError where it is not hidden."""
