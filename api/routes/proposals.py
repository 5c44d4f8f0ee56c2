"""Proposals: what anybody who may says should be in the ledger, followed in public, and decided by editors."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import re
import secrets
from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api import parameters, proposals_told
from api.auth import carries_key, check_scope, client_of, person_of, require
from api.bodies import json_of, once_of, received
from api.documents import document, shown
from api.filters import WrongParameter, once
from api.languages import language_wished
from api.problems import KeyMissing, RoleMissing
from api.problems import shown as fault_shown
from api.proposals_definition import PARAMETERS
from api.proposals_told import PROPOSALS, short, token_of, whole
from api.responses import JSON, etag
from api.services import Services, ServicesDep, base_url
from api.views import view_of_draft
from api.writing import turn_to_write
from geo import product
from geo.checks.resembling import resembling
from geo.checks.run import check_record
from geo.deciding import decide, decision_of
from geo.errors import InvalidRecord, NoSuchProposal
from geo.permissions import Person
from geo.proposals import Author, Draft, Proposal, ProposalQuery
from geo.proposing import draft_of, within_feature
from geo.records.project import Project
from geo.vocabulary import PROPOSAL_KINDS, PROPOSAL_STATES
from web import pages

router = APIRouter(prefix=PROPOSALS)

MOST_KEYLESS_BYTES = 2**17


def proposer(request: Request, given: ServicesDep) -> Person | None:
    """Return who proposes: None for somebody without a key, where the operator lets them.

    Raises KeyMissing, RoleMissing, and TooMany for one who proposes too often.
    """
    if person_of(request) is not None or carries_key(request):
        return require("propose")(request)
    if given.settings.proposals != "open":
        raise KeyMissing("proposals-need-a-key", command=product.COMMAND, setting=f"{product.VARIABLES}PROPOSALS")
    given.rates.take("proposed", client_of(request, None))
    return None


ProposerDep = Annotated[Person | None, Depends(proposer)]


async def body(request: Request, given: ServicesDep, person: ProposerDep) -> bytes:
    """Return a proposal's body, which is smaller from somebody without a key."""
    most = given.settings.body_bytes
    return await received(request, most if person else min(most, MOST_KEYLESS_BYTES), given.settings.body_seconds)


BodyDep = Annotated[bytes, Depends(body)]


async def writing_slot(given: ServicesDep, _: BodyDep) -> AsyncIterator[None]:
    """Let whoever may propose and has sent the body have a turn; raises NotWritten where none comes in time."""
    async with turn_to_write(given):
        yield


SlotDep = Depends(writing_slot, scope="function")


@router.post("", dependencies=[SlotDep])
def propose(request: Request, given: ServicesDep, person: ProposerDep, sent: BodyDep) -> Response:
    """Keep a proposal, to be followed at the address that is answered."""
    asker = f"key {person.name}" if person else client_of(request, None)
    named, draft = once_of(request, asker, sent), _draft(request, given, person, sent)
    secret = _secret(given, named.name if named else None)
    kept = given.store.proposals.add(
        dataclasses.replace(draft, token=hashlib.sha256(secret.encode()).digest(), once=named)
    )
    base = base_url(request)
    told = {"id": kept.id, "state": kept.state, "token": secret, "links": proposals_told.links(base, kept)}
    headers = {"Location": f"{base}{PROPOSALS}/{kept.id}", "Cache-Control": "no-store"}
    return Response(orjson.dumps(told), 202, headers, JSON)


def _draft(request: Request, given: Services, person: Person | None, sent: bytes) -> Draft:
    """Return what is proposed, by whom; somebody without a key is known by whence they come."""
    stated = json_of(request, sent, (JSON,))
    draft = draft_of(stated, given.store, person.name if person else None)
    if person is not None:
        return draft
    origin = hashlib.sha256(f"{given.store.identity}\n{client_of(request, None)}".encode()).digest()[:16]
    return dataclasses.replace(draft, author=Author(draft.author.name, None, origin))


def _secret(given: Services, name: bytes | None) -> str:
    """Return what its author may answer and withdraw with; who asks again under the same name gets the same."""
    if name is None:
        return token_of(secrets.token_bytes(24))
    return token_of(hmac.digest(given.store.identity.encode(), b"proposal" + name, "sha256")[:24])


