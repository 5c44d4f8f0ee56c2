"""Refusals as RFC 9457 problem documents, and the one table from error class to HTTP status."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import quote

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from api.clients import counted_as
from api.languages import language_of, language_wished
from api.responses import JSON, weight_of, weights
from api.seen import only_reads
from geo import messages, product
from geo.errors import (
    AlreadyExists,
    AskedOtherwise,
    Gone,
    Invalid,
    InvalidQuery,
    LedgerError,
    Misstated,
    NoPrimary,
    NoSuchProposal,
    NotFound,
    NotJson,
    ProposalMoved,
    ProposalsFull,
    ProposalStuck,
    RevisionConflict,
    SelectionTooLarge,
    SpoolFull,
    StoreError,
    Unconfirmed,
)
from geo.faults import NO_VALUES, Fault, Value
from web.language import DEFAULT, ENGLISH, Language, texts

MOST_ERRORS = 100
PROBLEM = "application/problem+json"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class RequestError(LedgerError):
    """A request that HTTP itself lets us refuse."""

    package = "api"
    status = HTTPStatus.BAD_REQUEST
    headers: ClassVar[dict[str, str]] = {}
    about: ClassVar[str] = ""  # what its title names, where that of the status does not say all


class BodyNotJson(RequestError):
    """The body is no JSON, or JSON that two readers would read differently."""


class KeyMissing(RequestError):
    """No key, or one that is unknown or revoked."""

    status = HTTPStatus.UNAUTHORIZED
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": f'Bearer realm="{product.NAME}"'}


class CollectionUnknown(RequestError):
    """There is no collection of this id."""

    status = HTTPStatus.NOT_FOUND


class RoleMissing(RequestError):
    """The role of who asks does not allow this."""

    status = HTTPStatus.FORBIDDEN


class ScopeMissing(RequestError):
    """Who asks may do this, but for records of other countries."""

    status = HTTPStatus.FORBIDDEN


class NotFromHere(RequestError):
    """Somebody who is signed in seems to ask for a change, but no page of this server has sent it."""

    status = HTTPStatus.FORBIDDEN


class FormUnreadable(RequestError):
    """The body is no form that can be read."""


class BodyTooLate(RequestError):
    """The body did not arrive in time."""

    status = HTTPStatus.REQUEST_TIMEOUT


class BodyTooLarge(RequestError):
    """The body is over the limit."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class NotWritten(RequestError):
    """A change that could not be made now; nothing is wrong with it."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    headers: ClassVar[dict[str, str]] = {"Retry-After": "5"}


class Abandoned(RequestError):
    """An answer that nobody waits for any longer."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class ServerBusy(RequestError):
    """More requests are at work than the operator allows."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    headers: ClassVar[dict[str, str]] = {"Retry-After": "1"}


_TOO_MANY = {
    "reads": "too-many-reads",
    "files": "too-many-files",
    "writes": "too-many-writes",
    "wrong_keys": "too-many-wrong-keys",
    "proposed": "too-many-proposed",
}


class TooMany(RequestError):
    """A client asked more often than it may; it may come again in so many seconds."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, kind: str, *, most: int, seconds: int) -> None:
        super().__init__(_TOO_MANY[kind], most=most, seconds=seconds)
        self.headers = {"Retry-After": str(seconds)}  # type: ignore[misc]


class MetricsRefused(RequestError):
    """The figures are not for this client."""

    status = HTTPStatus.FORBIDDEN


class FilesWaiting(RequestError):
    """A file that cannot be made now, since others are being made."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    headers: ClassVar[dict[str, str]] = {"Retry-After": "10"}


class NoIdempotencyKey(RequestError):
    """An Idempotency-Key that is none."""


class MediaTypeRefused(RequestError):
    """The body is of a type that is not read here."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class PreconditionFailed(RequestError):
    """If-Match where there is nothing that it could match."""

    status = HTTPStatus.PRECONDITION_FAILED


class Overtaken(RevisionConflict):
    """A change of a revision that is no longer the newest; `members` say how the two go together."""

    def __init__(self, conflict: RevisionConflict, members: Mapping[str, Any]) -> None:
        self.members = dict(members)
        super().__init__(conflict.project_id, conflict.expected, conflict.current)


