"""Who is behind a project, up to the top: found by the parent's id."""

import json

import pytest
from conftest import COUNT
from made_up import made_up

from geo.curated.organisations import read_organisations
from geo.editing import Edit
from geo.errors import DataFileError
from geo.filter import In
from geo.opening import Ledger
from geo.paths import data_folder
from geo.query import Query

STORES = ("geopackage",)  # this is about a file


@pytest.fixture(scope="module")
def known():
    return read_organisations(data_folder())


def ids(catalog, *owners):
    return set(catalog.columns(Query(filter=In("owner", frozenset(owners))), ["id"])["id"])


def test_rosatom_holds_what_its_children_hold(known):
    assert {"renera", "tvel", "rosatom"} <= known.holders("enertech-international")
    party = made_up(owners=[{"name": "Uranium One Group", "role": "owner", "sources": ["s1"]}])
    assert {"uranium-one-group", "rosatom"} <= known.parties(party.properties.owners)
    assert {"catl", "brunp", "cmoc"} <= known.holders("cbc")


def test_an_owner_is_found_by_id_by_name_and_through_its_children(store):
    def owned(project_id, **owner):
        told = {"name": "Somebody", "role": "owner", "sources": ["s1"], **owner}
        return Edit(project_id, made_up(project_id, owners=[told]), None, "test")

    store.write(
        [
            owned("bo-by-id", organisation="uranium-one-group"),
            owned("bo-by-name", name="Росатом"),
            owned("bo-unknown", name="Litio Ñandú S.A."),
            owned("bo-other"),
        ]
    )
    catalog = Ledger(store).catalog
    assert {"bo-by-id", "bo-by-name"} == ids(catalog, "rosatom")
    assert {"bo-by-id"} == ids(catalog, "uranium-one-group")
    assert {"bo-unknown"} == ids(catalog, "litio-nandu-s-a")
    assert set() == ids(catalog, "nobody")


def test_the_names_of_parties_are_known_by_their_ids(store):
    def owned(project_id, *names):
        owners = [{"name": name, "role": "owner", "sources": ["s1"]} for name in names]
        return Edit(project_id, made_up(project_id, owners=owners), None, "test")

    store.write([owned("bo-a", "Litio Ñandú S.A.", "Росатом"), owned("bo-b", "LITIO ÑANDÚ S.A.")])
    catalog = Ledger(store).catalog
    store.write([owned("bo-c", "A newcomer")])
    names = catalog.party_names(["litio-nandu-s-a", "rosatom", "a-newcomer", "nobody"])
    assert {"litio-nandu-s-a": "Litio Ñandú S.A.", "rosatom": "Rosatom", "a-newcomer": "A newcomer"} == names
    all_ids = {each for owners in catalog.columns(Query(), ["owner"])["owner"] for each in owners}
    assert all_ids == set(catalog.party_names(all_ids)), "there is a name for each id of the column"


def test_the_api_finds_what_rosatom_holds_in_bolivia(api):
    found = api.client.get("/api/collections/projects/items?owner=rosatom&country=BO").json()
    names = {feature["id"] for feature in found["features"]}
    assert {"bo-rosatom-battery-factory", "bo-u1-uyuni-dle", "bo-u1-pastos-grandes"} <= names
    assert found["numberMatched"] < COUNT
    facets = api.client.get("/api/collections/projects/facets?owner=rosatom").json()
    assert facets["numberMatched"] >= 3


def test_every_owner_that_names_an_organisation_names_one_that_is_there(known):
    for file in (data_folder() / "projects").glob("*.geojson"):
        for feature in json.loads(file.read_text())["features"]:
            for owner in feature["properties"].get("owners", []):
                assert owner.get("organisation") is None or owner["organisation"] in known, feature["id"]


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        "[",
        '[{"id": "a", "name": "A", "type": "company", "parents": [{"organisation": "b", "source": "https://x.org"}]}]',
        '[{"id": "a", "name": "A", "type": "company"}, {"id": "a", "name": "B", "type": "company"}]',
        '[{"id": "a", "name": "A", "type": "planet"}]',
    ],
)
def test_a_file_that_is_no_list_of_organisations_is_refused(tmp_path, content):
    (tmp_path / "organisations.json").write_text(content)
    with pytest.raises(DataFileError):
        read_organisations(tmp_path)


def test_a_circle_of_holders_ends(tmp_path):
    def held(name, by):
        return {
            "id": name,
            "name": name,
            "type": "company",
            "parents": [{"organisation": by, "source": "https://x.org"}],
        }

    (tmp_path / "organisations.json").write_text(json.dumps([held("a", "b"), held("b", "a")]))
    assert {"a", "b"} == read_organisations(tmp_path).holders("a")
