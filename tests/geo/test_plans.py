"""Each question of the API is answered by an index of PostGIS: said by what PostgreSQL plans for 100,000 records."""

import contextlib
import datetime as dt
import functools

import manifold
import psycopg
import pytest

from geo.catalog import Described
from geo.columns import PROJECTS
from geo.curated.organisations import Organisations
from geo.filter import (
    GEOMETRY,
    TIME,
    And,
    Box,
    Compare,
    During,
    In,
    Intersects,
    Interval,
    Like,
    Matches,
    Within,
    Words,
    or_missing,
)
from geo.opening import open_ledger
from geo.operands import Folded, Property
from geo.postgis.answering.moments import KNOWN
from geo.postgis.catalog import PostgisCatalog
from geo.query import EventMark, EventQuery, Query

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

MANY = 100_000
LARGE = {
    "catalog_records",
    "catalog_steps",
    "catalog_features",
    "catalog_words",
    "catalog_texts",
    "catalog_events",
    "catalog_parties",
}
DAY = dt.date(2020, 1, 1)
ANDES = Box(-70, -25, -60, -15)


def among(column, *values):
    return In(column, frozenset(values))


ASKED = {
    "by id": Query(),
    "from a mark on": Query(after=("de-plant-000100",)),
    **{
        f"sorted by {c}, {'rising' if up else 'falling'}": Query(sort=((c, up),))
        for c in PROJECTS.sorts
        for up in (1, 0)
    },
    "a box, or nowhere": Query(filter=or_missing(Intersects(ANDES), GEOMETRY)),
    "a box": Query(filter=Intersects(ANDES)),
    "within a box": Query(filter=Within(ANDES)),
    "a box across the antimeridian": Query(filter=Intersects(Box(175, -25, -175, -15))),
    "a small box, sorted": Query(filter=Intersects(Box(-68, -21, -67, -20)), sort=(("name", False),)),
    "a word": Query(filter=Words("copy17")),
    "a piece of a word": Query(filter=Words("opy1")),
    "words, or others": Query(filter=Words("rosatom copy3, copy4")),
    "kind, country and status": Query(
        filter=And((among("kind", "refinery"), among("country", "BO"), among("status", "operating")))
    ),
    **{
        f"a value of {column}": Query(filter=among(column, value))
        for column, value in [
            ("kind", "refinery"),
            ("segment", "cells"),
            ("country", "BO"),
            ("status", "operating"),
            ("status_group", "building"),
            ("location_accuracy", "country"),
            ("operator", "Rosatom"),
            ("owner", "andes-lithium"),
            ("source_type", "filing"),
            ("capacity_measure", "lce"),
            ("start_year", 2020),
            ("id", "bo-plant-000011"),
        ]
    },
    "capacity": Query(filter=Compare("capacity", ">", 49_000)),
    "updated since": Query(filter=Compare("updated", ">", "2026-01-15T00:00:00.000Z")),
    "a date of the stage": Query(filter=Compare("status_date", "<", "2010-02")),
    "a time": Query(filter=During(Interval(None, dt.date(2010, 2, 1)))),
    "a time, or none": Query(filter=or_missing(During(Interval(None, dt.date(2010, 2, 1))), TIME)),
    "a pattern": Query(filter=Like("name", "%Litio % 17")),
    "a pattern without case": Query(filter=Matches(Folded("casei", Property("name")), "%litio % 17")),
    "as of a day": Query(as_of=DAY),
    "as of a day, by status": Query(as_of=DAY, sort=(("status", False),)),
    "as of a day, a status": Query(as_of=DAY, filter=among("status", "operating")),
    "as of a day, kind and country": Query(as_of=DAY, filter=And((among("kind", "refinery"), among("country", "BO")))),
    "as of a day, a box": Query(as_of=DAY, filter=Intersects(Box(-68, -21, -67, -20))),
}


@pytest.fixture(scope="module")
def address(postgres):
    from clusters import databases

    name = databases.create(
        postgres, databases.filled(postgres, "manifold", functools.partial(manifold.fill, number=MANY))
    )
    yield postgres.url(name)
    databases.drop(postgres, name)


class Explained:
    """Lends a connection that notes what PostgreSQL plans for each statement before it is run."""

    def __init__(self, address):
        self.plans = plans = []

        class Cursor(psycopg.Cursor):
            def execute(self, query, params=None, **more):
                if params is not None and query.lstrip().startswith((b"SELECT", b"WITH")):
                    plain = psycopg.Cursor(self.connection)
                    [(plan,)] = plain.execute(b"EXPLAIN (FORMAT JSON) " + query, params).fetchall()
                    plans.append(plan[0]["Plan"])
                return super().execute(query, params, **more)

        self.connection = psycopg.connect(address, autocommit=True, cursor_factory=Cursor)

    known = KNOWN

    def noted(self, sequence, moves):
        """There is one database."""

    @contextlib.contextmanager
    def use(self):
        yield self.connection


