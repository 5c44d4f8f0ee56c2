"""Which store a copy is of, and whether it is whole: one that is not is opened by nothing but what goes on with it."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from geo import product
from geo.dates import now
from geo.errors import StoreError
from geo.relational.database import Connection
from geo.relational.sums import Sums

_FROM = "SELECT identity, sums FROM copied_from"
_BEGIN = (
    "INSERT INTO copied_from (id, identity, sums, time) VALUES (1, ?1, NULL, ?2) "
    "ON CONFLICT (id) DO UPDATE SET identity = ?1, sums = NULL, time = ?2"
)
_END = "UPDATE copied_from SET sums = ?, time = ?"


@dataclass(frozen=True, slots=True)
class Origin:
    """The store that something is a copy of, and what it held when it was whole last (None: it is not whole)."""

    identity: str
    sums: Sums | None


def origin_of(connection: Connection) -> Origin | None:
    """Return of which store this is a copy; None where it is none."""
    found = connection.execute(_FROM).fetchone()
    return Origin(found["identity"], found["sums"] and orjson.loads(found["sums"])) if found else None


def begin(connection: Connection, identity: str) -> None:
    """Note that the copying of a store has begun, so that nobody takes for a store what is not whole."""
    connection.execute(_BEGIN, (identity, now()))


def end(connection: Connection, sums: Sums) -> None:
    """Note that the copy is whole, and what it holds."""
    connection.execute(_END, (orjson.dumps(sums).decode(), now()))


def refuse_unfinished(connection: Connection, place: str) -> None:
    """Raise StoreError for a copy that is not whole."""
    origin = origin_of(connection)
    if origin is not None and origin.sums is None:
        raise StoreError("store-copy-unfinished", path=place, command=product.COMMAND)
