"""A page of an answer: the first rows of several layers in one order."""

from __future__ import annotations

import datetime as dt
import heapq
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from geo.memory.changes import Matches
from geo.memory.fields import BETWEEN
from geo.memory.order import Found, Order
from geo.memory.rows import NO_ROWS, Rows
from geo.memory.table import Table


class Segment(NamedTuple):
    """Rows of one table that follow each other in an answer."""

    table: Table
    rows: Rows


def first_rows(matches: Sequence[Matches], order: Order, number: int) -> list[Segment]:
    """Return as many matching rows as there are up to a number, in the query's order after its mark."""
    each = [Segment(m.table, _first(map(m.there, order.rows(m.selection)), number)) for m in matches]
    there = sorted((segment for segment in each if len(segment.rows)), key=lambda segment: -len(segment.rows))
    if len(there) < 2:
        return there
    large, *others = there
    few = sorted((found for segment in others for found in order.found(*segment)), key=lambda found: found.key)
    return list(_cut(_between(large, few, order), number))


def _first(parts: Iterable[Rows], number: int) -> Rows:
    taken: list[Rows] = []
    for part in parts:
        taken.append(part[: number - sum(map(len, taken))])
        if sum(map(len, taken)) >= number:
            break
    if len(taken) == 1:
        return taken[0]
    return np.concatenate(taken) if taken else NO_ROWS


def _between(large: Segment, few: Sequence[Found], order: Order) -> Iterator[Segment]:
    """Put a few rows between those of a large segment."""
    at = 0
    for found in few:
        place = bisect_left(large.rows, found.key, lo=at, key=lambda row: order.key_of(large.table, row))
        if place > at:
            yield Segment(large.table, large.rows[at:place])
        yield Segment(found.table, np.array([found.row], dtype=np.int32))
        at = place
    yield Segment(large.table, large.rows[at:])


def _cut(segments: Iterable[Segment], number: int) -> Iterator[Segment]:
    for segment in segments:
        rows = segment.rows[:number]
        if len(rows):
            yield Segment(segment.table, rows)
        number -= len(rows)


def split(segments: Sequence[Segment], number: int) -> tuple[list[Segment], bool]:
    """Return the segments of the first rows, and whether there are more."""
    return list(_cut(segments, number)), sum(len(segment.rows) for segment in segments) > number


def features(segments: Iterable[Segment], on: dt.date | None) -> list[bytes | memoryview]:
    """Return features in pieces that make a list when they are put together, neighbours of one table in one."""
    found: list[bytes | memoryview] = []
    for table, rows in segments:
        found += table.runs(rows) if on is None else (each + BETWEEN for each in table.features_on(rows, on))
    return [*found[:-1], found[-1][: -len(BETWEEN)]] if found else []


def every(matches: Sequence[Matches], order: Order) -> Iterator[Segment]:
    """Yield all matching rows after the query's mark, in order."""
    parts = [(m, map(m.there, order.rows(m.selection))) for m in matches]
    if len(parts) == 1:
        yield from (Segment(parts[0][0].table, rows) for rows in parts[0][1] if len(rows))
        return
    runs = [_one_by_one(m.table, rows, order) for m, rows in parts]
    for found in heapq.merge(*runs, key=lambda each: each.key):
        yield Segment(found.table, np.array([found.row], dtype=np.int32))


def _one_by_one(table: Table, parts: Iterable[Rows], order: Order) -> Iterator[Found]:
    return (found for rows in parts for found in order.found(table, rows))
