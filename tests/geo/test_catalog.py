"""Answers of the catalog: the same as a plain loop over the records gives, and as new as the store."""

import datetime as dt
import functools
from collections import Counter

import numpy as np
import orjson
import pytest
import shapely
import shapely.geometry
from asked import DATES, DAYS, FILTERS, SIGNS, SOME_DAYS, queries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import made_up, made_up_features
from tabled import catalogs_in

from geo import dates
from geo.columns import PROJECTS
from geo.countries import country_names
from geo.curated.organisations import Organisations
from geo.editing import Edit
from geo.errors import Gone, InvalidQuery, NotFound
from geo.filter import (
    EVERYTHING,
    GEOMETRY,
    TIME,
    And,
    Box,
    Compare,
    During,
    In,
    Intersects,
    Interval,
    IsNull,
    Like,
    Not,
    Or,
    Within,
    Words,
)
from geo.folding import alternatives, searchable
from geo.memory import ready
from geo.memory.bases import Ready
from geo.memory.catalog import MemoryCatalog
from geo.memory.following import LIMITS, Limits
from geo.opening import open_ledger
from geo.query import Query
from geo.records.project import Project
from geo.rowwise import Row, truth
from geo.searching import words_of_countries, words_of_place, words_of_terms

FEW = Limits(changed=9, later=60, ready=0)  # so that records lie in several layers, and in a ready file
CATALOGS = {
    "memory": lambda store: MemoryCatalog(store, Organisations([])),
    "layers": lambda store: MemoryCatalog(store, Organisations([]), limits=FEW),
    "mapped": lambda store: MemoryCatalog(store, Organisations([]), ready=Ready(ready.path_of(store.path)), limits=FEW),
}


@pytest.fixture(
    scope="module",
    params=["memory", *(pytest.param(name, marks=pytest.mark.slow) for name in ("layers", "mapped", "postgis"))],
)
def catalog_over(request):
    """Makes a catalog over a store; every catalog that there is takes the same tests."""
    if request.param != "postgis":
        yield CATALOGS[request.param]
        return
    with catalogs_in(request.getfixturevalue("postgres")) as over:
        yield over


stated = functools.cache(Project.stated)
search_text = functools.cache(lambda project: " ".join(map(searchable, searched(project))))


@functools.cache
def derived(project, as_of):
    return project.derived(as_of=as_of)


def loop_matches(project, query):
    """Whether the query means a record, said in the plainest way."""
    events = happened(project)
    if query.as_of and events and all(dates.first_day(e.date) > query.as_of for e in events):
        return False
    return is_true(query.filter, project, query.as_of) is True


def happened(project):
    return [e for e in project.properties.events if not e.expected]


@functools.cache
def facts(project, as_of):
    shape = shapely.geometry.shape(project.geometry) if project.geometry else None
    return {**stated(project), **derived(project, as_of)}, happened(project), shape


def is_true(expression, project, as_of):
    """True, False, or None where a value is missing, as SQL has it."""
    values, events, shape = facts(project, as_of)
    match expression:
        case And(parts):
            found = [is_true(part, project, as_of) for part in parts]
            return False if False in found else None if None in found else True
        case Or(parts):
            found = [is_true(part, project, as_of) for part in parts]
            return True if True in found else None if None in found else False
        case Not(part):
            found = is_true(part, project, as_of)
            return None if found is None else not found
        case Compare(column, _, _) if values.get(column) is None:
            return None
        case Compare(column, sign, value) if column in DATES:
            return SIGNS[sign](dates.first_day(values[column]), dates.first_day(value))
        case Compare(column, sign, value):
            return SIGNS[sign](values[column], value)
        case In("source_type", wanted):
            return any(source.type in wanted for source in project.properties.sources)
        case In(column, wanted):
            return None if values.get(column) is None else values[column] in wanted
        case Like(column, pattern):
            return fits(values[column], pattern)
        case IsNull(column):
            there = {GEOMETRY: project.geometry, TIME: events or None}
            return (there[column] if column in there else values.get(column)) is None
        case Words(text):
            return has_words(project, text, values)
        case Intersects(box):
            return None if shape is None else meets(shape, box)
        case Within(box):
            return None if shape is None else lies_in(shape, box)
        case During(interval):
            return overlaps(events, interval) if events else None


