"""`lithium-ledger import`: what it shows, what its reports say, and what somebody new does about a refusal."""

import contextlib
import csv
import io

import orjson
import pytest
from click.testing import CliRunner
from made_up import made_up

from api.commands.main import main
from geo.editing import Edit
from geo.opening import open_ledger

pytestmark = pytest.mark.slow  # each starts the process that reads files

HEAD = "name,kind,country,lat,lon,location_accuracy,source_addresses"
ROW = "Rose,cell_factory,BO,-17.4,-66.2,site,https://example.org/a"
LILY = ROW.replace("Rose", "Lily").replace("-17.4", "-20.1")
SPOT = {"type": "Point", "coordinates": [-66.2, -17.4]}


@pytest.fixture
def store(tmp_path):
    with contextlib.closing(open_ledger(tmp_path / "store.gpkg").store) as store:
        yield store


@pytest.fixture
def ran(store, tmp_path):
    """Runs the command on a table in a folder of its own; what it said, and how it ended."""

    def run(rows, *options, head=HEAD, ends=0):
        (tmp_path / "table.csv").write_text("\n".join([head, *rows]))
        asked = ["import", str(tmp_path / "table.csv"), "--store", store.location, *options]
        done = CliRunner().invoke(main, asked, env={"COLUMNS": "300"})
        assert ends == done.exit_code, done.output
        return done.output

    return run


def reports(tmp_path, *names):
    return [part for name in names for part in ("--report", str(tmp_path / name))]


def test_a_dry_run_writes_reports_and_a_profile_and_ends_with_1_where_a_row_is_refused(ran, store, tmp_path):
    rows = [ROW, *[ROW.replace("Rose", f"<b>{name}").replace("BO", "ZZ") for name in ("Iris", "Lily")]]
    kept = tmp_path / "p.toml"
    shown = ran(rows, "--save-profile", str(kept), *reports(tmp_path, "r.html", "r.csv", "r.json"), ends=1)
    assert "1 new, 0 changed, 0 same, 0 doubtful, 2 refused" in shown
    assert "2 rows are refused, first: row 3, country: 'ZZ' is no country that is known" in shown
    page = (tmp_path / "r.html").read_text()
    assert 'id="row-3"' in page
    assert "&lt;b&gt;Iris" in page
    assert 0 == store.latest_sequence()
    ran(rows, "--profile", str(kept), "--write", ends=1)
    assert 0 == store.latest_sequence()
    ran(rows, "--profile", str(kept), "--write", "--leave-out", "--author", "ana")
    assert "ana" == store.head("bo-rose").author


def test_a_row_leads_to_the_report_beside_or_else_to_its_place_in_the_file(ran, tmp_path):
    def rows(name):
        return orjson.loads((tmp_path / name).read_bytes())

    ran([ROW], *reports(tmp_path, "r.html", "with.json"))
    assert ["r.html#row-2"] == [each["link"] for each in rows("with.json")]
    assert 'id="row-2"' in (tmp_path / "r.html").read_text()
    ran([ROW], *reports(tmp_path, "without.json"))
    assert [("table.csv#row=2", None)] == [(each["link"], each["record_link"]) for each in rows("without.json")]


def test_records_have_their_addresses_where_the_instance_is_known(ran, tmp_path, monkeypatch):
    monkeypatch.setenv("LEDGER_PUBLIC_URL", "https://example.org/ledger/")
    ran([ROW], *reports(tmp_path, "r.json", "r.csv"))
    (row,) = orjson.loads((tmp_path / "r.json").read_bytes())
    (cells,) = csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text("utf-8-sig")))
    assert "https://example.org/ledger/projects/bo-rose" == row["record_link"] == cells["record_link"]


def test_what_changes_is_said_in_people_s_words_everywhere(ran, store, tmp_path):
    before = made_up("bo-rose", name="Rose", geometry=SPOT, kind="cell_factory", location_accuracy="site")
    store.write([Edit("bo-rose", before, None, "bea")])
    shown = ran(["bo-rose,pack_factory"], *reports(tmp_path, "r.html", "r.csv", "r.json"), head="id,kind")
    said = "Changed: Kind (Cell factory → Pack factory)"
    (cells,) = csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text("utf-8-sig")))
    (row,) = orjson.loads((tmp_path / "r.json").read_bytes())
    assert said == cells["changes"]
    assert [said] == row["differences"]
    assert [{"pointer": "/properties/kind", "before": "cell_factory", "after": "pack_factory"}] == row["changes"]
    assert "Changed: Kind" in shown
    assert "/kind" not in shown
    page = (tmp_path / "r.html").read_text()
    assert "/properties/" not in page.replace('data-pointer="/properties/kind"', "")
    assert "<del>" in page


def test_a_table_that_lacks_a_column_is_refused_with_what_to_type(ran):
    head, rows = HEAD.replace(",location_accuracy", ""), [row.replace(",site", "") for row in (ROW, LILY)]
    shown = ran(rows, head=head, ends=1)
    assert "2 rows are refused, first: row 2 says nothing for location_accuracy" in shown
    assert "(--set location_accuracy=…)" in shown
    assert "2 new" in ran(rows, "--set", "location_accuracy=site", head=head)


