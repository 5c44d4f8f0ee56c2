"""Every rule is raised by the code and has its sentence in the tables, and nowhere else is there one."""

import ast
import datetime as dt
import pickle
import re
import string
import tomllib
import zipfile
from unittest import mock

import laid
import pytest
from conftest import ROOT
from made_up import made_up_feature
from provoke import (
    ahead,
    another_kept,
    area,
    asked,
    asked_otherwise,
    being_written,
    believed,
    broken,
    busy,
    capacity,
    change,
    checked,
    closed,
    costing,
    counted,
    cut_off,
    damaged,
    damaged_copy,
    decided_twice,
    error,
    event,
    feature,
    file,
    filtered,
    form_of,
    in_conflict,
    in_use,
    kept,
    key,
    known_again,
    left_out,
    likely_twins,
    linked,
    lost,
    merging_a_correction,
    newer,
    no_country,
    no_file,
    no_kind,
    none_fits,
    not_allowed,
    of_address,
    of_something_else,
    opened,
    over,
    overtaken,
    overtaken_by_a_deletion,
    owner,
    packed,
    patching,
    point,
    profile_wrong,
    proposed,
    read_as,
    record,
    refused,
    removed,
    replaced,
    resource,
    revoked_twice,
    row,
    rows,
    slow,
    source,
    stating_of,
    table,
    taken_into_another,
    tampered,
    text_file,
    too_deep,
    too_large,
    too_large_a_feature,
    too_many,
    too_many_faults,
    two_files_with_one_record,
    unread,
    without_an_id,
    written,
)
from provoke_databases import DATABASES, IN_DATABASE
from provoke_tables import TABLES
from stored import create

from geo import spool, vocabulary
from geo.backups import back_up, restore
from geo.changes import ChangeQuery
from geo.columns import COUNTRIES, ORGANISATIONS, PROJECTS
from geo.crs import EPSG_3857, EPSG_4326, SYSTEMS, box_in_crs84
from geo.curated import load as dataset
from geo.curated.decisions import read_decisions
from geo.curated.files import read_features, read_projects
from geo.curated.organisations import Organisations, read_organisations
from geo.curated.points import read_dataset_points
from geo.curated.release import read_kept, read_release, read_retired
from geo.deciding import decision_of
from geo.errors import Gone, NoPrimary, NotFound, RevisionConflict, SelectionTooLarge, SpoolFull
from geo.filter import And, Box, Compare, In, Interval, Like, Or, Words
from geo.formats.registry import FORMATS
from geo.importing.profile import read_profile
from geo.messages import Form, Sentence, forms, sentence, told
from geo.opening import open_ledger
from geo.past import Pasts
from geo.postgis.addresses import Reading, shown
from geo.proposing import draft_of
from geo.query import Query
from geo.records.project import Project
from geo.spool import Spool
from geo.statistics import Statistics, steps
from geo.strict_json import read_json
from web.stories import read_story

TURNED = {"type": "Polygon", "coordinates": [[[10, 50], [11, 50], [11, 51], [10, 50]]]}
SPOT = {"type": "Point", "coordinates": [-67.612, -20.213]}
LINK = {"type": "supplies", "sources": ["s1"]}
MANY = [made_up_feature(f"bo-n{n}", name=f"Name{n}x", capacities=[capacity(value=20_000 + n)]) for n in range(15)]
COSTS = [costing(f"bo-n{n}", 400_000_000 + n) for n in range(15)]
ORGANISATION = {"id": "a", "name": "A", "type": "company"}
DECISION = {"first": "bo-a", "second": "bo-b", "reason": "So."}
PARENT = {"organisation": "b", "source": "https://x.org"}

# What provokes each rule, in each of the forms that its sentence has.
STORY_HEAD = '+++\ntitle = "T"\nsummary = "S"\nauthors = ["A"]\ndate = "2026"\n+++\n'


def story(text):
    return file(text.encode(), read_story, "story.md")


MINE = {"operationGroup": "Advanced exploration project"}
PLANT = {
    "Company": "A",
    "Segment": "Manufacturing",
    "Technology": "Batteries",
    "Subcategory": "Cells",
    "Latitude": "33.9941",
    "Longitude": "-96.3707",
}


def too_many_then(store, _):
    create(store)
    with mock.patch("geo.past.MOST_RECORDS", 0):
        Pasts(store, Organisations([])).at(1)


def named_twice(store, _):
    create(store)
    for _ in range(2):
        store.name_release("2026.12")


def spool_of_what_nobody_takes(_):
    with mock.patch.object(spool, "MOST_HELD", 10):
        kept = Spool([b"not taken"])
        with pytest.raises(SpoolFull) as refused:
            Spool([b"no room"])
        assert [b"not taken"] == list(kept)
    return [refused.value]


