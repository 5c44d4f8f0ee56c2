"""Organisations and countries, which are made of the projects: the same as a plain loop over the records gives."""

import datetime as dt
import functools
import operator
from collections import Counter
from itertools import islice, pairwise

import orjson
import pytest
import shapely
import shapely.geometry
from conftest import copy_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import made_up

from geo import rowwise, vocabulary
from geo.boundaries import country_shapes
from geo.columns import COUNTRIES, ORGANISATIONS, SHARES, capacity_of, projects_of
from geo.countries import country_names
from geo.curated.organisations import read_organisations
from geo.editing import Edit
from geo.errors import InvalidQuery, NotFound
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
    IsNull,
    Like,
    Not,
    Or,
    Within,
    Words,
    or_missing,
)
from geo.gathered.catalog import countries_of, organisations_of
from geo.memory.catalog import MemoryCatalog
from geo.memory.following import Limits
from geo.opening import open_ledger
from geo.paths import data_folder
from geo.patterns import matcher
from geo.query import Query
from geo.records.project import Project
from geo.wanted import parts_of

pytestmark = pytest.mark.slow

KNOWN = read_organisations(data_folder())
LAYERED = Limits(changed=9, later=60, ready=0)
DAYS = [None, dt.date(2012, 6, 14), dt.date(2019, 1, 1), dt.date(2024, 1, 1)]
SIGNS = {"=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def catalogs(store, limits=LAYERED):
    projects = MemoryCatalog(store, KNOWN, limits=limits)
    return projects, {"organisations": organisations_of(projects, KNOWN), "countries": countries_of(projects)}


COLUMNS = {"organisations": ORGANISATIONS, "countries": COUNTRIES}


def asking(name, **question):
    return Query(columns=COLUMNS[name], **question)


def features(page):
    return orjson.loads(b"[" + b"".join(page.features) + b"]")


def every(catalog, name, **question):
    return [orjson.loads(each) for each in catalog.found(asking(name, **question))[1]]


def write(store, project_id, **properties):
    """Write a project that is new, or as it is now."""
    known = {revision.project_id: revision.number for revision in store.current()}
    store.write([Edit(project_id, made_up(project_id, **properties), known.get(project_id), "test")])


def owned(*names):
    return [{"name": name, "role": "owner", "sources": ["s1"]} for name in names]


def has_begun(project, day):
    events = [event for event in project.properties.events if not event.expected]
    return not (day and events) or any(event.date[:10] <= day.isoformat()[: len(event.date)] for event in events)


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    """The projects, both catalogs and the store of some 400 records, changed and deleted so that they lie in layers."""
    store = open_ledger(copy_of("many", tmp_path_factory.mktemp("gathered") / "l.gpkg")).store
    projects, made = catalogs(store)
    projects.version()
    there = list(store.current())
    moved = [each.project.to_feature() for each in there[::20]]
    for feature in moved:
        feature["properties"]["owners"] = owned("Somebody New", "CATL")
    store.write([Edit(each["id"], Project.from_feature(each), 1, "test") for each in moved])
    store.write([Edit(each.project_id, None, 1, "test") for each in there[7::50]])
    assert projects.overlay()
    yield projects, made, store
    store.close()


@pytest.fixture(scope="module")
def plain(gathered):
    """The records of the store and, by day, what is derived of each that is meant on that day."""
    records = [revision.project for revision in gathered[2].current()]
    return {day: [(p, p.derived(as_of=day)) for p in records if has_begun(p, day)] for day in DAYS}


def parties_of(project):
    return KNOWN.parties(project.properties.owners)


BY = {"organisations": parties_of, "countries": lambda project: {project.properties.country}}


def expected(records, name):
    """What the projects of each come to, added up one by one."""
    found = {}
    for project, derived in records:
        for each in BY[name](project):
            found.setdefault(each, []).append((project, derived))
    return {each: summed(those) for each, those in found.items()}


def summed(records):
    groups = Counter(derived["status_group"] for _, derived in records)
    segments = Counter(derived["segment"] for _, derived in records)
    sums, shares = Counter(), {}
    for _, derived in records:
        if derived["capacity"] is not None:
            sums[derived["capacity_measure"], derived["capacity_basis"], derived["status_group"]] += derived["capacity"]
    for share, (basis, group) in SHARES.items():
        for measure in vocabulary.MEASURES.codes:
            shares[capacity_of(measure, share)] = sums.get((measure, basis, group))
    return {
        "projects": len(records),
        **{projects_of(code): groups[code] for code in vocabulary.STATUS_GROUPS.codes},
        **{projects_of(code): segments[code] for code in vocabulary.SEGMENTS.codes},
        **{name: pytest.approx(value) if value is not None else None for name, value in shares.items()},
        "capacities": len(sums),
    }


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("day", DAYS)
def test_counts_and_sums_are_those_of_a_plain_loop(gathered, plain, name, day):
    by_hand = expected(plain[day], name)
    nothing = summed([])
    for feature in every(gathered[1][name], name, as_of=day):
        told = feature["properties"]
        told["capacities"] = len(told["capacities"])
        wanted = by_hand.pop(feature["id"], nothing)
        assert wanted == {each: told[each] for each in wanted}, feature["id"]
    assert {} == by_hand


def test_a_sum_is_of_one_family_one_basis_and_one_group_of_stages(store):
    figure = {"product": "cells", "unit": "GWh/y", "sources": ["s1"]}
    built, plan = {**figure, "value": 30, "basis": "actual"}, {**figure, "value": 50, "basis": "planned"}
    concentrate = {
        "product": "lithium_concentrate",
        "unit": "t/y",
        "basis": "actual",
        "value": 900,
        "sources": ["s1"],
    }

    def stage(status):
        return [{"date": "2024", "type": "status", "status": status, "summary": "So.", "sources": ["s1"]}]

    write(store, "bo-runs", events=stage("operating"), capacities=[built, plan])
    write(store, "bo-runs-too", events=stage("operating"), capacities=[built])
    write(store, "bo-as-planned", events=stage("operating"), capacities=[plan])
    write(store, "bo-built", events=stage("construction"), capacities=[plan])
    write(store, "bo-idea", events=stage("announced"), capacities=[plan])
    write(store, "bo-given-up", events=stage("cancelled"), capacities=[plan])
    write(store, "bo-mine", kind="hard_rock_mine", events=stage("operating"), capacities=[concentrate])
    told = orjson.loads(catalogs(store)[1]["countries"].get("BO").feature)["properties"]
    shares = {name: value for name, value in told.items() if name.startswith("capacity_") and value is not None}
    assert shares == {
        "capacity_cells_planned": 50,
        "capacity_cells_building": 50,
        "capacity_cells_built": 60,
        "capacity_concentrate_built": 900,
    }
    sums = {(s["measure"], s["basis"], s["status_group"]): (s["value"], s["projects"]) for s in told["capacities"]}
    assert sums == {
        ("concentrate", "actual", "operating"): (900, 1),
        ("cells", "actual", "operating"): (60, 2),
        ("cells", "planned", "operating"): (50, 1),
        ("cells", "planned", "building"): (50, 1),
        ("cells", "planned", "planned"): (50, 1),
        ("cells", "planned", "ended"): (50, 1),
    }
    assert {"GWh a year", "t a year"} == {each["unit"] for each in told["capacities"]}


@pytest.mark.parametrize(("name", "column"), [("organisations", "owner"), ("countries", "country")])
def test_the_id_asks_the_projects_for_those_that_are_counted(gathered, name, column):
    projects, made, _ = gathered
    for feature in every(made[name], name):
        query = Query(filter=In(column, frozenset([feature["id"]])))
        assert feature["properties"]["projects"] == projects.search(query).number_matched, feature["id"]


def test_parties_are_there_that_no_list_has_and_each_curated_one(gathered):
    found = {each["id"]: each["properties"] for each in every(gathered[1]["organisations"], "organisations")}
    assert {each.id for each in KNOWN.all} <= set(found)
    assert ("Litio Ñandú S.A.", False) == (found["litio-nandu-s-a"]["name"], found["litio-nandu-s-a"]["curated"])
    assert ("Rosatom", True, "RU") == tuple(found["rosatom"][name] for name in ("name", "curated", "country"))
    assert 0 == found["acc"]["projects"]
    assert {"name", "projects"} <= {name for name, value in found["acc"].items() if value is not None}


def test_who_holds_whom_is_told_with_the_sources_that_say_so(gathered):
    catalog = gathered[1]["organisations"]
    held = orjson.loads(catalog.get("acc").feature)["properties"]
    holder = orjson.loads(catalog.get("stellantis").feature)["properties"]
    assert {"stellantis", "mercedes-benz", "totalenergies"} == set(held["parents"])
    assert [each["source"] for each in held["held_by"]] == [str(parent.source) for parent in KNOWN["acc"].parents]
    assert set(held["sources"]) == {each["source"] for each in held["held_by"]}
    assert "acc" in holder["holds"]
    [holding] = [each for each in holder["holdings"] if each["organisation"] == "acc"]
    assert ("Automotive Cells Company", held["held_by"][0]["source"]) == (holding["name"], holding["source"])
    top = orjson.loads(catalog.get("rosatom").feature)["properties"]
    assert {"renera", "tvel", "enertech-international"} <= set(top["holds"]), "down to the last"
    low = orjson.loads(catalog.get("enertech-international").feature)["properties"]
    assert "rosatom" in low["holders"]
    assert "enertech-international" not in low["holders"]


def test_every_country_is_there_with_its_area(gathered):
    found = {each["id"]: each for each in every(gathered[1]["countries"], "countries")}
    assert set(country_names()) == set(found)
    assert ["Namibia", "Намибия"] == [found["NA"]["properties"][name] for name in ("name", "name_ru")]
    assert "Kosovo" == found["XK"]["properties"]["name"]
    assert 0 == found["XK"]["properties"]["projects"]
    for code in ("NA", "XK", "FJ", "RU"):
        area = shapely.geometry.shape(found[code]["geometry"])
        assert area.equals(country_shapes()[code])
        assert all(shapely.is_ccw(part.exterior) for part in shapely.get_parts(area)), "RFC 7946 section 3.1.6"
    assert {code for code, each in found.items() if each["geometry"] is None} == set(found) - set(country_shapes())


def test_a_country_knows_who_is_behind_its_projects(gathered):
    named = Counter(
        country
        for each in every(gathered[1]["organisations"], "organisations")
        for country in each["properties"]["countries"]
    )
    told = {each["id"]: each["properties"]["organisations"] for each in every(gathered[1]["countries"], "countries")}
    assert dict(named) == {code: number for code, number in told.items() if number}


def test_a_change_of_a_project_is_counted_at_once(store):
    _, made = catalogs(store)
    write(store, "na-mine", country="NA", owners=owned("Nobody Knows Ltd"))
    country = orjson.loads(made["countries"].get("NA").feature)["properties"]
    assert (1, 1, 1) == tuple(country[name] for name in ("projects", "projects_planned", "organisations"))
    assert 1 == orjson.loads(made["organisations"].get("nobody-knows-ltd").feature)["properties"]["projects"]
    write(store, "na-mine", country="XK", owners=owned("Росатом"))
    counts = {each["id"]: each["properties"] for each in every(made["countries"], "countries")}
    assert (0, None) == (counts["NA"]["projects"], counts["NA"]["updated"])
    assert 1 == counts["XK"]["projects"]
    assert counts["XK"]["updated"] is not None
    with pytest.raises(NotFound):
        made["organisations"].get("nobody-knows-ltd")
    before = made["countries"].version()
    store.write([Edit("na-mine", None, 2, "test")])
    assert before < made["countries"].version()
    assert 0 == orjson.loads(made["organisations"].get("rosatom").feature)["properties"]["projects"]


def test_an_empty_store_has_countries_and_the_organisations_of_the_list(store):
    _, made = catalogs(store)
    assert len(country_names()) == made["countries"].search(asking("countries")).number_matched
    assert len(KNOWN.all) == made["organisations"].search(asking("organisations")).number_matched
    assert ([-180.0, -90.0, 180.0, 90.0], [None, None]) == made["organisations"].extent()
    assert [-180, -90, 180, 90] == made["countries"].extent()[0]


# Questions.

NUMBERS = ["projects", "projects_planned", "projects_cells", "capacity_lce_planned", "capacity_cells_planned"]
TEXTS = {"organisations": ["id", "name", "lei"], "countries": ["id", "name", "name_ru"]}


def leaves(name):
    texts = st.sampled_from(TEXTS[name])
    compared = st.one_of(
        st.builds(Compare, st.sampled_from(NUMBERS), st.sampled_from(list(SIGNS)), st.integers(0, 60)),
        st.builds(Compare, texts, st.sampled_from(list(SIGNS)), st.text(max_size=2)),
        st.builds(IsNull, st.sampled_from([GEOMETRY, TIME, *NUMBERS, *TEXTS[name]])),
        st.builds(Like, texts, st.sampled_from(["%", "N%", "%a", "_A"])),
        st.builds(In, st.just("id"), st.frozensets(st.sampled_from(["NA", "XK", "rosatom", "catl"]), min_size=1)),
    )
    if name == "countries":
        return compared | st.builds(lambda form, x: form(Box(x, -30, x + 25, 40)), *SPACES)
    kinds = st.frozensets(st.sampled_from(vocabulary.KINDS.codes), min_size=1, max_size=2)
    return st.one_of(
        compared,
        st.builds(In, st.just("type"), st.frozensets(st.sampled_from(vocabulary.ORGANISATION_TYPES.codes), min_size=1)),
        st.builds(In, st.just("kinds"), kinds),
        st.builds(In, st.just("countries"), st.frozensets(st.sampled_from(["BO", "NA"]), min_size=1)),
        st.builds(In, st.just("holders"), st.just(frozenset(["rosatom"]))),
        st.builds(Compare, st.just("curated"), st.just("="), st.booleans()),
    )


SPACES = (st.sampled_from([Intersects, Within]), st.integers(-150, 150))


@st.composite
def questions(draw):
    name = draw(st.sampled_from(list(COLUMNS)))
    tree = st.recursive(
        leaves(name),
        lambda inner: (
            st.builds(Not, inner)
            | st.one_of(*(st.builds(form, st.lists(inner, max_size=3).map(tuple)) for form in (And, Or)))
        ),
        max_leaves=4,
    )
    columns = COLUMNS[name]
    sort = draw(
        st.lists(st.tuples(st.sampled_from(columns.sorts), st.booleans()), max_size=2, unique_by=lambda pair: pair[0])
    )
    return name, asking(
        name,
        filter=draw(tree),
        sort=tuple(sort),
        as_of=draw(st.sampled_from(DAYS)),
        limit=draw(st.sampled_from([1, 7, 100])),
    )


def is_true(expression, feature):
    """True, False, or None where a value is missing, read from the answered feature."""
    values = {"id": feature["id"], **feature["properties"]}
    shape = country_shapes().get(feature["id"])
    match expression:
        case And(parts):
            found = [is_true(part, feature) for part in parts]
            return False if False in found else None if None in found else True
        case Or(parts):
            found = [is_true(part, feature) for part in parts]
            return True if True in found else None if None in found else False
        case Not(part):
            found = is_true(part, feature)
            return None if found is None else not found
        case IsNull(column):
            return {GEOMETRY: shape, TIME: None}.get(column, values.get(column)) is None
        case In(column, wanted) if isinstance(values[column], list):
            return not wanted.isdisjoint(values[column])
        case Compare(column) | In(column) | Like(column) if values[column] is None:
            return None
        case Compare(column, sign, value):
            return SIGNS[sign](values[column], value)
        case In(column, wanted):
            return values[column] in wanted
        case Like(column, pattern):
            text = values[column]
            return {
                "%": True,
                "N%": text.startswith("N"),
                "%a": text.endswith("a"),
                "_A": text[1:] == "A" and len(text) == 2,
            }[pattern]
        case Intersects(box):
            return None if shape is None else shape.intersects(shapely.box(*box.parts()[0]))
        case Within(box):
            return None if shape is None else shape.within(shapely.box(*box.parts()[0]))


def key(feature, sort, columns):
    values = {"id": feature["id"], **feature["properties"]}
    found = []
    for name, ascending in sort:
        value, known = values[name], columns[name].vocabulary
        value = known.position(value) if known and value is not None else value
        found.append((value is None, value, ascending))
    return found, feature["id"]


def comes_before(one, other):
    """Whether a feature stands before another: a missing value comes last either way, ids decide among equals."""
    for (no_a, a, ascending), (no_b, b, _) in zip(one[0], other[0], strict=True):
        if no_a != no_b:
            return no_b
        if not no_a and a != b:
            return (a < b) is ascending
    return one[1] < other[1]


@pytest.fixture(scope="module")
def all_on(gathered):
    """All features of a collection on a day."""
    return functools.cache(lambda name, day: every(gathered[1][name], name, as_of=day))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(questions())
def test_answers_are_those_of_a_plain_loop(gathered, all_on, question):
    name, query = question
    catalog = gathered[1][name]
    wanted = {each["id"]: each for each in all_on(name, query.as_of) if is_true(query.filter, each) is True}
    page, found = catalog.search(query), []
    assert len(wanted) == page.number_matched
    while True:
        shown = features(page)
        assert len(shown) == page.number_returned <= query.limit
        found += shown
        if page.after is None or len(found) >= 40:
            break
        page = catalog.search(
            asking(name, filter=query.filter, sort=query.sort, as_of=query.as_of, limit=query.limit, after=page.after)
        )
    assert all(wanted[each["id"]] == each for each in found)
    if page.after is None:
        assert set(wanted) == {each["id"] for each in found}
    keys = [key(each, query.sort, COLUMNS[name]) for each in found]
    assert all(comes_before(a, b) for a, b in pairwise(keys))
    number, whole = catalog.found(query)
    firsts = [orjson.loads(each) for each in islice(whole, len(found))]
    assert (number, found) == (len(wanted), firsts)


def test_they_are_found_by_words_of_any_script_and_language(gathered):
    def found(name, typed):
        page = gathered[1][name].search(asking(name, filter=Words(typed)))
        return {each["id"] for each in features(page)}

    assert "rosatom" in found("organisations", "РОСАТОМ")
    assert {"litio-nandu-s-a"} == found("organisations", "nandu")
    assert {"DE"} == found("countries", "германия")
    assert "NA" in found("countries", "na")
    assert set() == found("countries", "zzzz")


def test_words_and_patterns_are_read_once_and_not_for_every_row(gathered, monkeypatch):
    read = []
    monkeypatch.setattr(rowwise, "parts_of", lambda typed: read.append(typed) or parts_of(typed))
    asked = Or(tuple(Words(f"nobody{number} has this") for number in range(100)))
    assert 0 == gathered[1]["organisations"].count(asking("organisations", filter=asked), ())[0]
    assert 100 == len(read)
    assert matcher("a%b_") is matcher("a%b_")


def test_what_has_no_geometry_and_no_time_is_in_every_box_and_at_every_time(gathered):
    box = or_missing(Intersects(Box(0, 0, 1, 1)), GEOMETRY)
    time = or_missing(During(Interval(dt.date(2020, 1, 1), None)), TIME)
    everything = gathered[1]["organisations"].search(asking("organisations")).number_matched
    asked = asking("organisations", filter=And((box, time)))
    assert everything == gathered[1]["organisations"].search(asked).number_matched
    assert len(country_names()) == gathered[1]["countries"].search(asking("countries", filter=time)).number_matched


def test_they_are_counted_by_codes(gathered):
    catalog, few = gathered[1]["organisations"], Compare("projects", ">", 0)
    number, counts = catalog.count(asking("organisations", filter=few), ("type", "kinds", "country"))
    there = [each["properties"] for each in every(catalog, "organisations", filter=few)]
    assert len(there) == number
    assert counts["kinds"] == Counter(kind for each in there for kind in each["kinds"])
    assert counts["type"] == Counter(each["type"] for each in there if each["type"])


@pytest.mark.parametrize("name", COLUMNS)
def test_every_feature_has_just_the_columns_and_what_its_collection_tells(gathered, name):
    more = {"capacities", *({"held_by", "holdings"} if name == "organisations" else ())}
    for feature in every(gathered[1][name], name):
        assert set(feature["properties"]) == {*COLUMNS[name].names, *more} - {"id"}
        assert all(
            feature["properties"][c.name] is not None for c in COLUMNS[name] if not c.nullable and c.name != "id"
        )


def test_no_two_columns_have_one_name():
    codes = [*vocabulary.STATUS_GROUPS.codes, *vocabulary.SEGMENTS.codes]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    "wrong",
    [
        {"filter": Compare("status", "=", "operating")},
        {"filter": In("type", frozenset(["cult"]))},
        {"sort": (("holds", True),)},
        {"after": ("x", "a"), "sort": (("projects", True),)},
    ],
)
def test_a_question_about_what_the_collection_has_not_is_refused(wrong):
    with pytest.raises(InvalidQuery):
        asking("organisations", **wrong)


def test_what_is_not_there_is_not_found(gathered):
    for name, missing in (("organisations", "nobody"), ("countries", "ZZ"), ("countries", "na")):
        with pytest.raises(NotFound):
            gathered[1][name].get(missing)
    with pytest.raises(ValueError, match="Query"):
        gathered[1]["countries"].search(Query())
