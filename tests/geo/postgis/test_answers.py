"""What PostGIS answers of many records is what memory answers: the same values, order, counts and bytes."""

import datetime as dt
import random

import orjson
import psycopg
import pytest
from conftest import copy_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import made_up_feature, made_up_features
from tabled import catalogs_in

from geo.catalog import INDEXED, Described, Group
from geo.columns import PROJECTS
from geo.curated.organisations import read_organisations
from geo.editing import Edit
from geo.errors import InvalidQuery
from geo.filter import (
    EVERYTHING,
    GEOMETRY,
    And,
    Box,
    Compare,
    During,
    In,
    Intersects,
    Interval,
    IsNull,
    Not,
    Or,
    Words,
    or_missing,
)
from geo.gathered.catalog import countries_of, organisations_of
from geo.lately import Lately
from geo.memory.catalog import MemoryCatalog
from geo.opening import open_ledger
from geo.packing import pack
from geo.paths import data_folder
from geo.postgis.answering import moments
from geo.query import EventMark, EventQuery, Query
from geo.records.project import Project
from geo.snapshot import drawn, told

pytestmark = pytest.mark.postgres

ALL = [*PROJECTS.names, *INDEXED]
STEPPED = [name for name in PROJECTS.dated if name != "status_stale"]
SOME_DAYS = st.sampled_from([dt.date(y, m, 14) for y in range(2009, 2027) for m in (1, 6)])
LEAVES = st.sampled_from(
    [
        In("status_group", frozenset({"building", "operating"})),
        In("status", frozenset({"considered", "unknown"})),
        Compare("status_stale", "=", True),
        Compare("capacity", ">=", 20_000),
        Compare("status_date", "<", "2018-05"),
        Words("operating"),
        Words("plant 7"),
        IsNull("start_year"),
        In("country", frozenset({"BO", "DE", "NA", "CL"})),
        In("owner", frozenset({"rosatom", "ganfeng-lithium"})),
        In("source_type", frozenset({"news", "company"})),
        During(Interval(dt.date(2015, 1, 1), dt.date(2020, 1, 1))),
        or_missing(Intersects(Box(-100, -40, 60, 50)), GEOMETRY),
    ]
)
FILTERS = st.one_of(
    st.just(EVERYTHING),
    st.lists(LEAVES, max_size=3).map(tuple).map(And),
    st.builds(lambda one, other, third: And((Or((one, other)), Not(third))), LEAVES, LEAVES, LEAVES),
)
QUERIES = st.builds(Query, filter=FILTERS, as_of=st.none() | SOME_DAYS)
EXAMPLES = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def both(tmp_path_factory, postgres):
    """A catalog in memory and one in PostGIS over the same store, of which many records have changed."""
    store = open_ledger(copy_of("south_america", tmp_path_factory.mktemp("both") / "store.gpkg")).store
    store.write([Edit(f["id"], Project.from_feature(f), None, "test") for f in some_features()])
    organisations = read_organisations(data_folder())
    with catalogs_in(postgres) as over:
        in_tables = over(store, organisations)
        in_tables.version()
        change(store)
        yield MemoryCatalog(store, organisations), in_tables
    store.close()


def some_features():
    """Made-up records, some of which have areas, several names, or lie in one spot."""
    yield from made_up_features(240, seed=8)
    square = [[-60, -20], [-59, -20], [-59, -19], [-60, -19], [-60, -20]]
    moved = [[[x + 119, y] for x, y in square]]
    for number in range(9):
        area = {"type": "MultiPolygon", "coordinates": [[square], moved]} if number % 2 else None
        names = [f"Сала́р {number}", "宁德时代", "Salar d’Or"]
        yield made_up_feature(
            f"bo-area-{number}", geometry=area or {"type": "Polygon", "coordinates": [square]}, other_names=names
        )
        yield made_up_feature(
            f"fj-edge-{number}", country="FJ", geometry={"type": "Point", "coordinates": [180 - number % 3 / 50, -17]}
        )


def change(store):
    ids = list(store.current_ids())
    for record_id in ids[::9]:
        head = store.head(record_id)
        changed = made_up_feature(record_id, name="Renamed", country=record_id[:2].upper())
        kept = None if record_id in ids[::27] else Project.from_feature(changed)
        store.write([Edit(record_id, kept, head.number, "test")])


@EXAMPLES
@given(query=QUERIES)
def test_columns_are_the_same_in_the_same_order(both, query):
    in_memory, in_tables = (catalog.columns(query, ALL) for catalog in both)
    for name in ALL:
        assert in_memory[name] == in_tables[name], name
        assert list(map(type, in_memory[name])) == list(map(type, in_tables[name])), name


