"""Revisions of another store, written as they were there; the layer follows from them as from any that are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from geo.editing import Edit
from geo.errors import StoreError
from geo.records.project import Project
from geo.relational.database import Connection, Database
from geo.relational.tables import REVISION_COLUMNS
from geo.store import Revision

SEVERAL = 100
# The row of a record in the layer is that of its newest revision: the others are only kept.
_AFTER = (
    f"SELECT {', '.join(REVISION_COLUMNS)}, NOT EXISTS (SELECT 1 FROM revisions later "  # noqa: S608
    "WHERE later.project_id = each.project_id AND later.number > each.number) AS is_newest "
    "FROM revisions each WHERE sequence > ? ORDER BY sequence LIMIT ?"
)
_SHOWN = "SELECT 1 FROM projects WHERE id IN (SELECT value FROM json_each(?)) LIMIT 1"
_SAID = len(REVISION_COLUMNS)


def after(connection: Connection, sequence: int, most: int) -> list[Any]:
    """Return so many revisions after one, oldest first; each says whether it is the newest of its record."""
    return connection.execute(_AFTER, (sequence, most)).fetchall()


class Arriving:
    """One transaction in which revisions of another database arrive, in the order of their sequences."""

    def __init__(self, connection: Connection, database: Database, source: str) -> None:
        self._connection, self._database, self._source = connection, database, source
        self._layer = database.layer.writing(connection)

    def take(self, revisions: Sequence[Any]) -> None:
        """Write revisions, and show the records whose newest ones are among them."""
        for several in _parted(revisions):
            newest = [(row, self._shown(row)) for row in several if row["is_newest"]]
            if self._are_new([row["project_id"] for row, _ in newest]):
                self._take_new(several, [shown for _, shown in newest if shown[1].action != "delete"])
            else:
                self._take_each(several, {row["sequence"]: shown for row, shown in newest})
            self._layer.note([shown for _, shown in newest])
        self._layer.end()

    def _take_new(self, several: Sequence[Any], shown: list[tuple[Any, Revision]]) -> None:
        values = [tuple(row)[:_SAID] for row in several]
        self._connection.executemany(self._database.insert_revision, values)
        if shown:
            self._layer.put_new(shown)

    def _take_each(self, several: Sequence[Any], newest: dict[int, tuple[Any, Revision]]) -> None:
        for row in several:
            self._connection.execute(self._database.insert_revision, tuple(row)[:_SAID])
            if row["sequence"] in newest:
                self._layer.put(*newest[row["sequence"]])

    def _are_new(self, ids: list[str]) -> bool:
        return self._connection.execute(_SHOWN, (orjson.dumps(ids).decode(),)).fetchone() is None

    def _shown(self, row: Any) -> tuple[Any, Revision]:
        project = self._project(row)
        key = (row["sequence"], row["project_id"], row["number"], row["action"])
        said = (row["author"], row["comment"], row["time"], row["created"])
        revision = Revision(*key, *said, project, row["successor"])
        edit = Edit(revision.project_id, project, None, revision.author)
        return self._database.layer.prepared(edit), revision

    def _project(self, row: Any) -> Project | None:
        try:
            return Project.from_stored(orjson.loads(row["record"])) if row["record"] else None
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise StoreError("store-record-damaged", path=self._source, sequence=row["sequence"]) from error


def _parted(revisions: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (revisions[first : first + SEVERAL] for first in range(0, len(revisions), SEVERAL))
