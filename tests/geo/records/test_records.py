"""A record: what is right, what is wrong and how that is said, and what follows from it."""

import contextlib
import copy
import datetime as dt
import itertools
from urllib.parse import urlsplit

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import made_up, made_up_feature, made_up_features

from geo import boundaries
from geo.curated.files import read_projects
from geo.errors import InvalidRecord
from geo.messages import told
from geo.paths import data_folder
from geo.records import fields
from geo.records.parts import CLAIMS, Properties
from geo.records.project import Project

TODAY = dt.date(2026, 11, 22)


def faults(feature):
    with pytest.raises(InvalidRecord) as refused:
        Project.from_feature(feature, today=TODAY)
    return {each.pointer: each for each in refused.value.faults}


def event(date, status=None, **more):
    return {
        "date": date,
        "type": "status" if status else "other",
        **({"status": status} if status else {}),
        "summary": "So it was.",
        "sources": ["s1"],
        **more,
    }


def test_a_feature_comes_back_as_it_went_in():
    for feature in made_up_features(200):
        stated = {k: v for k, v in feature["properties"].items() if v not in (None, [])}
        project = Project.from_feature(feature)
        expected = {**feature, "geometry": project.geometry, "properties": stated}

        assert expected == without_keys({**project.to_feature(), "properties": {**stated, **project.stated()}})
        assert project == Project.from_feature(project.to_feature())
        assert project == Project.from_stored(orjson.loads(orjson.dumps(project.to_feature())))


def without_keys(feature):
    """As it was before its claims got keys."""
    properties = {
        name: [{k: v for k, v in claim.items() if k != "key"} for claim in value] if name in CLAIMS else value
        for name, value in feature["properties"].items()
    }
    return {**feature, "properties": properties}


def kept_form(feature):
    return orjson.loads(orjson.dumps(Project.from_feature(feature).to_feature()))


def assert_kept_as_checked(feature):
    kept, checked = Project.from_stored(feature), Properties.model_validate(feature["properties"])
    assert checked == kept.properties
    assert checked.model_dump() == kept.properties.model_dump()
    assert checked.model_fields_set == kept.properties.model_fields_set
    assert [event.model_fields_set for event in checked.events] == [e.model_fields_set for e in kept.properties.events]
    assert orjson.dumps(feature) == orjson.dumps(kept.to_feature())
    assert orjson.dumps(feature) == orjson.dumps(Project(kept.id, checked, kept.geometry).to_feature())


@pytest.mark.slow
def test_what_a_store_kept_is_what_checking_it_again_would_give():
    for feature in made_up_features(200):
        assert_kept_as_checked(kept_form(feature))
    for project in read_projects(data_folder() / "projects"):
        assert_kept_as_checked(orjson.loads(orjson.dumps(project.to_feature())))


TEXTS = st.text("abc ñ宁", min_size=1, max_size=8).filter(lambda text: text == text.strip())
CITED = {"sources": st.just(["s1"])}
PARTS = {
    "other_names": st.lists(TEXTS, max_size=2),
    "owners": st.lists(
        st.fixed_dictionaries(
            {"name": TEXTS, "role": st.sampled_from(["owner", "operator"]), **CITED},
            optional={"share_pct": st.floats(0.5, 100) | st.integers(1, 100), "pending": st.booleans()},
        ),
        max_size=3,
    ),
    "investment": st.lists(
        st.fixed_dictionaries(
            {"amount": st.floats(1, 1e9), "currency": st.just("EUR"), **CITED},
            optional={"purpose": st.none() | TEXTS, "qualifier": st.sampled_from(["unknown", "about"])},
        ),
        max_size=2,
    ),
    "external_ids": st.lists(st.builds(dict, dataset=st.just("busch"), id=TEXTS), max_size=2),
    "checked": st.none(),
    "region": st.none() | TEXTS,
}


@given(st.fixed_dictionaries({}, optional=PARTS))
def test_whatever_a_record_states_a_store_keeps_it(stated):
    assert_kept_as_checked(kept_form(made_up_feature(**stated)))


def test_the_claims_of_an_older_store_get_the_keys_that_a_file_s_would():
    project = made_up(events=[event("2024"), event("2024")])
    older = Project.from_stored(without_keys(project.to_feature()))
    assert project == older
    assert project.to_feature() == older.to_feature()


def test_a_store_of_another_release_is_not_half_understood():
    feature = made_up().to_feature()
    feature["properties"] |= {"unheard_of": 1}
    with pytest.raises(ValueError, match="unheard_of"):
        Project.from_stored(feature)