@EXAMPLES
@given(query=QUERIES)
def test_steps_are_the_same(both, query):
    in_memory, in_tables = (catalog.steps(query, STEPPED) for catalog in both)
    assert in_memory.values == in_tables.values
    for one, other in zip(in_memory[:3], in_tables[:3], strict=True):
        assert (one.dtype, one.tolist()) == (other.dtype, other.tolist())


@EXAMPLES
@given(query=QUERIES)
def test_codes_say_the_same_of_the_same_records(both, query):
    in_memory, in_tables = (catalog.codes(query, PROJECTS.names) for catalog in both)
    for name in PROJECTS.names:
        assert list(in_memory[name].distinct) == list(in_tables[name].distinct) or PROJECTS[name].codes is None
    assert by_id(in_memory) == by_id(in_tables)


def by_id(codes):
    """What each record has in every column."""
    size = len(codes["id"].ranks)
    read = [values_of(codes[name], size) for name in PROJECTS.names]
    return {values[0]: values for values in zip(*read, strict=True)}


def values_of(codes, size):
    values = [None if rank < 0 else codes.distinct[rank] for rank in codes.ranks.tolist()]
    if codes.records is None:
        return values
    held = [set() for _ in range(size)]
    for record, value in zip(codes.records.tolist(), values, strict=True):
        held[record].add(value)
    return held


GROUPS = st.lists(st.sampled_from(PROJECTS.groups), max_size=3, unique=True)
EDGES = st.sampled_from([(1.0, 20.0, 300.0, 40_000.0), (2015.0, 2020.0)])
SOME_STEPS = st.lists(SOME_DAYS, max_size=5, unique=True).map(sorted)


@EXAMPLES
@given(query=QUERIES, names=GROUPS, edges=EDGES, summed=st.sampled_from([None, "capacity"]), days=SOME_STEPS)
def test_tallies_are_the_same(both, query, names, edges, summed, days):
    groups = [Group(name, edges if PROJECTS[name].kind == "integer" else ()) for name in names]
    in_memory, in_tables = (catalog.tally(query, groups, summed, days) for catalog in both)
    assert in_memory.matched.tolist() == in_tables.matched.tolist()
    assert counted(in_memory, in_memory.counts) == counted(in_tables, in_tables.counts)
    sums = counted(in_memory, in_memory.sums)
    assert sums.keys() == counted(in_tables, in_tables.sums).keys()
    for values, numbers in counted(in_tables, in_tables.sums).items():
        assert sums[values] == pytest.approx(numbers)
    assert set(map(type, in_memory.values)) <= {tuple}


def counted(tally, numbers):
    """The numbers of each group that has any record on any day."""
    there = [any(counts) for counts in tally.counts.tolist()]
    rows = zip(tally.values, numbers.tolist(), there, strict=True)
    return {values: found for values, found, is_there in rows if is_there}


def test_more_groups_than_can_be_counted_are_refused_by_both(both, monkeypatch):
    for module in ("geo.memory.tally", "geo.postgis.answering.tally"):
        monkeypatch.setattr(f"{module}.MOST_NUMBERS", 30)
    refused = []
    for catalog in both:
        for days in ((), (dt.date(2020, 1, 1), dt.date(2024, 1, 1))):
            with pytest.raises(InvalidQuery) as error:
                catalog.tally(Query(), [Group("locality"), Group("owner")], None, days)
            refused.append((error.value.rule, error.value.values))
    assert refused[:2] == refused[2:]


EVENTS = st.builds(
    EventQuery,
    filter=FILTERS,
    as_of=st.none() | SOME_DAYS,
    period=st.sampled_from([Interval(None, None), Interval(dt.date(2015, 3, 1), dt.date(2019, 1, 1))]),
    expected=st.booleans(),
    after=st.none()
    | st.builds(EventMark, st.integers(735_000, 739_900), st.integers(735_000, 739_900), st.just("bo-k"), st.just(1)),
    limit=st.sampled_from([1, 30, 10_000]),
)


@EXAMPLES
@given(query=EVENTS)
def test_events_are_the_same_pages_byte_for_byte(both, query):
    in_memory, in_tables = (catalog.events(query) for catalog in both)
    assert in_memory == in_tables


def test_parties_have_the_same_names(both):
    in_memory, in_tables = both
    every = sorted({owner for owners in in_memory.columns(Query(), ["owner"])["owner"] for owner in owners})
    assert len(every) > 50
    assert in_memory.party_names([*every, "nobody"]) == in_tables.party_names([*every, "nobody"])
    assert {} == in_tables.party_names(["nobody"])


