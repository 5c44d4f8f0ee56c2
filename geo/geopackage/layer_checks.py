"""The layer that desktop programs open against the records that it shows: each is derived again, some at a time."""

from __future__ import annotations

import functools
import sqlite3
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import shapely

from geo.faults import Fault, fault
from geo.geopackage import blob
from geo.records.geometry import to_shape
from geo.records.project import Project
from geo.relational.layer_checks import row_by_row, wrong_columns

ROUNDED = 1e-4  # degrees; the index has boxes in single precision
_SEVERAL = 500
_ROWS = (
    "SELECT projects.*, record, minx, miny, maxx, maxy FROM projects LEFT JOIN revisions USING (sequence) "
    "LEFT JOIN rtree_projects_geom AS box ON box.id = fid WHERE fid > ? AND fid <= ?"
)


Check = Callable[[sqlite3.Connection], Iterator[Fault]]


def checks(connection: sqlite3.Connection, path: Path, pause: float) -> Iterator[Check]:
    """Yield a check for every several rows of the layer."""
    last = connection.execute("SELECT coalesce(max(fid), 0) FROM projects").fetchone()[0]
    for start in range(0, last, _SEVERAL):
        yield functools.partial(_faults, path, start, pause)


def _faults(path: Path, start: int, pause: float, connection: sqlite3.Connection) -> Iterator[Fault]:
    # All rows at once: a reader that stays at its work keeps the journal from being folded.
    for row in row_by_row(connection.execute(_ROWS, (start, start + _SEVERAL)).fetchall(), pause):
        try:
            project = Project.from_stored(orjson.loads(row["record"] or ""))
            yield from (each.of(row["id"]) for each in _of_row(row, project))
        except (ValueError, TypeError, LookupError, AttributeError, struct.error, shapely.errors.ShapelyError):
            yield fault("", "store-record-damaged", path=str(path), sequence=row["sequence"]).of(row["id"])


def _of_row(row: sqlite3.Row, project: Project) -> Iterator[Fault]:
    yield from wrong_columns(row, project)
    if not _is_same_place(row["geom"], project):
        yield fault("/geometry", "store-column-wrong", column="geom")
    elif row["geom"] is not None and row["minx"] is not None and not _is_boxed(row):
        yield fault("/geometry", "store-box-wrong")


def _is_same_place(geometry: bytes | None, project: Project) -> bool:
    if geometry is None or project.geometry is None:
        return geometry is None and project.geometry is None
    if geometry == blob.encode(project.geometry):
        return True
    return bool(shapely.equals_exact(blob.shape(geometry), to_shape(project.geometry), 1e-9))


def _is_boxed(row: sqlite3.Row) -> bool:
    box = blob.bounds(row["geom"])
    kept = (row["minx"], row["miny"], row["maxx"], row["maxy"])
    return box is not None and all(abs(a - b) < ROUNDED for a, b in zip(box, kept, strict=True))
