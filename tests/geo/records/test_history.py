"""Dates and stages say no more than their sources do, on any day."""

import datetime as dt
import hashlib
from itertools import accumulate

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import made_up, made_up_features

from geo import dates, vocabulary
from geo.columns import PROJECTS
from geo.curated.files import read_projects
from geo.paths import data_folder
from geo.records.derived import DERIVED_VERSION, dated, known_day, steps
from geo.records.history import History, stale_from
from geo.records.project import Project


def event(date, status=None, **more):
    told = {"date": date, "type": "status" if status else "other", "summary": "So it was.", "sources": ["s1"], **more}
    return told | ({"status": status} if status else {})


def snapshot(date, status):
    return event(date, status, type="snapshot", date_basis="reported")


def reported(date, status, **more):
    return event(date, status, date_basis="reported", **more)


def of(*events, as_of=None, **more):
    return made_up(events=list(events), **more).derived(as_of=as_of and dt.date.fromisoformat(as_of))


@pytest.mark.parametrize(
    ("events", "actual", "by"),
    [
        ([], None, None),
        ([event("2024-05", "operating")], "2024-05", None),
        ([reported("2024-05", "operating")], None, "2024-05"),
        ([snapshot("2025-02-18", "operating")], None, "2025-02-18"),
        ([event("2025-11-12", "operating", type="ownership")], None, "2025-11-12"),
        ([event("2025", "operating", basis="inferred_imagery")], None, "2025"),
        ([snapshot("2023", "operating"), event("2024-05", "operating")], None, "2023"),
        ([event("2022", "operating"), snapshot("2025-02-18", "operating")], "2022", None),
        ([event("2025-03", "operating"), snapshot("2025", "operating")], "2025-03", None),
        ([event("2020", "paused"), event("2022", "operating")], None, "2022"),
        ([event("2027", "operating", expected=True)], None, None),
    ],
)
def test_a_start_is_a_day_only_where_a_status_event_happened(events, actual, by):
    derived = of(*events)
    assert (actual, by) == (derived["start_actual"], derived["operating_by"])


@pytest.mark.parametrize(
    ("events", "since"),
    [
        ([event("2024", "operating")], ("operating", "2024", "happened")),
        ([reported("2024", "operating")], ("operating", "2024", "reported")),
        ([snapshot("2025-02-18", "operating")], ("operating", "2025-02-18", "snapshot")),
        ([event("2024", "operating"), snapshot("2025", "operating")], ("operating", "2024", "happened")),
        (
            [
                reported("2025", "operating"),
                snapshot("2025-02-18", "construction"),
                snapshot("2026-08-05", "operating"),
            ],
            ("operating", "2025", "reported"),
        ),
        (
            [event("2020", "paused"), snapshot("2024", "operating"), event("2025", "paused")],
            ("paused", "2025", "happened"),
        ),
        (
            [event("2020", "paused"), event("2024", "operating"), snapshot("2025", "paused")],
            ("paused", "2025", "snapshot"),
        ),
    ],
)
def test_a_stage_holds_since_the_day_that_a_source_says_or_by_it(events, since):
    derived = of(*events)
    assert since == (derived["status"], derived["status_date"], derived["status_date_basis"])


def test_a_database_that_lags_is_only_known_to_once_it_has_caught_up():
    events = [event("2024", "operating"), snapshot("2025-02-18", "construction"), snapshot("2026-08-05", "operating")]
    days = {day: of(*events, as_of=day) for day in ("2024-06-01", "2025-06-01", "2026-09-01")}
    assert [("operating", "2024"), ("construction", "2025-02-18"), ("operating", "2024")] == [
        (derived["status"], derived["status_date"]) for derived in days.values()
    ]


def capacity(value, **more):
    return {"product": "cells", "value": value, "unit": "GWh/y", "basis": "planned", "sources": ["s1"], **more}


def gwh(*capacities, status="operating", as_of=None):
    derived = of(event("2020", status), as_of=as_of, capacities=list(capacities))
    return derived["capacity_gwh_per_year"], derived["capacity_gwh_per_year_basis"]


def test_a_capacity_says_whether_it_is_built_or_planned():
    assert (5, "actual") == gwh(capacity(40), capacity(5, basis="actual"))
    assert (40, "planned") == gwh(capacity(40)), "not as if it were built"
    assert (40, "planned") == gwh(capacity(40), capacity(5, basis="actual"), status="construction")
    assert (None, None) == gwh()


def test_what_is_built_and_what_is_planned_is_never_added():
    both = [capacity(5, basis="actual"), capacity(30, product="packs")]
    assert (5, "actual") == gwh(*both)
    assert (30, "planned") == gwh(*both, status="study")