@pytest.mark.parametrize("km", [1, 200, 3000])
def test_what_stands_beside_a_record_is_the_same(both, km):
    in_memory, in_tables = both
    for record_id in in_memory.columns(Query(), ["id"])["id"][::3]:
        assert in_memory.near(record_id, km, 5) == in_tables.near(record_id, km, 5)
        assert in_memory.of_the_same_parties(record_id, 40) == in_tables.of_the_same_parties(record_id, 40)
        assert in_memory.adjacent(record_id) == in_tables.adjacent(record_id)


def descriptions(catalog):
    """What somebody may have typed of a record: words with a letter more or less, its country, a point near it."""
    chance = random.Random(5)
    found = catalog.columns(Query(), ["search", "country", "point"])
    for search, country, point in list(zip(*found.values(), strict=True))[::2]:
        words = [misspelt(chance, word) for word in chance.sample(search.split(), 3)]
        near = (point[0] + 0.1, point[1] - 0.05) if point and chance.random() < 0.5 else None
        yield Described(words, chance.choice([country, None]), near, 30)


def misspelt(chance, word):
    at = chance.randrange(len(word))
    return word[:at] + chance.choice(["", word[at], word[at] * 2, "x"]) + word[at + 1 :]


def test_the_same_records_may_be_the_described_one_in_the_same_order(both):
    in_memory, in_tables = both
    for described in descriptions(in_memory):
        for limit in (3, 64):
            assert ids(in_memory.candidates(described, limit)) == ids(in_tables.candidates(described, limit)), described


def ids(features):
    return [orjson.loads(feature)["id"] for feature in features]


@pytest.mark.parametrize("words", [[], ["ab"], ["\0"], ["x" * 500], ["a|b(", "\\", "%"]])
def test_words_that_are_none_find_nothing(both, words):
    in_memory, in_tables = both
    assert ids(in_memory.candidates(Described(words), 9)) == ids(in_tables.candidates(Described(words), 9)) == []


def test_the_snapshot_of_the_map_is_the_same(both):
    for query in (Query(), Query(filter=In("country", frozenset({"BO", "FJ"})))):
        for part in (drawn, told):
            in_memory, in_tables = (pack(part(catalog, query)) for catalog in both)
            assert in_memory == in_tables


@pytest.mark.parametrize("on", [None, dt.date(2019, 1, 1)])
def test_what_is_gathered_is_the_same(both, on):
    organisations = read_organisations(data_folder())
    for gather in (countries_of, lambda projects: organisations_of(projects, organisations)):
        one, other = map(gather, both)
        columns = one._features(on).columns
        query = Query(as_of=on, columns=columns, sort=(("projects", False), ("name", True)), limit=10_000)
        assert list(one.found(query)[1]) == list(other.found(query)[1])


ASKED = [
    lambda catalog: catalog.tally(Query(), [Group("kind")]),
    lambda catalog: catalog.tally(Query(), [Group("kind")], None, [dt.date(2020, 1, 1)]),
    lambda catalog: catalog.events(EventQuery()),
    lambda catalog: catalog.columns(Query(), ["id"]),
    lambda catalog: catalog.steps(Query(), ["status"]),
    lambda catalog: catalog.codes(Query(), ["kind"]),
    lambda catalog: catalog.near("bo-area-1", 9, 1),
    lambda catalog: catalog.candidates(Described(["sala"]), 1),
]


@pytest.mark.parametrize("ask", ASKED)
def test_what_takes_too_long_is_refused(both, monkeypatch, ask):
    _, in_tables = both
    hurried = moments._BEGIN.replace("statement_timeout = 10000", "statement_timeout = 100")
    assert hurried != moments._BEGIN
    monkeypatch.setattr(moments, "_BEGIN", hurried)
    monkeypatch.setattr(in_tables, "_counted", Lately(1))
    in_tables.version()  # so that all is in the tables
    with psycopg.connect(in_tables._moments._lending._address) as other:
        other.execute("LOCK TABLE catalog_records, catalog_steps, catalog_events")
        with pytest.raises(InvalidQuery) as error:
            ask(in_tables)
    assert error.value.rule == "filter-too-slow"


def test_who_goes_through_an_answer_keeps_no_connection(both):
    catalog = both[1]
    begun = [catalog.found(Query())[1] for _ in range(20)]  # more than there are connections
    first = [next(features) for features in begun]
    assert len(set(first)) == 1
    assert catalog.search(Query(limit=1)).number_returned == 1
