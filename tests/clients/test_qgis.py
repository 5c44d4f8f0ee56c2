"""QGIS reads the collection by its own provider for OGC API - Features, in its own process, without a screen."""

import json
import os
import subprocess

import pytest
from clients.conftest import SYSTEM_PYTHON
from shapely.geometry import box, shape

pytestmark = [pytest.mark.slow, pytest.mark.heavy]

BOX = (-70, -23, -57, -9)
# A layer must be gone before QGIS is, or the process ends by a fault of its own.
PROGRAM = """
import json, sys
from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer
QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
layer = QgsVectorLayer(f"url='{sys.argv[1]}' typename='projects' pageSize='50'", "projects", "OAPIF")
assert layer.isValid(), layer.dataProvider().error().message()
features = list(layer.getFeatures())
inside = layer.getFeatures(QgsFeatureRequest().setFilterRect(QgsRectangle(*map(float, sys.argv[2:]))))
found = {
    "counted": layer.featureCount(),
    "all": [each["id"] for each in features],
    "kinds": sorted({each.geometry().type() for each in features if each.hasGeometry()}),
    "inside": [each["id"] for each in inside],
}
layer.setSubsetString("\\"country\\" = 'BO'")
found["bolivia"] = [each["id"] for each in layer.getFeatures()]
del layer, features, inside
print(json.dumps(found))
application.exitQgis()
"""


def test_qgis_reads_every_record_a_rectangle_and_a_country(world, records, tmp_path, told):
    told.need("qgis", did="OAPIF, all records, rectangle, country")
    home = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    words = [SYSTEM_PYTHON, "-c", PROGRAM, f"{world.url}/api", *map(str, BOX)]
    done = subprocess.run(words, env=os.environ | home, capture_output=True, text=True)
    assert 0 == done.returncode, done.stderr
    found = json.loads(done.stdout)
    assert len(records) == found["counted"]
    assert sorted(records) == sorted(found["all"])
    point, polygon = 0, 2
    assert [point, polygon] == found["kinds"]
    area = box(*BOX)
    assert {name for name, each in records.items() if shape(each["geometry"]).intersects(area)} == {*found["inside"]}
    assert {name for name, each in records.items() if each["properties"]["country"] == "BO"} == {*found["bolivia"]}
    told.done("qgis", "OAPIF, all records, rectangle, country", f"{len(records)} records")
