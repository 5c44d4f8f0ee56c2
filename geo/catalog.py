"""What is asked of the records of a store: the contract of a catalog. Only bytes, columns and counts cross it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from geo.ground.tiles import Tile
from geo.query import EventMark, EventQuery, Query
from geo.store import Revision
from geo.tiles.content import Content

# Columns that only an index has, besides those of `geo/columns.py`:
# the point to draw ([longitude, latitude], WGS 84; None where no place is known to a point), the footprint (a GeoJSON
# geometry), the parties' names in one text, the folded text that search looks into without the words for country, kind
# and stage, the expected starts of operation in the order in which they were told, as (day of the first text that tells
# it, date), 9999-12-31 where no text has a date; and the ordinal of the day from which on `as_of` means the record:
# that of its first event, 0 where it has none.
INDEXED = ("point", "footprint", "owners", "search", "plans", "begins")

T = TypeVar("T")
MOST_NUMBERS = 1_000_000  # of a tally: values that are together, each on each day


@dataclass(frozen=True)
class Page:
    """One page of an answer: features, how many there are and match in all, and where the next page starts.

    The features are GeoJSON in pieces, which are a list's inside when they are put together.
    """

    features: list[bytes | memoryview]
    number_returned: int
    number_matched: int
    after: tuple[Any, ...] | None


@dataclass(frozen=True)
class EventPage:
    """One page of events, each as JSON with its record and sources; how many match, and where the next page starts."""

    events: list[bytes]
    number_matched: int
    after: EventMark | None


class Steps(NamedTuple):
    """Dated columns step by step: those of record i are at the places from `starts[i]` to before `starts[i + 1]`.

    Each has the ordinal of the day from which on its values hold, until the next one, and of that from which on its
    stage counts as stale.
    """

    starts: npt.NDArray[np.int64]
    days: npt.NDArray[np.int32]
    stale_from: npt.NDArray[np.int32]
    values: dict[str, list[Any]]


class Codes(NamedTuple):
    """A column as numbers: `distinct` values that rise, and the rank of each value among them, -1 for a missing one.

    Where records have several values, `records` tells whose each is, by its place among the records; elsewhere it is
    None, and the ranks are those of one record after the other.
    """

    distinct: Sequence[Any]
    ranks: npt.NDArray[np.signedinteger[Any]]
    records: npt.NDArray[np.signedinteger[Any]] | None = None


class Group(NamedTuple):
    """A column by which records are counted: by its values, by the years of its dates, or by where its numbers lie.

    With `edges`, rising numbers, it is the place of the span that a number lies in: 0 is below the first edge, 1 from
    there on and below the second one.
    """

    column: str
    edges: tuple[float, ...] = ()


class Tally(NamedTuple):
    """How many matching records have which values together, on some days.

    `counts` and `sums` have a row for each of `values`, which are in no order, and a column for each day; `matched` is
    how many records match on each day. A record without a value has None, one that holds several ids counts with each.
    """

    values: list[tuple[Any, ...]]
    counts: npt.NDArray[np.int64]
    sums: npt.NDArray[np.float64]
    matched: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Record:
    """One record as it is answered: a GeoJSON feature as bytes, and (type, id) of every record that links to it.

    What is no record of a store, but made of such, has the revision 0.
    """

    id: str
    revision: int
    feature: bytes
    incoming: Sequence[tuple[str, str]]


class Described(NamedTuple):
    """As much of a record as somebody has said: telling words of names and parties, country, a point, how near it."""

    words: Sequence[str]
    country: str | None = None
    point: tuple[float, float] | None = None
    km: float = 0.0


class FeatureCatalog(Protocol):
    """Answers a `Query` about the features of a collection; every answer knows all changes made before it was asked."""

    def version(self) -> int:
        """Return the sequence of the newest change known; answers of one day can only differ when it does."""

    def search(self, query: Query) -> Page:
        """Return a page of the matching records, in the query's order."""

    def found(self, query: Query, most: int | None = None) -> tuple[int, Iterator[bytes]]:
        """Return how many records match, and all of them after the page mark in the query's order, or so many at most.

        The query's own limit does not count. They are the features of one moment, however long it takes to go through
        them, and nobody else waits meanwhile.
        """

    def count(self, query: Query, columns: Iterable[str]) -> tuple[int, dict[str, dict[str, int]]]:
        """Return how many records match, and for each column of codes how many of them have each value."""

    def get(self, record_id: str) -> Record:
        """Return a record; raises NotFound, or Gone for a deleted one."""

    def extent(self) -> tuple[list[float], list[str | None]]:
        """Return [west, south, east, north] of all geometries, and the instants between which all events lie."""


