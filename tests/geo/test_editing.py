"""Two edits of one record: what goes together goes together, what does not is named, and nothing is lost silently."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import made_up, made_up_feature

from geo.editing import Difference, broken_links, differences, merge, patched, stating
from geo.errors import InvalidRecord
from geo.records.ids import proposed_ids
from geo.records.parts import CLAIMS

pytestmark = pytest.mark.slow


def event(date, summary="So it was.", **more):
    return {"date": date, "type": "other", "summary": summary, "sources": ["s1"], **more}


def capacity(value, **more):
    return {"product": "cells", "value": value, "unit": "GWh/y", "basis": "planned", "sources": ["s1"], **more}


BASE = made_up(
    region="Potosí",
    other_names=["One", "Two"],
    events=[event("2020"), event("2021", status="study"), event("2022"), event("2023")],
    owners=[{"name": name, "role": "owner", "sources": ["s1"]} for name in ("Ana", "Ben")],
    capacities=[capacity(5), capacity(9, scope="phase")],
    sources=[{"id": f"s{n}", "url": f"https://example.org/{n}", "title": f"Text {n}"} for n in (1, 2, 3)],
).to_feature()
EVENTS = [each["key"] for each in BASE["properties"]["events"]]


def places(feature):
    """What a record says, one entry for each place that can be changed by itself; the order of claims aside."""
    found = {"/geometry": feature["geometry"]}
    for name, value in feature["properties"].items():
        key = "id" if name == "sources" else "key" if name in CLAIMS else None
        if key is None:
            found[f"/properties/{name}"] = value
        else:
            found |= {f"/properties/{name}/{part[key]}/{field}": part[field] for part in value for field in part}
    return found


def edits():
    """One change of one place: (the place, what it becomes, how it is done)."""
    names = st.sampled_from(["Renamed", "Other", "Third"])
    events = st.sampled_from(EVENTS)
    return st.one_of(
        st.tuples(st.just("name"), names),
        st.tuples(st.just("region"), st.sampled_from(["Oruro", None])),
        st.tuples(st.just("summary"), names),
        st.tuples(st.just("event summary"), st.tuples(events, names)),
        st.tuples(st.just("event date"), st.tuples(events, st.sampled_from(["2019", "2024-05"]))),
        st.tuples(st.just("event gone"), events),
        st.tuples(st.just("event new"), st.sampled_from(["2001", "2002", "2003"])),
        st.tuples(st.just("owner share"), st.integers(1, 49)),
        st.tuples(st.just("value"), st.integers(10, 12)),
        st.tuples(st.just("unit"), st.sampled_from(["MWh/y"])),
        st.tuples(st.just("other name"), names),
        st.tuples(st.just("source"), names),
        st.tuples(st.just("source gone"), st.sampled_from(["s2", "s3"])),
        st.tuples(st.just("point"), st.sampled_from([[-65, -17], [-66, -18]])),
    )


def done(feature, made):
    """The record after these edits, as the API would make it."""
    changed = copy.deepcopy(feature)
    for edit in made:
        one_done(changed, *edit)
    return stating(changed, stating(feature)).to_feature()


def one_done(changed, what, value):
    p = changed["properties"]
    by_key = {each.get("key"): each for each in p["events"]}
    match what:
        case "name" | "summary":
            p[what] = value
        case "region":
            p.pop("region", None) if value is None else p.update(region=value)
        case "event summary" if value[0] in by_key:
            by_key[value[0]]["summary"] = value[1]
        case "event date" if value[0] in by_key:
            by_key[value[0]]["date"] = value[1]
        case "event gone":
            p["events"] = [each for each in p["events"] if each.get("key") != value]
        case "event new" if value not in [each["date"] for each in p["events"]]:
            p["events"].append(event(value))
        case "owner share":
            p["owners"][0]["share_pct"] = value
        case "value":
            p["capacities"][0]["value"] = value
        case "unit":
            p["capacities"][0]["unit"] = value
        case "other name":
            p["other_names"] = list(dict.fromkeys([*p["other_names"], value]))
        case "source" if "s4" not in [each["id"] for each in p["sources"]]:
            p["sources"].append({"id": "s4", "url": f"https://example.org/{value}", "title": value})
        case "source gone":
            p["sources"] = [each for each in p["sources"] if each["id"] != value]
        case "point":
            changed["geometry"] = {"type": "Point", "coordinates": value}


MANY = st.lists(edits(), max_size=5)


@settings(max_examples=150)
@given(mine=MANY, other=MANY)
def test_nothing_that_either_changed_is_lost_silently(mine, other):
    """Each change of either edit stands in the whole, or its place (or what holds it) is named as a conflict."""
    ours, theirs = done(BASE, mine), done(BASE, other)
    merged = merge(BASE, ours, theirs)
    told = [conflict.pointer for conflict in merged.conflicts]
    whole = places(merged.feature)
    for side in (ours, theirs):
        for change in differences(BASE, side):
            named = any(change.pointer.startswith(each) or each.startswith(change.pointer) for each in told)
            assert named or is_in(change, whole, merged.feature), change


def is_in(change, whole, feature):
    p = feature["properties"]
    if change.pointer == "/properties/other_names":
        return {*change.after} <= {*p["other_names"]}
    if change.pointer.startswith("/properties/sources/") and change.after:
        return change.after["url"] in [source["url"] for source in p["sources"]]
    if change.pointer.removeprefix("/properties/") in CLAIMS:  # the claims were put into another order
        keys = [claim["key"] for claim in p[change.pointer.removeprefix("/properties/")]]
        return [key for key in keys if key in change.after] == [key for key in change.after if key in keys]
    if change.after is None:
        return not any(place == change.pointer or place.startswith(f"{change.pointer}/") for place in whole)
    if isinstance(change.after, dict) and change.pointer != "/geometry":
        return all(whole[f"{change.pointer}/{field}"] == said for field, said in change.after.items())
    return whole[change.pointer] == change.after


@settings(max_examples=150)
@given(mine=MANY, other=MANY)
def test_edits_of_different_places_go_together_and_are_a_record(mine, other):
    """In whichever order: without a conflict both ways say the same, whatever the order of what both added."""
    ours, theirs = done(BASE, mine), done(BASE, other)
    both, back = merge(BASE, ours, theirs), merge(BASE, theirs, ours)
    assert {c.pointer for c in both.conflicts} == {c.pointer for c in back.conflicts}
    touched = [{change.pointer for change in differences(BASE, side)} for side in (ours, theirs)]
    if both.conflicts:
        assert any(meet(one, other) for one in touched[0] for other in touched[1])
    else:
        stating(both.feature, stating(BASE))
        assert in_any_order(both.feature) == in_any_order(back.feature)


def meet(one, other):
    """Whether two places are one, or one holds the other, or they are a value and its unit."""
    measures = [place.rpartition("/") for place in (one, other)]
    is_amount = measures[0][0] == measures[1][0] and {measures[0][2], measures[1][2]} == {"value", "unit"}
    return is_amount or f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def in_any_order(feature):
    p = feature["properties"]
    said = {k: v for k, v in places(feature).items() if not k.startswith("/properties/sources/")}
    return {
        **said,
        "/properties/other_names": {*p["other_names"]},
        "texts": {source["title"] for source in p["sources"]},
    }


@settings(max_examples=100)
@given(mine=MANY)
def test_an_edit_with_itself_or_with_nothing_is_itself(mine):
    ours = done(BASE, mine)
    for theirs in (ours, BASE):
        merged = merge(BASE, ours, theirs)
        assert ([], ours) == (merged.conflicts, stating(merged.feature).to_feature())
    assert ours == stating(merge(BASE, BASE, ours).feature).to_feature()


@settings(max_examples=100)
@given(mine=MANY)
def test_differences_are_none_only_between_equals(mine):
    ours = done(BASE, mine)
    assert (ours == BASE) == (differences(BASE, ours) == [])


def conflicts(mine, other):
    return {c.pointer for c in merge(BASE, done(BASE, mine), done(BASE, other)).conflicts}


def test_true_conflicts_are_named_by_pointer():
    second = EVENTS[1]
    assert {"/properties/name"} == conflicts([("name", "A")], [("name", "B")])
    assert {f"/properties/events/{second}/summary"} == conflicts(
        [("event summary", (second, "A"))], [("event summary", (second, "B"))]
    )
    assert {f"/properties/events/{second}"} == conflicts([("event gone", second)], [("event summary", (second, "B"))])
    assert {"/geometry"} == conflicts([("point", [-65, -17])], [("point", [-66, -18])])


def test_an_amount_and_its_unit_are_one():
    """Twelve GWh beside MWh would be neither's claim."""
    key = BASE["properties"]["capacities"][0]["key"]
    place = f"/properties/capacities/{key}"
    assert {f"{place}/value", f"{place}/unit"} == conflicts([("value", 12)], [("unit", "MWh/y")])


