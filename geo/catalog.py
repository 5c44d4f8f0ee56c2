"""Answers to queries, from memory, always as new as the store."""

from __future__ import annotations

import datetime as dt
import heapq
import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import numpy as np

from geo.errors import Gone
from geo.memory.block import Block, Mask
from geo.memory.entry import Entry, make_entry
from geo.query import Query
from geo.store import Revision, Store

MOST_RECENT = 256  # changed records kept beside the base before both become a new base


@dataclass(frozen=True)
class Page:
    """One page of an answer: features as GeoJSON bytes, how many match in all, and where the next page starts."""

    features: list[bytes]
    number_matched: int
    after: tuple[Any, ...] | None


@dataclass(frozen=True)
class Match:
    """One matching record with its dated properties on the query's day."""

    entry: Entry
    dated: dict[str, Any]


class Catalog(Protocol):
    """Answers a `Query` about the records of a store; every answer knows all changes made before it was asked."""

    def version(self) -> int:
        """Return the sequence of the newest change known; answers can only differ when it does."""

    def search(self, query: Query) -> Page: ...

    def counts(self, query: Query, columns: tuple[str, ...]) -> tuple[int, dict[str, dict[str, int]]]:
        """Return how many records match, and for each column how many of them have each value."""

    def matches(self, query: Query) -> Iterator[Match]:
        """Yield every matching record in the order of ids; limit, sort and page do not count."""

    def get(self, project_id: str) -> Entry:
        """Return a record; raises NotFound, or Gone for a deleted one."""

    def links_to(self, project_id: str) -> list[tuple[str, str]]:
        """Return (type, id) of every record that links to this one."""

    def extent(self) -> tuple[list[float], list[str | None]]:
        """Return [west, south, east, north] of all geometries, and the instants between which all events lie."""


@dataclass(frozen=True)
class _State:
    """Two blocks: `base`, and `recent` with the records changed since; `superseded` are rows of base not to be used."""

    sequence: int
    base: Block
    superseded: Mask
    recent: Block
    deleted: dict[str, int]

    def blocks(self, query: Query) -> list[tuple[Block, Mask]]:
        return [
            (self.base, self.base.matches(query) & ~self.superseded),
            (self.recent, self.recent.matches(query)),
        ]


