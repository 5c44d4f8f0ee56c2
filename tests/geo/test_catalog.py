"""Answers of the catalog: the same as a plain loop over the records gives, and as new as the store."""

import datetime as dt
import functools

import numpy as np
import orjson
import pytest
import shapely
import shapely.geometry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import made_up, made_up_features

from geo import dates, vocabulary
from geo.catalog import MOST_RECENT, MemoryCatalog
from geo.errors import Gone, InvalidQuery, NotFound
from geo.query import CODED, SORTS, Box, Interval, Query
from geo.countries import country_names
from geo.records.project import Project
from geo.store import Change
from geo.text import fold

LONGITUDES = st.floats(-180, 180) | st.sampled_from([-180.0, 180.0, 0.0, -67.6])
LATITUDES = st.floats(-90, 90) | st.sampled_from([-90.0, 90.0, 0.0, -20.2])
DAYS = st.dates(dt.date(2008, 1, 1), dt.date(2027, 1, 1))
CODES = {column: st.frozensets(st.sampled_from(terms.codes), min_size=1, max_size=4) for column, terms in CODED.items()}


@st.composite
def boxes(draw):
    south, north = sorted([draw(LATITUDES), draw(LATITUDES)])
    return Box(draw(LONGITUDES), south, draw(LONGITUDES), north)


@st.composite
def intervals(draw):
    start, end = sorted([draw(DAYS), draw(DAYS)])
    return Interval(*draw(st.sampled_from([(start, end), (None, end), (start, None), (start, start)])))


@st.composite
def queries(draw):
    values = draw(
        st.fixed_dictionaries(
            {}, optional={**CODES, "country": st.frozensets(st.sampled_from(["BO", "NA", "DE"]), min_size=1)}
        )
    )
    words = st.sampled_from(
        [
            "rosatom",
            "РОСАТОМ",
            "nandu",
            "muller son",
            "plant 7",
            "ningde,sel",
            "zz",
            "ELECTRICITE",
            "fiji plant",
            "namibia",
            "",
            " , ",
            "\u200b",
            "plant 7,",
        ]
    )
    return Query(
        box=draw(st.none() | boxes()),
        values=values,
        words=draw(st.none() | words),
        interval=draw(st.none() | intervals()),
        as_of=draw(st.none() | DAYS),
        sort=tuple(
            draw(st.lists(st.tuples(st.sampled_from(SORTS), st.booleans()), max_size=2, unique_by=lambda s: s[0]))
        ),
        limit=draw(st.sampled_from([1, 7, 100, 10_000])),
    )


stated = functools.cache(Project.stated)
search_text = functools.cache(lambda project: " ".join(map(fold, searched(project))))


@functools.cache
def derived(project, as_of):
    return project.derived(as_of=as_of)


def loop_matches(project, query):
    """Whether the query means a record, said in the plainest way."""
    events = [e for e in project.properties.events if not e.expected]
    if query.as_of and events and all(dates.first_day(e.date) > query.as_of for e in events):
        return False
    for column, wanted in query.values.items():
        if {**stated(project), **derived(project, query.as_of)}[column] not in wanted:
            return False
    if query.box and project.geometry and not meets(shapely.geometry.shape(project.geometry), query.box):
        return False
    if query.interval and events and not overlaps(events, query.interval):
        return False
    return query.words is None or has_words(project, query.words)


def meets(shape, box):
    """On a round globe: shapes moved by whole turns around it, and poles that are one point."""
    east = box.east if box.west <= box.east else box.east + 360
    area = shapely.envelope(shapely.MultiPoint([(box.west, box.south), (east, box.north)]))
    turned = [shapely.transform(shape, lambda c, turn=turn: c + np.array([turn, 0])) for turn in (-360, 0, 360)]
    pole = any(
        box_edge == latitude and edge == latitude
        for latitude in (-90, 90)
        for box_edge in (box.south, box.north)
        for edge in (shape.bounds[1], shape.bounds[3])
    )
    return pole or any(area.intersects(shape) for shape in turned)


def overlaps(events, interval):
    first = min(dates.first_day(e.date) for e in events)
    last = max(dates.last_day(e.date) for e in events)
    return (interval.end is None or first <= interval.end) and (interval.start is None or last >= interval.start)


