"""Going back: a record is made what it was at a revision, as a new revision."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from api.auth import check_scope
from api.history import before, revision_of
from api.services import services
from geo.editing import Edit
from geo.errors import Gone
from geo.permissions import Person
from geo.store import Revision
from web.language import Language


@dataclass(frozen=True)
class Back:
    """To which revision a record is to go back from the `expected` one, and why, in the words of who asks.

    Without a comment it is said which revision that is, in their language.
    """

    project_id: str
    number: str
    expected: int
    comment: str | None
    language: Language


def revert_to(request: Request, person: Person, back: Back) -> Revision:
    """Make a record what it was, and return the new revision; a deleted one is there again.

    What was a valid record once is so still: its links to records that are gone stay. Raises NotFound,
    RevisionUnknown, Gone for a revision that deletes, ScopeMissing, and RevisionConflict.
    """
    given = services(request)
    wanted = revision_of(given, back.project_id, back.number)
    if wanted.project is None:
        raise Gone(back.project_id, wanted.number, wanted.successor)
    head = given.store.head(back.project_id)
    now = head if head.project else before(given, head)
    there = [each.project.properties.country for each in (wanted, now) if each and each.project]
    check_scope(request, person, "change", there)
    comment = back.comment or back.language.say("revisions.reverted_to", number=str(wanted.number))
    edit = Edit(back.project_id, wanted.project, back.expected, person.name, comment, restores=True)
    return given.store.write([edit])[0]
