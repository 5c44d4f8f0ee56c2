"""How many matching records have which values together, on one day or on many: by counting ranks, layer by layer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from geo.answers.dated import STALE, is_dated, may_ask_for_staleness
from geo.catalog import MOST_NUMBERS, Group, Tally
from geo.columns import PROJECTS
from geo.errors import InvalidQuery
from geo.filter import And
from geo.memory.answers import places_of
from geo.memory.changes import Matches, State
from geo.memory.coded import shown
from geo.memory.rows import Rows
from geo.memory.selection import Selection
from geo.memory.spells import Spells
from geo.memory.table import Table
from geo.memory.texts import Array, Texts
from geo.query import Query

_LISTED = 2**24  # values that can be together, up to which it is noted for each whether it is there


class _Seen(NamedTuple):
    """Records as they are counted: the rows of a table, and between the places of which days each is there."""

    table: Table
    rows: Rows
    on: dt.date | None
    spans: tuple[Array, Array] | None = None


class _Values(NamedTuple):
    """What records have of a column, by places in `known`, of which the first is none."""

    known: list[Any]
    places: Array


def tallied(state: State, query: Query, by: Sequence[Group], summed: str | None, days: Sequence[dt.date]) -> Tally:
    """Return what `Catalog.tally` promises."""
    names = [group.column for group in by]
    seen = _on_days(state, query, days, STALE in names) if days else _on_a_day(state, query)
    return reduce(_together, [_counted(each, by, summed, max(len(days), 1)) for each in seen], _nothing(days))


def _nothing(days: Sequence[dt.date]) -> Tally:
    number = max(len(days), 1)
    return Tally([], np.zeros((0, number), np.int64), np.zeros((0, number)), np.zeros(number, np.int64))


def _on_a_day(state: State, query: Query) -> list[_Seen]:
    matches = state.matches(Query(filter=query.filter, as_of=query.as_of))
    return [_Seen(each.table, each.rows, query.as_of) for each in matches]


def _on_days(state: State, query: Query, days: Sequence[dt.date], by_staleness: bool) -> list[_Seen]:
    """Look up what no day changes, and ask the rest of each spell of these records."""
    parts = query.filter.parts if isinstance(query.filter, And) else (query.filter,)
    fixed = And(tuple(part for part in parts if not is_dated(part)))
    dated = And(tuple(part for part in parts if is_dated(part)))
    by_staleness |= may_ask_for_staleness(dated)
    return [_spelt(each, dated, days, by_staleness) for each in state.matches(Query(filter=fixed))]


def _spelt(matches: Matches, dated: And, days: Sequence[dt.date], by_staleness: bool) -> _Seen:
    spells = Spells(matches.table, matches.rows, days, by_staleness=by_staleness)
    if dated.parts:
        spells.choose(Selection(spells, dated, dt.date.max).among(spells.rows))
    return _Seen(spells, spells.rows, dt.date.max, (spells.first, spells.until))


def _counted(seen: _Seen, by: Sequence[Group], summed: str | None, number: int) -> Tally:
    """Count the records of one layer on so many days."""
    of, columns = _columns(seen, by)
    keys, sizes = _keys(columns, len(of)), [len(each.known) for each in columns]
    used, keys = _used(keys, int(np.prod(sizes, dtype=object)))
    if len(used) * number > MOST_NUMBERS:
        raise InvalidQuery("by", "groups-too-many", count=len(used), most=MOST_NUMBERS // number)
    amounts = None if summed is None else _numbers(seen, summed)[of]
    spans = None if seen.spans is None else (seen.spans[0][of], seen.spans[1][of])
    matched = _added(np.zeros(len(seen.rows), np.int64), 1, number, seen.spans, None)[0].astype(np.int64)
    return Tally(
        _named(columns, used, sizes),
        _added(keys, len(used), number, spans, None).astype(np.int64),
        np.zeros((len(used), number)) if amounts is None else _added(keys, len(used), number, spans, amounts),
        matched,
    )


def _columns(seen: _Seen, by: Sequence[Group]) -> tuple[Array, list[_Values]]:
    """Return what records have of each column; one that holds several of something is there once for each."""
    of, columns = np.arange(len(seen.rows)), list[_Values]()
    for group in by:
        if PROJECTS[group.column].kind == "ids":
            again, found = _several(seen, group.column, of)
            of = of[again]
            columns = [_Values(each.known, each.places[again]) for each in columns]
        else:
            found = _one(seen, group)
            found = found if len(of) == len(seen.rows) else _Values(found.known, found.places[of])
        columns.append(found)
    return of, columns


def _one(seen: _Seen, group: Group) -> _Values:
    ranks, distinct = _ranks(seen, group.column), _distinct(seen.table, group.column)
    kind = PROJECTS[group.column].kind
    if group.edges:
        return _spanned(ranks, np.searchsorted(group.edges, np.asarray(distinct, float), side="right"))
    if kind in ("date", "time"):
        return _spanned(ranks, _years(distinct))
    return _Values([None, *_plain(distinct)], ranks + 1)


def _plain(distinct: Sequence[Any]) -> list[Any]:
    return shown(distinct, np.arange(len(distinct)))


def _spanned(ranks: Array, numbers: Array) -> _Values:
    """Return what stands for each value, which is the same for several of them."""
    known, places = np.unique(numbers, return_inverse=True)
    return _Values([None, *known.tolist()], np.append(places + 1, 0)[ranks])  # the rank -1 finds the last one


def _years(distinct: Sequence[Any]) -> Array:
    """Return the years of dates, which are their first four digits."""
    assert isinstance(distinct, Texts)
    digits = np.asarray(distinct.data)[distinct.offsets[:-1, None] + np.arange(4)] - ord("0")
    return np.asarray(digits.astype(np.int64) @ np.array([1000, 100, 10, 1]))


def _several(seen: _Seen, name: str, of: Array) -> tuple[Array, _Values]:
    """Return which of `of` are there again and again, and what they hold; one that holds nothing is there once."""
    begins, places = places_of(seen.table, seen.rows[of], name)
    counts = np.diff(begins)
    again = np.repeat(np.arange(len(of)), np.maximum(counts, 1))
    coded = seen.table.block.coded(name)
    ranks = np.full(len(again), -1, dtype=np.int64)
    ranks[(counts > 0)[again]] = coded.ranks[places]
    return again, _Values([None, *_plain(coded.distinct)], ranks + 1)


def _ranks(seen: _Seen, name: str) -> Array:
    is_whole = seen.spans is None and len(seen.rows) == len(seen.table)
    found = seen.table.column(name, seen.on).ranks if is_whole else seen.table.ranks(name, seen.rows, seen.on)
    return found.astype(np.int64)


def _distinct(table: Table, name: str) -> Sequence[Any]:
    return (False, True) if name == STALE else table.block.coded(name).distinct


def _numbers(seen: _Seen, name: str) -> Array:
    """Return the numbers of a column, 0 where there is none."""
    return np.append(np.asarray(_distinct(seen.table, name), dtype=float), 0)[_ranks(seen, name)]


def _keys(columns: Sequence[_Values], number: int) -> Array:
    """Return a number for what each record has in all columns together."""
    keys = np.zeros(number, dtype=np.int64)
    for column in columns:
        keys = keys * len(column.known) + column.places
    return keys


def _used(keys: Array, size: int) -> tuple[Array, Array]:
    """Return the keys that there are, rising, and the place of each record's among them; there may be `size`."""
    if size > np.iinfo(np.int64).max:
        raise InvalidQuery("by", "groups-too-many", count=size, most=MOST_NUMBERS)
    if size > _LISTED:
        return np.unique(keys, return_inverse=True)
    is_there = np.zeros(size, dtype=bool)
    is_there[keys] = True
    return np.flatnonzero(is_there), (np.cumsum(is_there) - 1)[keys]


