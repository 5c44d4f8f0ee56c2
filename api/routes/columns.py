"""All records as columns: one document to read, and the two parts that the map fetches."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import parameters
from api.links import COLLECTION
from api.responses import COLUMNS, JSON, answer, code_tag, etag
from api.services import ServicesDep
from geo import packing, snapshot
from geo.query import Query

router = APIRouter(prefix=COLLECTION)

PARTS = {"drawn": snapshot.drawn, "told": snapshot.told}


@router.get("/snapshot")
def whole(request: Request, given: ServicesDep) -> Response:
    """Answer every matching record as columns, in one JSON document."""
    query = _asked(request)
    tag = etag(given.store.identity, given.catalog.version(), code_tag(), query)
    return answer(request, tag, lambda: snapshot.listed(make(given.catalog, query) for make in PARTS.values()), JSON)


@router.get("/snapshot/{part}")
def part(part: Literal["drawn", "told"], request: Request, given: ServicesDep) -> Response:
    """Answer a part as the map reads it: what the first picture needs, or the rest.

    That of all records is made and compressed once for each change of the store.
    """
    query = _asked(request)
    tag = etag(given.store.identity, given.catalog.version(), code_tag(), query, part)

    def make() -> bytes:
        return packing.pack(PARTS[part](given.catalog, query))

    if query != Query():
        return answer(request, tag, make, COLUMNS)
    kept = given.kept
    return answer(
        request,
        tag,
        lambda: kept.body(part, tag, make),
        COLUMNS,
        pack=lambda body, encoding: kept.packed(part, tag, body, encoding),
    )


def _asked(request: Request) -> Query:
    """Return the question; an order, a page and its size mean nothing to columns."""
    query = parameters.read_query(request.query_params, parameters.MATCHING, Query.limit)
    return Query(filter=query.filter, as_of=query.as_of)
