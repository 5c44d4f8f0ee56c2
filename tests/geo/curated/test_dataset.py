"""The curated dataset: complete, sourced, stable, and honest about its two records that matter most."""

import datetime as dt
import functools
import json
import re

import geopandas
import pytest
import shapely
import shapely.geometry
from made_up import made_up

from geo import boundaries
from geo.checks.run import check_files
from geo.curated import load as dataset
from geo.curated.files import read_projects, write_dataset
from geo.curated.points import read_dataset_points
from geo.curated.release import Retired, read_kept, read_release, read_retired
from geo.editing import Edit
from geo.errors import DataFileError, Gone, InvalidRecord, NotFound
from geo.keys import ARCHIVE
from geo.opening import Ledger
from geo.paths import data_folder

STORES = ("geopackage",)  # this is about a file

pytestmark = pytest.mark.slow

PROJECTS = data_folder() / "projects"


@functools.cache
def everything():
    """Every record by its id, read when a test asks for them."""
    return {project.id: project for project in read_projects(PROJECTS)}


def test_no_file_has_an_error():
    found = check_files(sorted(PROJECTS.glob("*.geojson")))
    assert [] == [fault for fault in found if fault.severity == "error"]


# What the editors of release 2026.12 mended in all records, by the rule that finds it.
MENDED = {
    "as-of-after-source",
    "below-threshold",
    "database-against-text",
    "date-of-database",
    "event-after-source",
    "float-noise",
    "iso-country-name",
    "iso-date",
    "near-duplicate",
    "one-spot",
    "phase-beside-total",
    "share-of-no-owner",
    "source-front-page",
    "source-in-repository",
    "source-is-search",
    "source-is-shared-file",
    "source-is-shortened",
    "source-says-how-found",
    "source-type-missing",
    "stage-lowered",
    "stage-not-in-words",
    "summary-database-day",
    "summary-dump",
    "summary-gap",
    "summary-long",
    "summary-missing",
    "summary-stops",
    "summary-tense",
}


def test_a_point_of_another_dataset_is_that_of_a_record():
    known = {
        f"{each.dataset}:{each.id}" for project in everything().values() for each in project.properties.external_ids
    }
    assert set() == set(read_dataset_points()) - known


@pytest.mark.slow
def test_what_the_editors_mended_does_not_come_back():
    day = dt.date.fromisoformat(read_release().date)
    found = check_files(sorted(PROJECTS.glob("*.geojson")), today=day)
    assert [] == [(each.record, each.rule, each.pointer) for each in found if each.rule in MENDED]


def test_a_point_of_a_town_names_the_place_of_the_gazetteer():
    """A front page of GeoNames tells nobody which place is meant."""
    urls = {source.url for project in everything().values() for source in project.properties.sources}
    assert "https://www.geonames.org/" not in urls


def test_every_source_is_used_by_something_that_rests_on_it():
    for project in everything().values():
        stated = project.properties
        parts = [
            *stated.events,
            *stated.owners,
            *stated.capacities,
            *stated.resource,
            *stated.investment,
            *stated.links,
        ]
        used = {source for part in parts for source in part.sources} | set(stated.location_sources)
        assert used == {source.id for source in stated.sources}, project.id


def test_points_lie_in_their_country():
    for project in everything().values():
        if project.geometry is None or project.properties.location_accuracy == "country":
            continue
        country = boundaries.country_shapes()[project.properties.country]
        assert shapely.dwithin(country, shapely.geometry.shape(project.geometry), 0.1), project.id


def test_shares_that_are_held_add_up_to_100_at_most():
    for project in everything().values():
        held = [
            o.share_pct
            for o in project.properties.owners
            if o.share_pct and not o.pending and o.role in ("owner", "state")
        ]
        assert sum(held) <= 100.01, project.id


def test_the_rosatom_factory_is_an_idea_somewhere_in_bolivia():
    idea = everything()["bo-rosatom-battery-factory"]
    derived, stated = idea.derived(), idea.properties

    assert ("considered", "2024-03-26") == (derived["status"], derived["status_date"])
    assert ("cell_factory", "country", []) == (stated.kind, stated.location_accuracy, stated.capacities)
    assert "Point" != idea.geometry["type"]
    assert derived["start_planned"] is derived["start_actual"] is None
    assert any("Rosatom" in owner.name and owner.role == "proposer" for owner in stated.owners)
    komarov = next(e for e in stated.events if e.date == "2024-03-26" and e.status == "considered")
    cited = {s.id: s.url for s in stated.sources}
    assert any("sputnikglobe.com/20240326" in cited[source] for source in komarov.sources)
    assert not any(e.date.startswith("2025-07") for e in stated.events), "a false date of a page's side bar"
    assert [("follows_from", "bo-u1-uyuni-dle")] == [(link.type, link.project) for link in stated.links]