@functools.cache
def row(project, as_of):
    values, events, shape = facts(project, as_of)
    p = project.properties
    days = [(dates.first_day(e.date), dates.last_day(e.date)) for e in events]
    span = (min(first for first, _ in days), max(last for _, last in days)) if days else None
    several = {"owner": Organisations([]).parties(p.owners), "source_type": {s.type for s in p.sources if s.type}}
    words = f"{search_text(project)} {words_of_place(p.country, p.locality)}"
    return Row({**values, **several}, shape, span, words)


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(expression=FILTERS, as_of=st.none() | SOME_DAYS)
def test_of_one_row_an_expression_says_what_a_plain_loop_says(compared, expression, as_of):
    _, projects = compared
    for project in projects[::3]:
        assert truth(expression, row(project, as_of)) is is_true(expression, project, as_of)


def fits(text, pattern):
    """Whether a text matches a pattern of % and _, letter by letter."""
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(fits(text[start:], pattern[1:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in (text[0], "_") and fits(text[1:], pattern[1:])


def lies_in(shape, box):
    """All made-up shapes are points or small squares: they lie in a box when each of their corners does."""
    return all(meets(corner, box) for corner in corners(shape))


@functools.cache
def corners(shape):
    return shapely.points(shapely.get_coordinates(shape)).tolist()


def meets(shape, box):
    """On a round globe: shapes moved by whole turns around it, and poles that are one point."""
    east = box.east if box.west <= box.east else box.east + 360
    area = shapely.envelope(shapely.MultiPoint([(box.west, box.south), (east, box.north)]))
    pole = any(
        box_edge == latitude and edge == latitude
        for latitude in (-90, 90)
        for box_edge in (box.south, box.north)
        for edge in (shape.bounds[1], shape.bounds[3])
    )
    return pole or any(shapely.intersects(area, turns(shape)))


@functools.cache
def turns(shape):
    return [shapely.transform(shape, lambda c, turn=turn: c + np.array([turn, 0])) for turn in (-360, 0, 360)]


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


asked = functools.cache(alternatives)


def has_words(project, typed, values):
    p = project.properties
    told = [words_of_terms("kind")[values["kind"]], words_of_terms("status")[values["status"]]]
    elsewhere = [words_of_countries()[p.country], words_of_place(p.country, p.locality)]
    text = " ".join([search_text(project), *told, *elsewhere])
    parts = asked(typed)
    return not parts or any(all(any(way in text for way in word) for word in part) for part in parts)


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
    terms = PROJECTS[column].vocabulary
    return terms.position(value) if terms else value


def ids(page):
    return [feature["id"] for feature in features(page)]


def features(page):
    return orjson.loads(b"[" + b"".join(page.features) + b"]")


@pytest.fixture(scope="module")
def compared(tmp_path_factory, catalog_over):
    """A catalog that has followed many changes, and the plain list of what it should hold."""
    store = open_ledger(tmp_path_factory.mktemp("catalog") / "store.gpkg").store
    projects = {f["id"]: Project.from_feature(f) for f in made_up_features(300, seed=3)}
    edges = [(180, 10), (-180, 10), (179.999, -5), (0, 90), (50, -90), (-67.6, -20.2)]
    for number, position in enumerate(edges):
        point = {"type": "Point", "coordinates": list(position)}
        projects[f"bo-edge-{number}"] = made_up(f"bo-edge-{number}", geometry=point)
    store.write([Edit(p.id, p, None, "test") for p in projects.values()])
    catalog = catalog_over(store)
    for edit in changes(store, projects):
        store.write([edit])
        catalog.version()
    yield catalog_over(store) if catalog_over is CATALOGS["mapped"] else catalog, list(projects.values())
    store.close()


def changes(store, projects):
    """Records that are added, renamed and deleted, one by one; what there is then is in `projects`."""
    for feature in made_up_features(360, seed=4)[300:]:
        project = projects[feature["id"]] = Project.from_feature(feature)
        yield Edit(project.id, project, None, "test")
    for project_id in sorted(projects)[::7]:
        projects[project_id] = made_up(project_id, name="Renamed", country=project_id[:2].upper())
        yield Edit(project_id, projects[project_id], 1, "test")
    for project_id in sorted(projects)[::11]:
        del projects[project_id]
        yield Edit(project_id, None, store.head(project_id).number, "test")


@pytest.mark.slow
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries())
def test_search_finds_what_a_plain_loop_finds(compared, query):
    catalog, projects = compared
    expected = [p for p in projects if loop_matches(p, query)]
    page = catalog.search(query)

    assert len(expected) == page.number_matched
    if not any(column == "updated" for column, _ in query.sort):
        assert [p.id for p in loop_sorted(expected, query)][: query.limit] == ids(page)
    statuses = {p.id: derived(p, query.as_of)["status"] for p in expected}
    assert all(statuses[f["id"]] == f["properties"]["status"] for f in features(page))


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=DAYS)
def test_a_record_begins_on_the_day_from_which_a_question_means_it(compared, day):
    catalog, _ = compared
    found = catalog.columns(Query(), ("id", "begins"))
    begun = {each for each, begins in zip(found["id"], found["begins"], strict=True) if begins <= day.toordinal()}
    assert begun == set(ids(catalog.search(Query(as_of=day, limit=10_000))))


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries())
def test_counts_are_those_of_the_matches(compared, query):
    catalog, projects = compared
    matching = [p for p in projects if loop_matches(p, query)]
    total, counts = catalog.count(query, ("kind", "status", "country"))

    assert len(matching) == total
    for column in ("kind", "status", "country"):
        values = [{**stated(p), **derived(p, query.as_of)}[column] for p in matching]
        assert {value: values.count(value) for value in values} == counts[column]