class MemoryCatalog:
    """A `Catalog` of columns in memory.

    A change replaces the small block of recent records, never the large one; readers work on a state that does not
    change under them, without locks. When recent records are many, both blocks become a new base.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._guard = threading.Lock()
        sequence = store.latest_sequence()
        entries = [make_entry(revision) for revision in store.current()]
        self._state = _base_state(sequence, entries, {})
        self._extent: tuple[int, tuple[list[float], list[str | None]]] | None = None

    def version(self) -> int:
        return self._fresh().sequence

    def search(self, query: Query) -> Page:
        state = self._fresh()
        blocks = state.blocks(query)
        found = list(islice(_sorted(blocks, query), query.limit + 1))
        shown = found[: query.limit]
        features = [_feature(block, i, query) for _, block, i in shown]
        matched = sum(int(np.count_nonzero(mask)) for _, mask in blocks)
        more = len(found) > query.limit
        return Page(features, matched, _page_mark(shown[-1], query) if more else None)

    def counts(self, query: Query, columns: tuple[str, ...]) -> tuple[int, dict[str, dict[str, int]]]:
        blocks = self._fresh().blocks(query)
        total: dict[str, Counter[str]] = {column: Counter() for column in columns}
        for block, mask in blocks:
            for column in columns:
                total[column].update(block.count(column, mask, query.as_of))
        return sum(int(np.count_nonzero(mask)) for _, mask in blocks), {c: dict(n) for c, n in total.items()}

    def matches(self, query: Query) -> Iterator[Match]:
        blocks = self._fresh().blocks(query)
        runs = [_run(block, mask, Query()) for block, mask in blocks]
        for _, block, i in heapq.merge(*runs, key=lambda found: found[0]):
            yield Match(block.entries[i], block.entries[i].dated(query.as_of))

    def get(self, project_id: str) -> Entry:
        state = self._fresh()
        for block in (state.recent, state.base):
            position = block.position.get(project_id)
            if position is not None and not (block is state.base and state.superseded[position]):
                return block.entries[position]
        if project_id in state.deleted:
            raise Gone(project_id, state.deleted[project_id])
        raise Gone(project_id, self._store.revisions(project_id, limit=2**31, records=False)[-1].number)

    def links_to(self, project_id: str) -> list[tuple[str, str]]:
        state = self._fresh()
        kept = [
            (link_type, source)
            for link_type, source in state.base.links_to.get(project_id, [])
            if not state.superseded[state.base.position[source]]
        ]
        return sorted(kept + state.recent.links_to.get(project_id, []))

    def extent(self) -> tuple[list[float], list[str | None]]:
        version, known = self.version(), self._extent
        if known is None or known[0] != version:
            self._extent = known = (version, self._measure_extent())
        return known[1]

    def _measure_extent(self) -> tuple[list[float], list[str | None]]:
        entries = [match.entry for match in self.matches(Query())]
        boxes = np.array([e.shape.bounds for e in entries if e.shape is not None]).reshape(-1, 4)
        days = [(e.values["first_day"], e.values["last_day"]) for e in entries if e.first_day is not None]
        if len(boxes) == 0:
            box = [-180.0, -90.0, 180.0, 90.0]
        else:
            box = [*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist()]
        return box, _instants(days)

    def _fresh(self) -> _State:
        if self._store.latest_sequence() > self._state.sequence:
            with self._guard:
                state = self._state
                changes = list(self._store.changes_since(state.sequence))
                if changes:
                    self._state = _changed(state, changes)
        return self._state


def _instants(days: list[tuple[int, int]]) -> list[str | None]:
    if not days:
        return [None, None]
    first, last = min(start for start, _ in days), max(end for _, end in days)
    return [f"{dt.date.fromordinal(first)}T00:00:00Z", f"{dt.date.fromordinal(last)}T23:59:59Z"]


def _base_state(sequence: int, entries: list[Entry], deleted: dict[str, int]) -> _State:
    base = Block(entries)
    return _State(sequence, base, np.zeros(len(base), dtype=bool), Block([]), deleted)


def _changed(state: _State, changes: list[Revision]) -> _State:
    recent = {entry.id: entry for entry in state.recent.entries}
    superseded, deleted = state.superseded.copy(), dict(state.deleted)
    for change in {change.project_id: change for change in changes}.values():
        position = state.base.position.get(change.project_id)
        if position is not None:
            superseded[position] = True
        if change.project is None:
            recent.pop(change.project_id, None)
            deleted[change.project_id] = change.number
        else:
            recent[change.project_id] = make_entry(change)
    sequence = changes[-1].sequence
    if len(recent) <= MOST_RECENT:
        return _State(sequence, state.base, superseded, Block(list(recent.values())), deleted)
    kept = [entry for entry, gone in zip(state.base.entries, superseded, strict=True) if not gone]
    return _base_state(sequence, kept + list(recent.values()), deleted)


_Found = tuple[tuple[Any, ...], Block, int]


def _feature(block: Block, position: int, query: Query) -> bytes:
    return block.entries[position].feature(query.as_of)


def _sorted(blocks: list[tuple[Block, Mask]], query: Query) -> Iterator[_Found]:
    """Yield (sort key, block, row) after the query's page mark, in order."""
    runs = [_run(block, mask, query) for block, mask in blocks]
    return heapq.merge(*runs, key=lambda found: found[0])


def _run(block: Block, mask: Mask, query: Query) -> Iterator[_Found]:
    """Yield a block's matches in order; keys are made only for those that are looked at."""
    columns = [block.sort_column(column, query.as_of) for column, _ in query.sort]
    order = block.order(query.sort, query.as_of)
    rows = order[mask[order]]

    def key(row: int) -> tuple[Any, ...]:
        return _key([*(column[row] for column in columns), block.entries[row].id], query)

    start = bisect_right(rows, _key(list(query.after), query), key=key) if query.after else 0
    return ((key(row), block, int(row)) for row in rows[start:])


def _key(values: list[Any], query: Query) -> tuple[Any, ...]:
    """Return a key by which tuples compare as the query sorts; a missing value comes last in either direction."""
    key: list[Any] = []
    for value, (_, ascending) in zip(values[:-1], query.sort, strict=True):
        missing = value is None
        key.append((missing, 0 if missing else value if ascending else _Reversed(value)))
    return (*key, values[-1])


class _Reversed:
    """Compares the other way round; for descending sort of values that have no negative."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Reversed) -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reversed) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]


def _page_mark(last: _Found, query: Query) -> tuple[Any, ...]:
    _, block, position = last
    columns = [block.sort_column(column, query.as_of) for column, _ in query.sort]
    return (*(column[position] for column in columns), block.entries[position].id)
