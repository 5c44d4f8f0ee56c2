"""Reading records: OGC API - Features Part 1 (17-069r4), with facets and revisions."""

from __future__ import annotations

import zlib
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api import parameters
from api.asked import file_format
from api.auth import key_of, may_write
from api.languages import language_of
from api.links import COLLECTION, ITEMS, item_links, link_header, revisions_links
from api.listing import Listing
from api.responses import GEOJSON, JSON, SCHEMA, Piece, answer, code_tag, etag, moved
from api.services import Services, ServicesDep, base_url
from api.taking import file_answer
from geo import dates
from geo.catalog import Page, Record
from geo.editing import differences
from geo.errors import Gone
from geo.records.project import Project
from geo.records.schema import feature_schema
from geo.store import Revision

router = APIRouter(prefix=COLLECTION)

FACETS = ("kind", "status", "country")


def static_tag(request: Request, given: Services) -> str:
    """Return a tag of all that an answer without records depends on: code, settings, address."""
    return etag(*_static_parts(request, given))


def state_tag(request: Request, given: Services) -> str:
    """Return a tag of all that an answer to this address depends on: records, the day, and what `static_tag` says."""
    return etag(given.store.identity, given.catalog.version(), dates.today(), *_static_parts(request, given))


def _static_parts(request: Request, given: Services) -> tuple[object, ...]:
    address = f"{base_url(request)}{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}"
    return code_tag(), given.settings.site, given.settings.page_size, address


@router.get("/items")
def items(request: Request, given: ServicesDep) -> Response:
    """Answer a page of records as a GeoJSON FeatureCollection (/req/core/fc-op), or all of them as a file."""
    listing, form = Listing(request, given), file_format(request)
    after = request.query_params.get("after")
    if form is None:
        return page_of(listing, after, request, given)
    tag = etag(state_tag(request, given), form.name, given.release(), language_of(request).code)
    return file_answer(request, given, listing.query(after), form, tag)


def page_of(listing: Listing, after: str | None, request: Request, given: Services) -> Response:
    """Answer the page of a question that comes after a mark."""
    page = given.catalog.search(listing.query(after))
    links, header = listing.links.of(after, parameters.format_after(page.after) if page.after else None)
    # The time stamp changes from answer to answer, so the tag is weak: it names the records, not the bytes.
    headers = {"Link": header, "Vary": "Accept, Accept-Encoding"}
    return answer(request, state_tag(request, given), lambda: _collection(page, links), GEOJSON, headers, weak=True)


def _collection(page: Page, links: bytes) -> list[Piece]:
    """Return the page as GeoJSON; a large one is sent as it lies in memory."""
    told = {"timeStamp": dates.now(), "numberMatched": page.number_matched, "numberReturned": page.number_returned}
    end = b"".join([b"],", orjson.dumps(told)[1:-1], b',"links":', links, b"}"])
    pieces = [_BEGIN, *page.features, end]
    return pieces if sum(map(len, pieces)) > _LARGE else [b"".join(pieces)]


_LARGE = 2**18  # bytes from which on it costs more to copy them than to send them as they lie
_BEGIN = b'{"type":"FeatureCollection","features":['


@router.get("/items/{project_id}")
def item(project_id: str, request: Request, given: ServicesDep) -> Response:
    """Answer one record as a GeoJSON feature (/req/core/f-op); `incoming` are the links of other records to it.

    The address of a record that was taken into another one leads there.
    """
    parameters.check_known(request.query_params, [])
    try:
        return item_answer(request, given, given.catalog.get(project_id))
    except Gone as gone:
        if gone.successor is None:
            raise
        return moved(f"{base_url(request)}{ITEMS}/{gone.successor}")


