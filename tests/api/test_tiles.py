"""What OGC API - Tiles Part 1 (20-057) requires, by the requirement's name; TileJSON; how a map draws our tiles."""

import re
from urllib.parse import urlsplit

import cramjam
import mapbox_vector_tile
import morecantile
import pytest
from conftest import make_api
from made_up import made_up

from api.kept import Kept
from geo.editing import Edit
from geo.tiles.cells import GROUPS
from geo.tiles.content import LAYERS
from geo.tiles.encoding import MVT

pytestmark = pytest.mark.slow

API, COLLECTION = "/api", "/api/collections/projects"
ORIGINS = [API, COLLECTION]
TILES = f"{COLLECTION}/tiles/WebMercatorQuad"
WORLD = f"{TILES}/0/0/0"
CONFORMANCE = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"
VECTOR = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"


@pytest.fixture(scope="module")
def api(lasting_api):
    return lasting_api


def get(api, path, **params):
    answer = api.client.get(path, params=params or None)
    assert 200 == answer.status_code, answer.text[:300]
    return answer.json()


def linked(document, rel, media_type=None):
    found = [each for each in document["links"] if each["rel"] == rel and each["type"] == (media_type or each["type"])]
    assert found, rel
    return found[0]


def path_of(href):
    parts = urlsplit(href)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def filled(template, **values):
    return path_of(re.sub(r"\{(\w+)\}", lambda match: str(values[match[1]]), template))


def records(api, path, **params):
    """The records that a tile tells of, in clusters or one by one."""
    answer = api.client.get(path, params=params or None)
    layers = mapbox_vector_tile.decode(answer.content) if answer.content else {}
    clusters = [f["properties"]["point_count"] for f in layers.get("clusters", {}).get("features", ())]
    return sum(clusters) + len(layers.get("projects", {}).get("features", ()))


def drawn(api, **params):
    """How many matching records have a place that is a point, or an outline of their own."""
    found = get(api, f"{COLLECTION}/items", limit=1000, **params)["features"]
    return sum(f["geometry"] is not None and f["properties"]["location_accuracy"] != "country" for f in found)


# What is declared, and how it is found.


def test_conf_declares_what_is_served(api):
    declared = get(api, f"{API}/conformance")["conformsTo"]
    classes = ("core", "tileset", "tilesets-list", "dataset-tilesets", "geodata-tilesets", "collections-selection")
    for name in (*classes, "datetime", "oas30", "mvt", "geojson"):
        assert f"{CONFORMANCE}/{name}" in declared


@pytest.mark.parametrize("origin", ORIGINS)
def test_req_dataset_tilesets_landingpage_and_req_geodata_tilesets_desc_links(api, origin):
    assert f"http://testserver{origin}/tiles" == linked(get(api, origin), VECTOR)["href"]


@pytest.mark.parametrize("origin", ORIGINS)
def test_req_tilesets_list_tileset_links(api, origin):
    (found,) = get(api, f"{origin}/tiles")["tilesets"]
    assert "vector" == found["dataType"]
    assert morecantile.tms.get("WebMercatorQuad").uri == found["tileMatrixSetURI"]
    assert "http://www.opengis.net/def/crs/EPSG/0/3857" == found["crs"]
    whole = get(api, path_of(linked(found, "self")["href"]))
    assert {**found, "links": []} == {**{name: whole[name] for name in found}, "links": []}
    links = [{(link["rel"], link["href"]) for link in each["links"]} for each in (found, whole)]
    assert links[0] <= links[1]
    assert morecantile.TileMatrixSet.model_validate(get(api, path_of(linked(found, SCHEME)["href"])))


@pytest.mark.parametrize("origin", ORIGINS)
def test_req_tileset_tileset_success(api, origin):
    found = get(api, f"{origin}/tiles/WebMercatorQuad")
    item = linked(found, "item", MVT)
    assert item["templated"] is True
    answer = api.client.get(filled(item["href"], tileMatrix=0, tileRow=0, tileCol=0))
    assert (200, MVT) == (answer.status_code, answer.headers["content-type"])
    assert set(LAYERS) == {layer["id"] for layer in found["layers"]} >= set(mapbox_vector_tile.decode(answer.content))
    limits = {limit["tileMatrix"]: limit for limit in found["tileMatrixSetLimits"]}
    matrices = morecantile.tms.get("WebMercatorQuad").tileMatrices
    assert {m.id: (m.matrixHeight - 1, m.matrixWidth - 1) for m in matrices} == {
        name: (limit["maxTileRow"], limit["maxTileCol"]) for name, limit in limits.items()
    }


def test_the_tile_matrix_set_is_the_registered_one(api):
    (found,) = get(api, f"{API}/tileMatrixSets")["tileMatrixSets"]
    whole = get(api, path_of(linked(found, "self")["href"]))
    assert morecantile.TileMatrixSet.model_validate(whole) == morecantile.tms.get("WebMercatorQuad")
    assert found["uri"] == whole["uri"]
    assert 404 == api.client.get(f"{API}/tileMatrixSets/WorldCRS84Quad").status_code


# Tiles.