AS_NUMBERS = ("country", "status_group", "capacity", "capacity_measure", "updated")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries())
def test_columns_as_numbers_are_the_same_values_of_each_record(compared, query):
    catalog, _ = compared
    codes, columns = (ask(query, (*AS_NUMBERS, "owner")) for ask in (catalog.codes, catalog.columns))
    owners = codes.pop("owner")
    held = [[] for _ in columns["owner"]]
    for record, rank in zip(owners.records.tolist(), owners.ranks.tolist(), strict=True):
        held[record].append(owners.distinct[rank])
    told = [[None if rank < 0 else known.distinct[rank] for rank in known.ranks] for known in codes.values()]
    assert Counter(map(str, zip(*columns.values(), strict=True))) == Counter(
        str((*map(plain_number, values), owned)) for *values, owned in zip(*told, held, strict=True)
    )
    for name in ("capacity", "updated"):
        assert sorted(codes[name].distinct) == list(codes[name].distinct)


def plain_number(value):
    """A number as columns of plain values have it."""
    return value if not isinstance(value, float) else int(value) if value == int(value) else float(value)


def test_pages_stay_right_while_records_change(full_store, many_projects, catalog_over):
    """A record that is neither added nor deleted meanwhile is met exactly once."""
    catalog = catalog_over(full_store)
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
            full_store.write([Edit(new, made_up(new), None, "test")])
        first = seen[round_number]
        full_store.write([Edit(first, None, 1, "test")])
    assert stable == {i for i in seen if "-new-" not in i}
    assert len(seen) == len(set(seen))


