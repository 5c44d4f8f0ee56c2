"""What whoever was overtaken by another change is told: what changed, what conflicts, what would be taken."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from api.languages import language_wished
from api.problems import Overtaken
from api.proposals_told import changes, conflicts
from api.routes.features import item_tags
from api.services import Services
from geo.catalog import Record
from geo.editing import differences, stating
from geo.errors import Gone, InvalidRecord, RevisionConflict
from geo.records.project import Project
from geo.reviewing import Standing, standing_of_change
from web.changed.said import lines


def overtaken(request: Request, given: Services, error: RevisionConflict, sent: Project) -> Overtaken:
    """Return the refusal of a record that was made from a revision that is no longer the newest.

    Its members: `changed` is what others changed since (`differences` the same in words), `conflicts` what both changed
    in different ways, and `merged` a record with both, which has theirs where there are conflicts; sent with `etag` in
    If-Match it is taken.
    """
    there = _there(given, error.project_id)
    # Both are of one revision: whoever sends `merged` with the tag of a later one would undo what that one says.
    newest = there.revision if there else None
    beside = standing_of_change(given.store, error.project_id, error.expected or 0, sent.to_feature(), newest=newest)
    told: dict[str, Any] = {"conflicts": conflicts(beside.conflicts, "current", "sent"), "merged": _merged(beside)}
    if there and beside.base and beside.current:
        base, current = beside.base.to_feature(), beside.current.to_feature()
        told["changed"] = changes(differences(base, current))
        told["differences"] = lines(language_wished(request), base, current)
        told["etag"] = f'"{item_tags(request, given, there)[0]}"'
    return Overtaken(error, told)


def _there(given: Services, project_id: str) -> Record | None:
    """Return the record as it is now; None where it is deleted."""
    try:
        return given.catalog.get(project_id)
    except Gone:
        return None


def _merged(beside: Standing) -> dict[str, Any] | None:
    """Return the record of both; None where it would be none, as when one took out the source that the other cites."""
    try:
        return stating(beside.feature, beside.current).to_feature()
    except InvalidRecord:
        return None
