"""Who may decide a proposal, or answer for it, whichever door they come by."""

from __future__ import annotations

import hashlib
import hmac
import re

from fastapi import Request

from api.auth import check_scope
from api.problems import RoleMissing
from api.services import Services, services
from geo.deciding import Decision
from geo.errors import NoSuchProposal, NotFound
from geo.permissions import Person
from geo.proposals import Proposal


def proposal_of(given: Services, number: str) -> Proposal:
    """Return a proposal by the number in an address; raises NoSuchProposal."""
    if not re.fullmatch(r"[1-9]\d{0,17}", number, re.ASCII):
        raise NoSuchProposal("no-such-proposal", number=number[:20])
    return given.store.proposals.get(int(number))


def author_of(found: Proposal, person: Person | None, token: str | None) -> str:
    """Return the name of who proposed it; raises RoleMissing for anybody else."""
    author, digest = found.draft.author, hashlib.sha256((token or "").encode()).digest()
    is_theirs = person is not None and author.key == person.name
    if not is_theirs and not (found.draft.token and hmac.compare_digest(digest, found.draft.token)):
        raise RoleMissing("not-your-proposal", number=found.id)
    return author.name


def editor_of(request: Request, person: Person, found: Proposal, told: Decision) -> str:
    """Return the name of an editor, who may decide about these countries: before and after; raises ScopeMissing."""
    check_scope(request, person, "review", countries_of(services(request), found, told))
    return person.name


def countries_of(given: Services, found: Proposal, told: Decision | None = None) -> list[str]:
    """Return the countries of what is proposed, of the records that it concerns, and of what is accepted instead."""
    concerned = [found.draft.project_id] if found.draft.base is not None else []
    concerned += [told.into] if told and told.into else []
    stated = (told.feature or {}).get("properties") if told else None
    corrected = [str(stated["country"])] if isinstance(stated, dict) and "country" in stated else []
    return [found.draft.country, *filter(None, (_country(given, each) for each in concerned)), *corrected]


def _country(given: Services, project_id: str) -> str | None:
    try:
        there = given.store.head(project_id).project
    except NotFound:
        return None
    return there.properties.country if there else None
