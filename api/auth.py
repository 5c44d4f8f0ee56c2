"""Who asks, and whether they may: the one place that every door goes by. Wrong keys are told, and bounded."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Annotated

from fastapi import Depends, Request

from api.clients import counted_as
from api.problems import KeyMissing, NotFromHere, RoleMissing, ScopeMissing
from api.services import base_url, services
from api.sessions import TOKEN_HEADER, check_origin, is_by_session, is_token, signed_in
from geo import product
from geo.dates import now
from geo.faults import Value
from geo.keys import Key, digest
from geo.permissions import WHOLE, Person, Right, may, roles_with

_MOST_SECRET, _MOST_ASKED = 200, 200
_NOT_LOOKED_UP = object()
_READS = frozenset(["GET", "HEAD", "OPTIONS"])


def carries_key(request: Request) -> bool:
    """Return whether a request has a key, right or wrong."""
    return "authorization" in request.headers or "x-api-key" in request.headers


def _address(request: Request) -> str:
    return counted_as(request.client.host if request.client else "")


def client_of(request: Request, key: Key | None) -> str:
    """Return under what a request is counted: its key, or its address."""
    return f"key {key.id}" if key else _address(request)


def key_of(request: Request) -> Key | None:
    """Return the key that the request carries (`Authorization: Bearer KEY`, or `X-API-Key: KEY`); it may have expired.

    Raises TooMany for an address that sent too many wrong ones: then none of its keys is looked at.
    """
    known = request.scope["state"].get("key", _NOT_LOOKED_UP)
    if known is _NOT_LOOKED_UP:
        known = request.scope["state"]["key"] = _looked_up(request) if carries_key(request) else None
    return known  # type: ignore[no-any-return]


def _looked_up(request: Request) -> Key | None:
    return key_with(request, _secret(request))


def key_with(request: Request, secret: str) -> Key | None:
    """Return the key with a secret that somebody sends; it may have expired. Raises TooMany as `key_of` does."""
    given, address = services(request), _address(request)
    given.rates.check("wrong_keys", address)
    key = given.store.keys.find(digest(secret)) if 0 < len(secret) <= _MOST_SECRET else None
    if key is not None and key.is_active(now()):
        given.health.used(key)
    elif key is None and secret:
        given.rates.allows("wrong_keys", address)
        _tell(request, "wrong")
    return key


def _tell(request: Request, why: str, name: str | None = None) -> None:
    told = {"why": why, "client": _address(request), "method": request.method, "key": name}
    services(request).log.seldom("warning", "key-refused", **told)


def _secret(request: Request) -> str:
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")


def asker(request: Request) -> Person | None:
    """Return who asks: by a key, as long as it opens anything, else by being signed in.

    Whether they meant what a form of a session asks for is for who reads that form (`api/posted.py`). Raises TooMany as
    `key_of` does.
    """
    if not carries_key(request):
        return signed_in(request)
    return holder_of(key_of(request))


def holder_of(key: Key | None) -> Person | None:
    """Return whose key it is, as long as it opens anything."""
    return Person(key.name, key.role, key.scope, key.id) if key is not None and key.is_active(now()) else None


def person_of(request: Request) -> Person | None:
    """Return who asks; raises NotFromHere for a change by somebody signed in that no page of ours has sent.

    Such a change has the token of the session in X-CSRF-Token.
    """
    person = asker(request)
    _check_meant(request)
    return person


@functools.cache
def require(right: Right, *countries: str) -> Callable[[Request], Person]:
    """Return what gives a route the person who asks, if they have a right, about records of all these countries.

    It raises KeyMissing where nobody known asks, RoleMissing and ScopeMissing for whoever may not do this, and
    NotFromHere as `person_of` does.
    """

    def required(request: Request) -> Person:
        person = require_asker(right, *countries)(request)
        _check_meant(request)
        return person

    return required


def _check_meant(request: Request) -> None:
    if is_by_session(request) and request.method not in _READS:
        check_origin(request)
        if not is_token(request, request.headers.get(TOKEN_HEADER, "")):
            raise NotFromHere("token-missing")


@functools.cache
def require_asker(right: Right, *countries: str) -> Callable[[Request], Person]:
    """Return what gives whoever reads a form the person who asks, if they have a right, as `require` does."""

    def required(request: Request) -> Person:
        person = asker(request)
        if person is None:
            raise _nobody(request, right)
        if not may(person, right):
            _refuse(request, person, right, "role")
            raise _unfit(request, person, right)
        check_scope(request, person, right, countries)
        return person

    return required


def _refuse(request: Request, person: Person, right: Right, why: str) -> None:
    _tell(request, why, person.name)
    services(request).refusals.note(person, right, f"{request.method} {request.url.path}"[:_MOST_ASKED])


def _unfit(request: Request, person: Person, right: Right) -> RoleMissing:
    told: dict[str, Value] = {"name": person.name, "role": person.role, "right": right, "known": roles_with(right)}
    return RoleMissing("role-missing", **told, page=f"{base_url(request)}/admin", command=product.COMMAND)


def _nobody(request: Request, right: Right) -> KeyMissing:
    key = key_of(request)
    if key is None:
        needed = {"right": right, "role": roles_with(right)[0], "sign_in": f"{base_url(request)}/sign-in"}
        return KeyMissing("key-missing", **needed, command=product.COMMAND)
    _tell(request, "expired", key.name)
    return KeyMissing("key-expired", name=key.name, time=key.expires or "", command=product.COMMAND)


def check_scope(request: Request, person: Person, right: Right, countries: Iterable[str]) -> None:
    """Raise ScopeMissing where a person may do something, but not about records of all these countries, or WHOLE.

    Whatever changes a record asks for its country before and after.
    """
    beyond = [country for country in dict.fromkeys(countries) if not may(person, right, country)]
    if not beyond:
        return
    _refuse(request, person, right, "scope")
    if WHOLE in beyond:
        raise ScopeMissing("whole-missing", name=person.name, countries=person.countries)
    raise ScopeMissing("scope-missing", name=person.name, countries=person.countries, beyond=tuple(beyond))


ChangerDep = Annotated[Person, Depends(require("change"))]