def test_a_capacity_counts_from_its_own_day():
    capacities = [capacity(10, as_of="2019"), capacity(40, as_of="2023-05")]
    assert (None, None) == gwh(*capacities, as_of="2018-12-31", status="study")
    assert (10, "planned") == gwh(*capacities, as_of="2021-01-01", status="study")
    assert (40, "planned") == gwh(*capacities, as_of="2023-05-01", status="study")


def shown(*capacities, kind="cell_factory", status="operating", as_of=None):
    derived = of(event("2020", status), as_of=as_of, capacities=list(capacities), kind=kind)
    return derived["capacity"], derived["capacity_measure"], derived["capacity_basis"]


def test_a_capacity_to_compare_is_in_the_foremost_unit_family_of_its_kind():
    packs, ore = capacity(2, product="packs"), capacity(900, product="lithium_ore", unit="t/y")
    assert (5, "cells", "actual") == shown(packs, capacity(5000, unit="MWh/y", basis="actual"))
    assert (2, "packs", "planned") == shown(packs, capacity(5, scope="group")), "what is never added up is not shown"
    assert (900, "ore", "planned") == shown(ore), "of no family of the kind, and still told"
    hydroxide = capacity(1000, product="lithium_hydroxide", unit="t/y")
    assert (880, "lce", "planned") == shown(ore, hydroxide, kind="hard_rock_mine")
    assert (None, None, None) == shown(capacity(70_000, unit="units/y")), "nobody says how large pieces are"


def test_the_energy_and_the_power_of_a_storage_plant_are_told_apart_by_their_units():
    power, energy = (capacity(value, product="storage", unit=unit) for value, unit in ((50, "MW"), (200, "MWh")))
    assert (50, "power", "planned") == shown(power, kind="storage_plant")
    assert (200, "storage", "planned") == shown(power, energy, kind="storage_plant")


def test_a_capacity_to_compare_is_that_of_the_day():
    tons = capacity(1000, product="lithium_carbonate", unit="t/y", as_of="2022")
    assert (7, "packs", "planned") == shown(tons, capacity(7, product="packs", as_of="2019"), as_of="2020-06-01")
    assert (7, "packs", "planned") == shown(tons, capacity(7, product="packs", as_of="2019"))
    assert (None, None, None) == shown(tons, as_of="2021-12-31")


def test_the_year_of_the_start_is_told_or_planned():
    plan = event("2027-06", "operating", expected=True)
    years = [
        of(*events)["start_year"]
        for events in (
            [event("2020-02", "operating"), plan],
            [plan],
            [event("2020", "paused"), plan],
            [event("2020", "operating", date_basis="reported"), plan],
            [event("2020", "closed"), plan],
            [event("2020", "study")],
        )
    ]
    assert [2020, 2027, 2027, None, None, None] == years
    assert of(event("2020-02", "operating"), plan, as_of="2019-12-31")["start_year"] is None


def test_plans_come_in_the_order_in_which_they_were_told():
    sources = [
        {"id": s, "url": f"https://example.org/{s}", "title": "A text", "published": day}
        for s, day in (("s1", "2022-03"), ("s2", "2020-01-05"))
    ] + [{"id": "s3", "url": "https://example.org/3", "title": "An undated text"}]
    plans = [
        event(year, "operating", expected=True, sources=[source])
        for year, source in (("2027", "s1"), ("2025", "s2"), ("2029", "s3"))
    ]
    project = made_up(events=[*plans, event("2028", "construction", expected=True)], sources=sources)
    told = [(day.isoformat(), date) for day, date in project.history.plans]
    assert [("2020-01-05", "2025"), ("2022-03-01", "2027"), ("9999-12-31", "2029")] == told