@router.post("/check")
def check(request: Request, given: ServicesDep, person: ProposerDep, sent: BodyDep) -> Response:
    """Say what is wrong with a proposal, or looks so, what resembles it, and how it would look; nothing is kept."""
    language = language_wished(request)
    told: dict[str, Any] = {"faults": [], "alike": [], "html": None}
    try:
        draft = _draft(request, given, person, sent)
    except InvalidRecord as error:
        found = error.faults
    else:
        found = within_feature(check_record(draft.project, given.organisations)) if draft.project else []
        told["html"] = _looks(request, given, draft.project) if draft.project else None
        if draft.project and draft.kind == "create":
            found_alike = resembling(given.catalog, {**draft.project.to_feature(), "id": ""})
            told["alike"] = [each.document() for each in found_alike]
    told["faults"] = [{**fault_shown(each, language), "severity": each.severity} for each in found]
    return Response(orjson.dumps(told), 200, {"Cache-Control": "no-store", "Content-Language": language.code}, JSON)


def _looks(request: Request, given: Services, project: Project) -> str:
    """Return a record as its page would show it."""
    view = view_of_draft(given, project, base_url(request))
    return pages.record_body(given.settings.site, view, language_wished(request))


@router.get("")
def proposals(request: Request, given: ServicesDep) -> Response:
    """Answer a page of proposals, those that wait longest first."""
    query, base = _query(request, given.settings.page_size), base_url(request)
    page = given.store.proposals.search(query)
    told = {
        "proposals": [short(base, each) for each in page.proposals],
        "numberMatched": page.number_matched,
        "numberReturned": len(page.proposals),
        "next": page.after,
    }
    tag = etag(orjson.dumps(told))
    return document(request, given, tag, lambda: told, shown("api.proposals"))


def _query(request: Request, page_size: int) -> ProposalQuery:
    params = request.query_params
    parameters.check_known(params, (*PARAMETERS, "limit", *parameters.FORMED))
    after = once(params, "after")
    if after is not None and not re.fullmatch(r"\d{1,15}", after, re.ASCII):
        raise WrongParameter("after", "no-page-mark")
    known = {"state": PROPOSAL_STATES.codes, "kind": PROPOSAL_KINDS.codes}
    return ProposalQuery(
        states=_listed(once(params, "state"), "state", known["state"]),
        kinds=_listed(once(params, "kind"), "kind", known["kind"]),
        countries=tuple((once(params, "country") or "").split(",")) if "country" in params else (),
        project_id=once(params, "project"),
        text=once(params, "q") or "",
        newest_first=_listed(once(params, "sortby"), "sortby", ["time", "-time"]) == ("-time",),
        after=int(after) if after else None,
        limit=parameters.read_limit(once(params, "limit"), page_size),
    )


def _listed(text: str | None, name: str, known: list[str]) -> tuple[str, ...]:
    found = tuple(text.split(",")) if text else ()
    for each in found:
        if each not in known:
            raise WrongParameter(name, "parameter-no-code", value=each[:50], known=tuple(known))
    return found


@router.get("/{number}")
def proposal(number: str, request: Request, given: ServicesDep) -> Response:
    """Answer a proposal as it stands: what it says, what was said of it, what came of it."""
    parameters.check_known(request.query_params, parameters.FORMED)
    told = whole(base_url(request), given, _found(given, number))
    return document(request, given, etag(orjson.dumps(told)), lambda: told, shown("api.proposal", number=number))


def _found(given: Services, number: str) -> Proposal:
    if not re.fullmatch(r"[1-9]\d{0,17}", number, re.ASCII):
        raise NoSuchProposal("no-such-proposal", number=number[:20])
    return given.store.proposals.get(int(number))


@router.post("/{number}/decision", dependencies=[SlotDep])
def decision(number: str, request: Request, given: ServicesDep, person: ProposerDep, sent: BodyDep) -> Response:
    """Decide a proposal, or answer what was asked, and answer how it stands then."""
    found = _found(given, number)
    told = decision_of(json_of(request, sent, (JSON,)), found)
    name = _author(found, person, told.token) if told.is_of_author else _editor(request, found, told.into, given)
    decided = decide(given.store, found, told, name, is_editor=not told.is_of_author)
    return Response(orjson.dumps(whole(base_url(request), given, decided)), 200, {"Cache-Control": "no-store"}, JSON)


def _author(found: Proposal, person: Person | None, token: str | None) -> str:
    """Return the name of who proposed it; raises RoleMissing for anybody else."""
    author, digest = found.draft.author, hashlib.sha256((token or "").encode()).digest()
    is_theirs = person is not None and author.key == person.name
    if not is_theirs and not (found.draft.token and hmac.compare_digest(digest, found.draft.token)):
        raise RoleMissing("not-your-proposal", number=found.id)
    return author.name


def _editor(request: Request, found: Proposal, into: str | None, given: Services) -> str:
    """Return the name of an editor who may decide this; raises KeyMissing, RoleMissing, ScopeMissing."""
    person = require("review")(request)
    other = given.store.head(into).project if into is not None else None
    check_scope(person, "review", [found.draft.country, *([other.properties.country] if other else [])])
    return person.name