def searched(project):
    names = [
        project.properties.name,
        *project.properties.other_names,
        *(o.name for o in project.properties.owners),
        project.id,
    ]
    places = [
        country_names()[project.properties.country],
        project.properties.region or "",
        project.properties.locality or "",
    ]
    return [*names, *places]


def has_words(project, words):
    parts = [fold(part).split() for part in words.split(",") if fold(part).split()]
    return not parts or any(all(word in search_text(project) for word in part) for part in parts)


def loop_sorted(projects, query):
    ordered = sorted(projects, key=lambda p: p.id)
    for column, ascending in reversed(query.sort):
        values = {p.id: loop_value(p, column, query) for p in projects}
        present = sorted(
            (p for p in ordered if values[p.id] is not None), key=lambda p: values[p.id], reverse=not ascending
        )
        if not ascending:  # a descending sort keeps the earlier order among equals
            present = sorted((p for p in ordered if values[p.id] is not None), key=lambda p: _Down(values[p.id]))
        ordered = present + [p for p in ordered if values[p.id] is None]
    return ordered


class _Down:
    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value > other.value


def loop_value(project, column, query):
    value = {**stated(project), **derived(project, query.as_of), "id": project.id, "updated": "same"}.get(column)
    codes = {"kind": vocabulary.KINDS, "status": vocabulary.STATUSES}
    return codes[column].position(value) if column in codes else value


def ids(page):
    return [orjson.loads(feature)["id"] for feature in page.features]


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """A catalog over a base and recent changes, and the plain list of what it should hold."""
    from geo.opening import open_store

    store = open_store(tmp_path_factory.mktemp("catalog") / "store.gpkg")
    projects = {f["id"]: Project.from_feature(f) for f in made_up_features(300, seed=3)}
    edges = [(180, 10), (-180, 10), (179.999, -5), (0, 90), (50, -90), (-67.6, -20.2)]
    for number, position in enumerate(edges):
        point = {"type": "Point", "coordinates": list(position)}
        projects[f"bo-edge-{number}"] = made_up(f"bo-edge-{number}", geometry=point)
    store.write([Change(p.id, p, None, "test") for p in projects.values()])
    catalog = MemoryCatalog(store)
    for feature in made_up_features(360, seed=4)[300:]:
        project = Project.from_feature(feature)
        projects[project.id] = project
        store.write([Change(project.id, project, None, "test")])
    for project_id in sorted(projects)[::7]:
        changed = made_up(project_id, name="Renamed", country=project_id[:2].upper())
        projects[project_id] = changed
        store.write([Change(project_id, changed, 1, "test")])
    for project_id in sorted(projects)[::11]:
        number = store.revisions(project_id)[-1].number
        del projects[project_id]
        store.write([Change(project_id, None, number, "test")])
    yield catalog, list(projects.values())
    store.close()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries())
def test_search_finds_what_a_plain_loop_finds(compared, query):
    catalog, projects = compared
    expected = [p for p in projects if loop_matches(p, query)]
    page = catalog.search(query)

    assert len(expected) == page.number_matched
    if not any(column == "updated" for column, _ in query.sort):
        assert [p.id for p in loop_sorted(expected, query)][: query.limit] == ids(page)
    statuses = {p.id: derived(p, query.as_of)["status"] for p in expected}
    assert all(statuses[f["id"]] == f["properties"]["status"] for f in map(orjson.loads, page.features))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries())
def test_pages_together_are_the_whole_answer(compared, query):
    catalog, _ = compared
    whole = ids(catalog.search(Query(**{**vars(query), "limit": 10_000})))
    found, after = [], None
    while True:
        page = catalog.search(Query(**{**vars(query), "limit": 37, "after": after}))
        found += ids(page)
        after = page.after
        if after is None:
            break
    assert whole == found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries())
def test_counts_are_those_of_the_matches(compared, query):
    catalog, projects = compared
    matching = [p for p in projects if loop_matches(p, query)]
    total, counts = catalog.counts(query, ("kind", "status", "country"))

    assert len(matching) == total
    for column in ("kind", "status", "country"):
        values = [{**stated(p), **derived(p, query.as_of)}[column] for p in matching]
        assert {value: values.count(value) for value in values} == counts[column]


