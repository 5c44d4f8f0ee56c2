"""Vector tiles of the records of any question: OGC API - Tiles Part 1 (20-057), TileJSON, and a style for MapLibre."""

from __future__ import annotations

import re
from typing import NamedTuple

import orjson
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api import parameters, tilesets
from api.asked import question
from api.documents import document, shown
from api.filters import WrongParameter, once
from api.forms import DOCUMENT, NEGOTIATED, Form, form_of
from api.links import API, COLLECTION
from api.responses import GEOJSON, JSON, answer, etag
from api.services import Services, ServicesDep, base_url
from api.tags import state_tag, static_tag
from api.tilesets import MAPBOX_STYLE, MATRIX_SET, MATRIX_SETS, STYLE, TILEJSON, Tiles
from geo.ground.tiles import Tile
from geo.query import Query
from geo.tiles.encoding import MVT, as_geojson
from geo.tiles.features import features_of
from geo.tiles.grid import MOST_ZOOM
from web import map_style

router = APIRouter()

AS_MVT = Form(("mvt", "pbf"), (MVT, "application/x-protobuf"), "Mapbox vector tile")
FORMS = (AS_MVT, Form(("geojson",), (GEOJSON, JSON), "GeoJSON"))
AS_TILEJSON = Form(("tilejson",), (TILEJSON,), "TileJSON")
SET_FORMS = (*DOCUMENT, AS_TILEJSON)
_TILE = "{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"


class Asked(NamedTuple):
    """What was asked for: which records, and where tiles of them are."""

    query: Query
    tiles: Tiles


@router.get(f"{API}/tiles")
@router.get(f"{COLLECTION}/tiles")
def tilesets_list(request: Request, given: ServicesDep) -> Response:
    """Answer the list of tile sets (/req/tilesets-list/tileset-links)."""
    tiles = _asked(request, given).tiles
    return document(request, given, static_tag(request, given), lambda: tilesets.tilesets(tiles), shown("api.tilesets"))


@router.get(f"{API}/tiles/{{tileMatrixSetId}}")
@router.get(f"{COLLECTION}/tiles/{{tileMatrixSetId}}")
def tileset(request: Request, given: ServicesDep) -> Response:
    """Answer what there is to say of a tile set (/req/tileset/tileset-op), also as TileJSON."""
    _check_matrix_set(request)
    tiles, form, tag = _asked(request, given).tiles, form_of(request, SET_FORMS), static_tag(request, given)
    if form is not AS_TILEJSON:
        return document(request, given, tag, lambda: tilesets.tileset(tiles), shown("api.tileset"), SET_FORMS)
    tag = etag(tag, form.name)
    return answer(request, tag, lambda: tilesets.tilejson(tiles, given.settings.title), TILEJSON, NEGOTIATED)


@router.get(f"{API}/tiles/{_TILE}")
@router.get(f"{COLLECTION}/tiles/{_TILE}")
def tile(request: Request, given: ServicesDep) -> Response:
    """Answer a tile (/req/core/tc-op): 204 where nothing lies on it, 404 where the world has none such."""
    _check_matrix_set(request)
    square = _square(*(request.path_params[name] for name in ("tileMatrix", "tileCol", "tileRow")))
    asked, form = _asked(request, given), form_of(request, FORMS)
    standing = given.catalog.standing()
    moment = given if standing is None else given.with_catalog(standing)
    tag = etag(state_tag(request, moment), form.name)
    below = f"{asked.tiles.base}/projects/"

    def make() -> bytes:
        if form is AS_MVT:
            return moment.catalog.vector_tile(asked.query, square, below)
        return as_geojson(features_of(moment.catalog.tile(asked.query, square), square, below.__add__), square)

    found = answer(request, tag, lambda: given.tiles.body(tag, make), form.media_type, _BY_ACCEPT)
    if found.status_code == 200 and not found.body:
        return Response(status_code=204, headers={n: found.headers[n] for n in ("ETag", "Vary", "Cache-Control")})
    return found


_NUMBER = re.compile(r"0|[1-9]\d{0,7}", re.ASCII)  # each tile has one address
_BY_ACCEPT = {"Vary": "Accept, Accept-Encoding"}


@router.get(MATRIX_SETS)
def matrix_sets(request: Request, given: ServicesDep) -> Response:
    """Answer which tile matrix sets there are."""
    parameters.check_known(request.query_params, parameters.FORMED)
    base, title = base_url(request), shown("api.matrix_sets")
    return document(request, given, static_tag(request, given), lambda: tilesets.matrix_sets(base), title)


@router.get(f"{MATRIX_SETS}/{{tileMatrixSetId}}")
def matrix_set(request: Request, given: ServicesDep) -> Response:
    """Answer how the world is cut into tiles."""
    parameters.check_known(request.query_params, parameters.FORMED)
    _check_matrix_set(request)
    return document(request, given, static_tag(request, given), tilesets.matrix_set, shown("api.matrix_set"))


@router.get(STYLE)
def style(request: Request, given: ServicesDep) -> Response:
    """Answer how MapLibre draws the records of a question on a map of countries."""
    tiles = _asked(request, given).tiles
    form_of(request, AS_STYLE)

    def make() -> bytes:
        return orjson.dumps(map_style.style(given.settings.title, tiles.asking("tilejson"), tiles.base))

    return answer(request, static_tag(request, given), make, MAPBOX_STYLE)


AS_STYLE = (Form(("json",), (MAPBOX_STYLE, JSON), "MapLibre style"),)


def _asked(request: Request, given: Services) -> Asked:
    """Return what a request asks for; raises InvalidQuery."""
    params = request.query_params
    origin = COLLECTION if request.scope["route"].path.startswith(COLLECTION) else API
    more = (*parameters.FORMED, *(["collections"] if origin == API else []))
    query = parameters.read_query(params, (*parameters.MATCHING, *more), given.settings.page_size)
    if origin == API:
        _check_collections(once(params, "collections"))
    tiles = Tiles(base_url(request), origin, question(params, "collections"))
    return Asked(Query(filter=query.filter, as_of=query.as_of), tiles)


def _check_collections(text: str | None) -> None:
    """Raise WrongParameter for a collection, by its id or address, that has no tiles (/req/collections-selection)."""
    known = COLLECTION.rpartition("/")[2]
    for name in [] if text is None else text.split(","):
        if name != known and not name.endswith(COLLECTION):
            raise WrongParameter("collections", "collection-without-tiles", name=name[:40], known=(known,))


def _check_matrix_set(request: Request) -> None:
    if request.path_params["tileMatrixSetId"] != MATRIX_SET:
        raise HTTPException(404)


def _square(zoom: str, x: str, y: str) -> Tile:
    """Return the tile of an address; raises HTTPException 404 where the world has none such."""
    if not all(_NUMBER.fullmatch(part) for part in (zoom, x, y)):
        raise HTTPException(404)
    found = Tile(int(zoom), int(x), int(y))
    if found.zoom > MOST_ZOOM or not found.is_on_earth:
        raise HTTPException(404)
    return found