def test_req_core_tc_op_the_row_comes_before_the_column(api):
    """At zoom 1 South America is on the tile of the second row and the first column."""
    assert drawn(api) == records(api, f"{TILES}/1/1/0") + records(api, f"{TILES}/1/0/0")
    assert 0 == records(api, f"{TILES}/1/0/1")


@pytest.mark.parametrize(
    "place", ["25/0/0", "0/1/0", "0/0/1", "3/8/0", "-1/0/0", "a/0/0", "1/٠/0", "1/0/999999999999", "00/0/0"]
)
def test_req_core_tc_error_out_of_range_is_404(api, place):
    for origin in ORIGINS:
        assert 404 == api.client.get(f"{origin}/tiles/WebMercatorQuad/{place}").status_code
    assert 404 == api.client.get(f"{COLLECTION}/tiles/WorldCRS84Quad/0/0/0").status_code


def test_req_core_tc_error_an_empty_tile_is_204(api):
    answer = api.client.get(f"{TILES}/8/0/0")
    assert (204, b"") == (answer.status_code, answer.content)
    assert answer.headers["etag"]


@pytest.mark.parametrize(
    "params",
    [
        {"country": "BO,CL"},
        {"status": "operating"},
        {"as_of": "2015"},
        {"bbox": "-70,-30,-60,-15"},
        {"q": "salar"},
        {"datetime": "2020-01-01/2021-12-31"},
        {"kind": "cell_factory", "as_of": "2022"},
    ],
)
def test_req_datetime_and_every_other_filter_chooses_what_is_on_a_tile(api, params):
    assert drawn(api, **params) == records(api, WORLD, **params) < records(api, WORLD)


@pytest.mark.parametrize("params", [{"limit": "5"}, {"xyzzy": "1"}, {"sortby": "name"}, {"collections": "projects"}])
def test_a_parameter_that_is_not_known_here_is_400(api, params):
    for path in (WORLD, TILES, f"{COLLECTION}/tiles", f"{COLLECTION}/style"):
        assert 400 == api.client.get(path, params=params).status_code
    assert 400 == api.client.get(WORLD, params={"f": "png"}).status_code
    assert 400 == api.client.get(TILES, params={"country": "Bolivia"}).status_code


def test_req_collections_selection_query_collections(api):
    path = f"{API}/tiles/WebMercatorQuad/0/0/0"
    known = ["projects", "http://testserver/api/collections/projects", "projects,projects"]
    assert {drawn(api)} == {records(api, path, collections=each) for each in known}
    assert {400} == {
        api.client.get(path, params={"collections": each}).status_code for each in ("mines", ",", "projects,x")
    }
    template = linked(get(api, f"{API}/tiles/WebMercatorQuad", collections="projects"), "item")["href"]
    assert template.endswith("?collections=projects")


def test_req_geojson_content(api):
    answer = api.client.get(WORLD, params={"f": "geojson", "country": "BO"})
    assert "application/geo+json" == answer.headers["content-type"]
    document = answer.json()
    assert "FeatureCollection" == document["type"]
    points = [f for f in document["features"] if f["properties"]["layer"] in ("clusters", "projects")]
    assert drawn(api, country="BO") == sum(f["properties"].get("point_count", 1) for f in points)
    assert all(-70 < f["geometry"]["coordinates"][0] < -57 for f in points)


def test_req_oas30_completeness_and_operation_id(api):
    definition = get(api, f"{API}/openapi.json")
    named = {
        path: operations["get"]["operationId"]
        for path, operations in definition["paths"].items()
        if "get" in operations
    }
    for kind, origin in (("dataset", ""), ("collection", "/collections/projects")):
        below = f"{origin}/tiles/{{tileMatrixSetId}}"
        assert named[f"{origin}/tiles"].endswith(f".{kind}.vector.getTileSetsList")
        assert named[below].endswith(f".{kind}.vector.getTileSet")
        assert named[f"{below}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"].endswith(f".{kind}.vector.getTile")
    assert named["/tileMatrixSets"].endswith(".getTileMatrixSetsList")
    assert named["/tileMatrixSets/{tileMatrixSetId}"].endswith(".getTileMatrixSet")


# Kept, and known to the client.


def test_a_tile_has_a_tag_and_is_made_once_until_a_record_changes(own_api, monkeypatch):
    made = []
    keep = Kept.body
    monkeypatch.setattr(Kept, "body", lambda kept, tag, make: keep(kept, tag, lambda: made.append(tag) or make()))
    first = own_api.client.get(WORLD)
    assert first.content == own_api.client.get(WORLD).content
    assert 304 == own_api.client.get(WORLD, headers={"If-None-Match": first.headers["etag"]}).status_code
    assert 1 == len(made)
    own_api.store.write([Edit("bo-new", made_up("bo-new"), None, "test")])
    second = own_api.client.get(WORLD, headers={"If-None-Match": first.headers["etag"]})
    assert 200 == second.status_code
    assert first.headers["etag"] != second.headers["etag"]
    assert 2 == len(made)


