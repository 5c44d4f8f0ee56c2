"""The pages of those who run an instance: keys, the audit log, authors taken from view. Plain forms, without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from api import sessions
from api.auth import check_scope, require
from api.filters import WrongParameter, once
from api.languages import PARAMETER as LANGUAGE
from api.languages import language_of
from api.parameters import check_known
from api.personal import OWN, personal_page
from api.posted import Posted, posted_by
from api.problems import ScopeMissing, detail_of, status_of
from api.services import Services, ServicesDep
from geo import product
from geo.audit import Mark
from geo.dates import now
from geo.errors import LedgerError, Misstated
from geo.formats.audit_log import FORMS
from geo.keys import Key, create_key, read_end, rotate_key
from geo.permissions import WHOLE, Person, may
from geo.spool import made_at_once
from web import administration

router = APIRouter(prefix="/admin")

MOST_ENTRIES = 100
_MARK = re.compile(r"(\d{1,16})-(\d{1,16})", re.ASCII)
_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}
_NEW = {"name": "", "role": "contributor", "countries": "", "expires": ""}

# What was wrong with a form, to be said on its page.
_WRONG = (Misstated, ScopeMissing, WrongParameter)

AdminDep = Annotated[Person, Depends(require("administer"))]
FormDep = Annotated[Posted, Depends(posted_by("administer"))]
# What concerns the whole ledger is for those who are for all countries.
WholeDep = Annotated[Person, Depends(require("administer", WHOLE))]
WholeFormDep = Annotated[Posted, Depends(posted_by("administer", countries=(WHOLE,)))]


@router.get("")
def keys_page(request: Request, given: ServicesDep, person: AdminDep) -> Response:
    """Answer the keys that are theirs to give and take, and the form that makes one."""
    check_known(request.query_params, (LANGUAGE,))
    return _keys(request, given, person)


@router.post("/keys")
def make_key(request: Request, given: ServicesDep, form: FormDep) -> Response:
    """Make a key, and show its secret, once."""
    form.check_known(_NEW)
    fields = {name: form.text(name) for name in _NEW}
    countries = fields["countries"].upper().replace(",", " ").split()
    try:
        check_scope(request, form.person, "administer", countries or (WHOLE,))
        ends = _end(fields["expires"]) if fields["expires"] else None
        made = create_key(given.store.keys, fields["name"], fields["role"], ends, countries, form.person.name)
    except _WRONG as error:
        return _keys(request, given, form.person, error, fields)
    return _keys(request, given, form.person, made=made)


@router.post("/keys/rotate")
def replace_key(request: Request, given: ServicesDep, form: FormDep) -> Response:
    """Make a new key in place of one, which ends now, and show its secret, once."""
    form.check_known(("name",))
    try:
        _check_reach_of(request, given, form)
        made = rotate_key(given.store.keys, form.text("name"), now(), by=form.person.name)
    except _WRONG as error:
        return _keys(request, given, form.person, error)
    return _keys(request, given, form.person, made=made)


@router.post("/keys/revoke")
def revoke_key(request: Request, given: ServicesDep, form: FormDep) -> Response:
    """Let a key open nothing any more."""
    form.check_known(("name",))
    try:
        _check_reach_of(request, given, form)
        given.store.keys.revoke(form.text("name"), form.person.name)
    except _WRONG as error:
        return _keys(request, given, form.person, error)
    return _sent_to(given, "/admin")


def _check_reach_of(request: Request, given: Services, form: Posted) -> None:
    for key in given.store.keys.all():
        if key.name == form.text("name") and key.revoked is None:
            check_scope(request, form.person, "administer", key.concerns)


def _end(text: str) -> str:
    ends = read_end(text)
    if ends is None:
        raise WrongParameter("expires", "time-form", text=text[:50])
    return ends


def _keys(
    request: Request,
    given: Services,
    person: Person,
    error: LedgerError | None = None,
    fields: dict[str, str] = _NEW,
    made: tuple[Key, str] | None = None,
) -> Response:
    language = language_of(request)
    theirs = [key for key in given.store.keys.all() if may(person, "administer", *key.concerns)]
    told: dict[str, Any] = {
        "keys": sorted(theirs, key=lambda key: (key.revoked or "", -key.id)),
        "csrf": sessions.token_of(request),
        "rooms": administration.rooms_of(person),
        "now": now(),
        "refusal": detail_of(error, language) if error else "",
        "fields": fields,
        "made": {"name": made[0].name, "secret": made[1]} if made else None,
    }
    html = administration.keys_page(given.settings.site, told, language)
    return personal_page(request, html, status_of(error) if error else 200)


@router.get("/audit")
def audit_page(request: Request, given: ServicesDep, _: WholeDep) -> Response:
    """Answer a page of the audit log, the newest first."""
    check_known(request.query_params, (LANGUAGE, "after"))
    mark = _mark(once(request.query_params, "after"))
    page = given.store.audit.newest(MOST_ENTRIES, mark)
    after = f"{page.after.entry}-{page.after.revision}" if page.after else None
    language = language_of(request)
    html = administration.audit_page(given.settings.site, page.entries, after, mark is None, language)
    return personal_page(request, html)


def _mark(text: str | None) -> Mark | None:
    found = _MARK.fullmatch(text) if text else None
    if text and found is None:
        raise WrongParameter("after", "no-page-mark")
    return Mark(int(found[1]), int(found[2])) if found else None


@router.get("/audit/export")
def audit_export(request: Request, given: ServicesDep, _: WholeDep) -> Response:
    """Answer all of the audit log as a file, in the order of time."""
    check_known(request.query_params, ("f",))
    form = once(request.query_params, "f") or "csv"
    if form not in FORMS:
        raise WrongParameter("f", "not-one-of", name="f", value=form[:50], known=tuple(FORMS))
    name = f'attachment; filename="{product.COMMAND}-audit.{form}"'
    chunks = made_at_once(FORMS[form](given.store.audit.entries()))  # who takes them slowly keeps no connection
    return StreamingResponse(chunks, headers={**OWN, "Content-Disposition": name}, media_type=_TYPES[form])


@router.get("/authors")
def authors_page(request: Request, given: ServicesDep, _: WholeDep) -> Response:
    """Answer the authors who were taken from view, and the form that takes one."""
    check_known(request.query_params, (LANGUAGE,))
    return _authors(request, given)


@router.post("/authors/hide")
def hide_author(request: Request, given: ServicesDep, form: WholeFormDep) -> Response:
    """Take an author from view."""
    return _moved(request, given, form, given.store.authors.hide)


@router.post("/authors/show")
def show_author(request: Request, given: ServicesDep, form: WholeFormDep) -> Response:
    """Show an author again."""
    return _moved(request, given, form, given.store.authors.show)


def _moved(request: Request, given: Services, form: Posted, move: Callable[[str, str], None]) -> Response:
    form.check_known(("name",))
    try:
        move(form.text("name"), form.person.name)
    except _WRONG as error:
        return _authors(request, given, error, form.text("name"))
    return _sent_to(given, "/admin/authors")


def _authors(request: Request, given: Services, error: LedgerError | None = None, name: str = "") -> Response:
    language = language_of(request)
    told = {
        "authors": given.store.authors.all(),
        "csrf": sessions.token_of(request),
        "refusal": detail_of(error, language) if error else "",
        "name": name,
    }
    html = administration.authors_page(given.settings.site, told, language)
    return personal_page(request, html, status_of(error) if error else 200)


def _sent_to(given: Services, path: str) -> Response:
    return RedirectResponse(f"{given.settings.root}{path}", 303, OWN)