def test_what_a_record_states_can_be_put_together_anew_without_changing_it():
    project = made_up()
    project.stated()["name"] = "other"
    project.to_feature()["properties"].clear()
    assert "Made-up plant" == project.stated()["name"] == project.to_feature()["properties"]["name"]


@given(st.from_regex(fields._USUAL_URL, fullmatch=True))
def test_an_address_that_is_taken_at_a_glance_would_be_taken_anyway(address):
    assert address == fields._url(address) == fields._unusual_url(address)


WRONG = [
    ({"name": ""}, "/properties/name"),
    ({"name": "x" * 201}, "/properties/name"),
    ({"name": " blank"}, "/properties/name"),
    ({"name": "a\u202eb"}, "/properties/name"),
    ({"name": "a\x00b"}, "/properties/name"),
    ({"name": "two\nlines"}, "/properties/name"),
    ({"name": 5}, "/properties/name"),
    ({"name": "!?"}, "/properties/name"),
    ({"name": "\u200b"}, "/properties/name"),
    ({"kind": "volcano"}, "/properties/kind"),
    ({"country": "bo"}, "/properties/country"),
    ({"country": "ZZ"}, "/properties/country"),
    ({"unheard_of": 1}, "/properties/unheard_of"),
    ({"other_names": ["x"] * 31}, "/properties/other_names"),
    ({"sources": []}, "/properties/sources"),
    ({"location_radius_km": 0}, "/properties/location_radius_km"),
    ({"location_radius_km": "5"}, "/properties/location_radius_km"),
    ({"location_sources": []}, "/properties/location_sources"),
    ({"location_sources": ["s9"]}, "/properties/location_sources/0"),
    ({"location_accuracy": "region"}, "/properties/location_radius_km"),
    ({"location_accuracy": "country"}, "/geometry"),
    ({"location_accuracy": "undisclosed"}, "/geometry"),
    ({"geometry": None}, "/geometry"),
    ({"geometry": {"type": "Point", "coordinates": [200, 0]}}, "/geometry/coordinates"),
    ({"geometry": {"type": "Point", "coordinates": [0, 91]}}, "/geometry/coordinates"),
    ({"geometry": {"type": "Point", "coordinates": [0, 1, 2]}}, "/geometry/coordinates"),
    ({"geometry": {"type": "Point", "coordinates": ["0", 1]}}, "/geometry/coordinates"),
    ({"geometry": {"type": "Point", "coordinates": [float("nan"), 1]}}, "/geometry/coordinates"),
    ({"geometry": {"type": "Point"}}, "/geometry/coordinates"),
    ({"geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}}, "/geometry"),
    ({"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1]]]}}, "/geometry/coordinates"),
    (
        {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}},
        "/geometry/coordinates",
    ),
    ({"geometry": {"type": "Polygon", "coordinates": [[[0, 0]] * 6000]}}, "/geometry/coordinates"),
    ({"events": [event("2024-13")]}, "/properties/events/0/date"),
    ({"events": [event("2023-02-29")]}, "/properties/events/0/date"),
    ({"events": [event("24")]}, "/properties/events/0/date"),
    ({"events": [event("2027")]}, "/properties/events/0/date"),
    ({"events": [event("2024", type="status")]}, "/properties/events/0/status"),
    ({"events": [event("2024", sources=[])]}, "/properties/events/0/sources"),
    ({"events": [event("2024", sources=["nobody"])]}, "/properties/events/0/sources/0"),
    ({"events": [event("2024")] * 201}, "/properties/events"),
    (
        {"owners": [{"name": "A", "role": "owner", "share_pct": 101, "sources": ["s1"]}]},
        "/properties/owners/0/share_pct",
    ),
    ({"owners": [{"name": "A", "role": "owner", "share_pct": 50}]}, "/properties/owners/0/sources"),
    ({"links": [{"type": "supplies", "project": "bo-made-up", "sources": ["s1"]}]}, "/properties/links/0/project"),
    ({"resource": [{"category": "inferred", "substance": "li", "sources": ["s1"]}]}, "/properties/resource/0/tonnes"),
]


@pytest.mark.parametrize(("change", "pointer"), WRONG)
def test_a_fault_is_named_by_its_pointer(change, pointer):
    assert pointer in faults(made_up_feature(**change))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org",
        "//example.org",
        "http://",
        "https://user:secret@example.org/",
        "https://example.org/a b",
        'https://example.org/"onmouseover="x',
        "https://example.org:port/",
        "JaVaScRiPt://example.org/%0aalert(1)",
        "https://" + "x" * 2000,
    ],
)
def test_only_plain_http_addresses_are_sources(url):
    found = faults(made_up_feature(sources=[{"id": "s1", "url": url, "title": "T"}]))
    assert "/properties/sources/0/url" in found


OTHER_HOSTS = [
    ("http://localhost/", "url-host-private"),
    ("http://LOCALHOST:8000/", "url-host-private"),
    ("http://intranet/page", "url-host-private"),
    ("https://desk.local/a", "url-host-private"),
    ("https://desk.LOCAL./a", "url-host-private"),
    ("https://wiki.corp.internal/", "url-host-private"),
    ("http://router.home.arpa/", "url-host-private"),
    ("http://127.0.0.1/", "url-host-private"),
    ("http://10.1.2.3/a", "url-host-private"),
    ("http://172.16.0.1/", "url-host-private"),
    ("http://192.168.1.1:8080/", "url-host-private"),
    ("http://169.254.169.254/latest/meta-data/", "url-host-private"),
    ("http://100.64.0.1/", "url-host-private"),
    ("http://0.0.0.0/", "url-host-private"),
    ("http://224.0.0.1/", "url-host-private"),
    ("http://[::1]/", "url-host-private"),
    ("http://[fe80::1]/", "url-host-private"),
    ("http://[fd00::1]/", "url-host-private"),
    ("http://[::ffff:127.0.0.1]/", "url-host-private"),
    ("http://[::127.0.0.1]/", "url-host-private"),
    ("http://[::8.8.8.8]/", "url-host-private"),
    ("http://[::ffff:0:127.0.0.1]/", "url-host-private"),
    ("http://[64:ff9b::a00:1]/", "url-host-private"),
    ("http://[2002:a00:1::]/", "url-host-private"),
    ("http://[fec0::1]/", "url-host-private"),
    ("http://2130706433/", "url-host-form"),
    ("http://0x7f000001/", "url-host-form"),
    ("http://0x7f.0.0.1/", "url-host-form"),
    ("http://127.1/", "url-host-form"),
    ("http://0177.0.0.1/", "url-host-form"),
    ("http://%31%32%37.0.0.1/", "url-host-form"),
    ("http://１２７.0.0.1/", "url-host-form"),
    ("http://ｌocalhost/", "url-host-form"),
    ("https://example。org/", "url-host-form"),
    ("https://exam\u00adple.org/", "url-host-form"),
    ("https://a..org/", "url-host-form"),
    ("https://-a.org/", "url-host-form"),
    ("https://rеuters.com/", "url-host-look-alike"),
    ("https://xn--ruters-3of.com/", "url-host-look-alike"),
    ("https://www.xn--ruters-3of.com/", "url-host-look-alike"),
    ("https://gοοgle.com/", "url-host-look-alike"),
    ("https://go\u09e6gle.com/", "url-host-look-alike"),
    ("https://g\u0e50\u0e50gle.com/", "url-host-look-alike"),
    ("https://ex\u0332ample.com/", "url-host-look-alike"),
    ("https://1\u0332.com/", "url-host-look-alike"),
    ("https://1\ufe0f.com/", "url-host-look-alike"),
    ("https://goo\u1160gle.com/", "url-host-form"),
    ("https://example\u2460.com/", "url-host-form"),
    ("https://reuters.com@evil.example/", "url-user"),
]


@pytest.mark.parametrize(("url", "rule"), OTHER_HOSTS)
@pytest.mark.parametrize("field", ["url", "archived_url", "read_at"])
def test_a_source_leads_to_a_host_of_the_internet_that_is_what_it_seems(field, url, rule):
    stated = {"id": "s1", "url": "https://example.org/a", "title": "T", field: url}
    assert rule == faults(made_up_feature(sources=[stated]))[f"/properties/sources/0/{field}"].rule


@pytest.mark.parametrize(
    "url",
    [
        "https://www.poscoenc.com:446/en/",
        "http://65.21.53.201/gazdasag",
        "http://[2606:4700::1111]/",
        "http://[::ffff:8.8.8.8]/",
        "http://[64:ff9b::808:808]/",
        "http://[2002:808:808::1]/",
        "https://佐々木.jp/",
        "https://थाईलैंड.भारत/",
        "https://münchen.de/",
        "https://straße.de/",
        "https://xn--mnchen-3ya.de/",
        "https://россия.рф/",
        "https://ドメイン名例.jp/",
        "https://toyota企業.jp/",
        "https://my_page.example.org/",
        "HTTPS://EXAMPLE.ORG/",
        "https://example.org./",
    ],
)
def test_any_other_host_may_be_a_source(url):
    Project.from_feature(made_up_feature(sources=[{"id": "s1", "url": url, "title": "T"}]))


LABELS = st.text(max_size=8) | st.text("abcxn-0123456789", max_size=12).map("xn--{}".format)


@settings(max_examples=150)
@given(st.lists(LABELS, min_size=1, max_size=4).map(".".join))
def test_any_address_is_a_source_or_a_fault(host):
    url = f"https://{host}/a"
    with contextlib.suppress(InvalidRecord):
        Project.from_feature(made_up_feature(sources=[{"id": "s1", "url": url, "title": "T"}]))
        assert "." in urlsplit(url).hostname


def test_all_faults_come_at_once_each_with_what_would_be_right():
    feature = made_up_feature("NOT A SLUG", kind="x", country="xx", name="", events=[event("2030", "sleeping")])
    found = faults(feature)

    expected = {
        *("/id", "/properties/kind", "/properties/country", "/properties/name"),
        *("/properties/events/0/status", "/properties/events/0/date"),
    }
    assert expected == set(found)
    assert all(all(told(fault)) for fault in found.values())


@pytest.mark.parametrize("rubbish", [None, 5, "x", [], {}, {"type": "Feature"}, {"type": "Feature", "properties": []}])
def test_what_is_no_feature_is_refused(rubbish):
    assert faults(rubbish)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=150)
