"""Who is signed in: the cookie of a session, and the token that a form or a script of ours sends besides.

The token follows from the cookie, which no other site can read and no script of a page: whoever sends both was on a
page of this server (signed double submit, OWASP's cheat sheet on cross-site request forgery).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from api.problems import NotFromHere
from api.services import base_url, services
from geo import product
from geo.keys import digest
from geo.permissions import Person
from geo.sessions import LASTS

COOKIE = f"{product.COMMAND}-session"
TOKEN = "csrf"  # a field of our forms
TOKEN_HEADER = "x-csrf-token"
_MOST_SECRET = 100
_NOT_LOOKED_UP = object()


def carries_session(request: Request) -> bool:
    """Return whether a request has the cookie of a session, be it one that has ended."""
    return bool(_secret(request))


def signed_in(request: Request) -> Person | None:
    """Return who is signed in in the browser that asks."""
    known = request.scope["state"].get("session", _NOT_LOOKED_UP)
    if known is _NOT_LOOKED_UP:
        secret = _secret(request)
        known = services(request).store.sessions.find(digest(secret)) if secret else None
        request.scope["state"]["session"] = known
    return known  # type: ignore[no-any-return]


def is_by_session(request: Request) -> bool:
    """Return whether somebody asks by being signed in, as was found out when they were looked for."""
    return isinstance(request.scope["state"].get("session"), Person)


def token_of(request: Request) -> str:
    """Return what a form of a page has to send besides the cookie, as `csrf`; "" for nobody who is signed in."""
    secret = _secret(request)
    made = hmac.new(secret.encode(), b"forms of our pages", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=") if secret else ""


def is_token(request: Request, token: str) -> bool:
    """Return whether this is the token of the session."""
    return bool(token) and hmac.compare_digest(token_of(request).encode(), token.encode())


def check_origin(request: Request) -> None:
    """Raise NotFromHere where a browser says that a page of another site sends this."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    is_ours = site in ("same-origin", "none") if site else origin is None or _origin(base_url(request)) == origin
    if not is_ours:
        raise NotFromHere("sent-from-elsewhere")


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def begin(request: Request, answer: Response, person: Person) -> None:
    """Sign somebody in in the browser that is answered; a session that it had ends."""
    end(request, answer)
    secret = secrets.token_urlsafe(32)
    services(request).store.sessions.add(digest(secret), person)
    keep(request, answer, COOKIE, secret, int(LASTS.total_seconds()))


def end(request: Request, answer: Response) -> None:
    """Sign out whoever is signed in in the browser that is answered."""
    if secret := _secret(request):
        services(request).store.sessions.end(digest(secret))
        keep(request, answer, COOKIE, "", 0)


def keep(request: Request, answer: Response, name: str, secret: str, seconds: int) -> None:
    """Let the browser that is answered keep something that no script reads and no other site sends with a change."""
    path, is_secure = services(request).settings.root or "/", _is_secure(request)
    called = _called(request, name)
    answer.set_cookie(called, secret, seconds, path=path, secure=is_secure, httponly=True, samesite="lax")


def kept(request: Request, name: str) -> str:
    """Return what the browser that asks was given to keep; "" for nothing."""
    return request.cookies.get(_called(request, name), "")


def _called(request: Request, name: str) -> str:
    """Return the name of a cookie, which over https a browser lets this host alone set (RFC 6265bis section 4.1.3).

    Where the server has only a path of its host, the prefix that says so much would forbid that path.
    """
    if not _is_secure(request):
        return name
    return f"__Secure-{name}" if services(request).settings.root else f"__Host-{name}"


def _is_secure(request: Request) -> bool:
    return base_url(request).startswith("https:")


def _secret(request: Request) -> str:
    secret = kept(request, COOKIE)
    return secret if len(secret) <= _MOST_SECRET and secret.isascii() else ""
