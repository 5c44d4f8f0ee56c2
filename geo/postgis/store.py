"""A store in a PostgreSQL database with PostGIS, which several hosts may use at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from geo import freshness
from geo.alone import Lock
from geo.curated.organisations import Organisations
from geo.editing import Once
from geo.errors import StoreError
from geo.faults import Fault
from geo.postgis import verifying
from geo.postgis.database import PostgresDatabase
from geo.postgis.locks import AdvisoryAlone
from geo.postgis.migrations import migrate
from geo.postgis.pool import Pool
from geo.relational.origin import refuse_unfinished
from geo.relational.store import RelationalStore
from geo.relational.upkeep import derive_again
from geo.store import Figure, Revision, Room

_NEWEST = (
    "SELECT coalesce((SELECT max(sequence) FROM revisions), 0) AS sequence, "
    "(SELECT moves FROM hidden_authors_moves) AS moves"
)


class PostgisStore(RelationalStore):
    """A `Store` in PostgreSQL. Beside its `path`, where no file is, lies what belongs to it on this machine alone."""

    is_at_hand = False

    def __init__(
        self,
        address: str,
        folder: Path,
        organisations: Callable[[], Organisations],
        followers: Sequence[str] = (),
        behind: float = 0,
        *,
        unfinished: bool = False,
    ) -> None:
        """Open the store at an address, which is made where the database is empty; raises StoreError.

        The organisations are asked for where a change is written for the answers of PostGIS, too. Records are read from
        followers too, where answers may be some seconds `behind`. Only who goes on with copying opens an `unfinished`
        copy.
        """
        self._may_be_unfinished = unfinished
        self._watched = database = PostgresDatabase(address, organisations, followers, behind)
        self.location, self.place = address, database.place
        try:
            super().__init__(database)
        except BaseException:
            database.close()
            raise
        # A copy of a database has the same identity, and its own history from then on.
        self.path = folder / f"{self.identity}-{hashlib.sha256(self.place.encode()).hexdigest()[:12]}"

    def _prepare(self) -> tuple[str, bytes]:
        try:
            with self._watched.pool.use() as connection:
                migrate(connection, self.place)
        except StoreError as error:  # those that follow may be read while there is no primary
            if error.rule != "database-unreachable" or not self._watched.has_followers:
                raise
        self._watched.begin_watching()
        with self._database.reading() as reading:
            if not self._may_be_unfinished:
                refuse_unfinished(reading, self.place)
            derive_again(reading, self._transaction)
            told = reading.execute("SELECT identity, secret FROM store_identity, store_secret").fetchone()
        return str(told["identity"]), bytes(told["secret"])

    @property
    def pool(self) -> Pool:
        """Connections to the primary."""
        return self._watched.pool

    @property
    def database(self) -> PostgresDatabase:
        """What lends connections to read records with."""
        return self._watched

    @property
    def history(self) -> int:
        return self._watched.history

    def count(self) -> int:
        """Return how many records there are."""
        with self._database.reading_records() as connection:
            return int(connection.execute("SELECT count(*) FROM projects").fetchone()[0])

    def latest_sequence(self) -> int:
        watch = self._watched.watch
        if watch is not None:
            self._database.moves = watch.moves
            newest = watch.newest_to_read()
            if newest >= freshness.least():
                return newest
        with self._database.reading() as connection:
            found = connection.execute(_NEWEST).fetchone()
        self._database.moves = found["moves"]
        if watch is not None:
            watch.note(found["sequence"])
        return int(found["sequence"])

    def may_answer(self, sequence: int) -> bool:
        watch = self._watched.watch
        return watch is not None and watch.may_answer(sequence)

    def made(self, once: Once) -> Revision | None:
        """Return what was made, which may be here alone: who sent it again was told so, and not that it is kept."""
        made = super().made(once)
        if made is not None:
            self._watched.confirm()
        return made

    def _noted(self, revisions: Sequence[Revision]) -> None:
        super()._noted(revisions)
        if self._watched.watch is not None and revisions:
            self._watched.watch.note(max(each.sequence for each in revisions))

    def alone(self, name: str) -> Lock:
        return AdvisoryAlone(self.location, name)

    def probe(self) -> None:
        with self._transaction():
            pass

    def figures(self) -> list[Figure]:
        return self._watched.figures()

    def room(self) -> Room:
        with self._database.reading() as connection:
            size = connection.execute("SELECT pg_database_size(current_database())").fetchone()[0]
        return Room(int(size), 0, None)

    def verify(self, *, records: bool = True, pause: float = 0) -> list[Fault]:
        return verifying.verify(self._database, records=records, pause=pause)

    def fold(self) -> None:
        """PostgreSQL folds its own journal."""

    def close(self) -> None:
        self._watched.close()
