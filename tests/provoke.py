"""What provokes each fault, and what tests ask of its sentence: that its values fill it exactly."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import subprocess
import sys
import zipfile
from string import Formatter
from unittest import mock

import pytest
import xlsxwriter
from conftest import an_ordinary_user, copy_of, sql
from made_up import made_up, made_up_feature

from geo import unfinished
from geo.addresses.following import about
from geo.backups import back_up, restore
from geo.changes import ChangeQuery, changes
from geo.checks.run import check_files, check_projects
from geo.columns import ORGANISATIONS
from geo.cql2.reading import read_filter
from geo.crs import CRS84
from geo.curated import load as dataset
from geo.curated.decisions import Decisions
from geo.curated.files import read_features, read_projects
from geo.curated.organisations import Organisations
from geo.deciding import decision_of
from geo.editing import Edit, Once, patched
from geo.errors import LedgerError
from geo.filter import Like
from geo.importing.file import read_rows
from geo.importing.merge import import_file, write_import
from geo.importing.profile import Layer, read_profile
from geo.importing.reading import Reading
from geo.importing.rows import project_of
from geo.importing.table import FileRow, Unread
from geo.keys import create_key
from geo.messages import forms, sentence
from geo.opening import open_ledger
from geo.proposals import Author, Draft, Remark
from geo.proposing import draft_of
from geo.query import Query
from geo.records.project import Project
from geo.relational.turns import Waiting
from geo.reviewing import Acceptance, edits_of
from geo.statistics import Statistics, statistics
from geo.store import Loaded

TODAY = dt.date(2026, 11, 24)


def refused(call, *arguments, **named):
    """Return the error that a call raises."""
    with pytest.raises(LedgerError) as raised:
        call(*arguments, **named)
    return raised.value


def form_of(rule, values, package="geo"):
    """Return the form in which a fault is said, once its values are known to fill it and nothing more."""
    form = next(form for form in forms(package)[rule] if form.given <= values.keys())
    named = {name for part in form.template for _, name, _, _ in Formatter().parse(part) if name is not None}
    assert named | form.given == set(values)
    assert sentence(rule, values, package=package).detail.strip()
    return form


def feature(whole):
    """The faults of a feature."""
    return lambda _: refused(Project.from_feature, whole, today=TODAY).faults


def record(**change):
    """The faults of the made-up record with other properties."""
    return feature(made_up_feature(**change))


def area(*rings):
    return record(geometry={"type": "Polygon", "coordinates": [list(ring) for ring in rings]})


def point(*position, **change):
    return made_up_feature(geometry={"type": "Point", "coordinates": list(position)}, **change)


def event(date="2026-01-02", **more):
    return {"date": date, "type": "other", "summary": "Told.", "sources": ["s1"], **more}


def source(**more):
    return {"id": "s1", "url": "https://example.org/a", "title": "A text", "published": "2026-01-02", **more}


def owner(**more):
    return {"name": "A", "role": "owner", "sources": ["s1"], **more}


def capacity(**more):
    figure = {"product": "lithium_carbonate", "value": 5, "unit": "t/y", "basis": "planned", "sources": ["s1"]}
    return {**figure, **more}


def resource(**more):
    return {"category": "inferred", "substance": "li", "sources": ["s1"], **more}


def checked(*features, points=None):
    """The faults of valid records."""
    projects = [Project.from_feature(each, today=TODAY) for each in features]
    return lambda _: check_projects(projects, today=TODAY, decisions=Decisions([]), points=points or {})


def believed(**change):
    return checked(made_up_feature(**change))


def of_address(address):
    """What is said of an address that somebody types as a source."""
    return lambda _: about(address).faults


def error(call, *arguments, **named):
    return lambda _: [refused(call, *arguments, **named)]


def asked(expression):
    """The error of a question with this filter."""
    return error(Query, filter=expression)


def filtered(text, language="cql2-text", crs=CRS84):
    """The error of a filter in CQL2."""
    return error(read_filter, text, language, crs)


def patching(properties):
    """The faults of a merge patch."""
    return lambda _: refused(patched, made_up_feature(), {"properties": properties}).faults


def file(text, read=read_features, name="a.geojson"):
    """The error of a reader on a file of this text."""

    def provoke(place):
        (place / name).write_bytes(text if isinstance(text, bytes) else json.dumps(text).encode())
        return [refused(read, place / name)]

    return provoke


def table(name, read, text):
    """The error of a reader on a folder with a table in it, and the faults that it names."""

    def provoke(place):
        (place / name).write_text(json.dumps(text) if not isinstance(text, str) else text)
        found = refused(read, place)
        return [found, *found.faults]

    return provoke


def row(times=1, **cells):
    """Why a row of a publisher's file is left out."""
    usual = {"name": "A", "minerals": ["Lithium"], "latitude": 52.01, "longitude": -76.12, "nrcanObjectId": 7}
    usual |= dict.fromkeys(("status", "operator", "province"), "")
    stated = {"operationGroup": "Advanced exploration project", "developmentStage": "Advanced project", **usual}

    def provoke(place):
        (place / "projects").mkdir()
        dataset.write_dataset(place / "projects", [made_up()])
        entry = {**stated, **cells}
        (place / "rows.json").write_text(json.dumps([entry] * times))
        return [reason for _, reason in import_file(read_profile("nrcan"), place / "rows.json", place).left_out]

    return provoke


