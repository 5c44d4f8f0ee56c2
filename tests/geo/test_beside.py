"""What stands beside a record is the same as a plain loop over all records finds, and as new as the store."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import made_up

from geo.answers.around import distance_km
from geo.curated.organisations import Organisation, Organisations, Parent
from geo.editing import Edit
from geo.errors import NotFound
from geo.indexed import index
from geo.memory.beside import within_km
from geo.memory.recent import Recent
from geo.store import Revision

HOLDERS = Organisations(
    [
        Organisation(id="top", name="Top", type="company"),
        Organisation(
            id="held", name="Held", type="company", parents=[Parent(organisation="top", source="https://example.org")]
        ),
    ]
)


def at(project_id, lon, lat, accuracy="site", **properties):
    radius = {"location_radius_km": 5} if accuracy == "region" else {}
    point = {"type": "Point", "coordinates": [lon, lat]}
    return made_up(project_id, geometry=point, location_accuracy=accuracy, **radius, **properties)


def by(project_id, *names, **properties):
    owners = [{"name": name, "role": "owner", "sources": ["s1"]} for name in names]
    return made_up(project_id, owners=owners, **properties)


def kilometres(a, b):
    """The great-circle distance by the law of cosines, another formula than the one that is tested."""
    (lon_a, lat_a), (lon_b, lat_b) = ([math.radians(n) for n in point] for point in (a, b))
    cosine = math.sin(lat_a) * math.sin(lat_b) + math.cos(lat_a) * math.cos(lat_b) * math.cos(lon_b - lon_a)
    return 6371.0088 * math.acos(max(-1, min(1, cosine)))


def indexed(project, number=1):
    time = "2024-01-01T00:00:00.000Z"
    return index(Revision(number, project.id, 1, "create", "test", None, time, time, project), HOLDERS)


@pytest.fixture
def catalog_of(store, catalog_over):
    def fill(*projects):
        store.write([Edit(project.id, project, None, "test") for project in projects])
        return catalog_over(store, HOLDERS)

    return fill


POINTS = st.tuples(
    st.floats(-180, 180).map(lambda n: round(n, 3)) | st.sampled_from([-180.0, -179.9, 179.9, 180.0]),
    st.floats(-90, 90).map(lambda n: round(n, 3)) | st.sampled_from([-90.0, 89.9, 90.0]),
)


@settings(max_examples=60)
@given(st.lists(POINTS, min_size=2, max_size=12), st.sampled_from([5, 200, 3000]))
def test_the_tree_finds_what_a_loop_finds_over_the_antimeridian_and_at_the_poles(points, km):
    projects = [at(f"bo-{number:03}", *point) for number, point in enumerate(points)]
    table = Recent([indexed(project) for project in projects])
    expected = {p.id for p, point in zip(projects, points, strict=True) if kilometres(points[0], point) <= km - 0.01}
    possible = {p.id for p, point in zip(projects, points, strict=True) if kilometres(points[0], point) <= km + 0.01}
    rows = within_km(table, points[0], km)
    far = distance_km(points[0], np.column_stack([table.lon[rows], table.lat[rows]]))
    found = {table.ids[row] for row in rows[far <= km].tolist()}
    assert expected <= found <= possible


def test_neighbours_are_the_nearest_of_the_country_whose_place_is_known(catalog_of):
    catalog = catalog_of(
        at("bo-here", -67, -20),
        at("bo-far", -67, -21.5),
        at("bo-close", -67, -20.1, "locality"),
        at("bo-rough", -67, -20.05, "region"),
        at("ar-abroad", -67, -20.05, country="AR"),
        at("bo-too-far", -67, -25),
    )
    near = catalog.near("bo-here", 200, 5)
    assert ["bo-close", "bo-far"] == [each for _, each in near]
    assert 11.1 == pytest.approx(near[0][0], abs=0.1)
    assert ["bo-close"] == [each for _, each in catalog.near("bo-here", 200, 1)]
    assert [] == catalog.near("bo-rough", 200, 5)


def test_neighbours_follow_the_store(catalog_of, store):
    catalog = catalog_of(at("bo-here", -67, -20), at("bo-moves", -67, -20.1), at("bo-goes", -67, -20.2))
    moved = at("bo-moves", -67, -25)
    store.write([Edit(moved.id, moved, 1, "test"), Edit("bo-goes", None, 1, "test")])
    new = at("bo-new", -67, -20.3)
    store.write([Edit(new.id, new, None, "test")])
    assert ["bo-new"] == [each for _, each in catalog.near("bo-here", 200, 5)]
    assert ["bo-here"] == [each for _, each in catalog.near("bo-new", 200, 5)]


def test_siblings_share_a_party_or_its_holder_and_the_closest_come_first(catalog_of, store):
    catalog = catalog_of(by("bo-a", "Held"), by("bo-b", "Top"), by("bo-c", "Held"), by("bo-d", "Nobody else"))
    assert ["bo-c", "bo-b"] == catalog.of_the_same_parties("bo-a", 5)
    assert ["bo-c"] == catalog.of_the_same_parties("bo-a", 1)
    store.write([Edit("bo-c", by("bo-c", "Another"), 1, "test")])
    assert ["bo-b"] == catalog.of_the_same_parties("bo-a", 5)


def test_before_and_after_are_of_the_same_country_and_kind(catalog_of, store):
    catalog = catalog_of(*(made_up(f"bo-{name}") for name in "abcd"), made_up("bo-bb", kind="refinery"))
    assert (None, "bo-b") == catalog.adjacent("bo-a")
    assert ("bo-a", "bo-c") == catalog.adjacent("bo-b")
    assert (None, None) == catalog.adjacent("bo-bb")
    store.write([Edit("bo-c", None, 1, "test")])
    assert ("bo-a", "bo-d") == catalog.adjacent("bo-b")
    store.write([Edit("bo-bc", made_up("bo-bc"), None, "test")])
    assert ("bo-a", "bo-bc") == catalog.adjacent("bo-b")
    assert ("bo-b", "bo-d") == catalog.adjacent("bo-bc")


def test_nothing_stands_beside_a_record_that_is_not_there(catalog_of):
    catalog = catalog_of(made_up("bo-a"))
    asked = (lambda: catalog.near("bo-x", 1, 1), lambda: catalog.of_the_same_parties("bo-x", 1))
    for ask in (*asked, lambda: catalog.adjacent("bo-x")):
        with pytest.raises(NotFound):
            ask()
