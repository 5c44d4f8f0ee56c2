"""Which records stand beside one: near it on the ground, of the same parties, and before and after it in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from psycopg import Connection

from geo.answers.around import MOST_OF_A_PARTY, PLACED, boxes_around, distance_km
from geo.errors import NotFound
from geo.postgis.asking.sql import Sql, all_of, any_of, sql
from geo.postgis.tables import shard_of

_FIRST_LOOKS = (64, 8, 1)  # the nearest few are looked for within such a part of the distance first


def around(point: Sequence[float], km: float) -> Sql:
    """Return what is true of records whose place is known to at least a locality and may be within a distance.

    Of all that are, and of some that are farther.
    """
    parts = [sql(_ENVELOPE, *part) for box in boxes_around(point, km) for part in box.parts()]
    areas = sql("SELECT area FROM catalog_areas WHERE {}", any_of(sql("geom && {}", part) for part in parts))
    places = [*(sql("r.place && {}", part) for part in parts), sql("r.area = ANY(ARRAY({}))", areas)]
    return all_of(
        [sql("r.location_accuracy = ANY({}::text[])", list(PLACED)), Sql("r.lon IS NOT NULL"), any_of(places)]
    )


_ENVELOPE = "ST_MakeEnvelope({}::float8, {}::float8, {}::float8, {}::float8, 4326)"


def near(connection: Connection[Any], record_id: str, km: float, limit: int) -> list[tuple[float, str]]:
    """Return what `Catalog.near` promises."""
    country, accuracy, *point = _here(connection, record_id, "country, location_accuracy, lon, lat")
    found: list[tuple[float, str]] = []
    for part in _FIRST_LOOKS if accuracy in PLACED and None not in point else ():
        others = all_of([sql("r.id <> {}", record_id), sql("r.country = {}", country), around(point, km / part)])
        found = _nearest(connection, others, point, km / part, limit)
        if len(found) >= limit:
            break
    return found


def _here(connection: Connection[Any], record_id: str, columns: str) -> tuple[Any, ...]:
    asked = f"SELECT {columns} FROM catalog_records AS here WHERE shard = {{}} AND id = {{}}"  # noqa: S608
    found: tuple[Any, ...] | None = sql(asked, shard_of(record_id), record_id).run(connection).fetchone()
    if found is None:
        raise NotFound(record_id)
    return found


def _nearest(
    connection: Connection[Any], others: Sql, point: Sequence[float], km: float, limit: int
) -> list[tuple[float, str]]:
    """Return the nearest of some records, picked by the database and measured as everywhere."""
    lon, lat = point
    rows = sql(_NEAREST, lat, lat, lon, others, limit).run(connection).fetchall()
    far = distance_km(point, np.array([row[1:] for row in rows]).reshape(-1, 2)).tolist()
    return sorted((each, row[0]) for each, row in zip(far, rows, strict=True) if each <= km)


_NEAREST = """
SELECT r.id, r.lon, r.lat FROM catalog_records AS r CROSS JOIN LATERAL (SELECT least(1, sin(radians(lat - {}) / 2) ^ 2
  + cos(radians({})) * cos(radians(lat)) * sin(radians(lon - {}) / 2) ^ 2) AS half) AS measured
WHERE {} ORDER BY half, r.id LIMIT {}
"""


def of_the_same_parties(connection: Connection[Any], record_id: str, limit: int) -> list[str]:
    """Return what `Catalog.of_the_same_parties` promises."""
    [parties] = _here(connection, record_id, "owner")
    return [each for (each,) in sql(_SHARING, parties, MOST_OF_A_PARTY, record_id, limit).run(connection)]


# Without OFFSET all ids could be gone through in their order for a party that hardly any record has.
_SHARING = """
SELECT id FROM unnest({}::text[]) AS party CROSS JOIN LATERAL
  (SELECT id FROM (SELECT id FROM catalog_records WHERE owner @> ARRAY[party] OFFSET 0) AS every
   ORDER BY id LIMIT {}) AS theirs
WHERE id <> {} GROUP BY id ORDER BY count(*) DESC, id LIMIT {}
"""


def adjacent(connection: Connection[Any], record_id: str) -> tuple[str | None, str | None]:
    """Return what `Catalog.adjacent` promises."""
    before, after = _here(connection, record_id, _ADJACENT)
    return before, after


_OF_THE_SAME = "SELECT id FROM catalog_records WHERE country = here.country AND kind = here.kind AND id"
_ADJACENT = f"({_OF_THE_SAME} < here.id ORDER BY id DESC LIMIT 1), ({_OF_THE_SAME} > here.id ORDER BY id LIMIT 1)"
