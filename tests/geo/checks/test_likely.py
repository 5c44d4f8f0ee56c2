"""The index of records alike finds the same pairs as when each is compared with each."""

import pytest
from made_up import made_up

from geo.checks.likely import Likely
from geo.checks.likeness import likenesses, told_of
from geo.curated.files import read_projects
from geo.paths import data_folder


def pairs_found(projects):
    index, found = Likely(), set()
    for project in projects:
        told = told_of(project)
        found |= {(each.first, each.second) for each in index.like(told)}
        index.add(told)
    return found


@pytest.mark.slow
def test_the_dataset_s_pairs_are_all_found():
    projects = list(read_projects(data_folder() / "projects"))
    pairs = {(each.first, each.second) for each in likenesses(projects)}
    assert len(pairs) > 20
    assert pairs == pairs_found(projects)


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
    assert {("bo-n0", "bo-n1")} == pairs_found(projects)
