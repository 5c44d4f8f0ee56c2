"""A place that looks wrong is marked in the record, whichever door it came through."""

import pytest
from made_up import made_up


def at(longitude, latitude, **stated):
    return made_up(geometry={"type": "Point", "coordinates": [longitude, latitude]}, **stated)


@pytest.mark.parametrize(
    ("project", "doubt"),
    [
        (at(-67.6, -20.2), None),
        (at(-20.2, -67.6), "outside-country"),
        (at(67.6, -20.2), "outside-country"),
        (at(0, 0), "at-zero"),
        (at(-0.0, 0, country="GH"), "at-zero"),
        (at(0, 0.0001), "outside-country"),
        (at(4.045, 51.961, country="NL"), None),
        (at(179.99, -16.6, country="FJ"), None),
        (at(-179.99, -16.6, country="FJ"), None),
        (at(-176.2, -13.3, country="WF"), None),
        (made_up(geometry=None, location_accuracy="country"), None),
        (made_up(geometry=None, location_accuracy="undisclosed", location_sources=[]), None),
    ],
)
def test_a_place_that_looks_wrong_is_marked(project, doubt):
    assert doubt == project.derived()["location_doubt"]


def test_a_footprint_in_another_country_is_marked():
    ring = [[10, 50], [10.1, 50], [10.1, 50.1], [10, 50]]
    area = made_up(geometry={"type": "Polygon", "coordinates": [ring]})
    assert "outside-country" == area.derived()["location_doubt"]
    assert made_up(geometry=area.geometry, country="DE").derived()["location_doubt"] is None


def test_what_is_odd_about_a_place_is_looked_for_once(monkeypatch):
    looked = []
    monkeypatch.setattr("geo.records.project.location_doubt", lambda country, _: looked.append(country))
    project = made_up()
    assert project.derived()["location_doubt"] is project.location_doubt is None
    assert looked == [project.properties.country]
