"""What a record's page derives for the eye, and that its words and addresses are safe."""

import datetime as dt
import json
import re
import urllib.parse

import pytest
from conftest import client_of
from hypothesis import given
from hypothesis import strategies as st
from made_up import made_up

from api.settings import Settings
from geo.countries import country_names
from geo.curated.organisations import Organisation, Organisations, Parent
from geo.editing import Edit
from geo.records.history import History
from web import pages
from web.assets import templates_folder
from web.language import ENGLISH, texts
from web.record.claims import differing_capacities, differing_resources, differing_shares, foremost, headline
from web.record.correction import correction_address
from web.record.holders import holders
from web.record.hosts import host_of
from web.record.locator import SIDE, locator
from web.record.shown import Citations
from web.record.timeline import MOST_TICKS, timeline
from web.site import Site

STORES = ("geopackage",)  # a record is shown the same from every store

TODAY = dt.date(2026, 11, 26)
CITES = {"sources": ["s1"]}


def stage(date, status, **more):
    return {"date": date, "type": "status", "status": status, "summary": "Said so.", **CITES, **more}


def line(*events, sources=None):
    stated = {"sources": sources} if sources else {}
    return timeline(History(made_up(events=list(events), **stated).properties), TODAY)


# Stages on a line of years


def test_stages_follow_each_other_and_the_last_one_lasts_until_today():
    found = line(stage("2020", "announced"), stage("2022-07", "construction"), stage("2024-01-01", "operating"))
    assert [("announced", "planned"), ("construction", "building"), ("operating", "operating")] == [
        (each.status, each.group) for each in found.stages
    ]
    for one, other in zip(found.stages, found.stages[1:], strict=False):
        assert one.at + one.width == pytest.approx(other.at, abs=0.02)
    assert found.stages[-1].at + found.stages[-1].width == pytest.approx(found.today, abs=0.02)
    assert 0 == found.stages[0].at
    assert ["planned", "building", "operating"] == found.groups


def test_a_lagging_database_draws_no_stage():
    lagging = [stage(f"202{year}", status, type="snapshot") for year, status in ((1, "construction"), (2, "operating"))]
    found = line(stage("2020", "operating"), *lagging)
    assert ["operating"] == [each.status for each in found.stages]


def test_a_start_that_slips_is_told_by_the_first_plan_and_the_last():
    sources = [
        {"id": "s1", "url": "https://example.org/1", "title": "A text", "published": "2022-01"},
        {"id": "s2", "url": "https://example.org/2", "title": "A later text", "published": "2025-01"},
    ]
    plans = [stage("2024", "operating", expected=True), stage("2027", "operating", expected=True, sources=["s2"])]
    found = line(stage("2022", "announced"), *plans, sources=sources)
    assert ("2024", "2027") == (found.first_planned, found.planned)
    assert ["2024", "2027"] == [plan.date for plan in found.plans]
    assert found.plans[0].at < found.today < found.plans[1].at
    assert line(stage("2022", "announced"), plans[0]).first_planned is None


def test_a_plan_alone_is_a_line_and_nothing_at_all_is_none():
    assert [] == line(stage("2030", "operating", expected=True)).stages
    assert line({"date": "2020", "type": "other", "summary": "A word.", **CITES}) is None


@given(st.lists(st.dates(dt.date(1900, 1, 1), TODAY), min_size=1, max_size=8), st.integers(1950, 2100))
def test_everything_lies_within_the_line(days, planned):
    events = [stage(day.isoformat(), "construction" if n % 2 else "paused") for n, day in enumerate(sorted(days))]
    found = line(*events, stage(str(planned), "operating", expected=True))
    marks = [found.today, *(mark.at for mark in (*found.stages, *found.others, *found.plans, *found.ticks))]
    assert all(0 <= at <= 100 for at in marks)
    assert all(0 <= each.width <= 100 - each.at + 0.02 for each in found.stages)
    assert 1 <= len(found.ticks) <= MOST_TICKS


