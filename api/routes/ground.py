"""What lies under and over the projects on the map: our own base, and what an operator lays there."""

from __future__ import annotations

from pathlib import Path

import orjson
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from api.responses import COLUMNS, JSON, answer, code_tag, etag, pack_once
from api.services import ServicesDep
from geo.ground.base import TILE_ZOOM, land_tile, world
from geo.ground.shapes import MOST_ZOOM as MOST_SHAPES_ZOOM
from geo.ground.tiles import Tile
from geo.ground.towns import MOST_ZOOM as MOST_TOWNS_ZOOM
from geo.ground.towns import towns_tile

router = APIRouter()

PMTILES = "application/vnd.pmtiles"


@router.get("/ground/world")
def whole_world(request: Request) -> Response:
    """Answer every country and the great lakes."""
    return answer(request, code_tag(), world, COLUMNS, pack=pack_once)


@router.get("/ground/world/afar")
def world_from_afar(request: Request) -> Response:
    """Answer the same without what is not seen where the whole world is on the screen."""
    return answer(request, code_tag(), lambda: world(is_afar=True), COLUMNS, pack=pack_once)


@router.get("/ground/land/{zoom}/{x}/{y}")
def land(zoom: str, x: str, y: str, request: Request) -> Response:
    """Answer what lies on one tile of the map from near; nothing (204) where all of it is sea."""
    return _tile(request, land_tile(_asked(zoom, x, y, TILE_ZOOM, TILE_ZOOM)), code_tag())


@router.get("/ground/towns/{zoom}/{x}/{y}")
def towns(zoom: str, x: str, y: str, request: Request) -> Response:
    """Answer the towns that a tile names."""
    return _tile(request, towns_tile(_asked(zoom, x, y, 0, MOST_TOWNS_ZOOM)), code_tag())


@router.get("/ground/layers")
def layers(request: Request, given: ServicesDep) -> Response:
    """Answer which bases and overlays a reader may choose."""
    tag, root = etag(code_tag(), given.ground.tag, given.settings.root), given.settings.root
    return answer(request, tag, lambda: orjson.dumps(given.ground.offer(root)), JSON)


@router.get("/basemap.pmtiles")
def basemap(given: ServicesDep) -> Response:
    """Answer the operator's own base, or the bytes of it that are asked for (RFC 9110 section 14)."""
    return _file(given.ground.basemap.file if given.ground.basemap else None)


@router.get("/overlays/{name}.pmtiles")
def overlay_file(name: str, given: ServicesDep) -> Response:
    """Answer an overlay that is a file of tiles, or the bytes of it that are asked for."""
    overlay = given.ground.overlays.get(name)
    return _file(overlay.vector_tiles.file if overlay and overlay.vector_tiles else None)


@router.get("/overlays/{name}/{zoom}/{x}/{y}")
def overlay_tile(name: str, zoom: str, x: str, y: str, request: Request, given: ServicesDep) -> Response:
    """Answer what of an overlay's shapes lies on a tile; nothing (204) where none does."""
    overlay = given.ground.overlays.get(name)
    if overlay is None or overlay.shapes is None:
        raise HTTPException(404)
    found = overlay.shapes.tile(_asked(zoom, x, y, 0, MOST_SHAPES_ZOOM))
    return _tile(request, found, etag(code_tag(), given.ground.tag))


def _asked(zoom: str, x: str, y: str, least: int, most: int) -> Tile:
    """Return the tile of an address; raises HTTPException 404 where the world has none such."""
    if not all(part.isascii() and part.isdecimal() and len(part) < 6 for part in (zoom, x, y)):
        raise HTTPException(404)
    tile = Tile(int(zoom), int(x), int(y))
    if not (least <= tile.zoom <= most and tile.is_on_earth):
        raise HTTPException(404)
    return tile


def _tile(request: Request, found: bytes | None, tag: str) -> Response:
    if found is None:
        return Response(status_code=204)
    return answer(request, etag(tag, request.url.path), lambda: found, JSON)


def _file(file: Path | None) -> Response:
    if file is None or not file.is_file():
        raise HTTPException(404)
    return FileResponse(file, media_type=PMTILES)
