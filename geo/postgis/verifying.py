"""Whether what a PostgreSQL store holds agrees with itself; nobody waits for it. Pages are PostgreSQL's own affair."""

from __future__ import annotations

import contextlib
import functools
import itertools
import time
from collections.abc import Callable, Iterator

import orjson
import psycopg
import shapely

from geo.faults import Fault, fault
from geo.postgis.connection import Row
from geo.records.geometry import to_shape
from geo.records.project import Project
from geo.relational import history
from geo.relational.database import Connection, Database
from geo.relational.layer_checks import row_by_row, wrong_columns

_MOST_FAULTS = 100  # of one check; more of them would say no more
_SEVERAL = 500
_ROWS = (
    "SELECT shown.*, ST_AsBinary(geom) AS wkb, record FROM projects AS shown "
    "LEFT JOIN revisions AS newest ON newest.shard = shown.shard AND newest.sequence = shown.sequence "
    "WHERE shown.id > ? ORDER BY shown.id LIMIT ?"
)
Check = Callable[[Connection], Iterator[Fault]]


def verify(database: Database, *, records: bool, pause: float) -> list[Fault]:
    """Return what is wrong, check by check with a pause between them; each sees the store as it is then."""
    found: list[Fault] = []
    for check in (*history.CHECKS, *((functools.partial(_layer, pause),) if records else ())):
        with database.reading() as connection, _patiently(connection):
            found += itertools.islice(check(connection), _MOST_FAULTS)
        time.sleep(pause)
    return list(dict.fromkeys(found))


@contextlib.contextmanager
def _patiently(connection: Connection) -> Iterator[None]:
    """Let statements take their time, which all that there is may take."""
    connection.execute("BEGIN READ ONLY")
    connection.execute("SET LOCAL statement_timeout = '1h'")
    try:
        yield
    finally:
        with contextlib.suppress(psycopg.OperationalError):  # lost meanwhile
            connection.execute("ROLLBACK")


def _layer(pause: float, connection: Connection) -> Iterator[Fault]:
    after = ""
    while rows := connection.execute(_ROWS, (after, _SEVERAL)).fetchall():
        after = rows[-1]["id"]
        for row in row_by_row(rows, pause):
            yield from _of_row(row)
        time.sleep(pause)


def _of_row(row: Row) -> Iterator[Fault]:
    try:
        project = Project.from_stored(orjson.loads(row["record"] or ""))
    except (ValueError, TypeError, LookupError, AttributeError):
        yield fault("", "store-record-damaged", path="projects", sequence=row["sequence"]).of(row["id"])
        return
    yield from (each.of(row["id"]) for each in wrong_columns(row, project))
    if not _is_same_place(row["wkb"], project):
        yield fault("/geometry", "store-column-wrong", column="geom").of(row["id"])


def _is_same_place(wkb: bytes | None, project: Project) -> bool:
    if wkb is None or project.geometry is None:
        return wkb is None and project.geometry is None
    return bool(shapely.equals_exact(shapely.from_wkb(wkb), to_shape(project.geometry), 0))