def test_two_new_sources_under_one_id_are_two_and_cited_as_such():
    ours, theirs = done(BASE, [("source", "Ours")]), done(BASE, [("source", "Theirs"), ("event new", "2001")])
    theirs["properties"]["events"][-1]["sources"] = ["s4"]
    merged = merge(BASE, ours, theirs)
    titles = {source["id"]: source["title"] for source in merged.feature["properties"]["sources"]}
    assert ([], "Ours", "Theirs") == (merged.conflicts, titles["s4"], titles["s5"])
    assert ["s5"] == next(e for e in merged.feature["properties"]["events"] if e["date"] == "2001")["sources"]


def test_parts_that_both_moved_in_different_ways_are_a_conflict():
    def moved(*order):
        changed = copy.deepcopy(BASE)
        changed["properties"]["events"] = [BASE["properties"]["events"][n] for n in order]
        return changed

    merged = merge(BASE, moved(1, 0, 2, 3), moved(0, 1, 3, 2))
    assert ["/properties/events"] == [conflict.pointer for conflict in merged.conflicts]
    assert moved(1, 0, 2, 3) == stating(merge(BASE, moved(1, 0, 2, 3), BASE).feature).to_feature()
    assert [] == merge(BASE, moved(1, 0, 2, 3), done(BASE, [("name", "A")])).conflicts