def test_the_catalog_sees_every_write_at_once(full_store, catalog_over):
    """One by one, and beyond as many as a catalog in memory looks at one by one."""
    catalog, written = catalog_over(full_store), 0
    for together in [1, 1, 1, *[50] * (LIMITS.changed // 50), *[1] * 20]:
        new = [f"bo-new-{number}" for number in range(written, written + together)]
        full_store.write([Edit(each, made_up(each, name=f"Named {each}"), None, "test") for each in new])
        written += together
        assert [1, 1] == [catalog.get(each).revision for each in (new[0], new[-1])]
        assert 400 + written == catalog.search(Query(limit=1)).number_matched
    assert written > LIMITS.changed
    full_store.write([Edit("bo-new-3", None, 1, "test")])
    with pytest.raises(Gone):
        catalog.get("bo-new-3")
    assert 400 + written - 1 == catalog.search(Query()).number_matched


def test_the_catalog_follows_another_opener(make_store, catalog_over):
    catalog, other = catalog_over(make_store()), make_store()
    other.write([Edit("bo-made-up", made_up(), None, "other")])
    assert ["bo-made-up"] == ids(catalog.search(Query()))
    other.write([Edit("bo-made-up", made_up(name="Renamed"), 1, "other")])
    assert ["bo-made-up"] == ids(catalog.search(Query(filter=Words("renamed"))))


def test_a_deleted_record_is_gone_also_after_a_restart(make_store, catalog_over):
    store = make_store()
    store.write([Edit("bo-made-up", made_up(), None, "a")])
    store.write([Edit("bo-made-up", None, 1, "a")])
    with pytest.raises(Gone):
        catalog_over(make_store()).get("bo-made-up")
    with pytest.raises(NotFound):
        catalog_over(make_store()).get("bo-nobody")


@pytest.mark.parametrize("between", [0, LIMITS.changed + 1])
def test_a_record_that_was_brought_back_is_there_again(store, catalog_over, between):
    store.write([Edit(f"bo-{i}", made_up(f"bo-{i}"), None, "test") for i in range(5)])
    catalog, [gone, *_] = catalog_over(store), list(store.current())
    assert 1 == catalog.get(gone.project_id).revision
    for number in range(3):
        store.write([Edit(gone.project_id, None, 2 * number + 1, "test")])
        assert (4 + number * between, []) == _found(catalog, gone.project_id)
        with pytest.raises(Gone):
            catalog.get(gone.project_id)
        store.write(
            [Edit(f"bo-new-{number}-{i}", made_up(f"bo-new-{number}-{i}"), None, "test") for i in range(between)]
        )
        store.write([Edit(gone.project_id, gone.project, 2 * number + 2, "test", restores=True)])
        assert (5 + (number + 1) * between, [gone.project_id]) == _found(catalog, gone.project_id)
        assert (
            2 * number + 3 == catalog.get(gone.project_id).revision == catalog_over(store).get(gone.project_id).revision
        )


def _found(catalog, project_id):
    """How many records there are, and those with this id."""
    return catalog.search(Query(limit=1)).number_matched, ids(
        catalog.search(Query(filter=In("id", frozenset([project_id]))))
    )


def test_links_are_known_at_both_ends(store, catalog_over):
    link = [{"type": "follows_from", "project": "bo-plant", "sources": ["s1"]}]
    store.write(
        [
            Edit("bo-plant", made_up("bo-plant"), None, "a"),
            Edit("bo-idea", made_up("bo-idea", links=link), None, "a"),
        ]
    )
    catalog = catalog_over(store)
    assert [("follows_from", "bo-idea")] == catalog.get("bo-plant").incoming
    store.write([Edit("bo-idea", made_up("bo-idea"), 1, "a")])
    assert [] == catalog.get("bo-plant").incoming


def test_an_empty_store_answers(store, catalog_over):
    catalog = catalog_over(store)
    asked = And((Intersects(Box(-1, -1, 1, 1)), Words("x"), During(Interval(None, None))))
    everything = Query(filter=asked, as_of=dt.date(2020, 1, 1))
    assert (0, []) == (catalog.search(everything).number_matched, catalog.search(everything).features)
    assert (0, {"kind": {}, "status": {}, "country": {}}) == catalog.count(Query(), ("kind", "status", "country"))
    assert [-180.0, -90.0, 180.0, 90.0] == catalog.extent()[0]


def square(west, south, size):
    """A footprint."""
    corners = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


def point(x, y):
    return {"type": "Point", "coordinates": [x, y]}


def in_year(year):
    return [{"date": year, "type": "status", "status": "considered", "summary": "Said so.", "sources": ["s1"]}]


# One record after the other, each of which lies or happened beyond those before it, and the extent that they have then.
BEYOND = (
    ({"geometry": point(-67.6, -20.2)}, [-67.6, -20.2, -67.6, -20.2], "2024-03-26", "2024-03-26"),
    (
        {"geometry": square(-70.25, -25.5, 8.125), "events": in_year("2025")},
        [-70.25, -25.5, -62.125, -17.375],
        "2024-03-26",
        "2025-12-31",
    ),
    ({"geometry": point(-90.1, -30.3), "events": []}, [-90.1, -30.3, -62.125, -17.375], "2024-03-26", "2025-12-31"),
    ({"geometry": square(-120.5, 10.25, 0.5)}, [-120.5, -30.3, -62.125, 10.75], "2024-03-26", "2025-12-31"),
    (
        {"geometry": square(-120.5, 10.25, 0.5), "events": in_year("1998-02")},
        [-120.5, -30.3, -62.125, 10.75],
        "1998-02-01",
        "2025-12-31",
    ),
    (
        {"geometry": None, "location_accuracy": "undisclosed", "events": []},
        [-120.5, -30.3, -62.125, 10.75],
        "1998-02-01",
        "2025-12-31",
    ),
    ({"geometry": square(150.25, -60.5, 2.5)}, [-120.5, -60.5, 152.75, 10.75], "1998-02-01", "2025-12-31"),
    ({"geometry": point(179.9, 88.8)}, [-120.5, -60.5, 179.9, 88.8], "1998-02-01", "2025-12-31"),
)


def test_the_extent_is_that_of_the_records_that_are_there(store, catalog_over):
    """Also where those at its edges are moved, or go: several may share an area, and it stays when nobody has it."""
    catalog, extents = catalog_over(store), []
    for number, (properties, box, first, last) in enumerate(BEYOND):
        extents.append((box, [f"{first}T00:00:00Z", f"{last}T23:59:59Z"]))
        store.write([Edit(f"bo-edge-{number}", made_up(f"bo-edge-{number}", **properties), None, "a")])
        assert extents[-1] == catalog.extent()
    for number in range(len(BEYOND) - 1, 0, -1):
        inward = made_up(f"bo-edge-{number}", **BEYOND[0][0]) if number % 2 else None
        store.write([Edit(f"bo-edge-{number}", inward, 1, "a")])
        assert extents[number - 1] == catalog.extent()
    assert extents[0] == catalog_over(store).extent()


@pytest.mark.parametrize(
    "wrong",
    [
        {"filter": In("colour", frozenset(["red"]))},
        {"filter": In("kind", frozenset(["volcano"]))},
        {"filter": In("country", frozenset(["ZZ"]))},
        {"filter": In("name", frozenset(map(str, range(101))))},
        {"filter": Not(Or((EVERYTHING, Words("x" * 201))))},
        {"filter": Compare("kind", "<", "refinery")},
        {"filter": Compare("status_stale", "=", "yes")},
        {"filter": Compare("name", "=", 5)},
        {"filter": Compare("owner", "=", "rosatom")},
        {"filter": Like("kind", "%")},
        {"filter": Like("name", "%" * 201)},
        {"filter": IsNull("colour")},
        {"filter": And((EVERYTHING,) * 500)},
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
