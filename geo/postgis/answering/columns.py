"""Columns of matching records as plain values, for whoever reads all of them: the map, the pages, the reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice, pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson
from psycopg import Connection

from geo.catalog import Steps
from geo.columns import PROJECTS
from geo.postgis.asking.rows import Rows
from geo.postgis.asking.selection import Selection
from geo.postgis.asking.sql import Sql, listed, sql

_TOGETHER = 500  # rows that are fetched at once: of more Python's collector goes through all that there are


def columns(connection: Connection[Any], meant: Selection, names: Iterable[str]) -> dict[str, list[Any]]:
    """Return columns of all matching records in the order of their ids."""
    asked = {name: _way(name, meant.rows) for name in names}
    if not asked:
        return {}
    selected = listed(each for way in asked.values() for each in way.selected)
    width = sum(len(way.selected) for way in asked.values())
    found = iter(_turned(connection, sql(_COLUMNS, selected, source_of(meant), meant.where), width))
    return {name: way.read(*islice(found, len(way.selected))) for name, way in asked.items()}


# Where no column asks for a footprint, nothing is read of the features: they are left out of the plan.
_COLUMNS = """
SELECT {} FROM {} LEFT JOIN catalog_features AS f ON r.has_footprint AND f.shard = r.shard AND f.id = r.id
WHERE {} ORDER BY r.id
"""


def steps(connection: Connection[Any], meant: Selection, names: Iterable[str]) -> Steps:
    """Return the dated columns of all matching records step by step, in the order of their ids."""
    told = {name: Sql(f"step.{PROJECTS[name].name}") for name in names}
    every = listed([Sql("r.id"), Sql("step.day"), Sql("step.stale_from"), *told.values()])
    asked = sql(_STEPS, every, source_of(meant), meant.where)
    ids, days, stale, *values = _turned(connection, asked, len(told) + 3)
    read = {name: _reader(name)(each) for name, each in zip(told, values, strict=True)}
    return Steps(_starts(ids), np.array(days, np.int32), np.array(stale, np.int32), read)


# The step of day 0 is of what nothing is known of yet.
_STEPS = """
SELECT {} FROM {} JOIN catalog_steps AS step ON step.shard = r.shard AND step.id = r.id AND step.day > 0
WHERE {} ORDER BY r.id, step.day
"""


def _starts(ids: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return where each record's steps begin, of which it has one at least, and where the last one's end."""
    begins = [at for at, (before, each) in enumerate(pairwise(ids), 1) if before != each]
    return np.array([0, *begins, len(ids)] if ids else [0], np.int64)


def source_of(meant: Selection) -> Sql:
    """Return what stands behind FROM: records, and their steps of a day."""
    return meant.rows.source(of=Sql("r.id"))


def _turned(connection: Connection[Any], asked: Sql, width: int) -> list[list[Any]]:
    """Return the columns of a statement, which are so many.

    They are fetched some rows at a time: no longer than one may take does each of these, however many there are.
    """
    columns: list[list[Any]] = [[] for _ in range(width)]
    with connection.cursor("columns", binary=True) as cursor:
        cursor.execute(asked.text.encode(), asked.values)
        while rows := cursor.fetchmany(_TOGETHER):
            for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                column.extend(values)
    return columns


def fetched(connection: Connection[Any], asked: Sql) -> list[tuple[Any, ...]]:
    """Return the rows of a statement, whose numbers come as such and not as texts."""
    return connection.cursor(binary=True).execute(asked.text.encode(), asked.values).fetchall()


def plain(values: Iterable[Any]) -> list[Any]:
    """Return values of which whole numbers have no fraction."""
    return [int(each) if isinstance(each, float) and each.is_integer() else each for each in values]


def value_of(name: str, rows: Rows) -> Sql:
    """Return what a column of the table of columns is in ours; raises KeyError where there is none of this name."""
    return sql("({})", rows.is_stale()) if name == "status_stale" else rows.column(PROJECTS[name].name)


class _Way(NamedTuple):
    """How a column is read: what is selected for it, and what makes its values of that."""

    selected: Sequence[Sql]
    read: Callable[..., list[Any]] = list


def _way(name: str, rows: Rows) -> _Way:
    if name in _ASIDE:
        return _ASIDE[name]
    value = value_of(name, rows)
    if PROJECTS[name].kind == "ids":
        return _Way([sql("array_to_string({}, ' ')", value)], _several)
    return _Way([value], _reader(name))


def _reader(name: str) -> Callable[[Iterable[Any]], list[Any]]:
    """Return what makes the values of a column of those that come: of very many that are no numbers it asks nothing."""
    return plain if PROJECTS[name].kind in ("number", "integer") else list


# Several texts are quicker to send and to read as one: there is no blank in ids, codes, words and dates.
def _several(texts: Sequence[str]) -> list[list[str]]:
    return [text.split(" ") if text else [] for text in texts]


def _points(longitudes: Sequence[float | None], latitudes: Sequence[float | None]) -> list[Any]:
    return [None if lon is None else [lon, lat] for lon, lat in zip(longitudes, latitudes, strict=True)]


def _footprints(features: Sequence[bytes | None]) -> list[Any]:
    return [None if feature is None else orjson.loads(feature)["geometry"] for feature in features]


def _plans(told: Sequence[str], dates: Sequence[str]) -> list[Any]:
    both = zip(told, dates, strict=True)
    return [list(zip(days.split(" "), plans.split(" "), strict=True)) if days else [] for days, plans in both]


_ASIDE = {
    "point": _Way([Sql("r.lon"), Sql("r.lat")], _points),
    "footprint": _Way([Sql("CASE WHEN r.has_footprint THEN f.head || f.today || f.tail END")], _footprints),
    "owners": _Way([Sql("r.owners")]),
    "search": _Way([Sql("array_to_string(r.words, ' ')")], list),
    "plans": _Way([Sql(f"array_to_string(r.plan_{part}, ' ')") for part in ("told", "date")], _plans),
    "begins": _Way([Sql("r.begins")]),
}


def party_names(connection: Connection[Any], ids: Sequence[str]) -> dict[str, str]:
    """Return by which name a record calls each of these parties; of several names the first record's."""
    return dict(connection.execute(_PARTIES, [list(ids)]).fetchall())


_PARTIES = b"""
SELECT party, name FROM unnest(%s::text[]) AS asked (party) CROSS JOIN LATERAL
  (SELECT name FROM catalog_parties AS told WHERE told.party = asked.party ORDER BY id LIMIT 1) AS first
"""