def test_the_uyuni_project_has_its_disputed_sums_side_by_side():
    project = everything()["bo-u1-uyuni-dle"]
    millions = {i.amount / 1e6 for i in project.properties.investment}
    types = {e.type for e in project.properties.events}

    assert {450, 970, 975, 976} <= millions
    assert 14_000 == project.derived()["capacity_lce_t_per_year"], "steps of 1,000 and 9,000 t are cumulative"
    assert "announced" == project.derived()["status"]
    assert {"agreement", "court"} <= types
    dates = {e.date for e in project.properties.events}
    assert {"2023-12-13", "2024-09-11", "2025-05-27", "2025-06-05", "2025-08-12"} <= dates


@pytest.mark.parametrize("project_id", ["bo-u1-uyuni-dle", "bo-cbc-uyuni"])
def test_the_two_voices_of_the_bolivian_government_stand_side_by_side(project_id):
    """One minister will respect the contracts, another may break with them, the president sets a condition."""
    told = {event.date: event for event in everything()[project_id].properties.events}
    assert "respected" in told["2026-01-16"].summary
    assert "under technical and legal review" in told["2026-01-27"].summary
    assert "side by side" in told["2026-01-28"].summary
    assert "being reviewed" in told["2026-01-30"].summary
    assert "transparent" in told["2026-02-03"].summary
    assert [] == [event.summary for event in told.values() if not event.sources], "each says who told it"


@pytest.mark.parametrize(
    ("project_id", "year"),
    [
        ("us-thacker-pass", "2027"),
        ("es-powerco-valencia-sagunto", "2027"),
        ("de-lionheart-phase-one-landau-geothermal-lithium-extraction-plant", "2028"),
        ("hu-eve-energy-debrecen", "2027"),
    ],
)
def test_a_start_that_texts_plan_is_stored_and_is_no_operation(project_id, year):
    derived = everything()[project_id].derived()
    assert derived["start_planned"].startswith(year)
    assert "construction" == derived["status"]


def test_the_known_errors_of_the_fact_sheets_are_gone():
    maricunga = everything()["cl-maricunga"].properties.owners
    assert all(o.pending for o in maricunga if o.share_pct in (50.01, 49.99))
    cbc = everything()["bo-cbc-uyuni"].properties.owners
    assert [] == [o for o in cbc if o.share_pct == 51]
    atacama = everything()["cl-atacama-sqm"].properties.events
    assert any(e.date == "2026-01-27" and e.type == "court" for e in atacama)
    urls = [s.url or s.read_at for p in everything().values() for s in p.properties.sources]
    assert all(url.startswith("http") for url in urls)


def texts(part):
    """Every text of a record that is somebody's words, addresses and titles aside."""
    if isinstance(part, dict):
        return [text for name, value in part.items() if name not in ("url", "title") for text in texts(value)]
    if isinstance(part, list):
        return [text for value in part for text in texts(value)]
    return [part] if isinstance(part, str) else [repr(part)]


def test_no_number_carries_float_noise():
    noise = re.compile(r"\d\.\d{14,}|\d[eE][+-]\d")
    assert [] == [(p.id, text) for p in everything().values() for text in texts(p.stated()) if noise.search(text)]


def test_what_has_happened_is_not_in_the_future():
    today = read_release().date
    assert [] == [
        (p.id, e.date) for p in everything().values() for e in p.properties.events if not e.expected and e.date > today
    ]


@pytest.mark.slow
def test_loading_and_exporting_gives_the_same_bytes(store, tmp_path):
    dataset.load(store, dataset.Given(list(read_projects(PROJECTS))))
    for file in dataset.export(store, tmp_path / "out"):
        original = data_folder() / file.relative_to(tmp_path / "out")
        assert original.read_bytes() == file.read_bytes(), file.name


@pytest.mark.slow
def test_loading_again_changes_nothing(store):
    first = dataset.load(store, dataset.Given(list(read_projects(PROJECTS))))
    again = dataset.load(store, dataset.Given(list(read_projects(PROJECTS))))
    assert (len(everything()), 0, len(everything())) == (len(first.created), len(again.created), len(again.unchanged))
    assert len(everything()) == store.latest_sequence()


