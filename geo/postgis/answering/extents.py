"""Between which edges and days all records lie."""

from __future__ import annotations

import datetime as dt
from typing import Any

from psycopg import Connection

from geo.postgis.asking.sql import Sql

Extent = tuple[list[float], list[str | None]]

_WORLD = [-180.0, -90.0, 180.0, 90.0]
_OF_ALL = """
SELECT least(min(x), a.west), least(min(y), a.south), greatest(max(x), a.east), greatest(max(y), a.north),
min(first_day), max(last_day) FROM catalog_records CROSS JOIN (
SELECT min(ST_XMin(geom)) AS west, min(ST_YMin(geom)) AS south, max(ST_XMax(geom)) AS east, max(ST_YMax(geom)) AS north
FROM catalog_areas WHERE area IN (SELECT area FROM catalog_records WHERE area IS NOT NULL)
) AS a GROUP BY a.west, a.south, a.east, a.north
"""


def of_all(connection: Connection[Any]) -> Extent:
    """Return [west, south, east, north] of all geometries, and the instants between which all events lie."""
    found = Sql(_OF_ALL).run(connection).fetchone()
    if found is None:
        return _WORLD, [None, None]
    *box, first, last = found
    box = _WORLD if None in box else box
    if first is None:
        return box, [None, None]
    return box, [f"{dt.date.fromordinal(first)}T00:00:00Z", f"{dt.date.fromordinal(last)}T23:59:59Z"]
