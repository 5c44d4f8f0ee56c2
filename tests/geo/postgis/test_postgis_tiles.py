"""A tile of the PostGIS catalog is the one of memory: clusters, records, outlines, countries, and as vector tiles."""

import contextlib
import datetime as dt
from typing import NamedTuple

import mapbox_vector_tile
import pytest
from conftest import copy_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laying import NOBODY
from made_up import made_up
from on_tiles import change, days, filters, point, tiles_of
from tabled import catalogs_in

from geo.editing import Edit
from geo.filter import In
from geo.ground.tiles import Tile
from geo.memory.catalog import MemoryCatalog
from geo.opening import open_ledger
from geo.postgis.catalog import PostgisCatalog
from geo.query import Query
from geo.tiles.cells import SUMS
from geo.tiles.content import COUNTRIES_ZOOM, MOST_NEAR, NEAR_ZOOM
from geo.tiles.grid import MOST_ZOOM

pytestmark = pytest.mark.postgres

CROWD = (-67.61234, -20.20001)
BELOW = "https://ledger.example/projects/"


def crowd(number):
    """So many records at one spot, which a tile from nearest shows as a cluster, and some next to it."""
    for n in range(number):
        at = CROWD if n < number - 6 else (CROWD[0] + n / 10_000, CROWD[1])
        kind = ("cell_factory", "refinery")[n % 2]
        capacities = [{"product": "cells", "value": n + 0.1, "unit": "GWh/y", "basis": "planned", "sources": ["s1"]}]
        known = {"capacities": capacities if kind == "cell_factory" else []}
        project = made_up(f"bo-crowd-{n}", kind=kind, geometry=point(*at), **known)
        yield Edit(project.id, project, None, "test")


class Both(NamedTuple):
    """The same records in memory and in PostGIS."""

    memory: MemoryCatalog
    postgis: PostgisCatalog


@pytest.fixture(scope="module")
def both(postgres, tmp_path_factory):
    path = copy_of("many", tmp_path_factory.mktemp("tiles") / "ledger.gpkg")
    with contextlib.closing(open_ledger(path).store) as store, catalogs_in(postgres) as over:
        found = Both(MemoryCatalog(store, NOBODY), over(store))
        found.postgis.version()
        store.write([*crowd(MOST_NEAR + 7)])
        found.postgis.version()
        change(store)
        yield found


def clusters(content):
    """The clusters of a tile by their numbers, with what they come to."""
    cells = content.clusters
    sums = {code: {} for code in cells.codes.tolist()}
    for cell, kind, value in zip(cells.sum_cell, cells.sum_kind, cells.sum_value, strict=True):
        sums[int(cells.codes[cell])][SUMS[kind]] = pytest.approx(float(value), rel=1e-9)
    numbers = (array.tolist() for array in (cells.codes, cells.sizes, cells.lon, cells.lat, cells.bounds, cells.groups))
    return {code: (*known, sums[code]) for code, *known in zip(*numbers, strict=True)}


def shown(found):
    rows = zip(*found.columns.values(), found.shapes, strict=True)
    return {row[0]: row for row in rows}


def told(content):
    countries = {country: groups.tolist() for country, groups in content.countries.items()}
    return clusters(content), shown(content.records), shown(content.footprints), countries


def decoded(encoded):
    """What a vector tile shows, by layers and numbers."""
    layers = mapbox_vector_tile.decode(encoded, default_options={"y_coord_down": True}) if encoded else {}
    return {
        name: {feature["id"]: (feature["geometry"], feature["properties"]) for feature in layer["features"]}
        for name, layer in layers.items()
    }


def check(both, query, tile):
    assert told(both.memory.tile(query, tile)) == told(both.postgis.tile(query, tile)), tile
    theirs, ours = both.memory.vector_tile(query, tile, BELOW), both.postgis.vector_tile(query, tile, BELOW)
    assert decoded(theirs) == decoded(ours), tile


def nearby(both, zoom):
    found = both.memory.columns(Query(), ["point"])["point"]
    return tiles_of([{"point": each} for each in found if each is not None], zoom)


@pytest.mark.parametrize("zoom", [0, 1, 2, 3, 5, 9, 13, NEAR_ZOOM, MOST_ZOOM])
def test_tiles_of_all_records_are_those_of_memory(both, zoom):
    for tile in nearby(both, zoom)[:40]:
        check(both, Query(), tile)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters, days, st.integers(0, MOST_ZOOM), st.randoms(use_true_random=False))
def test_tiles_of_a_question_are_those_of_memory(both, expression, on, zoom, chance):
    tiles = nearby(both, zoom)
    for tile in chance.sample(tiles, min(4, len(tiles))):
        check(both, Query(filter=expression, as_of=on), tile)


def test_outlines_are_those_of_memory(both):
    area = Query(filter=In("id", frozenset(["bo-area"])))
    for zoom in (3, 4, 9, 12):
        for tile in tiles_of([{"point": each} for each in ((-67.99, -20.99), (-67.01, -20.01))], zoom):
            check(both, area, tile)
            check(both, Query(), tile)
            assert ("bo-area" in shown(both.postgis.tile(area, tile).footprints)) == (zoom > 3)


def test_what_is_in_a_country_somewhere_is_that_of_memory(both):
    for query in (Query(), Query(filter=In("country", frozenset(["BO", "CN"]))), Query(as_of=dt.date(2020, 1, 1))):
        check(both, query, Tile(0, 0, 0))
        assert both.postgis.tile(query, Tile(0, 0, 0)).countries
    assert not both.postgis.tile(Query(), Tile(COUNTRIES_ZOOM + 1, 20, 35)).countries


def test_a_crowd_at_one_spot_is_a_cluster_from_near_too(both):
    (tile,) = tiles_of([{"point": CROWD}], 18)
    check(both, Query(), tile)
    assert [MOST_NEAR + 1] == both.postgis.tile(Query(), tile).clusters.sizes.tolist()


def test_a_tile_on_which_nothing_lies_is_nothing(both):
    assert b"" == both.postgis.vector_tile(Query(filter=In("id", frozenset(["bo-none"]))), Tile(0, 0, 0), BELOW)
    assert b"" == both.postgis.vector_tile(Query(), Tile(24, 0, 0), BELOW)
