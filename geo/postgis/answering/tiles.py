"""What lies on a tile of the map, from the tables of PostGIS at one moment.

Of all records as they are known today the clusters are kept (`geo/postgis/cells.py`), so that a tile is looked up. Of
any other question they are counted from the records that it means, in the same squares.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from psycopg import Connection

from geo.filter import EVERYTHING
from geo.ground.tiles import EXTENT, Tile
from geo.postgis.asking.selection import Selection
from geo.postgis.asking.sql import Sql, listed, sql
from geo.postgis.cells import COLUMNS, cells_from
from geo.postgis.tables import ACROSS, COUNTRY_WIDE, OUTLINED
from geo.query import Query
from geo.rowwise import area
from geo.tiles.cells import GROUPS, STEPS, Ranks
from geo.tiles.content import (
    COUNTRIES_ZOOM,
    FOOTPRINTS_ZOOM,
    LEAST_FOOTPRINT,
    MOST_FOOTPRINTS,
    NOTHING,
    PROPERTIES,
    Content,
    Shown,
    most_apart,
)
from geo.tiles.grid import BITS, box_of, level_of, span_of


class TileAsked:
    """A tile of the records that a question means."""

    def __init__(self, connection: Connection[Any], query: Query, selection: Selection, tile: Tile) -> None:
        self._connection, self._rows, self._where = connection, selection.rows, selection.where
        self._source = selection.rows.source(of=Sql("r.spot"))  # every statement here asks the records, too
        self.tile, self.level = tile, level_of(tile)
        self._is_everything = query.filter == EVERYTHING and query.as_of is None

    def content(self) -> Content:
        """Return all that the tile shows."""
        clusters, alone = (
            sql("WITH {} SELECT * FROM {}", self.points, Sql(name)).run(self._connection).fetchall()
            for name in ("clusters", "alone")
        )
        return self.areas()._replace(clusters=cells_from(sorted(clusters)), records=_shown(alone))

    def areas(self) -> Content:
        """Return what it shows besides points."""
        return Content(
            footprints=self._footprints() if self.tile.zoom >= FOOTPRINTS_ZOOM else NOTHING,
            countries=self._countries() if self.tile.zoom <= COUNTRIES_ZOOM else {},
        )

    @property
    def points(self) -> Sql:
        """The clusters as `cells.COLUMNS`, and records `alone`: by their properties, ids on a tile and places."""
        low, high = span_of(self.tile, self.level)
        shift, most = 2 * (BITS - self.level), most_apart(self.tile.zoom)
        if self._is_everything:
            return sql(_KEPT, self.level, low, high, most, self._properties, low, high - 1, shift, shift, most)
        known = [self._rows.column(name) for name in _COUNTED_BY]
        meant = sql(_MEANT, *known, self._source, low << shift, high << shift, self._where)
        return sql(_COUNTED, meant, shift, most, self._properties, shift, (high - low) * most, self._source)

    @property
    def _properties(self) -> Sql:
        return listed(self._rows.column(name) for name in PROPERTIES)

    @property
    def outlines(self) -> Sql:
        """Outlines that can be seen and of which the bounds meet the tile, by their names in `catalog_areas`."""
        least = 360 / 2**self.tile.zoom * LEAST_FOOTPRINT / EXTENT
        return sql(_OUTLINES, *box_of(self.tile), least)

    def _footprints(self) -> Shown:
        """Return the records whose footprints can be seen, at most so many."""
        tile = area(*box_of(self.tile))
        found = {bytes(name): bytes(wkb) for name, wkb in self.outlines.run(self._connection)}
        met = {name: wkb for name, wkb in found.items() if shapely.from_wkb(wkb).intersects(tile)}
        asked = sql(_OUTLINED, self._properties, self._source, list(met), self._where, MOST_FOOTPRINTS)
        rows = asked.run(self._connection).fetchall() if met else []
        return Shown(_columns([row[:-1] for row in rows]), [met[bytes(row[-1])] for row in rows])

    def _countries(self) -> dict[str, Ranks]:
        """Return how many records of each group there are of which only the country is known."""
        asked = Sql(_COUNTRIES) if self._is_everything else self._counted_countries()
        found: dict[str, Ranks] = {}
        for country, group, size in asked.run(self._connection):
            if group in GROUPS:
                found.setdefault(country, np.zeros(len(GROUPS), dtype=np.int64))[GROUPS.index(group)] = size
        return found

    def _counted_countries(self) -> Sql:
        group = self._rows.column("status_group")
        return sql(_COUNTED_COUNTRIES, group, self._source, self._where)


# A limit that is never reached tells PostgreSQL how few records there are: it would read all of them.
_KEPT = f"""
clusters AS MATERIALIZED (
    SELECT {", ".join(COLUMNS)} FROM catalog_cells WHERE level = {{}} AND code >= {{}} AND code < {{}} AND size > {{}}
),
alone AS MATERIALIZED (
    SELECT {{}}, r.mvt_id, r.lon, r.lat FROM generate_series({{}}::bigint, {{}}::bigint) AS cell (code)
    CROSS JOIN LATERAL (
        SELECT * FROM catalog_records WHERE spot >= cell.code << {{}} AND spot < cell.code + 1 << {{}} LIMIT {{}}
    ) AS r
    WHERE cell.code NOT IN (SELECT code FROM clusters)
)
"""  # noqa: S608
_COUNTED_BY = ("status_group", "capacity_measure", "capacity_basis", "capacity")
_MEANT = """
SELECT r.shard, r.id, r.spot, r.lon, r.lat, {}, {}, {}, {} FROM {} WHERE r.spot >= {} AND r.spot < {} AND {}
"""
_GROUPS = ", ".join(f"'{group}', coalesce(sum(size) FILTER (WHERE status_group = '{group}'), 0)" for group in GROUPS)
_COUNTED = f"""
meant AS MATERIALIZED ({{}}),
counted AS (
    SELECT spot >> {{}} AS code, status_group, capacity_measure, capacity_basis, count(*) AS size,
    sum(round(lon * {STEPS})) AS lon, sum(round(lat * {STEPS})) AS lat,
    min(lon) AS west, min(lat) AS south, max(lon) AS east, max(lat) AS north, coalesce(sum(capacity), 0) AS capacity
    FROM meant GROUP BY 1, 2, 3, 4
),
clusters AS MATERIALIZED (
    SELECT code, sum(size)::integer AS size, sum(lon)::bigint AS lon, sum(lat)::bigint AS lat,
    min(west) AS west, min(south) AS south, max(east) AS east, max(north) AS north,
    jsonb_build_object({_GROUPS}) AS groups,
    coalesce(jsonb_object_agg(capacity_measure || '_' || status_group || '_' || capacity_basis, capacity)
    FILTER (WHERE capacity_measure IS NOT NULL AND capacity_basis IS NOT NULL), '{{{{}}}}') AS sums
    FROM counted GROUP BY code HAVING sum(size) > {{}}
),
alone AS MATERIALIZED (
    SELECT {{}}, r.mvt_id, r.lon, r.lat FROM (
        SELECT shard, id FROM meant WHERE spot >> {{}} NOT IN (SELECT code FROM clusters) LIMIT {{}}
    ) AS few, {{}} WHERE r.shard = few.shard AND r.id = few.id
)
"""  # noqa: S608
_OUTLINES = f"""
SELECT area, ST_AsBinary(geom) FROM catalog_areas
WHERE geom && ST_MakeEnvelope({{}}::float8, {{}}::float8, {{}}::float8, {{}}::float8, 4326) AND {ACROSS} >= {{}}
AND EXISTS (SELECT FROM catalog_records r WHERE r.area = catalog_areas.area AND r.{OUTLINED})
"""  # noqa: S608
_OUTLINED = f"""
SELECT {{}}, r.area FROM {{}} WHERE r.{OUTLINED} AND r.area = ANY({{}}::bytea[]) AND {{}} ORDER BY r.id LIMIT {{}}
"""  # noqa: S608
_COUNTRIES = "SELECT country, status_group, size FROM catalog_countries ORDER BY country"
_COUNTED_COUNTRIES = f"""
SELECT r.country, {{}} AS status_group, count(*) FROM {{}} WHERE r.{COUNTRY_WIDE} AND {{}} GROUP BY 1, 2 ORDER BY 1
"""  # noqa: S608


def _shown(rows: Sequence[tuple[Any, ...]]) -> Shown:
    return Shown(_columns([row[:-3] for row in rows]), [row[-2:] for row in rows])


def _columns(rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    columns = zip(*rows, strict=True) if rows else [()] * len(PROPERTIES)
    return {name: list(values) for name, values in zip(PROPERTIES, columns, strict=True)}
