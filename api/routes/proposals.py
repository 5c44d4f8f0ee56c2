"""Proposals: what anybody who may says should be in the ledger, followed in public, and decided by editors."""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api import parameters, proposals_told
from api.auth import carries_key, client_of, person_of, require
from api.bodies import json_of, once_of, received
from api.decisions import author_of, editor_of, proposal_of
from api.documents import document, shown
from api.forms import AS_GEOJSON, DOCUMENT, NEGOTIATED, form_of
from api.languages import language_of, language_wished
from api.problems import MOST_ERRORS, KeyMissing
from api.problems import shown as fault_shown
from api.proposals_asked import read_proposals
from api.proposals_told import PROPOSALS, placed, short, token_of, whole
from api.responses import GEOJSON, JSON, answer, etag
from api.services import Services, ServicesDep, base_url
from api.turns import Turn
from api.views import view_of_draft
from api.writing import turn_to_write
from geo import product
from geo.checks.alike.resembling import resembling
from geo.checks.run import check_record
from geo.deciding import decide, decision_of
from geo.errors import InvalidProposal
from geo.permissions import Person
from geo.proposals import UNDECIDED, Author, Draft, ProposalQuery
from geo.proposing import as_far_as_said, draft_of, within_feature
from geo.records.project import Project
from web import pages

router = APIRouter(prefix=PROPOSALS)

MOST_KEYLESS_BYTES = 2**17
MOST_PLACES = 1_000  # proposals that a map shows
FORMS = (*DOCUMENT, AS_GEOJSON)


def proposer(request: Request, given: ServicesDep) -> Person | None:
    """Return who proposes: None for somebody without a key, where the operator lets them.

    Raises KeyMissing and RoleMissing.
    """
    if person_of(request) is not None or carries_key(request):
        return require("propose")(request)
    check_open(given)
    return None


def check_open(given: Services) -> None:
    """Raise KeyMissing where the operator lets nobody without a key propose."""
    if given.settings.proposals != "open":
        raise KeyMissing("proposals-need-a-key", command=product.COMMAND, setting=f"{product.VARIABLES}PROPOSALS")


ProposerDep = Annotated[Person | None, Depends(proposer)]


def check_pace(request: Request, given: ServicesDep, person: ProposerDep) -> None:
    """Raise TooMany for somebody without a key who proposes too often; whatever is only checked does not count."""
    if person is None:
        given.rates.take("proposed", client_of(request, None))


PaceDep = Depends(check_pace)


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


@router.post("", dependencies=[PaceDep, SlotDep])
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
    origin = given.store.following_from_secret(b"origin", client_of(request, None).encode())[:16]
    return dataclasses.replace(draft, author=Author(draft.author.name, None, origin))


def _secret(given: Services, name: bytes | None) -> str:
    """Return what its author may answer and withdraw with; who asks again under the same name gets the same."""
    if name is None:
        return token_of(secrets.token_bytes(32))
    return token_of(given.store.following_from_secret(b"token", name))


@router.post("/check")
def check(request: Request, given: ServicesDep, person: ProposerDep, sent: BodyDep) -> Response:
    """Say what is wrong with a proposal, or looks so, what resembles it, and how it would look; nothing is kept.

    What resembles a new record is told as soon as there is a name or a place, whatever else is missing or wrong.
    """
    language = language_wished(request)
    told: dict[str, Any] = {"faults": [], "alike": [], "html": None}
    described = as_far_as_said(json_of(request, sent, (JSON,)))
    if described is not None:
        told["alike"] = [each.document() for each in resembling(given.catalog, described)]
    try:
        draft = _draft(request, given, person, sent)
    except InvalidProposal as error:
        found = error.faults
    else:
        found = within_feature(check_record(draft.project, given.organisations)) if draft.project else []
        told["html"] = _looks(request, given, draft.project) if draft.project else None
    told["faults"] = [{**fault_shown(each, language), "severity": each.severity} for each in found[:MOST_ERRORS]]
    return Response(orjson.dumps(told), 200, {"Cache-Control": "no-store", "Content-Language": language.code}, JSON)


def _looks(request: Request, given: Services, project: Project) -> str:
    """Return a record as its page would show it."""
    view = view_of_draft(given, project, base_url(request))
    return pages.record_body(given.settings.site, view, language_wished(request))


@router.get("", dependencies=[Turn])
def proposals(request: Request, given: ServicesDep) -> Response:
    """Answer a page of proposals, those that wait longest first; as GeoJSON, where those that are undecided lie."""
    form = form_of(request, FORMS)
    query = read_proposals(request.query_params, given.settings.page_size, parameters.FORMED)
    base = base_url(request)
    if form is AS_GEOJSON:
        return _places(request, given, query)
    page = given.store.proposals.search(query)
    told = {
        "proposals": [short(base, each) for each in page.proposals],
        "numberMatched": page.number_matched,
        "numberReturned": len(page.proposals),
        "after": page.after,
    }
    tag = etag(orjson.dumps(told))
    return document(request, given, tag, lambda: told, shown("api.proposals"), FORMS)


def _places(request: Request, given: Services, query: ProposalQuery) -> Response:
    """Answer the undecided proposals that have a place of their own, the newest of them where there are too many."""
    states = tuple(each for each in query.states or UNDECIDED if each in UNDECIDED)
    limit = query.limit if "limit" in request.query_params else MOST_PLACES
    asked = dataclasses.replace(query, states=states, limit=min(limit, MOST_PLACES), newest_first=True)
    found = given.store.proposals.search(asked).proposals if states else []
    features = [feature for each in found if (feature := placed(base_url(request), each)) is not None]
    body = orjson.dumps({"type": "FeatureCollection", "numberReturned": len(features), "features": features})
    return answer(request, etag(body), lambda: body, GEOJSON, NEGOTIATED)


@router.get("/{number}")
def proposal(number: str, request: Request, given: ServicesDep) -> Response:
    """Answer a proposal as it stands: what it says, what was said of it, what came of it."""
    parameters.check_known(request.query_params, parameters.FORMED)
    told = whole(base_url(request), given, proposal_of(given, number), language_of(request))
    return document(request, given, etag(orjson.dumps(told)), lambda: told, shown("api.proposal", number=number))


@router.post("/{number}/decision", dependencies=[PaceDep, SlotDep])
def decision(number: str, request: Request, given: ServicesDep, person: ProposerDep, sent: BodyDep) -> Response:
    """Decide a proposal, or answer what was asked, and answer how it stands then."""
    found = proposal_of(given, number)
    told = decision_of(json_of(request, sent, (JSON,)), found)
    if told.is_of_author:
        name = author_of(found, person, told.token)
    else:
        name = editor_of(request, require("review")(request), found, told)
    decided = decide(given.store, found, told, name, is_editor=not told.is_of_author)
    return Response(
        orjson.dumps(whole(base_url(request), given, decided, language_of(request))),
        200,
        {"Cache-Control": "no-store"},
        JSON,
    )
