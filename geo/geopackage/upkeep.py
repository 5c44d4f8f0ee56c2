"""What a store needs besides its tables: its secret, and of an older release keys of claims and columns of today."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import orjson

from geo.columns import PROJECTS
from geo.editing import stating_again
from geo.records.derived import DERIVED_VERSION
from geo.records.project import Project
from geo.relational.columns import layer_values

Transaction = Callable[[], AbstractContextManager[sqlite3.Connection]]

_DERIVED = tuple(name for name in PROJECTS.of("derived") if PROJECTS[name].table)
_DERIVE_AGAIN = f"UPDATE projects SET {', '.join(f'{c} = ?' for c in _DERIVED)} WHERE id = ?"  # noqa: S608
_SEVERAL = 500
# Pages by key: what is changed while it is read could come twice.
_CURRENT = (
    "SELECT sequence, record FROM revisions JOIN projects USING (sequence) WHERE sequence > ? ORDER BY sequence LIMIT ?"
)
_HISTORY = (
    "SELECT sequence, project_id, number, record FROM revisions "
    "WHERE sequence > ? AND record IS NOT NULL ORDER BY sequence LIMIT ?"
)
_BEFORE = "SELECT record FROM revisions WHERE project_id = ? AND number = ?"


def bring_up_to_date(connection: sqlite3.Connection, transaction: Transaction) -> None:
    """Do what is missing, each whole or not at all; a store that is up to date is only read."""
    if not connection.execute("SELECT 1 FROM store_secret").fetchone():
        with transaction() as writing:
            writing.execute("INSERT OR IGNORE INTO store_secret VALUES (1, ?)", (secrets.token_bytes(32),))
    if not connection.execute("SELECT 1 FROM claim_keys").fetchone():
        with transaction() as writing:
            _give_keys(writing)
    if connection.execute("SELECT version FROM derived_columns").fetchone()[0] != DERIVED_VERSION:
        with transaction() as writing:
            _derive_again(writing)


def _give_keys(connection: sqlite3.Connection) -> None:
    """Give the claims of every revision their keys; a claim that a later revision changes keeps its own."""
    for row in _rows(connection, _HISTORY):
        found = connection.execute(_BEFORE, (row["project_id"], row["number"] - 1)).fetchone()
        before = Project.from_stored(orjson.loads(found["record"])) if found else None
        record = orjson.dumps(stating_again(orjson.loads(row["record"]), before).to_feature()).decode()
        connection.execute("UPDATE revisions SET record = ? WHERE sequence = ?", (record, row["sequence"]))
    connection.execute("INSERT OR IGNORE INTO claim_keys VALUES (1)")


def _derive_again(connection: sqlite3.Connection) -> None:
    """Bring the derived columns of the layer up to the rules of this release; the history stays as it is."""
    connection.execute("UPDATE derived_columns SET version = 0")  # which lets the layer be changed
    for row in _rows(connection, _CURRENT):
        project = Project.from_stored(orjson.loads(row["record"]))
        connection.execute(_DERIVE_AGAIN, (*layer_values(project, _DERIVED), project.id))
    connection.execute("UPDATE derived_columns SET version = ?", (DERIVED_VERSION,))


def _rows(connection: sqlite3.Connection, query: str) -> Iterator[sqlite3.Row]:
    """Yield all rows of a query for those after a sequence, some at a time."""
    after = 0
    while rows := connection.execute(query, (after, _SEVERAL)).fetchall():
        yield from rows
        after = rows[-1]["sequence"]
