"""What lies under the projects, as it is served: tiles of the base, the operator's files by ranges, and the policy."""

import geopandas
import pyogrio
import pytest
import shapely
from click.testing import CliRunner
from conftest import client_of

from api.commands.main import main
from api.ground import Ground
from api.settings import Settings

STORES = ("geopackage",)  # the ground is no part of a store

pytestmark = pytest.mark.slow

OVERLAYS = """
[[overlay]]
id = "parks"
title = "Parks & <b>reserves"
kind = "protected-area"
licence = "CC BY 4.0"
credit = "An agency"
colour = "green"
file = "parks.geojson"
name = "name"

[[overlay]]
id = "stress"
title = "Water stress"
kind = "water-stress"
licence = "CC0"
credit = "Another agency"
colour = "blue"
tiles = "https://tiles.example.org/{z}/{x}/{y}.png"

[[overlay]]
id = "lines"
title = "Power lines"
kind = "power-line"
licence = "ODbL"
credit = "OpenStreetMap"
colour = "red"
file = "lines.pmtiles"
"""


@pytest.fixture
def folder(tmp_path):
    park = geopandas.GeoDataFrame({"name": ["Salar"]}, geometry=[shapely.box(-68.5, -21, -66, -19)], crs=4326)
    park.to_file(tmp_path / "parks.geojson")
    pyogrio.write_dataframe(park, tmp_path / "lines.pmtiles", driver="PMTiles", layer="lines", MAXZOOM=5)
    pyogrio.write_dataframe(park, tmp_path / "base.pmtiles", driver="PMTiles", layer="land", MAXZOOM=5)
    (tmp_path / "overlays.toml").write_text(OVERLAYS)
    return tmp_path


@pytest.fixture
def given(api, folder):
    return client_of(api.store, Settings(overlays=str(folder), basemap=str(folder / "base.pmtiles")))


def test_tiles_come_with_a_tag_and_end_at_the_edge_of_the_world(api):
    for address in ("/ground/world", "/ground/land/5/10/17", "/ground/towns/6/19/35"):
        answer = api.client.get(address)
        assert 200 == answer.status_code, address
        again = api.client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (304, b"") == (again.status_code, again.content)
    assert 204 == api.client.get("/ground/land/5/5/18").status_code
    for address in (
        "land/4/0/0",
        "land/5/32/0",
        "towns/9/0/0",
        "towns/3/8/0",
        "towns/3/x/0",
        "towns/3/-1/0",
        "land/5/1",
    ):
        assert 404 == api.client.get(f"/ground/{address}").status_code, address


def test_without_an_operators_layers_there_are_the_bases_of_other_hosts(api):
    offer = api.client.get("/ground/layers").json()
    assert (None, ["osm", "imagery"], []) == (offer["base"], [each["id"] for each in offer["bases"]], offer["overlays"])
    assert 404 == api.client.get("/basemap.pmtiles").status_code
    assert 404 == api.client.get("/overlays/parks/3/2/4").status_code


def test_the_policy_of_the_map_names_just_the_hosts_that_a_reader_may_choose(api, given):
    ours = "img-src 'self' data: https://server.arcgisonline.com https://tile.openstreetmap.org;"
    assert ours in api.client.get("/").headers["Content-Security-Policy"]
    theirs = ours.replace(";", " https://tiles.example.org;")
    assert theirs in given.get("/").headers["Content-Security-Policy"]
    for page in ("/add", "/about", "/projects/bo-rosatom-battery-factory"):
        assert "img-src 'self' data:;" in given.get(page).headers["Content-Security-Policy"], page
    assert "strict-origin-when-cross-origin" == given.get("/").headers["Referrer-Policy"], "as OpenStreetMap asks"


def test_an_operators_layers_are_offered(given):
    offer = given.get("/ground/layers").json()
    assert ["operator", "osm", "imagery"] == [each["id"] for each in offer["bases"]]
    assert "operator" == offer["base"]
    parks, stress, lines = offer["overlays"]
    assert ("Parks & <b>reserves", None, "shapes") == (parks["title"], parks["host"], parks["source"]["type"])
    assert ("tiles.example.org", "image") == (stress["host"], stress["source"]["type"])
    assert ["lines"] == lines["source"]["layers"]
    assert {"areas", "edges"} == set(given.get(f"{parks['source']['url']}/5/10/17").json())
    assert 204 == given.get(f"{parks['source']['url']}/5/20/10").status_code


@pytest.mark.parametrize("address", ["/basemap.pmtiles", "/overlays/lines.pmtiles"])
def test_a_file_of_tiles_is_read_by_ranges(given, address):
    whole = given.get(address)
    assert (200, "bytes") == (whole.status_code, whole.headers["Accept-Ranges"])
    head = given.get(address, headers={"Range": "bytes=0-6"})
    assert (206, b"PMTiles") == (head.status_code, head.content)
    assert f"bytes 0-6/{len(whole.content)}" == head.headers["Content-Range"]
    assert whole.content[-5:] == given.get(address, headers={"Range": "bytes=-5"}).content
    assert 416 == given.get(address, headers={"Range": f"bytes={len(whole.content)}-"}).status_code
    assert "Content-Encoding" not in head.headers, "ranges count the file's own bytes"


def test_a_record_says_which_areas_it_may_lie_in(api, folder):
    ground = Ground.read(None, str(folder))
    feature = api.client.get("/api/collections/projects/items/bo-salar-de-uyuni").json()
    [area] = ground.areas("bo-salar-de-uyuni", 1, feature)
    assert ("Parks & <b>reserves", "Salar", "may_be_in", "An agency") == (
        area["layer"],
        area["name"],
        area["relation"],
        area["credit"],
    )
    nowhere = api.client.get("/api/collections/projects/items/bo-rosatom-battery-factory").json()
    assert [] == ground.areas("bo-rosatom-battery-factory", 1, nowhere)
    moved = {**feature, "geometry": {"type": "Point", "coordinates": [10, 10]}}
    assert [area] == ground.areas("bo-salar-de-uyuni", 1, moved), "kept while the record is the same"
    assert [] == ground.areas("bo-salar-de-uyuni", 2, moved), "reckoned anew when it changes"


def test_a_page_is_told_anew_when_layers_change(api, given):
    page = "/projects/bo-salar-de-uyuni"
    assert api.client.get(page).headers["ETag"] != given.get(page).headers["ETag"]


def test_a_wrong_layer_refuses_to_start(folder, tmp_path):
    (folder / "overlays.toml").write_text(OVERLAYS.replace('"green"', '"lime"'))
    done = CliRunner().invoke(main, ["serve", "--store", str(tmp_path / "new.gpkg"), "--overlays", str(folder)])
    assert 1 == done.exit_code
    assert "overlay 1 (parks): colour is 'lime'; it takes one of green" in " ".join(done.output.split())
    assert not (tmp_path / "new.gpkg").exists()
    done = CliRunner().invoke(
        main, ["serve", "--store", str(tmp_path / "new.gpkg"), "--basemap", str(folder / "x.pmtiles")]
    )
    assert (1, True) == (done.exit_code, "x.pmtiles cannot be read" in " ".join(done.output.split()))
