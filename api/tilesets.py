"""What is said of tiles: OGC API - Tiles Part 1 (20-057), tile set metadata (17-083r4) and TileJSON 3.0.0."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import orjson

from api.links import API, COLLECTION, Link, link
from api.responses import GEOJSON, JSON
from geo.ground.tiles import MOST_LATITUDE
from geo.tiles.content import COUNTRIES, FOOTPRINTS, LAYER_ZOOMS, LAYERS, NEAR_ZOOM, fields
from geo.tiles.encoding import MVT
from geo.tiles.grid import MOST_ZOOM

MATRIX_SET = "WebMercatorQuad"
MATRIX_SETS = f"{API}/tileMatrixSets"
STYLE = f"{COLLECTION}/style"
TILESETS_VECTOR = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
TILING_SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
TILING_SCHEMES = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
TILEJSON = "application/vnd.mapbox.tile+json"
MAPBOX_STYLE = "application/vnd.mapbox.style+json"

_TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"
CONFORMANCE = [
    f"{_TILES}/core",
    f"{_TILES}/tileset",
    f"{_TILES}/tilesets-list",
    f"{_TILES}/dataset-tilesets",
    f"{_TILES}/geodata-tilesets",
    f"{_TILES}/collections-selection",
    f"{_TILES}/datetime",
    f"{_TILES}/oas30",
    f"{_TILES}/mvt",
    f"{_TILES}/geojson",
]

_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{MATRIX_SET}"
_MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
_CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_DIMENSIONS = {FOOTPRINTS: 2, COUNTRIES: 2}


class Tiles(NamedTuple):
    """Where the tiles of a question are: the server's address, the path of what they are of, and the question."""

    base: str
    origin: str  # `API` for those of the dataset, `COLLECTION` for those of the collection
    question: str

    @property
    def address(self) -> str:
        return f"{self.base}{self.origin}/tiles/{MATRIX_SET}"

    def template(self, matrix: str, row: str, column: str) -> str:
        """Return the address of any tile, with these words for its place; the row comes before the column."""
        return f"{self.address}/{{{matrix}}}/{{{row}}}/{{{column}}}{self.question}"

    def asking(self, form: str) -> str:
        """Return the address of the tile set in another form."""
        return f"{self.address}{self.question}{'&' if self.question else '?'}f={form}"


def links_of(base: str, origin: str) -> list[Link]:
    """Return the links by which tiles are found from the landing page, or from the collection."""
    return [link(f"{base}{origin}/tiles", TILESETS_VECTOR, JSON, "Vector tiles")]


def schemes_link(base: str) -> Link:
    """Return the link to the tile matrix sets."""
    return link(f"{base}{MATRIX_SETS}", TILING_SCHEMES, JSON, "Tile matrix sets")


def tilesets(tiles: Tiles) -> dict[str, Any]:
    """Return the list of tile sets (/req/tilesets-list/tileset-links)."""
    return {"tilesets": [_item(tiles)]}


def _item(tiles: Tiles) -> dict[str, Any]:
    return {
        "title": "Lithium and battery projects",
        "dataType": "vector",
        "crs": _MERCATOR,
        "tileMatrixSetURI": _URI,
        "tileMatrixSetId": MATRIX_SET,
        "tileMatrixSetLimits": [
            {
                "tileMatrix": str(zoom),
                "minTileRow": 0,
                "maxTileRow": 2**zoom - 1,
                "minTileCol": 0,
                "maxTileCol": 2**zoom - 1,
            }
            for zoom in range(MOST_ZOOM + 1)
        ],
        "links": _links(tiles),
    }


def _links(tiles: Tiles) -> list[dict[str, Any]]:
    template = tiles.template("tileMatrix", "tileRow", "tileCol")
    as_geojson = f"{template}{'&' if tiles.question else '?'}f=geojson"
    return [
        link(f"{tiles.address}{tiles.question}", "self", JSON, "This tile set"),
        link(tiles.asking("tilejson"), "alternate", TILEJSON, "This tile set as TileJSON"),
        link(f"{tiles.base}{MATRIX_SETS}/{MATRIX_SET}", TILING_SCHEME, JSON, "How the world is cut into tiles"),
        {**link(template, "item", MVT, "A tile"), "templated": True},
        {**link(as_geojson, "item", GEOJSON, "A tile as GeoJSON"), "templated": True},
        link(f"{tiles.base}{COLLECTION}", "http://www.opengis.net/def/rel/ogc/1.0/geodata", JSON, "The collection"),
    ]


def tileset(tiles: Tiles) -> dict[str, Any]:
    """Return the metadata of a tile set (17-083r4, section 8)."""
    style = link(f"{tiles.base}{STYLE}{tiles.question}", "stylesheet", MAPBOX_STYLE, "How a map draws it")
    layers = [
        {
            "id": name,
            "description": said,
            "dataType": "vector",
            "geometryDimension": _DIMENSIONS.get(name, 0),
            "minTileMatrix": str(LAYER_ZOOMS[name][0]),
            "maxTileMatrix": str(MOST_ZOOM if LAYER_ZOOMS[name][1] == NEAR_ZOOM else LAYER_ZOOMS[name][1]),
            "propertiesSchema": {
                "type": "object",
                "properties": {field: {"description": told} for field, told in fields()[name].items()},
            },
        }
        for name, said in LAYERS.items()
    ]
    box = {"lowerLeft": [-180, -MOST_LATITUDE], "upperRight": [180, MOST_LATITUDE], "crs": _CRS84}
    centre = {"coordinates": [0, 20], "crs": _CRS84, "tileMatrix": "1"}
    said_of = {"layers": layers, "boundingBox": box, "centerPoint": centre, "style": {"id": "map", "links": [style]}}
    _, _, *links = _links(tiles)  # those to itself are the document's own
    return {**_item(tiles), **said_of, "links": links}


def tilejson(tiles: Tiles, title: str) -> bytes:
    """Return TileJSON 3.0.0 of a tile set, as bytes; its tiles keep the question."""
    layers = [
        {"id": name, "description": said, "fields": fields()[name]}
        | dict(zip(("minzoom", "maxzoom"), LAYER_ZOOMS[name], strict=True))
        for name, said in LAYERS.items()
    ]
    document = {
        "tilejson": "3.0.0",
        "name": title,
        "description": "Lithium and battery projects: far out in clusters, from near one by one.",
        "version": "1.0.0",
        "scheme": "xyz",
        "attribution": _CREDIT,
        "tiles": [tiles.template("z", "y", "x")],
        "minzoom": 0,
        "maxzoom": NEAR_ZOOM,
        "bounds": [-180, -MOST_LATITUDE, 180, MOST_LATITUDE],
        "center": [0, 20, 1],
        "vector_layers": layers,
    }
    return orjson.dumps(document)


_CREDIT = '<a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>'


def matrix_sets(base: str) -> dict[str, Any]:
    """Return which tile matrix sets there are: one."""
    links = [link(f"{base}{MATRIX_SETS}/{MATRIX_SET}", "self", JSON, "Its definition")]
    found = {"id": MATRIX_SET, "title": matrix_set()["title"], "uri": _URI, "crs": _MERCATOR, "links": links}
    return {"tileMatrixSets": [found]}


@functools.cache
def matrix_set() -> dict[str, Any]:
    """Return how the world is cut into tiles (17-083r4, section 6)."""
    import morecantile

    found: dict[str, Any] = orjson.loads(morecantile.tms.get(MATRIX_SET).model_dump_json(exclude_none=True))
    return found
