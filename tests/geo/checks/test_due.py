"""Which records are due, and what is mended without asking."""

import datetime as dt

from made_up import made_up

from geo.checks.due import due
from geo.checks.mend import mended
from geo.checks.run import check_projects

TODAY = dt.date(2026, 11, 24)


def plant(project_id, year, size=1.0, status="construction", **more):
    event = {"date": f"{year}", "type": "status", "status": status, "summary": "Told.", "sources": ["s1"]}
    planned = more.pop("planned", None)
    plans = [{**event, "date": planned, "status": "operating", "expected": True}] if planned else []
    figure = {"product": "cells", "value": size, "unit": "GWh/y", "basis": "planned", "sources": ["s1"]}
    text = {"id": "s1", "url": "https://example.org/1", "title": "A text", "published": f"{year}", "type": "news"}
    return made_up(project_id, events=[event, *plans], capacities=[figure], sources=[text], **more)


def order(*projects):
    return [each.project.id for each in due(projects, TODAY)]


def test_the_large_the_old_and_what_is_being_built_come_first():
    assert ["bo-large", "bo-small"] == order(plant("bo-small", 2024, 0.1), plant("bo-large", 2024, 100))
    assert ["bo-old", "bo-new"] == order(plant("bo-new", 2026), plant("bo-old", 2022))
    assert ["bo-built", "bo-runs"] == order(plant("bo-runs", 2024, status="operating"), plant("bo-built", 2024))


def test_a_plan_that_has_passed_is_looked_at_sooner_until_somebody_has():
    late, open_ = plant("bo-late", 2024, planned="2025-06"), plant("bo-open", 2024, planned="2030")
    assert ["bo-late", "bo-open"] == order(open_, late)
    assert ["2025-06", None] == [each.passed for each in due([late, open_], TODAY)]
    looked = plant("bo-late", 2024, planned="2025-06", checked="2026-11-20", checked_found="nothing_newer")
    assert ["bo-open", "bo-late"] == order(looked, open_)


def test_what_overlaps_in_time_stays_in_its_order():
    event = {"type": "status", "status": "construction", "summary": "Built.", "sources": ["s1"]}
    opened = {**event, "date": "2024", "status": "operating", "summary": "Opened."}
    events = [{**event, "date": "2024-02"}, opened, {**event, "date": "2023", "status": "announced"}]
    right = mended(made_up(events=events))
    assert ["2023", "2024-02", "2024"] == [each.date for each in right.properties.events]
    assert "operating" == right.derived()["status"]


def test_numbers_keep_their_size_and_addresses_their_stops():
    words = "It has 1234567890123.5 kg, 0.00000011999999999999999 of it lithium; see https://example.org/a..b."
    assert "It has 1234567890123.5 kg, 0.00000012 of it lithium; see https://example.org/a..b." == (
        mended(made_up(summary=words)).properties.summary
    )


def test_what_has_one_right_answer_is_mended_and_nothing_else():
    event = {"type": "status", "status": "announced", "summary": "Announced.", "sources": ["s1"]}
    text = {"id": "s1", "url": "https://example.org/1", "title": "A", "published": "2025-02-18", "type": "dataset"}
    wrong = made_up(
        events=[{**event, "date": "2025-02-18"}, {**event, "date": "2023", "date_basis": "reported"}],
        sources=[text],
        summary="It holds 10.206519999999999 Mt..  Of Kendal Inc.. it is.",
    )
    right = mended(wrong)
    assert ["2023", "2025-02-18"] == [each.date for each in right.properties.events]
    assert ("snapshot", "reported") == (right.properties.events[1].type, right.properties.events[1].date_basis)
    assert "It holds 10.20652 Mt. Of Kendal Inc. it is." == right.properties.summary
    assert {e.key for e in wrong.properties.events} == {e.key for e in right.properties.events}
    rules = {each.rule for each in check_projects([right], today=TODAY)}
    assert not rules & {"events-out-of-order", "date-of-database", "float-noise", "summary-stops"}
    assert mended(right) is right
