"""The order of an answer in SQL: what it is sorted by, and which rows come after a page mark.

A missing value comes last in either direction, and ids decide among equals. Page marks are those of every catalog: the
sort values of the last record, codes as their place in the vocabulary, and its id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from geo.columns import PROJECTS, Column
from geo.postgis.asking.operands import number_of
from geo.postgis.asking.rows import Rows
from geo.postgis.asking.sql import Sql, all_of, any_of, listed, sql
from geo.postgis.tables import sort_column
from geo.query import Query

_MOST_RANK = 32_767


class Order:
    """The query's sort over rows."""

    def __init__(self, query: Query, rows: Rows) -> None:
        self._sort = [(PROJECTS[name], ascending) for name, ascending in query.sort]
        self._rows, self._after = rows, query.after

    @property
    def keys(self) -> list[Sql]:
        """What rows are sorted by, their ids apart."""
        return [
            self._rows.id if column.name == "id" else self._rows.column(sort_column(column)) for column, _ in self._sort
        ]

    @property
    def by(self) -> Sql:
        """What stands behind ORDER BY."""
        directed = zip(self.keys, self._sort, strict=True)
        return listed([*(sql(f"{{}} {_direction(*each)}", key) for key, each in directed), self._rows.id])

    def by_names(self, names: Sequence[str]) -> Sql:
        """Return the same where the keys and the id are columns of these names."""
        directed = zip(names, self._sort, strict=False)
        return listed([*(Sql(f"{name} {_direction(*each)}") for name, each in directed), Sql(names[-1])])

    @property
    def after(self) -> Sql:
        """The condition on rows after the page mark."""
        return Sql("true") if self._after is None else self._of_several(self._after)

    def runs(self) -> Iterator[Sql]:
        """Yield conditions on rows after the page mark, one behind the other in the order; each a span of an index.

        A single condition that says the same would make PostgreSQL go through all that comes before.
        """
        if self._after is not None and len(self._sort) == 1:
            yield from self._of_one_column(*self._after)
        else:
            yield self.after

    def _of_one_column(self, value: Any, record_id: str) -> Iterator[Sql]:
        [key], [(column, ascending)] = self.keys, self._sort
        if value is None:
            yield sql("{} IS NULL AND {} > {}", key, self._rows.id, record_id)
            return
        known = _bound(column, value)
        yield sql("{} = {} AND {} > {}", key, known, self._rows.id, record_id)
        yield sql(f"{{}} {'>' if ascending else '<'} {{}}", key, known)
        if column.nullable:
            yield sql("{} IS NULL", key)

    def _of_several(self, after: Sequence[Any]) -> Sql:
        *values, record_id = after
        same, ways = list[Sql](), list[Sql]()
        for key, (column, ascending), value in zip(self.keys, self._sort, values, strict=True):
            if value is not None:
                beyond = sql(f"{{}} {'>' if ascending else '<'} {{}}", key, _bound(column, value))
                ways.append(all_of([*same, any_of([beyond, sql("{} IS NULL", key)])]))
            same.append(sql("{} IS NULL", key) if value is None else sql("{} = {}", key, _bound(column, value)))
        return any_of([*ways, all_of([*same, sql("{} > {}", self._rows.id, record_id)])])


def _direction(column: Column, ascending: bool) -> str:
    """Return the direction of a key, as an index has it; that of the ids is read from either end."""
    return f"{'ASC' if ascending else 'DESC'}{'' if column.name == 'id' else ' NULLS LAST'}"


def _bound(column: Column, value: Any) -> Sql:
    if column.is_ranked:
        return sql("{}::smallint", min(max(value, -1), _MOST_RANK))
    if column.kind in ("number", "integer"):
        return sql("{}::double precision", number_of(value))
    return sql("{}::text", value)


def marked(value: Any) -> Any:
    """Return a sort value as a page mark has it: whole numbers without a fraction."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