def test_a_difference_says_what_was_and_what_is():
    found = differences(BASE, done(BASE, [("name", "A"), ("event gone", EVENTS[0])]))
    assert Difference("/properties/name", "Made-up plant", "A") in found
    assert (f"/properties/events/{EVENTS[0]}", None) in [(each.pointer, each.after) for each in found]


# Keys


def test_every_claim_has_a_key_and_keeps_it():
    project = stating(BASE)
    for name in CLAIMS:
        keys = [claim.key for claim in getattr(project.properties, name)]
        assert None not in keys
        assert len(set(keys)) == len(keys)
    again = stating(project.to_feature())
    assert again == project


def without_keys(feature):
    bare = copy.deepcopy(feature)
    for name in CLAIMS:
        for claim in bare["properties"].get(name, []):
            claim.pop("key")
    return bare


def test_the_same_claims_get_the_same_keys_wherever_they_come_in():
    assert BASE == stating(without_keys(BASE)).to_feature()
    twice = made_up(events=[event("2020"), event("2020"), event("2020")])
    keys = [claim.key for claim in twice.properties.events]
    assert keys == [keys[0], f"{keys[0]}-2", f"{keys[0]}-3"]


def test_a_claim_that_is_changed_without_its_key_keeps_it():
    """By what tells its kind apart: an event's date and type, a party's name, a capacity's product."""
    changed = without_keys(BASE)
    p = changed["properties"]
    p["events"][1]["summary"] = "Said better."
    p["owners"][0]["share_pct"] = 50
    p["capacities"][1]["value"] = 11
    p["events"].insert(0, event("2010"))
    kept = stating(changed, stating(BASE)).to_feature()["properties"]
    for name in ("owners", "capacities"):
        assert [each["key"] for each in BASE["properties"][name]] == [each["key"] for each in kept[name]]
    assert EVENTS == [each["key"] for each in kept["events"][1:]]
    assert kept["events"][0]["key"] not in EVENTS


def test_where_there_is_a_choice_a_claim_is_a_new_one():
    twins = made_up(events=[event("2020", "One."), event("2020", "Two.")])
    changed = without_keys(twins.to_feature())
    changed["properties"]["events"] = [event("2020", "Three.")]
    [kept] = stating(changed, twins).properties.events
    assert kept.key not in [claim.key for claim in twins.properties.events]


