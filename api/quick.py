"""The reads that nearly all clients make, by the same functions as the application's, without the way to them.

A record and a page of records cost less to answer than to find the function that answers them: what the router, the
middleware and the threads take is left out. Whatever is unusual about a request goes through the application.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from api.links import COLLECTION, ITEMS
from api.middleware import CAREFUL
from api.responses import accepted_encoding
from api.routes import columns, features, landing
from api.services import Services

_COLLECTION, _ITEMS, _ITEM = COLLECTION.encode(), ITEMS.encode(), f"{ITEMS}/".encode()
_FACETS, _SNAPSHOT = f"{COLLECTION}/facets".encode(), f"{COLLECTION}/snapshot/".encode()
# What only the application answers: bodies, other origins, other forms than a page.
_UNUSUAL = frozenset([b"origin", b"content-length", b"transfer-encoding", b"upgrade", b"expect", b"range"])
# What a question that takes no longer than a page of records may ask.
_QUICK = frozenset(["bbox", "limit", "after", "sortby", "q", "kind", "status", "country", "owner", "segment"])
_MOST_FEATURES, _MOST_PACKED = 1_000, 100  # to compress more takes so long that others would wait

Answer = Callable[[Scope, bytes], Response | None]


def quick_answers(app: Any, given: Services) -> Answer:
    """Return what answers a request at once by its scope and its address, or returns None."""

    def answer(scope: Scope, address: bytes) -> Response | None:
        path, _, query = address.partition(b"?")
        if not path.startswith(_COLLECTION) or any(name in _UNUSUAL for name, _ in scope["headers"]):
            return None
        scope["app"], scope["query_string"] = app, query
        scope["path"], scope["raw_path"] = path.decode("ascii"), path
        try:
            response = _answered(Request(scope), given, path)
        except Exception:
            return None  # the application says what is wrong, and logs a fault of ours
        if response is not None:
            response.headers.add_vary_header("Origin")  # which those from elsewhere are answered with more by
            response.raw_headers += CAREFUL
        return response

    return answer


def _answered(request: Request, given: Services, path: bytes) -> Response | None:
    """Return the answer of the route that an address has, where that is quick now."""
    if not given.catalog.keeps_up():
        return None
    if path == _ITEMS:
        return features.items(request, given) if _is_quick(request, given) else None
    if path.startswith(_ITEM):
        project_id = path.removeprefix(_ITEM)
        return None if b"/" in project_id else features.item(unquote(project_id.decode("ascii")), request, given)
    if path == _FACETS:
        return features.facets(request, given) if request.query_params.keys() <= _QUICK else None
    if path.startswith(_SNAPSHOT):
        return _part(request, given, path.removeprefix(_SNAPSHOT).decode("ascii"))
    is_extent_known = path == _COLLECTION and given.catalog.knows_extent()
    return landing.collection(request, given) if is_extent_known else None


def _part(request: Request, given: Services, part: str) -> Response | None:
    is_at_hand = part in columns.PARTS and columns.is_at_hand(request, given, part)
    return columns.part(part, request, given) if is_at_hand else None  # type: ignore[arg-type]


def _is_quick(request: Request, given: Services) -> bool:
    params = request.query_params
    limit = params.get("limit", str(given.settings.page_size))
    most = _MOST_PACKED if accepted_encoding(request.headers.get("accept-encoding", "")) else _MOST_FEATURES
    is_small = limit.isascii() and limit.isdigit() and len(limit) < 5 and int(limit) <= most
    accept = request.headers.get("accept", "*/*")
    return is_small and params.keys() <= _QUICK and accept in _ANY


_ANY = ("*/*", "application/geo+json", "application/json")
