"""The history of a record: its revisions, and any of them as it was, for programs and as pages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.datastructures import QueryParams
from starlette.responses import RedirectResponse, Response

from api import history, mementos, parameters, sessions
from api.asked import FORMS_OF_ITEM, PAGES
from api.collections import OF_PROJECTS
from api.documents import document, shown
from api.filters import WrongParameter, once
from api.forms import NEGOTIATED, form_of
from api.languages import language_of
from api.links import ITEMS, Link, item_path, link, link_header, revision_links, revisions_links
from api.personal import OWN, personal_page
from api.posted import Posted, posted_by
from api.problems import detail_of, status_of
from api.responses import GEOJSON, answer
from api.reverting import Back, revert_to
from api.routes.pages import page
from api.services import Services, ServicesDep, base_url
from api.tags import state_tag
from api.writing import turn_to_write
from geo.errors import Gone, LedgerError, StoreError
from geo.permissions import Person, may
from geo.store import Revision
from web.history import revision_page, revisions_page

router = APIRouter()
FormDep = Annotated[Posted, Depends(posted_by("change"))]

_IN_API = f"{ITEMS}/{{project_id}}/revisions"
_ON_PAGES = "/projects/{project_id}/revisions"


@router.get(_IN_API)
def revisions(project_id: str, request: Request, given: ServicesDep) -> Response:
    """Answer a page of a record's revisions, oldest first, each with the record as it was and what it changed."""
    after, limit = parameters.read_revisions_page(request.query_params, given.settings.page_size)
    tag = state_tag(request, given)
    before = given.store.revisions(project_id, after=after - 1, limit=1) if after else []
    found = given.store.revisions(project_id, after=after, limit=limit + 1)
    base = base_url(request)
    links = revisions_links(base, project_id, limit, found[limit - 1].number if len(found) > limit else None)
    known = {revision.number: revision for revision in (*before, *found)}
    told = {"revisions": [_told(base, each, known.get(each.number - 1)) for each in found[:limit]], "links": links}
    title = shown("api.revisions", id=project_id)
    return document(request, given, tag, lambda: told, title)


def _told(base: str, revision: Revision, before: Revision | None) -> dict[str, Any]:
    now = revision.project
    address = f"{base}{item_path(OF_PROJECTS, revision.project_id)}/revisions/{revision.number}"
    own = [link(address, "item", GEOJSON, "This revision")] if now else []
    return {**history.about(revision, before), "feature": now.to_feature() if now else None, "links": own}


@router.get(f"{_IN_API}/{{number}}")
def revision(project_id: str, number: str, request: Request, given: ServicesDep) -> Response:
    """Answer a revision as a GeoJSON feature: the record as it was, and who changed what of the one before."""
    parameters.check_known(request.query_params, parameters.FORMED)
    form, tag = form_of(request, FORMS_OF_ITEM), state_tag(request, given)
    found = history.revision_of(given, project_id, number)
    if form is not PAGES:
        address = f"{base_url(request)}{_page_of(found)}"
        return Response(status_code=303, headers={"Location": address, **NEGOTIATED})
    if found.project is None:
        raise Gone(project_id, found.number, found.successor)
    links = _links(request, given, found)
    members = {"change": history.about(found, history.before(given, found)), "links": links}
    feature = given.catalog.show(found).feature

    def make() -> bytes:
        return b"".join([feature[:-1], b",", orjson.dumps(members)[1:]])

    headers = {"Link": link_header(links), **NEGOTIATED}
    told = answer(request, tag, make, GEOJSON, headers)
    return mementos.stamped_revision(request, told, found, item_path(OF_PROJECTS, project_id))


@router.get(f"{ITEMS}/{{project_id}}/timemap")
def timemap(project_id: str, request: Request, given: ServicesDep) -> Response:
    """Answer where each state of a record is (RFC 7089 section 5); of a long history the first ones."""
    parameters.check_known(request.query_params, ())
    own = f"{base_url(request)}{item_path(OF_PROJECTS, project_id)}"
    tag = state_tag(request, given)
    found = given.store.revisions(project_id, records=False)
    states = [(f"{own}/revisions/{each.number}", each.time) for each in found if each.action != "delete"]
    body = mementos.timemap(own, f"{own}/timemap", states)
    return answer(request, tag, lambda: body, mementos.LINK_FORMAT)


