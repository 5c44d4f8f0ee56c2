"""Very many records in the tables of PostGIS: some made up, and copies of them by SQL that differ in what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from made_up import made_up_features

from geo.curated.organisations import Organisations
from geo.postgis import indexing, tables
from geo.records.project import Project
from geo.store import Revision

MADE = 2_000
_TIME = "2026-01-01T00:00:00.000Z"
_X, _Y = "least(180, t.x + n * 0.013)", "t.y * (1 - n * 0.003)"
_UPDATED = "timestamp '2026-01-01' + n * interval '7 hours' + t.sequence * interval '1 second'"
# What is another one in each copy: so many different names, places and times as so many records have.
_DIFFERENT = {
    "name": "t.name || ' ' || n",
    "x": _X,
    "y": _Y,
    "place": f"ST_SetSRID(ST_MakePoint({_X}, {_Y}), 4326)",
    "words": "t.words || ('copy' || n)",
    "updated": f"""to_char({_UPDATED}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')""",
    "operator": "CASE WHEN mod(n, 3) = 0 THEN t.operator || ' ' || n ELSE t.operator END",
}
_SHARED = """
INSERT INTO catalog_words SELECT DISTINCT unnest(words) FROM catalog_records ON CONFLICT DO NOTHING;
INSERT INTO catalog_texts SELECT DISTINCT name, lower(name), name, lower(name), lower(name) FROM catalog_records
ON CONFLICT DO NOTHING;
"""


def fill(address: str, number: int) -> None:
    """Make so many records; the places of the copies differ, their events are those of what they are copies of."""
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in tables.layout():
            connection.execute(statement.encode())
        with connection.transaction():
            indexing.write(connection, _revisions(), lambda: Organisations([]))
        for table in tables.OF_RECORDS:
            connection.execute(_copies_of(table).encode(), [number // MADE - 1])
        connection.execute(_SHARED)
        for statement in tables.indexes():
            connection.execute(statement.encode())
        connection.execute("VACUUM ANALYZE")


def _revisions() -> Iterator[Revision]:
    for number, feature in enumerate(made_up_features(MADE, seed=11), 1):
        project = Project.from_feature(feature)
        yield Revision(number, feature["id"], 1, "create", "test", None, _TIME, _TIME, project)


def _copies_of(table: str) -> str:
    different: dict[str, Any] = _DIFFERENT if table == "catalog_records" else {}
    values = {"id": "t.id || '-' || n", **different}
    names = ("shard", "id", *tables.columns_of(table))
    wanted = ", ".join(values.get(name, f"t.{name}") for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {wanted} FROM {table} t, generate_series(1, %s) AS n"  # noqa: S608