# Claims that differ


def capacity(value, **more):
    return {"product": "cells", "value": value, "unit": "GWh/y", "basis": "planned", "qualifier": "exact", **more}


@pytest.mark.parametrize(
    ("claims", "differ"),
    [
        ([capacity(10), capacity(12)], True),
        ([capacity(10), capacity(10.0000000001)], False),
        ([capacity(10), capacity(10_000, unit="MWh/y")], False),
        ([capacity(10), capacity(12, basis="actual")], False),
        ([capacity(10), capacity(12, product="packs")], False),
        ([capacity(10), capacity(12, scope="group")], False),
        ([capacity(10, qualifier="about"), capacity(10.5)], False),
        ([capacity(10, qualifier="at_least"), capacity(40)], False),
        ([capacity(10, qualifier="at_most"), capacity(40)], True),
        ([capacity(10, scope="phase", note="phase 1"), capacity(12, scope="phase", note="phase 2")], False),
        ([capacity(10, scope="phase", note="Phase  1"), capacity(12, scope="phase", note="phase 1")], True),
        ([capacity(10)], False),
    ],
)
def test_capacities_differ_where_they_cannot_all_be_right(claims, differ):
    assert ([claims] if differ else []) == differing_capacities(claims)


def test_shares_and_resources_differ_by_party_and_by_category():
    hydro = {"name": "Hydro", "role": "owner", "share_pct": 72}
    assert [[hydro, {**hydro, "share_pct": 60}]] == differing_shares([hydro, {**hydro, "share_pct": 60}])
    assert [] == differing_shares([hydro, {**hydro, "share_pct": 100, "pending": True}, {**hydro, "name": "Other"}])
    total = {"category": "resource_total", "substance": "li", "tonnes": 21_000_000}
    assert 1 == len(differing_resources([total, {**total, "tonnes": 10_206_500}]))
    assert [] == differing_resources([total, {**total, "category": "inferred", "tonnes": 1}])


def test_what_stands_for_a_record_at_a_glance():
    planned, built = capacity(40, as_of="2026"), capacity(10, basis="actual", as_of="2024")
    assert [built] == headline([planned, built], "operating")
    assert [planned] == headline([planned, built], "construction")
    part, whole = capacity(90, scope="phase"), capacity(40)
    assert [whole] == headline([part, whole], "announced")
    power, energy = (capacity(n, product="storage", unit=unit) for n, unit in ((100, "MW"), (200, "MWh")))
    assert {"MW", "MWh"} == {each["unit"] for each in headline([power, energy], "operating")}
    assert [] == headline([], "operating")
    owners = [{"name": "A", "role": "owner", "share_pct": 60}, {"name": "B", "role": "operator"}]
    assert "B" == foremost(owners)["name"]
    assert "A" == foremost(owners[:1])["name"]
    assert foremost([]) is None


def test_no_float_noise_is_shown():
    assert "10.20652" == ENGLISH.number(10.206519999999999)
    assert "0.3" == ENGLISH.number(0.1 + 0.2)


# Hosts, sources, holders


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.example.org/a", "example.org"),
        ("https://xn--mnchen-3ya.de/", "münchen.de"),
        ("https://xn--h1alffa9f.xn--p1ai/", "xn--h1alffa9f.xn--p1ai"),
        ("https://россия.рф/", "xn--h1alffa9f.xn--p1ai"),
        ("https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com"),  # Cyrillic letters that look like apple.com
        ("https://аррlе.com/", "xn--l-7sbq6ba.com"),
        ("https://ドメイン名例.jp", "xn--eckwd4c7cu47r2wf.jp"),
        ("https://łódź.pl/", "łódź.pl"),
        ("https://\u0261oogle.com/", "xn--oogle-qmc.com"),  # U+0261, a Latin letter that looks like g
        ("https://w\u0131kipedia.org/", "xn--wkipedia-tkb.org"),  # the dotless i of Turkish
        ("https://user:word@example.org:8080/", "example.org"),
        ("javascript:alert(1)", ""),
        (None, ""),
    ],
)
def test_the_host_of_a_source_is_named_as_it_is(address, host):
    assert host == host_of(address)


