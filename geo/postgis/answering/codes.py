"""Columns of matching records as numbers, for whoever counts them in other ways than `tally`: by arrays, not rows.

One statement brings all of them, each as one array, so that they are in one order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from psycopg import Connection

from geo.catalog import Codes
from geo.columns import PROJECTS, Column
from geo.postgis.answering.columns import fetched, source_of, value_of
from geo.postgis.asking.rows import Rows
from geo.postgis.asking.selection import Selection
from geo.postgis.asking.sql import Sql, listed, sql

Array = npt.NDArray[Any]


class _Asked(NamedTuple):
    """A column as one array, of several values as two: what is selected, and what has to be joined for that."""

    column: Column
    selected: list[Sql]
    joined: Sql = Sql("")


def codes(connection: Connection[Any], meant: Selection, names: Iterable[str]) -> dict[str, Codes]:
    """Return columns of all matching records as numbers."""
    asked = [_asked(PROJECTS[name], meant.rows) for name in dict.fromkeys(names)]
    if not asked:
        return {}
    selected = listed(part for each in asked for part in each.selected)
    joined = listed((each.joined for each in asked), " ")
    [row] = fetched(connection, sql("SELECT {} FROM {} {} WHERE {}", selected, source_of(meant), joined, meant.where))
    found = iter(row)
    return {each.column.name: _read(each.column, [next(found) for _ in each.selected]) for each in asked}


def _asked(column: Column, rows: Rows) -> _Asked:
    value = value_of(column.name, rows)
    match column.kind:
        case "ids":
            return _Asked(column, [_sent(sql("cardinality({})", value)), sql(_HELD, value, value)])
        case "number" | "integer":
            return _Asked(column, [_sent(sql("coalesce({}, 'NaN')", value))])
        case "flag":
            return _Asked(column, [_sent(sql("{}::integer", value))])
        case _ if column.codes is None:
            return _Asked(column, [sql("array_agg({})", value)])
    known = f"{column.name}_codes"
    joined = f"LEFT JOIN unnest({{}}::text[]) WITH ORDINALITY AS {known} (code, place) ON {known}.code = {{}}"
    return _Asked(column, [_sent(Sql(f"coalesce({known}.place, 0)::integer"))], sql(joined, codes_of(column), value))


_HELD = "string_agg(array_to_string({}, E'\\n'), E'\\n') FILTER (WHERE cardinality({}) > 0)"


def _sent(value: Sql) -> Sql:
    return sql("array_send(array_agg({}))", value)


def codes_of(column: Column) -> list[str]:
    """Return all values of a column of codes in the order in which they sort."""
    return sorted(column.codes or ()) if column.kind == "country" else list(column.codes or ())


def _read(column: Column, found: Sequence[Any]) -> Codes:
    match column.kind:
        case "ids":
            counts, texts = _array(found[0], ">i4"), found[1].split("\n") if found[1] else []
            return Codes(*_ranked(texts, column), np.repeat(np.arange(len(counts)), counts))
        case "number" | "integer":
            return _of_numbers(_array(found[0], ">f8"))
        case "flag":
            return Codes((False, True), _array(found[0], ">i4"))
        case _ if column.codes is None:
            return Codes(*_ranked(found[0] or [], column))
    return Codes(codes_of(column), _array(found[0], ">i4") - 1)


def _of_numbers(numbers: Array) -> Codes:
    there = ~np.isnan(numbers)
    distinct, places = np.unique(numbers[there], return_inverse=True)
    ranks = np.full(len(numbers), -1, np.int64)
    ranks[there] = places
    return Codes(distinct, ranks)  # type: ignore[arg-type]


def _ranked(values: Sequence[str | None], column: Column) -> tuple[Sequence[str], Array]:
    known = sorted({value for value in values if value is not None}) if column.codes is None else codes_of(column)
    rank: dict[str | None, int] = {value: at for at, value in enumerate(known)}
    rank[None] = -1
    return known, np.fromiter(map(rank.__getitem__, values), np.int64, len(values))


def _array(sent: bytes | None, form: str) -> Array:
    """Return the numbers of an array without nulls as PostgreSQL sends it: a head, then each behind its length."""
    if sent is None or len(sent) <= _EMPTY:
        return np.zeros(0, np.dtype(form).newbyteorder("="))
    items = np.frombuffer(sent, np.dtype([("size", ">i4"), ("value", form)]), offset=_HEAD)
    return items["value"].astype(np.dtype(form).newbyteorder("="))


_EMPTY, _HEAD = 12, 20  # bytes
