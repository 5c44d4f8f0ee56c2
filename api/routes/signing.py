"""Signing in with a key, and out again; who is signed in, for scripts of our pages."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from api import sessions
from api.accounts import AccountRefused, Accounts, Begun
from api.auth import holder_of, key_with
from api.languages import PARAMETER as LANGUAGE
from api.languages import language_of
from api.parameters import check_known
from api.personal import OWN, personal_page
from api.posted import PostedDep
from api.problems import detail_of
from api.services import base_url, services
from geo import product
from geo.keys import Key
from geo.permissions import Person
from web import pages

router = APIRouter()

SIGN_IN = "/sign-in"
_BEGUN, _BEGUN_SECONDS = f"{product.COMMAND}-sign-in", 600
_MOST_PATH = 2_000
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")  # of this host: neither another host's, nor one that a browser makes that


@router.get(SIGN_IN)
def sign_in_page(request: Request) -> Response:
    """Answer the page that takes a key, or says who is signed in."""
    check_known(request.query_params, (LANGUAGE, "to"))
    return _page(request, request.query_params.get("to", ""))


@router.post(SIGN_IN)
def sign_in(request: Request, form: PostedDep) -> Response:
    """Sign somebody in by their key, and send them on to where they came from."""
    form.check_known(("key", "to"))
    key = key_with(request, form.text("key"))
    person = holder_of(key)
    if person is None:
        return _page(request, form.text("to"), _refusal(request, key), 403)
    return begin_session(request, form.text("to"), person)


@router.get(f"{SIGN_IN}/account")
def begin_with_account(request: Request) -> Response:
    """Send somebody to where they sign in with an account of their institution's."""
    check_known(request.query_params, ("to",))
    begun = Begun.now(path_of_ours(request, request.query_params.get("to", "")))
    try:
        answer = RedirectResponse(_accounts(request).address(begun, _back(request)), 303, OWN)
    except AccountRefused as error:
        return _page(request, begun.to, detail_of(error, language_of(request)), 502)
    sessions.keep(request, answer, _BEGUN, orjson.dumps(begun).hex(), _BEGUN_SECONDS)
    return answer


@router.get(f"{SIGN_IN}/return")
def end_with_account(request: Request) -> Response:
    """Sign in who comes back from there, in the browser in which they set out."""
    begun = _begun(request)
    try:
        if begun is None:
            raise AccountRefused("account-not-begun-here")
        sessions_of = services(request).store.sessions
        person = _accounts(request).person(sessions_of, begun, dict(request.query_params), _back(request))
    except AccountRefused as error:
        return _page(request, begun.to if begun else "", detail_of(error, language_of(request)), 403)
    answer = begin_session(request, begun.to, person)
    sessions.keep(request, answer, _BEGUN, "", 0)
    return answer


def _accounts(request: Request) -> Accounts:
    accounts = services(request).accounts
    if not accounts.are_there:
        raise HTTPException(404)
    return accounts


def _back(request: Request) -> str:
    return f"{base_url(request)}{SIGN_IN}/return"


def _begun(request: Request) -> Begun | None:
    try:
        told = orjson.loads(bytes.fromhex(sessions.kept(request, _BEGUN)))
        return Begun(**told) if {*map(type, told.values())} == {str} else None
    except (ValueError, TypeError, AttributeError):
        return None


@router.post("/sign-out")
def sign_out(request: Request, form: PostedDep) -> Response:
    """Sign somebody out."""
    form.check_known(())
    answer = _sent_to(f"{services(request).settings.root}{SIGN_IN}")
    sessions.end(request, answer)
    return answer


@router.get("/session")
def session(request: Request) -> Response:
    """Answer who is signed in, and the token that what they change has to carry as X-CSRF-Token."""
    check_known(request.query_params, ())
    person = sessions.signed_in(request)
    if person is None:
        return JSONResponse({"person": None, "csrf": None}, headers=OWN)
    told = {"name": person.name, "role": person.role, "rights": person.rights, "countries": person.countries}
    return JSONResponse({"person": told, "csrf": sessions.token_of(request)}, headers=OWN)


def begin_session(request: Request, to: str, person: Person) -> Response:
    """Sign somebody in, and send them on to a path of ours."""
    answer = _sent_to(path_of_ours(request, to) or f"{services(request).settings.root}{SIGN_IN}")
    sessions.begin(request, answer, person)
    return answer


def path_of_ours(request: Request, path: str) -> str:
    """Return a path where it is one of this server; "" for any other."""
    root = services(request).settings.root
    is_ours = len(path) <= _MOST_PATH and _PATH.fullmatch(path) and path.startswith(f"{root}/")
    return path if is_ours else ""


def to_sign_in(request: Request) -> Response:
    """Send somebody who may not read a page to where they sign in, and from there back."""
    root = services(request).settings.root
    query = f"?{request.url.query}" if request.url.query else ""
    return _sent_to(f"{root}{SIGN_IN}?{urlencode({'to': f'{root}{request.url.path}{query}'})}")


def _sent_to(path: str) -> Response:
    return RedirectResponse(path, 303, OWN)


def _refusal(request: Request, key: Key | None) -> str:
    say = language_of(request).say
    return say("people.key_ended", time=key.expires or "") if key else say("people.key_unknown")


def _page(request: Request, to: str, refusal: str = "", status: int = 200) -> Response:
    given = {
        "person": sessions.signed_in(request),
        "csrf": sessions.token_of(request),
        "to": path_of_ours(request, to),
        "refusal": refusal,
        "are_accounts": services(request).accounts.are_there,
    }
    site = services(request).settings.site
    return personal_page(request, pages.sign_in_page(site, given, language_of(request)), status)
