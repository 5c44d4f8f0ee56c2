"""Columns of matching records as plain values, for whoever reads all of them: the map, the pages, the reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from itertools import chain, pairwise
from typing import Any

import numpy as np
import orjson

from geo.catalog import INDEXED, Codes, Steps
from geo.columns import PROJECTS
from geo.memory.changes import Matches
from geo.memory.coded import Coded, codes_of
from geo.memory.merging import united
from geo.memory.rows import Rows, running
from geo.memory.table import Table
from geo.memory.texts import Array


def columns(matches: Sequence[Matches], names: Sequence[str], on: dt.date | None) -> dict[str, list[Any]]:
    """Return columns of all matching records in the order of their ids."""
    parts = [(each.table, each.rows) for each in matches]
    order = _order(parts)
    found = {name: [_values(table, name, rows, on) for table, rows in parts] for name in names}
    return {name: _ordered(list(chain.from_iterable(each)), order) for name, each in found.items()}


def steps(matches: Sequence[Matches], names: Sequence[str]) -> Steps:
    """Return the dated columns of all matching records step by step, in the order of their ids."""
    parts = [(each.table, each.rows) for each in matches]
    order = _order(parts)
    taken = [places_of(table, rows, "step") for table, rows in parts]
    counts = np.concatenate([[], *(np.diff(starts) for starts, _ in taken)]).astype(np.int64)
    lists = [(table, places) for (table, _), (_, places) in zip(parts, taken, strict=True)]
    at = _of_rows(counts, order)
    columns = {name: [t.block.coded(name).values(places) for t, places in lists] for name in names}
    days, stale = (
        np.concatenate([np.zeros(0, np.int32), *(table.block.plain(name)[places] for table, places in lists)])[at]
        for name in ("step_day", "step_stale_from")
    )
    ordered = {name: _ordered(list(chain.from_iterable(each)), at) for name, each in columns.items()}
    if order is not None:
        counts = counts[order]
    return Steps(running(counts), days, stale, ordered)


def codes(matches: Sequence[Matches], names: Sequence[str], on: dt.date | None) -> dict[str, Codes]:
    """Return columns of all matching records as numbers, layer after layer."""
    parts = [(each.table, each.rows) for each in matches]
    return {name: (_codes_of_several if PROJECTS[name].kind == "ids" else _codes)(parts, name, on) for name in names}


def _codes(parts: Sequence[tuple[Table, Rows]], name: str, on: dt.date | None) -> Codes:
    columns = [Coded(table.column(name, on).distinct, table.ranks(name, rows, on)) for table, rows in parts]
    return Codes(*_together(name, columns))


def _codes_of_several(parts: Sequence[tuple[Table, Rows]], name: str, on: dt.date | None) -> Codes:
    found, records, before = list[Coded](), [np.zeros(0, dtype=np.int64)], 0
    for table, rows in parts:
        begins, places = places_of(table, rows, name)
        known = table.block.coded(name)
        found.append(Coded(known.distinct, known.ranks[places]))
        records.append(np.repeat(np.arange(before, before + len(rows)), np.diff(begins)))
        before += len(rows)
    return Codes(*_together(name, found), np.concatenate(records))


def _together(name: str, parts: Sequence[Coded]) -> tuple[Sequence[Any], Array]:
    """Return the values of several layers with ranks among those of all."""
    if not parts:
        return codes_of(name) or (), np.zeros(0, dtype=np.int8)
    first, *others = (part.distinct for part in parts)
    if all(other is first for other in others):  # codes, or there is one layer
        return first, np.concatenate([part.ranks for part in parts])
    distinct, ranks = united(parts)
    return distinct, np.concatenate(ranks)


def places_of(table: Table, rows: Rows, group: str) -> tuple[Array, Array]:
    """Return where what these rows have several of begins among itself, and its places in the table."""
    starts = table.block.starts(group)
    at = rows.astype(np.int64)
    counts = starts[at + 1] - starts[at]
    begins = running(counts)
    return begins, np.repeat(starts[at] - begins[:-1], counts) + np.arange(begins[-1])


def _of_rows(counts: Array, order: Array | None) -> Array | slice:
    """Return the places of the elements of rows that are put into an order, each with so many."""
    if order is None:
        return slice(None)
    begins = running(counts)[:-1][order]
    new = running(counts[order])
    return np.repeat(begins - new[:-1], counts[order]) + np.arange(new[-1])


def _order(parts: Sequence[tuple[Table, Rows]]) -> Array | None:
    """Return how the rows of several tables come into the order of ids; None where they are in it."""
    if sum(len(rows) > 0 for _, rows in parts) < 2:
        return None
    ids = [table.ids[row] for table, rows in parts for row in rows.tolist()]
    return np.array(sorted(range(len(ids)), key=ids.__getitem__))


def _ordered(values: list[Any], order: Array | slice | None) -> list[Any]:
    return values if order is None or isinstance(order, slice) else [values[at] for at in order.tolist()]


def _values(table: Table, name: str, rows: Rows, on: dt.date | None) -> list[Any]:
    if name in _READERS:
        return _READERS[name](table, rows)
    if name not in PROJECTS and name not in INDEXED:
        raise KeyError(name)
    if name in PROJECTS and PROJECTS[name].kind == "ids":
        return _several(table, name, rows)
    if name == "status_stale":
        return list(table.stale(rows, on).tolist())
    return table.values(name, rows, on)


def _several(table: Table, name: str, rows: Rows, group: str | None = None) -> list[list[Any]]:
    """Return the list of each record's values."""
    begins, places = places_of(table, rows, group or name)
    values = table.block.coded(name).values(places)
    return [values[start:end] for start, end in pairwise(begins.tolist())]


def _ids(table: Table, rows: Rows) -> list[Any]:
    return list(table.ids) if len(rows) == len(table) else [table.ids[row] for row in rows.tolist()]


def _points(table: Table, rows: Rows) -> list[Any]:
    pairs = np.column_stack([table.lon[rows], table.lat[rows]])
    return [None if lon != lon else [lon, lat] for lon, lat in pairs.tolist()]


def _footprints(table: Table, rows: Rows) -> list[Any]:
    there = table.block.plain("has_footprint")[rows].tolist()
    return [
        orjson.loads(table.feature(row))["geometry"] if has else None
        for row, has in zip(rows.tolist(), there, strict=True)
    ]


def _plans(table: Table, rows: Rows) -> list[Any]:
    pairs = (_several(table, name, rows, "plan") for name in ("plan_told", "plan_date"))
    return [list(zip(told, dates, strict=True)) for told, dates in zip(*pairs, strict=True)]


_READERS: dict[str, Callable[[Table, Rows], list[Any]]] = {
    "id": _ids,
    "point": _points,
    "footprint": _footprints,
    "plans": _plans,
    "search": lambda table, rows: [" ".join(words) for words in _several(table, "word", rows)],
    "begins": lambda table, rows: table.begins[rows].tolist(),
}
