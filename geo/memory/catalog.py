"""Answers from memory, always as new as the store."""

from __future__ import annotations

import datetime as dt
import heapq
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np

from geo.catalog import INDEXED, EventPage, Page, Record
from geo.columns import PROJECTS
from geo.curated.organisations import Organisations
from geo.errors import Gone, NotFound
from geo.memory import events
from geo.memory.changes import State, first_state, following
from geo.memory.columns import Mask, Table
from geo.memory.indexed import Indexed, index
from geo.memory.order import Order
from geo.query import EventQuery, Query
from geo.store import Revision, Store

NO_SUCCESSORS: Mapping[str, str] = {}
_WORLD = [-180.0, -90.0, 180.0, 90.0]


class MemoryCatalog:
    """A `Catalog` of columns in memory; `successors` stand for records that were only in releases before the store.

    A change replaces the small table of recent records, never the large one; readers work on a state that does not
    change under them, without locks. When recent records are many, both tables become a new base.
    """

    def __init__(
        self, store: Store, organisations: Organisations, successors: Mapping[str, str] = NO_SUCCESSORS
    ) -> None:
        self._store, self._organisations, self._successors = store, organisations, successors
        self._guard = threading.Lock()
        sequence = store.latest_sequence()
        self._state = first_state(sequence, map(self._index, store.current()), {})
        self._extent: tuple[int, tuple[list[float], list[str | None]]] | None = None

    def version(self) -> int:
        return self._fresh().sequence

    def found(self, query: Query) -> tuple[int, Iterator[bytes]]:
        matches = self._fresh().matches(query)
        order = Order(query).found(matches)
        return _number(matches), (each.table.records[each.row].feature(query.as_of) for each in order)

    def search(self, query: Query) -> Page:
        matches, order = self._fresh().matches(query), Order(query)
        found = list(islice(order.found(matches), query.limit + 1))
        shown = found[: query.limit]
        features = [each.table.records[each.row].feature(query.as_of) for each in shown]
        return Page(features, _number(matches), order.mark(shown[-1]) if len(found) > query.limit else None)

    def count(self, query: Query, columns: Iterable[str]) -> tuple[int, dict[str, dict[str, int]]]:
        matches = self._fresh().matches(query)
        total: dict[str, Counter[str]] = {column: Counter() for column in columns}
        for table, mask in matches:
            for column, counted in total.items():
                counted.update(table.series(column, query.as_of)[mask].dropna().tolist())
        return _number(matches), {column: dict(counted) for column, counted in total.items()}

    def events(self, query: EventQuery) -> EventPage:
        matches = self._fresh().matches(Query(filter=query.filter, as_of=query.as_of))
        meant = [(table, events.meant(table, mask, query)) for table, mask in matches]
        runs = [events.following(table, places, query.after) for table, places in meant]
        found = list(islice(heapq.merge(*runs, key=lambda event: event.key.order), query.limit + 1))
        shown, number = found[: query.limit], sum(len(places) for _, places in meant)
        after = shown[-1].key if len(found) > query.limit else None
        return EventPage([event.answer() for event in shown], number, after)

    def columns(self, query: Query, names: Iterable[str]) -> dict[str, list[Any]]:
        matching = Query(filter=query.filter, as_of=query.as_of)
        found = Order(matching).found(self._fresh().matches(matching))
        records = [each.table.records[each.row] for each in found]
        dated = [record.dated(query.as_of) for record in records]
        return {name: list(map(_reader(name), records, dated)) for name in names}

    def party_names(self, ids: Iterable[str]) -> dict[str, str]:
        state, known = self._fresh(), self._organisations
        names = state.base.parties | state.recent.parties
        wanted = (each for each in ids if each in known or each in names)
        return {each: known[each].name if each in known else names[each] for each in wanted}

    def get(self, project_id: str) -> Record:
        state = self._fresh()
        found = state.record(project_id)
        if found is not None:
            return _answered(found)
        # Where it is not known as deleted, that was before this catalog was made; or it was made just now.
        head = state.deleted.get(project_id) or self._head(project_id, state)
        if head.project is None:
            raise Gone(project_id, head.number, head.successor)
        return self.show(head)

    def _head(self, project_id: str, state: State) -> Revision:
        """Return the newest revision; of what was only in a release before this store, say what stands for it now."""
        try:
            return self._store.head(project_id)
        except NotFound:
            successor = self._successors.get(project_id)
            if successor is None or state.record(successor) is None:
                raise
            raise Gone(project_id, None, successor) from None

    def show(self, revision: Revision) -> Record:
        return _answered(self._index(revision))

    def links_to(self, project_id: str) -> list[tuple[str, str]]:
        return self._fresh().links_to(project_id)

    def near(self, project_id: str, km: float, limit: int) -> list[tuple[float, str]]:
        state, record = self._current(project_id)
        return [(far, each.id) for far, each in state.near(record, km)[:limit]]

    def of_the_same_parties(self, project_id: str, limit: int) -> list[str]:
        state, record = self._current(project_id)
        return state.of_the_same_parties(record)[:limit]

    def adjacent(self, project_id: str) -> tuple[str | None, str | None]:
        state, record = self._current(project_id)
        return state.adjacent(record)

    def _current(self, project_id: str) -> tuple[State, Indexed]:
        state = self._fresh()
        found = state.record(project_id)
        if found is None:
            raise NotFound(project_id)
        return state, found

    def extent(self) -> tuple[list[float], list[str | None]]:
        version, known = self.version(), self._extent
        if known is None or known[0] != version:
            self._extent = known = (version, _extent_of(self._records()))
        return known[1]

    def _records(self) -> Iterator[Indexed]:
        for table, mask in self._fresh().matches(Query()):
            yield from (table.records[row] for row in np.flatnonzero(mask))

    def _index(self, revision: Revision) -> Indexed:
        return index(revision, self._organisations)

    def _fresh(self) -> State:
        if self._store.latest_sequence() > self._state.sequence:
            with self._guard:
                state = self._state
                changes = list(self._store.changes_since(state.sequence))
                if changes:
                    self._state = following(state, changes, self._index)
        return self._state


def _number(matches: list[tuple[Table, Mask]]) -> int:
    return sum(int(np.count_nonzero(mask)) for _, mask in matches)


def _answered(record: Indexed) -> Record:
    return Record(record.id, record.revision, record.feature())


def _reader(name: str) -> Callable[[Indexed, dict[str, Any]], Any]:
    if name in PROJECTS.dated:
        return lambda _record, dated: dated[name]
    if name in PROJECTS and PROJECTS[name].kind == "ids":
        return lambda record, _dated: sorted(record.values[name])
    if name not in PROJECTS and name not in INDEXED:
        raise KeyError(name)
    return lambda record, _dated: record.values[name]


def _extent_of(records: Iterable[Indexed]) -> tuple[list[float], list[str | None]]:
    known = list(records)
    boxes = np.array([record.shape.bounds for record in known if record.shape is not None]).reshape(-1, 4)
    days = [(record.first_day, record.last_day) for record in known if record.first_day and record.last_day]
    box = [*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist()] if len(boxes) else _WORLD
    return box, _instants(days)


def _instants(days: list[tuple[int, int]]) -> list[str | None]:
    if not days:
        return [None, None]
    first, last = min(start for start, _ in days), max(end for _, end in days)
    return [f"{dt.date.fromordinal(first)}T00:00:00Z", f"{dt.date.fromordinal(last)}T23:59:59Z"]
