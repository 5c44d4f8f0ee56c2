"""What differs between two states of a record, in words."""

import copy
import itertools
import re

import pytest
from conftest import SOUTH_AMERICA
from hostile import HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from made_up import made_up_feature

from geo.curated.files import read_features
from geo.editing import differences
from geo.records.parts import CLAIMS, Source
from geo.records.project import Project
from web.changed.facets import Facets
from web.changed.records import changes
from web.changed.said import in_a_line
from web.changed.texts import runs
from web.language import ENGLISH, LANGUAGES, Language
from web.pages import template

RICH = made_up_feature(
    other_names=["One", "Two"],
    summary="A plant of the salt flat. It is said to open soon.",
    location_radius_km=5,
    location_note="Beside the road.",
    region="Potosí",
    locality="Uyuni",
    owners=[{"name": "Rosatom", "role": "owner", "share_pct": 49, "as_of": "2024", "sources": ["s1"]}],
    capacities=[
        {
            "product": "cells",
            "value": 8,
            "unit": "GWh/y",
            "basis": "planned",
            "sources": ["s1"],
            "note": "By 2030.",
        }
    ],
    resource=[{"category": "measured", "substance": "lce", "tonnes": 1_000_000, "sources": ["s1"]}],
    investment=[{"amount": 450_000_000, "currency": "USD", "purpose": "The plant", "sources": ["s1"]}],
    links=[{"type": "same_site", "project": "bo-other", "sources": ["s1"]}],
    external_ids=[{"dataset": "ga", "id": "Q1"}],
    checked="2026-01-01",
    checked_found="nothing_newer",
    sources=[
        {"id": "s1", "url": "https://example.org/1", "title": "A text", "publisher": "TASS"},
        {"id": "s2", "url": "https://example.org/2", "title": "Another text"},
    ],
)
BEFORE = Project.from_feature(RICH).to_feature()


def after(change):
    """The record as it is after somebody has changed its properties."""
    feature = copy.deepcopy(BEFORE)
    change(feature["properties"])
    return feature


def said(one, other, language=ENGLISH, **names):
    return [in_a_line(change, language) for change in changes(one, other, language, **names)]


def test_nothing_differs_between_a_record_and_itself():
    assert [] == changes(BEFORE, BEFORE)
    assert "Nothing differs." in shown([])


def test_a_stage_is_called_as_people_call_it():
    new = {
        "key": "k1",
        "date": "2025-03",
        "type": "status",
        "status": "construction",
        "summary": "x",
        "sources": ["s2"],
    }
    [change] = changes(BEFORE, after(lambda p: p["events"].append(new)))
    assert ("added", "Stage “Construction”, Mar 2025") == (change.what, change.title)
    assert [("Another text", "https://example.org/2")] == [tuple(source) for source in change.sources]
    assert "/properties/events/k1" == change.pointer
    expected = new | {"expected": True, "date": "2027", "date_basis": "reported"}
    assert (
        "Expected stage “Construction”, reported 2027"
        == changes(BEFORE, after(lambda p: p["events"].append(expected)))[0].title
    )


def test_what_was_there_and_what_is_there_now():
    def change(p):
        p["capacities"][0]["value"] = 10.5
        p["owners"][0]["share_pct"] = 51
        p["owners"][0]["sources"] = ["s2"]
        p["links"] = []

    assert [
        "Changed: Owner: Rosatom (Share: 49 % → 51 %; Sources: A text → Another text)",
        "Changed: Planned capacity: Battery cells (Amount: 8\u00a0GWh/y battery cells → 10.5\u00a0GWh/y battery cells)",
        "Removed: Same site: The other",
    ] == said(BEFORE, after(change), names={"bo-other": "The other"})


@pytest.mark.parametrize(
    ("code", "title"),
    [("en", "Name"), ("es", "Nombre"), ("ru", "Название"), ("zh", "名称")],
)
def test_a_change_is_told_in_every_language(code, title):
    [change] = changes(BEFORE, after(lambda p: p.update(name="Another plant")), Language(code))
    assert title == change.title
    assert ("Made-up plant", "Another plant") == (change.lines[0].before, change.lines[0].after)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_part_is_told_in_every_language(code):
    told = said(None, BEFORE, Language(code)) + said(BEFORE, None, Language(code))
    assert 2 * len(changes(None, BEFORE)) == len(told) == len(set(told))


