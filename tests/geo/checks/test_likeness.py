"""The index of records alike finds the same pairs as when each is compared with each."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import made_up

from geo.checks.alike.index import LikenessIndex, likenesses
from geo.checks.alike.likeness import ALIKE, agreement, likeness_of
from geo.checks.alike.sketches import Sketches, sketch_of
from geo.checks.alike.told import Told, told_of
from geo.curated.files import read_projects
from geo.paths import data_folder


def each_with_each(told):
    return [found for at, b in enumerate(told) for a in told[:at] if (found := likeness_of(a, b)) is not None]


def by_the_index(told, most=None):
    index, found = LikenessIndex(), []
    for each in told:
        found += index.like(each, most)
        index.add(each)
    return found


def test_the_dataset_s_pairs_are_all_found():
    projects = list(read_projects(data_folder() / "projects"))
    told = [told_of(project) for project in projects]
    found = list(likenesses(projects))
    assert len(found) > 20
    assert found == each_with_each(told)


def test_the_dataset_s_pairs_are_all_found_when_all_of_it_lies_in_one_place():
    told = [told_of(project) for project in read_projects(data_folder() / "projects")][::3]
    moved = [dataclasses.replace(each, country="CN", phase="", point=(115.0, 30.0), reach_km=1.0) for each in told]
    assert by_the_index(moved) == each_with_each(moved)


WORDS = st.sampled_from(
    ["rosario", "rosarios", "rosaria", "sal", "salta", "a", "b2", "atacama", "antofagasta", "li", "uyuni", "x1", "x11"]
)
TEXTS = st.lists(WORDS, min_size=1, max_size=5).map(" ".join) | st.text("abexz019 ", min_size=1, max_size=20).map(
    lambda text: " ".join(text.split()) or "a"
)
# Near each other, at the antimeridian, at a pole, anywhere.
POINTS = st.one_of(
    st.none(),
    st.tuples(st.floats(-66.8, -66.0), st.floats(-17.6, -17.0)),
    st.tuples(st.sampled_from([179.9, 180.0, -180.0, -179.8]), st.floats(-17.2, -17.0)),
    st.tuples(st.floats(-180, 180), st.sampled_from([89.9, 90.0, 89.7, -90.0])),
    st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
)
TOLD = st.builds(
    Told,
    id=st.just("bo-x"),
    country=st.sampled_from(["BO", "FJ"]),
    region=st.sampled_from(["", "potosi", "oruro"]),
    segment=st.sampled_from(["", "cells", "packs", "extraction", "refining", "pilot"]),
    phase=st.sampled_from(["", "", "2"]),
    names=st.lists(TEXTS, max_size=3).map(tuple),
    owners=st.lists(TEXTS, max_size=2).map(tuple),
    point=POINTS,
    reach_km=st.sampled_from([0.0, 1.0, 10.0, 25.0, 90.0, 100.0, 250.0]),
    vague=st.booleans(),
)


@given(st.lists(TOLD, max_size=12), st.none() | st.integers(1, 3))
def test_any_records_that_are_alike_are_found(told, most):
    told = [dataclasses.replace(each, id=f"bo-{number}") for number, each in enumerate(told)]
    wanted = each_with_each(told)
    firsts = {each.second: 0 for each in wanted}
    kept = []
    for each in wanted:
        firsts[each.second] += 1
        kept += [each] if most is None or firsts[each.second] <= most else []
    assert by_the_index(told, most) == kept


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=30))
def test_a_sketch_lets_every_text_through_that_is_alike(text, others):
    sketches = Sketches()
    for each in others:
        sketches.add(sketch_of(each))
    found = set(sketches.may_be_alike(sketch_of(text)).tolist())
    assert {at for at, each in enumerate(others) if agreement([text], [each]) >= ALIKE} <= found


def test_records_near_each_other_with_names_of_their_own_are_hardly_compared(monkeypatch):
    """Names of one spot that have a word in common, each another besides."""
    seen = []
    monkeypatch.setattr("geo.checks.alike.index.likeness_of", lambda a, b: seen.append((a.id, b.id)))
    names = [f"rosario {first}{second}{third}" for first in "bcdf" for second in "aeiou" for third in "klmnprst"]
    projects = [
        made_up(f"bo-n{number}", name=name, owners=[], geometry=at(-66.2, -17.4)) for number, name in enumerate(names)
    ]
    by_the_index([told_of(project) for project in projects])
    assert len(seen) < len(names) ** 2 / 8


def at(longitude, latitude):
    return {"type": "Point", "coordinates": [longitude, latitude]}


CASES = [
    ({"name": "Rosario", "geometry": at(-66.2, -17.4)}, {"name": "Rosarios", "geometry": at(-66.21, -17.49)}),
    ({"name": "Rosario", "geometry": at(-66.2, -17.4)}, {"name": "Rosario", "geometry": at(-62.2, -14.4)}),
    (
        {"name": "Rosario works", "country": "FJ", "geometry": at(179.95, -17.4)},
        {"name": "Rosario", "country": "FJ", "geometry": at(-179.95, -17.4)},
    ),
    ({"name": "Rosario", "geometry": None, "location_accuracy": "undisclosed"}, {"name": "Rosario mill"}),
    (
        {"name": "Rosario", "location_accuracy": "region", "location_radius_km": 90, "geometry": at(-66.2, -17.4)},
        {"name": "Rosario mill", "geometry": at(-65.3, -17.4)},
    ),
]


@pytest.mark.parametrize("case", CASES)
def test_a_pair_is_found_across_cells_and_without_places(case):
    projects = [made_up(f"bo-n{number}", **stated) for number, stated in enumerate(case)]
    assert [("bo-n0", "bo-n1")] == [(each.first, each.second) for each in likenesses(projects)]
