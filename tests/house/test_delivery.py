"""What an operator is given: the container, its neighbours in compose, systemd's units, and the chapter on running."""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request

import pytest
import yaml
from conftest import ROOT, copy_of
from fronts import SITES as PROXIES
from packaging.requirements import Requirement

from api.settings import SETTINGS, Settings

RUNNING = ROOT / "api" / "running"
CHAPTER = (RUNNING / "README.md").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
CLUSTER = yaml.safe_load((RUNNING / "cluster" / "compose.yaml").read_text())
UNITS = sorted(RUNNING.glob("lithium-ledger*"))
ITEMS = "/api/collections/projects/items"
_LEVEL = r'"(?:info|warning|error)"'
EVENT = rf'(?:event|seldom|failure)"?[:(]\s*(?:{_LEVEL},\s*|level,\s*)?(?!{_LEVEL})"([a-z-]+)"'


def steps():
    """Each instruction of the Dockerfile with what follows it, on one line."""
    whole = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    return [tuple(line.split(None, 1)) for line in whole.splitlines() if line.strip()]


def told(instruction):
    return [rest for name, rest in steps() if name == instruction]


# The container


def test_the_container_copies_what_is_there_and_what_docker_is_given():
    given = (ROOT / ".dockerignore").read_text().splitlines()
    copied = {name for rest in told("COPY") if not rest.startswith("--from") for name in rest.split()[:-1]}
    assert {"api", "data", "geo", "web", "pyproject.toml", "requirements.lock"} <= copied
    for name in copied:
        assert (ROOT / name).exists(), name
        assert f"!{name}" in given, name
    assert "*" in given, "what is not named stays out"


def test_the_container_is_made_of_what_is_pinned_by_a_public_name_for_an_ordinary_user():
    images = {rest.split()[0] for rest in told("FROM")}
    assert 1 == len(images), "the environment belongs to one Python"
    assert re.fullmatch(r"python:3\.1[1-4]-slim-\w+", images.pop()), "a name and a version, without a host"
    assert "--require-hashes -r requirements.lock" in DOCKERFILE
    assert ["10001:10001"] == told("USER")
    assert ['["/data"]'] == told("VOLUME")
    assert "apt-get" not in DOCKERFILE


def needed_by(name, seen):
    """The packages that a package needs, itself included."""
    if name not in seen:
        seen.add(name)
        for text in importlib.metadata.requires(name) or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                needed_by(requirement.name.lower(), seen)
    return seen


def test_what_builds_the_project_is_not_in_the_container():
    built = needed_by("editables", needed_by("hatchling", set()))
    removed = re.search(r"uninstall --yes ((?!pip)[\w -]+)", DOCKERFILE)[1].split()
    assert sorted(built - needed_by("lithium-ledger", set())) == sorted(removed)


# What a process opens for writing, connects to as a database or makes a folder of, it notes.
NOTING = """
import os, sys
noted = os.open(os.environ["NOTED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def hook(event, given):
    writes = event == "open" and given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if (writes or event in ("sqlite3.connect", "os.mkdir")) and not isinstance(given[0], int):
        os.write(noted, f"{given[0]}\\n".encode())
sys.addaudithook(hook)
"""


class Installed:
    """The server as the container has it: its code may not be written, its user has no rights and no home."""

    def __init__(self, folder):
        self.code, self.data, self.temporary = folder / "code", folder / "data", folder / "tmp"
        self.noted = folder / "noted"
        for name in ("geo", "api", "web", "data"):
            shutil.copytree(ROOT / name, self.code / name, ignore=shutil.ignore_patterns("__pycache__"))
        (self.code / "sitecustomize.py").write_text(NOTING)
        self.data.mkdir()
        self.temporary.mkdir()
        copy_of("south_america", self.data / "ledger.gpkg")
        for each in [self.code, *self.code.rglob("*")]:
            each.chmod(0o555 if each.is_dir() else 0o444)

    def run(self, *command, **more):
        """Begin a command; root gives up what sets it apart from other users."""
        packages = next(path for path in sys.path if path.endswith("site-packages"))
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{self.code}{os.pathsep}{packages}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(self.temporary),
            "LEDGER_STORE": str(self.data / "ledger.gpkg"),
            "NOTED": str(self.noted),
        }
        plain = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([*plain, *command], cwd=self.data, env=environment | more, **pipes)

    def ends(self, *command, **more):
        """Run a command to its end, and return its exit code and what it said."""
        begun = self.run(*command, **more)
        said = begun.communicate(timeout=60)[1]
        return begun.returncode, said


