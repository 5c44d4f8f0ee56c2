"""Refusals as RFC 9457 problem documents, and the one table from error class to HTTP status."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from geo import messages, product
from geo.errors import (
    AlreadyExists,
    Gone,
    InvalidQuery,
    InvalidRecord,
    LedgerError,
    NotFound,
    NotJson,
    RevisionConflict,
    StoreError,
)
from geo.faults import NO_VALUES, Fault, Value

MOST_ERRORS = 100


class RequestError(LedgerError):
    """A request that HTTP itself lets us refuse."""

    package = "api"
    status = HTTPStatus.BAD_REQUEST
    headers: ClassVar[dict[str, str]] = {}


class BodyNotJson(RequestError):
    """The body is no JSON, or JSON that two readers would read differently."""


class KeyMissing(RequestError):
    """No key, or one that is unknown or revoked."""

    status = HTTPStatus.UNAUTHORIZED
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": f'Bearer realm="{product.NAME}"'}


class RoleMissing(RequestError):
    """The key's role does not allow this."""

    status = HTTPStatus.FORBIDDEN


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


class MediaTypeRefused(RequestError):
    """The body is of a type that is not read here."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class PreconditionMissing(RequestError):
    """A change without If-Match."""

    status = HTTPStatus.PRECONDITION_REQUIRED


STATUSES: dict[type[LedgerError], HTTPStatus] = {
    NotJson: HTTPStatus.BAD_REQUEST,
    InvalidQuery: HTTPStatus.BAD_REQUEST,
    NotFound: HTTPStatus.NOT_FOUND,
    AlreadyExists: HTTPStatus.CONFLICT,
    Gone: HTTPStatus.GONE,
    RevisionConflict: HTTPStatus.PRECONDITION_FAILED,
    InvalidRecord: HTTPStatus.UNPROCESSABLE_ENTITY,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
}

_TITLES = {
    HTTPStatus.BAD_REQUEST: "The request cannot be understood",
    HTTPStatus.UNAUTHORIZED: "A key is needed",
    HTTPStatus.FORBIDDEN: "This key may not do that",
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.METHOD_NOT_ALLOWED: "Not allowed here",
    HTTPStatus.REQUEST_TIMEOUT: "The body did not arrive in time",
    HTTPStatus.CONFLICT: "The id is taken",
    HTTPStatus.GONE: "The record was deleted",
    HTTPStatus.PRECONDITION_FAILED: "The record has changed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "This media type is not read here",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The record breaks the rules",
    HTTPStatus.PRECONDITION_REQUIRED: "Say which revision you change",
    HTTPStatus.INTERNAL_SERVER_ERROR: "The server failed",
    HTTPStatus.SERVICE_UNAVAILABLE: "The store cannot be used now",
}


def status_of(error: LedgerError) -> HTTPStatus:
    """Return the HTTP status of an error; an error class that nobody listed is a server's fault."""
    if isinstance(error, RequestError):
        return error.status
    return next((s for kind, s in STATUSES.items() if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def title_of(status: int) -> str:
    """Return the title of every problem with this status."""
    return _TITLES.get(HTTPStatus(status), HTTPStatus(status).phrase)


def problem(
    status: int,
    rule: str,
    values: Mapping[str, Value] = NO_VALUES,
    headers: dict[str, str] | None = None,
    *,
    package: str = "api",
    **members: Any,
) -> Response:
    """Return a problem document (RFC 9457 section 3); the status says all that `type` could, so it is about:blank."""
    detail, _ = messages.sentence(rule, values, package=package)
    said = {"status": int(status), "detail": detail, "rule": rule, "values": dict(values)}
    body = {"type": "about:blank", "title": title_of(status), **said, **members}
    return Response(orjson.dumps(body), status, headers, media_type="application/problem+json")


def shown(fault: Fault) -> dict[str, Any]:
    """Return a fault as a member of a document: for programs its rule and values, for people its sentence."""
    detail, expected = messages.told(fault)
    told = {"pointer": fault.pointer, "rule": fault.rule, "values": dict(fault.values)}
    return {**told, "detail": detail, "expected": expected}


async def ledger_problem(_: Request, error: Exception) -> Response:
    """Answer a LedgerError."""
    if not isinstance(error, LedgerError):
        raise error
    status = status_of(error)
    headers = dict(error.headers) if isinstance(error, RequestError) else {}
    if isinstance(error, InvalidRecord):
        return _record_problem(error)
    if isinstance(error, StoreError):
        return problem(status, "store-unavailable", headers={"Retry-After": "5"})
    members: dict[str, Any] = {}
    if isinstance(error, InvalidQuery):
        members["parameter"] = error.parameter
    if isinstance(error, RevisionConflict):
        members["currentRevision"] = error.current
    return problem(status, error.rule, error.values, headers, package=error.package, **members)


def _record_problem(error: InvalidRecord) -> Response:
    errors = [shown(fault) for fault in error.faults[:MOST_ERRORS]]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, error.rule, error.values, errors=errors)


async def http_problem(request: Request, error: Exception) -> Response:
    """Answer what the router itself refuses: no such page, no such method. OPTIONS works wherever something is."""
    if not isinstance(error, HTTPException):
        raise error
    rule = {404: "no-such-address", 405: "method-not-allowed"}.get(error.status_code, "refused-by-router")
    values = {"reason": error.detail} if rule == "refused-by-router" else {}
    headers = {"Allow": ", ".join(_methods(request))} if error.status_code == 405 else dict(error.headers or {})
    if error.status_code == 405 and request.method == "OPTIONS":
        return Response(status_code=200, headers=headers)
    return problem(error.status_code, rule, values, headers)


def _methods(request: Request) -> list[str]:
    """Return all methods of this address; the router itself names only those of the first route that fits."""
    fitting = [route for route in request.app.state.routes if route.matches(request.scope)[0] != Match.NONE]
    found = {method for route in fitting for method in getattr(route, "methods", None) or ()}
    return sorted(found | {"OPTIONS"} | ({"HEAD"} if "GET" in found else set()))


async def unexpected_problem(_: Request, error: Exception) -> Response:
    """Answer a fault of ours without showing it; the log has it."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "server-failed")