@given(st.text(max_size=40))
def test_any_text_has_a_host_or_none(text):
    assert isinstance(host_of(f"https://{text}"), str)


def test_values_that_name_the_same_sources_share_what_is_shown_of_them():
    cites = Citations({f"s{n}": {"id": f"s{n}", "number": n} for n in (1, 2, 10)})
    assert "2-10" == cites(["s10", "s2"]) == cites(["s2", "s10", "s2", "gone"])
    assert "1" == cites(["s1"])
    assert cites(None) is None
    assert ["2-10", "1"] == list(cites.used)


def test_a_party_is_held_up_to_the_top_and_a_circle_ends():
    link = "https://example.org"
    names = {"a": ["b"], "b": ["c"], "c": ["a"]}
    chain = Organisations(
        Organisation(
            id=each, name=each.upper(), type="company", parents=[Parent(organisation=up, source=link) for up in above]
        )
        for each, above in names.items()
    )
    [first] = holders(chain, "a")
    assert ("B", ["C"], []) == (first.name, [h.name for h in first.holders], first.holders[0].holders)
    assert [] == holders(chain, "nobody")


# The locator map


@pytest.mark.parametrize("accuracy", ["site", "region", "country", "undisclosed"])
def test_the_locator_marks_no_more_than_is_known(accuracy):
    placed = accuracy in ("site", "region")
    geometry = {"type": "Point", "coordinates": [-67.6, -20.2]} if placed else None
    found = locator("BO", {"location_accuracy": accuracy, "location_radius_km": 73}, geometry)
    expected = {"site": "point", "region": "ring", "country": "country", "undisclosed": "none"}
    assert expected[accuracy] == found.mark
    assert placed == (found.x > 0)


@pytest.mark.parametrize("country", country_names())
def test_every_country_is_drawn_within_its_picture(country):
    found = locator(country, {"location_accuracy": "country"}, None)
    if found is None:
        return
    assert re.fullmatch(r"(M(\d+\.\d \d+\.\dL?)+Z)+", found.path)
    numbers = [float(n) for n in re.findall(r"[\d.]+", found.path)]
    assert max(numbers[::2]) <= found.width <= SIDE + 0.1
    assert max(numbers[1::2]) <= found.height <= SIDE + 0.1


def test_a_place_beyond_the_antimeridian_stands_beside_its_country():
    far_east = {"type": "Point", "coordinates": [-172.0, 66.0]}
    found = locator("RU", {"location_accuracy": "site"}, far_east)
    assert 0.9 * found.width < found.x <= found.width


# A correction


def test_a_message_to_the_operator_has_no_header_but_its_subject():
    hostile = "Plant\r\nBcc: all@example.org\u2028x&body=y?cc=z"
    address = correction_address("mailto:desk@example.org", hostile, [hostile, "second"])
    assert re.fullmatch(r"mailto:desk@example\.org\?subject=[\w.%~-]*&body=[\w.%~-]*", address)
    asked = urllib.parse.parse_qs(address.partition("?")[2])
    assert {"subject", "body"} == set(asked)
    assert "\n" not in asked["subject"][0]
    assert 2 == len(asked["body"][0].split("\r\n"))


def test_a_page_of_the_operator_is_opened_as_it_is_and_none_is_none():
    assert "https://example.org/wrong?a=1" == correction_address("https://example.org/wrong?a=1", "x", ["y"])
    assert correction_address(None, "x", ["y"]) is None


# Pages


def page_of(store, project, path="", **settings):
    store.write([Edit(project.id, project, None, "test")])
    return client_of(store, Settings(**settings)).get(f"/projects/{project.id}{path}").text