def test_loading_respects_what_people_changed(store):
    dataset.load(store, dataset.Given([made_up("bo-a"), made_up("bo-b"), made_up("bo-c")]))
    store.write([Edit("bo-b", made_up("bo-b", name="By a person"), 1, "ana"), Edit("bo-c", None, 1, "ana")])
    newer = [made_up(i, name="Newer") for i in ("bo-a", "bo-b", "bo-c")]

    report = dataset.load(store, dataset.Given(newer))
    assert (["bo-a"], ["bo-b", "bo-c"]) == (report.updated, report.kept)
    report = dataset.load(store, dataset.Given(newer, overwrite=True))
    assert (["bo-b"], ["bo-c"], ["bo-a"]) == (report.updated, report.kept, report.unchanged)


def test_two_records_of_one_id_are_not_loaded(store):
    with pytest.raises(InvalidRecord, match="two records"):
        dataset.load(store, dataset.Given([made_up("bo-a"), made_up("bo-a")]))
    assert 0 == store.latest_sequence()


def test_a_country_without_records_loses_its_file(tmp_path):
    write_dataset(tmp_path, [made_up("bo-a"), made_up("na-b", country="NA")])
    assert {"BO.geojson", "NA.geojson"} == {f.name for f in tmp_path.iterdir()}
    write_dataset(tmp_path, [made_up("bo-a")])
    assert {"BO.geojson"} == {f.name for f in tmp_path.iterdir()}


def test_the_files_open_in_gdal():
    frame = geopandas.read_file(PROJECTS / "BO.geojson")
    assert sum(p.properties.country == "BO" for p in everything().values()) == len(frame)
    assert "Rosatom" in " ".join(frame.name)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"type": "Topology"}', '{"features": 5}'])
def test_a_file_that_is_no_geojson_is_named(tmp_path, text):
    file = tmp_path / "bad.geojson"
    file.write_text(text)
    with pytest.raises(DataFileError, match=r"bad\.geojson"):
        list(read_projects(file))


def test_the_ground_of_the_map_is_whole():
    ground = geopandas.read_file(boundaries.countries_file())
    assert ground.geometry.is_valid.all()
    assert (-180, 180) == (ground.total_bounds[0], ground.total_bounds[2])
    assert {"NA", "BO", "FJ", "RU", "XK"} <= set(ground.iso.dropna())
    kola = shapely.Point(37.118, 67.959)
    assert boundaries.country_shapes()["RU"].covers(kola)
    assert boundaries.countries_file().stat().st_size < 600_000


def told(**more):
    return {"date": "2024", "type": "other", "summary": "So it was.", "sources": ["s1"], **more}


def loaded_and_changed(store, **mine):
    """A record of the dataset that somebody has changed in the store."""
    dataset.load(store, dataset.Given([made_up(events=[told()])]))
    store.write([Edit("bo-made-up", made_up(**{"events": [told()], **mine}), 1, "ana")])


def test_what_the_dataset_changes_goes_together_with_what_somebody_changed_elsewhere(store):
    loaded_and_changed(store, region="Oruro")
    report = dataset.load(store, dataset.Given([made_up(events=[told(), told(date="2025")])]))
    assert (["bo-made-up"], []) == (report.merged, report.kept)
    [head] = store.heads()
    assert ("Oruro", ["2024", "2025"]) == (
        head.project.properties.region,
        [e.date for e in head.project.properties.events],
    )
    assert ["bo-made-up"] == dataset.load(store, dataset.Given([made_up(events=[told(), told(date="2025")])])).kept
    assert head == next(store.heads())


def test_what_both_changed_is_kept_and_named(store):
    loaded_and_changed(store, region="Oruro")
    report = dataset.load(store, dataset.Given([made_up(region="Potosí", events=[told()])]))
    assert ([], ["bo-made-up"]) == (report.merged, report.kept)
    assert {"bo-made-up": ["/properties/region"]} == report.conflicts
    assert "Oruro" == next(store.heads()).project.properties.region


def versions(store, *given):
    """Load one version of the dataset's record after the other."""
    return [dataset.load(store, dataset.Given([made_up(**each)])) for each in given]


def head(store):
    return next(store.heads()).project.properties


def source(name, title):
    return {"id": name, "url": f"https://example.org/{title}", "title": title}


