"""One record as it is answered, by its id."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from geo.catalog import Record
from geo.postgis.answering.features import feature
from geo.postgis.asking.rows import Rows
from geo.postgis.asking.sql import Sql, sql
from geo.postgis.tables import shard_of

_INCOMING = "SELECT type, id FROM catalog_links WHERE target = {}"
_RECORD = f"""
SELECT l.types, l.ids, r.revision::integer, {{}}, f.head, f.today, f.tail FROM catalog_records r
JOIN catalog_features f ON f.shard = r.shard AND f.id = r.id CROSS JOIN (
SELECT array_agg(type) AS types, array_agg(id) AS ids FROM ({_INCOMING}) AS links
) AS l WHERE r.shard = {{}} AND r.id = {{}}
"""  # noqa: S608


def asked(record_id: str) -> Sql:
    """Return the statement that reads a current record, with the links to it."""
    return sql(_RECORD, Rows().is_stale(), record_id, shard_of(record_id), record_id)


def found(record_id: str, row: tuple[Any, ...]) -> Record:
    """Return the record of a row that was asked for."""
    types, ids, revision, is_stale, *pieces = row
    return Record(
        record_id, revision, feature(Rows(), [is_stale], pieces), sorted(zip(types or (), ids or (), strict=True))
    )


def incoming(connection: Connection[Any], record_id: str) -> list[tuple[str, str]]:
    """Return (type, id) of every current record that links to this one."""
    return sorted(sql(_INCOMING, record_id).run(connection))