@pytest.fixture
def installed(open_folder):
    made = Installed(open_folder)
    yield made
    for each in [made.code, *made.code.rglob("*")]:
        if each.is_dir():
            each.chmod(0o755)


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_writes_into_the_folder_of_its_store_and_the_temporary_one_alone(installed, workers):
    refused = "open(__import__('geo').__file__, 'a')"
    assert "PermissionError" in installed.ends(sys.executable, "-c", refused)[1], "what is tested here is read-only"
    [health] = told("HEALTHCHECK")
    _, *health = json.loads(re.search(r"CMD (\[.*\])", health)[1])
    server = installed.run(sys.executable, "-m", "api", "serve", "--port", "0", "--workers", workers)
    try:
        url = next(line.split()[2] for line in server.stderr if line.startswith("The map: ")).rstrip("/")
        with urllib.request.urlopen(f"{url}/healthz", timeout=60):
            pass
        port = url.rpartition(":")[2]
        assert (0, "") == installed.ends(sys.executable, *health, LEDGER_PORT=port)
        for path in ("/", f"{ITEMS}?f=gpkg", f"{ITEMS}?f=xlsx", f"{ITEMS}?q=rosatom", "/readyz"):
            with urllib.request.urlopen(f"{url}{path}", timeout=60) as answer:
                assert (200, True) == (answer.status, len(answer.read()) > 0), path
    finally:
        server.terminate()
        server.communicate(timeout=60)
    assert 0 != installed.ends(sys.executable, *health, LEDGER_PORT=port)[0], "a server that has ended is not well"
    allowed = (str(installed.data), str(installed.temporary), "/dev/null", ":memory:")
    tried = {str(installed.code / "geo" / "__init__.py"), ""}  # SQLite's own files without a name are ""
    noted = {line.removeprefix("file:") for line in installed.noted.read_text().splitlines()} - tried
    assert any(str(installed.temporary) in line for line in noted), "files for readers are made there"
    assert [] == [line for line in sorted(noted) if not line.startswith(allowed)]
    assert {"ledger.gpkg"} == {file.name for file in installed.data.iterdir()} - {"ledger.gpkg-made"}
    assert [] == list(installed.temporary.iterdir()), "what was made for a reader is gone"


# Its neighbours


def test_every_service_is_careful():
    for name, service in COMPOSE["services"].items():
        assert service["read_only"] is True, name
        assert ["ALL"] == service["cap_drop"], name
        assert ["no-new-privileges:true"] == service["security_opt"], name
        assert "unless-stopped" == service["restart"], name
        assert {"mem_limit", "pids_limit", "cpus", "logging"} <= set(service), name
    assert {"proxy"} == {name for name, each in COMPOSE["services"].items() if "ports" in each}
    assert COMPOSE["networks"]["inside"]["internal"], "the server reaches nobody outside"


def test_compose_sets_settings_that_there_are_and_names_what_there_is():
    known = {setting.variable for setting in SETTINGS} | {"LEDGER_SITE", "LEDGER_UPSTREAM"}
    services = COMPOSE["services"]
    for service in services.values():
        assert set(service.get("environment", {})) <= known
        for volume in service["volumes"]:
            source = re.sub(r"\$\{\w+:-(\w+)\}", r"\1", volume).split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], volume
        assert set(service.get("networks", {})) <= set(COMPOSE["networks"])
    proxy = services["proxy"]["networks"]["inside"]["ipv4_address"]
    assert proxy == services["ledger"]["environment"]["LEDGER_PROXIES"], "who is believed is the proxy, and only it"
    assert services["proxy"]["environment"]["LEDGER_UPSTREAM"] == "ledger:8000"


def test_the_image_is_of_this_version():
    image = f"lithium-ledger:{importlib.metadata.version('lithium-ledger')}"
    assert {image, "caddy:2.10"} == {service["image"] for service in COMPOSE["services"].values()}


