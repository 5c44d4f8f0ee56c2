"""A catalog of what is made of the projects: as new as they are, made anew when it is asked for after a change."""

from __future__ import annotations

import datetime as dt
import threading
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from geo.catalog import Catalog, Page, Record
from geo.checked import Deadline
from geo.curated.organisations import Organisations
from geo.errors import NotFound
from geo.filter import EVERYTHING, Words, nodes
from geo.gathered.countries import countries
from geo.gathered.features import Features, Values
from geo.gathered.organisations import parties
from geo.lately import Lately
from geo.memory.order import Order
from geo.query import Query
from geo.rowwise import Row, is_meant

_MOMENTS = 4  # days and changes that are kept
_WORLD = [-180.0, -90.0, 180.0, 90.0]

Make = Callable[[Catalog, dt.date | None], Features]


class GatheredCatalog:
    """A `FeatureCatalog` of the features that are made of the projects of a moment, as they were on a day."""

    def __init__(self, projects: Catalog, make: Make) -> None:
        self._projects, self._make = projects, make
        self._lately, self._guard = Lately(_MOMENTS), threading.Lock()

    def version(self) -> int:
        return self._projects.version()

    def search(self, query: Query) -> Page:
        features = self._features(query.as_of)
        matching, order = _matching(features, query), Order(query)
        following = _after(features, matching, query, order)
        shown = following[: query.limit]
        are_more = len(following) > query.limit
        after = _mark(features, shown[-1], query) if are_more else None
        body: list[bytes | memoryview] = [b",\n".join(features.features(shown))] if shown else []
        return Page(body, len(shown), len(matching), after)

    def found(self, query: Query, most: int | None = None) -> tuple[int, Iterator[bytes]]:
        features = self._features(query.as_of)
        matching = _matching(features, query)
        following = _after(features, matching, query, Order(query))
        return len(matching), features.features(following[:most])

    def count(self, query: Query, columns: Iterable[str]) -> tuple[int, dict[str, dict[str, int]]]:
        features = self._features(query.as_of)
        matching = _matching(features, query)
        return len(matching), {name: dict(_counted(features, name, matching)) for name in columns}

    def get(self, record_id: str) -> Record:
        features = self._features(None)
        at = bisect_left(features.ids, record_id)
        if at == len(features) or features.ids[at] != record_id:
            raise NotFound(record_id)
        return Record(record_id, 0, next(features.features([at])), [])

    def extent(self) -> tuple[list[float], list[str | None]]:
        return _WORLD, [None, None]

    def _features(self, on: dt.date | None) -> Features:
        """Return the features of this moment, of which all are of the same change of the store."""
        projects = self._projects.standing() or self._projects
        with self._guard:  # one makes them, and the others who ask wait for it
            return self._lately.of((projects.history(), projects.version(), on), lambda: self._make(projects, on))


def organisations_of(projects: Catalog, known: Organisations) -> GatheredCatalog:
    """Return the catalog of who is behind projects."""
    return GatheredCatalog(projects, partial(parties, known))


def countries_of(projects: Catalog) -> GatheredCatalog:
    """Return the catalog of the countries in which projects are."""
    return GatheredCatalog(projects, countries)


def _matching(features: Features, query: Query) -> list[int]:
    """Return which features a question means, in the order of ids."""
    if query.columns is not features.columns:
        raise ValueError(query)
    if query.filter == EVERYTHING:
        return list(range(len(features)))
    asks_words = any(isinstance(node, Words) for node in nodes(query.filter))
    deadline, found = Deadline(), []
    for at in range(len(features)):
        deadline.check()
        if is_meant(query.filter, _row(features, at, asks_words), features.columns):
            found.append(at)
    return found


def _row(features: Features, at: int, asks_words: bool) -> Row:
    return Row(Values(features, at), features.shape(at), None, features.words(at) if asks_words else "")


def _after(features: Features, matching: list[int], query: Query, order: Order) -> list[int]:
    """Return those that come after the page mark, in the query's order: a missing value comes last either way."""

    def key(at: int) -> tuple[Any, ...]:
        return order.key(list(_mark(features, at, query)))

    rows = sorted(matching, key=key) if query.sort else matching
    return rows if query.after is None else rows[bisect_right(rows, order.key(list(query.after)), key=key) :]


def _mark(features: Features, at: int, query: Query) -> tuple[Any, ...]:
    """Return what a feature is sorted by, codes as their place in the vocabulary, and its id."""
    return (*(_sort_value(features, name, at) for name, _ in query.sort), features.ids[at])


def _sort_value(features: Features, name: str, at: int) -> Any:
    value, vocabulary = features.value(name, at), features.columns[name].vocabulary
    return value if value is None or vocabulary is None else vocabulary.position(value)


def _counted(features: Features, name: str, matching: list[int]) -> Counter[Any]:
    values = (features.value(name, at) for at in matching)
    if features.columns[name].kind == "ids":
        return Counter(each for value in values for each in value)
    return Counter(value for value in values if value is not None)
