"""What the API definition says of tiles (20-057, /req/oas30): operations by the names that the standard asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api import parameters
from api.filters import Parameter
from api.forms import DOCUMENT
from api.links import API, COLLECTION
from api.routes.tiles import AS_STYLE, FORMS, SET_FORMS
from api.tilesets import MATRIX_SET, MATRIX_SETS, STYLE
from geo.tiles.grid import MOST_ZOOM

Operation = dict[str, Any]
Read = Callable[..., Operation]

_COLLECTIONS = Parameter(
    "collections",
    "Which collections the tiles are of, by ids or addresses: projects is the one that has tiles.",
    {"type": "array", "items": {"type": "string"}},
)
_NUMBER = {"type": "integer", "minimum": 0, "maximum": 2**MOST_ZOOM - 1}


def _in_path(name: str, said: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema, "description": said}


IN_PATHS = [
    _in_path("tileMatrixSetId", "How the world is cut into tiles.", {"type": "string", "enum": [MATRIX_SET]}),
    _in_path("tileMatrix", "The zoom.", {"type": "integer", "minimum": 0, "maximum": MOST_ZOOM}),
    _in_path("tileRow", "Which tile from the north, from 0.", _NUMBER),
    _in_path("tileCol", "Which tile from the west, from 0.", _NUMBER),
]


def paths(read: Read) -> dict[str, dict[str, Operation]]:
    """Return the operations on tiles by their paths, which are relative to the API's root."""
    found: dict[str, dict[str, Operation]] = {
        MATRIX_SETS.removeprefix(API): {"get": read("ledger.getTileMatrixSetsList", "Tile matrix sets", DOCUMENT)},
        f"{MATRIX_SETS.removeprefix(API)}/{{tileMatrixSetId}}": {
            "get": read("ledger.getTileMatrixSet", "How the world is cut into tiles", DOCUMENT, failures=(404,))
        },
        STYLE.removeprefix(API): {"get": read("style", "A style for MapLibre", AS_STYLE, parameters.MATCHING)},
    }
    return found | _of("projects.collection.vector", COLLECTION, read) | _of("ledger.dataset.vector", API, read)


def _of(name: str, origin: str, read: Read) -> dict[str, dict[str, Operation]]:
    path = f"{origin.removeprefix(API)}/tiles"
    operations = {
        path: read(f"{name}.getTileSetsList", "Tile sets", DOCUMENT, parameters.MATCHING),
        f"{path}/{{tileMatrixSetId}}": read(
            f"{name}.getTileSet", "A tile set", SET_FORMS, parameters.MATCHING, failures=(404,)
        ),
        f"{path}/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _as_tile(
            read(f"{name}.getTile", "A tile", FORMS, parameters.MATCHING, failures=(404,))
        ),
    }
    if origin == API:
        for operation in operations.values():
            operation["parameters"].append(_COLLECTIONS.openapi())
    return {each: {"get": operation} for each, operation in operations.items()}


def _as_tile(operation: Operation) -> Operation:
    operation["responses"]["204"] = {"description": "Nothing lies on it"}
    return operation