# The units


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_the_units(unit, tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian: apt-get install systemd)")
    for each in UNITS:
        text = each.read_text().replace("/opt/lithium-ledger/bin/lithium-ledger", "/bin/true")
        (tmp_path / each.name).write_text(text)
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"SYSTEMD_LOG_LEVEL": "warning"})
    said = [line for line in done.stderr.splitlines() if unit.stem in line]
    assert (0, []) == (done.returncode, said), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_systemd_finds_the_units_little_exposed(unit):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed (Debian: apt-get install systemd)")
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=15", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert 0 == done.returncode, done.stdout.splitlines()[-1]


# The chapter


def test_the_chapter_names_every_file_beside_it_and_only_settings_that_there_are():
    for file in RUNNING.iterdir():
        assert file.name in CHAPTER, file.name
    known = {setting.variable for setting in SETTINGS} | {
        "LEDGER_SITE",
        "LEDGER_UPSTREAM",
        "LEDGER_BACKUPS",
        "LEDGER_CPUS",
    }
    assert set(re.findall(r"LEDGER_[A-Z_]+", CHAPTER)) <= known
    assert {file for file, _, _ in PROXIES.values()} == {
        f.name for f in RUNNING.iterdir() if "inx" in f.name or "Caddy" in f.name
    }


def test_the_chapter_names_every_event_of_the_log():
    said = {name for file in (ROOT / "api").rglob("*.py") for name in re.findall(EVENT, file.read_text())}
    assert said >= {"not-ready", "ready-again", "lines-left-out", "said", "server-failed", "key-refused"}
    assert [] == sorted(name for name in said - {"request"} if f"`{name}`" not in CHAPTER)


def commands_of(chapter):
    """The commands of its blocks; what is typed as the service's user is its own word there."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", chapter, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines()]


def test_what_restores_in_a_container_sees_the_backups_and_the_store():
    restoring = [line for line in commands_of(CHAPTER) if "docker" in line and " restore " in line]
    for restore, compose in zip(restoring, (COMPOSE, CLUSTER), strict=True):
        service = compose["services"][restore.split("--entrypoint lithium-ledger ")[1].split()[0]]
        mounted = {volume.rsplit(":", 1)[1] for volume in service["volumes"]}
        assert {"/data", "/backups"} <= mounted
        assert "--no-deps" in restore, "what it depends on is the server that has been stopped"
        assert "/backups/" in restore
    assert "--env TMPDIR=/data" in restoring[1], "/tmp is smaller than a copy"


def test_the_proxies_wait_longer_for_a_body_than_the_ledger():
    texts = {file: (RUNNING / file).read_text() for file, _, _ in PROXIES.values()}
    waits = {int(told[1]) for text in texts.values() if (told := re.search(r"read_body (\d+)s", text))}
    assert [True] == [seconds > Settings.body_seconds for seconds in waits], "one bound for Caddy, wherever it stands"
    assert all("proxy_request_buffering off;" in text for file, text in texts.items() if "nginx" in file)


@pytest.mark.slow
def test_the_chapter_says_what_every_figure_and_every_check_means(server):
    with urllib.request.urlopen(f"{server.url}/metrics") as answer:
        figures = set(re.findall(r"^# TYPE (\w+) ", answer.read().decode(), re.MULTILINE))
    figures = {name for name in figures if not name.endswith("_created")}
    assert figures >= {"lithium_ledger_ready", "lithium_ledger_http_requests_total"}
    for name in figures | {"lithium_ledger_last_backup_timestamp_seconds"}:
        assert f"`{name}`" in CHAPTER, name
    with urllib.request.urlopen(f"{server.url}/readyz") as answer:
        for check in json.load(answer)["checks"]:
            assert f"`{check}`" in CHAPTER, check


def test_alerts_ask_for_figures_that_there_are(server):
    [alerts] = re.findall(r"```yaml\n(groups:.*?)```", CHAPTER, re.DOTALL)
    with urllib.request.urlopen(f"{server.url}/metrics") as answer:
        there = answer.read().decode()
    for rule in yaml.safe_load(alerts)["groups"][0]["rules"]:
        for name in re.findall(r"lithium_ledger_\w+", rule["expr"]):
            assert name in there or name in CHAPTER.split("```yaml")[0], name
        assert rule["annotations"]["summary"]
