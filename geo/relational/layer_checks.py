"""The columns of the layer against the records that it shows: each is derived again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from geo.columns import PROJECTS
from geo.faults import Fault, fault
from geo.pace import unhurried
from geo.records.project import Project
from geo.relational.columns import SAID, layer_values

_COLUMNS = SAID[2:]
_DATED = frozenset(PROJECTS.of("derived"))
R = TypeVar("R")


def row_by_row(rows: Iterable[R], pause: float) -> Iterator[R]:
    """Yield rows, unhurried in a check that pauses: to derive a record again takes Python's lock from who answers."""
    return unhurried(rows) if pause else iter(rows)


def wrong_columns(row: Any, project: Project) -> Iterator[Fault]:
    """Yield the columns of a row, besides the geometry, that are not as the record says."""
    if row["id"] != project.id:
        yield fault("/id", "store-column-wrong", column="id")
    for name in _differing(row, project):
        yield fault(f"/properties/{name}", "store-column-wrong", column=name)


def _differing(row: Any, project: Project) -> list[str]:
    """Return the columns that are not as the record derives to.

    The layer was derived on the day on which it was written: what derives to something else today than then may have
    been derived again on a day between them.
    """
    today = dict(zip(_COLUMNS, layer_values(project, _COLUMNS), strict=True))
    differing = [name for name, value in today.items() if row[name] != value]
    if not differing:
        return []
    then = project.derived(as_of=dt.date.fromisoformat(row["updated"][:10]))
    return [name for name in differing if name not in _DATED or then[name] == today[name]]