def read_as(profile, identifier="a", unread=None, **cells):
    """Why a row of these cells is no record."""
    row = Reading(profile, FileRow(7, cells, unread or {}), identifier)
    return [refused(project_of, profile, row, {})]


def no_country(_):
    cells = {"Country": "Atlantis", "Deposit Name": "A", "Resource Type": "Hard Rock", "Resource Detail": "Hard Rock"}
    return read_as(read_profile("busch"), **cells)


def no_kind(_):
    return read_as(read_profile("nrcan").model_copy(update={"kinds": [], "leave_out": []}))


DEPOSIT = {
    "Country": "Canada",
    "Deposit Name": "Rose",
    "Latitude": "52.01",
    "Longitude": "-76.13",
    "Resource Type": "Hard Rock",
    "Resource Detail": "Hard Rock",
    "Status": "Evaluation",
}


def unread(profile="busch", errors=(), **cells):
    """What is noted of the cells of a row that becomes a record."""

    def provoke(_):
        used = read_profile(profile)
        stated = {**dict.fromkeys(used.columns, ""), **(DEPOSIT if profile == "busch" else {}), **cells}
        odd = {column: Unread(0, rule, "=") for column, rule in errors}
        reading = Reading(used, FileRow(7, stated, odd), "canada-rose")
        project_of(used, reading, {})
        return reading.unread

    return provoke


def rows(content, name="rows.csv", needed=("a", "b"), **layer):
    """The error of a publisher's file of this content."""

    def provoke(place):
        (place / name).write_bytes(content)
        return [refused(read_rows, place / name, Layer(**layer), needed)]

    return provoke


def packed(parts, sheet="Sheet1", **bound):
    """The error of a workbook with these parts beside a good one's, or with a bound of `geo.importing.package`."""

    def provoke(place):
        file = place / "rows.xlsx"
        with xlsxwriter.Workbook(file) as book:
            book.add_worksheet("Sheet1").write_row(0, 0, ["a", "b"])
        with zipfile.ZipFile(file, "a") as package:
            for name, content, how in parts:
                package.writestr(name, content, how)
        with mock.patch.multiple("geo.importing.package", **bound) if bound else contextlib.nullcontext():
            return [refused(read_rows, file, Layer(layer=sheet), ("a", "b"))]

    return provoke


def left_out(text):
    """Why a row of a CSV of this text is left out."""

    def provoke(place):
        (place / "rows.csv").write_text(text)
        return [each.fault for each in read_rows(place / "rows.csv", Layer(), ("a", "b"))]

    return provoke


def no_file(place):
    (place / "rows.csv").mkdir()
    return [refused(read_rows, place / "rows.csv", Layer(), ("a",))]


def none_fits(place):
    known_again()(place)
    (place / "rows.json").write_text((place / "rows.json").read_text().replace("Lithium", "Gold"))
    return [refused(import_file, read_profile("nrcan"), place / "rows.json", place)]


def too_many(reader, bound, name, content):
    """The error of a publisher's file beyond a bound that is made small."""

    def provoke(place):
        with mock.patch(f"geo.importing.{reader}.{bound}", 1):
            return rows(content, name)(place)

    return provoke


def known_again(**change):
    """What is said of a known row of the next edition."""

    def provoke(place):
        first = {"name": "Rose", "minerals": ["Lithium"], "latitude": 52.01, "longitude": -76.12, "nrcanObjectId": 7}
        kinds = {"operationGroup": "Advanced exploration project", "developmentStage": "Advanced project"}
        rest = dict.fromkeys(("status", "operator", "province"), "")
        (place / "projects").mkdir()
        dataset.write_dataset(place / "projects", [made_up()])
        profile = read_profile("nrcan")
        for stated in (first, first | change):
            (place / "rows.json").write_text(json.dumps([{**rest, **kinds, **stated}]))
            report = import_file(profile, place / "rows.json", place)
            write_import(report, place)
        return report.odd

    return provoke


