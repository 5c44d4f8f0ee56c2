"""All records as columns: one document to read, and the two parts that the map fetches."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import parameters
from api.links import COLLECTION
from api.responses import COLUMNS, JSON, THOROUGH, accepted_encoding, answer, code_tag, etag
from api.services import Services, ServicesDep
from api.turns import Turn
from geo import packing, snapshot
from geo.query import Query

router = APIRouter(prefix=COLLECTION)

PARTS = {"drawn": snapshot.drawn, "told": snapshot.told}


@router.get("/snapshot", dependencies=[Turn])
def whole(request: Request, given: ServicesDep) -> Response:
    """Answer every matching record as columns, in one JSON document."""
    query = _asked(request)

    def make() -> bytes:
        return snapshot.listed(make(given.catalog, query) for make in PARTS.values())

    return _kept(request, given, query, "", make, JSON)


@router.get("/snapshot/{part}", dependencies=[Turn])
def part(part: Literal["drawn", "told"], request: Request, given: ServicesDep) -> Response:
    """Answer a part as the map reads it: what the first picture needs, or the rest."""
    query = _asked(request)
    return _kept(request, given, query, part, lambda: packing.pack(PARTS[part](given.catalog, query)), COLUMNS)


def _kept(
    request: Request, given: Services, query: Query, part: str, make: Callable[[], bytes], media_type: str
) -> Response:
    """Answer what is made once for each change of the store; a part of all is also compressed once, and thoroughly."""
    tag = _tag(given, query, part)
    pack = functools.partial(given.kept.packed, tag) if part and query == Query() else None
    return answer(request, tag, lambda: given.kept.body(tag, make), media_type, pack=pack)


def _tag(given: Services, query: Query, part: str) -> str:
    return etag(given.store.identity, given.catalog.version(), code_tag(), query, part)


def is_at_hand(request: Request, given: Services, part: str) -> bool:
    """Return whether a part of all records is kept as this client takes it."""
    coding = accepted_encoding(request.headers.get("accept-encoding", ""), THOROUGH)
    return not request.query_params and given.kept.has(_tag(given, Query(), part), *([coding] if coding else []))


def _asked(request: Request) -> Query:
    """Return the question; an order, a page and its size mean nothing to columns."""
    query = parameters.read_query(request.query_params, parameters.MATCHING, Query.limit)
    return Query(filter=query.filter, as_of=query.as_of)
