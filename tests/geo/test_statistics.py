"""Statistics say what a plain loop over the records says: counts, sums by unit family and basis, on every day."""

import datetime as dt
import functools
import itertools
from collections import Counter

import numpy as np
import pytest
from catalogs import catalogs_of
from conftest import SOUTH_AMERICA, copy_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import made_up, made_up_features

from geo import dates
from geo.catalog import Group
from geo.columns import PROJECTS
from geo.curated.files import read_files
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
from geo.opening import open_ledger
from geo.paths import data_folder
from geo.query import Query
from geo.records.project import Project
from geo.statistics import LOG_EDGES, MEASURED, MOST_STEPS, Others, Span, Statistics, statistics, steps

# What the store and an index know besides a record itself, and so no loop over records does.
KEPT = ("created", "updated", "owner")
GROUPS = [name for name in PROJECTS.groups if name not in KEPT]
SOME_DAYS = st.sampled_from([dt.date(y, m, 14) for y in range(2009, 2027) for m in (1, 6)])
DATED = st.sampled_from(
    [
        In("status_group", frozenset({"building", "operating"})),
        In("status", frozenset({"considered", "unknown"})),
        In("capacity_measure", frozenset({"cells"})),
        Compare("status_stale", "=", True),
        Compare("capacity", ">=", 20_000),
        Compare("status_date", "<", "2018-05"),
        Words("operating"),
        Words("plant 7"),
        IsNull("start_year"),
    ]
)
UNDATED = st.sampled_from(
    [
        In("country", frozenset({"BO", "DE", "NA"})),
        In("kind", frozenset({"cell_factory", "refinery", "brine_operation"})),
        In("source_type", frozenset({"news", "company"})),
        IsNull("region"),
        During(Interval(dt.date(2015, 1, 1), dt.date(2020, 1, 1))),
        or_missing(Intersects(Box(-100, -40, 60, 50)), GEOMETRY),
    ]
)
LEAVES = DATED | UNDATED
FILTERS = st.one_of(
    st.just(EVERYTHING),
    st.lists(LEAVES, max_size=3).map(tuple).map(And),
    st.builds(lambda one, other, third: And((Or((one, other)), Not(third))), LEAVES, LEAVES, LEAVES),
    LEAVES,
)
EXAMPLES = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
SOME_STEPS = st.lists(SOME_DAYS, min_size=1, max_size=6, unique=True).map(sorted).map(tuple)


NO_STEPS = st.just(())


@st.composite
def questions(draw, days=NO_STEPS):
    as_of = draw(st.none() | SOME_DAYS)
    chosen = draw(days)
    histogram = draw(st.sampled_from([None, None, "capacity", "start_year", "sources_count"]))
    return Statistics(
        Query(filter=draw(FILTERS), as_of=None if chosen else as_of),
        tuple(draw(st.lists(st.sampled_from(GROUPS), max_size=2, unique=True).filter(lambda by: histogram not in by))),
        draw(st.booleans()),
        histogram,
        draw(st.sampled_from([LOG_EDGES, (2015.0, 2020.0), (1.0, 20.0, 300.0, 40_000.0)])),
        chosen,
    )


QUESTIONS, SERIES = questions(), questions(SOME_STEPS)


stated = functools.cache(Project.stated)


@functools.cache
def facts(project, as_of):
    return {**stated(project), **project.derived(as_of=as_of)}


KINDS = ["memory", pytest.param("layers", marks=pytest.mark.slow), pytest.param("postgis", marks=pytest.mark.postgres)]


@pytest.fixture(scope="module", params=KINDS)
def catalog_over(request):
    with catalogs_of(request) as over:
        yield over


@pytest.fixture(scope="module")
def compared(tmp_path_factory, catalog_over):
    """A catalog that has followed changes, in one layer and in several, and the records that there are, by id."""
    store = open_ledger(tmp_path_factory.mktemp("counted") / "store.gpkg").store
    projects = {f["id"]: Project.from_feature(f) for f in made_up_features(200, seed=5)}
    store.write([Edit(p.id, p, None, "test") for p in projects.values()])
    catalog = catalog_over(store)
    for project_id in sorted(projects)[::9]:
        projects[project_id] = made_up(project_id, name="Renamed", country=project_id[:2].upper())
        store.write([Edit(project_id, projects[project_id], 1, "test")])
        catalog.version()
    for project_id in sorted(projects)[::13]:
        del projects[project_id]
        store.write([Edit(project_id, None, store.head(project_id).number, "test")])
    yield catalog, projects
    store.close()


