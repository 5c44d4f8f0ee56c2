"""What our own tables say of a record, so that a table that was changed by hand shows which of its cells were."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Any

from geo.formats.cells import Cell, cell, fitting
from geo.formats.references import Reference
from geo.formats.selection import Origin, Selection
from geo.formats.tables import Table, table_of
from geo.importing.cells import cell_text, number_of
from geo.store import Revision

# They are not compared: the store knows them better, or they say where the file comes from.
UNCOMPARED = frozenset({"revision", "created", "updated", "address", "release", "licence"})


def cells_of(revision: Revision) -> Mapping[str, Cell]:
    """Return the cells that our tables have for a record as it was in a revision, by the names of their columns."""
    project = revision.project
    if project is None:
        return {}
    kept = {"revision": revision.number, "created": revision.created, "updated": revision.time}
    properties = {**project.stated(), **project.derived(), **kept}
    feature: dict[str, Any] = {"id": project.id, "geometry": project.geometry, "properties": properties}
    table = _table()
    (row,) = table.rows(feature)
    return {field.name: cell(value) for field, value in zip(table.fields, row, strict=True)}


@functools.cache
def _table() -> Table:
    return table_of(Selection((), Origin(lambda project_id: project_id), (), _no_reference))


def _no_reference(_: Mapping[str, Any]) -> Reference:
    raise NotImplementedError


def is_said(text: str, value: Cell) -> bool:
    """Return whether the text of a cell is what our tables say, as spreadsheets write it again."""
    if value is None or value == "":
        return not text
    if isinstance(value, bool):
        return text.lower() in (str(value).lower(), str(int(value)))
    if isinstance(value, str):
        return text in (cell_text(value), cell_text(fitting(value)))
    number = number_of(text)
    return number is not None and math.isclose(number, value, rel_tol=1e-12, abs_tol=1e-12)
