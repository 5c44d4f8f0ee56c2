"""What a store of an older release needs besides its tables: keys of claims, and columns by the rules of today."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import orjson

from geo.columns import PROJECTS
from geo.editing import stating_again
from geo.records.derived import DERIVED_VERSION
from geo.records.project import Project

Transaction = Callable[[], AbstractContextManager[sqlite3.Connection]]

_DERIVED = tuple(name for name in PROJECTS.of("derived") if PROJECTS[name].table)
_DERIVE_AGAIN = f"UPDATE projects SET {', '.join(f'{c} = :{c}' for c in _DERIVED)} WHERE id = :id"  # noqa: S608
_CURRENT = "SELECT record FROM revisions WHERE sequence IN (SELECT sequence FROM projects)"
_HISTORY = "SELECT sequence, project_id, record FROM revisions WHERE record IS NOT NULL ORDER BY sequence"


def bring_up_to_date(connection: sqlite3.Connection, transaction: Transaction) -> None:
    """Do what is missing, each whole or not at all; a store that is up to date is only read."""
    if not connection.execute("SELECT 1 FROM claim_keys").fetchone():
        with transaction() as writing:
            _give_keys(writing)
    if connection.execute("SELECT version FROM derived_columns").fetchone()[0] != DERIVED_VERSION:
        with transaction() as writing:
            _derive_again(writing)


def _give_keys(connection: sqlite3.Connection) -> None:
    """Give the claims of every revision their keys; a claim that a later revision changes keeps its own."""
    before: dict[str, Project] = {}
    for row in connection.execute(_HISTORY).fetchall():
        project = stating_again(orjson.loads(row["record"]), before.get(row["project_id"]))
        before[row["project_id"]] = project
        record = orjson.dumps(project.to_feature()).decode()
        connection.execute("UPDATE revisions SET record = ? WHERE sequence = ?", (record, row["sequence"]))
    connection.execute("INSERT OR IGNORE INTO claim_keys VALUES (1)")


def _derive_again(connection: sqlite3.Connection) -> None:
    """Bring the derived columns of the layer up to the rules of this release; the history stays as it is."""
    connection.execute("UPDATE derived_columns SET version = 0")  # which lets the layer be changed
    for row in connection.execute(_CURRENT).fetchall():
        project = Project.from_stored(orjson.loads(row["record"]))
        connection.execute(_DERIVE_AGAIN, {**layer_values(project, _DERIVED), "id": project.id})
    connection.execute("UPDATE derived_columns SET version = ?", (DERIVED_VERSION,))


def layer_values(project: Project, names: tuple[str, ...]) -> dict[str, Any]:
    """Return what a record has in these columns of the layer."""
    values = {**project.properties.model_dump(exclude={"events", "sources"}), **project.derived()}
    return {name: values.get(name) for name in names}
