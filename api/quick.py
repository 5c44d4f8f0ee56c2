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

from api.links import ITEMS
from api.middleware import CAREFUL
from api.routes import features
from api.services import Services
from geo.errors import LedgerError

_PATH, _ONE = ITEMS.encode(), f"{ITEMS}/".encode()
# What only the application answers: bodies, other origins, other forms than a page.
_UNUSUAL = frozenset([b"origin", b"content-length", b"transfer-encoding", b"upgrade", b"expect", b"range"])
# What a question that takes no longer than a page of records may ask.
_QUICK = frozenset(["bbox", "limit", "after", "sortby", "q", "kind", "status", "country", "owner", "segment"])
_MOST_FEATURES = 1_000

Answer = Callable[[Scope, bytes], Response | None]


def quick_answers(app: Any, given: Services) -> Answer:
    """Return what answers a request at once by its scope and its address, or returns None."""

    def answer(scope: Scope, address: bytes) -> Response | None:
        path, _, query = address.partition(b"?")
        if not path.startswith(_PATH) or any(name in _UNUSUAL for name, _ in scope["headers"]):
            return None
        scope["app"], scope["query_string"] = app, query
        scope["path"], scope["raw_path"] = path.decode("ascii"), path
        try:
            response = _answered(Request(scope), given, path)
        except LedgerError:
            return None  # the application says what is wrong
        if response is not None:
            response.raw_headers += CAREFUL
        return response

    return answer


def _answered(request: Request, given: Services, path: bytes) -> Response | None:
    if path == _PATH:
        return features.items(request, given) if _is_quick(request, given) else None
    project_id = path.removeprefix(_ONE)
    if not given.catalog.keeps_up() or len(project_id) == len(path) or not project_id or b"/" in project_id:
        return None
    return features.item(unquote(project_id.decode("ascii")), request, given)


def _is_quick(request: Request, given: Services) -> bool:
    params = request.query_params
    limit = params.get("limit", str(given.settings.page_size))
    is_small = limit.isascii() and limit.isdigit() and len(limit) < 5 and int(limit) <= _MOST_FEATURES
    accept = request.headers.get("accept", "*/*")
    return is_small and params.keys() <= _QUICK and accept in _ANY and given.catalog.keeps_up()


_ANY = ("*/*", "application/geo+json", "application/json")
