"""What a filter may ask (OGC 19-079r2): the properties of a collection, our functions, and the page that builds one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import parameters
from api.collections import Collection, CollectionDep
from api.documents import document, shown, trail_of
from api.forms import AS_HTML, AS_SCHEMA, NEGOTIATED, form_of
from api.languages import language_of
from api.links import link
from api.problems import detail_of
from api.reading import content_security_policy, page_headers
from api.responses import HTML, JSON, answer, etag
from api.services import ServicesDep, base_url
from api.tags import state_tag, static_tag
from geo import schemas
from geo.errors import InvalidQuery
from geo.query import Query
from web import filtering
from web.inline import script_hashes

router = APIRouter(prefix="/api")

REL = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
REL_FUNCTIONS = "http://www.opengis.net/def/rel/ogc/1.0/functions"
_FILTERING = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf"
CONFORMANCE = [
    *(f"{_FILTERING}/{name}" for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")),
    *(f"{_CQL2}/{name}" for name in ("basic-cql2", "cql2-text", "cql2-json", "advanced-comparison-operators")),
    *(f"{_CQL2}/{name}-insensitive-comparison" for name in ("case", "accent")),
    *(f"{_CQL2}/{name}" for name in ("basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions")),
    *(f"{_CQL2}/{name}" for name in ("temporal-functions", "array-functions", "property-property", "functions")),
    f"{_CQL2}/arithmetic",
]

FUNCTIONS = [
    {
        "name": "words",
        "description": "Whether a record has these words in names, owners, places and ids, or for kind and stage, as "
        "the parameter q looks for them: without case and accents, in any script.",
        "args": [{"title": "The words; a comma means or.", "type": ["string"]}],
        "returns": ["boolean"],
    },
    {
        "name": "year",
        "description": "The year of a date or a timestamp.",
        "args": [{"title": "A date or timestamp.", "type": ["datetime"]}],
        "returns": ["integer"],
    },
]


@router.get("/functions")
def functions(request: Request, given: ServicesDep) -> Response:
    """Answer the functions that a filter may call besides those of CQL2 (/req/functions/get-functions-operation)."""
    parameters.check_known(request.query_params, parameters.FORMED)
    told = {"functions": FUNCTIONS}
    return document(request, given, static_tag(request, given), lambda: told, shown("api.functions"))


@router.get("/collections/{collection_id}/queryables")
def queryables(request: Request, given: ServicesDep, collection: CollectionDep) -> Response:
    """Answer the properties that a filter may name (/req/queryables/get-queryables-response)."""
    parameters.check_known(request.query_params, parameters.FORMED)

    def make() -> dict[str, Any]:
        address = f"{base_url(request)}{collection.path}"
        made = schemas.queryables(
            f"{address}/queryables",
            collection.title,
            collection.columns,
            spatial=collection.is_spatial,
            timed=collection.has_events,
        )
        return {**made, "links": [link(address, "collection", JSON, collection.title)]}

    return document(request, given, static_tag(request, given), make, shown("api.queryables"), AS_SCHEMA)


@router.get("/collections/{collection_id}/filter")
def filter_page(request: Request, given: ServicesDep, collection: CollectionDep) -> Response:
    """Answer the page that builds a filter; without script it takes one as text and says how many records it means."""
    parameters.check_known(request.query_params, ("filter", *parameters.FORMED))
    form_of(request, (AS_HTML,))
    language, text = language_of(request), request.query_params.get("filter", "").strip()
    tag = etag(state_tag(request, given), language.code)

    def make() -> bytes:
        asked = _asked(text, request, given, collection) if text else None
        site, path, trail = given.settings.site, collection.path, trail_of(request)
        return filtering.filter_page(site, collection.columns, path, text, asked, trail, language).encode()

    html = make()
    policy = content_security_policy(script_hashes(html.decode()))
    return answer(request, tag, lambda: html, HTML, {**page_headers(request, language, policy), **NEGOTIATED})


def _asked(text: str, request: Request, given: ServicesDep, collection: Collection) -> filtering.Asked:
    """Return how many records a filter means, or what is wrong with it."""
    try:
        [wanted] = parameters.read_filters({"filter": text}, collection.columns)
    except InvalidQuery as error:
        return filtering.Asked(None, detail_of(error, language_of(request)))
    query = Query(filter=wanted, limit=1, columns=collection.columns)
    return filtering.Asked(collection.catalog(given).search(query).number_matched, "")
