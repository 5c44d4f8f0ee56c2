"""Tiles that are served from PostGIS show what those from memory show, as soon as something is written."""

import mapbox_vector_tile
import pytest
from conftest import create_app
from fastapi.testclient import TestClient
from made_up import made_up
from on_tiles import point, tiles_of

from api.services import Services
from api.settings import Settings
from geo.curated.organisations import Organisations
from geo.editing import Edit
from geo.opening import Ledger
from geo.postgis.catalog import catalog_of

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

STORES = (pytest.param("postgis", marks=pytest.mark.postgres),)
TILES = "/api/collections/projects/tiles/WebMercatorQuad"


@pytest.fixture
def clients(make_store):
    """Clients of two applications over one store: with answers from memory, and from PostGIS."""
    store = make_store.filled("south_america")()
    in_memory = Services(Ledger(store), Settings())
    in_database = in_memory.with_catalog(catalog_of(store.pool, store, Organisations([])))
    return store, *(TestClient(create_app(each), base_url="http://testserver") for each in (in_memory, in_database))


def shown(answer):
    layers = mapbox_vector_tile.decode(answer.content) if answer.content else {}
    return {
        name: {each["id"]: (each["geometry"], each["properties"]) for each in layer["features"]}
        for name, layer in layers.items()
    }


ASKED = [
    ("0/0/0", {}),
    ("0/0/0", {"as_of": "2015"}),
    ("2/2/1", {"country": "CL,AR", "status": "operating"}),
    ("3/4/2", {"q": "salar"}),
    ("5/18/9", {"bbox": "-70,-30,-60,-15"}),
    ("9/289/155", {}),
]


@pytest.mark.parametrize(("square", "params"), ASKED)
def test_a_tile_is_that_of_memory_in_each_form(clients, square, params):
    _, *both = clients
    for form in ("mvt", "geojson"):
        answers = [each.get(f"{TILES}/{square}", params={**params, "f": form}) for each in both]
        assert [200, 200] == [each.status_code for each in answers]
        assert answers[0].headers["content-type"] == answers[1].headers["content-type"]
        if form == "mvt":
            assert shown(answers[0]) == shown(answers[1])
        else:
            features = [{each["id"]: each for each in answer.json()["features"]} for answer in answers]
            assert features[0] == features[1]


def test_a_change_is_on_the_next_tile_and_has_another_tag(clients):
    store, _, client = clients
    (square,) = tiles_of([{"point": (100.6, 43.0)}], 14)
    path = f"{TILES}/{square.zoom}/{square.y}/{square.x}"
    before = client.get(path)
    assert 204 == before.status_code
    store.write([Edit("mn-new", made_up("mn-new", country="MN", geometry=point(100.6, 43.0)), None, "test")])
    after = client.get(path)
    ((_, properties),) = shown(after)["projects"].values()
    assert ("mn-new", "http://testserver/projects/mn-new") == (properties["id"], properties["address"])
    assert before.headers["etag"] != after.headers["etag"]
    assert 304 == client.get(path, headers={"If-None-Match": after.headers["etag"]}).status_code


def test_a_tile_on_which_nothing_lies_is_204(clients):
    _, *both = clients
    assert [204, 204] == [each.get(f"{TILES}/8/0/0").status_code for each in both]
