"""Authors taken from public view, in a store on an SQL database."""

from __future__ import annotations

from geo import product
from geo.audit import CONSOLE
from geo.authors import HiddenAuthor
from geo.dates import now
from geo.errors import Misstated
from geo.keys import RESERVED, WITHHELD
from geo.relational import audit
from geo.relational.database import Connection, Database, Transaction

_HIDDEN = "SELECT name FROM hidden_authors"
_HIDE = "INSERT INTO hidden_authors VALUES (?, ?) ON CONFLICT DO NOTHING"
# The column `author` of any table, as everybody reads it.
AUTHOR = f"CASE WHEN author IN ({_HIDDEN}) THEN '{WITHHELD}' ELSE author END AS author"
_WROTE = (
    "SELECT EXISTS (SELECT 1 FROM revisions WHERE author = ?1) OR EXISTS (SELECT 1 FROM proposals WHERE author = ?1) "
    "OR EXISTS (SELECT 1 FROM proposal_remarks WHERE author = ?1)"
)


class StoredAuthors:
    """`HiddenAuthors` in the store's tables."""

    def __init__(self, database: Database, transaction: Transaction) -> None:
        self._database, self._transaction = database, transaction

    @property
    def moves(self) -> int:
        return self._database.moves

    def all(self) -> list[HiddenAuthor]:
        with self._database.reading() as connection:
            rows = connection.execute("SELECT name, time FROM hidden_authors ORDER BY name")
            return [HiddenAuthor(*row) for row in rows]

    def hide(self, name: str, by: str = CONSOLE) -> None:
        if name.strip().lower() in RESERVED:
            raise Misstated("author-of-nobody", name=name)
        with self._transaction() as connection:
            if not connection.execute(_WROTE, (name,)).fetchone()[0]:
                raise Misstated("no-such-author", name=name[:100])
            if connection.execute(_HIDE, (name, now())).rowcount:
                _note(connection, by, "author_hidden", name)

    def show(self, name: str, by: str = CONSOLE) -> None:
        with self._transaction() as connection:
            if not connection.execute("DELETE FROM hidden_authors WHERE name = ?", (name,)).rowcount:
                raise Misstated("author-not-hidden", name=name[:100], command=product.COMMAND)
            _note(connection, by, "author_shown", name)


def _note(connection: Connection, by: str, action: str, name: str) -> None:
    connection.execute("UPDATE hidden_authors_moves SET moves = moves + 1")
    audit.note(connection, by, action, name)