@given(
    field=st.sampled_from(sorted({*made_up_feature()["properties"], "owners", "capacities", "links", "resource"})),
    value=JSON,
)
def test_no_rubbish_breaks_the_validator(field, value):
    """Whatever a stranger sends is either a record or a list of faults, never another error."""
    feature = made_up_feature()
    feature["properties"][field] = value
    with contextlib.suppress(InvalidRecord):
        Project.from_feature(feature)


@settings(max_examples=200)
@given(JSON)
def test_no_geometry_breaks_the_validator(value):
    with contextlib.suppress(InvalidRecord):
        Project.from_feature(made_up_feature(geometry=value))


def test_a_country_level_record_is_the_country_s_area_and_never_a_point():
    project = made_up(location_accuracy="country", geometry=None)
    shape = boundaries.country_shapes()["BO"]

    assert project.geometry["type"] in ("Polygon", "MultiPolygon")
    outline = boundaries.outline("BO")
    assert outline == project.geometry
    assert abs(1 - _area(project.geometry) / shape.area) < 0.02


def _area(geometry):
    import shapely.geometry

    return shapely.geometry.shape(geometry).area


def test_coordinates_keep_seven_decimals_and_rings_run_counterclockwise():
    clockwise = [[0.123456789, 0], [0, 1], [1, 1], [0.123456789, 0]]
    project = made_up(geometry={"type": "Polygon", "coordinates": [clockwise]})

    ring = project.geometry["coordinates"][0]
    assert [0.1234568, 0.0] in ring
    assert sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in itertools.pairwise(ring)) < 0