RULES = {
    **laid.RULES,
    "missing": [record(owners=[{"name": "A"}])],
    "unknown-field": [record(unheard_of=1)],
    "not-text": [record(name=5)],
    "not-true-or-false": [record(events=[event(expected="yes")])],
    "not-a-number": [record(location_radius_km="5")],
    "not-finite": [record(capacities=[capacity(value=float("nan"))])],
    "not-a-list": [record(events={})],
    "not-an-object": [record(events=[5])],
    "not-in-form": [record(sources=[source(id="a b")])],
    "not-in-list": [table("decisions.json", read_decisions, [{**DECISION, "decision": "perhaps"}])],
    "too-long": [record(name="x" * 201)],
    "too-short": [record(name="")],
    "too-many": [record(other_names=["x"] * 31)],
    "too-few": [record(sources=[])],
    "too-large": [record(owners=[owner(share_pct=101)])],
    "too-small": [record(location_radius_km=0)],
    "unfit": [record(name="\ud800")],
    "character": [record(name="a\x00b")],
    "blank-ends": [record(name=" a")],
    "no-letters": [record(name="!?")],
    "line-break": [record(name="a\nb")],
    "url-character": [record(sources=[source(url="https://example.org/a b")])],
    "url-form": [record(sources=[source(url="https://example.org:port/")])],
    "url-scheme": [record(sources=[source(url="ftp://example.org")])],
    "url-user": [record(sources=[source(url="https://a@example.org")])],
    "url-host-form": [record(sources=[source(url="http://127.1/")])],
    "url-host-private": [record(sources=[source(url="http://localhost:8000/")])],
    "url-host-look-alike": [record(sources=[source(url="https://rеuters.com/")])],
    "date-form": [record(events=[event("24")])],
    "date-year": [record(events=[event("1500")])],
    "date-not-in-calendar": [record(events=[event("2023-02-29")])],
    "date-not-full": [record(sources=[source(accessed="2024")])],
    "country-code": [record(country="ZZ")],
    "code-unknown": [record(kind="volcano")],
    "record-invalid": [error(Project.from_feature, made_up_feature(name=5))],
    "proposal-invalid": [error(draft_of, [], None)],
    "decision-invalid": [error(decision_of, [], None)],
    "not-a-feature": [feature([])],
    "type-not-feature": [feature({**made_up_feature(), "type": "Thing"})],
    "properties-missing": [feature({"type": "Feature"})],
    "beside-properties": [feature({**made_up_feature(), "name": "A"})],
    "id-form": [feature({**made_up_feature(), "id": None})],
    "duplicate-id": [two_files_with_one_record],
    "another-crs": [
        feature({**made_up_feature(), "crs": "EPSG:4230"}),
        file({"type": "FeatureCollection", "features": [], "crs": "EPSG:4230"}),
    ],
    "geometry-type": [record(geometry={"type": "LineString", "coordinates": []})],
    "geometry-member": [record(geometry={**SPOT, "bbox": []})],
    "too-many-positions": [area([[0, 0]] * 6000)],
    "positions-missing": [area([])],
    "position-form": [feature(point("0", 1))],
    "longitude-range": [feature(point(200, 0))],
    "latitude-range": [feature(point(0, 91))],
    "no-shape": [area([[0, 0], [1, 1]])],
    "open-ring": [area([[0, 0], [1, 0], [1, 1], [0, 1]])],
    "edge-round-globe": [area([[179, 0], [-179, 0], [-179, 1], [179, 0]])],
    "area-invalid": [area([[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]])],
    "outline-unknown": [record(country="TV", location_accuracy="country", geometry=None)],
    "source-id-twice": [record(sources=[source(), source()])],
    "source-without-address": [record(sources=[{"id": "s1", "title": "T"}])],
    "checked-by-half": [record(checked="2026-11-26")],
    "key-changed": [patching({"sources": {"s1": {"id": "s9"}}})],
    "no-such-part": [patching({"sources": {"s9": None}})],
    "key-twice": [feature(made_up_feature(owners=[owner(key="a"), owner(key="a")]))],
    "source-unknown": [record(location_sources=["s9"])],
    "place-missing": [record(geometry=None)],
    "place-for-undisclosed": [record(location_accuracy="undisclosed")],
    "point-for-country": [record(location_accuracy="country")],
    "radius-missing": [record(location_accuracy="region")],
    "place-without-source": [record(location_sources=[])],
    "event-without-status": [record(events=[event(type="status")])],
    "event-in-future": [record(events=[event("2027")])],
    "resource-without-amount": [record(resource=[resource()])],
    "grade-without-unit": [record(resource=[resource(grade=1)])],
    "link-to-itself": [record(links=[{**LINK, "project": "bo-made-up"}])],
    "source-not-cited": [believed(sources=[source(), source(id="s2")])],
    "source-is-search": [believed(sources=[source(url="https://www.bing.com/search?q=x")])],
    "source-is-chatbot": [believed(sources=[source(url="https://chatgpt.com/share/x")])],
    "source-is-social": [believed(sources=[source(url="https://x.com/a/status/1")])],
    "source-is-encyclopaedia": [believed(sources=[source(url="https://en.wikipedia.org/wiki/Lithium")])],
    "source-is-shortened": [believed(sources=[source(url="https://bit.ly/x")])],
    "source-is-map": [believed(sources=[source(url="https://maps.app.goo.gl/x")])],
    "source-is-shared-file": [believed(sources=[source(url="https://www.dropbox.com/s/x")])],
    "source-is-blog": [believed(sources=[source(url="https://litio.blogspot.com/2024/02/a.html")])],
    "address-tracking": [of_address("https://example.org/a?utm_source=x&fbclid=y")],
    "address-amp": [of_address("https://example.org/a/amp/")],
    "address-wrapped": [of_address("https://www.google.com/url?q=https://example.org/a")],
    "address-archived": [of_address("https://web.archive.org/web/2024/https://example.org/a")],
    "address-of-a-phone": [of_address("https://m.example.org/a")],
    "shares-over-100": [believed(owners=[owner(share_pct=60), owner(share_pct=60)])],
    "unknown-organisation": [believed(owners=[owner(organisation="nobody")])],
    "pending-deal-overdue": [believed(owners=[owner(pending=True, as_of="2025-05")])],
    "share-of-no-owner": [believed(owners=[owner(role="partner", share_pct=100)])],
    "source-front-page": [believed(sources=[source(url="https://example.org/")])],
    "source-in-repository": [believed(sources=[source(url="https://github.com/a/b")])],
    "source-type-missing": [believed(sources=[source()])],
    "source-says-how-found": [believed(sources=[source(title="A text (copy in a repository)")])],
    "stage-not-in-words": [believed(events=[event(type="status", status="closed")])],
    "stage-lowered": [
        believed(events=[event(type="status", status=status) for status in ("operating", "construction")])
    ],
    "database-against-text": [
        believed(
            events=[event(type="status", status="cancelled"), event("2026-02", type="snapshot", status="construction")]
        )
    ],
    "date-of-database": [believed(sources=[source(type="dataset")], events=[event(type="status", status="announced")])],
    "weak-status": [believed()],
    "start-overdue": [believed(sources=[source()], events=[event(type="status", status="operating", expected=True)])],
    "phase-beside-total": [believed(capacities=[capacity(), capacity(scope="phase")])],
    "below-threshold": [believed(kind="refinery", capacities=[capacity()])],
    "cost-unusual": [checked(*COSTS, costing("bo-far", 1e12))],
    "summary-missing": [believed()],
    "summary-dump": [believed(summary="X: New facility in the list.")],
    "summary-tense": [believed(summary="It operates since 2020.")],
    "summary-gap": [believed(summary="A plant at , LA.")],
    "summary-stops": [believed(summary="A plant..")],
    "summary-long": [believed(summary="A plant. " * 120 + "End.")],
    "float-noise": [believed(summary="It has 1.2345678 t.")],
    "iso-country-name": [believed(summary="In Congo, The Democratic Republic.")],
    "iso-date": [believed(summary="Since 2020-05-18.")],
    "summary-database-day": [believed(summary="As reported on 5 August 2026.")],
    "plan-as-fact": [believed(events=[event(type="status", status="operating", summary="Is expected to open.")])],
    "event-after-source": [believed(sources=[source()], events=[event("2026-02-01")])],
    "as-of-after-source": [believed(sources=[source()], owners=[owner(as_of="2026-06")])],
    "events-out-of-order": [believed(events=[event("2025"), event("2024")])],
    "status-not-told": [believed(events=[])],
    "status-stale": [
        believed(sources=[source(published="2023")], events=[event("2023", type="status", status="operating")])
    ],
    "silence-too-short": [believed(events=[event("2024"), event("2025-01", basis="inferred_silence")])],
    "unit-misfit": [believed(capacities=[capacity(unit="GWh/y")])],
    "product-misfit": [believed(kind="refinery", capacities=[capacity(product="cells", unit="GWh/y")])],
    "built-in-future": [believed(capacities=[capacity(basis="actual", as_of="2031")])],
    "value-impossible": [believed(capacities=[capacity(value=5_000_000)])],
    "value-unusual": [checked(*MANY, made_up_feature("bo-far", name="Far", capacities=[capacity(value=450_000)]))],
    "at-zero": [checked(point(0, 0))],
    "outside-country": [checked(point(-20.2, -67.6)), checked(point(15.0, 50.0)), believed(geometry=TURNED)],
    "site-too-coarse": [checked(point(-67.1, -20.1))],
    "far-from-town": [checked(point(-67.123, -20.123, locality="Santa Cruz de la Sierra"))],
    "far-from-second-point": [
        checked(made_up_feature(external_ids=[{"dataset": "busch", "id": "2"}]), points={"busch:2": (-60.0, -20.0)})
    ],
    "broken-link": [believed(links=[{**LINK, "project": "bo-nowhere"}])],
    "near-duplicate": [*likely_twins()],
    "one-spot": [checked(made_up_feature("bo-a", name="Alpha"), made_up_feature("bo-b", name="Beta", kind="refinery"))],
    "bbox-not-finite": [error(Box, float("nan"), 0, 0, 0)],
    "bbox-latitude-first": [error(box_in_crs84, (-91, -91, 0, 0), SYSTEMS[EPSG_4326])],
    "bbox-in-metres": [error(box_in_crs84, (0, 0, 2e9, 0), SYSTEMS[EPSG_3857])],
    "bbox-longitude": [error(Box, -181, 0, 0, 0)],
    "bbox-latitude": [error(Box, 0, -91, 0, 0)],
    "bbox-upside-down": [error(Box, 0, 1, 0, 0)],
    "interval-backwards": [error(Interval, dt.date(2025, 1, 2), dt.date(2025, 1, 1))],
    "words-too-long": [asked(Words("x" * 201))],
    "not-sortable": [error(Query, sort=(("colour", True),))],
    "sorted-twice": [error(Query, sort=(("id", True), ("id", False)))],
    "mark-of-another-order": [error(Query, after=("a", "b"))],
    "limit-range": [error(Query, limit=0)],
    "after-and-before": [error(ChangeQuery, after=1, before=3)],
    "cursor-ahead": [ahead],
    "grouping-misspelt": [error(Statistics, Query(), ("countri",))],
    "not-grouped-by": [error(Statistics, Query(), ("xyz",))],
    "no-histogram": [error(Statistics, Query(), histogram="kind")],
    "too-many-groupings": [error(Statistics, Query(), ("kind", "country", "status", "owner"))],
    "grouped-twice": [error(Statistics, Query(), ("kind", "kind"))],
    "edges-do-not-rise": [error(Statistics, Query(), histogram="capacity", edges=(5, 5))],
    "too-many-steps": [error(steps, "month", dt.date(1900, 1, 1), dt.date(2025, 1, 1))],
    "groups-too-many": [counted("geo.memory.tally.MOST_NUMBERS")],
    "statistics-too-large": [counted("geo.statistics.MOST_ROWS")],
    "not-filterable": [asked(In("colour", frozenset(["red"])))],
    "too-many-values": [asked(In("name", frozenset(map(str, range(101)))))],
    "selection-too-large": [lambda _: [SelectionTooLarge("selection-too-large", count=9, format="csv", most=5)]],
    "spool-full": [spool_of_what_nobody_takes],
    "sheet-full": [lambda _: [SelectionTooLarge("sheet-full", sheet="Events", most=5)]],
    "no-country": [asked(In("country", frozenset(["ZZ"])))],
    "no-code": [asked(In("location_accuracy", frozenset(["x"])))],
    "value-not-number": [asked(Compare("sources_count", ">", "many"))],
    "value-not-flag": [asked(Compare("status_stale", "=", "yes"))],
    "value-not-date": [asked(Compare("start_planned", ">", "soon"))],
    "value-not-text": [asked(Compare("name", "=", 5))],
    "not-ordered": [asked(Compare("kind", "<", "refinery"))],
    "not-of-text": [asked(Like("kind", "%"))],
    "pattern-too-long": [asked(Like("name", "%" * 201))],
    "filter-too-large": [asked(And((Or(()),) * 500))],
    "filter-too-slow": [slow],
    "property-misspelt": [filtered("contry = 'BO'")],
    "cql2-syntax": [filtered("country ==")],
    "cql2-ends-early": [filtered("country = ")],
    "filter-too-long": [filtered("a" * 40_000)],
    "filter-too-deep": [filtered("(" * 100_00)],
    "filter-not-json": [filtered('{"op":', "cql2-json"), filtered('{"op":1,"op":2}', "cql2-json")],
    "not-a-condition": [filtered("country"), filtered("year(status_date)")],
    "not-a-value": [filtered("country = (kind = 'refinery')")],
    "in-without-list": [filtered('{"op":"in","args":[{"property":"country"},"BO"]}', "cql2-json")],
    "not-compared": [filtered("geometry = 1"), filtered("time > DATE('2020-01-01')")],
    "not-a-geometry": [filtered("S_INTERSECTS(name, POINT(1 1))")],
    "geometry-broken": [
        filtered("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))"),
        filtered(
            '{"op":"s_within","args":[{"property":"geometry"},{"type":"Point","coordinates":[[1,2]]}]}', "cql2-json"
        ),
    ],
    "geometry-outside": [filtered("S_INTERSECTS(geometry, POINT(0 91))")],
    "filter-bbox-form": [filtered("S_INTERSECTS(geometry, BBOX(1, 2, 3))")],
    "too-many-vertices": [filtered(f"S_INTERSECTS(geometry, MULTIPOINT({', '.join(['1 1'] * 5001)}))")],
    "crs-unknown": [filtered("country = 'BO'", crs="http://www.opengis.net/def/crs/EPSG/0/2056")],
    "function-misspelt": [filtered("S_INTERSECT(geometry, POINT(1 1))")],
    "function-unknown": [filtered("quux(name) = 1")],
    "function-arguments": [filtered("S_INTERSECTS(geometry)"), filtered("CASEI(name, name) = 'a'")],
    "operand-type": [filtered("name + 1 = 2"), filtered("year(name) = 2024")],
    "types-differ": [filtered("capacity > status_date")],
    "not-a-time": [filtered("T_AFTER(name, DATE('2024-01-01'))")],
    "not-an-interval": [filtered("T_DURING(created, INTERVAL('2024-01-01', '..'))")],
    "timestamp-form": [
        filtered("updated > TIMESTAMP('noon')"),
        filtered("updated > TIMESTAMP('2024-13-01T00:00:00Z')"),
    ],
    "filter-date": [filtered("status_date > DATE('soon')")],
    "value-not-time": [filtered("updated > 5")],
    "not-an-array": [filtered("A_CONTAINS(name, ('a'))")],
    "array-compared": [filtered("owner = 'rosatom'"), filtered("owner IN ('rosatom')")],
    "array-not-of-text": [filtered("A_CONTAINS(owner, (1))")],
    "pattern-not-text": [filtered("name LIKE 5")],
    "words-not-text": [filtered("words(name)")],
    "no-such-record": [written(lambda store: store.revisions("bo-nobody"))],
    "record-deleted": [change("bo-a", 2), taken_into_another, lambda _: [Gone("bo-a", None, "bo-b")]],
    "not-a-release": [lambda folder: [refused(read_release, folder)]],
    "not-retired": [file(b"[1]", lambda path: read_retired(path.parent), "retired.json")],
    "no-such-release": [lambda folder: [refused(read_kept, "1999.01", folder)]],
    "record-exists": [change("bo-b", None)],
    "revision-changed": [change("bo-b", 7)],
    "revision-not-named": [lambda _: [RevisionConflict("bo-a", None, 2)]],  # only a client of HTTP can name none
    "no-kind-of-store": [error(open_ledger, "mysql://somewhere/else")],
    "database-address-at": [lambda _: [refused(shown, "postgresql://ledger:a/b@host/ledger")]],
    "answers-of-no-database": [
        lambda place: [refused(lambda path: open_ledger(path, reading=Reading(answers="postgis")), place / "a.gpkg")]
    ],
    "no-lasting-file": [error(open_ledger, ":memory:")],
    "home-unknown": [error(open_ledger, "~nobody-of-that-name/a.gpkg")],
    "store-unreadable": [lambda place: [refused(open_ledger, text_file(place))]],
    "store-unusable": [opened(broken)],
    "store-folder-missing": [lambda place: [refused(open_ledger, place / "no" / "a.gpkg")]],
    "store-folder-refused": [not_allowed("folder", 0o000, "folder/inner/a.gpkg")],
    "store-folder-is-file": [lambda place: [refused(open_ledger, text_file(place) / "a.gpkg")]],
    "store-is-folder": [lambda place: [refused(open_ledger, place)]],
    "store-file-not-allowed": [not_allowed("folder/a.gpkg", 0o000, "folder/a.gpkg")],
    "store-folder-not-allowed": [not_allowed("folder", 0o555, "folder/b.gpkg")],
    "store-not-there": [opened(removed)],
    "store-lost": [opened(lost)],
    "store-file-empty": [opened(cut_off)],
    "store-record-damaged": [opened(damaged)],
    "no-store-in-file": [another_kept(lambda other: back_up(other, other.with_name("b.gpkg")))],
    "store-there": [kept(lambda store, copy: restore(copy, store))],
    "store-in-use": [kept(in_use)],
    "copy-damaged": [kept(damaged_copy)],
    "copy-being-written": [kept(being_written)],
    "copy-not-written": [kept(lambda store, copy: back_up(store, store.parent / "no" / "b.gpkg"))],
    "backup-there": [kept(lambda store, copy: back_up(store, copy))],
    "backup-over-store": [kept(lambda store, copy: back_up(store, store, replace=True))],
    "store-page-damaged": [tampered("UPDATE rtree_projects_geom_node SET data = zeroblob(4)")],
    "store-reference-broken": [tampered("DELETE FROM revisions")],
    "store-sequence-gap": [tampered("UPDATE revisions SET sequence = 3")],
    "store-history-cut": [tampered("DELETE FROM revisions")],
    "store-number-gap": [tampered("UPDATE revisions SET number = 2")],
    "store-replaces-wrong": [tampered("UPDATE revisions SET replaces = 1")],
    "store-row-not-newest": [tampered("DELETE FROM projects")],
    "store-column-wrong": [tampered("UPDATE projects SET name = 'x'")],
    "store-box-wrong": [tampered("DELETE FROM rtree_projects_geom")],
    "store-box-astray": [tampered("INSERT INTO rtree_projects_geom VALUES (9, 0, 0, 0, 0)")],
    "store-extent-too-small": [tampered("UPDATE gpkg_contents SET min_x = NULL")],
    "store-closed": [opened(closed)],
    "store-replaced": [opened(replaced)],
    "store-busy": [opened(busy)],
    "store-of-something-else": [of_something_else],
    "store-too-new": [opened(newer)],
    "store-empty": [opened(lambda store, path: dataset.export(store, path.parent / "out"))],
    "release-name-form": [opened(lambda store, _: store.name_release("A b"))],
    "release-name-taken": [opened(named_twice)],
    "release-of-nothing": [opened(lambda store, _: store.name_release("2026.12"))],
    "past-too-large": [opened(too_many_then)],
    "no-role": [key("ana", "king")],
    "scope-country": [key("ana", "editor", scope=["XX"])],
    "key-name-form": [key("", "editor")],
    "key-name-reserved": [key("dataset", "editor")],
    "key-name-taken": [revoked_twice],
    "key-ends-in-the-past": [key("ana", "editor", "2020-01-01T00:00:00.000Z")],
    "asked-otherwise": [asked_otherwise],
    "no-such-proposal": [proposed(lambda store, _: refused(store.proposals.get, 99))],
    "proposal-moved": [proposed(decided_twice)],
    "proposal-without-source": [proposed(stating_of("delete"))],
    "proposal-changes-nothing": [proposed(stating_of("change", feature=made_up_feature("bo-a")))],
    "proposal-of-another": [proposed(stating_of("change", feature=made_up_feature("bo-b")))],
    "proposal-no-such-revision": [proposed(stating_of("delete", revision=9))],
    "proposal-member-unfit": [proposed(stating_of("delete", feature={}))],
    "author-name-taken": [proposed(stating_of("delete", author="Archive"))],
    "proposal-record-moved": [proposed(overtaken)],
    "proposal-record-gone": [proposed(overtaken_by_a_deletion)],
    "only-new-is-merged": [proposed(merging_a_correction)],
    "proposals-full": [proposed(over("MOST_UNDECIDED"))],
    "proposals-full-of-keyless": [proposed(over("MOST_KEYLESS"))],
    "proposals-full-of-one": [proposed(over("MOST_OF_ORIGIN"))],
    "remarks-full": [proposed(over("MOST_REMARKS"))],
    "proposal-conflicts": [proposed(in_conflict)],
    "proposal-no-free-id": [proposed(without_an_id)],
    "author-of-nobody": [opened(lambda store, _: store.authors.hide("Dataset"))],
    "no-such-author": [opened(lambda store, _: store.authors.hide("nobody"))],
    "author-not-hidden": [opened(lambda store, _: store.authors.show("nobody"))],
    "no-such-key": [revoked_twice],
    "json-malformed": [error(read_json, b"{"), file(b"{")],
    "json-too-deep": [too_deep(error(read_json, b"[]")), file(b"[" * 100_000)],
    "json-name-twice": [error(read_json, b'{"a": 1, "a": 2}'), file(b'{"a": 1, "a": 2}')],
    "no-geojson-files": [lambda place: [refused(lambda: list(read_projects(place)))]],
    "file-elsewhere": [linked],
    "file-too-large": [too_large],
    "feature-too-large": [too_large_a_feature],
    "more-faults": [too_many_faults],
    "file-unreadable": [lambda place: [refused(read_features, place)]],
    "not-a-collection": [file({})],
    "not-organisations": [table("organisations.json", read_organisations, {})],
    "organisation-twice": [table("organisations.json", read_organisations, [ORGANISATION, ORGANISATION])],
    "parent-unknown": [table("organisations.json", read_organisations, [{**ORGANISATION, "parents": [PARENT]}])],
    "story-head": [story("title"), story('+++\ntitle = "T"\n+++\n')],
    "story-without-steps": [story(STORY_HEAD)],
    "story-view": [story(f"{STORY_HEAD}## A\nText"), story(f"{STORY_HEAD}## A\n> map: #21/0/0\nText")],
    "story-filter": [
        story(f"{STORY_HEAD}## A\n> map: #5/0/0?{asked}\n")
        for asked in ("country=XX", "x=1", "date=soon", "rec=../a", "status=")
    ],
    "story-link": [story(f"{STORY_HEAD}## A\n> map: #5/0/0\n[a](javascript:alert)")],
    "not-decisions": [table("decisions.json", read_decisions, {})],
    "not-points": [table("dataset_points.json", read_dataset_points, [])],
    "no-profile": [error(read_profile, "../busch")],
    "profile-wrong": [profile_wrong],
    "rows-missing": [rows(b"[]", "rows.json"), rows(b"a,b\n"), rows(b"a,b\n", header=5)],
    "file-form-unknown": [rows(b"a,b\n1,2\n", "rows.txt")],
    "file-of-other-form": [rows(b"<!DOCTYPE html>"), rows(b"a,b\n1,2\n", "rows.xlsx")],
    "columns-missing": [
        rows(b"a,x\n1,2\n", needed=("a", "Segment")),
        rows(b"a,B \n1,2\n"),
        rows(b'[{"a": 1}]', "a.json"),
    ],
    "column-twice": [rows(b"a,b,b\n1,2,3\n")],
    "columns-too-many": [too_many("json_table", "MOST_COLUMNS", "a.json", b'[{"a": 1, "b": 2}]')],
    "columns-parted-otherwise": [rows(b"a;b\n1;2\n")],
    "header-elsewhere": [rows(b"\na,b\n1,2\n"), rows(b"a,b\n1,2\n3,4\n", header=2)],
    "sheet-missing": [packed([], sheet="Deposits")],
    "rows-too-many": [
        too_many("table", "MOST_ROWS", "a.csv", b"a,b\n1,2\n3,4\n"),
        too_many("json_table", "MOST_ROWS", "a.json", b'[{"a": 1, "b": 2}, {"a": 1, "b": 2}]'),
    ],
    "cells-too-many": [packed([], MOST_CELLS=1)],
    "text-too-long": [too_many("table", "MOST_TEXT", "a.csv", b"a,b\n1,2\n")],
    "file-not-regular": [no_file],
    "cell-of-rows": [left_out('a,b\n1,"x\n2,y"\n')],
    "rows-none-fit": [none_fits],
    "cell-too-long": [rows(b"a,b\n1," + b"x" * 40_000)],
    "row-too-long": [rows(b"a,b\n" + b"," * 2**21)],
    "text-not-utf-8": [
        rows("a,b\n\u00c9,2\n".encode("cp1252")),
        rows("a,b\n1,2\n".encode("utf-16")),
        rows(b"a,b\n\0,2\n"),
    ],
    "csv-malformed": [rows(b'a,b\n1,"2\n3,4\n'), rows(b'a,b\n1,"' + b"x" * 200_000)],
    "json-not-a-list": [rows(b'{"a": {"b": 1}}', "a.json")],
    "json-entry": [
        rows(b'[{"a": 1, "b": 2}, "a", null]', "a.json"),
        rows(b'[{"a": 1, "b": 2}]', "a.json", each="a"),
        rows(b"[" + b'{"a": ' * 20 + b"1" + b"}" * 20 + b"]", "a.json"),
    ],
    "workbook-parts": [packed([], MOST_PARTS=1)],
    "workbook-unpacked": [packed([("a.bin", b"", zipfile.ZIP_STORED)], MOST_UNPACKED=1)],
    "workbook-ratio": [packed([("a.bin", bytes(2**21), zipfile.ZIP_DEFLATED)])],
    "workbook-method": [packed([("a.bin", b"a", zipfile.ZIP_LZMA)])],
    "workbook-token": [packed([("a.xml", b"<a b='" + b"x" * 2**21, zipfile.ZIP_STORED)])],
    "workbook-entities": [packed([("a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', zipfile.ZIP_STORED)])],
    "workbook-elements": [packed([], MOST_OTHERS=1)],
    "workbook-rows": [packed([("a.xml", b"<a><row r='2'/><row r='2'/></a>", zipfile.ZIP_STORED)])],
    "row-of-other-length": [left_out("a,b\n1\n")],
    "identifier-missing": [lambda _: read_as(read_profile("nrcan").model_copy(update={"leave_out": []}), "", **MINE)],
    "identifier-twice": [row(times=2, name="Faraway", latitude=60.1)],
    "cell-no-amount": [unread(**{"Resource Li ktons": "~1,200"})],
    "cell-no-date": [unread("cim", **PLANT, Announcement_Date="Q3 2026")],
    "cell-untaken": [unread(**{"Status Detail": "Sold"})],
    "cell-no-locality": [unread("cim", **PLANT, Address="CA")],
    "cell-no-reference": [unread(**{"Resource Li ktons": "1", "Reference Resource": "99"})],
    "cell-no-unit": [unread(**{"Resource Li ktons": "1", "Resource Grade Original": "1", "Resource Grade Unit": "oz"})],
    "cell-unreckoned": [unread(errors=[("Status", "cell-unreckoned")])],
    "cell-of-error": [unread(errors=[("Status", "cell-of-error")])],
    "cell-beside": [unread(errors=[("C", "cell-beside")])],
    "row-moved": [known_again(latitude=60.1)],
    "row-renamed": [known_again(name="Whabouchi")],
    "left-out-by-profile": [row(minerals=["Gold"])],
    "no-kind-for-row": [no_kind],
    "row-at-zero": [row(latitude=0, longitude=0)],
    "country-not-found": [no_country],
    "cell-not-a-number": [row(latitude="north")],
    **TABLES,
    **DATABASES,
}


# Those of tables start a process each.
SLOW, POSTGRES = (*TABLES, "archive-parts"), (*IN_DATABASE,)
RAISED = [
    pytest.param(rule, marks=[pytest.mark.slow] * (rule in SLOW) + [pytest.mark.postgres] * (rule in POSTGRES))
    for rule in RULES
]


@pytest.mark.parametrize("rule", RAISED)
def test_a_rule_is_raised_with_what_fills_its_sentence(rule, open_folder, request):
    if rule in POSTGRES:
        request.getfixturevalue("postgres")
    said = set()
    for number, provoke in enumerate(RULES[rule]):
        place = open_folder / str(number)
        place.mkdir()
        said |= {form_of(each.rule, each.values) for each in provoke(place) if each.rule == rule}
    assert set(forms()[rule]) == said


def test_every_rule_has_a_sentence_and_every_sentence_a_rule():
    assert set(forms()) == set(RULES)
    assert all(not said[-1].given for said in forms().values()), "the last form is for whatever values there are"


def test_a_doubt_about_a_place_is_said_as_the_vocabulary_defines_it():
    for term in vocabulary.LOCATION_DOUBTS:
        assert all(form.template.detail.endswith(term.definition) for form in forms()[term.code])


def test_a_fault_says_where_it_is():
    (found,) = refused(Project.from_feature, made_up_feature(kind="volcano")).faults
    assert "/properties/kind" == found.place
    assert "a.geojson (bo-a) /properties/kind" == found.of("bo-a").in_file("a.geojson").place
    assert told(found).expected.startswith("one of hard_rock_mine, ")


def test_a_file_s_error_names_what_is_wrong_in_it(tmp_path):
    (tmp_path / "organisations.json").write_text('[{"id": "a", "name": "A", "type": "planet", "moons": 2}]')
    said = str(refused(read_organisations, tmp_path))
    assert "list of organisations. /0/type: is not a organisation_type (one of company, state, " in said
    assert "/0/moons: is not a field of a record" in said


SENTENCE = re.compile(r"[^\W\d_]+ [^\W\d_]+ [^\W\d_]+")  # three words of letters, parted by single blanks
SQL = re.compile(
    r"\s*([\w{}]+ (= )?)?(IS|IN|SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|ROLLBACK|WHERE|ORDER|ON|CASE|BEGIN)\b"
)
SQL_IN_PART = re.compile(r"\b(SELECT|FROM|JOIN|AS|LOCAL|COLUMN|KEY|NULLS|ORDER BY)\b|^\S+ IS (NOT )?NULL")
# What is no fault's sentence, and why it stands in the code.
NO_FAULTS = {
    "loaded from the dataset": "kept in histories, and looked up there",
    "loaded from given files": "kept in histories, and looked up there",
    "retired in release {}: {}": "kept in histories",
    "loaded from files": "kept in histories, and looked up there",
    "revision {} of {} is a deletion": "a fault of ours, which nobody is shown",
    "YYYY, YYYY-MM or YYYY-MM-DD.": "a description in the JSON Schema",
    "Addresses of the sources": "the heading of a column of files",
    "Of reduced precision perhaps (YYYY, YYYY-MM): it compares by its first day.": "a description in the JSON Schema",
    "From the first to the last event; an interval, for the functions T_… and IS NULL.": "a description there too",
    "What a record states": "a title of the JSON Schema",
    "Lithium or battery project": "a title of the JSON Schema",
    "Lithium and battery projects": "a title of the JSON Schema",
    "The ready file %s is made again: %s.": "a line of the log, which is English",
    "it is no ready file of this version": "told in that line",
    "it is cut off or damaged": "told in that line",
    "it is of another store or of another version": "told in that line",
    "it is newer than the store": "told in that line",
    "The ready file %s could not be written: %s.": "a line of the log",
    "Changed records were not put together; answers stay right, and it is tried again.": "a line of the log",
    "unsupported startup parameter": "what a pooler says",
    "no connection is free": "told where a database cannot be reached, as the words of libpq are",
    "it is a standby": "told where there is no primary, likewise",
    "The tables of the catalog were not made again; it is tried again at the next start.": "a line of the log",
    "The tables of the catalog were not made again; it is tried again at the next start: %s": "a line of the log",
    "No other process can read the store, so that this one reads all: %s": "a line of the log",
    "only a standby answers": "told where nobody knows whether a change was kept, as the words of libpq are",
    "it was the primary once, and another server is now": "told there too",
    "A server that had not all changes was promoted: all records are read again.": "a line of the log",
    "Files to import are read by a process that the system does not keep from: %s.": "a line of the log",
}


def texts(tree):
    """The strings of a module, those with places for values whole, without docstrings."""
    passed = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            passed |= set(node.values)
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in passed:
            yield node.value


def is_sql(text):
    return bool(SQL.match(text) or SQL_IN_PART.search(text))


def test_no_sentence_stands_outside_the_tables():
    found = {
        text
        for file in (ROOT / "geo").rglob("*.py")
        for text in texts(ast.parse(file.read_text()))
        if SENTENCE.search(text)
    }
    columns = [*PROJECTS, *ORGANISATIONS, *COUNTRIES]
    titles = {column.title for column in columns}  # columns.py is the table of these
    titles |= {form.title for form in FORMATS.values()}
    # What TileJSON says of tiles, which is English.
    of_tiles = set(texts(ast.parse((ROOT / "geo/tiles/content.py").read_text())))
    assert set(NO_FAULTS) == {text for text in found - titles - of_tiles if not is_sql(text)}


def places_of(template):
    """The names of values in a sentence, each with the form in which it is written."""
    return sorted({(name, spec) for _, name, spec, _ in string.Formatter().parse(template) if name})


@pytest.mark.parametrize("package", ["geo", "api", "web"])
@pytest.mark.parametrize("language", ["es", "ru", "zh"])
def test_a_translated_rule_has_the_forms_and_the_values_of_the_english_one(package, language):
    file = ROOT / package / "messages" / f"{language}.toml"
    english, stated = forms(package), tomllib.loads(file.read_text()) if file.exists() else {}
    assert set(stated) <= set(english)
    for rule in stated:
        own = forms(package, language)[rule]
        assert [form.given for form in english[rule]] == [form.given for form in own], rule
        for said, translated in zip(english[rule], own, strict=True):
            assert bool(said.template.expected) == bool(translated.template.expected), rule
            told, retold = (" ".join(form.template) for form in (said, translated))
            assert places_of(told) == places_of(retold), rule


def test_a_rule_without_a_translation_is_said_in_english():
    assert sentence("missing") == sentence("missing", language="cy")


def test_numbers_in_sentences_are_written_as_the_language_writes_them(monkeypatch):
    said = {"made-up": (Form(Sentence("{most:,.1f}; {code}", ""), frozenset()),)}
    monkeypatch.setattr("geo.messages.forms", lambda package, language: said)
    values = {"most": 20_000.5, "code": "a.b,c"}
    told = {code: sentence("made-up", values, language=code).detail for code in ("en", "es", "ru", "zh")}
    assert {"en": "20,000.5; a.b,c", "es": "20.000,5; a.b,c"} == {code: told[code] for code in ("en", "es")}
    assert "20\u00a0000,5; a.b,c" == told["ru"]
    assert told["en"] == told["zh"]


@pytest.mark.parametrize(
    "error", [NoPrimary("database-no-primary", path="x", reason="y"), Gone("bo-a", 2), NotFound("bo-b")]
)
def test_an_error_is_the_same_in_another_process(error):
    again = pickle.loads(pickle.dumps(error))
    assert (type(error), vars(error), str(error)) == (type(again), vars(again), str(again))