def _page_of(revision: Revision) -> str:
    return f"/projects/{quote(revision.project_id, safe='')}/revisions/{revision.number}"


def _links(request: Request, given: Services, revision: Revision) -> list[Link]:
    newest = given.store.head(revision.project_id)
    base = base_url(request)
    return revision_links(base, revision.project_id, revision.number, newest.number, f"{base}{_page_of(revision)}")


@router.get(_ON_PAGES)
def page_of_revisions(project_id: str, request: Request, given: ServicesDep) -> Response:
    """Answer the revisions of a record as a page, newest first, and what differs between any two (`from`, `to`)."""
    params = request.query_params
    parameters.check_known(params, ("before", "from", "to", *parameters.FORMED))
    until, language = _before(once(params, "before")), language_of(request)
    two = (once(params, "from"), once(params, "to"))
    compared = (two[0], two[1]) if two[0] and two[1] else None
    tag = state_tag(request, given)
    view = history.page_of_revisions(given, project_id, until, compared, language)
    return page(request, tag, revisions_page(given.settings.site, view, language).encode())


def _before(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"[1-9]\d{0,14}", text, re.ASCII):
        raise WrongParameter("before", "before-not-a-revision")
    return int(text)


@router.get(f"{_ON_PAGES}/{{number}}")
def page_of_revision(project_id: str, number: str, request: Request, given: ServicesDep) -> Response:
    """Answer a revision as a page: the record as it was, and what it changed of the one before.

    Who may change it, and is signed in, may go back to it from there.
    """
    parameters.check_known(request.query_params, parameters.FORMED)
    tag = state_tag(request, given)
    found, person = history.revision_of(given, project_id, number), sessions.signed_in(request)
    if person is None:
        told = page(request, tag, _revision_page(request, given, found).encode())
    else:
        told = personal_page(request, _revision_page(request, given, found, person))
    return mementos.stamped_revision(request, told, found, f"/projects/{quote(project_id, safe='')}")


def _revision_page(
    request: Request, given: Services, found: Revision, person: Person | None = None, refusal: str = ""
) -> str:
    language, site = language_of(request), given.settings.site
    view = history.page_of_revision(given, found, base_url(request), language)
    path = f"{item_path(OF_PROJECTS, found.project_id)}/revisions/{found.number}"
    csrf = sessions.token_of(request) if person and _may_go_back(person, found) else ""
    told = {**view, "data_path": f"{site.root}{path}?f=geojson", "csrf": csrf, "refusal": refusal}
    return revision_page(site, told, language)


def _may_go_back(person: Person, found: Revision) -> bool:
    return found.project is not None and may(person, "change", found.project.properties.country)


async def _turn(given: ServicesDep, _: FormDep) -> AsyncIterator[None]:
    async with turn_to_write(given):
        yield


@router.post(f"{_ON_PAGES}/{{number}}/revert", dependencies=[Depends(_turn, scope="function")])
def go_back(project_id: str, number: str, request: Request, given: ServicesDep, form: FormDep) -> Response:
    """Make a record what it was at a revision, as a new revision, and show it."""
    form.check_known(("newest", "comment"))
    found, language = history.revision_of(given, project_id, number), language_of(request)
    try:
        expected = parameters.read_whole("newest", form.text("newest"))
        comment = parameters.read_comment(QueryParams({"comment": form.text("comment")}))
        revert_to(request, form.person, Back(project_id, number, expected, comment, language))
    except StoreError:
        raise
    except LedgerError as error:
        html = _revision_page(request, given, found, form.person, detail_of(error, language))
        return personal_page(request, html, status_of(error))
    address = f"{given.settings.root}/projects/{quote(project_id, safe='')}/revisions"
    return RedirectResponse(address, 303, OWN)
