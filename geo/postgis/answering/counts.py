"""How many matching records there are, and how many of them have which value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from geo.columns import PROJECTS
from geo.postgis.answering.order import marked
from geo.postgis.asking.selection import Selection
from geo.postgis.asking.sql import Sql, listed, sql

# Values that stand together are counted first, by each node of a cluster that is parted.
_COUNTED = """
WITH met AS MATERIALIZED (SELECT {}, count(*) AS number FROM ({}) AS meant GROUP BY {})
SELECT {}, grouping({}), coalesce(sum(number), 0)::bigint FROM met GROUP BY GROUPING SETS ({})
"""

Counted = tuple[int, dict[str, dict[Any, int]]]


def number(connection: Connection, selection: Selection) -> int:
    """Return how many rows are meant."""
    return int(selection.select(Sql("count(*)")).run(connection).fetchall()[0][0])


def counted(connection: Connection, selection: Selection, columns: Sequence[str]) -> Counted:
    """Return how many rows are meant, and for each column how many of them have each value."""
    if not columns:
        return number(connection, selection), {}
    names = [f"value_{at}" for at in range(len(columns))]
    values = listed(sql(f"{{}} AS {name}", _value(selection, each)) for name, each in zip(names, columns, strict=True))
    known, sets = Sql(", ".join(names)), Sql(", ".join(f"({name})" for name in (*names, "")))
    asked = sql(_COUNTED, known, selection.select(values), known, known, known, sets)
    return _read(asked.run(connection).fetchall(), columns)


def _value(selection: Selection, column: str) -> Sql:
    return selection.rows.is_stale() if PROJECTS[column].kind == "flag" else selection.rows.column(column)


def _read(rows: Sequence[tuple[Any, ...]], columns: Sequence[str]) -> Counted:
    total, found = 0, {column: dict[Any, int]() for column in columns}
    of_set = {2 ** len(columns) - 1 - 2 ** (len(columns) - 1 - at): at for at in range(len(columns))}
    for *values, grouping, count in rows:
        at = of_set.get(grouping)
        if at is None:
            total = count
        elif values[at] is not None:
            found[columns[at]][marked(values[at])] = count
    return total, found