class PreconditionMissing(RequestError):
    """A change without If-Match."""

    status = HTTPStatus.PRECONDITION_REQUIRED


STATUSES: dict[type[LedgerError], HTTPStatus] = {
    NotJson: HTTPStatus.BAD_REQUEST,
    InvalidQuery: HTTPStatus.BAD_REQUEST,
    SelectionTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotFound: HTTPStatus.NOT_FOUND,
    AlreadyExists: HTTPStatus.CONFLICT,
    AskedOtherwise: HTTPStatus.UNPROCESSABLE_ENTITY,
    NoSuchProposal: HTTPStatus.NOT_FOUND,
    ProposalMoved: HTTPStatus.CONFLICT,
    ProposalStuck: HTTPStatus.CONFLICT,
    ProposalsFull: HTTPStatus.TOO_MANY_REQUESTS,
    Gone: HTTPStatus.GONE,
    RevisionConflict: HTTPStatus.PRECONDITION_FAILED,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Misstated: HTTPStatus.UNPROCESSABLE_ENTITY,
    SpoolFull: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: LedgerError) -> HTTPStatus:
    """Return the HTTP status of an error; an error class that nobody listed is a server's fault."""
    if isinstance(error, RequestError):
        return error.status
    return next((s for kind, s in STATUSES.items() if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


# What problems are about whose title is another than that of their status.
ABOUT: dict[type[LedgerError], str] = {
    AlreadyExists: "record",
    AskedOtherwise: "repeated",
    ProposalMoved: "proposal",
    ProposalStuck: "proposal",
    ProposalsFull: "proposal",
}


def about_of(error: LedgerError) -> str:
    """Return what an error is about, as its title has it; "" where the status says all."""
    if isinstance(error, RequestError):
        return error.about
    if isinstance(error, Invalid):
        return error.broken.removesuffix("-invalid")
    return next((about for kind, about in ABOUT.items() if isinstance(error, kind)), "")


def title_of(status: int, language: Language = ENGLISH, about: str = "") -> str:
    """Return the title of every problem with this status, or of those of them that are about something."""
    key = f"problem.title_{int(status)}_{about}" if about else f"problem.title_{int(status)}"
    return language.say(key) if key in texts(DEFAULT) else HTTPStatus(status).phrase


def detail_of(error: LedgerError, language: Language) -> str:
    """Return what is wrong, in a language; an error's own text is for logs and terminals."""
    return messages.sentence(error.rule, error.values, package=error.package, language=language.code).detail


def problem(
    request: Request,
    status: int,
    rule: str,
    values: Mapping[str, Value] = NO_VALUES,
    headers: Mapping[str, str] | None = None,
    *,
    package: str = "api",
    about: str = "",
    **members: Any,
) -> Response:
    """Return a problem document (RFC 9457 section 3) in the language that the client wishes for.

    The status says all that `type` could, so it is about:blank.
    """
    language = (language_of if is_read_by_a_person(request) else language_wished)(request)
    detail, _ = messages.sentence(rule, values, package=package, language=language.code)
    said = {"status": int(status), "detail": detail, "rule": rule, "values": dict(values)}
    request_id = request.scope.get("state", {}).get("request_id")
    if request_id is not None:
        said["request_id"] = request_id
    body = {"type": "about:blank", "title": title_of(status, language, about), **said, **members}
    spoken = {"Content-Language": language.code, "Vary": "Accept-Language", **(headers or {})}
    return Response(orjson.dumps(body), status, spoken, media_type=PROBLEM)


def is_read_by_a_person(request: Request) -> bool:
    """Return whether a page is asked for: by `f`, or by an Accept that likes pages better, as browsers send.

    Of what changes something only a form is sent by a page.
    """
    if request.method != "GET" and not request.headers.get("content-type", "").startswith(_FORMS):
        return False
    if named := request.query_params.get("f"):
        return named == "html"
    asked = weights(",".join(request.headers.getlist("accept")))
    return weight_of(asked, "text/html") > max(weight_of(asked, PROBLEM), weight_of(asked, JSON))


def shown(fault: Fault, language: Language) -> dict[str, Any]:
    """Return a fault as a member of a document: for programs its rule and values, for people its sentence."""
    detail, expected = messages.told(fault, language.code)
    told = {"pointer": fault.pointer, "rule": fault.rule, "values": dict(fault.values)}
    return {**told, "detail": detail, "expected": expected}


async def ledger_problem(request: Request, error: Exception) -> Response:
    """Answer a LedgerError."""
    if not isinstance(error, LedgerError):
        raise error
    status = status_of(error)
    headers = dict(error.headers) if isinstance(error, RequestError) else {}
    _tell_operator(request, error)
    if isinstance(error, Invalid):
        return problem(request, status, error.rule, error.values, about=about_of(error), errors=_errors(request, error))
    if isinstance(error, StoreError):
        return problem(request, status, _rule_of(request, error), headers={"Retry-After": "5"})
    members: dict[str, Any] = {}
    if isinstance(error, InvalidQuery):
        members["parameter"] = error.parameter
    if isinstance(error, RevisionConflict):
        members["current_revision"] = error.current
    if isinstance(error, Overtaken):
        members |= error.members
    if isinstance(error, SpoolFull):
        headers["Retry-After"] = "60"
    if isinstance(error, Gone) and error.revision is not None:
        members["revisions"], headers["Link"], headers["ETag"] = _history_of(request, error.project_id, error.revision)
    about = about_of(error)
    return problem(request, status, error.rule, error.values, headers, package=error.package, about=about, **members)


def _rule_of(request: Request, error: StoreError) -> str:
    match error:
        case Unconfirmed():
            return "change-unconfirmed"
        case NoPrimary() if not only_reads(request.scope):
            return "no-primary"
        case _:
            return "store-unavailable"


def _history_of(request: Request, project_id: str, revision: int) -> tuple[str, str, str]:
    """Return where the revisions of a deleted record are, that as a Link header, and the tag of its deletion."""
    from api.services import base_url  # which is made of what may refuse

    address = f"{base_url(request)}/api/collections/projects/items/{quote(project_id, safe='')}/revisions"
    return address, f'<{address}>; rel="version-history"; type="{JSON}"', f'"{gone_tag(revision)}"'


def gone_tag(revision: int) -> str:
    """Return by what If-Match names a deletion, for whoever brings the record back."""
    return f"{revision}-deleted"


def _tell_operator(request: Request, error: LedgerError) -> None:
    """Count and log what the operator should know of: faults of the store, and bounds that refuse."""
    given = request.app.state.services
    if isinstance(error, StoreError):
        given.health.met(error, request.scope["state"].get("request_id"))
    elif isinstance(error, _BOUNDS):
        given.metrics.refused(error.rule)
        given.log.seldom(
            "warning", "bound-reached", rule=error.rule, client=request.client and counted_as(request.client.host)
        )


_BOUNDS = (TooMany, ServerBusy, NotWritten, FilesWaiting, SpoolFull, BodyTooLarge, BodyTooLate)


def _errors(request: Request, error: Invalid) -> list[dict[str, Any]]:
    return [shown(fault, language_wished(request)) for fault in error.faults[:MOST_ERRORS]]


async def http_problem(request: Request, error: Exception) -> Response:
    """Answer what the router itself refuses: no such page, no such method. OPTIONS works wherever something is."""
    if not isinstance(error, HTTPException):
        raise error
    rule = {404: "no-such-address", 405: "method-not-allowed"}.get(error.status_code, "refused-by-router")
    values = {"reason": error.detail} if rule == "refused-by-router" else {}
    headers = {"Allow": ", ".join(_methods(request))} if error.status_code == 405 else dict(error.headers or {})
    if error.status_code == 405 and request.method == "OPTIONS":
        return Response(status_code=200, headers=headers)
    return problem(request, error.status_code, rule, values, headers)


def _methods(request: Request) -> list[str]:
    """Return all methods of this address; the router itself names only those of the first route that fits."""
    fitting = [route for route in request.app.routes if route.matches(request.scope)[0] != Match.NONE]
    found = {method for route in fitting for method in getattr(route, "methods", None) or ()}
    return sorted(found | {"OPTIONS"} | ({"HEAD"} if "GET" in found else set()))


async def unexpected_problem(request: Request, error: Exception) -> Response:
    """Answer a fault of ours without showing it; the log has it."""
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, "server-failed")
