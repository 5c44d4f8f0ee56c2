"""Proposals as pages: the list and each of them for everybody, the queue and the decisions for editors."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from api import parameters, sessions
from api.auth import require
from api.decisions import author_of, editor_of, proposal_of
from api.languages import PARAMETER as LANGUAGE
from api.languages import language_of
from api.personal import OWN, personal_page
from api.posted import Posted, PostedDep, posted_by
from api.problems import RoleMissing, detail_of, status_of
from api.proposals_asked import read_proposals
from api.responses import etag
from api.reviewed import review_of, told_of, wrong_of
from api.routes.pages import page
from api.routes.proposals import check_open, check_pace
from api.services import Services, ServicesDep, base_url
from api.stated import CHOICES, FIELDS, stated_by
from api.tags import state_tag, static_tag
from api.writing import turn_to_write
from geo.deciding import Decision, decide, decision_of
from geo.errors import Gone, Invalid, LedgerError, NotFound, ProposalMoved, ProposalStuck, StoreError
from geo.permissions import Person, may
from geo.proposals import UNDECIDED, Proposal, ProposalQuery
from web.language import Language
from web.proposed.listed import Listed, proposals_page
from web.proposed.page import Reader, Review, proposal_page, review_page

router = APIRouter()

PROPOSALS, REVIEW = "/proposals", "/review"
SHOWN = 50
_FILTERS = ("state", "kind", "country", "q", "signed_in", "sortby")

ReviewerDep = Annotated[Person, Depends(require("review"))]
ReviewFormDep = Annotated[Posted, Depends(posted_by("review"))]


async def _turn(given: ServicesDep, _: PostedDep) -> AsyncIterator[None]:
    async with turn_to_write(given):
        yield


async def _editor_s_turn(given: ServicesDep, _: ReviewFormDep) -> AsyncIterator[None]:
    async with turn_to_write(given):
        yield


@router.get(PROPOSALS)
def list_of_proposals(request: Request, given: ServicesDep) -> Response:
    """Answer what has been proposed, the newest first, whatever came of it."""
    query = read_proposals(request.query_params, SHOWN, parameters.FORMED)
    newest = request.query_params.get("sortby") != "time"
    listed = _listed(request, given, dataclasses.replace(query, newest_first=newest))
    html = proposals_page(given.settings.site, listed, language_of(request))
    tag = etag(static_tag(request, given), html)
    return page(request, tag, html.encode())


@router.get(REVIEW)
def queue(request: Request, given: ServicesDep, person: ReviewerDep) -> Response:
    """Answer what waits for an editor, the oldest first: of the countries for which they are."""
    query = _queue(read_proposals(request.query_params, SHOWN, ("done", "as", *parameters.FORMED)), person)
    language = language_of(request)
    listed = _listed(request, given, query)
    listed = dataclasses.replace(listed, countries=person.countries, done=_done(request, given, language))
    return personal_page(request, proposals_page(given.settings.site, listed, language, is_queue=True))


def _queue(query: ProposalQuery, person: Person) -> ProposalQuery:
    return dataclasses.replace(
        query, states=query.states or UNDECIDED, countries=query.countries or tuple(person.countries)
    )


def _listed(request: Request, given: Services, query: ProposalQuery) -> Listed:
    asked = [(name, value) for name, value in request.query_params.multi_items() if name in _FILTERS]
    return Listed(given.store.proposals.search(query), asked, given.store.proposals.counts())


def _done(request: Request, given: Services, language: Language) -> str:
    """Say what was decided just before, as the address has it after a decision."""
    number, decision = request.query_params.get("done"), request.query_params.get("as", "")
    if number is None or decision not in ("accept", "merge", "ask", "decline"):
        return ""
    return language.say(f"review.done_{decision}", name=proposal_of(given, number).draft.name)


@router.get(f"{PROPOSALS}/{{number}}")
def proposal(number: str, request: Request, given: ServicesDep) -> Response:
    """Answer a proposal as everybody reads it, with a form for who proposed it."""
    parameters.check_known(request.query_params, parameters.FORMED)
    tag = state_tag(request, given)
    found, person = proposal_of(given, number), sessions.signed_in(request)
    if person is not None:
        return personal_page(request, _public(request, given, found, _reader(request, found, person)))
    return page(request, f"{tag}-{found.version}", _public(request, given, found, Reader()).encode())


def _reader(request: Request, found: Proposal, person: Person | None, **more: Any) -> Reader:
    is_author = person is not None and found.draft.author.key == person.name
    return Reader(sessions.token_of(request) if person else "", is_author, **more)


def _public(request: Request, given: Services, found: Proposal, reader: Reader) -> str:
    told = told_of(given, found, base_url(request))
    return proposal_page(given.settings.site, told, reader, language_of(request))


@router.post(f"{PROPOSALS}/{{number}}", dependencies=[Depends(_turn, scope="function")])
def answer(number: str, request: Request, given: ServicesDep, form: PostedDep) -> Response:
    """Take what who proposed it answers, or that they take it back, and show the proposal again."""
    form.check_known(("version", "token", "text", "decision"))
    found = proposal_of(given, number)
    try:
        told = _of_author(request, given, found, form)
        name = author_of(found, form.sender, told.token)
        decide(given.store, found, told, name, is_editor=False)
    except StoreError:
        raise
    except LedgerError as error:
        refusal = _refusal(error, language_of(request))
        reader = _reader(request, found, form.sender, refusal=refusal, filled={"text": form.text("text")})
        html = _public(request, given, proposal_of(given, number), reader)
        return personal_page(request, html, status_of(error))
    return RedirectResponse(f"{given.settings.root}{PROPOSALS}/{found.id}#discussion", 303, OWN)


def _of_author(request: Request, given: Services, found: Proposal, form: Posted) -> Decision:
    if form.sender is None:
        check_open(given)
        check_pace(request, given, None)
    elif not may(form.sender, "propose"):
        raise RoleMissing("not-your-proposal", number=found.id)
    stated = stated_by(form, found, language_of(request))
    told = decision_of(stated, found)
    if not told.is_of_author:
        raise RoleMissing("not-your-proposal", number=found.id)
    return told


@router.get(f"{REVIEW}/{{number}}")
def review(number: str, request: Request, given: ServicesDep, person: ReviewerDep) -> Response:
    """Answer a proposal with all that an editor needs to decide it, or to merge it `into` another record."""
    parameters.check_known(request.query_params, (*_FILTERS, "into", "done", "as", *parameters.FORMED))
    return _reviewed(request, given, proposal_of(given, number), person)


def _reviewed(
    request: Request, given: Services, found: Proposal, person: Person, refused: Reader | None = None, **more: Any
) -> Response:
    status = more.pop("status", 200)
    language, into = language_of(request), more.pop("into", request.query_params.get("into"))
    reader = refused or _reader(request, found, person)
    try:
        told = told_of(given, found, base_url(request), into)
    except (NotFound, Gone) as error:
        into, status = None, status_of(error)
        reader = dataclasses.replace(reader, refusal=detail_of(error, language))
        told = told_of(given, found, base_url(request))
    seen = review_of(given, told, person, language, into)
    seen = dataclasses.replace(seen, queue=_asked(request), done=_done(request, given, language), **more)
    return personal_page(request, _review_html(given, told, reader, seen, language), status)


def _review_html(given: Services, told: Any, reader: Reader, seen: Review, language: Language) -> str:
    return review_page(given.settings.site, told, reader, seen, language)


def _asked(request: Request) -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.query_params.multi_items() if name in _FILTERS]


@router.post(f"{REVIEW}/{{number}}", dependencies=[Depends(_editor_s_turn, scope="function")])
def review_decided(number: str, request: Request, given: ServicesDep, form: ReviewFormDep) -> Response:
    """Take what an editor decides, and lead on to what waits next."""
    parameters.check_known(request.query_params, (*_FILTERS, "done", "as", LANGUAGE))
    form.check_known((*FIELDS, *CHOICES))
    found = proposal_of(given, number)
    try:
        stated = stated_by(form, found, language_of(request), given.store)
        told = decision_of(stated, found)
        if told.is_of_author:
            raise RoleMissing("not-your-proposal", number=found.id)
        name = editor_of(request, form.person, found, told)
        decide(given.store, found, told, name, is_editor=True)
    except StoreError:
        raise
    except LedgerError as error:
        return _refused(request, given, found, form, error)
    return RedirectResponse(_next(request, given, found, form.person, told.decision), 303, OWN)


def _refused(request: Request, given: Services, found: Proposal, form: Posted, error: LedgerError) -> Response:
    """Show the proposal as it is now, with what was sent, why nothing came of it, and which field is wrong."""
    language = language_of(request)
    filled = {name: form.text(name) for name in (*FIELDS, *CHOICES) if form.text(name)}
    reader = _reader(request, found, form.person, refusal=_refusal(error, language), filled=filled)
    wrong = wrong_of(error.faults, language) if isinstance(error, Invalid) else ()
    into = form.text("into") or None
    now = proposal_of(given, str(found.id))
    return _reviewed(request, given, now, form.person, reader, into=into, wrong=wrong, status=status_of(error))


def _refusal(error: LedgerError, language: Language) -> str:
    if isinstance(error, Invalid):
        return " ".join(str(fault["detail"]) for _, fault in _few(error, language))
    moved = isinstance(error, ProposalMoved | ProposalStuck)
    more = language.say("review.meanwhile") if moved else ""
    return f"{detail_of(error, language)} {more}".strip()


def _few(error: Invalid, language: Language) -> Sequence[tuple[str, Any]]:
    return wrong_of(error.faults[:3], language)


def _next(request: Request, given: Services, found: Proposal, person: Person, decision: str) -> str:
    """Return where the next proposal of the same queue is decided; the queue itself where there is none."""
    query = _queue(read_proposals(request.query_params, SHOWN, ("done", "as", LANGUAGE)), person)
    page = given.store.proposals.search(dataclasses.replace(query, after=found.id, limit=1))
    query_text = urlencode([*_asked(request), ("done", str(found.id)), ("as", decision)])
    place = f"/{page.proposals[0].id}" if page.proposals else ""
    return f"{given.settings.root}{REVIEW}{place}?{query_text}"