def test_a_plan_counts_from_the_day_of_its_source():
    source = {"id": "s1", "url": "https://example.org/1", "title": "A text", "published": "2022-03"}
    plan = event("2027-06", "operating", expected=True)
    days = {day: of(plan, as_of=day, sources=[source]) for day in ("2022-02-28", "2022-03-01")}
    assert [(None, None), ("2027-06", 2027)] == [
        (derived["start_planned"], derived["start_planned_year"]) for derived in days.values()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("year", [2015, 2020, 2024])
def test_no_date_of_the_dataset_is_later_than_the_day_that_is_asked_for(year):
    """Of plans it is the day of their source that counts."""
    day = dt.date(year, 12, 31)
    dates = [
        column.name for column in PROJECTS if column.kind == "date" and column.dated and column.name != "start_planned"
    ]
    for project in read_projects(data_folder() / "projects"):
        derived = project.derived(as_of=day)
        assert not [name for name in dates if derived[name] and int(derived[name][:4]) > year], project.id


@pytest.mark.parametrize(
    ("newest", "first"), [("2024-11", "2026-12-01"), ("2024-10-01", "2026-11-01"), ("2023", "2026-01-01")]
)
def test_a_stage_is_stale_from_the_month_after_24_months(newest, first):
    assert dt.date.fromisoformat(first) == stale_from(newest)


FEW_DATES = st.sampled_from(["2019", "2020", "2020-05", "2020-05-31", "2020-06-01", "2021-01", "2021-01-01"])
FEW_SOURCES = st.lists(st.sampled_from(["s1", "s2", "s3"]), min_size=1, unique=True)
EVENTS = st.fixed_dictionaries(
    {
        "date": FEW_DATES,
        "date_basis": st.sampled_from(vocabulary.DATE_BASES.codes),
        "type": st.sampled_from(["status", "snapshot"]),
        "status": st.sampled_from(["operating", "paused", "construction", "unknown"]),
        "summary": st.just("So it was."),
        "sources": FEW_SOURCES,
    },
    optional={"expected": st.booleans(), "basis": st.sampled_from(vocabulary.EVENT_BASES.codes)},
) | st.builds(event, FEW_DATES, sources=FEW_SOURCES)
CAPACITIES = st.builds(
    capacity,
    st.integers(1, 3),
    unit=st.sampled_from(["GWh/y", "MWh/y"]),
    scope=st.sampled_from(["this_plant", "phase"]),
    basis=st.sampled_from(["planned", "actual"]),
    as_of=st.none() | FEW_DATES,
    sources=FEW_SOURCES,
)
SOURCES = st.tuples(*[st.tuples(st.none() | FEW_DATES, st.none() | st.just("2020-12-24")) for _ in range(3)])


def told(events, capacities, of_sources):
    sources = [
        {"id": f"s{n}", "url": "https://example.org/1", "title": "A text", "published": published, "accessed": accessed}
        for n, (published, accessed) in enumerate(of_sources, start=1)
    ]
    return made_up(events=events, capacities=capacities, sources=sources).properties


def known_by(properties, day):
    """The record without all that was not known on a day."""
    history = History(properties)
    counts_from = accumulate((dates.first_day(event.date) for event in history.happened), max)
    happened = [event for event, first in zip(history.happened, counts_from, strict=True) if first <= day]
    expected = [event for event in history.expected if history.told(event.sources) <= day]
    undated = [
        source.model_copy(update={"published": None})
        if source.published and dates.first_day(source.published) > day
        else source
        for source in properties.sources
    ]
    capacities = [each for each in properties.capacities if known_day(each, history) <= day]
    return properties.model_copy(
        update={"events": [*happened, *expected], "capacities": capacities, "sources": undated}
    )


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(EVENTS, max_size=7), st.lists(CAPACITIES, max_size=4), SOURCES)
def test_what_is_told_as_of_a_day_is_what_the_record_would_tell_had_it_ended_there(events, capacities, of_sources):
    properties = told(events, capacities, of_sources)
    for day in (dt.date(year, month, 1) for year in (2019, 2020, 2021) for month in (1, 5, 6)):
        known = known_by(properties, day)
        whole = dated(known, History(known)) | {"status_stale": None}
        assert whole == dated(properties, History(properties), day) | {"status_stale": None}


def assert_steps_are_the_days(properties):
    history = History(properties)
    found = [(dt.date.min, dated(properties, history, dt.date.min) | {"status_stale": None})]
    for day, values in steps(properties, history):
        assert found[-1][0] < day
        if day < dt.date.max:
            before, on = (dated(properties, history, each) for each in (day - dt.timedelta(days=1), day))
            assert found[-1][1] == before | {"status_stale": None}, "nothing changes between two steps"
            assert values == on | {"status_stale": None}
        found.append((day, values))
    assert found[-1][1] == dated(properties, history) | {"status_stale": None}, "the last step knows everything"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(EVENTS, max_size=7), st.lists(CAPACITIES, max_size=4), SOURCES)
def test_the_steps_of_a_record_are_its_dated_properties_day_by_day(events, capacities, of_sources):
    assert_steps_are_the_days(told(events, capacities, of_sources))


@pytest.mark.slow
def test_the_steps_of_the_dataset_are_its_dated_properties_day_by_day():
    for project in read_projects(data_folder() / "projects"):
        assert_steps_are_the_days(project.properties)


# Change both together: stores derive their columns again when the version is another one.
DERIVED = (2, "ad7d6bebfd52af80")


def test_other_answers_have_another_version():
    derived = [Project.from_feature(feature).derived(as_of=dt.date(2026, 1, 1)) for feature in made_up_features(300)]
    table = [{name: each[name] for name in each if name in PROJECTS.table} for each in derived]
    digest = hashlib.blake2b(orjson.dumps(table, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()
    assert (DERIVED_VERSION, digest) == DERIVED
