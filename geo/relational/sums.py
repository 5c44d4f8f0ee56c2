"""What a table holds, as one number: the same of all databases that hold the same rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from geo.relational.database import Connection
from geo.relational.tables import ALL, Table

SEVERAL = 500
Values = tuple[Any, ...]


@dataclass
class Sum:
    """How many rows there were so far, and SHA-256 over all their values, in the order of their keys."""

    count: int = 0
    _hash: Any = field(default_factory=hashlib.sha256, repr=False)

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            self._hash.update(orjson.dumps(tuple(row), default=_of_bytes))
            self._hash.update(b"\n")
            self.count += 1

    def said(self) -> list[object]:
        """Return both as JSON has them."""
        return [self.count, self._hash.hexdigest()]


Sums = dict[str, list[object]]


def _of_bytes(value: object) -> list[str]:
    if not isinstance(value, bytes):
        raise TypeError
    return [value.hex()]  # a list, so that no text is taken for it


def pages(connection: Connection, table: Table, until: Sequence[Any] | None = None) -> Iterator[list[Values]]:
    """Yield a table's rows in the order of their keys, up to one with it, some at a time."""
    after: Values | None = None
    while page := rows(connection, table, after, until):
        yield page
        after = key_of(table, page[-1])
        if len(page) < SEVERAL:
            return


def rows(
    connection: Connection,
    table: Table,
    after: Sequence[Any] | None = None,
    until: Sequence[Any] | None = None,
    most: int | None = SEVERAL,
) -> list[Values]:
    """Return so many of a table's rows whose keys are after one, and up to another with it."""
    key, marks = ", ".join(table.key), ", ".join("?" * len(table.key))
    bounds = {f"({key}) > ({marks})": after, f"({key}) <= ({marks})": until}
    where = " AND ".join(["1 = 1", *(text for text, bound in bounds.items() if bound is not None)])
    values = [value for bound in bounds.values() if bound is not None for value in bound]
    limit = "" if most is None else f" LIMIT {most}"
    sql = f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE {where} ORDER BY {key}{limit}"  # noqa: S608
    found = connection.execute(sql, values).fetchall()
    return [tuple(row) for row in found] if not table.flags else [_with_flags(table, row) for row in found]


def _with_flags(table: Table, row: Sequence[Any]) -> Values:
    return tuple(bool(v) if name in table.flags else v for name, v in zip(table.columns, row, strict=True))


def key_of(table: Table, row: Values) -> Values:
    """Return what tells a row from every other."""
    return row[: len(table.key)]


def sum_of(connection: Connection, table: Table, until: Sequence[Any] | None = None) -> Sum:
    """Return what a table holds, of all its rows or of those up to a key."""
    found = Sum()
    for page in pages(connection, table, until):
        found.add(page)
    return found


def sums_of(connection: Connection) -> Sums:
    """Return what every table of a store holds."""
    return {table.name: sum_of(connection, table).said() for table in ALL}
