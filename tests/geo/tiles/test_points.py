"""Points of a tile are written as the library writes shapes, and each value keeps its type."""

import mapbox_vector_tile
import shapely
from mapbox_vector_tile.Mapbox import vector_tile_pb2

from geo.ground.tiles import EXTENT
from geo.tiles.features import Feature
from geo.tiles.points import points_as_mvt

VALUES = ["", "NA", "Ünïcödé 😀", 0, -1, 2**40, 1.5, -0.0, 1e300, True, False]
PLACES = [(0, 0), (EXTENT - 1, 0), (17, EXTENT - 1)]
POINTS = [
    (Feature(layer, 2**48 - number, shapely.Point(0, 0), {f"v{at}": value, "number": number}), PLACES[number % 3])
    for number, layer in enumerate(("clusters", "projects", "projects"))
    for at, value in enumerate(VALUES)
]


def by_library(points):
    layers = {}
    for feature, place in points:
        shown = {"geometry": shapely.Point(place), "properties": feature.properties, "id": feature.number}
        layers.setdefault(feature.layer, []).append(shown)
    written = [{"name": name, "features": found} for name, found in layers.items()]
    return mapbox_vector_tile.encode(written, default_options={"y_coord_down": True, "extents": EXTENT})


def test_points_are_read_as_those_that_the_library_writes():
    read = mapbox_vector_tile.decode(points_as_mvt(POINTS), {"y_coord_down": True})
    assert read == mapbox_vector_tile.decode(by_library(POINTS), {"y_coord_down": True})
    assert ["clusters", "projects"] == list(read)


def test_values_that_python_takes_for_one_keep_their_types():
    known = {"flag": True, "whole": 1, "number": 1.0}
    tile = vector_tile_pb2.tile.FromString(points_as_mvt([(Feature("projects", 1, None, known), (0, 0))]))
    fields = [[field.name for field, _ in value.ListFields()] for value in tile.layers[0].values]
    assert [["bool_value"], ["int_value"], ["double_value"]] == fields


def test_no_point_is_no_layer():
    assert b"" == points_as_mvt([])