def test_a_capacity_without_its_unit_is_warned_of_with_what_to_type(ran, tmp_path):
    shown = ran([f"{ROW},20"], *reports(tmp_path, "r.csv"), head=f"{HEAD},capacity")
    assert "1 row is taken without something: row 2, capacity: '20' is not taken" in shown
    assert "--set capacity_unit=…" in shown
    (cells,) = csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text("utf-8-sig")))
    assert ("", True) == (cells["reasons"], "--set capacity_unit=…" in cells["warnings"])
    units = ("--set", "capacity_unit=GWh/y", "--set", "capacity_basis=planned")
    assert "is not taken" not in ran([f"{ROW},20"], *units, head=f"{HEAD},capacity")


def test_columns_that_nobody_knows_are_named_with_the_nearest(ran):
    shown = ran([f"{ROW},Ana,x"], head=f"{HEAD},Ownr of it,Zzyzx")
    assert "2 columns are not taken" in shown
    shown = ran([f"{ROW},Ana"], head=f"{HEAD},Ownrs")
    assert "columns are not taken" not in shown, "nearly a usual name is taken for it"
    shown = ran([f"{ROW},Ana"], head=f"{HEAD},operatingname")
    assert "1 column is not taken" in shown
    assert "operatingname (perhaps operator" in shown


def test_what_a_column_can_become_is_what_an_import_takes(ran):
    shown = ran([ROW], "--column", "name=nothing-like-it", ends=1)
    assert "--column name: 'nothing-like-it' is nothing that a column can become" in shown
    assert "location_accuracy, " in shown
    assert not {"status_stale", "first_date", "updated", "revision", "licence"} & {*shown.replace(",", " ").split()}


@pytest.mark.parametrize("name", ["r.pdf", "r"])
def test_a_report_of_no_known_form_is_refused_before_anything_is_read(store, tmp_path, name):
    (tmp_path / "table.csv").write_bytes(b"\xff not even a table")
    asked = ["import", str(tmp_path / "table.csv"), "--store", store.location, "--report", str(tmp_path / name)]
    done = CliRunner().invoke(main, asked)
    assert (2, True) == (done.exit_code, ".html, .csv or .json" in done.output)


def test_repairs_are_spelled_with_hyphens_and_may_be_typed_otherwise(ran):
    row = ROW.replace("-17.4", '"-17,4"')
    shown = ran([row], ends=1)
    assert "1 cell by --repair decimal-comma" in shown
    assert "1 new" in ran([row], "--repair", "decimal_comma")


def test_the_summary_speaks_in_words(ran):
    shown = ran([ROW.replace("cell_factory", "Zellen"), LILY.replace("cell_factory", "Zellen")], ends=1)
    assert "2 rows are refused, first: row 2, kind: 'Zellen' is none of the words for kind" in shown
    assert "cell-no-code" not in shown


def doubtful(store):
    """A record that the row looks like."""
    store.write([Edit("bo-rose-works", made_up("bo-rose-works", name="Rose works", geometry=SPOT), None, "bea")])


def test_a_doubtful_row_is_answered_in_the_report_that_told_of_it(ran, store, tmp_path):
    doubtful(store)
    report, wanted = tmp_path / "r.csv", reports(tmp_path, "r.csv")
    assert "same, phase or different" in ran([ROW, LILY], *wanted)
    rows = [*csv.DictReader(io.StringIO(report.read_text("utf-8-sig")))]
    assert [("doubtful", "bo-rose-works"), ("new", "")] == [(each["is"], each["alike"]) for each in rows]
    rows[0]["answer"] = "phase"
    with report.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert "2 records are written." in ran([ROW, LILY], "--answers", str(report), "--write")
    (link,) = store.head("bo-rose").project.properties.links
    assert ("part_of", "bo-rose-works") == (link.type, link.project)
    assert "2 same" in ran([ROW, LILY], "--answers", str(report))


def test_answers_without_their_columns_are_refused(ran, tmp_path):
    (tmp_path / "answers.csv").write_text("line,said\n2,same\n")
    assert "has no column row, answer" in ran([ROW], "--answers", str(tmp_path / "answers.csv"), ends=1)


def test_a_file_that_is_refused_as_a_whole_says_what_to_type(store, tmp_path):
    (tmp_path / "table.csv").write_bytes(f"{HEAD}\n{ROW.replace('Rose', 'Cañón')}".encode("cp1252"))
    done = CliRunner().invoke(main, ["import", str(tmp_path / "table.csv"), "--store", store.location])
    assert (1, True) == (done.exit_code, "--encoding windows-1252" in done.output)


def test_what_gdal_adds_to_kml_is_no_column(store, tmp_path):
    place = "<Placemark><name>Rose</name><Point><coordinates>-66.2,-17.4</coordinates></Point></Placemark>"
    (tmp_path / "a.kml").write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{place}</Document></kml>')
    done = CliRunner().invoke(main, ["import", str(tmp_path / "a.kml"), "--store", store.location])
    assert "altitudeMode" not in done.output
    assert "row 1 says nothing for kind" in " ".join(done.output.replace("│", " ").split())
