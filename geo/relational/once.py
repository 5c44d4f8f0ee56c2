"""Changes that are made once, however often they are asked for: a client that got no answer asks again."""

from __future__ import annotations

import datetime as dt

from geo.dates import now
from geo.editing import Once
from geo.errors import AskedOtherwise
from geo.relational.database import Connection
from geo.relational.revisions import REVISION, revision_of
from geo.store import DAYS_ONCE, Revision

_KNOWN = "SELECT content, sequence FROM asked_once WHERE name = ? AND time >= ?"


def made(connection: Connection, asked: Once, place: str) -> Revision | None:
    """Return the revision of a change that was asked for before; raises AskedOtherwise where it said something else.

    The `place` is that of the database, in words.
    """
    known = connection.execute(_KNOWN, (asked.name, _long_ago(now()))).fetchone()
    if known is None:
        return None
    if known["content"] != asked.content:
        raise AskedOtherwise("asked-otherwise")
    row = connection.execute(f"{REVISION} WHERE sequence = ?", (known["sequence"],)).fetchone()
    return revision_of(row, place)


def note(connection: Connection, asked: Once, sequence: int, time: str) -> None:
    """Keep that a change has been made, and forget those of long ago."""
    connection.execute("DELETE FROM asked_once WHERE time < ?", (_long_ago(time),))
    connection.execute("INSERT INTO asked_once VALUES (?, ?, ?, ?)", (asked.name, asked.content, sequence, time))


def _long_ago(time: str) -> str:
    return (dt.datetime.fromisoformat(time) - dt.timedelta(days=DAYS_ONCE)).strftime("%Y-%m-%dT%H:%M:%S")
