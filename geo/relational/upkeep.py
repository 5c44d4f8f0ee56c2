"""The layer brought up to the rules of this release: what follows from the records is derived again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import orjson

from geo.columns import PROJECTS
from geo.records.derived import DERIVED_VERSION
from geo.records.project import Project
from geo.relational.columns import layer_values
from geo.relational.database import Connection

_DERIVED = tuple(name for name in PROJECTS.of("derived") if PROJECTS[name].table)
_DERIVE_AGAIN = f"UPDATE projects SET {', '.join(f'{c} = ?' for c in _DERIVED)} WHERE id = ?"  # noqa: S608
_SEVERAL = 500
# Pages by key: what is changed while it is read could come twice.
_CURRENT = (
    "SELECT sequence, record FROM revisions JOIN projects USING (sequence) WHERE sequence > ? ORDER BY sequence LIMIT ?"
)


def derive_again(connection: Connection, transaction: Callable[[], AbstractContextManager[Connection]]) -> None:
    """Derive the columns of the layer again where another release has made them; the history stays as it is."""
    if connection.execute("SELECT version FROM derived_columns").fetchone()[0] != DERIVED_VERSION:
        with transaction() as writing:
            _derive_again(writing)


def _derive_again(connection: Connection) -> None:
    connection.execute("UPDATE derived_columns SET version = 0")  # which lets the layer be changed
    for row in rows_by_sequence(connection, _CURRENT):
        project = Project.from_stored(orjson.loads(row["record"]))
        connection.execute(_DERIVE_AGAIN, (*layer_values(project, _DERIVED), project.id))
    connection.execute("UPDATE derived_columns SET version = ?", (DERIVED_VERSION,))


def rows_by_sequence(connection: Connection, query: str) -> Iterator[Any]:
    """Yield all rows of a query for those after a sequence, some at a time."""
    after = 0
    while rows := connection.execute(query, (after, _SEVERAL)).fetchall():
        yield from rows
        after = rows[-1]["sequence"]
