"""The API's front matter: landing page, conformance, collections, and the definition."""

from __future__ import annotations

import functools
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api import openapi, parameters, tilesets
from api.asked import forms_of_items
from api.collections import COLLECTIONS, OF_PROJECTS, Collection, CollectionDep
from api.counted import STATISTICS
from api.documents import document, shown
from api.forms import AS_OPENAPI, form_of
from api.links import API, CHANGES, COLLECTION, Link, link
from api.responses import JSON, OPENAPI, SCHEMA, answer
from api.routes import queryables
from api.services import Services, ServicesDep, base_url
from api.tags import state_tag, static_tag
from geo.crs import CRS84, SYSTEMS

router = APIRouter(prefix="/api")

DESCRIPTION = "The open, sourced map of the world's lithium and battery projects."

_FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
_OGC = "http://www.opengis.net/def/rel/ogc/1.0"
_SENT = "JSON Schema of a record as it is sent"
_SCHEMAS = "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf"
_SORTING = "http://www.opengis.net/spec/ogcapi-features-8/1.0/conf"
_EDITING = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf"
CONFORMANCE = [
    f"{_FEATURES}/core",
    f"{_FEATURES}/geojson",
    f"{_FEATURES}/html",
    f"{_FEATURES}/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    *queryables.CONFORMANCE,
    f"{_EDITING}/create-replace-delete",
    f"{_EDITING}/update",
    f"{_EDITING}/optimistic-locking-etags",
    f"{_EDITING}/features",
    f"{_SCHEMAS}/schemas",
    f"{_SCHEMAS}/core-roles-features",
    f"{_SCHEMAS}/returnables-and-receivables",
    f"{_SORTING}/sortables",
    f"{_SORTING}/sorting",
    f"{_SORTING}/features-sorting",
    *tilesets.CONFORMANCE,
]


@router.get("")
def landing(request: Request, given: ServicesDep) -> Response:
    """Answer the landing page (/req/core/root-op)."""
    parameters.check_known(request.query_params, parameters.FORMED)
    base = base_url(request)
    links = [
        link(f"{base}/api/openapi.json", "service-desc", OPENAPI, "The API definition"),
        link(f"{base}/api/docs", "service-doc", "text/html", "The API definition as a page"),
        link(f"{base}/api/clients", "help", "text/html", "What to type in each client"),
        link(f"{base}/api/conformance", "conformance", JSON, "What this API conforms to"),
        link(f"{base}/api/collections", "data", JSON, "The collections"),
        link(f"{base}/api/functions", queryables.REL_FUNCTIONS, JSON, "Functions that a filter may call"),
        link(f"{base}{CHANGES}", "monitor", JSON, "What changed"),
        link(f"{base}/", "related", "text/html", "The map"),
        *tilesets.links_of(base, API),
        tilesets.schemes_link(base),
    ]
    told = {"title": given.settings.title, "description": DESCRIPTION, "links": links}
    return document(request, given, static_tag(request, given), lambda: told, shown("api.landing", "api.landing_about"))


@router.get("/conformance")
def conformance(request: Request, given: ServicesDep) -> Response:
    """Answer the conformance classes (/req/core/conformance-op)."""
    parameters.check_known(request.query_params, parameters.FORMED)
    told = {"conformsTo": CONFORMANCE}
    return document(request, given, static_tag(request, given), lambda: told, shown("api.conformance"))


@router.get("/collections")
def collections(request: Request, given: ServicesDep) -> Response:
    """Answer the list of collections (/req/core/collections-op)."""
    parameters.check_known(request.query_params, parameters.FORMED)

    def make() -> dict[str, Any]:
        return {"collections": [_of(each, request, given) for each in COLLECTIONS.values()]}

    return document(request, given, state_tag(request, given), make, shown("api.collections"))


@router.get("/collections/{collection_id}")
def collection(request: Request, given: ServicesDep, asked: CollectionDep) -> Response:
    """Answer a collection (/req/core/sfc-md-op)."""
    parameters.check_known(request.query_params, parameters.FORMED)
    title = shown(f"api.collection_{asked.id}")
    return document(request, given, state_tag(request, given), lambda: _of(asked, request, given, alone=True), title)


@router.get("/openapi.json")
def definition(request: Request, given: ServicesDep) -> Response:
    """Answer the API definition, OpenAPI 3.0 (/req/oas30/oas-definition-1)."""
    parameters.check_known(request.query_params, parameters.FORMED)
    form_of(request, AS_OPENAPI)
    base = base_url(request)
    document = functools.partial(openapi.document, base, given.settings.title, given.settings.page_size)
    return answer(request, static_tag(request, given), lambda: orjson.dumps(document()), OPENAPI)


def _of(each: Collection, request: Request, given: Services, alone: bool = False) -> dict[str, Any]:
    """Return a collection as it is described; `alone`, its links to itself are those of the document."""
    box, interval = each.catalog(given).extent()
    place = {"spatial": {"bbox": [box], "crs": CRS84}}
    times = {"temporal": {"interval": [interval], "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}}
    has_time = interval != [None, None]
    return {
        "id": each.id,
        "title": each.title,
        "description": each.description,
        "itemType": each.item_type,
        "crs": list(SYSTEMS),
        "storageCrs": CRS84,
        "extent": (place if each.is_spatial else {}) | (times if has_time else {}),
        "links": _collection_links(base_url(request), each, alone),
    }


def _collection_links(base: str, each: Collection, alone: bool) -> list[Link]:
    licence = "https://creativecommons.org/licenses/by/4.0/"
    address = f"{base}{each.path}"
    own = [] if alone else [link(address, "self", JSON, "This collection")]
    pages, *files = forms_of_items(each)
    # One of each media type: GDAL reads the last of GeoJSON, and a file has no pages.
    others = [form for form in files if form.media_type != pages.media_type]
    return [
        *own,
        link(f"{base}{each.items}", "items", pages.media_type, f"The records as {pages.title}"),
        *(link(f"{base}{each.items}?f={f.name}", "items", f.media_type, f"The records as {f.title}") for f in others),
        link(f"{address}/schema", f"{_OGC}/schema", SCHEMA, "What the records hold"),
        link(f"{address}/sortables", f"{_OGC}/sortables", SCHEMA, "By what records are sorted"),
        # GDAL takes the types of columns from the first of these, its former versions by a capital letter in the word.
        link(f"{address}/schema/feature", "describedby", SCHEMA, "JSON Schema of a record in GeoJSON"),
        link(f"{address}/schema/feature", "describedBy", SCHEMA, "JSON Schema of a record in GeoJSON"),
        *([link(f"{address}/schema/record", "describedby", SCHEMA, _SENT)] if each.is_edited else []),
        link(f"{address}/queryables", queryables.REL, SCHEMA, "What a filter may ask"),
        link(f"{address}/filter", "related", "text/html", "A page that builds a filter"),
        *(_counts_and_tiles(base) if each is OF_PROJECTS else []),
        link(licence, "license", "text/html", "CC BY 4.0"),
    ]


def _counts_and_tiles(base: str) -> list[Link]:
    address = f"{base}{STATISTICS}"
    return [
        link(address, "related", JSON, "How many records there are of what, and what they come to"),
        link(f"{address}?f=html", "related", "text/html", "The same as charts"),
        *tilesets.links_of(base, COLLECTION),
    ]
