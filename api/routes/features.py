"""Reading records: OGC API - Features Part 1 (17-069r4), with facets."""

from __future__ import annotations

import dataclasses
import functools
import zlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api import crs, mementos, parameters
from api.asked import FORMS_OF_ITEM, PAGES, forms_of_items, question
from api.auth import person_of
from api.collections import OF_ORGANISATIONS, OF_PROJECTS, ROOT, Collection, CollectionDep
from api.counted import STATISTICS
from api.documents import document, form_links, shown
from api.documents import page as page_answer
from api.filters import WrongParameter
from api.forms import AS_HTML, NEGOTIATED, form_of
from api.languages import language_of
from api.links import Link, address_of, in_system, item_links, item_path
from api.listing import Listing
from api.related import related_links
from api.responses import GEOJSON, Piece, answer, etag, moved
from api.services import Services, ServicesDep, base_url
from api.tags import state_tag
from api.taking import file_answer
from geo import dates
from geo.catalog import Page, Record
from geo.columns import Columns
from geo.crs import SYSTEMS, System, features_in
from geo.errors import Gone
from geo.formats.registry import FORMATS
from geo.permissions import may
from geo.query import Query
from web import documents
from web.language import Language

router = APIRouter(prefix=ROOT)

MOST_ROWS = 500  # of a table to be read
# A table to be read is whole up to so many rows, unless somebody asks for pages of a size: nobody can sort or look
# through what is parted, and all countries are 250. Programs get pages of the usual size.
MOST_WHOLE = 300
MOST_MOVED = 1_000  # records of which the coordinates are moved for one page
FACETS = ("kind", "status", "country")
_IN_TIME = "Accept-Datetime"
_NEGOTIATED = {"Vary": f"{NEGOTIATED['Vary']}, {_IN_TIME}"}


@router.get("/{collection_id}/items")
def items(request: Request, given: ServicesDep, collection: CollectionDep) -> Response:
    """Answer a page of records as GeoJSON (/req/core/fc-op) or to be read, or all of them as a file.

    Of projects also as they stood at a time (RFC 7089).
    """
    if collection is not OF_PROJECTS or not mementos.is_asked(request):
        return _items(request, given, collection)
    elsewhere = mementos.led_back(request, given)
    moment = mementos.moment_of(given, request.query_params)
    if elsewhere is not None or moment is None:
        return elsewhere or _items(request, given, collection)
    return mementos.stamped(request, _items(request, mementos.standing(request, given, moment), collection), moment)


def _items(request: Request, given: Services, collection: Collection) -> Response:
    form, after = form_of(request, forms_of_items(collection)), request.query_params.get("after")
    listing = Listing(request, given, collection)
    if form is PAGES:
        return page_of(listing, after, request, given)
    if form is AS_HTML:
        return _read_page(listing, after, request, given)
    if listing.properties is not None:
        raise WrongParameter("properties", "properties-of-a-file", format=form.name)
    if listing.system is not crs.DEFAULT:
        raise WrongParameter("crs", "crs-of-file", name=form.name, known=crs.DEFAULT.uri)
    tag = etag(state_tag(request, given), form.name, given.release(), language_of(request).code)
    file = file_answer(request, given, listing.query(after), FORMATS[form.name], tag, collection)
    file.headers.update(crs.told())
    file.headers.add_vary_header(_IN_TIME)
    return file


def page_of(listing: Listing, after: str | None, request: Request, given: Services) -> Response:
    """Answer the page of a question that comes after a mark."""
    # Before the records are read: what is written meanwhile is in no answer that has the tag of what came after it.
    tag, query, is_default = state_tag(request, given), listing.query(after), listing.system is crs.DEFAULT
    query = query if is_default else dataclasses.replace(query, limit=min(query.limit, MOST_MOVED))
    page, links, header = _found(listing, query, after, given)
    # The time stamp changes from answer to answer, so the tag is weak: it names the records, not the bytes.
    headers = {"Link": header, **_NEGOTIATED, **crs.told(listing.system)}

    def make() -> list[Piece]:
        shown = _with(listing.properties, page)
        features = shown.features if is_default else [features_in(listing.system, shown.features)]
        return _collection(shown, features, links)

    return answer(request, tag, make, GEOJSON, headers, weak=True)


def _with(names: tuple[str, ...] | None, page: Page) -> Page:
    """Return a page whose features have only these properties."""
    if names is None:
        return page
    features = [_of_properties(names, feature) for feature in features_of(page)]
    return dataclasses.replace(page, features=[b",".join(map(orjson.dumps, features))])


def features_of(page: Page) -> list[dict[str, Any]]:
    """Return the features of a page, read."""
    found: list[dict[str, Any]] = orjson.loads(b"".join([b"[", *page.features, b"]"]))
    return found