@pytest.mark.parametrize("path", ["", "?part=body"])
def test_a_correction_is_offered_on_every_record(store, path):
    html = page_of(store, made_up(name='Plant "A" & B'), path)
    assert 'href="/projects/bo-made-up/correct"' in html
    assert "Suggest a correction" in html


def test_the_form_of_a_correction_carries_the_record_and_names_whom_to_write_to(store):
    hostile = "</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"
    html = page_of(store, made_up(name=hostile), "/correct", contact="mailto:desk@example.org")
    assert "<img" not in html
    [carried] = re.findall(r'<script type="application/json" id="record">(.*?)</script>', html)
    record = json.loads(carried)
    assert (1, hostile) == (record["revision"], record["feature"]["properties"]["name"])
    assert 'href="mailto:desk@example.org?subject=Correction%3A%20' in html
    assert 'data-open="false"' in html


def test_a_record_that_is_gone_is_not_corrected(api):
    api.store.write([Edit("bo-acisa-battery", None, 1, "test", successor="bo-rosatom-battery-factory")])
    moved = api.client.get("/projects/bo-acisa-battery/correct", follow_redirects=False)
    assert (301, True) == (moved.status_code, moved.headers["location"].endswith("/bo-rosatom-battery-factory/correct"))
    assert 404 == api.client.get("/projects/bo-nothing/correct").status_code


def test_a_long_record_folds_what_is_old_and_further_sources(store):
    sources = [{"id": f"s{n}", "url": f"https://example.org/{n}", "title": f"Text {n}"} for n in range(1, 201)]
    events = [
        {"date": f"{1820 + n}", "type": "other", "summary": f"Thing {n}.", "sources": [f"s{n}"]} for n in range(1, 201)
    ]
    html = page_of(store, made_up(sources=sources, location_sources=["s1"], events=events))
    assert "Show 188 earlier events" in html
    assert "Show 188 more sources" in html
    unfolded = re.sub(r"(?s)<details class=\"fold\">.*?</details>", "", html)
    assert "Thing 200." in unfolded
    assert "Thing 1." not in unfolded


def test_claims_that_differ_stand_side_by_side_with_who_says_them(store):
    sources = [
        {"id": f"s{n}", "url": f"https://{name}.example/", "title": "T", "publisher": name, "published": f"202{n}"}
        for n, name in enumerate(("First", "Second"), start=1)
    ]
    claims = [capacity(n, sources=[source]) for n, source in ((10, "s1"), (15, "s2"))]
    html = page_of(store, made_up(sources=sources, capacities=claims))
    [table] = re.findall(r'(?s)<div class="differ">.*?</div>', html)
    assert all(word in table for word in ("The sources differ.", "10\u00a0GWh/y", "15\u00a0GWh/y", "First", "Second"))
    assert "2021" in table


def test_areas_are_told_as_far_as_the_place_is_known():
    project = made_up()
    feature = project.to_feature()
    feature["properties"] = {**feature["properties"], **project.derived()}
    areas = [
        {"layer": "Parks", "name": name, "relation": relation, "distance_km": 4, "credit": "WDPA"}
        for name, relation in (("A", "in"), ("B", "may_be_in"), ("C", "near"))
    ]
    html = pages.record_page(Site(), {"feature": feature, "areas": areas})
    for words in ("Lies in A", "May lie in B", "Near C (4 km)", "Parks. WDPA"):
        assert words in html


def test_every_text_of_the_record_is_used():
    templates = "".join(file.read_text() for file in templates_folder().glob("*.html"))
    web = templates_folder().parent
    files = [*(web / "record").glob("*.py"), web / "words.py", *(web / "static" / "record").glob("*.js")]
    code = "".join(file.read_text() for file in files)
    keys = [key for key in texts("en") if key.startswith("record.")]
    made = ("record.locator_", "record.start_", "record.operating_by", "record.about", "record.at_least")
    made += ("record.at_most", "record.back_", "record.place_", "record.unplaced_", "record.missing_")
    assert [] == [key for key in keys if f'"{key}"' not in templates + code and not key.startswith(made)]
