"""What an edit writes into the tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from geo.columns import PROJECTS
from geo.dates import now
from geo.editing import Edit
from geo.errors import AlreadyExists, Gone, NotFound, RevisionConflict
from geo.geopackage import blob, once
from geo.records.project import Project
from geo.store import Action, Revision

_KEPT = ("revision", "created", "updated", "sequence")
# Names come from the list of columns, never from input.
SAID = ("id", "geom", *(name for name in PROJECTS.table if name not in ("id", *_KEPT)))
_ROW = (*SAID, *_KEPT)
INSERT_ROW = f"INSERT INTO projects ({', '.join(_ROW)}) VALUES ({', '.join('?' * len(_ROW))})"  # noqa: S608
_UPSERT = f"{INSERT_ROW} ON CONFLICT (id) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in _ROW[1:])}"
INSERT_REVISION = (
    "INSERT INTO revisions "
    "(project_id, number, action, author, comment, successor, time, created, replaces, record) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_NEWEST = (
    "SELECT sequence, number, action, created, successor FROM revisions "
    "WHERE project_id = ? ORDER BY number DESC LIMIT 1"
)
_NEWEST_TIME = "SELECT time FROM revisions ORDER BY sequence DESC LIMIT 1"
# The extent only grows: it is informative and may be larger than the content (OGC 12-128r19, clause 1.1.3).
_EXTENT = """
UPDATE gpkg_contents SET last_change = ?1,
  min_x = coalesce(min(min_x, ?2), min_x, ?2), min_y = coalesce(min(min_y, ?3), min_y, ?3),
  max_x = coalesce(max(max_x, ?4), max_x, ?4), max_y = coalesce(max(max_y, ?5), max_y, ?5)
WHERE table_name = 'projects'
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """What an edit writes, made before its turn to write has come: the record's text and its row of the layer."""

    edit: Edit
    record: str | None
    said: tuple[Any, ...]  # the values of the layer's columns, without those that the store keeps

    @property
    def bounds(self) -> blob.Bounds | None:
        return blob.bounds(self.said[1]) if self.said and self.said[1] is not None else None


def rows_of(edit: Edit) -> Rows:
    """Return what an edit writes."""
    project = edit.project
    if project is None:
        return Rows(edit, None, ())
    record = orjson.dumps(project.to_feature()).decode()
    return Rows(edit, record, (project.id, blob.encode(project.geometry), *layer_values(project, SAID[2:])))


def layer_values(project: Project, names: tuple[str, ...]) -> tuple[Any, ...]:
    """Return what a record has in these columns of the layer, stated ones and derived ones."""
    derived, stated = project.derived(), project.properties
    return tuple(derived[name] if name in derived else getattr(stated, name) for name in names)


def make(connection: sqlite3.Connection, rows: Rows) -> Revision:
    """Make an edit; raises AskedOtherwise, AlreadyExists, NotFound, Gone or RevisionConflict."""
    edit = rows.edit
    made = once.made(connection, edit.once) if edit.once else None
    if made is not None:
        return made
    newest = connection.execute(_NEWEST, (edit.project_id,)).fetchone()
    _check_expected(edit, newest)
    time = time_of_next(connection)
    number, created = (newest["number"] + 1, newest["created"]) if newest else (1, time)
    is_there = newest is not None and newest["action"] != "delete"
    action: Action = "delete" if edit.project is None else "update" if is_there else "create"
    key, said = (edit.project_id, number), (edit.author, edit.comment, edit.successor)
    values = (*key, action, *said, time, created, newest and newest["sequence"], rows.record)
    sequence = connection.execute(INSERT_REVISION, values).lastrowid
    assert sequence is not None
    if edit.once:
        once.note(connection, edit.once, sequence, time)
    if edit.project is None:
        connection.execute("DELETE FROM projects WHERE id = ?", (edit.project_id,))
    else:
        connection.execute(_UPSERT, (*rows.said, number, created, time, sequence))
    return Revision(
        sequence, *key, action, edit.author, edit.comment, time, created, edit.project, successor=edit.successor
    )


def time_of_next(connection: sqlite3.Connection) -> str:
    """Return the time of a revision that is made now: no older than the newest one, wherever the clock has been set.

    So the history is in order by time as by sequence, and whoever asks for what is newer than a time misses nothing.
    """
    newest = connection.execute(_NEWEST_TIME).fetchone()
    return max(now(), newest[0]) if newest else now()


def _check_expected(edit: Edit, newest: sqlite3.Row | None) -> None:
    if edit.expected is None:
        if newest is not None:
            raise AlreadyExists(edit.project_id)
        return
    if newest is None:
        raise NotFound(edit.project_id)
    if newest["action"] == "delete" and not (edit.restores and edit.project):
        raise Gone(edit.project_id, newest["number"], newest["successor"])
    if newest["number"] != edit.expected:
        raise RevisionConflict(edit.project_id, edit.expected, newest["number"])


def note_change(connection: sqlite3.Connection, boxes: Iterable[blob.Bounds | None]) -> None:
    """Say when the layer was changed last, and let its extent cover these boxes too."""
    known = [box for box in boxes if box is not None]
    edges = [least(box[index] for box in known) if known else None for index, least in enumerate((min, min, max, max))]
    connection.execute(_EXTENT, (time_of_next(connection), *edges))
