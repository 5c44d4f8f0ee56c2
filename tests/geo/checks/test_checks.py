"""Each rule that makes a record believable finds what it is for, and leaves alone what is right."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from made_up import made_up, made_up_feature

from api.commands.main import main
from geo.checks.run import check_projects, check_store
from geo.curated.decisions import Decision, Decisions
from geo.records.project import Project

TODAY = dt.date(2026, 11, 24)
OPEN = Decisions([])


def rules(*projects, decisions=OPEN, points=None):
    found = check_projects(projects, today=TODAY, decisions=decisions, points=points or {})
    return {(v.rule, v.severity) for v in found}


def event(date, status=None, **more):
    told = {"date": date, "type": "status" if status else "other", "summary": "Told.", "sources": ["s1"], **more}
    return {**told, **({"status": status} if status else {})}


def source(**more):
    return {"id": "s1", "url": "https://example.org/a", "title": "A text", "published": "2026-01-02", **more}


def owner(name="A company", **more):
    return {"name": name, "role": "owner", "sources": ["s1"], **more}


def capacity(value, **more):
    figure = {"product": "lithium_carbonate", "unit": "t/y", "basis": "planned", "sources": ["s1"]}
    return {**figure, "value": value, **more}


def right(project_id="bo-made-up", **stated):
    place = {"type": "Point", "coordinates": [-67.612, -20.213]}
    usual = {"sources": [source()], "events": [event("2026-01-02", "announced")], "geometry": place}
    return made_up(project_id, **usual | stated)


def test_a_believable_record_breaks_no_rule():
    assert set() == rules(right())


@pytest.mark.parametrize(
    ("expected", "stated"),
    [
        (("source-not-cited", "warning"), {"sources": [source(), source(id="s2")]}),
        (("source-does-not-last", "error"), {"sources": [source(url="https://www.google.com/search?q=lithium")]}),
        (("source-does-not-last", "error"), {"sources": [source(url="https://drive.google.com/file/d/1")]}),
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
        (("broken-link", "error"), {"links": [{"type": "part_of", "project": "bo-nowhere", "sources": ["s1"]}]}),
    ],
)
def test_a_rule_finds_what_it_is_for(expected, stated):
    kind = "brine_operation" if "capacities" in stated else "refinery"
    assert expected in rules(right(kind=kind, **stated))


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
    assert members == sorted(told["source-does-not-last"])
    annotated = CliRunner().invoke(main, ["check", "--format", "github", "--least", "error", str(file)])
    assert annotated.stdout.startswith("::error file=data/projects/bad.geojson,title=source-does-not-last::bo-a ")