def _of_properties(names: tuple[str, ...], feature: dict[str, Any]) -> dict[str, Any]:
    stated = feature["properties"]
    return {**feature, "properties": {name: stated[name] for name in names if name in stated}}


def _found(listing: Listing, query: Query, after: str | None, given: Services) -> tuple[Page, bytes, str]:
    page = listing.collection.catalog(given).search(query)
    links, header = listing.links.of(after, parameters.format_after(page.after) if page.after else None)
    return page, links, header


def _read_page(listing: Listing, after: str | None, request: Request, given: Services) -> Response:
    """Answer a page of records as a table, with a picture of where they are."""
    collection, query = listing.collection, _to_read(listing, after, request, given)

    def make(language: Language) -> documents.Shown:
        page, links, _ = _found(listing, query, after, given)
        features = features_of(page)
        values = {name: request.query_params.getlist(name) for name in request.query_params}
        of_each = functools.partial(address_of, base_url(request), collection)
        shown = documents.listing(
            language,
            _shown_columns(listing),
            features,
            page.number_matched,
            of_each,
            values,
            _parties(request, given, features),
        )
        title = language.say(f"api.collection_{collection.id}")
        size = [("limit", str(query.limit))] if query.limit == MOST_WHOLE and "limit" not in values else []
        read = _links_to_read(request, orjson.loads(links), size)
        return documents.Shown(title, {}, listing=shown, links=read, further=_further(request, collection))

    return page_answer(request, given, state_tag(request, given), make)


def _parties(request: Request, given: Services, features: Sequence[dict[str, Any]]) -> documents.Parties:
    """Return the organisations that features name by id."""
    names = given.catalog.party_names(documents.party_ids(features))
    return documents.Parties(names, functools.partial(address_of, base_url(request), OF_ORGANISATIONS))


def _to_read(listing: Listing, after: str | None, request: Request, given: Services) -> Query:
    """Return what the page of a table after a mark asks for."""
    query = listing.query(after)
    if after is None and "limit" not in request.query_params:
        matched, _ = listing.collection.catalog(given).count(query, ())
        if query.limit < matched <= MOST_WHOLE:
            return dataclasses.replace(query, limit=MOST_WHOLE)
    return dataclasses.replace(query, limit=min(query.limit, MOST_ROWS))


def _links_to_read(request: Request, links: list[Link], more: Sequence[tuple[str, str]]) -> list[Link]:
    """Return the links of a page of GeoJSON as those of the same page to read."""
    others = [each for each in links[1:] if each["rel"] != "alternate" or each["type"] != AS_HTML.media_type]
    following = ({**each, "type": AS_HTML.media_type} if each["rel"] == "next" else each for each in others)
    return [*form_links(request, AS_HTML, (PAGES, AS_HTML), more), *following]


def _further(request: Request, collection: Collection) -> dict[str, str]:
    """Return where else the records that are asked for are seen, or others chosen: addresses by key of the texts."""
    base, params = base_url(request), request.query_params
    start = f"?{urlencode({'filter': params['filter']})}" if "filter" in params else ""
    counted = question(params)
    charts = f"{base}{STATISTICS}{counted}{'&' if counted else '?'}f=html"
    return {
        **({"api.charts": charts} if collection is OF_PROJECTS else {}),
        "api.build_filter": f"{base}{collection.path}/filter{start}",
    }


def _shown_columns(listing: Listing) -> Columns:
    """Return the columns of a table to be read: those that are asked for."""
    names = listing.properties
    return listing.collection.columns if names is None else listing.collection.columns.only(names)


def _collection(page: Page, features: Sequence[Piece], links: bytes) -> list[Piece]:
    """Return the page as GeoJSON; a large one is sent as it lies in memory."""
    told = {"timeStamp": dates.now(), "numberMatched": page.number_matched, "numberReturned": page.number_returned}
    end = b"".join([b"],", orjson.dumps(told)[1:-1], b',"links":', links, b"}"])
    pieces = [_BEGIN, *features, end]
    return pieces if sum(map(len, pieces)) > _LARGE else [b"".join(pieces)]


_LARGE = 2**18  # bytes from which on it costs more to copy them than to send them as they lie
_BEGIN = b'{"type":"FeatureCollection","features":['


@router.get("/{collection_id}/items/{feature_id}")
def item(feature_id: str, request: Request, given: ServicesDep, collection: CollectionDep) -> Response:
    """Answer one record as a GeoJSON feature (/req/core/f-op); `incoming` are the links of other records to it.

    The address of a record that was taken into another one leads there.
    """
    is_project = collection is OF_PROJECTS
    parameters.check_known(request.query_params, (*(("at",) if is_project else ()), "crs", *parameters.FORMED))
    if is_project and mementos.is_asked(request):
        return mementos.led_to_revision(request, given, feature_id)
    form, system = form_of(request, FORMS_OF_ITEM), crs.asked(request.query_params)
    tag = "" if form is PAGES else state_tag(request, given)
    try:
        record = collection.catalog(given).get(feature_id)
    except Gone as gone:
        if gone.successor is None:
            raise
        return moved(f"{base_url(request)}{item_path(collection, gone.successor)}{in_system(system)}")
    if form is PAGES:
        return item_answer(request, given, record, collection=collection, headers=_NEGOTIATED, system=system)
    return _read_item(record, tag, request, given, collection)


