"""What a store held at a moment of its history, and which moments have names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from geo.dates import now
from geo.errors import StoreError
from geo.relational.database import Connection
from geo.relational.revisions import REVISION
from geo.store import RELEASE_FORM, Release

STANDING = (
    f"{REVISION} WHERE sequence IN (SELECT max(sequence) FROM revisions WHERE sequence <= ?1 GROUP BY project_id) "  # noqa: S608
    "AND action != 'delete' AND project_id > ?2 AND (project_id <= ?3 OR ?3 IS NULL) ORDER BY project_id"
)
STANDING_IDS = STANDING.replace(REVISION, "SELECT project_id FROM revisions")
CHANGED = (
    f"{REVISION} WHERE sequence IN "  # noqa: S608
    "(SELECT max(sequence) FROM revisions WHERE sequence > ? AND sequence <= ? GROUP BY project_id) ORDER BY project_id"
)
BEFORE = f"{REVISION} WHERE project_id = ? AND sequence <= ? ORDER BY number DESC LIMIT 1"
COUNT_CHANGED = "SELECT count(DISTINCT project_id) FROM revisions WHERE sequence > ? AND sequence <= ?"
_AT = "SELECT sequence FROM revisions WHERE time <= ? ORDER BY time DESC, sequence DESC LIMIT 1"
_RELEASES = "SELECT name, sequence, time FROM named_releases ORDER BY sequence, time"
_NEWEST = "SELECT coalesce(max(sequence), 0) FROM revisions"


def sequence_at(connection: Connection, time: str) -> int:
    """Return the sequence of the newest revision that was there at a time (RFC 3339, UTC, to the ms); 0 for none."""
    found = connection.execute(_AT, (time,)).fetchone()
    return int(found[0]) if found else 0


def releases(connection: Connection) -> Iterator[Release]:
    """Yield the named releases, oldest first."""
    return (Release(*row) for row in connection.execute(_RELEASES))


def name_release(connection: Connection, name: str) -> Release:
    """Call what is newest by a name; raises StoreError for a name that is taken, or is none."""
    if not re.fullmatch(RELEASE_FORM, name):
        raise StoreError("release-name-form", name=name[:50])
    taken = next((each for each in releases(connection) if each.name == name), None)
    if taken is not None:
        raise StoreError("release-name-taken", name=name, time=taken.time)
    release = Release(name, int(connection.execute(_NEWEST).fetchone()[0]), now())
    if release.sequence == 0:
        raise StoreError("release-of-nothing", name=name)
    connection.execute("INSERT INTO named_releases VALUES (?, ?, ?)", (release.name, release.sequence, release.time))
    return release
