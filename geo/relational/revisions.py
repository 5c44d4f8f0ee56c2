"""A revision as the table has it."""

from __future__ import annotations

from typing import Any

import orjson

from geo.errors import StoreError
from geo.records.project import Project
from geo.relational.authors import AUTHOR
from geo.store import Revision

# As `Revision` has them; an author who was taken from view is so for whoever reads revisions.
_TOLD = ("sequence", "project_id", "number", "action", AUTHOR, "comment", "time", "created", "successor")
TOLD, _NUMBER_TOLD = ", ".join(_TOLD), len(_TOLD)
HISTORY = f"SELECT {TOLD} FROM revisions"  # noqa: S608
REVISION = f"SELECT {TOLD}, record FROM revisions"  # noqa: S608


def revision_of(row: Any, path: str) -> Revision:
    """Return a row of the table as a revision, with its record where the row has that; raises StoreError."""
    *told, successor = row[:_NUMBER_TOLD]
    record = row["record"] if len(row) > _NUMBER_TOLD else None
    try:
        project = Project.from_stored(orjson.loads(record)) if record else None
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise StoreError("store-record-damaged", path=path, sequence=row["sequence"]) from error
    return Revision(*(*told, project, successor))
