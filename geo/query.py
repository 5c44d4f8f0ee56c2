"""A question to the data, as one value."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from geo import filter as filters
from geo.checked import check
from geo.columns import PROJECTS, Columns
from geo.errors import InvalidQuery
from geo.filter import Expression, Interval

MOST_FEATURES = 10_000
ALWAYS = Interval(None, None)


@dataclass(frozen=True)
class Query:
    """Which records, in which order, and which part of them.

    `as_of` takes every dated property as it was at the end of that day, and leaves out records all of whose events came
    later. `sort` holds (column, ascending) pairs; ids decide among equals. `after` is the sort values and the
    id of the last record of the page before. `columns` are those of the collection that is asked.
    """

    filter: Expression = filters.EVERYTHING
    as_of: dt.date | None = None
    sort: tuple[tuple[str, bool], ...] = ()
    after: tuple[Any, ...] | None = None
    limit: int = 100
    columns: Columns = field(default=PROJECTS, repr=False)

    def __post_init__(self) -> None:
        check(self.filter, self.columns)
        for column, _ in self.sort:
            if column not in self.columns.sorts:
                raise InvalidQuery("sortby", "not-sortable", column=column[:50], known=self.columns.sorts)
        if len({column for column, _ in self.sort}) != len(self.sort):
            raise InvalidQuery("sortby", "sorted-twice")
        if self.after is not None and not self._is_mark(self.after):
            raise InvalidQuery("after", "mark-of-another-order")
        if not 1 <= self.limit <= MOST_FEATURES:
            raise InvalidQuery("limit", "limit-range", most=MOST_FEATURES)

    def _is_mark(self, after: tuple[Any, ...]) -> bool:
        if len(after) != len(self.sort) + 1 or not isinstance(after[-1], str):
            return False
        marked = zip(after[:-1], self.sort, strict=True)
        return all(self.columns[column].is_sort_value(value) for value, (column, _) in marked)


class EventMark(NamedTuple):
    """Where a page of events ends: last and first day of the event's date, as ordinals; its record and place in it."""

    last: int
    first: int
    project_id: str
    number: int

    @property
    def order(self) -> tuple[int, int, str, int]:
        """What compares as events are sorted: the newest first; of those of one day the more exact first."""
        return (-self.last, -self.first, self.project_id, self.number)


@dataclass(frozen=True)
class EventQuery:
    """Which events of which records, the newest first.

    `filter` and `as_of` mean records as in `Query`. An event counts where its date, a year perhaps, meets the `period`.
    `expected` asks for plans in place of what has happened. `after` is the mark of the last event of the page before.
    """

    filter: Expression = filters.EVERYTHING
    as_of: dt.date | None = None
    period: Interval = ALWAYS
    expected: bool = False
    after: EventMark | None = None
    limit: int = 100

    def __post_init__(self) -> None:
        check(self.filter)
        if not 1 <= self.limit <= MOST_FEATURES:
            raise InvalidQuery("limit", "limit-range", most=MOST_FEATURES)