@pytest.fixture(scope="module")
def explained(address):
    lending = Explained(address)
    yield lending
    lending.connection.close()


@pytest.fixture(scope="module")
def new_catalog(explained, tmp_path_factory):
    """Makes a catalog that has kept nothing yet, over tables that no store has written."""
    with contextlib.closing(open_ledger(tmp_path_factory.mktemp("plans") / "store.gpkg").store) as store:
        yield lambda: PostgisCatalog(explained, store, Organisations([]))


def nodes(plan):
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def read_whole(plans):
    """The large tables that are read from end to end."""
    return {node["Relation Name"] for plan in plans for node in nodes(plan) if node["Node Type"] == "Seq Scan"} & LARGE


@pytest.mark.parametrize("name", ASKED)
def test_no_question_reads_a_table_from_end_to_end(explained, name, new_catalog):
    catalog = new_catalog()
    explained.plans.clear()
    page = catalog.search(ASKED[name])
    assert explained.plans
    assert set() == read_whole(explained.plans)
    if page.after is not None:
        explained.plans.clear()
        catalog.search(Query(**{**vars(ASKED[name]), "after": page.after}))
        assert set() == read_whole(explained.plans)


def test_facets_and_records_are_read_by_an_index(explained, new_catalog):
    catalog = new_catalog()
    explained.plans.clear()
    catalog.count(Query(), ("kind", "status", "country"))
    catalog.count(Query(filter=among("country", "BO")), ("kind", "status"))
    catalog.get(catalog.search(Query(limit=1)).after[0])
    assert len(explained.plans) >= 4
    assert set() == read_whole(explained.plans)


def named(plans):
    """The indexes that are used."""
    return {node["Index Name"] for plan in plans for node in nodes(plan) if "Index Name" in node}


def somewhere(catalog):
    """The id of a record whose place is known."""
    return catalog.search(Query(filter=among("location_accuracy", "site"), after=("de",), limit=1)).after[0]


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda catalog: catalog.near(somewhere(catalog), 200, 5), "catalog_records_place_gist"),
        (lambda catalog: catalog.of_the_same_parties(somewhere(catalog), 5), "catalog_records_owner_gin"),
        (lambda catalog: catalog.adjacent(somewhere(catalog)), "catalog_records_country_kind_id"),
        (lambda catalog: catalog.party_names(["andes-lithium", "nobody"]), "catalog_parties_party_id"),
    ],
)
def test_what_stands_beside_a_record_is_looked_up(explained, ask, index, new_catalog):
    explained.plans.clear()
    assert ask(new_catalog())
    assert index in named(explained.plans)
    assert set() == read_whole(explained.plans)


@pytest.mark.parametrize("country", [None, "BO"])
def test_what_may_be_the_described_record_is_looked_up(explained, country, new_catalog):
    described = Described(["plamt", "1234"], country, (-67.0, -20.0), 30)
    explained.plans.clear()
    assert new_catalog().candidates(described, 64)
    looked_up = {"catalog_words_word_gin", "catalog_records_words_gin", "catalog_records_place_gist"}
    assert looked_up <= named(explained.plans)
    assert set() == read_whole(explained.plans)


@pytest.mark.parametrize("after", [None, EventMark(738_000, 737_900, "bo-plant", 1)])
def test_events_come_in_the_order_of_an_index(explained, after, new_catalog):
    catalog, query = new_catalog(), EventQuery(after=after)
    assert catalog.events(query).after  # with how many there are, which is kept then
    explained.plans.clear()
    assert catalog.events(query).events
    assert "catalog_events_expected_last_day_first_day_id_number" in named(explained.plans)
    assert "Sort" not in {node["Node Type"] for plan in explained.plans for node in nodes(plan)}
    assert set() == read_whole(explained.plans)


def test_the_extent_is_the_first_and_the_last_of_indexes(explained, new_catalog):
    explained.plans.clear()
    assert new_catalog().extent()
    edges = {f"catalog_records_{each}" for each in ("x", "y", "first_day", "last_day_first_day", "area")}
    assert edges <= named(explained.plans)
    assert set() == read_whole(explained.plans)


def test_what_no_index_answers_would_be_seen(explained, new_catalog):
    """That the test can fail: a date that nothing is sorted or chosen by."""
    catalog = new_catalog()
    explained.plans.clear()
    catalog.search(Query(filter=Compare("status_as_of", "=", "2011")))
    assert {"catalog_records"} == read_whole(explained.plans)