def _read_item(record: Record, tag: str, request: Request, given: Services, collection: Collection) -> Response:
    """Answer a feature to be read: where a page of its own shows it, there."""
    page = collection.page_of(record.id)
    if page is not None:
        return Response(status_code=303, headers={"Location": f"{base_url(request)}{page}", **NEGOTIATED})
    links, _ = _links(request, given, collection, record)

    def make(language: Language) -> documents.Shown:
        feature, read = orjson.loads(record.feature), _links_to_read(request, orjson.loads(links), [])
        return documents.feature(language, collection.columns, feature, read, _parties(request, given, [feature]))

    return page_answer(request, given, tag, make)


def item_answer(
    request: Request,
    given: Services,
    record: Record,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    members: bytes = b"",
    collection: Collection = OF_PROJECTS,
    system: System = crs.DEFAULT,
) -> Response:
    """Return a record with its strong tag, which starts with its revision.

    `members` are JSON members that only this answer has; the tag is that of the record without them, as GET gives it.
    """
    links, header = _links(request, given, collection, record, system)
    body, is_default = item_body(record, links), system is crs.DEFAULT
    unmoved = body if is_default else item_body(record, _links(request, given, collection, record)[0])
    tag = _tag_of(record, unmoved, system)
    whole = body[:-1] + b"," + members + b"}" if members else body
    told = {"Link": header, **crs.told(system), **(headers or {})}
    return answer(request, tag, lambda: whole if is_default else features_in(system, [whole]), GEOJSON, told, status)


def _links(
    request: Request, given: Services, collection: Collection, record: Record, system: System = crs.DEFAULT
) -> tuple[bytes, str]:
    """Return the links of a feature as JSON, and those that a header has too: not the many to other features."""
    base = base_url(request)
    links, header = item_links(base, collection, record.id, system)
    more = orjson.dumps(related_links(base, given, collection, record))
    return b"".join([links[:-1], b",", more[1:]]), header


def item_tags(request: Request, given: Services, record: Record) -> list[str]:
    """Return the tags, without a content coding, of what GET answers of a record now, in each system."""
    body = item_body(record, _links(request, given, OF_PROJECTS, record)[0])
    return [_tag_of(record, body, system) for system in SYSTEMS.values()]


def _tag_of(record: Record, body: bytes, system: System) -> str:
    """Return the tag of a record in a system, by its body in CRS84."""
    coded = "" if system is crs.DEFAULT else f"-{system.name.rpartition(':')[2]}"
    return f"{record.revision}-{zlib.crc32(body):08x}{coded}"


def item_body(record: Record, links: bytes) -> bytes:
    """Return a record's feature with links, and with the links of other records to it."""
    incoming = orjson.dumps([{"type": link_type, "project": source} for link_type, source in record.incoming])
    return b"".join([record.feature[:-1], b',"incoming":', incoming, b',"links":', links, b"}"])


@router.get("/projects/facets")
def facets(request: Request, given: ServicesDep) -> Response:
    """Answer how many matching records there are of each kind, status and country."""
    known = (*parameters.MATCHING, *parameters.FORMED)
    query = parameters.read_query(request.query_params, known, given.settings.page_size)
    tag = state_tag(request, given)  # before what it is of is read, as everywhere
    matched, counts = given.catalog.count(query, FACETS)
    told = {"numberMatched": matched, "facets": counts}
    return document(request, given, tag, lambda: told, shown("api.facets"))


@router.options("/{collection_id}/items")
def items_options(request: Request, collection: CollectionDep) -> Response:
    """Tell which methods this request's key may use on a collection (OGC 20-002r1, OPTIONS)."""
    return _allowed(request, collection, "POST")


@router.options("/{collection_id}/items/{feature_id}")
def item_options(feature_id: str, request: Request, given: ServicesDep, collection: CollectionDep) -> Response:
    """Tell which methods this request's key may use on a record."""
    collection.catalog(given).get(feature_id)
    return _allowed(request, collection, "PUT, PATCH, DELETE")


def _allowed(request: Request, collection: Collection, editing: str) -> Response:
    is_editor = collection.is_edited and may(person_of(request), "change")
    return Response(status_code=200, headers={"Allow": f"GET, HEAD, OPTIONS{f', {editing}' if is_editor else ''}"})
