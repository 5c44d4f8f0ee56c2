"""Between which edges and days all records lie: the first and the last entries of indexes, however many there are."""

from __future__ import annotations

import datetime as dt
from typing import Any

from psycopg import Connection

from geo.postgis.asking.sql import Sql
from geo.postgis.tables import EDGES

Extent = tuple[list[float], list[str | None]]

_WORLD = [-180.0, -90.0, 180.0, 90.0]


def _outermost(name: str, direction: str) -> str:
    """Return the edge of the outermost area that a record has; OFFSET keeps PostgreSQL from looking at all records.

    Areas stay where no record has them any more: these are passed by, from the edge on.
    """
    edge = EDGES[name]
    return (
        f"(SELECT {edge} FROM catalog_areas AS a WHERE EXISTS "  # noqa: S608
        f"(SELECT FROM catalog_records AS r WHERE r.area = a.area OFFSET 0) ORDER BY {edge} {direction} LIMIT 1)"
    )


_OF_ALL = f"""
SELECT least(min(x), {_outermost("west", "ASC")}), least(min(y), {_outermost("south", "ASC")}),
greatest(max(x), {_outermost("east", "DESC")}), greatest(max(y), {_outermost("north", "DESC")}),
min(first_day), max(last_day) FROM catalog_records
"""  # noqa: S608


def of_all(connection: Connection[Any]) -> Extent:
    """Return [west, south, east, north] of all geometries, and the instants between which all events lie."""
    [(*box, first, last)] = Sql(_OF_ALL).run(connection).fetchall()
    box = _WORLD if None in box else box
    if first is None:
        return box, [None, None]
    return box, [f"{dt.date.fromordinal(first)}T00:00:00Z", f"{dt.date.fromordinal(last)}T23:59:59Z"]
