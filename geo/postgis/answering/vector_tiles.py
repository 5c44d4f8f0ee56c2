"""Tiles that PostGIS encodes: points by ST_AsMVT, where the records are; areas are encoded as for any catalog."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from geo.ground.tiles import EXTENT, MOST_LATITUDE, Tile
from geo.postgis.answering.tiles import TileAsked
from geo.postgis.asking.sql import Sql, sql
from geo.tiles.cells import STEPS
from geo.tiles.content import CLUSTERS, EDGES, PROPERTIES, RECORDS
from geo.tiles.encoding import as_mvt
from geo.tiles.features import DIGITS, EARTH_KM, MOST_STRETCHED, PIXELS, features_of


def vector_tile(connection: Connection[Any], asked: TileAsked, below: str) -> bytes:
    """Return a tile as `Catalog.vector_tile` does."""
    areas = features_of(asked.areas(), asked.tile, below.__add__)
    return as_mvt(areas, asked.tile) + _points(connection, asked, below)


def _points(connection: Connection[Any], asked: TileAsked, below: str) -> bytes:
    first = 1 << (2 * asked.level)  # as `features_of` has it
    clusters = sql(_CLUSTERS, first, _unit(_MIDDLE, asked.tile))
    records = sql(_RECORDS, below, _unit(Sql("lon, lat"), asked.tile))
    row = sql(_TILE, asked.points, clusters, records).run(connection).fetchone()
    return b"" if row is None else bytes(row[0])


def _unit(place: Sql, tile: Tile) -> Sql:
    """Return a place in degrees as the whole unit of a tile in which it is, as `geo/tiles/encoding.py` reckons it."""
    axes = [sql(_UNIT, Sql(world), 2.0**tile.zoom, float(start)) for world, start in zip(_WORLD, tile[1:], strict=True)]
    return sql("(SELECT ST_MakePoint({}, {}) FROM (SELECT {}) AS place (lon, lat))", *axes, place)


_MIDDLE = Sql(f"lon::float8 / size / {STEPS}, lat::float8 / size / {STEPS}")
# As `geo/ground/tiles.py` reckons it.
_LATITUDE = f"radians(greatest(-{MOST_LATITUDE}, least({MOST_LATITUDE}, place.lat)))"
_WORLD = ("place.lon / 360 + 0.5", f"0.5 - ln(tan(pi() / 4 + {_LATITUDE} / 2)) / (2 * pi())")
_UNIT = f"least({EXTENT - 1}, greatest(0, floor((({{}}) * {{}}::float8 - {{}}::float8) * {EXTENT})))"
_CLUSTERS = f"""
SELECT {{}}::bigint | code AS number, size AS point_count, {", ".join(EDGES)},
groups || coalesce((SELECT jsonb_object_agg(key, round(value::numeric, {DIGITS})) FROM jsonb_each(sums)), '{{{{}}}}')
AS told, {{}} AS place FROM clusters ORDER BY code
"""  # noqa: S608
_RADIUS = f"""
CASE WHEN location_radius_km > 0 AND abs(lat) <= {MOST_STRETCHED}
THEN round((location_radius_km / {EARTH_KM}::float8 * {PIXELS} / cos(radians(lat)))::numeric, 4)::float8 END
"""
_RECORDS = f"""
SELECT mvt_id, {", ".join(PROPERTIES)}, {_RADIUS} AS radius_at_zoom_0, {{}}::text || id AS address, {{}} AS place
FROM alone
"""  # noqa: S608
_TILE = f"""
WITH {{}}
SELECT coalesce((SELECT ST_AsMVT(shown, '{CLUSTERS}', {EXTENT}, 'place', 'number') FROM ({{}}) AS shown), '')
|| coalesce((SELECT ST_AsMVT(shown, '{RECORDS}', {EXTENT}, 'place', 'mvt_id') FROM ({{}}) AS shown), '')
"""  # noqa: S608