def test_pages_stay_right_while_records_change(full_store, many_projects):
    """A record that is neither added nor deleted meanwhile is met exactly once."""
    catalog = MemoryCatalog(full_store)
    stable = {p.id for p in many_projects}
    seen, after, round_number = [], None, 0
    while True:
        page = catalog.search(Query(limit=50, after=after))
        seen += ids(page)
        after = page.after
        if after is None:
            break
        round_number += 1
        for prefix in ("aa", "mm", "zz"):
            new = f"{prefix}-new-{round_number}"
            full_store.write([Change(new, made_up(new), None, "test")])
        first = seen[round_number]
        full_store.write([Change(first, None, 1, "test")])
    assert stable == {i for i in seen if "-new-" not in i}
    assert len(seen) == len(set(seen))


def test_the_catalog_sees_every_write_at_once(full_store):
    catalog = MemoryCatalog(full_store)
    for number in range(MOST_RECENT + 20):
        project_id = f"bo-new-{number}"
        full_store.write([Change(project_id, made_up(project_id, name=f"New {number}"), None, "test")])
        assert 1 == catalog.get(project_id).revision
        assert 400 + number + 1 == catalog.search(Query(limit=1)).number_matched
    full_store.write([Change("bo-new-3", None, 1, "test")])
    with pytest.raises(Gone):
        catalog.get("bo-new-3")
    assert 400 + MOST_RECENT + 19 == catalog.search(Query()).number_matched


def test_the_catalog_follows_another_opener(make_store):
    catalog, other = MemoryCatalog(make_store()), make_store()
    other.write([Change("bo-made-up", made_up(), None, "other")])
    assert ["bo-made-up"] == ids(catalog.search(Query()))
    other.write([Change("bo-made-up", made_up(name="Renamed"), 1, "other")])
    assert ["bo-made-up"] == ids(catalog.search(Query(words="renamed")))


def test_a_deleted_record_is_gone_also_after_a_restart(make_store):
    store = make_store()
    store.write([Change("bo-made-up", made_up(), None, "a")])
    store.write([Change("bo-made-up", None, 1, "a")])
    with pytest.raises(Gone):
        MemoryCatalog(make_store()).get("bo-made-up")
    with pytest.raises(NotFound):
        MemoryCatalog(make_store()).get("bo-nobody")


def test_links_are_known_at_both_ends(store):
    link = [{"type": "follows_from", "project": "bo-plant", "sources": ["s1"]}]
    store.write(
        [
            Change("bo-plant", made_up("bo-plant"), None, "a"),
            Change("bo-idea", made_up("bo-idea", links=link), None, "a"),
        ]
    )
    catalog = MemoryCatalog(store)
    assert [("follows_from", "bo-idea")] == catalog.links_to("bo-plant")
    store.write([Change("bo-idea", made_up("bo-idea"), 1, "a")])
    assert [] == catalog.links_to("bo-plant")


def test_an_empty_store_answers(store):
    catalog = MemoryCatalog(store)
    everything = Query(box=Box(-1, -1, 1, 1), words="x", as_of=dt.date(2020, 1, 1), interval=Interval(None, None))
    assert (0, []) == (catalog.search(everything).number_matched, catalog.search(everything).features)
    assert (0, {"kind": {}, "status": {}, "country": {}}) == catalog.counts(Query(), ("kind", "status", "country"))
    assert [-180.0, -90.0, 180.0, 90.0] == catalog.extent()[0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"values": {"colour": frozenset(["red"])}},
        {"values": {"kind": frozenset(["volcano"])}},
        {"values": {"country": frozenset(["ZZ"])}},
        {"values": {"name": frozenset(map(str, range(101)))}},
        {"words": "x" * 201},
        {"sort": (("geometry", True),)},
        {"sort": (("name", True), ("name", False))},
        {"after": ("a", "b")},
        {"after": (5,)},
        {"after": ("x", "a"), "sort": (("kind", True),)},
        {"limit": 0},
        {"limit": 10_001},
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(wrong):
    with pytest.raises(InvalidQuery):
        Query(**wrong)


@pytest.mark.parametrize(
    "wrong", [(-181, 0, 0, 0), (0, -91, 0, 0), (0, 2, 0, 1), (float("nan"), 0, 0, 0), (0, 0, float("inf"), 0)]
)
def test_a_box_that_is_none_is_refused(wrong):
    with pytest.raises(InvalidQuery):
        Box(*wrong)
