"""The layer of a GeoPackage: a row a record, the index of their boxes, and the extent of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geo.dates import now
from geo.editing import Edit
from geo.geopackage import blob
from geo.relational.columns import ROW, SAID, layer_values
from geo.relational.database import Connection
from geo.store import Revision

Said = tuple[Any, ...]  # the values of the layer's columns, without those that the store keeps; () of a deletion

_INSERT = f"INSERT INTO projects ({', '.join(ROW)}) VALUES ({', '.join('?' * len(ROW))})"  # noqa: S608
_UPSERT = f"{_INSERT} ON CONFLICT (id) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in ROW[1:])}"
_BOX = "INSERT INTO rtree_projects_geom VALUES (?, ?, ?, ?, ?)"
# The extent only grows: it is informative and may be larger than the content (OGC 12-128r19, clause 1.1.3).
_EXTENT = """
UPDATE gpkg_contents SET last_change = ?1,
  min_x = coalesce(min(min_x, ?2), min_x, ?2), min_y = coalesce(min(min_y, ?3), min_y, ?3),
  max_x = coalesce(max(max_x, ?4), max_x, ?4), max_y = coalesce(max(max_y, ?5), max_y, ?5)
WHERE table_name = 'projects'
"""
# What these do with each new row is done with several at once.
_TRIGGERS = ("rtree_projects_geom_insert", "projects_insert_has_revision")
_TRIGGER = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?"


class GeoPackageLayer:
    """A `Layer` in the store's file."""

    def prepared(self, edit: Edit) -> Said:
        project = edit.project
        if project is None:
            return ()
        return (project.id, blob.encode(project.geometry), *layer_values(project, SAID[2:]))

    def writing(self, connection: Connection) -> GeoPackageLayerWriting:
        return GeoPackageLayerWriting(connection)


class GeoPackageLayerWriting:
    """A `LayerWriting` in the store's file."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._triggers = connection, _Triggers(connection)

    def put(self, prepared: Said, revision: Revision) -> None:
        self._triggers.on()
        if revision.action == "delete":
            self._connection.execute("DELETE FROM projects WHERE id = ?", (revision.project_id,))
        else:
            self._connection.execute(_UPSERT, (*prepared, *_kept(revision)))

    def put_new(self, several: Sequence[tuple[Said, Revision]]) -> None:
        self._triggers.off()
        self._connection.executemany(_INSERT, [(*said, *_kept(revision)) for said, revision in several])
        last = int(self._connection.execute("SELECT max(fid) FROM projects").fetchone()[0])
        fids = range(last - len(several) + 1, last + 1)  # those of one insertion follow each other
        boxes = [(fid, _bounds(said)) for fid, (said, _) in zip(fids, several, strict=True)]
        edges = [(fid, box[0], box[2], box[1], box[3]) for fid, box in boxes if box is not None]
        self._connection.executemany(_BOX, edges)

    def note(self, several: Sequence[tuple[Said, Revision]]) -> None:
        _note_change(self._connection, several)

    def end(self) -> None:
        self._triggers.on()


def _kept(revision: Revision) -> tuple[object, ...]:
    return revision.number, revision.created, revision.time, revision.sequence


def _bounds(said: Said) -> blob.Bounds | None:
    return blob.bounds(said[1]) if said and said[1] is not None else None


def _note_change(connection: Connection, several: Sequence[tuple[Said, Revision]]) -> None:
    """Say when the layer was changed last, and let its extent cover these records too."""
    known = [box for box in (_bounds(said) for said, _ in several) if box is not None]
    edges = [least(box[index] for box in known) if known else None for index, least in enumerate((min, min, max, max))]
    connection.execute(_EXTENT, (max([now(), *(revision.time for _, revision in several)]), *edges))


class _Triggers:
    """The triggers that are taken off, and put back as they were; where an edit fails, the rollback does it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._texts: list[str] = []

    def off(self) -> None:
        if not self._texts:
            self._texts = [self._connection.execute(_TRIGGER, (name,)).fetchone()[0] for name in _TRIGGERS]
            for name in _TRIGGERS:
                self._connection.execute(f"DROP TRIGGER {name}")

    def on(self) -> None:
        while self._texts:
            self._connection.execute(self._texts.pop())