# Patches


def test_a_patch_names_claims_by_their_keys():
    patch = {
        "properties": {
            "events": {EVENTS[0]: {"summary": "Said better."}, EVENTS[1]: None, "mine": event("2026")},
            "sources": {"s2": {"title": "Better"}, "s3": None},
        }
    }
    p = patched(BASE, patch)["properties"]
    assert [EVENTS[0], EVENTS[2], EVENTS[3], "mine"] == [each["key"] for each in p["events"]]
    assert "Said better." == p["events"][0]["summary"]
    assert [("s1", "Text 1"), ("s2", "Better")] == [(each["id"], each["title"]) for each in p["sources"]]
    assert BASE["properties"]["owners"] == p["owners"]
    stating({**BASE, "properties": p})


@pytest.mark.parametrize(
    ("patch", "pointer", "rule"),
    [
        ({"events": {EVENTS[0]: {"key": "other"}}}, f"/properties/events/{EVENTS[0]}/key", "key-changed"),
        ({"sources": {"s1": {"id": "s9"}}}, "/properties/sources/s1/id", "key-changed"),
        ({"events": {"typo": {"date": "2020"}}}, "/properties/events/typo", "no-such-part"),
        ({"events": {"typo": None}}, "/properties/events/typo", "no-such-part"),
        ({"sources": {"s9": {"publisher": "P"}}}, "/properties/sources/s9", "no-such-part"),
    ],
)
def test_a_patch_of_a_part_that_there_is_not_is_refused_where_it_names_it(patch, pointer, rule):
    with pytest.raises(InvalidRecord) as refused:
        patched(BASE, {"properties": patch})
    assert [(pointer, rule)] == [(each.pointer, each.rule) for each in refused.value.faults]


@pytest.mark.parametrize("key", [{}, [], ["a"], 5, "", "A b", "x" * 41, "é"])
def test_a_key_that_is_none_is_refused(key):
    with pytest.raises(InvalidRecord) as refused:
        stating(made_up_feature(events=[event("2020", key=key)]), stating(BASE))
    assert ["/properties/events/0/key"] == [each.pointer for each in refused.value.faults]


def test_claims_whose_dates_all_moved_keep_their_own_keys():
    before = made_up(events=[event("2024", "One."), event("2025", "Two.")])
    keys = [claim.key for claim in before.properties.events]
    changed = made_up_feature(events=[event("2025", "One."), event("2026", "Two.")])
    assert keys == [claim.key for claim in stating(changed, before).properties.events]


@pytest.mark.parametrize("patch", [{"events": {"new": 5}}, {"events": {"New Key": event("2026")}}, {"events": 5}])
def test_a_patch_that_makes_no_record_is_refused(patch):
    with pytest.raises(InvalidRecord) as refused:
        stating(patched(BASE, {"properties": patch}), stating(BASE))
    assert all(each.pointer.startswith("/properties/events") for each in refused.value.faults)


# Ids and links


@pytest.mark.parametrize(
    ("properties", "first"),
    [
        ({"country": "BO", "name": "Planta Ñandú №1"}, "bo-planta-nandu-no1"),
        ({"country": "BO", "name": "!?"}, "bo-project"),
        ({}, "xx-project"),
        ({"country": "BO", "name": "x" * 300}, "bo-" + "x" * 77),
        ({"country": 5, "name": ["a"]}, "xx-project"),
    ],
)
def test_an_id_is_proposed_from_country_and_name(properties, first):
    found = list(proposed_ids(properties))
    assert first == found[0]
    assert len(set(found)) == len(found) == 8
    assert all(len(each) <= 100 for each in found)


def test_a_link_that_an_edit_adds_leads_to_a_record_that_is_there():
    linked = stating(made_up_feature(links=[{"type": "supplies", "project": "bo-nowhere", "sources": ["s1"]}]))
    [found] = broken_links(linked, None, {"bo-other"}.__contains__)
    assert ("bo-made-up", "/properties/links/0/project") == (found.record, found.pointer)
    assert [] == broken_links(linked, None, {"bo-nowhere"}.__contains__)
    assert [] == broken_links(linked, linked, set().__contains__), "whose end was deleted since"
