"""A store as it stood at a moment of its history, with answers as of then."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator
from itertools import islice

from geo.catalog import Catalog
from geo.curated.organisations import Organisations
from geo.errors import NotFound, SelectionTooLarge
from geo.memory.catalog import MemoryCatalog
from geo.pace import unhurried
from geo.store import EVERY, Revision, Store

MOST_RECORDS = 10_000  # that are made ready while somebody waits
_MOST_KEPT = 3
_MOST_WAITING = 2  # besides the one that is made ready
_SECONDS = 20


class Past:
    """What a catalog asks of a store, answered as when a sequence was its newest; nothing of it changes any more."""

    def __init__(self, store: Store, sequence: int) -> None:
        self._store, self._sequence, self._history = store, sequence, store.history
        self.identity, self.is_at_hand = f"{store.identity} at {sequence}", store.is_at_hand

    @property
    def history(self) -> int:
        return self._history

    def latest_sequence(self) -> int:
        return self._sequence

    def change(self, sequence: int) -> Revision | None:
        return self._store.change(sequence)

    def may_answer(self, sequence: int) -> bool:
        return False  # it never changes

    def changes_since(self, sequence: int, of: Collection[str] | None = None) -> Iterator[Revision]:
        return iter(())

    def current(self, after: str = "", until: str | None = None, most: int = EVERY) -> Iterator[Revision]:
        return unhurried(islice(self._store.standing(self._sequence, after, until), most))

    def current_ids(self) -> Iterator[str]:
        return self._store.standing_ids(self._sequence)

    def heads(self, *, records: bool = True) -> Iterator[Revision]:
        return (after for _, after in self._store.between(0, self._sequence))

    def head(self, project_id: str) -> Revision:
        found = self._store.revision_at(project_id, self._sequence)
        if found is None:
            raise NotFound(project_id)
        return found


class Pasts:
    """Catalogs of moments of a store: the few asked for last, each made while others wait for a bounded time."""

    def __init__(self, store: Store, organisations: Organisations) -> None:
        self._store, self._organisations = store, organisations
        self._made: OrderedDict[tuple[int, int], Catalog] = OrderedDict()  # by the line of history, and the sequence
        self._turn = threading.Lock()
        self._room = threading.BoundedSemaphore(1 + _MOST_WAITING)

    def has(self, sequence: int) -> bool:
        """Return whether the answers as of a sequence are at hand."""
        return (self._store.history, sequence) in self._made

    def at(self, sequence: int) -> Catalog:
        """Return the answers as of a sequence.

        Raises SelectionTooLarge where there were more records than can be made ready meanwhile, and TimeoutError where
        others wait for theirs already.
        """
        known = self._made.get((self._store.history, sequence))
        if known is not None:
            return known
        if not self._room.acquire(blocking=False):
            raise TimeoutError
        try:
            return self._after_others(sequence)
        finally:
            self._room.release()

    def _after_others(self, sequence: int) -> Catalog:
        if not self._turn.acquire(timeout=_SECONDS):
            raise TimeoutError
        try:
            asked = (self._store.history, sequence)
            if asked not in self._made:
                self._made[asked] = self._make(sequence)
            self._made.move_to_end(asked)
            while len(self._made) > _MOST_KEPT:
                self._made.popitem(last=False)
            return self._made[asked]
        finally:
            self._turn.release()

    def _make(self, sequence: int) -> Catalog:
        if len(list(islice(self._store.standing_ids(sequence), MOST_RECORDS + 1))) > MOST_RECORDS:
            raise SelectionTooLarge("past-too-large", most=MOST_RECORDS)
        return MemoryCatalog(Past(self._store, sequence), self._organisations)