def _named(columns: Sequence[_Values], used: Array, sizes: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return the values that keys stand for."""
    found: list[list[Any]] = []
    for column, size in zip(reversed(columns), reversed(sizes), strict=True):
        found.append([column.known[place] for place in (used % size).tolist()])
        used = used // size
    return list(zip(*reversed(found), strict=True)) if found else [()] * len(used)


def _added(keys: Array, size: int, number: int, spans: tuple[Array, Array] | None, amounts: Array | None) -> Array:
    """Return for each key and day how many there are, or what their amounts add up to."""
    if spans is None:
        return np.bincount(keys, amounts, size)[:, None]
    width = number + 1
    begun, over = (np.bincount(keys * width + at, amounts, size * width) for at in spans)
    return np.cumsum((begun - over).reshape(size, width), axis=1)[:, :number]


def _together(one: Tally, other: Tally) -> Tally:
    """Return what two layers have together."""
    if not one.values:
        return other._replace(matched=one.matched + other.matched)
    values = list(dict.fromkeys([*one.values, *other.values]))
    place = {value: at for at, value in enumerate(values)}
    counts = np.zeros((len(values), one.counts.shape[1]), np.int64)
    sums = np.zeros(counts.shape)
    for each in (one, other):
        at = [place[value] for value in each.values]
        counts[at] += each.counts
        sums[at] += each.sums
    return Tally(values, counts, sums, one.matched + other.matched)
