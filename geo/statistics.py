"""How many records there are of what, and what their capacities add up to: on a day, or at the ends of intervals."""

from __future__ import annotations

import calendar
import datetime as dt
import difflib
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.catalog import Catalog, Group, Tally
from geo.columns import PROJECTS, Column
from geo.errors import InvalidQuery
from geo.query import Query
from geo.vocabulary import CAPACITY_BASES, MEASURES

MOST_COLUMNS, MOST_STEPS, MOST_EDGES = 3, 600, 50
MOST_ROWS = 20_000  # groups times steps of one answer
VALUES, MOST_VALUES = 250, 1_000  # of a column that are told one by one
CAPACITY, MEASURE, BASIS = "capacity", "capacity_measure", "capacity_basis"
SUMMED = (CAPACITY,)
MEASURED = tuple(column.name for column in PROJECTS if column.kind in ("number", "integer"))
# Each power of ten from a millionth to a billion, its double and its fivefold.
LOG_EDGES = tuple(float(f"{digit}e{power}") for power in range(-6, 10) for digit in (1, 2, 5))

Interval = Literal["year", "month"]
INTERVALS: tuple[Interval, ...] = ("year", "month")
_STEPS_AT_FIRST: dict[Interval, int] = {"year": 20, "month": 60}


class Others(NamedTuple):
    """So many values of a column, which are told together."""

    number: int


class Span(NamedTuple):
    """Numbers from `low` on and below `high`; None is an open end."""

    low: float | None
    high: float | None


