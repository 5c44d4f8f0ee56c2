"""The default store: one GeoPackage file that QGIS and GDAL open as it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from geo.alone import Alone
from geo.faults import Fault
from geo.geopackage import migrations, verifying
from geo.geopackage.database import GeoPackageDatabase
from geo.geopackage.upkeep import bring_up_to_date
from geo.relational.origin import refuse_unfinished
from geo.relational.store import RelationalStore
from geo.store import Figure, Room

_NEWEST_SEQUENCE = (
    "SELECT coalesce((SELECT max(sequence) FROM revisions), 0) AS sequence, "
    "(SELECT moves FROM hidden_authors_moves) AS moves"
)

PROBE_SECONDS = 1


class GeoPackageStore(RelationalStore):
    """A `Store` in one SQLite file."""

    is_at_hand = True

    def __init__(self, path: Path, *, unfinished: bool = False) -> None:
        """Open the store that is at a path; `making.make` makes one. Raises StoreError.

        Only who goes on with copying opens an `unfinished` copy.
        """
        self._may_be_unfinished = unfinished
        self.path, self.location, self.place = path, str(path.absolute()), str(path)
        database = GeoPackageDatabase(path)
        self._pool = database.pool
        try:
            super().__init__(database)
        except BaseException:
            self._pool.close()
            raise

    def _prepare(self) -> tuple[str, bytes]:
        with self._pool.use() as connection:
            migrations.migrate(connection.sqlite, self.path)
            if not self._may_be_unfinished:
                refuse_unfinished(connection.sqlite, self.place)
            bring_up_to_date(connection.sqlite, self._writing)
            told = connection.sqlite.execute("SELECT identity, secret FROM store_identity, store_secret").fetchone()
            return str(told["identity"]), bytes(told["secret"])

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._transaction() as connection:
            yield cast(sqlite3.Connection, connection)

    def latest_sequence(self) -> int:
        with self._pool.use() as connection:
            version = connection.sqlite.execute("PRAGMA data_version").fetchone()[0]
            if version != connection.data_version or connection.sequence is None:
                # The version is read first: a write between the two reads costs a second look, never a missed change.
                # Both are kept once both are known: a read that fails must not leave the sequence of before.
                found = connection.sqlite.execute(_NEWEST_SEQUENCE).fetchone()
                self._database.moves = found["moves"]
                connection.data_version, connection.sequence = version, found["sequence"]
            return connection.sequence

    def may_answer(self, sequence: int) -> bool:
        return False  # what cannot be read is said

    def alone(self, name: str) -> Alone:
        return Alone(self.path.resolve(), name)

    def probe(self) -> None:
        with self._pool.use() as connection, connection.waiting(PROBE_SECONDS):
            connection.sqlite.execute("BEGIN IMMEDIATE")
            connection.sqlite.execute("ROLLBACK")

    def figures(self) -> list[Figure]:
        return []

    def room(self) -> Room:
        return self._pool.room()

    def verify(self, *, records: bool = True, pause: float = 0) -> list[Fault]:
        with self._pool.apart() as connection:
            return verifying.verify(connection, self.path, records=records, pause=pause)

    def fold(self) -> None:
        self._pool.fold()

    def close(self) -> None:
        self._pool.close()
