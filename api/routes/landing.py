"""The API's front matter: landing page, conformance, collections, and the definition."""

from __future__ import annotations

import functools
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api import openapi, parameters
from api.links import COLLECTION, ITEMS, OPENAPI, Link, link
from api.responses import GEOJSON, JSON, SCHEMA, answer
from api.routes.features import state_tag, static_tag
from api.services import Services, ServicesDep, base_url

router = APIRouter(prefix="/api")

DESCRIPTION = "The open, sourced map of the world's lithium and battery projects."

_FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
_EDITING = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf"
CONFORMANCE = [
    f"{_FEATURES}/core",
    f"{_FEATURES}/geojson",
    f"{_FEATURES}/oas30",
    f"{_EDITING}/create-replace-delete",
    f"{_EDITING}/update",
    f"{_EDITING}/optimistic-locking-etags",
    f"{_EDITING}/features",
]


@router.get("")
def landing(request: Request, given: ServicesDep) -> Response:
    """Answer the landing page (/req/core/root-op)."""
    parameters.check_known(request.query_params, [])
    base = base_url(request)
    links = [
        link(f"{base}/api", "self", JSON, "This document"),
        link(f"{base}/api/openapi.json", "service-desc", OPENAPI, "The API definition"),
        link(f"{base}/api/docs", "service-doc", "text/html", "The API definition as a page"),
        link(f"{base}/api/conformance", "conformance", JSON, "What this API conforms to"),
        link(f"{base}/api/collections", "data", JSON, "The collections"),
        link(f"{base}/", "alternate", "text/html", "The map"),
    ]
    return _document(request, given, {"title": given.settings.title, "description": DESCRIPTION, "links": links})


@router.get("/conformance")
def conformance(request: Request, given: ServicesDep) -> Response:
    """Answer the conformance classes (/req/core/conformance-op)."""
    parameters.check_known(request.query_params, [])
    return _document(request, given, {"conformsTo": CONFORMANCE})


@router.get("/collections")
def collections(request: Request, given: ServicesDep) -> Response:
    """Answer the list of collections (/req/core/collections-op)."""
    parameters.check_known(request.query_params, [])
    links = [link(f"{base_url(request)}/api/collections", "self", JSON, "This document")]
    return _of_state(request, given, {"links": links, "collections": [_projects(request, given)]})


@router.get("/collections/projects")
def collection(request: Request, given: ServicesDep) -> Response:
    """Answer the collection of projects (/req/core/sfc-md-op)."""
    parameters.check_known(request.query_params, [])
    return _of_state(request, given, _projects(request, given))


@router.get("/openapi.json")
def definition(request: Request, given: ServicesDep) -> Response:
    """Answer the API definition, OpenAPI 3.0 (/req/oas30/oas-definition-1)."""
    parameters.check_known(request.query_params, [])
    base = base_url(request)
    document = functools.partial(openapi.document, base, given.settings.title, given.settings.page_size)
    return answer(request, static_tag(request, given), lambda: orjson.dumps(document()), OPENAPI)


def _document(request: Request, given: Services, document: dict[str, Any]) -> Response:
    return answer(request, static_tag(request, given), lambda: orjson.dumps(document), JSON)


def _of_state(request: Request, given: Services, document: dict[str, Any]) -> Response:
    return answer(request, state_tag(request, given), lambda: orjson.dumps(document), JSON)


def _projects(request: Request, given: Services) -> dict[str, Any]:
    box, interval = given.catalog.extent()
    extent = {"spatial": {"bbox": [box], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}
    times = {"temporal": {"interval": [interval], "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}}
    return {
        "id": "projects",
        "title": "Lithium and battery projects",
        "description": "From salt flat to recycling: where, who, how big, what stage it has reached, and who says so.",
        "itemType": "feature",
        "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
        "extent": extent | times,
        "links": _collection_links(base_url(request)),
    }


def _collection_links(base: str) -> list[Link]:
    licence = "https://creativecommons.org/licenses/by/4.0/"
    return [
        link(f"{base}{COLLECTION}", "self", JSON, "This collection"),
        link(f"{base}{ITEMS}", "items", GEOJSON, "The records"),
        link(f"{base}{COLLECTION}/schema", "describedby", SCHEMA, "JSON Schema of a record"),
        link(licence, "license", "text/html", "CC BY 4.0"),
    ]
