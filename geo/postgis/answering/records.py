"""One record as it is answered, by its id."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from geo.catalog import Record
from geo.postgis.answering.features import feature
from geo.postgis.asking.rows import Rows
from geo.postgis.asking.sql import sql
from geo.postgis.tables import shard_of

_RECORD = """
SELECT r.revision::integer, {}, f.head, f.today, f.tail FROM catalog_records r
JOIN catalog_features f ON f.shard = r.shard AND f.id = r.id WHERE r.shard = {} AND r.id = {}
"""


def found_record(connection: Connection[Any], record_id: str) -> Record | None:
    """Return a current record; None where there is none of this id."""
    rows = Rows()
    found = sql(_RECORD, rows.is_stale(), shard_of(record_id), record_id).run(connection).fetchone()
    if found is None:
        return None
    revision, is_stale, *pieces = found
    return Record(record_id, revision, feature(rows, [is_stale], pieces), incoming(connection, record_id))


def incoming(connection: Connection[Any], record_id: str) -> list[tuple[str, str]]:
    """Return (type, id) of every current record that links to this one."""
    return sorted(sql("SELECT type, id FROM catalog_links WHERE target = {}", record_id).run(connection))
