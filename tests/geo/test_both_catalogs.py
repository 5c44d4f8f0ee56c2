"""The catalogs in memory and in PostGIS give one answer to every question: records, order, marks, counts and bytes."""

import math

import orjson
import psycopg
import pytest
from asked import FILTERS, SOME_DAYS, SORTS
from asked_cql2 import conditions
from clusters import databases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import OWNERS, made_up, made_up_features
from tabled import catalogs_in

from geo.columns import PROJECTS
from geo.cql2.reading import read_filter
from geo.curated.organisations import Organisations
from geo.editing import Edit
from geo.errors import Gone, NotFound
from geo.filter import Like, Not, Words
from geo.memory.catalog import MemoryCatalog
from geo.opening import open_ledger
from geo.operands import reckoned
from geo.postgis.functions import FUNCTIONS
from geo.query import Query
from geo.records.project import Project

QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]
CROSSING = {
    "type": "MultiPolygon",
    "coordinates": [
        [[[179.5, -17], [180, -17], [180, -16], [179.5, -16], [179.5, -17]]],
        [[[-180, -17], [-179.5, -17], [-179.5, -16], [-180, -16], [-180, -17]]],
    ],
}
SQUARE = {"type": "Polygon", "coordinates": [[[-67.5, -20.5], [-66.5, -20.5], [-66.5, -19.5], [-67.5, -20.5]]]}
COUNTED = tuple(column.name for column in PROJECTS if column.group and column.kind != "ids")


def shaped():
    """Records on edges, of areas, with links, and with words and names that are hard to compare."""
    yield made_up("fj-crossing", geometry=CROSSING, country="FJ")
    yield made_up("bo-square", geometry=SQUARE)
    yield made_up("bo-same-square", geometry=SQUARE)
    for number, place in enumerate([(180, 10), (-180, 10), (0, 90), (50, -90), (-67, -20), (-68.0000001, -21)]):
        yield made_up(f"bo-edge-{number}", geometry={"type": "Point", "coordinates": list(place)})
    link = [{"type": "follows_from", "project": "bo-square", "sources": ["s1"]}]
    yield made_up("bo-linked", links=link, name="ẞig Ŀlı İstanbul 100%_\\ a'b", region="Ñuble", locality="Łódź")
    yield made_up("ar-moved", country="CL", name="パナソニック Ωmega", region="e\u0301te\u0301")
    yield made_up("bo-many", capacities=figures(0.1, 0.2, 1e-7))


def figures(*values):
    return [
        {"product": "cells", "value": value, "unit": "GWh/y", "basis": "planned", "scope": "phase", "sources": ["s1"]}
        for value in values
    ]


def made_all():
    return [*map(Project.from_feature, made_up_features(250, seed=8)), *shaped()]


@pytest.fixture(scope="module")
def both(tmp_path_factory, postgres):
    """The catalog in memory and the one in PostGIS, over one store that has changed."""
    store = open_ledger(tmp_path_factory.mktemp("both") / "store.gpkg").store
    projects = made_all()
    with catalogs_in(postgres) as over:
        catalogs = MemoryCatalog(store, Organisations([])), over(store)
        store.write([Edit(project.id, project, None, "test") for project in projects[:200]])
        assert catalogs[0].version() == catalogs[1].version()
        store.write([Edit(project.id, project, None, "test") for project in projects[200:]])
        for project in projects[::9]:
            store.write([Edit(project.id, made_up(project.id, name=f"Renamed {OWNERS[1]}"), 1, "test")])
        for project in projects[::13]:
            store.write([Edit(project.id, None, store.head(project.id).number, "test")])
        yield catalogs
    store.close()


@st.composite
def queries(draw):
    node = draw(st.none() | conditions)
    expression = draw(FILTERS) if node is None else read_filter(orjson.dumps(node).decode(), "cql2-json")
    limit = draw(st.sampled_from([1, 3, 50, 1000]))
    return Query(filter=expression, as_of=draw(st.none() | SOME_DAYS), sort=tuple(draw(SORTS)), limit=limit)


