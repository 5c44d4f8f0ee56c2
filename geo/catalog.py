"""What is asked of the records of a store: the contract of a catalog. Only bytes, columns and counts cross it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from geo.query import Query
from geo.store import Revision

# Columns that only an index has, besides those of `geo/columns.py`:
# the point to draw ([longitude, latitude], WGS 84; None where no place is known to a point), the footprint (a GeoJSON
# geometry), the parties' names in one text, the folded text that search looks into without the words for kind and
# stage, and the stages that were reached, as [date, status].
INDEXED = ("point", "footprint", "owners", "search", "stages")


@dataclass(frozen=True)
class Page:
    """One page of an answer: features as GeoJSON bytes, how many match in all, and where the next page starts."""

    features: list[bytes]
    number_matched: int
    after: tuple[Any, ...] | None


@dataclass(frozen=True)
class Record:
    """One record as it is answered: a GeoJSON feature as bytes, without links."""

    id: str
    revision: int
    feature: bytes


class Catalog(Protocol):
    """Answers a `Query` about the records of a store; every answer knows all changes made before it was asked."""

    def version(self) -> int:
        """Return the sequence of the newest change known; answers of one day can only differ when it does."""

    def search(self, query: Query) -> Page:
        """Return a page of the matching records, in the query's order."""

    def count(self, query: Query, columns: Iterable[str]) -> tuple[int, dict[str, dict[str, int]]]:
        """Return how many records match, and for each column of codes how many of them have each value."""

    def columns(self, query: Query, names: Iterable[str]) -> dict[str, list[Any]]:
        """Return columns of every matching record in the order of ids; limit, sort and page do not count."""

    def get(self, project_id: str) -> Record:
        """Return a record; raises NotFound, or Gone for a deleted one."""

    def show(self, revision: Revision) -> Record:
        """Return a revision that has a record as it is, or was, answered."""

    def links_to(self, project_id: str) -> list[tuple[str, str]]:
        """Return (type, id) of every record that links to this one."""

    def extent(self) -> tuple[list[float], list[str | None]]:
        """Return [west, south, east, north] of all geometries, and the instants between which all events lie."""
