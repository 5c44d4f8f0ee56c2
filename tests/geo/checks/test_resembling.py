"""Records that resemble a described one: by names that are nearly the same, places and owners; phases too."""

from typing import NamedTuple

import pytest
from conftest import copy_of
from made_up import made_up

from geo.catalog import Catalog, Described
from geo.checks.alike.resembling import resembling
from geo.editing import Edit
from geo.opening import open_ledger
from geo.store import Store


class Known(NamedTuple):
    store: Store
    catalog: Catalog


@pytest.fixture(scope="module")
def ledger(tmp_path_factory, catalog_over):
    store = open_ledger(copy_of("south_america", tmp_path_factory.mktemp("alike") / "ledger.gpkg")).store
    yield Known(store, catalog_over(store))
    store.close()


def described(point=None, **properties):
    geometry = {"type": "Point", "coordinates": list(point)} if point else None
    return {"geometry": geometry, "properties": properties}


@pytest.mark.parametrize(
    "known",
    [
        described(name="Rosatom battery factory", country="BO"),
        described(name="Fábrica de baterías Rosatom"),
        described(name="Завод Росатом"),
        described(name="rosat"),
        described(name="Rosattom"),
        described(name="", other_names=["Rosatom"]),
    ],
)
def test_a_record_is_found_by_what_has_been_typed_of_its_name(ledger, known):
    assert "bo-rosatom-battery-factory" in [each.feature["id"] for each in resembling(ledger.catalog, known)]


def test_words_that_half_the_names_have_tell_nothing(ledger):
    for name in ("", "Lithium plant", "Planta de litio Bolivia", "!?"):
        assert [] == resembling(ledger.catalog, described(name=name, country="BO"))


def test_a_name_elsewhere_is_another_one_and_a_record_does_not_resemble_itself(ledger):
    assert [] == resembling(ledger.catalog, described(name="Rosatom", country="AR"))
    itself = {"id": "bo-rosatom-battery-factory", **described(name="Rosatom battery factory", country="BO")}
    assert "bo-rosatom-battery-factory" not in [each.feature["id"] for each in resembling(ledger.catalog, itself)]


def test_what_changed_just_now_is_known(tmp_path, catalog_over):
    store = open_ledger(copy_of("south_america", tmp_path / "ledger.gpkg")).store
    opened = Known(store, catalog_over(store))
    opened.catalog.version()
    place = {"type": "Point", "coordinates": [-65.0, -22.0]}
    opened.store.write([Edit("bo-z", made_up("bo-z", name="Zyxxon II", geometry=place), None, "a")])
    near, far = described((-65.0, -22.001), name="Quite another"), described((-65.0, -24), name="Zyxxon")
    [found] = resembling(opened.catalog, near)
    assert "bo-z" == found.feature["id"]
    assert 0.05 < found.km < 0.2
    assert ["bo-z"] == [each.feature["id"] for each in resembling(opened.catalog, far)]
    opened.store.write([Edit("bo-z", None, 1, "a")])
    assert [] == resembling(opened.catalog, near)
    opened.store.close()


def test_what_is_told_of_it(ledger):
    [first, *_] = resembling(ledger.catalog, described(name="Rosatom battery factory", country="BO"))
    document = first.document()
    assert {"id", "name", "kind", "status", "country", "locality", "km", "names_alike", "owners_alike"} == set(document)
    assert (None, 100) == (document["km"], document["names_alike"])


def test_who_builds_the_same_in_the_same_country_may_mean_what_has_no_place_yet(ledger):
    owner = {"name": "Rosatom", "role": "owner", "sources": ["s1"]}
    of_rosatom = {"name": "Planta Llipi", "country": "BO", "location_accuracy": "locality", "owners": [owner]}
    for kind, is_found in (("cell_factory", True), ("recycling_plant", False)):
        found = resembling(ledger.catalog, described((-66.9, -20.3), kind=kind, **of_rosatom))
        assert is_found == ("bo-rosatom-battery-factory" in [each.feature["id"] for each in found])


def test_a_country_without_a_record_has_none_that_resembles(ledger):
    assert [] == resembling(ledger.catalog, described(name="Rosatom battery factory", country="FJ"))
    assert [] == ledger.catalog.candidates(Described(["rosatom"], "FJ"), 5)
