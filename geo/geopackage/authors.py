"""Authors taken from public view, in a GeoPackage store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager

from geo import product
from geo.audit import CONSOLE
from geo.authors import HiddenAuthor
from geo.dates import now
from geo.errors import Misstated
from geo.geopackage import audit
from geo.geopackage.pool import ConnectionPool
from geo.keys import RESERVED, WITHHELD

_HIDDEN = "SELECT name FROM hidden_authors"
# The column `author` of any table, as everybody reads it.
AUTHOR = f"iif(author IN ({_HIDDEN}), '{WITHHELD}', author) AS author"
_WROTE = (
    "SELECT EXISTS (SELECT 1 FROM revisions WHERE author = ?1) OR EXISTS (SELECT 1 FROM proposals WHERE author = ?1) "
    "OR EXISTS (SELECT 1 FROM proposal_remarks WHERE author = ?1)"
)


class GeoPackageAuthors:
    """`HiddenAuthors` in the store's file."""

    def __init__(
        self, pool: ConnectionPool, transaction: Callable[[], AbstractContextManager[sqlite3.Connection]]
    ) -> None:
        self._pool, self._transaction = pool, transaction
        self.moves = 0

    def all(self) -> list[HiddenAuthor]:
        with self._pool.use() as connection:
            rows = connection.sqlite.execute("SELECT name, time FROM hidden_authors ORDER BY name")
            return [HiddenAuthor(*row) for row in rows]

    def hide(self, name: str, by: str = CONSOLE) -> None:
        if name.strip().lower() in RESERVED:
            raise Misstated("author-of-nobody", name=name)
        with self._transaction() as connection:
            if not connection.execute(_WROTE, (name,)).fetchone()[0]:
                raise Misstated("no-such-author", name=name[:100])
            hidden = connection.execute("INSERT OR IGNORE INTO hidden_authors VALUES (?, ?)", (name, now()))
            if hidden.rowcount:
                _note(connection, by, "author_hidden", name)

    def show(self, name: str, by: str = CONSOLE) -> None:
        with self._transaction() as connection:
            if not connection.execute("DELETE FROM hidden_authors WHERE name = ?", (name,)).rowcount:
                raise Misstated("author-not-hidden", name=name[:100], command=product.COMMAND)
            _note(connection, by, "author_shown", name)


def _note(connection: sqlite3.Connection, by: str, action: str, name: str) -> None:
    connection.execute("UPDATE hidden_authors_moves SET moves = moves + 1")
    audit.note(connection, by, action, name)
