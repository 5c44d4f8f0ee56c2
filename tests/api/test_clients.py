"""The programs that GIS users read the API with: geopandas and GDAL, against the served dataset."""

import json
import subprocess
import urllib.parse
import urllib.request

import geopandas
import pytest
from conftest import COUNT

pytestmark = pytest.mark.slow

ITEMS = "/api/collections/projects/items"


def test_geopandas_reads_a_query_by_its_address(server):
    frame = geopandas.read_file(f"{server.url}{ITEMS}?country=BO&limit=1000")
    assert {"BO"} == set(frame.country)
    assert frame.geometry.notna().all()
    assert "considered" in set(frame.status)
    assert "OGC:CRS84" in str(frame.crs) or "EPSG:4326" in str(frame.crs)


def test_gdal_reads_the_collection_as_ogc_api_features(server):
    """The driver walks landing page, definition and pages by itself."""
    listed = subprocess.run(
        ["ogrinfo", "-ro", "-so", f"OAPIF:{server.url}/api", "projects"], capture_output=True, text=True, check=True
    )
    assert f"Feature Count: {COUNT}" in listed.stdout, listed.stdout + listed.stderr
    assert "status: String" in listed.stdout


@pytest.mark.parametrize("options", [["-spat", "-70", "-23", "-57", "-9"], ["-where", "country = 'BO'"]])
def test_gdal_filters(server, tmp_path, options):
    out = tmp_path / "out.geojson"
    command = ["ogr2ogr", "-f", "GeoJSON", str(out), f"OAPIF:{server.url}/api", "projects", *options]
    subprocess.run(command, check=True, capture_output=True)
    names = {f["properties"]["name"] for f in json.loads(out.read_text())["features"]}
    assert 18 <= len(names) < COUNT


def test_a_script_without_libraries_reads_and_adds(server):
    """What the README shows with curl."""
    with urllib.request.urlopen(
        f"{server.url}{ITEMS}?{urllib.parse.urlencode({'q': 'rosatom', 'status': 'considered'})}"
    ) as answer:
        assert "application/geo+json" == answer.headers["content-type"]
        assert ["bo-rosatom-battery-factory"] == [f["id"] for f in json.load(answer)["features"]]
