"""Signing in with a key, and out again; who is signed in, for scripts of our pages."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from api import sessions
from api.auth import holder_of, key_with
from api.languages import PARAMETER as LANGUAGE
from api.languages import language_of
from api.parameters import check_known
from api.personal import OWN, personal_page
from api.posted import PostedDep
from api.services import services
from geo.keys import Key
from geo.permissions import Person
from web import pages

router = APIRouter()

SIGN_IN = "/sign-in"
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
    }
    site = services(request).settings.site
    return personal_page(request, pages.sign_in_page(site, given, language_of(request)), status)
