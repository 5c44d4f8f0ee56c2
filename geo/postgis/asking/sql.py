"""A piece of SQL with the values that are bound in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, Cursor

from geo.postgis.connection import NO_SIGN


@dataclass(frozen=True)
class Sql:
    """Text in which `%s` stands for each of the values."""

    text: str
    values: tuple[Any, ...] = ()

    def run(self, connection: Connection) -> Cursor[Any]:
        """Run the piece as a statement of its own."""
        return connection.execute(self.text.encode(), self.values)

    def run_in_bytes(self, connection: Connection) -> Cursor[Any]:
        """Do the same, and let values come as PostgreSQL has them, not written as text: features are long."""
        return connection.execute(self.text.encode(), self.values, binary=True)


TRUE, FALSE = Sql("true"), Sql("false")


def sql(form: str, *parts: Any) -> Sql:
    """Return a form with each `{}` filled: by a piece as it is, by anything else as a value that is bound."""
    pieces = [part if isinstance(part, Sql) else Sql("%s", (_bound(part),)) for part in parts]
    return Sql(form.format(*(piece.text for piece in pieces)), tuple(v for piece in pieces for v in piece.values))


def _bound(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", NO_SIGN)
    return [_bound(each) for each in value] if isinstance(value, list) else value


def listed(pieces: Iterable[Sql], between: str = ", ") -> Sql:
    """Return pieces one behind the other."""
    known = list(pieces)
    return Sql(between.join(piece.text for piece in known), tuple(v for piece in known for v in piece.values))


def all_of(pieces: Iterable[Sql]) -> Sql:
    """Return what is true where every piece is; without pieces it is."""
    return _joined(pieces, " AND ", TRUE)


def any_of(pieces: Iterable[Sql]) -> Sql:
    """Return what is true where one of the pieces is; without pieces it is not."""
    return _joined(pieces, " OR ", FALSE)


def _joined(pieces: Iterable[Sql], between: str, without: Sql) -> Sql:
    known = list(pieces)
    if not known:
        return without
    return known[0] if len(known) == 1 else sql("({})", listed(known, between))