Value = str | int | float | bool | Span | Others | None
Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Statistics:
    """What is counted of the records that a query means; its order and page do not count.

    `by` names the columns whose values make a group together, `histogram` a column of numbers that is parted at
    `edges`, capacities also by unit family. `sums` adds capacities up. The `days` of a series rise; at the end of each
    the filter is asked again. Of a column without a vocabulary the `limit` values of most records are told one by one.
    """

    query: Query
    by: tuple[str, ...] = ()
    sums: bool = False
    histogram: str | None = None
    edges: tuple[float, ...] = LOG_EDGES
    days: tuple[dt.date, ...] = ()
    limit: int = VALUES

    def __post_init__(self) -> None:
        for name in self.by:
            _check_name("by", "not-grouped-by", name, PROJECTS.groups)
        if len(self.by) > MOST_COLUMNS:
            raise InvalidQuery("by", "too-many-groupings", most=MOST_COLUMNS)
        if self.histogram is not None:
            _check_name("histogram", "no-histogram", self.histogram, MEASURED)
        if len(set(self.columns)) < len(self.columns):
            raise InvalidQuery("by", "grouped-twice")
        if not 1 <= len(self.edges) <= MOST_EDGES or not _rise(self.edges):
            raise InvalidQuery("bins", "edges-do-not-rise", most=MOST_EDGES)
        if len(self.days) > MOST_STEPS:
            raise InvalidQuery("interval", "too-many-steps", count=len(self.days), most=MOST_STEPS)
        if not 1 <= self.limit <= MOST_VALUES:
            raise InvalidQuery("limit", "limit-range", most=MOST_VALUES)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of which each group has a value, that of the histogram last."""
        if self.histogram is None:
            return self.by
        apart = (MEASURE,) if self.histogram == CAPACITY and MEASURE not in self.by else ()
        return (*self.by, *apart, self.histogram)

    @property
    def groups(self) -> list[Group]:
        """What the records are counted by, unit family and basis last where capacities are added up."""
        names = [*self.columns, *(name for name in (MEASURE, BASIS) if self.sums and name not in self.columns)]
        return [Group(name, self.edges if name == self.histogram else ()) for name in names]


def _check_name(parameter: str, rule: str, name: str, known: Sequence[str]) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, 1)
    if near:
        raise InvalidQuery(parameter, "grouping-misspelt", column=name[:50], meant=near[0])
    raise InvalidQuery(parameter, rule, column=name[:50], known=tuple(known))


def _rise(edges: Sequence[float]) -> bool:
    return all(map(math.isfinite, edges)) and all(low < high for low, high in itertools.pairwise(edges))


@dataclass(frozen=True)
class Sum:
    """What capacities of one unit family and basis come to on each day, and how many records state them."""

    measure: str
    basis: str
    counts: list[int]
    totals: list[float]


@dataclass(frozen=True)
class Counted:
    """Records that are alike in `values`, one for each column of the question; numbers by day.

    `without` are those without a capacity that can be added up; they are in `counts`.
    """

    values: tuple[Value, ...]
    counts: list[int]
    without: list[int]
    sums: list[Sum]


@dataclass(frozen=True)
class Found:
    """How many records match on each day, and all groups of them."""

    matched: list[int]
    groups: list[Counted]


def statistics(catalog: Catalog, asked: Statistics) -> Found:
    """Return the groups in the order of their values, those of a vocabulary first to last, others by their numbers.

    Raises InvalidQuery where there are more groups than an answer holds.
    """
    tally = catalog.tally(asked.query, asked.groups, CAPACITY if asked.sums else None, asked.days)
    shown = _shown(tally, asked)
    cells = _cells(tally, shown, asked)
    if len(cells) * len(tally.matched) > MOST_ROWS:
        raise InvalidQuery("by", "statistics-too-large", count=len(cells) * len(tally.matched), most=MOST_ROWS)
    by_values: dict[tuple[Value, ...], list[_Cell]] = {}
    for cell in cells:
        by_values.setdefault(cell.values, []).append(cell)
    places = [_places(column, values) for column, values in zip(asked.columns, shown, strict=True)]
    ordered = sorted(by_values, key=lambda values: [place(value) for place, value in zip(places, values, strict=True)])
    return Found(tally.matched.tolist(), [_group(values, by_values[values], asked.sums) for values in ordered])


def steps(interval: Interval, first: dt.date | None, last: dt.date) -> tuple[dt.date, ...]:
    """Return the last day of each interval from the one in which `first` lies on; the last is cut at `last`.

    Without `first` there are 20 years, or 60 months, as far as the calendar goes back. Raises InvalidQuery for more
    than 600 of them.
    """
    months = 12 if interval == "year" else 1
    end = (last.year * 12 + last.month - 1) // months
    at_first = max(dt.MINYEAR * 12 // months, end - _STEPS_AT_FIRST[interval] + 1)
    begin = at_first if first is None else (first.year * 12 + first.month - 1) // months
    number = end - begin + 1
    if number > MOST_STEPS:
        raise InvalidQuery("interval", "too-many-steps", count=number, most=MOST_STEPS)
    return tuple(min(_end((at + 1) * months - 1), last) for at in range(begin, end + 1))


def _end(month: int) -> dt.date:
    year, month = divmod(month, 12)
    return dt.date(year, month + 1, calendar.monthrange(year, month + 1)[1])


class _Cell(NamedTuple):
    values: tuple[Value, ...]
    measure: str | None
    basis: str | None
    counts: Numbers
    totals: Numbers


def _shown(tally: Tally, asked: Statistics) -> list[dict[Any, Value]]:
    """Return for each column what its values are told as, those of most records first."""
    numbers = tally.counts.sum(axis=1)
    return [_told(tally, numbers, at, asked, name) for at, name in enumerate(asked.columns)]


def _told(tally: Tally, numbers: Numbers, at: int, asked: Statistics, name: str) -> dict[Any, Value]:
    count: dict[Any, int] = {}
    for values, number in zip(tally.values, numbers.tolist(), strict=True):
        count[values[at]] = count.get(values[at], 0) + number
    if name == asked.histogram:
        ends = (None, *asked.edges, None)
        return {place: None if place is None else Span(ends[place], ends[place + 1]) for place in count}
    known = sorted((value for value in count if value is not None), key=lambda each: (-count[each], str(each)))
    most = asked.limit if _are_open(PROJECTS[name]) else len(known)
    others = Others(len(known) - most)
    return {value: value if place < most else others for place, value in enumerate(known)} | {None: None}


def _are_open(column: Column) -> bool:
    """Return whether there can be any number of values."""
    return column.vocabulary is None and column.kind in ("country", "ids", "text")


def _cells(tally: Tally, shown: Sequence[Mapping[Any, Value]], asked: Statistics) -> list[_Cell]:
    """Return the numbers by what is shown of each column, and where sums are asked for by unit family and basis."""
    names = [group.column for group in asked.groups]
    measure, basis = (names.index(name) if asked.sums else None for name in (MEASURE, BASIS))
    place: dict[tuple[tuple[Value, ...], str | None, str | None], int] = {}
    at = []
    for values in tally.values:
        told = tuple(known[value] for known, value in zip(shown, values, strict=False))
        # A figure whose lithium nobody states belongs to a family and adds up to nothing.
        is_stated = measure is not None and basis is not None and values[basis] is not None
        family = (values[measure], values[basis]) if is_stated else (None, None)  # type: ignore[index]
        at.append(place.setdefault((told, *family), len(place)))
    counts, totals = (np.zeros((len(place), each.shape[1]), each.dtype) for each in (tally.counts, tally.sums))
    np.add.at(counts, at, tally.counts)
    np.add.at(totals, at, tally.sums)
    return [_Cell(*key, counts[row], totals[row]) for key, row in place.items() if counts[row].any()]


def _places(name: str, shown: Mapping[Any, Value]) -> Callable[[Value], tuple[float, float]]:
    """Return where each value of a column stands; the others come last but for what has no value."""
    vocabulary = PROJECTS[name].vocabulary
    by_number = {value: at for at, value in enumerate(shown.values())}

    def place(value: Value) -> tuple[float, float]:
        if value is None or isinstance(value, Others):
            return (2 if value is None else 1), 0
        if isinstance(value, Span):
            return 0, -math.inf if value.low is None else value.low
        if vocabulary is not None:
            return 0, vocabulary.position(str(value))
        return 0, by_number[value] if isinstance(value, str) else float(value)

    return place


def _group(values: tuple[Value, ...], cells: Sequence[_Cell], are_summed: bool) -> Counted:
    counts = sum((cell.counts for cell in cells), np.zeros_like(cells[0].counts))
    without = sum((cell.counts for cell in cells if cell.basis is None), np.zeros_like(counts))
    sums = list(_sums(cells)) if are_summed else []
    return Counted(values, counts.tolist(), without.tolist() if are_summed else [], sums)


def _sums(cells: Sequence[_Cell]) -> Iterator[Sum]:
    stated = [(cell.measure, cell.basis, cell) for cell in cells if cell.measure and cell.basis]
    for measure, basis, cell in sorted(stated, key=lambda s: (MEASURES.position(s[0]), CAPACITY_BASES.position(s[1]))):
        totals = np.where(cell.counts > 0, cell.totals.round(6), 0)
        yield Sum(measure, basis, cell.counts.tolist(), totals.tolist())
