"""What happened in a period, newest first, under the filters of records: as a plain loop over the records finds it."""

import datetime as dt
import functools

import orjson
import pytest
from conftest import copy_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import made_up, made_up_features

from geo import dates, vocabulary
from geo.editing import Edit
from geo.errors import InvalidQuery
from geo.filter import EVERYTHING, And, In, Interval
from geo.opening import open_ledger
from geo.query import EventMark, EventQuery
from geo.records.project import Project

DAYS = st.none() | st.dates(dt.date(2009, 1, 1), dt.date(2031, 1, 1))


@pytest.fixture(scope="module")
def compared(tmp_path_factory, catalog_over):
    """A catalog over a base and recent changes, and the plain list of what it should hold."""
    store = open_ledger(copy_of("many", tmp_path_factory.mktemp("events") / "store.gpkg")).store
    catalog = catalog_over(store)
    projects = {revision.project_id: revision.project for revision in store.current()}
    for feature in made_up_features(440, seed=9)[400:]:
        project = projects[feature["id"]] = Project.from_feature(feature)
        store.write([Edit(project.id, project, None, "test")])
    for project_id in sorted(projects)[::11]:
        [revision] = store.revisions(project_id)
        del projects[project_id]
        store.write([Edit(project_id, None, revision.number, "test")])
    yield catalog, sorted(projects.values(), key=lambda project: project.id)
    store.close()


@st.composite
def queries(draw):
    start, end = draw(DAYS), draw(DAYS)
    if start and end and start > end:
        start, end = end, start
    kinds = In("kind", draw(st.frozensets(st.sampled_from(vocabulary.KINDS.codes), min_size=1, max_size=9)))
    stages = In("status", draw(st.frozensets(st.sampled_from(vocabulary.STATUSES.codes), min_size=1, max_size=9)))
    return EventQuery(
        filter=draw(st.sampled_from([EVERYTHING, kinds, stages, And((kinds, stages))])),
        as_of=draw(st.none() | st.sampled_from([dt.date(2015, 6, 1), dt.date(2021, 1, 1)])),
        period=Interval(start, end),
        expected=draw(st.booleans()),
        limit=draw(st.sampled_from([1, 20, 10_000])),
    )


@functools.cache
def status_on(project, day):
    return project.derived(as_of=day)["status"]


def parts(expression):
    return expression.parts if isinstance(expression, And) else (expression,)


def loop(projects, query):
    """The events that the query means, said in the plainest way."""
    found = []
    for project in projects:
        happened = [event for event in project.properties.events if not event.expected]
        if query.as_of and happened and all(dates.first_day(e.date) > query.as_of for e in happened):
            continue
        values = {"kind": project.properties.kind, "status": status_on(project, query.as_of)}
        if not all(values[part.column] in part.values for part in parts(query.filter)):
            continue
        for event in project.properties.events:
            late = query.period.end and dates.first_day(event.date) > query.period.end
            early = query.period.start and dates.last_day(event.date) < query.period.start
            if event.expected == query.expected and not late and not early:
                found.append((project, event))
    # Sorting keeps the order of equals, which is that of ids and then of the record.
    found.sort(key=lambda each: dates.first_day(each[1].date), reverse=True)
    found.sort(key=lambda each: dates.last_day(each[1].date), reverse=True)
    return [(project.id, event.key) for project, event in found]


def keys(page):
    return [(event["record_id"], event["key"]) for event in map(orjson.loads, page.events)]


@pytest.mark.slow
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries())
def test_events_are_those_that_a_plain_loop_finds(compared, query):
    catalog, projects = compared
    expected, page = loop(projects, query), catalog.events(query)
    assert len(expected) == page.number_matched
    assert expected[: query.limit] == keys(page)
    assert (page.after is not None) == (len(expected) > query.limit)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries())
def test_pages_of_events_together_are_the_whole(compared, query):
    catalog, projects = compared
    found, after = [], None
    while True:
        page = catalog.events(EventQuery(**{**vars(query), "limit": 37, "after": after}))
        found += keys(page)
        after = page.after
        if after is None:
            break
    assert loop(projects, query) == found


def test_an_event_comes_with_its_record_and_its_sources(store, catalog_over):
    source = {"id": "s1", "title": "A text", "url": "https://example.org/1", "publisher": "P", "published": "2024"}
    store.write([Edit("bo-made-up", made_up(sources=[source]), None, "test")])
    catalog = catalog_over(store)
    [event] = map(orjson.loads, catalog.events(EventQuery()).events)
    assert event.pop("key")
    assert {
        "record_id": "bo-made-up",
        "record_name": "Made-up plant",
        "kind": "cell_factory",
        "country": "BO",
        "date": "2024-03-26",
        "date_basis": "happened",
        "type": "status",
        "status": "considered",
        "expected": False,
        "basis": "stated",
        "summary": "Said so.",
        "sources": [source],
    } == event


def test_an_empty_store_has_no_events(store, catalog_over):
    page = catalog_over(store).events(EventQuery(after=EventMark(1, 1, "a", 0)))
    assert ([], 0, None) == (page.events, page.number_matched, page.after)


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 10_001}, {"filter": In("kind", frozenset(["volcano"]))}])
def test_events_that_cannot_be_asked_for_are_refused(wrong):
    with pytest.raises(InvalidQuery):
        EventQuery(**wrong)
