"""Releases of a ledger: moments with names, and what changed from one to another."""

import csv
import io
import xml.etree.ElementTree as ET

import pytest
from click.testing import CliRunner
from conftest import client_of, make_api
from made_up import made_up

from api import releases
from api.commands.main import main
from api.settings import Settings
from geo.editing import Edit
from geo.errors import StoreError

REPORT = "/api/releases/changes"
CELLS = {"key": "cells", "product": "cells", "unit": "GWh/y", "basis": "planned", "sources": ["s1"]}


def stage(date, status):
    return {"date": date, "type": "status", "status": status, "summary": "Said so.", "sources": ["s1"]}


@pytest.fixture
def own(store):
    """Six records, named; then each was changed in another way, one twice and back."""
    ids = ["bo-stays", "bo-moves", "bo-grows", "bo-goes", "bo-typo", "bo-turns"]
    capacities = {"bo-grows": {"capacities": [{**CELLS, "value": 8}]}}
    store.write([Edit(each, made_up(each, name=each, **capacities.get(each, {})), None, "ana") for each in ids])
    store.name_release("2026.11")
    moved = [stage("2024-03-26", "considered"), stage("2025-03", "construction")]
    store.write(
        [
            Edit("bo-moves", made_up("bo-moves", name="bo-moves", events=moved), 1, "ben"),
            Edit("bo-grows", made_up("bo-grows", name="bo-grows", capacities=[{**CELLS, "value": 9}]), 1, "ben"),
            Edit("bo-goes", None, 1, "ben"),
            Edit("bo-typo", made_up("bo-typo", name="=cmd", kind="refinery"), 1, "ben"),
            Edit("bo-turns", made_up("bo-turns", name="other"), 1, "ben"),
            Edit("ar-new", made_up("ar-new", country="AR", geometry=None, location_accuracy="country"), None, "ben"),
        ]
    )
    store.write([Edit("bo-turns", made_up("bo-turns", name="bo-turns"), 2, "ben")])
    store.name_release("2026.12")
    return make_api(store)


CHANGED = {
    "ar-new": ["new"],
    "bo-goes": ["deleted"],
    "bo-grows": ["capacity"],
    "bo-moves": ["stage", "extended"],
    "bo-typo": ["corrected"],
}


def test_releases_are_listed_newest_first(own):
    found = own.client.get("/api/releases").json()["releases"]
    assert [("2026.12", 13), ("2026.11", 6)] == [(each["name"], each["sequence"]) for each in found]
    page = own.client.get("/releases").text
    assert "from=2026.11&amp;to=2026.12" in page
    assert 200 == own.client.get("/api/releases?f=html").status_code


def test_a_report_tells_each_record_that_changed_and_how(own):
    made = own.client.get(f"{REPORT}?from=2026.11&to=2026.12").json()
    assert CHANGED == {each["id"]: each["changed"] for each in made["records"]}
    told = {each["id"]: each for each in made["records"]}
    assert ["considered", "construction"] == told["bo-moves"]["stages"]
    assert "(Amount: 8\u00a0GWh/y battery cells → 9\u00a0GWh/y battery cells)" in told["bo-grows"]["said"][0]
    assert {"corrected": 1} == made["counts"]["kind"]["refinery"]
    assert {"new": 1} == made["counts"]["country"]["AR"]
    assert 5 == made["numberMatched"]
    assert made["total"] == own.client.get(f"{REPORT}?from=2026.12&to=2026.11").json()["total"], (
        "the older one is first"
    )
    own.store.write([Edit("bo-stays", None, 1, "cleo")])
    since = own.client.get(f"{REPORT}?from=2026.12").json()
    assert {"bo-stays": ["deleted"]} == {each["id"]: each["changed"] for each in since["records"]}


def test_a_report_comes_in_pages_and_forms(own):
    ids, address = [], f"{REPORT}?from=2026.11&to=2026.12&limit=2"
    while address:
        made = own.client.get(address).json()
        ids += [each["id"] for each in made["records"]]
        address = next((each["href"] for each in made["links"] if each["rel"] == "next"), None)
    assert list(CHANGED) == ids
    answer = own.client.get(f"{REPORT}?from=2026.11&to=2026.12&f=csv&limit=1")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert list(CHANGED) == [row["id"] for row in rows], "a file has all"
    assert "'=cmd" == rows[4]["name"]
    feed = ET.fromstring(own.client.get(f"{REPORT}?from=2026.11&to=2026.12&f=atom").content)
    assert 5 == len(feed.findall("{http://www.w3.org/2005/Atom}entry"))
    page = own.client.get(f"{REPORT}?from=2026.11&to=2026.12&f=html&lang=es").text
    for words in ("Qué cambió de 2026.11 a 2026.12", "Cambio de etapa", "Por país", "=cmd"):
        assert words in page
    assert "Nothing changed." in own.client.get(f"{REPORT}?from=2026.12&f=html&lang=en").text


def test_what_cannot_be_compared_is_refused(own, monkeypatch):
    for query, status, rule in [
        ("", 400, "release-missing"),
        ("?from=2025.01", 404, "no-such-release"),
        ("?from=2026.11&after=x", 400, "cursor-form"),
        ("?from=2026.11&colour=red", 400, "parameter-unknown"),
    ]:
        answer = own.client.get(f"{REPORT}{query}")
        assert (status, rule) == (answer.status_code, answer.json()["rule"])
    monkeypatch.setattr(releases, "MOST_REPORTED", 3)
    answer = own.client.get(f"{REPORT}?from=2026.11")
    assert (413, 6) == (answer.status_code, answer.json()["values"]["count"])


def test_a_name_is_given_once_and_is_a_name(own, tmp_path):
    for name in ("2026.12", "", "A b", "../x", "x" * 41):
        with pytest.raises(StoreError):
            own.store.name_release(name)
    assert ["2026.11", "2026.12"] == [each.name for each in own.store.releases()]


def test_the_command_names_what_the_store_holds(own):
    store = ["--store", own.store.location]
    named = CliRunner().invoke(main, ["release", "2027.01", *store])
    assert (0, True) == (named.exit_code, "2027.01" in named.output)
    assert "2027.01" == own.store.releases()[-1].name
    told = [each for each in own.store.audit.entries() if each.action == "released"]
    released = [(each.subject, each.details["sequence"]) for each in told]
    assert [("2026.11", 6), ("2026.12", 13), ("2027.01", 13)] == released
    again = CliRunner().invoke(main, ["release", "2027.01", *store])
    assert 1 == again.exit_code


def test_a_whole_report_is_a_file_which_is_counted_when_it_is_made(own):
    client = client_of(own.store, Settings(files=1))
    tables = [client.get(f"{REPORT}?from=2026.11&to=2026.12&f=csv") for _ in range(3)]
    assert [200] * 3 == [each.status_code for each in tables]
    assert 429 == client.get(f"{REPORT}?from=2026.11&f=csv").status_code
    assert 200 == client.get(f"{REPORT}?from=2026.11&f=json").status_code
