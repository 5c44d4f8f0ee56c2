"""A table of one store made the same as that of another, row by row, so that what is kept of both is not touched."""

from __future__ import annotations

from collections.abc import Sequence

from geo.relational.database import Connection
from geo.relational.sums import SEVERAL, Sum, Values, key_of, rows
from geo.relational.tables import Table


def merge(source: Connection, target: Connection, table: Table) -> Sum:
    """Add, change and remove rows until the target has those of the source, and return what that holds.

    The triggers that keep what is decided as it is are asked for each row. Both sides are read some rows at a time.
    """
    total, after = Sum(), None
    while True:
        page = rows(source, table, after)
        total.add(page)
        until = key_of(table, page[-1]) if len(page) == SEVERAL else None
        _make_alike(target, table, page, rows(target, table, after, until, most=None))
        if until is None:
            return total
        after = until


def _make_alike(target: Connection, table: Table, wanted: list[Values], there: list[Values]) -> None:
    before, now = ({key_of(table, row): row for row in side} for side in (there, wanted))
    for key in before.keys() - now.keys():
        target.execute(f"DELETE FROM {table.name} WHERE {_is(table.key)}", key)  # noqa: S608
    for key, row in now.items():
        if before.get(key, row) != row:
            said = ", ".join(f"{name} = ?" for name in table.others)
            values = (*row[len(table.key) :], *key)
            target.execute(f"UPDATE {table.name} SET {said} WHERE {_is(table.key)}", values)  # noqa: S608
    _add(target, table, [row for key, row in now.items() if key not in before])


def _add(target: Connection, table: Table, new: Sequence[Values]) -> None:
    if new:
        marks = ", ".join("?" * len(table.columns))
        target.executemany(f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})", new)  # noqa: S608


def _is(key: tuple[str, ...]) -> str:
    return " AND ".join(f"{name} = ?" for name in key)