def profile_wrong(_):
    with mock.patch("geo.importing.profile.tomllib.loads", return_value={}):
        return [refused(read_profile, "nrcan")]


def opened(act):
    """The error of an act on a store, its file and its folder."""

    def provoke(place):
        with contextlib.closing(open_ledger(copy_of("empty", place / "a.gpkg")).store) as store:
            return [refused(act, store, place / "a.gpkg")]

    return provoke


def written(act):
    """The error of an act on a store with two revisions of one record."""

    def prepared(store, _):
        store.write([Edit("bo-a", made_up("bo-a"), None, "ana")])
        store.write([Edit("bo-a", None, 1, "ana")])
        store.write([Edit("bo-b", made_up("bo-b"), None, "ana")])
        act(store)

    return opened(prepared)


def counted(bound):
    """The error of counting beyond a bound that is made small."""

    def provoke(place):
        ledger = open_ledger(place / "counted.gpkg")
        ledger.store.write([Edit("bo-a", made_up("bo-a"), None, "ana")])
        with contextlib.closing(ledger.store), mock.patch(bound, 0):
            return [refused(statistics, ledger.catalog, Statistics(Query(), ("kind",)))]

    return provoke


def slow(place):
    """The errors of a filter for which nobody has the time, of records and of what is made of them."""
    ledger = open_ledger(place / "slow.gpkg")
    ledger.store.write([Edit("bo-a", made_up("bo-a"), None, "ana")])
    like = Like("name", "%a_")
    with contextlib.closing(ledger.store), mock.patch("geo.checked.MOST_SECONDS", -1):
        return [
            refused(ledger.catalog.count, Query(filter=like), ()),
            refused(ledger.gathered.organisations.count, Query(filter=like, columns=ORGANISATIONS), ()),
        ]


def change(project_id, expected):
    return written(lambda store: store.write([Edit(project_id, made_up(project_id), expected, "ana")]))


def _take_into_another(store, _):
    store.write([Edit(each, made_up(each), None, "ana") for each in ("bo-a", "bo-b")])
    store.write([Edit("bo-a", None, 1, "ana", successor="bo-b")])
    store.write([Edit("bo-a", None, 2, "ana")])


taken_into_another = opened(_take_into_another)


def closed(store, _):
    store.close()
    store.latest_sequence()


def removed(store, path):
    path.unlink()
    store.latest_sequence()


def replaced(store, path):
    path.rename(path.with_suffix(".old"))
    path.write_bytes(b"")
    store.latest_sequence()


def broken(store, path):
    with sql(path) as connection:
        connection.execute("ALTER TABLE api_keys RENAME TO former_keys")
    store.keys.all()


def damaged(store, path):
    store.write([Edit("bo-a", made_up("bo-a"), None, "ana")])
    with sql(path) as connection:
        connection.execute("DROP TRIGGER revisions_are_not_changed")
        connection.execute("UPDATE revisions SET record = '{'")
    list(store.current())


def tampered(statement):
    """The faults of a store of one record after somebody got past its guards."""

    def provoke(place):
        with contextlib.closing(open_ledger(copy_of("empty", place / "a.gpkg")).store) as store:
            store.write([Edit("bo-a", made_up("bo-a"), None, "ana")])
            with sql(place / "a.gpkg") as connection:
                for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                    connection.execute(f"DROP TRIGGER {name}")
                connection.execute(statement)
            return store.verify()

    return provoke


def kept(act):
    """The error of an act on a closed store's file and a backup of it."""

    def provoke(place):
        store, copy = copy_of("empty", place / "a.gpkg"), place / "copy.gpkg"
        with contextlib.closing(open_ledger(store).store) as opened:
            opened.write([Edit("bo-a", made_up("bo-a"), None, "ana")])
        back_up(store, copy)
        return [refused(act, store, copy)]

    return provoke


def another_kept(act):
    """The error of an act on a database of something else."""

    def provoke(place):
        with sql(place / "other.gpkg") as connection:
            connection.execute("CREATE TABLE others (id)")
        return [refused(act, place / "other.gpkg")]

    return provoke