def test_what_somebody_takes_out_after_a_merge_stays_out(store):
    loaded_and_changed(store, region="Oruro")
    second = {"events": [told(), told(date="2025")]}
    versions(store, second)
    merged = next(store.heads())
    store.write([Edit("bo-made-up", made_up(region="Oruro", events=[told()]), merged.number, "ana")])
    assert ["bo-made-up"] == versions(store, second)[0].kept
    assert ["2024"] == [each.date for each in head(store).events]


def test_every_version_of_the_dataset_is_compared_with_the_one_before(store):
    """There and back again, and on: no false conflict, and nothing left behind."""
    loaded_and_changed(store, region="Oruro")
    plain = {"events": [told()]}
    reports = versions(store, {**plain, "summary": "One."}, {**plain, "summary": "Two."}, plain)
    assert [["bo-made-up"]] * 3 == [report.merged for report in reports]
    assert ("Oruro", None) == (head(store).region, head(store).summary)


def test_loading_the_same_again_after_a_merge_changes_nothing(store):
    """Not even where both added a source under one id."""
    own, theirs = [source("s1", "A"), source("s2", "Ours")], [source("s1", "A"), source("s2", "Data")]
    dataset.load(store, dataset.Given([made_up(sources=[source("s1", "A")])]))
    store.write([Edit("bo-made-up", made_up(sources=own), 1, "ana")])
    versions(store, *[{"sources": theirs, "events": [told(sources=["s2"])]}] * 3)
    assert ["A", "Ours", "Data"] == [each.title for each in head(store).sources]
    assert [["s3"]] == [each.sources for each in head(store).events]
    assert 4 == next(store.heads()).number


def test_a_claim_on_a_source_that_is_gone_is_a_conflict_of_its_record_alone(store):
    dataset.load(store, dataset.Given([made_up(sources=[source("s1", "A"), source("s2", "B")])]))
    store.write([Edit("bo-made-up", made_up(sources=[source("s1", "A")]), 1, "ana")])
    given = made_up(sources=[source("s1", "A"), source("s2", "B")], events=[told(sources=["s2"])])
    report = dataset.load(store, dataset.Given([given, made_up("bo-other")]))
    assert (["bo-made-up"], ["bo-other"]) == (report.kept, report.created)
    assert list(report.conflicts) == ["bo-made-up"]


def test_claims_without_keys_in_a_file_keep_those_of_the_store(store):
    dataset.load(store, dataset.Given([made_up(events=[told()])]))
    key = head(store).events[0].key
    versions(store, {"events": [told(date="2025")]})
    assert [("2025", key)] == [(each.date, each.key) for each in head(store).events]


def test_a_link_to_a_record_that_stays_deleted_is_not_loaded(store):
    dataset.load(store, dataset.Given([made_up("bo-gone")]))
    store.write([Edit("bo-gone", None, 1, "ana")])
    link = [{"type": "supplies", "project": "bo-gone", "sources": ["s1"]}]
    with pytest.raises(InvalidRecord):
        dataset.load(store, dataset.Given([made_up("bo-gone"), made_up(links=link)]))


def test_a_link_to_nowhere_is_not_loaded_and_nothing_with_it(store):
    link = [{"type": "supplies", "project": "bo-nowhere", "sources": ["s1"]}]
    with pytest.raises(InvalidRecord) as refused:
        dataset.load(store, dataset.Given([made_up("bo-other"), made_up(links=link)]))
    assert [("bo-made-up", "/properties/links/0/project")] == [(f.record, f.pointer) for f in refused.value.faults]
    assert 0 == store.latest_sequence()
    dataset.load(store, dataset.Given([made_up("bo-nowhere"), made_up(links=link)]))


def test_links_may_lead_to_records_that_come_later_and_records_come_one_at_a_time(store):
    link = [{"type": "supplies", "project": "bo-later", "sources": ["s1"]}]

    def given():
        yield made_up(links=link)
        yield made_up("bo-other", links=link)
        yield made_up("bo-later")

    assert ["bo-made-up", "bo-other", "bo-later"] == dataset.load(store, dataset.Given(given())).created
    assert ["bo-made-up", "bo-other", "bo-later"] == dataset.load(store, dataset.Given(given())).unchanged


