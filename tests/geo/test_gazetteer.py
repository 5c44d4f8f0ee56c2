"""Places by name: the one that is called so first, then the largest, in many languages."""

import gzip
import runpy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.gazetteer import MOST_PLACES, places_called
from geo.paths import data_folder


@pytest.mark.parametrize(
    ("typed", "kind", "name", "country"),
    [
        ("Uyuni", "town", "Uyuni", "BO"),
        ("debrec", "town", "Debrecen", "HU"),
        ("Дебрецен", "town", "Debrecen", "HU"),
        ("宁德", "town", "Ningde", "CN"),
        ("San Pedro de Atacama", "town", "San Pedro de Atacama", "CL"),
        ("Potosi", "region", "Potosí", "BO"),
        ("Alemania", "country", "Germany", "DE"),
        ("Springfield, Estados Unidos", "town", "Springfield", "US"),
        ("Córdoba, Argentina", "region", "Córdoba", "AR"),
    ],
)
def test_a_place_is_found_by_its_names(typed, kind, name, country):
    first = places_called(typed)[0]
    assert (kind, name, country) == (first.kind, first.name, first.country)


def test_a_country_narrows_and_the_largest_comes_first():
    found = places_called("San", "CL")
    assert {"CL"} == {place.country for place in found}
    towns = [place.people for place in places_called("Santiago") if place.kind == "town" and place.called == "santiago"]
    assert sorted(towns, reverse=True) == towns


def test_a_region_reaches_some_way_and_lies_in_its_country():
    region = places_called("Jujuy", "AR")[0]
    assert 20 <= region.radius_km <= 300
    assert -25 < region.latitude < -21
    assert -68 < region.longitude < -64


@given(st.text(max_size=30))
def test_whatever_is_typed_has_a_bounded_answer(typed):
    assert len(places_called(typed)) <= MOST_PLACES


def test_nothing_is_nowhere():
    assert [] == places_called("") == places_called(" , Bolivia") == places_called("qzxqzx")


def test_the_names_are_those_of_the_data_now():
    """Run `make places` where this fails: towns, the ground, or names of countries have changed."""
    folder = data_folder() / "ground"
    made = runpy.run_path(str(folder / "places.py"))["content"]()
    assert made == gzip.decompress((folder / "places.gz").read_bytes())
