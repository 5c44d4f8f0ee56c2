"""What a store needs besides its tables: its secret, and of an older release keys of claims and columns of today."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager

import orjson

from geo.editing import stating_again
from geo.records.project import Project
from geo.relational.upkeep import derive_again, rows_by_sequence

Transaction = Callable[[], AbstractContextManager[sqlite3.Connection]]

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
    derive_again(connection, transaction)


def _give_keys(connection: sqlite3.Connection) -> None:
    """Give the claims of every revision their keys; a claim that a later revision changes keeps its own."""
    for row in rows_by_sequence(connection, _HISTORY):
        found = connection.execute(_BEFORE, (row["project_id"], row["number"] - 1)).fetchone()
        before = Project.from_stored(orjson.loads(found["record"])) if found else None
        record = orjson.dumps(stating_again(orjson.loads(row["record"]), before).to_feature()).decode()
        connection.execute("UPDATE revisions SET record = ? WHERE sequence = ?", (record, row["sequence"]))
    connection.execute("INSERT OR IGNORE INTO claim_keys VALUES (1)")