def loop_values(project, asked, name):
    """What a record counts as in a column: nearly always one value."""
    values = facts(project, asked.query.as_of)
    value = values.get(name)
    if name == "source_type":
        return sorted({source.type for source in project.properties.sources if source.type}) or [None]
    if name == asked.histogram:
        return [None if value is None else span(value, asked.edges)]
    return [int(value[:4]) if value is not None and PROJECTS[name].kind == "date" else value]


def span(value, edges):
    ends = (None, *edges, None)
    spans = itertools.starmap(Span, itertools.pairwise(ends))
    return next(s for s in spans if (s.low is None or s.low <= value) and (s.high is None or value < s.high))


def loop_groups(projects, asked):
    """Each group with how many records it has, and of which families and bases the sums and numbers are."""
    groups = {}
    for project in projects:
        combined = [()]
        for name in asked.columns:
            combined = [(*values, value) for values in combined for value in loop_values(project, asked, name)]
        for values in combined:
            groups.setdefault(values, []).append(project)
    return groups


def loop_sums(projects, asked):
    counts, totals = Counter(), Counter()
    for project in projects:
        values = facts(project, asked.query.as_of)
        if values["capacity"] is not None:
            of = (values["capacity_measure"], values["capacity_basis"])
            counts[of] += 1
            totals[of] += values["capacity"]
    return counts, totals


@EXAMPLES
@given(asked=QUESTIONS)
def test_groups_and_sums_are_what_a_plain_loop_finds(compared, asked):
    catalog, projects = compared
    matching = [projects[each] for each in catalog.columns(asked.query, ["id"])["id"]]
    found = statistics(catalog, asked)

    assert [len(matching)] == found.matched
    expected = loop_groups(matching, asked)
    assert {values: [len(members)] for values, members in expected.items()} == {
        g.values: g.counts for g in found.groups
    }
    for group in found.groups if asked.sums else ():
        counts, totals = loop_sums(expected[group.values], asked)
        assert counts == {(each.measure, each.basis): each.counts[0] for each in group.sums}
        assert totals == pytest.approx({(each.measure, each.basis): each.totals[0] for each in group.sums})
        assert [len(expected[group.values]) - counts.total()] == group.without


@EXAMPLES
@given(asked=SERIES)
def test_each_step_of_a_series_is_what_is_asked_as_of_its_day(compared, asked):
    catalog, _ = compared
    series = statistics(catalog, asked)
    for at, day in enumerate(asked.days):
        query = Query(filter=asked.query.filter, as_of=day)
        then = statistics(catalog, Statistics(query, asked.by, asked.sums, asked.histogram, asked.edges))

        assert then.matched == [series.matched[at]] == [catalog.count(query, ())[0]]
        there = {group.values: group for group in series.groups if group.counts[at]}
        assert {group.values: group.counts[0] for group in then.groups} == {v: g.counts[at] for v, g in there.items()}
        for group in then.groups:
            same = there[group.values]
            assert group.without == same.without[at : at + 1]
            shown = {(s.measure, s.basis): (s.counts[at], s.totals[at]) for s in same.sums if s.counts[at]}
            assert {(s.measure, s.basis): pytest.approx((s.counts[0], s.totals[0])) for s in group.sums} == shown


@pytest.fixture(scope="module")
def south_america(tmp_path_factory, catalog_over):
    store = open_ledger(copy_of("south_america", tmp_path_factory.mktemp("counted") / "store.gpkg")).store
    yield catalog_over(store, read_organisations(data_folder()))
    store.close()


@pytest.fixture(scope="module")
def south_american_records():
    return list(read_files(SOUTH_AMERICA))


def test_planned_and_built_are_never_added_together(south_america, south_american_records):
    on = dt.date(2024, 1, 1)
    asked = Statistics(Query(filter=In("country", frozenset({"AR"})), as_of=on), sums=True)
    [group] = statistics(south_america, asked).groups
    then = [project.derived(as_of=on) for project in south_american_records if project.properties.country == "AR"]
    for basis in ("planned", "actual"):
        of = [d for d in then if d["capacity_measure"] == "lce" and d["capacity_basis"] == basis]
        [found] = [each for each in group.sums if (each.measure, each.basis) == ("lce", basis)]
        assert of
        assert (sum(d["capacity"] for d in of), len(of)) == (pytest.approx(found.totals[0]), found.counts[0])