def item_answer(
    request: Request,
    given: Services,
    record: Record,
    status: int = 200,
    headers: dict[str, str] | None = None,
    members: bytes = b"",
) -> Response:
    """Return a record with its strong tag, which starts with its revision.

    `members` are JSON members that only this answer has; the tag is that of the record without them, as GET gives it.
    """
    links, header = item_links(base_url(request), record.id)
    body = item_body(record, links)
    tag = _tag_of(record, body)
    whole = body[:-1] + b"," + members + b"}" if members else body
    return answer(request, tag, lambda: whole, GEOJSON, {"Link": header, **(headers or {})}, status)


def item_tag(request: Request, record: Record) -> str:
    """Return the tag, without a content coding, of what GET answers of a record now."""
    return _tag_of(record, item_body(record, item_links(base_url(request), record.id)[0]))


def _tag_of(record: Record, body: bytes) -> str:
    return f"{record.revision}-{zlib.crc32(body):08x}"


def item_body(record: Record, links: bytes) -> bytes:
    """Return a record's feature with links, and with the links of other records to it."""
    incoming = orjson.dumps([{"type": link_type, "project": source} for link_type, source in record.incoming])
    return b"".join([record.feature[:-1], b',"incoming":', incoming, b',"links":', links, b"}"])


@router.get("/items/{project_id}/revisions")
def revisions(project_id: str, request: Request, given: ServicesDep) -> Response:
    """Answer a page of a record's revisions, oldest first, each with the record as it was and what it changed."""
    after, limit = parameters.read_revisions_page(request.query_params, given.settings.page_size)
    tag = state_tag(request, given)
    before = given.store.revisions(project_id, after=after - 1, limit=1) if after else []
    found = given.store.revisions(project_id, after=after, limit=limit + 1)
    links = revisions_links(
        base_url(request), project_id, limit, found[limit - 1].number if len(found) > limit else None
    )
    known = {revision.number: revision.project for revision in (*before, *found)}
    shown = [_shown(revision, known.get(revision.number - 1)) for revision in found[:limit]]
    document = {"revisions": shown, "links": links}
    return answer(request, tag, lambda: orjson.dumps(document), JSON, {"Link": link_header(links)})


def _shown(revision: Revision, before: Project | None) -> dict[str, Any]:
    """Return a revision; `changed` points at what it changed of the record before, claims by their keys."""
    now = revision.project
    changed = differences(before.to_feature(), now.to_feature()) if before and now else []
    return {
        "revision": revision.number,
        "action": revision.action,
        "author": revision.author,
        "comment": revision.comment,
        "time": revision.time,
        "successor": revision.successor,
        "changed": [each.pointer for each in changed],
        "feature": now.to_feature() if now else None,
    }


@router.get("/facets")
def facets(request: Request, given: ServicesDep) -> Response:
    """Answer how many matching records there are of each kind, status and country."""
    query = parameters.read_query(request.query_params, parameters.MATCHING, given.settings.page_size)
    tag = state_tag(request, given)
    matched, counts = given.catalog.count(query, FACETS)
    return answer(request, tag, lambda: orjson.dumps({"numberMatched": matched, "facets": counts}), JSON)


@router.get("/schema")
def schema(request: Request) -> Response:
    """Answer the JSON Schema of a record."""
    parameters.check_known(request.query_params, [])
    return answer(request, code_tag(), lambda: orjson.dumps(feature_schema()), SCHEMA)


@router.options("/items")
def items_options(request: Request) -> Response:
    """Tell which methods this request's key may use on the collection (OGC 20-002r1, OPTIONS)."""
    allowed = "GET, HEAD, OPTIONS" + (", POST" if may_write(key_of(request)) else "")
    return Response(status_code=200, headers={"Allow": allowed})


@router.options("/items/{project_id}")
def item_options(project_id: str, request: Request, given: ServicesDep) -> Response:
    """Tell which methods this request's key may use on a record."""
    given.catalog.get(project_id)
    allowed = "GET, HEAD, OPTIONS" + (", PUT, PATCH, DELETE" if may_write(key_of(request)) else "")
    return Response(status_code=200, headers={"Allow": allowed})