def damaged_copy(store, copy):
    with sql(copy) as connection:
        connection.execute("DROP TRIGGER revisions_are_not_deleted")
        connection.execute("DELETE FROM revisions")
    restore(copy, store, replace=True)


HOLDS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT count(*) FROM revisions").fetchone()
print("held", flush=True)
sys.stdin.read()
"""


def in_use(store, copy):
    command = [sys.executable, "-c", HOLDS, str(store)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline()
        restore(copy, store, replace=True)


def being_written(store, _):
    file = store.with_name("b.gpkg")
    with unfinished.path_of(file).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        back_up(store, file)


def cut_off(store, path):
    store.close()
    os.truncate(path, 0)
    open_ledger(path)


def lost(store, path):
    store.close()
    path.unlink()
    open_ledger(path)


def busy(store, _):
    with store._turns.turn(Waiting()), mock.patch("geo.relational.turns.WAIT_SECONDS", 0.01):
        store.note_dataset_loaded(Loaded("x"))


def newer(_, path):
    with sql(path) as connection:
        connection.execute("INSERT INTO store_migrations (number, name) VALUES (9999, 'from the future')")
    open_ledger(path)


def of_something_else(place):
    with sql(place / "other.gpkg") as connection:
        connection.execute("CREATE TABLE other (id)")
    return [refused(open_ledger, place / "other.gpkg")]


def not_allowed(closed, mode, wanted):
    """The error of an ordinary user who wants a store where a folder or a file has this mode."""

    def provoke(place):
        (place / "folder").mkdir()
        (place / "folder" / "a.gpkg").write_bytes(b"")
        (place / closed).chmod(mode)
        with an_ordinary_user():
            return [refused(open_ledger, place / wanted)]

    return provoke


def revoked_twice(place):
    with contextlib.closing(open_ledger(copy_of("empty", place / "a.gpkg")).store) as store:
        create_key(store.keys, "ana", "editor")
        return [refused(create_key, store.keys, "ana", "editor"), refused(store.keys.revoke, "bob")]


def key(name, role, expires=None, scope=()):
    return opened(lambda store, _: create_key(store.keys, name, role, expires, scope))


def asked_otherwise(place):
    """Two changes under one name."""
    edits = [Edit(each, made_up(each), None, "ana", once=Once(b"name", each.encode())) for each in ("bo-a", "bo-b")]
    with contextlib.closing(open_ledger(copy_of("empty", place / "a.gpkg")).store) as store:
        store.write(edits[:1])
        return [refused(store.write, edits[1:])]


def proposed(refuse):
    """What a store refuses of a proposal that has been made there."""

    def provoke(place):
        with contextlib.closing(open_ledger(copy_of("empty", place / "a.gpkg")).store) as store:
            return [refuse(store, store.proposals.add(_draft("create", made_up("bo-a"))))]

    return provoke


def _draft(kind, project, base=None):
    named = (project.properties.name, project.properties.country)
    return Draft(kind, project.id, base, project, *named, ["s1"], "So.", Author("Rosa", origin=b"here"))


def decided_twice(store, proposal):
    declined = Remark("No.", "ben", True, "declined")
    store.proposals.decide(proposal.id, 1, declined)
    return refused(store.proposals.decide, proposal.id, 1, declined)


def over(bound):
    """The refusal of what would be one more than there may be."""

    def refuse(store, proposal):
        with mock.patch(f"geo.relational.proposals.{bound}", 0):
            if bound == "MOST_REMARKS":
                return refused(store.proposals.remark, proposal.id, 1, Remark("So.", "ben", True, "open"))
            return refused(store.proposals.add, proposal.draft)

    return refuse


def stating_of(kind, **members):
    """The faults of what is proposed of a record that is there."""

    def refuse(store, proposal):
        if not store.latest_sequence():
            store.write([Edit("bo-a", made_up("bo-a"), None, "ana")])
        stated = {"kind": kind, "project": "bo-a", "revision": 1, "comment": "So.", **members}
        return refused(draft_of, stated, store).faults[0]

    return refuse


MEANWHILE = made_up("bo-b", name="Meanwhile")


def overtaken(store, _, meanwhile=MEANWHILE, seen=1):
    store.write([Edit("bo-b", made_up("bo-b"), None, "ana")])
    proposal = store.proposals.add(_draft("change", made_up("bo-b", name="Proposed"), 1))
    store.write([Edit("bo-b", meanwhile, 1, "ana")])
    return refused(edits_of, store, proposal, Acceptance("ben", seen))


def overtaken_by_a_deletion(store, proposal):
    return overtaken(store, proposal, None, 2)


def in_conflict(store, proposal):
    return overtaken(store, proposal, seen=2)


def merging_a_correction(store, _):
    store.write([Edit("bo-b", made_up("bo-b"), None, "ana")])
    proposal = store.proposals.add(_draft("change", made_up("bo-b", name="Proposed"), 1))
    stated = {"decision": "merge", "version": 1, "into": "bo-a", "seen": 1}
    return refused(decision_of, stated, proposal).faults[0]


def without_an_id(store, proposal):
    store.write([Edit("bo-a", made_up("bo-a"), None, "ana")])
    with mock.patch("geo.reviewing.proposed_ids", return_value=["bo-a"]):
        return refused(edits_of, store, proposal, Acceptance("ben", None))


def ahead(place):
    """A cursor of a store that has come further."""
    with contextlib.closing(open_ledger(copy_of("empty", place / "a.gpkg")).store) as store:
        return [refused(changes, store, Organisations([]), ChangeQuery(after=7))]


def two_files_with_one_record(place):
    for name in ("a.geojson", "b.geojson"):
        (place / name).write_text(json.dumps(made_up_feature()))
    files = [place / "a.geojson", place / "b.geojson"]
    loaded = refused(dataset.load, NoStore(), dataset.Given([made_up(), made_up()]))
    return [
        *check_files(files, today=TODAY),
        *refused(lambda: list(read_projects(place))).faults,
        *loaded.faults,
    ]


def linked(place):
    (place / "folder").mkdir()
    (place / "mine.geojson").write_text(json.dumps(made_up_feature()))
    (place / "folder" / "a.geojson").symlink_to(place / "mine.geojson")
    return [refused(lambda: list(read_projects(place / "folder")))]


class NoStore:
    """A store without records, as far as loading reads it."""

    def latest_sequence(self):
        return 0

    def write_many(self, edits):
        list(edits)


def too_deep(provoke):
    """Where orjson reads deeper than Python's reader, which is so in some versions of Python."""

    def provoke_patched(place):
        with mock.patch("geo.strict_json.json.loads", side_effect=RecursionError):
            return provoke(place)

    return provoke_patched


