"""The columns of the layer `projects`, which desktop programs open: those of the table of columns that go into one."""

from __future__ import annotations

from typing import Any

from geo.columns import PROJECTS
from geo.records.project import Project

KEPT = ("revision", "created", "updated", "sequence")
# Names come from the list of columns, never from input.
SAID = ("id", "geom", *(name for name in PROJECTS.table if name not in ("id", *KEPT)))
ROW = (*SAID, *KEPT)


def layer_values(project: Project, names: tuple[str, ...]) -> tuple[Any, ...]:
    """Return what a record has in these columns of the layer, stated ones and derived ones."""
    derived, stated = project.derived(), project.properties
    return tuple(derived[name] if name in derived else getattr(stated, name) for name in names)
