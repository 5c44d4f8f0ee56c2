"""The layer of a PostgreSQL store, the table `projects`: a row a record, as desktop programs open it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import shapely

from geo.curated.organisations import Organisations
from geo.editing import Edit
from geo.postgis import indexing
from geo.postgis.connection import PostgresConnection
from geo.postgis.tables import shard_of
from geo.relational.columns import ROW, SAID, layer_values
from geo.relational.database import Connection
from geo.store import Revision

Said = tuple[Any, ...]  # the values of the layer's columns, without those that the store keeps; () of a deletion

_SRS = 4326
_NAMES = ("shard", *ROW)
_MARKS = ", ".join("ST_GeomFromEWKB(?)" if name == "geom" else "?" for name in _NAMES)
_INSERT = f"INSERT INTO projects ({', '.join(_NAMES)}) VALUES ({_MARKS})"  # noqa: S608
_UPSERT = f"{_INSERT} ON CONFLICT (shard, id) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in ROW[1:])}"


class PostgisLayer:
    """A `Layer` in a PostgreSQL store, with what PostGIS answers from where there are tables for that."""

    def __init__(self, organisations: Callable[[], Organisations]) -> None:
        self._organisations = organisations

    def prepared(self, edit: Edit) -> Said:
        project = edit.project
        if project is None:
            return ()
        shape = project.shape
        place = None if shape is None else shapely.to_wkb(shapely.set_srid(shape, _SRS), include_srid=True)
        return (project.id, place, *layer_values(project, SAID[2:]))

    def writing(self, connection: Connection) -> PostgisLayerWriting:
        return PostgisLayerWriting(connection, self._organisations)


class PostgisLayerWriting:
    """A `LayerWriting` in a PostgreSQL store."""

    def __init__(self, connection: Connection, organisations: Callable[[], Organisations]) -> None:
        self._connection, self._organisations = connection, organisations

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
        """Write what PostGIS answers from."""
        assert isinstance(self._connection, PostgresConnection)
        indexing.write(self._connection.psycopg, [revision for _, revision in several], self._organisations)

    def end(self) -> None:
        """Nothing was changed for the time of writing."""


def _kept(revision: Revision) -> tuple[object, ...]:
    return revision.number, revision.created, revision.time, revision.sequence
