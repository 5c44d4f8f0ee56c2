"""Features as bytes, the same as every catalog gives: put together of the pieces that the tables hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from psycopg import Connection

from geo.columns import PROJECTS
from geo.indexed import marked, members
from geo.postgis.answering.order import marked as plain
from geo.postgis.asking.rows import Rows
from geo.postgis.asking.sql import Sql, listed, sql
from geo.postgis.tables import shard_of

BETWEEN = b",\n"  # stands between features, which are a list's inside when they are put together
_DATED = tuple(name for name in PROJECTS.dated if name != "status_stale")


def shown_columns(rows: Rows) -> Sql:
    """Return what has to be selected of rows to show them, besides the pieces of their features."""
    stale = rows.is_stale()
    if rows.as_of is None:
        return sql("{} AS is_stale", stale)
    return listed([sql("{} AS is_stale", stale), *(sql(f"{{}} AS {name}", rows.column(name)) for name in _DATED)])


def shown_names(rows: Rows) -> list[str]:
    """Return what these are called."""
    return ["is_stale"] if rows.as_of is None else ["is_stale", *_DATED]


def feature(rows: Rows, shown: Sequence[Any], pieces: Sequence[bytes]) -> bytes:
    """Return a feature: from what was selected to show it, and its pieces (head, dated properties of today, tail)."""
    is_stale, *values = shown
    head, today, tail = pieces
    if rows.as_of is None:
        return head + marked(today, is_stale=is_stale) + tail
    dated = dict(zip(_DATED, map(plain, values), strict=True)) | {"status_stale": is_stale}
    return head + members({name: dated[name] for name in PROJECTS.dated}) + tail


def features_of(connection: Connection[Any], ids: Collection[str]) -> dict[str, bytes]:
    """Return the features of current records as they are today, by their ids."""
    rows, shards = Rows(), sorted({shard_of(each) for each in ids})
    found = sql(_FEATURES, shown_columns(rows), shards, sorted(ids)).run_in_bytes(connection)
    return {record_id: feature(rows, [is_stale], pieces) for record_id, is_stale, *pieces in found}


_FEATURES = """
SELECT r.id, {}, f.head, f.today, f.tail FROM catalog_records AS r
JOIN catalog_features AS f ON f.shard = r.shard AND f.id = r.id
WHERE r.shard = ANY({}::text[]) AND r.id = ANY({}::text[])
"""