def test_a_record_counts_with_each_of_its_parties(south_america):
    by_owner = {
        group.values: group.counts for group in statistics(south_america, Statistics(Query(), ("owner",))).groups
    }
    assert len(by_owner) > 20
    for (owner,), counts in by_owner.items():
        matched = south_america.count(Query(filter=In("owner", frozenset({owner}))), ())[0] if owner else counts[0]
        assert [matched] == counts, owner


def test_of_many_values_the_others_are_told_together(south_america):
    every = statistics(south_america, Statistics(Query(), ("country", "status_group"), True))
    few = statistics(south_america, Statistics(Query(), ("country", "status_group"), True, limit=2))
    countries = {group.values[0] for group in every.groups}
    rest = Others(len(countries) - 2)
    assert {"AR", "CL", rest} == {group.values[0] for group in few.groups}
    assert rest == few.groups[-1].values[0], "they come last"
    counts = Counter({group.values[1]: group.counts[0] for group in few.groups if group.values[0] == rest})
    left = [group for group in every.groups if group.values[0] not in ("AR", "CL")]
    assert counts == sum((Counter({group.values[1]: group.counts[0]}) for group in left), Counter())


def test_groups_come_in_the_order_of_their_words_years_and_numbers(south_america):
    def values(*by):
        return [group.values[0] for group in statistics(south_america, Statistics(Query(), by)).groups]

    codes = list(PROJECTS["status_group"].codes)
    assert [code for code in codes if code in values("status_group")] == values("status_group")
    years = values("start_year")
    assert [*sorted(year for year in years if year is not None), None] == years
    sizes = [group.counts[0] for group in statistics(south_america, Statistics(Query(), ("country",))).groups]
    assert sorted(sizes, reverse=True) == sizes


def test_a_missing_value_is_a_group_of_its_own(south_america):
    counts = {
        group.values: group.counts[0] for group in statistics(south_america, Statistics(Query(), ("region",))).groups
    }
    assert counts[None,] == len([r for r in south_america.columns(Query(), ["region"])["region"] if r is None]) > 0


def test_steps_are_ends_of_intervals_and_the_last_is_the_last_day():
    last = dt.date(2026, 11, 27)
    assert (dt.date(2024, 12, 31), dt.date(2025, 12, 31), last) == steps("year", dt.date(2024, 6, 1), last)
    assert (dt.date(2024, 1, 31), dt.date(2024, 2, 29)) == steps("month", dt.date(2024, 1, 9), dt.date(2024, 2, 29))
    assert (20, 60) == (len(steps("year", None, last)), len(steps("month", None, last)))
    first = dt.date(1, 2, 28)  # no calendar goes further back
    assert ((first,), (dt.date(1, 1, 31), first)) == (steps("year", None, first), steps("month", None, first))
    with pytest.raises(InvalidQuery):
        steps("month", last.replace(year=last.year - MOST_STEPS // 12 - 1), last)


def test_every_column_of_numbers_has_a_histogram(south_america):
    for name in MEASURED:
        found = statistics(south_america, Statistics(Query(), histogram=name, edges=(0.0, 100.0)))
        assert south_america.count(Query(), ())[0] == sum(group.counts[0] for group in found.groups)


def test_nothing_counted_is_nothing(south_america):
    nobody = Query(filter=And((In("country", frozenset({"FJ"})),)))
    assert ([0], []) == (lambda f: (f.matched, f.groups))(
        statistics(south_america, Statistics(nobody, ("kind",), True))
    )
    days = (dt.date(2020, 12, 31), dt.date(2021, 12, 31))
    assert [0, 0] == statistics(south_america, Statistics(nobody, ("kind",), True, days=days)).matched


def test_a_tally_of_no_column_is_of_all(south_america):
    tally = south_america.tally(Query(), ())
    assert ([()], [[96]], [96]) == (tally.values, tally.counts.tolist(), tally.matched.tolist())
    by_date = south_america.tally(Query(), [Group("first_date")])
    firsts = [date for date in south_america.columns(Query(), ["first_date"])["first_date"] if date]
    years = Counter(dates.first_day(date).year for date in firsts)
    assert years == {v: int(np.sum(c)) for (v,), c in zip(by_date.values, by_date.counts, strict=True) if v is not None}
