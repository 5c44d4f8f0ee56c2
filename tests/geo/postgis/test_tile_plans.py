"""What tiles of 100,000 records cost: an unfiltered one is looked up, at whichever zoom."""

import contextlib

import numpy as np
import psycopg
import pytest
from clusters import databases

from geo.filter import EVERYTHING
from geo.postgis import cells, tables
from geo.postgis.answering.tiles import TileAsked
from geo.postgis.asking.selection import Selection
from geo.postgis.asking.sql import sql
from geo.query import Query
from geo.tiles.cells import GROUPS
from geo.tiles.content import FOOTPRINTS_ZOOM, NEAR_ZOOM
from geo.tiles.grid import MOST_ZOOM, at_level, codes_of, tile_of

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

SIZE = 100_000
MOST_BLOCKS = 400  # of 8 KiB
NAMES = ("shard", "id", "lon", "lat", "spot", "mvt_id", "status_group", "country", "location_accuracy", "has_footprint")
FOOTPRINTS = """
INSERT INTO catalog_areas SELECT int8send(mvt_id), ST_Expand(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 0.005)
FROM catalog_records WHERE has_footprint
"""


def places():
    """Places in some hundred regions of the world, as factories and mines lie."""
    chance = np.random.default_rng(1)
    centres = np.column_stack([chance.uniform(-120, 150, 300), chance.uniform(-40, 60, 300)])
    return np.round(centres[chance.integers(0, 300, SIZE)] + chance.normal(0, 0.6, (SIZE, 2)), 5)


def fill(address):
    """Fill the tables of a database with what tiles need of so many records."""
    at = places()
    spots = codes_of(*at.T).tolist()
    with contextlib.closing(psycopg.connect(address, autocommit=True)) as connection:
        for statement in tables.layout():
            connection.execute(statement.encode())
        with connection.transaction():
            with connection.cursor().copy(f"COPY catalog_records ({', '.join(NAMES)}, area) FROM STDIN") as copy:
                for number, ((lon, lat), spot) in enumerate(zip(at.tolist(), spots, strict=True)):
                    area = number.to_bytes(8) if number % 5 == 0 else None
                    known = (GROUPS[number % len(GROUPS)], "CN", "site", area is not None, area)
                    copy.write_row(("CN", f"cn-plant-{number:06}", lon, lat, spot, number, *known))
            connection.execute(FOOTPRINTS)
            for statement in tables.indexes():
                connection.execute(statement.encode())
            cells.keep(connection, {cells.Shown(spot, None) for spot in spots})
        connection.execute("VACUUM ANALYZE")


@pytest.fixture(scope="module")
def connection(postgres):
    name = databases.create(postgres, databases.filled(postgres, "tiles", fill))
    with contextlib.closing(psycopg.connect(postgres.url(name), autocommit=True)) as found:
        yield found
    databases.drop(postgres, name)


@pytest.fixture(scope="module")
def fullest():
    """The tile of a zoom on which most of the records lie."""
    spots = codes_of(*places().T)

    def of(zoom):
        codes, sizes = np.unique(at_level(spots, zoom), return_counts=True)
        return tile_of(zoom, int(codes[np.argmax(sizes)]))

    return of


def plan_of(connection, asked):
    """What PostgreSQL does: how each table is read, and how many blocks of them."""
    explained = sql("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {}", asked).run(connection).fetchone()
    plan = explained[0][0]["Plan"]
    read = {node["Relation Name"]: node["Node Type"] for node in nodes(plan) if "Relation Name" in node}
    return read, plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def nodes(node):
    yield node
    for each in node.get("Plans", []):
        yield from nodes(each)


@pytest.mark.parametrize("zoom", [0, 2, 5, 7, 9, 11, NEAR_ZOOM, 18, MOST_ZOOM])
def test_a_tile_of_all_records_is_looked_up(connection, fullest, zoom):
    asked = TileAsked(connection, Query(), Selection(connection, EVERYTHING, None, {}), fullest(zoom))
    read, blocks = plan_of(connection, sql("WITH {} SELECT * FROM clusters, alone", asked.points))
    assert {"catalog_cells", "catalog_records"} == read.keys()
    assert "Seq Scan" not in read.values()
    assert blocks < MOST_BLOCKS


@pytest.mark.parametrize("zoom", [FOOTPRINTS_ZOOM, 7, 10, 12, NEAR_ZOOM])
def test_outlines_on_a_tile_are_looked_up(connection, fullest, zoom):
    asked = TileAsked(connection, Query(), Selection(connection, EVERYTHING, None, {}), fullest(zoom))
    read, blocks = plan_of(connection, asked.outlines)
    assert "Seq Scan" not in read.values()
    assert blocks < MOST_BLOCKS