def test_all_links_that_lead_nowhere_are_said(store):
    links = [{"type": "supplies", "project": f"bo-nowhere-{number}", "sources": ["s1"]} for number in range(2)]
    with pytest.raises(InvalidRecord) as refused:
        dataset.load(store, dataset.Given([made_up("bo-a", links=links), made_up("bo-b", links=links[1:])]))
    said = [(fault.record, fault.pointer) for fault in refused.value.faults]
    assert [("bo-a", "/properties/links/0/project"), ("bo-a", "/properties/links/1/project")] == said[:2]
    assert [("bo-b", "/properties/links/0/project")] == said[2:]
    assert 0 == store.latest_sequence()


def retired(*ids, successor="bo-a"):
    said = {"successor": successor, "release": "2026.12", "reason": "one project"}
    return {each: Retired(id=each, **said) for each in ids}


def test_a_record_that_the_dataset_took_into_another_is_retired_and_says_which_stands_for_it(store):
    dataset.load(store, dataset.Given([made_up("bo-a"), made_up("bo-b")]))
    report = dataset.load(store, dataset.Given([made_up("bo-a")], retired=retired("bo-b", "bo-never-here")))

    assert (["bo-b"], [], []) == (report.retired, report.kept, report.dropped)
    with pytest.raises(Gone, match="was taken into 'bo-a'") as gone:
        Ledger(store).catalog.get("bo-b")
    assert "bo-a" == gone.value.successor == store.head("bo-b").successor
    assert ["create", "delete"] == [revision.action for revision in store.revisions("bo-b")]
    again = dataset.load(store, dataset.Given([made_up("bo-a")], retired=retired("bo-b")))
    assert (["bo-a"], []) == (again.unchanged, again.retired)


def test_addresses_of_archived_copies_keep_no_record_from_being_retired(store):
    dataset.load(store, dataset.Given([made_up("bo-a"), made_up("bo-b")]))
    store.write([Edit("bo-b", made_up("bo-b", region="Oruro"), 1, ARCHIVE)])
    report = dataset.load(store, dataset.Given([made_up("bo-a")], retired=retired("bo-b")))
    assert (["bo-b"], []) == (report.retired, report.kept)


def test_a_record_of_a_release_before_the_store_leads_to_what_stands_for_it(tmp_path, store):
    """A new store never had it, and a link to it still means something."""
    (tmp_path / "organisations.json").write_text("[]")
    said = [each.model_dump() for each in retired("bo-old", "bo-lost").values()]
    said[1]["successor"] = "bo-nowhere"
    (tmp_path / "retired.json").write_text(json.dumps(said))
    dataset.load(store, dataset.Given([made_up("bo-a")]))
    catalog = Ledger(store, tmp_path).catalog
    with pytest.raises(Gone, match="'bo-old' of a former release was taken into 'bo-a'"):
        catalog.get("bo-old")
    for unknown in ("bo-lost", "bo-never"):
        with pytest.raises(NotFound):
            catalog.get(unknown)


def test_a_retired_record_that_somebody_changed_is_kept_and_said(store):
    dataset.load(store, dataset.Given([made_up("bo-a"), made_up("bo-b"), made_up("bo-c")]))
    store.write(
        [Edit("bo-b", made_up("bo-b", name="By a person"), 1, "ana"), Edit("bo-own", made_up("bo-own"), None, "b")]
    )
    report = dataset.load(store, dataset.Given([made_up("bo-a")], retired=retired("bo-b")))
    assert (["bo-b"], ["bo-c"], []) == (report.kept, report.dropped, report.retired)
    assert {"bo-a", "bo-b", "bo-c", "bo-own"} == {revision.project_id for revision in store.current()}


def test_what_is_retired_is_nowhere_in_the_dataset_and_leads_to_what_is():
    for each in read_retired().values():
        assert each.id not in everything()
        assert each.successor is None or each.successor in everything(), each.id


def test_a_release_says_its_name_and_a_former_one_is_kept_whole():
    release = read_release()
    assert re.fullmatch(r"\d{4}\.\d{2}", release.name)
    assert release.former < release.name
    former = list(read_kept(release.former))
    assert {project.id for project in former} - set(everything()) == set(read_retired())


RELEASE = 'name = "2026.12"\nformer = "2026.11"\ndate = "2026-11-26"\ngaps = []\n[sample]\nrelease = "2026.11"\n'


@pytest.mark.parametrize(
    "text", [None, "{", b"\xff\xfe", RELEASE, RELEASE + "claims = 0\nwrong = 0", RELEASE + 'claims = "57"\nwrong = 5']
)
def test_a_folder_that_does_not_say_its_release_is_told_so(tmp_path, text):
    if text is not None:
        (tmp_path / "release.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataFileError, match="which release"):
        read_release(tmp_path)
