"""Whether a store's file is whole, and whether what it holds agrees with itself; nobody who reads or writes waits."""

from __future__ import annotations

import functools
import itertools
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from geo.errors import words_of
from geo.faults import Fault, fault
from geo.geopackage import layer_checks
from geo.relational import history

MOST_FAULTS = 100  # of one check; more of them would say no more
Check = layer_checks.Check

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"  # without virtual ones
_CUT = (
    "SELECT newest, known FROM (SELECT coalesce((SELECT max(sequence) FROM revisions), 0) AS newest, "
    "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'revisions'), 0) AS known) WHERE newest != known"
)
_NOT_INDEXED = "SELECT id FROM projects WHERE geom NOT NULL AND fid NOT IN (SELECT id FROM rtree_projects_geom)"
_ASTRAY = (
    "SELECT id FROM rtree_projects_geom WHERE id NOT IN (SELECT fid FROM projects WHERE geom NOT NULL) ORDER BY id"
)
# The index has boxes in single precision, rounded outwards.
_OUTSIDE = """
SELECT 1 FROM gpkg_contents, (SELECT min(minx) AS west, min(miny) AS south, max(maxx) AS east, max(maxy) AS north
  FROM rtree_projects_geom)
WHERE table_name = 'projects' AND west NOT NULL AND NOT coalesce(
  west > min_x - ?1 AND south > min_y - ?1 AND east < max_x + ?1 AND north < max_y + ?1, 0)
"""


def verify(connection: sqlite3.Connection, path: Path, *, records: bool, pause: float) -> list[Fault]:
    """Return what is wrong, check by check with a pause between them; each sees the store as it is then.

    With `records` the whole file is gone through, and each record of the layer is derived again; without, SQLite's
    quick check of each table. A damage that keeps a check from its end is a fault too; raises sqlite3.Error for
    whatever else does.
    """
    found: list[Fault] = []
    for check in _checks(connection, path, records, pause):
        try:
            for each in itertools.islice(check(connection), MOST_FAULTS):
                found.append(each)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGED:
                raise
            found.append(fault("", "store-page-damaged", reason=words_of(error)))
        time.sleep(pause)
    return list(dict.fromkeys(found))


def _checks(connection: sqlite3.Connection, path: Path, records: bool, pause: float) -> Iterator[Check]:
    if records:
        yield _pages
    else:
        for row in connection.execute(_TABLES).fetchall():
            yield functools.partial(_pages_of, row["name"])
    yield from (_index, _references, _cut, *history.CHECKS, _indexed, _extent)
    if records:
        yield from layer_checks.checks(connection, path, pause)


def _pages(connection: sqlite3.Connection) -> Iterator[Fault]:
    return _damages(connection.execute(f"PRAGMA integrity_check({MOST_FAULTS})"))


def _pages_of(table: str, connection: sqlite3.Connection) -> Iterator[Fault]:
    return _damages(connection.execute("SELECT quick_check FROM pragma_quick_check(?)", (table,)))


def _index(connection: sqlite3.Connection) -> Iterator[Fault]:
    """The index by itself, which SQLite's check of the file knows only since 3.44."""
    return _damages(connection.execute("SELECT rtreecheck('rtree_projects_geom')"))


def damages(connection: sqlite3.Connection) -> Iterator[Fault]:
    """Yield what SQLite itself finds wrong with a file of any release, with its index and its references."""
    for check in (_pages, _index, _references):
        yield from check(connection)


def _damages(rows: sqlite3.Cursor) -> Iterator[Fault]:
    return (fault("", "store-page-damaged", reason=reason) for (reason,) in rows if reason != "ok")


def _references(connection: sqlite3.Connection) -> Iterator[Fault]:
    for table, row, other, _ in connection.execute("PRAGMA foreign_key_check"):
        yield fault("", "store-reference-broken", table=table, row=row or 0, other=other)


def _cut(connection: sqlite3.Connection) -> Iterator[Fault]:
    for newest, known in connection.execute(_CUT):
        yield fault("", "store-history-cut", newest=newest, known=known)


def _indexed(connection: sqlite3.Connection) -> Iterator[Fault]:
    for (project_id,) in connection.execute(_NOT_INDEXED):
        yield fault("/geometry", "store-box-wrong").of(project_id)
    for (row,) in connection.execute(_ASTRAY):
        yield fault("", "store-box-astray", row=row)


def _extent(connection: sqlite3.Connection) -> Iterator[Fault]:
    for _ in connection.execute(_OUTSIDE, (layer_checks.ROUNDED,)):
        yield fault("", "store-extent-too-small")