def test_the_status_is_that_of_the_last_event_that_happened():
    project = made_up(
        events=[
            event("2025", "operating"),
            event("2020-05", "construction"),
            event("2030", "closed", expected=True),
            event("2026-01-01"),
        ]
    )

    derived = project.derived()
    assert ("operating", "2025", "operating") == (derived["status"], derived["status_date"], derived["status_group"])
    assert ("2020-05", "2026-01-01") == (derived["first_date"], derived["last_date"])


def test_a_status_that_is_confirmed_keeps_its_first_date():
    project = made_up(
        events=[
            event("2019", "operating"),
            event("2021", "paused"),
            event("2022", "operating"),
            event("2025", "operating"),
        ]
    )
    assert "2022" == project.derived()["status_date"]


def test_the_status_as_of_a_day_knows_nothing_later():
    project = made_up(events=[event("2020", "study"), event("2024-03-26", "construction")])
    as_of = {
        day: project.derived(as_of=dt.date.fromisoformat(day))["status"]
        for day in ("2019-12-31", "2020-01-01", "2024-03-25", "2024-03-26")
    }
    assert {
        "2019-12-31": "unknown",
        "2020-01-01": "study",
        "2024-03-25": "study",
        "2024-03-26": "construction",
    } == as_of


def test_where_dates_overlap_the_record_s_order_counts():
    vague_last = made_up(events=[event("2024-02", "construction"), event("2024", "operating")])
    vague_first = made_up(events=[event("2024", "construction"), event("2024-02", "operating")])
    assert ["operating"] * 2 == [project.derived()["status"] for project in (vague_last, vague_first)]
    assert "unknown" == vague_last.derived(as_of=dt.date(2024, 1, 31))["status"], "not before what came before it"
    assert "2024" == vague_last.derived()["first_date"]