def test_a_tile_that_a_client_has_is_not_made(api, monkeypatch):
    tag = api.client.get(WORLD).headers["etag"]
    monkeypatch.setattr(type(api.client.app.state.services.catalog), "tile", lambda *_: 1 // 0)
    api.client.app.state.services.tiles = Kept()
    assert 304 == api.client.get(WORLD, headers={"If-None-Match": tag}).status_code


def test_what_was_written_just_now_is_on_the_next_tile(own_api):
    before = records(own_api, WORLD)
    own_api.store.write([Edit("bo-new", made_up("bo-new"), None, "test")])
    assert before + 1 == records(own_api, WORLD)
    own_api.store.write([Edit("bo-new", None, 1, "test")])
    assert before == records(own_api, WORLD)


def test_kept_tiles_have_a_bound_by_number_too():
    kept = Kept(10_000, beside=1_000)
    for number in range(100):
        kept.body(str(number), lambda: b"")
    assert 10 >= sum(kept.has(str(number)) for number in range(100))


def test_tiles_are_compressed_as_the_client_takes_them(api):
    plain = api.client.get(WORLD, headers={"Accept-Encoding": "identity"})
    with api.client.stream("GET", WORLD, headers={"Accept-Encoding": "br"}) as packed:
        assert "br" == packed.headers["content-encoding"]
        assert plain.content == bytes(cramjam.brotli.decompress(b"".join(packed.iter_raw())))
    packed = api.client.get(WORLD, headers={"Accept-Encoding": "gzip"})
    assert "gzip" == packed.headers["content-encoding"]
    assert plain.content == packed.content


# TileJSON and the style.


def test_tilejson_keeps_the_filter(api):
    found = get(api, TILES, f="tilejson", country="BO", as_of="2020")
    assert "3.0.0" == found["tilejson"]
    assert set(LAYERS) == {layer["id"] for layer in found["vector_layers"]}
    (template,) = found["tiles"]
    assert template.startswith("http://testserver/")
    assert drawn(api, country="BO", as_of="2020") == records(api, filled(template, z=0, x=0, y=0))
    tile = mapbox_vector_tile.decode(api.client.get(WORLD).content)
    fields = {layer["id"]: set(layer["fields"]) for layer in found["vector_layers"]}
    for name, layer in tile.items():
        assert all(set(feature["properties"]) <= fields[name] for feature in layer["features"]), name


def test_a_style_is_of_this_server_alone_and_names_layers_that_there_are(api):
    found = get(api, f"{COLLECTION}/style", country="BO")
    assert 8 == found["version"]
    told = str(found)
    assert set(re.findall(r"https?://[^/'\"]+", told)) == {"http://testserver"}
    source = get(api, path_of(found["sources"]["projects"]["url"]))
    assert ["http://testserver" + f"{TILES}/{{z}}/{{y}}/{{x}}?country=BO"] == source["tiles"]
    assert {layer["source-layer"] for layer in found["layers"] if layer.get("source") == "projects"} == set(LAYERS)
    assert 200 == api.client.get(path_of(found["sources"]["land"]["data"])).status_code


def messages(data):
    """The fields of a message of protocol buffers, by their numbers."""
    at, found = 0, []

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte, at = data[at], at + 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = number()
        length = number() if key & 7 == 2 else None
        found.append((key >> 3, data[at : at + length] if length is not None else number()))
        at += length or 0
    return found


def test_the_letters_of_counts_are_our_own(api):
    """MapLibre asks this server for the letters; older versions take no style that has texts and names no letters."""
    found = get(api, f"{COLLECTION}/style")
    (counts,) = [layer for layer in found["layers"] if layer["type"] == "symbol"]
    (stack,) = counts["layout"]["text-font"]
    answer = api.client.get(path_of(found["glyphs"].format(fontstack=stack, range="0-255")))
    assert 200 == answer.status_code
    ((_, stack_message),) = messages(answer.content)
    glyphs = [dict(messages(value)) for number, value in messages(stack_message) if number == 3]
    pictures = {chr(glyph[1]): glyph for glyph in glyphs}
    for letter in "0123456789.k":
        glyph = pictures[letter]
        assert (glyph[3] + 6) * (glyph[4] + 6) == len(glyph[2])
        assert max(glyph[2]) > 191 > min(glyph[2])


def test_a_plan_is_never_drawn_as_what_operates(api):
    (layer,) = [each for each in get(api, f"{COLLECTION}/style")["layers"] if each["id"] == "projects"]
    colours = layer["paint"]["circle-color"]
    by_group = dict(zip(colours[2:-1:2], colours[3::2], strict=True))
    assert set(GROUPS) == set(by_group)
    assert by_group["planned"] != by_group["operating"]
    opacity = layer["paint"]["circle-opacity"]
    assert "planned" in opacity[2]
    assert opacity[3] < opacity[4] == 1


def test_a_server_below_a_path_says_so_in_its_templates(store, tmp_path):
    from api.settings import Settings

    api = make_api(store, Settings(public_url="https://example.org/ledger"))
    found = api.client.get(TILES, params={"f": "tilejson"}, headers={"Host": "example.org"}).json()
    assert [f"https://example.org/ledger{TILES}/{{z}}/{{y}}/{{x}}"] == found["tiles"]
