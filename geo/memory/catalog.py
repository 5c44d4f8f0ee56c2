"""Answers from memory, always as new as the store."""

from __future__ import annotations

import copy
import datetime as dt
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from geo.catalog import Catalog, Codes, Described, EventPage, Group, Page, Record, Steps, Tally
from geo.curated.organisations import Organisations
from geo.errors import Gone, NotFound
from geo.ground.tiles import Tile
from geo.indexed import index
from geo.memory import answers, events, pages, tiled
from geo.memory.bases import Ready
from geo.memory.beside import Beside
from geo.memory.candidates import candidates
from geo.memory.changes import Matches, State
from geo.memory.counts import Counts
from geo.memory.following import LIMITS, NOT_KEPT, Following, Limits, Still
from geo.memory.order import Order
from geo.memory.recent import Recent
from geo.memory.table import Table
from geo.memory.tally import tallied
from geo.query import EventQuery, Query
from geo.store import Records, Revision
from geo.successors import head_of, successors_of
from geo.tiles.content import Content
from geo.tiles.encoding import as_mvt
from geo.tiles.features import features_of

NO_SUCCESSORS: Mapping[str, str] = {}
T = TypeVar("T")


class MemoryCatalog:
    """A `Catalog` of arrays in memory; `successors` stand for records that were only in releases before the store."""

    def __init__(
        self,
        store: Records,
        organisations: Organisations,
        successors: Mapping[str, str] = NO_SUCCESSORS,
        ready: Ready = NOT_KEPT,
        limits: Limits = LIMITS,
    ) -> None:
        self._store, self._organisations, self._successors = store, organisations, successors
        self._following: Following | Still = Following(store, organisations, ready, limits)
        self._standing: Standing | None = None

    def version(self) -> int:
        return self._fresh().sequence

    def history(self) -> int:
        return self._store.history

    def overlay(self) -> int:
        return sum(len(layer.table) for layer in self._fresh().all_layers[1:])

    def standing(self) -> MemoryCatalog | None:
        state = self._following.at_once()
        if state is None:
            return None
        standing = self._standing
        if standing is None or standing.of is not state:
            standing = self._standing = Standing(state, self._still(state))
        return standing.catalog

    def at_one_moment(self, ask: Callable[[Catalog], T]) -> T:
        return ask(self._still(self._fresh()))

    def _still(self, state: State) -> MemoryCatalog:
        other = copy.copy(self)
        other._following, other._standing = Still(state), None
        return other

    def found(self, query: Query, most: int | None = None) -> tuple[int, Iterator[bytes]]:
        matches = self._fresh().matches(query)
        number, segments = sum(each.number for each in matches), pages.every(matches, Order(query))
        features = (feature for segment in segments for feature in _one_by_one(segment, query.as_of))
        return number, islice(features, most)

    def search(self, query: Query) -> Page:
        matches, order = self._fresh().matches(query), Order(query)
        found = pages.first_rows(matches, order, query.limit + 1)
        shown, are_more = pages.split(found, query.limit)
        after = order.mark(shown[-1].table, int(shown[-1].rows[-1])) if are_more else None
        return Page(
            pages.features(shown, query.as_of),
            sum(len(segment.rows) for segment in shown),
            sum(each.number for each in matches),
            after,
        )

    def count(self, query: Query, columns: Iterable[str]) -> tuple[int, dict[str, dict[str, int]]]:
        matches = self._fresh().matches(query)
        layers = [Counts(each, query.filter, query.as_of) for each in matches]
        total = {column: sum((each.of(column) for each in layers), Counter()) for column in columns}
        return sum(each.number for each in matches), {column: dict(counted) for column, counted in total.items()}

    def tally(
        self, query: Query, by: Sequence[Group], summed: str | None = None, days: Sequence[dt.date] = ()
    ) -> Tally:
        return tallied(self._fresh(), query, by, summed, days)

    def events(self, query: EventQuery) -> EventPage:
        matches = self._fresh().matches(Query(filter=query.filter, as_of=query.as_of))
        meant = [(each.table, events.meant(each, query)) for each in matches]
        runs = [events.following(table, places, query.after) for table, places in meant]
        found = list(islice(heapq.merge(*runs, key=lambda event: event.key.order), query.limit + 1))
        shown, number = found[: query.limit], sum(len(places) for _, places in meant)
        after = shown[-1].key if len(found) > query.limit else None
        return EventPage([event.answer() for event in shown], number, after)

    def columns(self, query: Query, names: Iterable[str]) -> dict[str, list[Any]]:
        return answers.columns(self._matches_of(query), list(names), query.as_of)

    def codes(self, query: Query, names: Iterable[str]) -> dict[str, Codes]:
        return answers.codes(self._matches_of(query), list(names), query.as_of)

    def steps(self, query: Query, names: Iterable[str]) -> Steps:
        return answers.steps(self._matches_of(query), list(names))

    def tile(self, query: Query, tile: Tile) -> Content:
        return tiled.content(self._matches_of(query), tiled.Question(query.filter, query.as_of), tile)

    def vector_tile(self, query: Query, tile: Tile, below: str) -> bytes:
        return as_mvt(features_of(self.tile(query, tile), tile, below.__add__), tile)

    def _matches_of(self, query: Query) -> list[Matches]:
        return self._fresh().matches(Query(filter=query.filter, as_of=query.as_of))

    def party_names(self, ids: Iterable[str]) -> dict[str, str]:
        known, wanted = self._organisations, list(ids)
        others = {each for each in wanted if each not in known}
        names = {each: name for layer in self._fresh().all_layers for each, name in layer.table.party_names(others)}
        names |= {each: known[each].name for each in wanted if each in known}
        return {each: names[each] for each in wanted if each in names}

    def get(self, record_id: str) -> Record:
        state = self._fresh()
        found = state.find(record_id)
        if found is not None:
            return _record(state, *found)
        # Where it is not known as deleted, that was before this catalog was made; or it was made just now.
        head = state.deleted.get(record_id) or head_of(
            self._store, record_id, self._successors, lambda other: state.find(other) is not None
        )
        if head.project is None:
            raise Gone(record_id, head.number, head.successor)
        return self.show(head)

    def successors(self) -> dict[str, str]:
        return successors_of(self._store, self._successors)

    def show(self, revision: Revision) -> Record:
        return _record(self._fresh(), Recent([index(revision, self._organisations)]), 0)

    def near(self, project_id: str, km: float, limit: int) -> list[tuple[float, str]]:
        return self._beside(project_id).near(km)[:limit]

    def of_the_same_parties(self, project_id: str, limit: int) -> list[str]:
        return self._beside(project_id).of_the_same_parties()[:limit]

    def candidates(self, described: Described, limit: int) -> list[bytes]:
        return [table.feature(row) for table, row in candidates(self._fresh(), described, limit)]

    def adjacent(self, project_id: str) -> tuple[str | None, str | None]:
        return self._beside(project_id).adjacent()

    def _beside(self, project_id: str) -> Beside:
        state = self._fresh()
        found = state.find(project_id)
        if found is None:
            raise NotFound(project_id)
        return Beside(state, *found)

    def knows_extent(self) -> bool:
        return self._fresh().knows_extent

    def extent(self) -> tuple[list[float], list[str | None]]:
        return self._fresh().extent

    def _fresh(self) -> State:
        return self._following.state()


class Standing(NamedTuple):
    """A catalog of one state, made once while that lasts."""

    of: State
    catalog: MemoryCatalog


def _record(state: State, table: Table, row: int) -> Record:
    project_id = table.id_of(row)
    return Record(project_id, table.revision(row), table.feature(row), sorted(state.links_to(project_id)))


def _one_by_one(segment: pages.Segment, on: dt.date | None) -> Iterator[bytes]:
    table, rows = segment
    return (table.feature(row) for row in rows.tolist()) if on is None else iter(table.features_on(rows, on))
