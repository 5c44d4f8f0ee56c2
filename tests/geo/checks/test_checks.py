"""Each rule that makes a record believable finds what it is for, and leaves alone what is right."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from made_up import made_up, made_up_feature

from api.commands.main import main
from geo.checks.run import check_projects, check_store
from geo.checks.thresholds import thresholds
from geo.curated.decisions import Decision, Decisions
from geo.records.project import Project
from geo.vocabulary import KINDS

STORES = ("geopackage",)  # this is about a file

TODAY = dt.date(2026, 11, 24)
OPEN = Decisions([])


def rules(*projects, decisions=OPEN, points=None):
    found = check_projects(projects, today=TODAY, decisions=decisions, points=points or {})
    return {(v.rule, v.severity) for v in found}


def event(date, status=None, **more):
    words = f"By the text: {status}." if status else "Told."
    told = {"date": date, "type": "status" if status else "other", "summary": words, "sources": ["s1"], **more}
    return {**told, **({"status": status} if status else {})}


def source(**more):
    text = {"id": "s1", "url": "https://example.org/a", "title": "A text", "published": "2026-01-02", "type": "news"}
    return {**text, **more}


def owner(name="A company", **more):
    return {"name": name, "role": "owner", "sources": ["s1"], **more}


def capacity(value, **more):
    figure = {"product": "lithium_carbonate", "unit": "t/y", "basis": "planned", "sources": ["s1"]}
    return {**figure, "value": value, **more}


def right(project_id="bo-made-up", **stated):
    place = {"type": "Point", "coordinates": [-67.612, -20.213]}
    usual = {
        "sources": [source()],
        "events": [event("2026-01-02", "announced")],
        "geometry": place,
        "summary": "A company has announced a plant that nobody has seen.",
    }
    return made_up(project_id, **usual | stated)


def test_a_believable_record_breaks_no_rule():
    assert set() == rules(right())


@pytest.mark.parametrize(
    ("expected", "stated"),
    [
        (("source-not-cited", "warning"), {"sources": [source(), source(id="s2")]}),
        (("source-is-search", "error"), {"sources": [source(url="https://www.google.com/search?q=lithium")]}),
        (("source-is-shared-file", "error"), {"sources": [source(url="https://drive.google.com/file/d/1")]}),
        (("source-is-encyclopaedia", "warning"), {"sources": [source(url="https://es.wikipedia.org/wiki/Litio")]}),
        (("shares-over-100", "error"), {"owners": [owner(share_pct=60), owner("B", share_pct=50)]}),
        (("unknown-organisation", "error"), {"owners": [owner(organisation="nobody")]}),
        (("pending-deal-overdue", "warning"), {"owners": [owner(pending=True, as_of="2025-05")]}),
        (("plan-as-fact", "warning"), {"events": [event("2026-01", "operating", summary="Is expected to open.")]}),
        (("event-after-source", "error"), {"events": [event("2026-02-01", "announced")]}),
        (("events-out-of-order", "warning"), {"events": [event("2026-01-02", "announced"), event("2025")]}),
        (("status-not-told", "note"), {"events": []}),
        (
            ("status-stale", "note"),
            {"events": [event("2023", "operating")], "sources": [source(published="2024-10")]},
        ),
        (
            ("silence-too-short", "error"),
            {"events": [event("2024-01", "announced"), event("2025-12", "shelved", basis="inferred_silence")]},
        ),
        (("unit-misfit", "error"), {"capacities": [capacity(5, unit="GWh/y")]}),
        (("product-misfit", "warning"), {"capacities": [capacity(5, product="cells", unit="GWh/y")]}),
        (("value-impossible", "error"), {"capacities": [capacity(5_000_000)]}),
        (("source-front-page", "warning"), {"sources": [source(url="https://example.org/")]}),
        (("source-in-repository", "warning"), {"sources": [source(url="https://github.com/a/b/blob/main/c.csv")]}),
        (("source-type-missing", "warning"), {"sources": [source(type=None)]}),
        (("source-says-how-found", "warning"), {"sources": [source(title="A text; copy read at a.org/chatbot")]}),
        (("share-of-no-owner", "warning"), {"owners": [owner(role="partner", share_pct=100)]}),
        (
            ("shares-over-100", "error"),
            {"owners": [owner(role="partner", share_pct=60), owner("B", role="partner", share_pct=50)]},
        ),
        (("stage-not-in-words", "warning"), {"events": [event("2026-01", "operating", summary="A company buys 5%.")]}),
        (("date-of-database", "error"), {"sources": [source(type="dataset")]}),
        (
            ("date-of-database", "error"),
            {
                "sources": [source(type="dataset"), source(id="s2", type="dataset")],
                "events": [event("2026-01-02", "announced", sources=["s1", "s2"])],
            },
        ),
        (("weak-status", "note"), {"sources": [source(type="other")]}),
        (
            ("start-overdue", "warning"),
            {"events": [event("2026-01-02", "announced"), event("2026-06", "operating", expected=True)]},
        ),
        (("as-of-after-source", "warning"), {"owners": [owner(as_of="2026-06")]}),
        (("as-of-after-source", "warning"), {"capacities": [capacity(5_000, basis="actual", as_of="2026-02")]}),
        (("stage-lowered", "warning"), {"events": [event("2024", "operating"), event("2025", "construction")]}),
        (
            ("database-against-text", "warning"),
            {"events": [event("2024", "paused"), event("2025", "operating", type="snapshot", date_basis="reported")]},
        ),
        (
            ("database-against-text", "warning"),
            {
                "events": [
                    event("2024", "operating"),
                    event("2025", "announced", type="snapshot", date_basis="reported"),
                ]
            },
        ),
        (("phase-beside-total", "warning"), {"capacities": [capacity(5_000), capacity(2_000, scope="phase")]}),
        (("below-threshold", "warning"), {"capacities": [capacity(5)]}),
        (("summary-missing", "warning"), {"summary": None}),
        (
            ("summary-dump", "warning"),
            {"summary": "X at Y, NV: Critical Minerals (Lithium), New facility in the list."},
        ),
        (("summary-tense", "warning"), {"summary": "The plant operates since 2020."}),
        (("summary-tense", "warning"), {"summary": "The plant has been announced in 2023."}),
        (("summary-gap", "warning"), {"summary": "A plant at , LA."}),
        (("summary-stops", "warning"), {"summary": "A plant of Kendal Inc.. It runs."}),
        (("summary-long", "warning"), {"summary": "A plant. " * 120 + "End."}),
        (("float-noise", "warning"), {"summary": "It holds 10.206519999999999 million tonnes."}),
        (("iso-country-name", "warning"), {"summary": "A mine in Congo, The Democratic Republic of the."}),
        (("iso-date", "warning"), {"summary": "Announced on 2026-01-02."}),
        (("summary-database-day", "warning"), {"summary": "It runs, as reported on 5 August 2026."}),
        (("broken-link", "error"), {"links": [{"type": "part_of", "project": "bo-nowhere", "sources": ["s1"]}]}),
    ],
)
def test_a_rule_finds_what_it_is_for(expected, stated):
    kind = "brine_operation" if "capacities" in stated else "refinery"
    assert expected in rules(right(kind=kind, **stated))


@pytest.mark.parametrize(
    "stated",
    [
        {"events": [event("2026-01-02", "operating", summary="A list names it.", basis="inferred_from_report")]},
        {
            "sources": [source(type="dataset")],
            "events": [event("2026-01-02", "announced", type="snapshot", date_basis="reported")],
        },
        {
            "events": [event("2026-01-02", "announced"), event("2026-06", "operating", expected=True)],
            "checked": "2026-11-01",
            "checked_found": "nothing_newer",
        },
        {
            "sources": [source(type="other"), source(id="s2", type="other")],
            "events": [event("2026-01-02", "announced", sources=["s1", "s2"])],
        },
        {"sources": [source(url="https://example.org/", type="dataset")], "events": [event("2025", "announced")]},
        {"sources": [source(url=None, read_at="https://github.com/a/b")]},
        {"events": [event("2023", "operating"), event("2024", "paused"), event("2025-01", "construction")]},
        {"events": [event("2023", "paused"), event("2024", "operating"), event("2025", "operating", type="snapshot")]},
        {"capacities": [capacity(5_000, as_of="2030")], "kind": "refinery", "owners": [owner(as_of="2026-01")]},
        {
            "sources": [source(), source(id="s2", published="2026-09")],
            "events": [
                event("2026-01-02", "announced"),
                event("2026-09", "announced", sources=["s2"]),
                event("2026-06", "operating", expected=True),
            ],
        },
        {"events": [event("2023", "cancelled")], "owners": [owner(pending=True, as_of="2020")]},
        {"owners": [owner(share_pct=60, as_of="2026-01"), owner("B", share_pct=60, as_of="2026-01", pending=True)]},
        {"summary": "The plant has operated since 2020. It was announced in 2018, e.g. for 1,234.5 tonnes a year..."},
    ],
)
def test_what_is_right_is_left_alone(stated):
    assert not {rule for rule, severity in rules(right(**stated)) if severity != "note"}


def test_a_figure_that_reaches_the_least_in_one_unit_belongs_in_the_ledger():
    def storage(*figures):
        told = [capacity(v, unit=unit, product="storage", basis="actual") for v, unit in figures]
        return rules(right(kind="storage_plant", capacities=told))

    assert ("below-threshold", "warning") in storage((40, "MW"), (80, "MWh"))
    assert ("below-threshold", "warning") not in storage((40, "MW"), (160, "MWh"))
    assert ("below-threshold", "warning") not in storage((50, "MW"))
    assert {kind for each in thresholds() for kind in each.kinds} == set(KINDS.codes)


def test_what_costs_far_more_than_others_of_its_kind_is_noted():
    def costing(amount, name):
        sum_ = {"amount": amount, "currency": "USD", "sources": ["s1"]}
        return right(f"bo-{name}", name=f"Name{name}x", investment=[sum_], capacities=[capacity(20_000)])

    usual = [costing(400_000_000 + n, f"n{n}") for n in range(15)]
    assert ("cost-unusual", "note") in rules(*usual, costing(400_000_000_000, "far"))
    assert ("cost-unusual", "note") not in rules(*usual)


def at(longitude, latitude, **stated):
    feature = right("bo-at", **stated).to_feature()
    return Project.from_feature({**feature, "geometry": {"type": "Point", "coordinates": [longitude, latitude]}})


def test_a_point_lies_in_its_country_or_at_its_coast():
    assert ("outside-country", "error") in rules(at(-58.4, -34.6))
    assert ("at-zero", "error") in rules(at(0, 0))
    assert set() == rules(at(-67.123, -20.123))
    assert set() == rules(at(4.045, 51.961, country="NL")), "a port built into the sea"


def test_namibia_is_a_country():
    assert set() == rules(at(15.998, -22.102, country="NA"))


def test_a_site_is_no_rounded_point():
    assert {("site-too-coarse", "warning")} == rules(at(-67.1, -20.1))
    assert set() == rules(at(-67.1, -20.1, location_radius_km=5))


@pytest.mark.slow
def test_a_point_is_near_the_town_that_it_names():
    assert {("far-from-town", "warning")} == rules(at(-67.123, -20.123, locality="Santa Cruz de la Sierra"))
    assert set() == rules(at(-63.181, -17.786, locality="Santa Cruz de la Sierra"))


def test_a_second_dataset_agrees_on_the_place():
    project = at(-67.123, -20.123, external_ids=[{"dataset": "busch", "id": "2"}])
    assert {("far-from-second-point", "warning")} == rules(project, points={"busch:2": (-67.4, -20.1)})
    assert set() == rules(project, points={"busch:2": (-67.2, -20.1)})


def test_two_records_of_one_project_are_found_until_somebody_decides():
    one, other = right("bo-a", name="Salar de Coipasa"), right("bo-b", name="Coipasa lithium project")
    assert {("near-duplicate", "warning")} == rules(one, other)
    decided = Decisions([Decision(first="bo-b", second="bo-a", decision="different", reason="two contracts")])
    assert set() == rules(one, other, decisions=decided)
    link = [{"type": "part_of", "project": "bo-a", "sources": ["s1"]}]
    assert set() == rules(one, right("bo-b", name="Coipasa lithium project", links=link))
    assert set() == rules(one, at(-67.7, -20.212, name="Salar de Empexa"))


def twins(one, other, km_apart=None, **both):
    """What is said of two records so named and placed; `km_apart` moves the second one north."""
    first = right("bo-a", **both | one)
    lon, lat = first.geometry["coordinates"]
    place = {"type": "Point", "coordinates": [lon, lat + (km_apart or 0) / 111.2]}
    found = rules(first, right("bo-b", **{"geometry": place} | both | other))
    return {rule for rule, _ in found} & {"near-duplicate", "one-spot"}


@pytest.mark.parametrize(
    ("one", "other", "km_apart"),
    [
        pytest.param({"name": "Tesla, Corque"}, {"name": "Tesla Corque lithium refinery"}, 61, id="a point far off"),
        pytest.param(
            {"name": "Ioneer, Dyer", "owners": [owner("Ioneer")]},
            {"name": "Rhyolite Ridge", "kind": "clay_mine", "owners": [owner("ioneer Ltd")]},
            3.9,
            id="the mine by its owner and town",
        ),
        pytest.param(
            {"name": "Kings Mountain, Albemarle", "kind": "refinery"},
            {"name": "Kings Mountain", "kind": "hard_rock_mine"},
            1.1,
            id="a mine listed as a refinery",
        ),
        pytest.param(
            {"name": "PAK", "kind": "hard_rock_mine", "owners": [owner("Frontier Lithium")]},
            {"name": "Pakeagama Lake", "kind": "hard_rock_mine", "owners": [owner("Frontier")]},
            1.2,
            id="a short name and a long one",
        ),
        pytest.param({"name": "Lijiagou"}, {"name": "Lijiagou"}, 292, id="one name wherever it is"),
    ],
)
def test_one_project_of_two_datasets_is_found(one, other, km_apart):
    assert {"near-duplicate"} == twins({"kind": "refinery"} | one, {"kind": "refinery"} | other, km_apart)


def test_one_owner_in_one_region_is_asked_about_where_the_place_is_not_known():
    vague = {"location_accuracy": "region", "location_radius_km": 220, "name": "Mega-Flex"}
    owned = {"owners": [owner("Albemarle")], "region": "Oruro", "kind": "refinery"}
    assert {"near-duplicate"} == twins(vague, {"name": "Richburg"}, 90, **owned)
    assert set() == twins(vague, {"name": "Richburg", "region": "Beni"}, 90, **owned)


def test_a_province_in_the_names_of_two_owners_tells_nothing():
    owned = [{"name": name, "owners": [owner(f"Oruro {name} company")]} for name in ("Alpha", "Beta")]
    assert set() == twins(*owned, 0.2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("StarPlus Kokomo plant 1", "StarPlus Kokomo plant 2"),
        ("Collie battery", "Collie battery stage 2"),
        ("Samsung Göd II", "Samsung Göd"),
        ("Olaroz phase one", "Olaroz second phase"),
    ],
)
def test_phases_of_one_project_are_two_records(one, other):
    assert set() == twins({"name": one}, {"name": other}, 0.2, owners=[owner("A company")])


def test_unlike_projects_do_not_share_a_point():
    one, other = right("bo-a", name="Alpha"), right("bo-b", name="Beta", kind="cell_factory")
    assert {("one-spot", "warning")} == rules(one, other)
    assert set() == rules(right("bo-a", name="Alpha", location_accuracy="locality"), other)


def test_a_figure_unlike_all_others_of_its_kind_is_noted():
    usual = [right(f"bo-n{n}", name=f"Name{n}x", capacities=[capacity(20_000 + n)]) for n in range(15)]
    far = right("bo-far", name="Faraway", capacities=[capacity(450_000)])
    assert ("value-unusual", "note") in rules(*usual, far)
    assert ("value-unusual", "note") not in rules(*usual)


def test_a_store_is_checked_like_files(store):
    from geo.editing import Edit

    store.write([Edit("bo-a", right("bo-a", owners=[owner(share_pct=60), owner("B", share_pct=50)]), None, "a")])
    assert {"shares-over-100"} == {v.rule for v in check_store(store, today=TODAY)}


def test_the_command_speaks_json_and_annotations(tmp_path):
    file = tmp_path / "bad.geojson"
    wrong = made_up_feature("bo-a", sources=[source(url="https://bit.ly/x")])
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [wrong]}))
    as_json = CliRunner().invoke(main, ["check", "--format", "json", str(file)])
    assert 1 == as_json.exit_code
    told = {fault["rule"]: fault for fault in json.loads(as_json.stdout)}
    assert {"bo-a"} == {fault["record"] for fault in told.values()}
    members = ["detail", "expected", "file", "pointer", "record", "rule", "severity", "values"]
    assert members == sorted(told["source-is-shortened"])
    annotated = CliRunner().invoke(main, ["check", "--format", "github", "--least", "error", str(file)])
    assert annotated.stdout.startswith("::error file=data/projects/bad.geojson,title=source-is-shortened::bo-a ")
