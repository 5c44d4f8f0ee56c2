"""A question to the data, as one value."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geo import vocabulary
from geo.errors import InvalidQuery
from geo.records.fields import country_names

MOST_FEATURES = 10_000
MOST_VALUES = 100
MOST_TEXT = 200

# Columns that can be asked for by value: those with a closed list of values, and free text.
CODED = {
    "kind": vocabulary.KINDS,
    "segment": vocabulary.SEGMENTS,
    "status": vocabulary.STATUSES,
    "status_group": vocabulary.STATUS_GROUPS,
    "location_accuracy": vocabulary.LOCATION_ACCURACIES,
}
FREE = ("id", "name", "region", "locality", "operator")
FILTERS = (*CODED, "country", "owner", *FREE)

SORTS = (
    "id",
    "name",
    "kind",
    "status",
    "country",
    "status_date",
    "capacity_lce_t_per_year",
    "capacity_gwh_per_year",
    "first_date",
    "last_date",
    "updated",
)


@dataclass(frozen=True)
class Box:
    """A box in WGS 84 degrees; west > east means that it crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(n) for n in (self.west, self.south, self.east, self.north)):
            raise InvalidQuery("bbox", "bbox-not-finite")
        if not (-180 <= self.west <= 180 and -180 <= self.east <= 180):
            raise InvalidQuery("bbox", "bbox-longitude")
        if not (-90 <= self.south <= 90 and -90 <= self.north <= 90):
            raise InvalidQuery("bbox", "bbox-latitude")
        if self.south > self.north:
            raise InvalidQuery("bbox", "bbox-upside-down")

    def parts(self) -> list[tuple[float, float, float, float]]:
        """Return plain boxes (west <= east) that together cover this one on a round globe.

        The meridians 180 and -180 are one line, and a pole is one point whatever its longitude.
        """
        if self.west > self.east:
            spans = [(self.west, 180.0), (-180.0, self.east)]
        else:
            spans = [(self.west, self.east)]
            spans += [(-180.0, -180.0)] if self.east == 180 else []
            spans += [(180.0, 180.0)] if self.west == -180 else []
        parts = [(west, self.south, east, self.north) for west, east in spans]
        parts += [(-180.0, pole, 180.0, pole) for pole in (-90.0, 90.0) if pole in (self.south, self.north)]
        return parts


@dataclass(frozen=True)
class Interval:
    """A span of days, both ends included; None is an open end."""

    start: dt.date | None
    end: dt.date | None

    def __post_init__(self) -> None:
        if self.start and self.end and self.start > self.end:
            raise InvalidQuery("datetime", "interval-backwards")


@dataclass(frozen=True)
class Query:
    """Which records, in which order, and which part of them.

    `values` holds, for each column of FILTERS, the values of which a record must have one. `words` are found in names,
    owners, places and ids, without case and accents: all words of any of its comma-separated parts. `interval`
    meets the time from a record's first to its last event. `as_of` takes every status as it was at the end of that day
    and leaves out records of which nobody had spoken by then. `after` is the sort values and the id of the last record
    of the page before.
    """

    box: Box | None = None
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    words: str | None = None
    interval: Interval | None = None
    as_of: dt.date | None = None
    sort: tuple[tuple[str, bool], ...] = ()
    after: tuple[Any, ...] | None = None
    limit: int = 100

    def __post_init__(self) -> None:
        for column, wanted in self.values.items():
            _check_values(column, wanted)
        if self.words is not None and len(self.words) > MOST_TEXT:
            raise InvalidQuery("q", "words-too-long", most=MOST_TEXT)
        for column, _ in self.sort:
            if column not in SORTS:
                raise InvalidQuery("sortby", "not-sortable", column=column[:50], known=SORTS)
        if len({column for column, _ in self.sort}) != len(self.sort):
            raise InvalidQuery("sortby", "sorted-twice")
        if self.after is not None and not self._is_mark(self.after):
            raise InvalidQuery("after", "mark-of-another-order")
        if not 1 <= self.limit <= MOST_FEATURES:
            raise InvalidQuery("limit", "limit-range", most=MOST_FEATURES)

    def _is_mark(self, after: tuple[Any, ...]) -> bool:
        if len(after) != len(self.sort) + 1 or not isinstance(after[-1], str):
            return False
        fitting = (_is_sort_value(value, column) for value, (column, _) in zip(after[:-1], self.sort, strict=True))
        return all(fitting)


def _is_sort_value(value: Any, column: str) -> bool:
    if column in ("kind", "status"):
        return type(value) is int
    if value is None:
        return column not in ("id", "name", "country", "updated")
    return isinstance(value, int | float) if column.startswith("capacity_") else isinstance(value, str)


def _check_values(column: str, wanted: frozenset[str]) -> None:
    if column not in FILTERS:
        raise InvalidQuery(column, "not-filterable", column=column[:50], known=FILTERS)
    if len(wanted) > MOST_VALUES:
        raise InvalidQuery(column, "too-many-values", column=column, most=MOST_VALUES)
    if column == "country":
        for value in sorted(wanted - set(country_names())):
            raise InvalidQuery(column, "no-country", value=value[:50])
    if column in CODED:
        codes = tuple(CODED[column].codes)
        for value in sorted(wanted - set(codes)):
            raise InvalidQuery(column, "no-code", value=value[:50], name=column.replace("_", " "), known=codes)
