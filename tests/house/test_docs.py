"""What the README says is so."""

import re
import subprocess
import sys
from collections import Counter

import orjson
import pytest
from click.testing import CliRunner
from conftest import ROOT, copy_of

from api.commands.main import main
from api.settings import SETTINGS, Settings
from geo.checks.thresholds import thresholds
from geo.records.project import Project

STORES = ("geopackage",)  # this is about a file

pytestmark = pytest.mark.slow

README = (ROOT / "README.md").read_text()
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "ARCHITECTURE.md",
    "SECURITY.md",
    "data/README.md",
    "api/running/README.md",
)


def commands():
    for name, command in main.commands.items():
        nested = getattr(command, "commands", None)
        yield from (f"{name} {inner}" for inner in nested) if nested else [name]


def test_every_command_is_in_the_readme_and_every_command_there_exists():
    known = {f"lithium-ledger {name.split()[0]}" for name in commands()}
    assert known == set(re.findall(r"`(lithium-ledger \w+)`", README))
    for name in commands():
        assert name in README, name


def test_every_route_that_the_readme_names_exists(api):
    found = set(re.findall(r"`(/[\w/{}-]*)`", README)) | {
        path.split("?")[0] for path in re.findall(r"8000(/[\w/-]+)", README)
    }
    assert {"/add", "/api/docs", "/api/collections/projects/facets", "/api/collections/projects/items"} <= found
    for path in found:
        answer = api.client.get(path.replace("{id}", "bo-rosatom-battery-factory"), headers=api.editor)
        assert 200 == answer.status_code or "POST" in answer.headers.get("allow", ""), path


def test_every_make_target_that_a_document_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in DOCUMENTS:
        named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / document).read_text(), re.MULTILINE))
        assert named <= targets, document


def test_every_file_that_a_document_links_exists():
    for document in DOCUMENTS:
        folder = (ROOT / document).parent
        for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / document).read_text()):
            assert (folder / target).exists(), target


def test_what_belongs_in_the_ledger_is_told_as_check_asks_it():
    told = (ROOT / "data" / "README.md").read_text()
    for each in thresholds():
        least = " or ".join(f"{value:,g} {unit}" for unit, value in each.least.items()) or "any size"
        assert f"| {', '.join(f'`{kind}`' for kind in each.kinds)} | {least} | {each.reason} |" in told


def test_the_readme_s_record_is_accepted(api):
    record = orjson.loads(re.search(r"record\.geojson <<'END'\n(.*?)^END", README, re.DOTALL | re.MULTILINE).group(1))
    Project.from_feature(record)
    headers = {**api.editor, "Content-Type": "application/geo+json"}
    assert (
        201
        == api.client.post("/api/collections/projects/items", content=orjson.dumps(record), headers=headers).status_code
    )


def test_the_readme_s_table_is_imported_as_it_is_printed(tmp_path):
    table = re.search(r"plants\.csv <<'END'\n(.*?)^END", README, re.DOTALL | re.MULTILINE).group(1)
    (tmp_path / "plants.csv").write_text(table)
    typed = re.findall(r"lithium-ledger (import plants\.csv .*)", README)
    assert ["--report plants.html", "--write"] == [each.split(" ", 4)[4] for each in typed]
    for command in typed:
        asked = [str(tmp_path / part) if part.startswith("plants.") else part for part in command.split()]
        done = CliRunner().invoke(main, [*asked, "--store", str(copied(tmp_path))])
        assert 0 == done.exit_code, done.output
    assert "2 new, 0 changed, 0 same, 0 doubtful, 0 refused" in done.output
    assert "not taken" not in done.output
    assert "2 records are written." in done.output


def copied(folder):
    """A store with the records of South America, among which a table may have doubles."""
    place = folder / "store.gpkg"
    return place if place.exists() else copy_of("south_america", place)


def drawn_rooms():
    """Each top-level folder of the drawing with the files that it names in it."""
    room, rooms = "", {}
    for line in (ROOT / "ARCHITECTURE.md").read_text().split("```")[1].splitlines():
        if line[:1].isalpha():
            room = line.split("/")[0]
        elif line.startswith("  "):
            rooms.setdefault(room, []).extend(re.findall(r"[\w*/]+\.(?:py|sql|toml|html|js)\b", line))
    return rooms


def test_the_architecture_names_every_module_and_nothing_else():
    rooms = drawn_rooms()
    for layer in ("geo", "web", "api"):
        assert all(list((ROOT / layer).glob(name)) for name in rooms[layer]), layer
        drawn = {file for name in rooms[layer] for file in (ROOT / layer).glob(name)}
        there = {file for file in (ROOT / layer).rglob("*.py") if file.name not in ("__init__.py", "__main__.py")}
        there |= {f for f in (ROOT / layer).rglob("*.js") if not {"vendor", "built"} & {*f.parts}}
        assert set() == there - drawn


def test_every_command_teaches():
    for name in ["", *commands(), "keys"]:
        shown = CliRunner().invoke(main, [*name.split(), "--help"])
        assert 0 == shown.exit_code
        assert len(shown.output.splitlines()) > 4, name


def test_the_numbers_of_the_data_dictionary_are_right():
    from geo.curated.files import read_projects

    projects = list(read_projects(ROOT / "data" / "projects"))
    text = (ROOT / "data" / "README.md").read_text()
    events, sources = (sum(len(getattr(p.properties, name)) for p in projects) for name in ("events", "sources"))
    assert f"{len(projects)} projects" in text
    assert f"{events} dated events and {sources} sources" in text
    for field in type(projects[0].properties).model_fields:
        assert f"`{field}`" in text, field


def test_the_coverage_table_of_the_data_dictionary_is_right():
    from geo.countries import country_names
    from geo.curated.files import read_projects
    from geo.vocabulary import KINDS, STATUS_GROUPS

    names, text = country_names(), (ROOT / "data" / "README.md").read_text()
    counts: dict[str, Counter[str]] = {}
    for project in read_projects(ROOT / "data" / "projects"):
        p = project.properties
        for row in (f"{names[p.country]} ({p.country})", KINDS[p.kind].label):
            counts.setdefault(row, Counter())[project.derived()["status_group"]] += 1
    for row, groups in counts.items():
        cells = [str(groups[group.code]) for group in STATUS_GROUPS]
        assert f"| {row} | {' | '.join(cells)} | {groups.total()} |" in text, row


def test_the_module_is_the_command():
    shown = subprocess.run(
        [sys.executable, "-m", "api", "--version"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "0.1.0" in shown.stdout


def test_the_readme_names_every_setting_with_its_default():
    rows = re.findall(r"^\| `(LEDGER_\w+)` \| (?:`(--\w+)`)? ?\| (.+?) \| (?:`(.*?)`)? ?\|$", README, re.MULTILINE)
    defaults = [getattr(Settings, setting.name) for setting in SETTINGS]
    assert rows == [
        (setting.variable, setting.option, setting.meaning, "" if default in (None, ()) else str(default))
        for setting, default in zip(SETTINGS, defaults, strict=True)
    ]
