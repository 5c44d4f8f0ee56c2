"""A page of an answer, and all of it: matching records in the query's order, with their features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from psycopg import Connection

from geo.filter import EVERYTHING
from geo.postgis.answering.features import BETWEEN, feature, shown_columns, shown_names
from geo.postgis.answering.order import Order, marked
from geo.postgis.asking.rows import Rows
from geo.postgis.asking.selection import Selection
from geo.postgis.asking.sql import Sql, listed, sql
from geo.query import Query

_AT_ONCE = 500  # features that are read on the way through a whole answer
# Records that are sorted sooner than looked for in an order: in that of ids, which begin with the country, those of one
# place may stand far on.
_FEW = 20_000

_WITH_FEATURES = """
SELECT {}, f.head, f.today, f.tail FROM ({}) AS k
JOIN catalog_features f ON f.shard = k.shard AND f.id = k.id ORDER BY {}
"""


class Found(NamedTuple):
    """A record of an answer: the mark of a page that ends with it, and its feature."""

    mark: tuple[Any, ...]
    feature: bytes


def first(connection: Connection, query: Query, selection: Selection, number: int, matched: int) -> list[Found]:
    """Return as many of the matching records, which are so many, as there are up to a number, in the query's order.

    They come after its mark. A few of many are sorted: to look for them in an order takes the longer the fewer they
    are, and PostgreSQL does not know beforehand how many they are.
    """
    if not matched:
        return []
    is_few = matched <= _FEW and (query.filter != EVERYTHING or query.as_of is not None)
    found = (_sorted if is_few else _in_order)(query, selection, number)
    return list(_found(_with_features(query, selection, found).run_in_bytes(connection), query, selection.rows))


def together(features: Sequence[bytes]) -> list[bytes | memoryview]:
    """Return features in pieces that make a list when they are put together."""
    return [*(each + BETWEEN for each in features[:-1]), *features[-1:]]


def every(connection: Connection, query: Query, selection: Selection, most: int | None) -> Iterator[bytes]:
    """Yield the features of all matching records after the query's mark, or of so many at most, in order."""
    asked = _with_features(query, selection, _sorted(query, selection, most))
    with connection.cursor("every_feature") as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(asked.text.encode(), asked.values, binary=True)
        yield from (each.feature for each in _found(cursor, query, selection.rows))


def _sorted(query: Query, selection: Selection, number: int | None) -> Sql:
    """Return the statement that takes all that match, and sorts them."""
    order = Order(query, selection.rows)
    found = sql("{} AND {} OFFSET 0", _what(query, selection, order), order.after)
    return _cut(sql("SELECT * FROM ({}) AS found", found), order.by_names(_names(query)), number)


def _in_order(query: Query, selection: Selection, number: int) -> Sql:
    """Return the statement that goes through an order, from the mark on."""
    order = Order(query, selection.rows)
    what = _what(query, selection, order)
    runs = [sql("({})", _cut(sql("{} AND {}", what, run), order.by, number)) for run in order.runs()]
    together = listed(runs, " UNION ALL ")
    if len(runs) == 1:
        return together
    return _cut(sql("SELECT * FROM ({}) AS runs", together), order.by_names(_names(query)), number)


def _what(query: Query, selection: Selection, order: Order) -> Sql:
    keys = [sql(f"{{}} AS {name}", key) for key, name in zip(order.keys, _names(query), strict=False)]
    return selection.select(
        listed([Sql("r.shard"), *keys, sql("{} AS id", selection.rows.id), shown_columns(selection.rows)])
    )


def _cut(found: Sql, by: Sql, number: int | None) -> Sql:
    return sql("{} ORDER BY {}{}", found, by, Sql("") if number is None else sql(" LIMIT {}", number))


def _with_features(query: Query, selection: Selection, found: Sql) -> Sql:
    names = _names(query)
    shown = listed(Sql(f"k.{name}") for name in (*names, *shown_names(selection.rows)))
    by = Order(query, selection.rows).by_names([f"k.{name}" for name in names])
    return sql(_WITH_FEATURES, shown, found, by)


def _names(query: Query) -> list[str]:
    """Return what the sort values and the id are called within a statement."""
    return [*(f"key_{at}" for at in range(len(query.sort))), "id"]


def _found(rows: Any, query: Query, of: Rows) -> Iterator[Found]:
    size = len(query.sort) + 1
    for row in rows:
        mark: Sequence[Any] = row[:size]
        yield Found(tuple(map(marked, mark)), feature(of, row[size:-3], row[-3:]))
