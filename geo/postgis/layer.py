"""The layer of a PostgreSQL store, the table `projects`: a row a record, as desktop programs open it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import shapely

from geo.editing import Edit
from geo.relational.columns import ROW, SAID, layer_values
from geo.relational.database import Connection
from geo.store import Revision

Said = tuple[Any, ...]  # the values of the layer's columns, without those that the store keeps; () of a deletion

_SRS = 4326
_NAMES = ("shard", *ROW)
_MARKS = ", ".join("ST_GeomFromEWKB(?)" if name == "geom" else "?" for name in _NAMES)
_INSERT = f"INSERT INTO projects ({', '.join(_NAMES)}) VALUES ({_MARKS})"  # noqa: S608
_UPSERT = f"{_INSERT} ON CONFLICT (shard, id) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in ROW[1:])}"


def shard_of(record_id: str) -> str:
    """Return the country by which an id begins, by which records are distributed."""
    return record_id[:2].upper()


class PostgisLayer:
    """A `Layer` in a PostgreSQL store."""

    def prepared(self, edit: Edit) -> Said:
        project = edit.project
        if project is None:
            return ()
        shape = project.shape
        place = None if shape is None else shapely.to_wkb(shapely.set_srid(shape, _SRS), include_srid=True)
        return (project.id, place, *layer_values(project, SAID[2:]))

    def writing(self, connection: Connection) -> PostgisLayerWriting:
        return PostgisLayerWriting(connection)


class PostgisLayerWriting:
    """A `LayerWriting` in a PostgreSQL store."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, prepared: Said, revision: Revision) -> None:
        shard = shard_of(revision.project_id)
        if revision.action == "delete":
            delete = "DELETE FROM projects WHERE shard = ? AND id = ?"
            self._connection.execute(delete, (shard, revision.project_id))
        else:
            self._connection.execute(_UPSERT, (shard, *prepared, *_kept(revision)))

    def put_new(self, several: Sequence[tuple[Said, Revision]]) -> None:
        rows = [(shard_of(revision.project_id), *said, *_kept(revision)) for said, revision in several]
        self._connection.executemany(_INSERT, rows)

    def note(self, several: Sequence[tuple[Said, Revision]]) -> None:
        """Nothing is kept of all records together."""

    def end(self) -> None:
        """Nothing was changed for the time of writing."""


def _kept(revision: Revision) -> tuple[object, ...]:
    return revision.number, revision.created, revision.time, revision.sequence