def too_large(place):
    (place / "a.json").write_text("[]")
    with mock.patch.dict("geo.importing.file.MOST_MIB", {".json": 0}):
        return [refused(read_rows, place / "a.json", None, ())]


def too_large_a_feature(place):
    (place / "a.geojson").write_text('{"features": [' + "[" * 100)
    with mock.patch("geo.curated.features.MOST_CHARACTERS", 1):
        return [refused(read_features, place / "a.geojson")]


def too_many_faults(place):
    (place / "a.geojson").write_text(json.dumps({"features": [{}, {}]}))
    with mock.patch("geo.curated.files.MOST_FAULTS", 1):
        return refused(lambda: list(read_projects(place))).faults


def costing(project_id, amount):
    """A plant of 20,000 t a year for this sum."""
    spent = [{"amount": amount, "currency": "USD", "sources": ["s1"]}]
    return made_up_feature(project_id, name=project_id, capacities=[capacity(value=20_000)], investment=spent)


def likely_twins():
    spot = {"type": "Point", "coordinates": [-67.612, -20.213]}
    named = [made_up_feature(i, geometry=spot, name=n) for i, n in (("bo-a", "Coipasa"), ("bo-b", "Coipasa plant"))]
    owned = [made_up_feature(i, geometry=spot, name=n, owners=[owner()]) for i, n in (("bo-a", "Un"), ("bo-b", "Deux"))]
    for each in owned:
        each["properties"]["owners"][0]["name"] = "Rosatom"
    lost = [{**each, "geometry": None} for each in json.loads(json.dumps(named))]
    for each in lost:
        each["properties"] |= {"location_accuracy": "undisclosed", "location_sources": []}
    vague = [
        made_up_feature(
            i,
            name=n,
            kind=kind,
            geometry=spot,
            location_accuracy=a,
            location_radius_km=r,
            region="Oruro",
            owners=[owner()],
        )
        for i, n, kind, a, r in (("bo-a", "Un", "refinery", "region", 220), ("bo-b", "Deux", "refinery", "site", None))
    ]
    for each in vague:
        each["properties"]["owners"][0]["name"] = "Rosatom"
    return checked(*named), checked(*owned), checked(*lost), checked(*vague)


def text_file(place):
    (place / "text.gpkg").write_text("not a database " * 100)
    return place / "text.gpkg"
