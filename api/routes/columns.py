"""All records as columns: one document to read, and the two parts that the map fetches."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
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


async def note_moment(request: Request, given: ServicesDep) -> None:
    """Note which changes the answer has to know, before a turn is waited for: those made before it was asked."""
    standing = given.catalog.standing()
    if standing is not None:
        request.state.since = standing.version()
    elif not given.store.is_at_hand:
        request.state.since = await run_in_threadpool(given.catalog.version)


_WAITING = [Depends(note_moment), Turn]


@router.get("/snapshot", dependencies=_WAITING)
def whole(request: Request, given: ServicesDep) -> Response:
    """Answer every matching record as columns, in one JSON document."""
    query = _asked(request)

    def make() -> bytes:
        return snapshot.listed(make(given.catalog, query) for make in PARTS.values())

    return _kept(request, given, query, "", make, JSON)


@router.get("/snapshot/{part}", dependencies=_WAITING)
def part(part: Literal["drawn", "told"], request: Request, given: ServicesDep) -> Response:
    """Answer a part as the map reads it: what the first picture needs, or the rest."""
    query = _asked(request)
    return _kept(request, given, query, part, lambda: packing.pack(PARTS[part](given.catalog, query)), COLUMNS)


def _kept(
    request: Request, given: Services, query: Query, part: str, make: Callable[[], bytes], media_type: str
) -> Response:
    """Answer what is made once for each change of the store; a part of all is also compressed once, and thoroughly."""
    version = _version(request, given, query, part)
    tag = _tag(given, query, part, version)
    pack = functools.partial(given.kept.packed, tag) if part and query == Query() else None

    def body() -> bytes:
        made = given.kept.body(tag, make)
        former = given.newest.note((query, part), version)
        if former is not None:
            given.kept.let_go(_tag(given, query, part, former))
        return made

    return answer(request, tag, body, media_type, pack=pack)


def _version(request: Request, given: Services, query: Query, part: str) -> int:
    """Return as of which change a question is answered.

    Whoever waited for a turn takes what has been made for another since it asked, whatever has changed after that: or
    each of many who wait while others write would have it made anew.
    """
    since, newest = getattr(request.state, "since", None), given.newest.of((query, part))
    if since is None or newest is None or newest < since:
        return given.catalog.version()
    return newest if given.kept.has(_tag(given, query, part, newest)) else given.catalog.version()


def _tag(given: Services, query: Query, part: str, version: int) -> str:
    return etag(given.store.identity, given.store.history, version, code_tag(), query, part)


def is_at_hand(request: Request, given: Services, part: str) -> bool:
    """Return whether a part of all records is kept as this client takes it."""
    coding = accepted_encoding(request.headers.get("accept-encoding", ""), THOROUGH)
    tag = _tag(given, Query(), part, given.catalog.version())
    return not request.query_params and given.kept.has(tag, *([coding] if coding else []))


def _asked(request: Request) -> Query:
    """Return the question; an order, a page and its size mean nothing to columns."""
    query = parameters.read_query(request.query_params, parameters.MATCHING, Query.limit)
    return Query(filter=query.filter, as_of=query.as_of)