class Catalog(FeatureCatalog, Protocol):
    """Answers about the records of a store: the projects, of which the features of other collections are made."""

    def history(self) -> int:
        """Return which line of the store's history answers tell: with another one a version may mean other records."""

    def successors(self) -> dict[str, str]:
        """Return which record stands for each that is gone and was taken into another one, by their ids."""

    def overlay(self) -> int:
        """Return how many records are answered from beside the large table, since they changed after it was made."""

    def standing(self) -> Catalog | None:
        """Return a catalog whose answers are all of the records of this moment: the store is asked once for many.

        None where many changes have to be read first, as after a load, or where every answer is of a moment of its own.
        """

    def at_one_moment(self, ask: Callable[[Catalog], T]) -> T:
        """Return what somebody makes of the answers of a catalog that stays as it is meanwhile, and no longer."""

    def tally(
        self, query: Query, by: Sequence[Group], summed: str | None = None, days: Sequence[dt.date] = ()
    ) -> Tally:
        """Return how many matching records have which values together, and what a column of numbers adds up to.

        As they were at the end of each of some rising days, on which the filter is asked again; without days as on that
        of the query. Raises InvalidQuery where there are more values together than can be counted.
        """

    def events(self, query: EventQuery) -> EventPage:
        """Return a page of what happened to the matching records, or of what is expected of them, newest first."""

    def columns(self, query: Query, names: Iterable[str]) -> dict[str, list[Any]]:
        """Return columns of every matching record in the order of ids; limit, sort and page do not count."""

    def codes(self, query: Query, names: Iterable[str]) -> dict[str, Codes]:
        """Return columns of every matching record as numbers, all in one order of records, whichever it is."""

    def steps(self, query: Query, names: Iterable[str]) -> Steps:
        """Return dated columns of every matching record step by step, in the order of ids."""

    def tile(self, query: Query, tile: Tile) -> Content:
        """Return what a tile of the map shows of the matching records; limit, sort and page do not count."""

    def vector_tile(self, query: Query, tile: Tile, below: str) -> bytes:
        """Return the same as a Mapbox Vector Tile 2.1, nothing where nothing lies on it.

        People read a record at the address that its id makes behind `below`.
        """

    def party_names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the names of organisations, by those ids of the column `owner` that are known.

        One that is not among the curated organisations has the name by which a record calls it.
        """

    def show(self, revision: Revision) -> Record:
        """Return a revision that has a record as it is, or was, answered."""

    def near(self, project_id: str, km: float, limit: int) -> list[tuple[float, str]]:
        """Return (kilometres, id) of the nearest other records of the same country, nearest first.

        Only where both places are known to at least a locality. These three raise NotFound for what is not there now.
        """

    def of_the_same_parties(self, project_id: str, limit: int) -> list[str]:
        """Return the ids of other records with the same parties or holders, those that share most of them first."""

    def candidates(self, described: Described, limit: int) -> list[bytes]:
        """Return features of records that may be the described one, by words of theirs much the same, or nearness.

        The likeliest come first. Whether they are alike is measured by whoever asks (`geo.checks.alike.resembling`).
        """

    def adjacent(self, project_id: str) -> tuple[str | None, str | None]:
        """Return the ids before and after this one's among the records of the same country and kind."""

    def knows_extent(self) -> bool:
        """Return whether the extent is at hand, since nothing has changed since it was asked for."""
