"""The reads that nearly all clients make, by the same functions as the application's, without the way to them.

A record and a page of records cost less to answer than to find the function that answers them: what the router, the
middleware and the threads take is left out. Whatever is unusual about a request goes through the application.
"""

from __future__ import annotations

import datetime as dt
import re
from abc import ABC, abstractmethod
from collections import OrderedDict
from typing import Any, NamedTuple
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from api.clients import counted_as
from api.collections import OF_PROJECTS, ROOT
from api.empty import has_empty
from api.links import COLLECTION, ITEMS
from api.listing import Listing
from api.middleware import CAREFUL, is_readable
from api.responses import InPieces, accepted_encoding
from api.routes import columns, features, landing
from api.seen import seen_of
from api.services import Services
from geo import dates

_COLLECTION, _ITEMS, _ITEM = COLLECTION.encode(), ITEMS.encode(), f"{ITEMS}/".encode()
_FACETS, _SNAPSHOT = f"{COLLECTION}/facets".encode(), f"{COLLECTION}/snapshot".encode()
# What only the application answers: bodies, other origins, other forms than a page, and what stood at a time.
_UNUSUAL = frozenset(
    [b"origin", b"content-length", b"transfer-encoding", b"upgrade", b"expect", b"range", b"accept-datetime"]
)
UNUSUAL_OR_KEYED = _UNUSUAL | {b"authorization", b"x-api-key"}  # keys are looked up
# With these an answer is made for whoever asks: a secret is not kept, and a client may want none that was.
OWN = frozenset([b"cookie", b"cache-control", b"pragma"])
# What a question that takes no longer than a page of records may ask.
_QUICK = frozenset(["bbox", "limit", "after", "sortby", "q", "kind", "status", "country", "owner", "segment"])
_MOST_FEATURES, _MOST_PACKED = 2_000, 100  # to compress more takes so long that others would wait
_MOST_KEPT, _MOST_KEPT_BYTES = 512, 2**16
_MOST_LISTINGS, _MOST_ASKED = 256, 2**10  # the latter in bytes
_MOST_KEY = 4_096  # bytes of a question that is kept with its answer
# What proxies say of the client: the scheme apart, no answer depends on it.
_OF_PROXIES = frozenset([b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-request-id", b"x-real-ip"])
_MARK = re.compile(rb"(?:^|&)after=([\w-]+)(?=&|$)")  # as we make it; others may be encoded
_TOLD = frozenset([b"host", b"accept", b"accept-encoding"])  # by clients, that a page depends on besides

_ANY = ("*/*", "application/geo+json", "application/json")  # of Accept, with which an answer is no page to read
_TEMPLATES = (
    (f"{ITEMS}/", f"{ROOT}/{{collection_id}}/items/{{feature_id}}"),
    (ITEMS, f"{ROOT}/{{collection_id}}/items"),
    (f"{COLLECTION}/snapshot/", f"{COLLECTION}/snapshot/{{part}}"),
)

Asked = tuple[Any, ...]


class Moment(NamedTuple):
    """What is answered from as long as no record changes on one day, and the answers that were given last."""

    history: int
    version: int
    day: dt.date
    given: Services
    answers: OrderedDict[Asked, Response]


class Answers(ABC):
    """Makes answers by the functions of the routes, and keeps the last ones; several threads may ask."""

    def __init__(self, given: Services) -> None:
        self._given = given
        self._moment = Moment(-1, -1, dt.date.min, given, OrderedDict())
        self._listings: OrderedDict[Asked, Listing] = OrderedDict()

    @abstractmethod
    def _made(self, scope: Scope, path: bytes, query: bytes, given: Services) -> Response | None:
        """Make an answer; None where it goes through the application."""

    @abstractmethod
    def _may_be_made(self, request: Request, given: Services) -> bool:
        """Return whether a page is one that is made here."""

    def _kept(self, scope: Scope, path: bytes, query: bytes, moment: Moment) -> Response | None:
        """Return the answer that the same question had at this moment, or make it."""
        asked = asked_of(scope, path, query)
        if asked is None:
            return self._made(scope, path, query, moment.given)
        response = moment.answers.pop(asked, None) or self._made(scope, path, query, moment.given)
        if response is not None and _own_bytes(response) <= _MOST_KEPT_BYTES:
            moment.answers[asked] = response
            if len(moment.answers) > _MOST_KEPT:
                moment.answers.popitem(last=False)
        return response

    def _page(self, request: Request, query: bytes, given: Services) -> Response | None:
        """Return a page; what it has in common with those before and after it is kept."""
        mark, told = _MARK.search(query), [header for header in request.scope["headers"] if header[0] in _TOLD]
        if mark is None or len(query) + sum([len(value) for _, value in told]) > _MOST_ASKED:
            return features.items(request, given, OF_PROJECTS) if self._may_be_made(request, given) else None
        asked = (query[: mark.start(1)], query[mark.end(1) :], *_address_of(request.scope), *told)
        listing = self._listings.pop(asked, None)
        if listing is None:
            if not self._may_be_made(request, given):
                return None
            listing = Listing(request, given)
        self._listings[asked] = listing
        if len(self._listings) > _MOST_LISTINGS:
            self._listings.popitem(last=False)
        return features.page_of(listing, mark[1].decode(), request, given)


def asked_of(scope: Scope, path: bytes, query: bytes) -> Asked | None:
    """Return all that an answer depends on besides the records; None where that is too much to keep."""
    told = [header for header in scope["headers"] if header[0] not in _OF_PROXIES]
    if sum(len(name) + len(value) for name, value in told) + len(query) > _MOST_KEY:
        return None
    return (path, query, *_address_of(scope), *told)


def _address_of(scope: Scope) -> Asked:
    return scope["scheme"], *(scope["server"] or ())


class QuickAnswers(Answers):
    """Answers a request at once by its scope and its address, or returns None."""

    def __init__(self, app: Any, given: Services) -> None:
        super().__init__(given)
        self._app = app

    def __call__(self, scope: Scope, address: bytes) -> Response | None:
        path, _, query = address.partition(b"?")
        names = {name for name, _ in scope["headers"]}
        if not path.startswith(_COLLECTION) or not names.isdisjoint(UNUSUAL_OR_KEYED):
            return None
        if self._given.hosts.fault_of(scope) or not is_readable(query) or has_empty(query):
            return None
        if not self._given.rates.allows("reads", counted_as(scope["client"][0])):
            return None  # the application says when to come again
        scope["state"]["is_counted"] = True
        try:
            scope["path"] = path.decode("ascii")
            moment = self._now()
            if moment is None or moment.version < seen_of(scope):
                return None
            if not names.isdisjoint(OWN):
                return self._made(scope, path, query, moment.given)
            return self._kept(scope, path, query, moment)
        except Exception:
            return None  # the application says what is wrong, and logs a fault of ours

    def _now(self) -> Moment | None:
        """Return this moment; None where many changes have to be read first."""
        catalog, day = self._given.catalog.standing(), dates.today()
        if catalog is None:
            return None
        now = (catalog.history(), catalog.version(), day)
        if now != self._moment[:3]:
            self._moment = Moment(*now, self._given.with_catalog(catalog), OrderedDict())
        return self._moment

    def _made(self, scope: Scope, path: bytes, query: bytes, given: Services) -> Response | None:
        scope["app"], scope["query_string"] = self._app, query
        scope["raw_path"] = path
        request = Request(scope)
        response = self._page(request, query, given) if path == _ITEMS else _answered(request, given, path)
        if response is not None:
            _vary_by_origin(response.raw_headers)  # those from elsewhere are answered with more
            response.raw_headers += CAREFUL
        return response

    def _may_be_made(self, request: Request, given: Services) -> bool:
        params = request.query_params
        limit = params.get("limit", str(given.settings.page_size))
        most = _MOST_PACKED if accepted_encoding(request.headers.get("accept-encoding", "")) else _MOST_FEATURES
        is_small = limit.isascii() and limit.isdigit() and len(limit) < 5 and int(limit) <= most
        return is_small and params.keys() <= _QUICK and is_for_programs(request)


def route_of(path: str) -> str:
    """Return the template of the route that answers an address which is answered here."""
    for parent, template in _TEMPLATES:
        if path.startswith(parent):
            return template
    return path


def _vary_by_origin(headers: list[tuple[bytes, bytes]]) -> None:
    """Do what the application does, in a tenth of the time."""
    for at, (name, value) in enumerate(headers):
        if name == b"vary":
            headers[at] = (name, value + b", Origin")
            return
    headers.append((b"vary", b"Origin"))


def _own_bytes(response: Response) -> int:
    """Return how much memory a body takes that lies nowhere else."""
    if isinstance(response, InPieces):
        return sum(len(piece) for piece in response.pieces if isinstance(piece, bytes))
    return len(response.body)


def _answered(request: Request, given: Services, path: bytes) -> Response | None:
    """Return the answer of the route that an address has, where that is quick now."""
    if path.startswith(_ITEM):
        project_id = path.removeprefix(_ITEM)
        return None if b"/" in project_id else _item(project_id, request, given)
    if path == _FACETS:
        return _facets(request, given)
    if path == _SNAPSHOT or path.startswith(_SNAPSHOT + b"/"):
        return _columns(request, given, path.removeprefix(_SNAPSHOT).decode("ascii"))
    is_extent_known = path == _COLLECTION and given.catalog.knows_extent()
    return landing.collection(request, given, OF_PROJECTS) if is_extent_known and is_for_programs(request) else None


def _facets(request: Request, given: Services) -> Response | None:
    is_quick = request.query_params.keys() <= _QUICK and is_for_programs(request)
    return features.facets(request, given) if is_quick else None


def _item(project_id: bytes, request: Request, given: Services) -> Response | None:
    if not is_for_programs(request) or "crs" in request.query_params:
        return None
    return features.item(unquote(project_id.decode("ascii")), request, given, OF_PROJECTS)


def is_for_programs(request: Request) -> bool:
    """Return whether whoever asks takes an answer that is no page to read."""
    return request.headers.get("accept", "*/*") in _ANY


def _columns(request: Request, given: Services, part: str) -> Response | None:
    if part == "":
        return columns.whole(request, given) if columns.is_at_hand(request, given, "") else None
    name = part.removeprefix("/")
    is_at_hand = name in columns.PARTS and columns.is_at_hand(request, given, name)
    return columns.part(name, request, given) if is_at_hand else None  # type: ignore[arg-type]