def test_an_area_across_the_antimeridian_is_two_areas():
    across = {"type": "Polygon", "coordinates": [[[179, -17], [-179, -17], [-179, -16], [179, -16], [179, -17]]]}
    fault = faults(made_up_feature(geometry=across))["/geometry/coordinates"]
    assert "edge-round-globe" == fault.rule
    assert "cut at longitude 180" in told(fault).expected


def test_a_country_without_a_known_outline_is_not_pretended_to_have_one():
    fault = faults(made_up_feature(country="TV", location_accuracy="country", geometry=None))["/geometry"]
    assert ("outline-unknown", {"country": "TV"}) == (fault.rule, fault.values)


def test_a_field_beside_properties_is_told_where_it_belongs():
    assert "/properties/name" == told(faults({**made_up_feature(), "name": "Misplaced"})["/name"]).expected


def test_a_status_that_is_typed_in_is_not_believed():
    feature = made_up_feature()
    feature["properties"] |= {"status": "operating", "revision": 99}
    project = Project.from_feature(feature)

    assert "considered" == project.derived()["status"]
    assert "revision" not in project.stated()


def capacity(value, **more):
    return {
        "product": "lithium_carbonate",
        "value": value,
        "unit": "t/y",
        "basis": "planned",
        "sources": ["s1"],
        **more,
    }


@pytest.mark.parametrize(
    ("capacities", "total"),
    [
        ([], None),
        ([capacity(14_000)], 14_000),
        ([capacity(14_000), capacity(1_000, scope="cumulative"), capacity(9_000, scope="cumulative")], 14_000),
        ([capacity(10_000, scope="phase"), capacity(25_000, scope="phase")], 35_000),
        ([capacity(50_000, scope="group")], None),
        (
            [capacity(10, scope="phase", note="1", as_of="2022"), capacity(12, scope="phase", note="1", as_of="2024")],
            12,
        ),
        (
            [capacity(10, scope="phase", note="1", as_of="2022"), capacity(12, scope="phase", note="2", as_of="2024")],
            22,
        ),
        ([capacity(10_000, as_of="2020"), capacity(12_000, as_of="2024-05")], 12_000),
        ([capacity(1_000, product="lithium_hydroxide")], 880),
        ([capacity(1_000), capacity(1_000, product="lithium_hydroxide")], 1_880),
        ([capacity(1_000, product="lithium_concentrate")], None),
        ([capacity(10, product="cells", unit="GWh/y")], None),
    ],
)
def test_only_capacities_that_may_be_added_are_added(capacities, total):
    assert total == made_up(capacities=capacities).derived()["capacity_lce_t_per_year"]


def test_built_capacity_counts_for_what_runs_and_the_plan_for_what_does_not():
    both = [capacity(20_000), capacity(15_000, basis="actual")]
    running = made_up(capacities=both, events=[event("2024", "operating")])
    planned = made_up(capacities=both, events=[event("2024", "construction")])

    assert 15_000 == running.derived()["capacity_lce_t_per_year"]
    assert 20_000 == planned.derived()["capacity_lce_t_per_year"]


def test_megawatt_hours_become_gigawatt_hours():
    assert 0.015 == made_up(capacities=[capacity(15, product="cells", unit="MWh/y")]).derived()["capacity_gwh_per_year"]


def test_a_record_cannot_be_changed():
    project = made_up()
    feature = copy.deepcopy(project.to_feature())
    with pytest.raises(ValueError, match="frozen"):
        project.properties.name = "other"
    assert feature == project.to_feature()


def dated(published, *events, today="2026-11-24"):
    source = {"id": "s1", "url": "https://example.org/1", "title": "A text", "published": published}
    told = [{"date": d, "type": "status", "status": s, "summary": "Told.", "sources": ["s1"]} for d, s in events]
    derived = made_up(sources=[source], events=told).derived(as_of=dt.date.fromisoformat(today))
    return derived["status_as_of"], derived["status_stale"]


def test_a_status_is_as_fresh_as_its_newest_source():
    assert ("2025-03", False) == dated("2025-03", ("1985", "operating"))
    assert ("2024-10-01", True) == dated("2024-10-01", ("2023", "construction"))
    assert ("2024-11", False) == dated("2024-11", ("2023", "construction"))
    assert ("2020", False) == dated("2020", ("2019", "cancelled")), "what has ended does not grow stale"
    assert (None, False) == dated("2020", ("2019", "unknown"))
