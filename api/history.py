"""Revisions of a record, as its pages and the API show them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson

from api.problems import RequestError
from api.services import Services
from api.views import named
from geo.editing import differences
from geo.store import Revision
from web.changed.records import Feature
from web.history import MOST_LISTED, MOST_SHOWN, Compared, Names, Told, differing, told
from web.language import Language

SHOWN = 20  # revisions a page
_NUMBER = re.compile(r"[1-9]\d{0,14}", re.ASCII)


class RevisionUnknown(RequestError):
    """The record has no revision of this number."""

    status = HTTPStatus.NOT_FOUND


def revision_of(given: Services, project_id: str, number: str) -> Revision:
    """Return a revision of a record; raises NotFound where there is no such record, and RevisionUnknown."""
    known = _NUMBER.fullmatch(number) is not None
    found = given.store.revisions(project_id, after=int(number) - 1 if known else 0, limit=1)
    if not known or not found:
        newest = given.store.head(project_id).number
        raise RevisionUnknown("no-such-revision", id=project_id, number=number[:20], newest=newest)
    return found[0]


def before(given: Services, revision: Revision) -> Revision | None:
    """Return the revision before one; None for the first."""
    if revision.number == 1:
        return None
    return given.store.revisions(revision.project_id, after=revision.number - 2, limit=1)[0]


def changed_by(revision: Revision, former: Revision | None) -> list[str]:
    """Return pointers to what a revision changed of the record before, claims by their keys."""
    now, was = revision.project, former.project if former else None
    return [each.pointer for each in differences(was.to_feature(), now.to_feature())] if was and now else []


def about(revision: Revision, former: Revision | None) -> dict[str, Any]:
    """Return who made a revision, when and why, and what it changed."""
    return {
        "revision": revision.number,
        "action": revision.action,
        "author": revision.author,
        "comment": revision.comment,
        "time": revision.time,
        "successor": revision.successor,
        "changed": changed_by(revision, former),
    }


def page_of_revisions(
    given: Services, project_id: str, until: int | None, compared: tuple[str, str] | None, language: Language
) -> dict[str, Any]:
    """Return the view of `web.history.revisions_page`: the revisions up to a number, all where there is none."""
    head = given.store.head(project_id)
    last = min(head.number, until or head.number)
    first = max(0, last - SHOWN)
    found = given.store.revisions(project_id, after=max(0, first - 1), limit=last - max(0, first - 1))
    two = [revision_of(given, project_id, number) for number in compared or ()]
    names = names_linked(given, [*found, *two])
    readable = _last_readable(given, head)
    return {
        "id": project_id,
        "name": _name(head, readable),
        "revisions": [_among(each, found, language, names) for each in reversed(found) if each.number > first],
        "newest": _told(head, None, language, names),
        "older": first if first > 0 else None,
        "compared": _compared(two, language, names) if two else None,
        "last": readable.number if readable else None,
    }


def _among(revision: Revision, found: Sequence[Revision], language: Language, names: Names) -> Told:
    former = next((each for each in found if each.number == revision.number - 1), None)
    return _told(revision, former, language, names, MOST_LISTED)


def _told(
    revision: Revision, former: Revision | None, language: Language, names: Names, most: int = MOST_SHOWN
) -> Told:
    made = {name: getattr(revision, name) for name in ("number", "action", "time", "author", "comment", "successor")}
    return told(made, (feature_of(former), feature_of(revision)), language, names, most)


def feature_of(revision: Revision | None) -> Feature | None:
    """Return the record of a revision as a feature without derived properties; None where there is none."""
    return revision.project.to_feature() if revision and revision.project else None


def _compared(two: Sequence[Revision], language: Language, names: Names) -> Compared:
    one, other = two
    changes, is_cut = differing((feature_of(one), feature_of(other)), language, names)
    return Compared(_told(one, None, language, names), _told(other, None, language, names), changes, is_cut)


def _last_readable(given: Services, head: Revision) -> Revision | None:
    """Return the newest revision that has a record: of a deleted one, that before its deletion."""
    return head if head.project else before(given, head)


def _name(head: Revision, readable: Revision | None) -> str:
    return readable.project.properties.name if readable and readable.project else head.project_id


def page_of_revision(given: Services, revision: Revision, base: str, language: Language) -> dict[str, Any]:
    """Return the view of `web.history.revision_page`."""
    head, former = given.store.head(revision.project_id), before(given, revision)
    names = names_linked(given, [each for each in (revision, former) if each])
    return {
        "id": revision.project_id,
        "name": _name(revision, revision if revision.project else former),
        "told": _told(revision, former, language, names),
        "newest": _told(head, None, language, names),
        "record": _view(given, revision, base, names) if revision.project else None,
    }


def _view(given: Services, revision: Revision, base: str, names: Names) -> dict[str, Any]:
    """Return the view of a record as it was: what stands beside it now is left out."""
    feature = orjson.loads(given.catalog.show(revision).feature)
    return {"feature": feature, "names": names, "base_url": base, "organisations": given.organisations}


def names_linked(given: Services, revisions: Sequence[Revision]) -> Names:
    """Return the names of the records to which revisions link, by their ids."""
    there = [each.project for each in revisions if each.project]
    ids = {link.project for project in there for link in project.properties.links}
    return {each: str(known["name"]) for each, known in named(given, ids).items()} if ids else {}