def test_a_place_tells_how_far_it_moved():
    near, far = copy.deepcopy(BEFORE), copy.deepcopy(BEFORE)
    near["geometry"] = {"type": "Point", "coordinates": [-67.601, -20.2]}
    far["geometry"] = {"type": "Point", "coordinates": [-66.6, -20.2]}
    places = "latitude -20.2, longitude -67.6 → latitude -20.2, longitude -67.601"
    assert [f"Changed: Place (On the map: {places}, moved by 104 m)"] == said(BEFORE, near)
    assert "moved by 104 km" in said(BEFORE, far)[0]
    nowhere = {**far, "geometry": None}
    assert "latitude -20.2, longitude -66.6 → no point" in said(far, nowhere)[0]
    ring = [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]
    wider = [[[-1, -1], [3, -1], [3, 3], [-1, 3], [-1, -1]]]
    areas = [{**far, "geometry": {"type": "Polygon", "coordinates": each}} for each in (ring, wider)]
    assert "another outline in the same place" in said(*areas)[0]


def test_an_order_that_changed_is_told():
    two = after(lambda p: p["owners"].append({"key": "k2", "name": "YLB", "role": "state", "sources": ["s1"]}))
    turned = copy.deepcopy(two)
    turned["properties"]["owners"].reverse()
    assert ["In another order: Order: Owners"] == said(two, turned)
    assert ["In another order: Other names"] == said(BEFORE, after(lambda p: p["other_names"].reverse()))


def test_values_that_are_told_alike_differ_to_the_last_digit():
    one = after(lambda p: p["capacities"][0].update(value=8.00000001))
    [line] = changes(BEFORE, one)[0].lines
    assert ("8", "8.00000001") == (line.before.split(" · ")[0], line.after.split(" · ")[0])
    [line] = changes(BEFORE, after(lambda p: p["capacities"][0].update(qualifier="exact")))[0].lines
    assert line.before != line.after


PARTS = {**CLAIMS, "sources": Source}


@pytest.mark.parametrize("name", PARTS)
def test_every_field_of_a_part_is_told(name):
    fields = [field for facet in Facets(ENGLISH, {}).of(name) for field in facet.fields]
    kept = {"key", "sources"} if name in CLAIMS else {"id"}
    assert sorted(PARTS[name].model_fields.keys() - kept) == sorted(fields)


def test_whatever_differs_is_told_and_nothing_else():
    features = [Project.from_feature(each).to_feature() for file in SOUTH_AMERICA for each in read_features(file)]
    for one, other in itertools.pairwise(features):
        told = changes(one, other)
        pointers = {each.pointer for each in differences(one, other)} - {"/id"}
        for pointer in pointers:
            is_place = "location" in pointer or pointer.split("/")[-1] in ("geometry", "country", "region", "locality")
            looked = "/properties/checked" if pointer.endswith("checked_found") else pointer
            assert any(is_place if each.pointer == "/geometry" else looked.startswith(each.pointer) for each in told), (
                pointer
            )
        for each in told:
            assert all(line.before != line.after for line in each.lines), each


@given(st.text(max_size=200), st.text(max_size=200))
def test_words_put_together_are_the_texts(before, now):
    found = runs(before, now)
    assert before == "".join(run.text for run in found if run.mark != "in")
    assert now == "".join(run.text for run in found if run.mark != "out")


def test_a_text_is_told_word_by_word():
    found = runs("A plant for 8 GWh of lithium-ion cells.", "A factory for 8,000 GWh of lithium-ion cells.")
    assert [("plant ", "out"), ("factory ", "in"), ("8 ", "out"), ("8,000 ", "in")] == [
        tuple(run) for run in found if run.mark != "same"
    ]
    assert [("2027", "out"), ("2028", "in")] == [tuple(r) for r in runs("计划2027年投产。", "计划2028年投产。")[1:3]]
    assert ["out", "in"] == [run.mark for run in runs("Nothing of this text stays.", "夏天很热。")]


def shown(told, code="en"):
    module = template("diff.html", Language(code)).module
    return str(module.diff(told))


def test_a_difference_is_said_in_words_and_not_by_signs_alone():
    page = shown(changes(BEFORE, after(lambda p: p.update(summary="A plant of the sea. It is said to open soon."))))
    assert '<del><span class="visually-hidden">removed: </span>' in page
    assert '<ins><span class="visually-hidden">added: </span>' in page
    assert "Changed" in page
    assert "A plant of the" in page


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_a_record_says_is_taken_for_markup(text):
    def change(p):
        p["name"] = p["summary"] = p["events"][0]["summary"] = p["owners"][0]["name"] = text
        p["sources"][0].update(title=text, url="javascript:alert(1)", quote=text)

    page = shown(changes(BEFORE, after(change)))
    assert not re.search(r"<(script|img|svg|b)\b", page)
    assert 'href="javascript' not in page