def page_of(catalog, query):
    page = catalog.search(query)
    features = b"".join(page.features).split(b",\n{") if page.features else []
    return features, page.number_returned, page.number_matched, page.after


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=QUIET)
@given(query=queries())
def test_a_page_is_the_same_to_its_bytes(both, query):
    memory, postgis = (page_of(catalog, query) for catalog in both)
    assert memory == postgis


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(query=queries())
def test_a_client_goes_on_with_a_mark_of_the_other_catalog(both, query):
    whole = [page_of(catalog, Query(**{**vars(query), "limit": 1000}))[0] for catalog in both]
    found, after, turn = [], None, 0
    while True:
        features, _, _, after = page_of(both[turn % 2], Query(**{**vars(query), "limit": 23, "after": after}))
        found += features
        turn += 1
        if after is None:
            break
    assert [feature.strip(b"{") for feature in found] == [feature.strip(b"{") for feature in whole[1]]
    assert whole[0] == whole[1]


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(query=queries())
def test_facets_are_the_same(both, query):
    memory, postgis = (catalog.count(query, COUNTED) for catalog in both)
    assert memory == postgis
    assert {name: list(map(type, counts)) for name, counts in memory[1].items()} == {
        name: list(map(type, counts)) for name, counts in postgis[1].items()
    }


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=QUIET)
@given(query=queries(), most=st.sampled_from([None, 0, 1, 7]))
def test_a_whole_answer_is_the_same(both, query, most):
    (number, features), (other_number, others) = (catalog.found(query, most) for catalog in both)
    assert (number, list(features)) == (other_number, list(others))


@pytest.fixture(scope="module")
def reckoning(postgres):
    """A database with the functions of arithmetic."""
    name = databases.create(postgres)
    with psycopg.connect(postgres.url(name), autocommit=True) as connection:
        for function in FUNCTIONS:
            connection.execute(function.encode())
        yield connection
    databases.drop(postgres, name)


PAIRS = st.floats(allow_nan=False) | st.integers(-5, 5).map(float) | st.sampled_from([5e-324, 1.7e308, 0.1, 0.3, -0.5])


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=QUIET)
@given(sign=st.sampled_from(["+", "-", "*", "/", "^", "%", "div"]), left=PAIRS, right=PAIRS)
def test_arithmetic_comes_to_the_same(reckoning, sign, left, right):
    expected = float(reckoned(sign, left, right))
    asked = "SELECT catalog_reckoned(%s, %s::double precision, %s::double precision)"
    named = {"%": "mod"}.get(sign, sign)
    [(found,)] = reckoning.execute(asked, [named, left, right]).fetchall()
    if found is None or math.isnan(expected):
        assert (found is None) == math.isnan(expected)
    elif sign == "^":
        assert math.isclose(expected, found, rel_tol=1e-15, abs_tol=0)
    else:
        assert expected == found


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=QUIET)
@given(pattern=st.text(alphabet="%_\\aPltñ 7'\0", max_size=6), typed=st.text(alphabet="plant7ñ,%_\\\0- ", max_size=8))
def test_patterns_and_words_of_any_signs_mean_the_same(both, pattern, typed):
    for expression in (Like("name", pattern), Not(Like("region", pattern)), Words(typed)):
        query = Query(filter=expression, limit=1000)
        assert page_of(both[0], query) == page_of(both[1], query)


def test_a_record_is_the_same(both):
    memory, postgis = both
    ids = [orjson.loads(feature)["id"] for feature in memory.found(Query())[1]]
    assert [memory.get(each) for each in ids] == [postgis.get(each) for each in ids]
    assert [("follows_from", "bo-linked")] == postgis.get("bo-square").incoming
    assert memory.successors() == postgis.successors()
    assert (memory.extent(), True) == (postgis.extent(), postgis.knows_extent())


def test_a_record_that_is_gone_is_gone_in_both(both):
    ids = {each["id"] for each in map(orjson.loads, both[0].found(Query())[1])}
    gone = next(each.id for each in made_all() if each.id not in ids)
    refusals = []
    for catalog in both:
        with pytest.raises(Gone) as refused:
            catalog.get(gone)
        refusals.append((refused.value.revision, refused.value.successor))
        with pytest.raises(NotFound):
            catalog.get("bo-nobody")
    assert [(3, None)] * 2 == refusals
