"""The first ten minutes of somebody new: the README's blocks as printed, the environment, and how a server ends."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from conftest import ROOT, copy_of

from geo import product

pytestmark = pytest.mark.slow

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
VENV = Path(sys.prefix)
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", "node_modules", "*.gpkg*", "__pycache__", ".*_cache", ".coverage*"
)


def environment(**more):
    """What a newcomer's shell has: nothing of the make that runs these tests."""
    ours = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "VENV", "PYTHON", "STORE", "PORT", "LEDGER_STORE")
    return {name: value for name, value in os.environ.items() if name not in ours} | more


@pytest.fixture
def checkout(tmp_path):
    """A copy of the checkout, whose environment is the one that these tests run in, and is this checkout's again."""
    assert str(VENV.resolve()) == (VENV / ".made").read_text().strip(), "this environment was not made by make"
    folder = tmp_path / "a checkout"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    (folder / ".venv").symlink_to(VENV.resolve())
    command = VENV / "bin" / product.COMMAND
    before = command.read_bytes()
    yield folder
    if command.read_bytes() != before:  # make has installed the copy
        install = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ROOT]
        subprocess.run([sys.executable, "-m", "pip", *install], check=True)


class Serving:
    """A block of the README that serves, running in a terminal of its own until Ctrl-C."""

    def __init__(self, folder, block, **more):
        self.process = subprocess.Popen(
            ["bash", "-e", "-c", block],
            cwd=folder,
            env=environment(**more),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.said = []
        for line in iter(self.process.stderr.readline, ""):
            self.said.append(line)
            if line.startswith("The map: "):
                self.url = line.split()[2].rstrip("/")
                return
        self.process.stderr.close()
        raise AssertionError(f"ended with {self.process.wait()}: {''.join(self.said)}")

    def press_ctrl_c(self):
        os.killpg(self.process.pid, signal.SIGINT)
        self.said += self.process.stderr.readlines()
        return self.process.wait(60)


@pytest.fixture
def terminal():
    """Opens terminals with a block that serves; what a failed test leaves there is ended."""
    opened = []

    def begin(folder, block, **more):
        opened.append(Serving(folder, block, **more))
        return opened[-1]

    yield begin
    for each in opened:
        if each.process.poll() is None:
            os.killpg(each.process.pid, signal.SIGKILL)
            each.process.wait()
        each.process.stderr.close()


@pytest.mark.slow
def test_every_block_of_the_readme_works_as_it_is_printed(checkout, terminal):
    """In one terminal `make serve`, in another the rest, in order; only the port is another."""
    serving, *rest = BLOCKS
    assert "make serve\n" == serving
    without_make = rest.pop()
    assert "pip install ." in without_make
    server = terminal(checkout, serving, LEDGER_PORT="0")
    typed = "\n".join(f"echo '# {number}'\n{block}" for number, block in enumerate(rest, 1))
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", typed.replace("http://127.0.0.1:8000", server.url)],
        cwd=checkout,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert 0 == done.returncode, done.stdout[-500:] + done.stderr
    shown = dict(re.findall(r"^# (\d+)\n(.*?)(?=^# |\Z)", done.stdout, re.DOTALL | re.MULTILINE))
    assert '"numberMatched": ' in shown["1"], "records are readable, one value a line"
    assert re.search(r"country +status +capacity_gwh_per_year +name", shown["2"])
    assert '"id": "bo-spoken-of-factory"' in shown["4"]
    assert '"state": "accepted"' in shown["6"]
    assert '"revisions": [' in shown["6"]
    assert '"locality": "Uyuni"' not in shown["7"], "it is as it was"
    assert '"revision": 3' in shown["7"]
    assert "Key of ana (editor) for " in done.stderr
    assert "2 records are written." in done.stderr, "a table is imported"
    assert "1 kept" in done.stderr or "unchanged" in done.stderr, "load says what it did"
    with urllib.request.urlopen(f"{server.url}/projects/bo-spoken-of-factory") as page:
        assert 200 == page.status

    server.press_ctrl_c()
    assert f"Stopped. The data are in {checkout / 'ledger.gpkg'}\n" == server.said[-1], "no word of make follows"
    assert {"ledger.gpkg", "ledger.gpkg-made", "backup.gpkg"} == {file.name for file in checkout.glob("*.gpkg*")}
    assert (checkout / "backup.gpkg").stat().st_size > 2**20

    # The packages are taken from this environment, so that the test loads nothing.
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    this_python = f"{VENV / 'bin'}:{os.environ['PATH']}"
    offline = {"PATH": this_python, "PYTHONPATH": packages, "PIP_NO_BUILD_ISOLATION": "0", "PIP_QUIET": "1"}
    server = terminal(checkout, without_make, LEDGER_PORT="0", **offline)
    assert 0 == server.press_ctrl_c()
    elsewhere = checkout.parent
    command = [checkout / "env" / "bin" / "lithium-ledger", "check"]
    done = subprocess.run(command, cwd=elsewhere, env=environment(PYTHONPATH=packages), capture_output=True, text=True)
    assert (0, True) == (done.returncode, "no errors" in done.stderr), done.stderr


def test_the_figures_of_the_readme_are_those_that_make_says():
    said = re.findall(r"about (\d+) MB to load, (\d+) MB on disk", (ROOT / "Makefile").read_text())
    assert f"loads {said[0][0]} MB" in README
    assert f"({said[0][1]} MB on disk)" in README
    assert f"{said[1][0]} MB of packages more" in README


def test_whoever_changes_the_data_is_told_to_take_the_picture_again():
    """The counts that the picture shows stand in the README beside it; `make screenshot` takes it."""
    from geo.curated.files import read_projects

    countries = [project.properties.country for project in read_projects(ROOT / "data" / "projects")]
    assert f"{len(countries)} projects in {len(set(countries))} countries" in README


# The environment


def make(folder, *targets, **more):
    return subprocess.run(["make", *targets], cwd=folder, env=environment(**more), capture_output=True, text=True)


@pytest.fixture
def bare(tmp_path):
    """A folder with nothing but the Makefile."""
    folder = tmp_path / "bare"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    return folder


def works(folder):
    """Whether the environment is one, here: its scripts name the Python that they start with."""
    pip = folder / ".venv" / "bin" / "pip"
    try:
        return 0 == subprocess.run([pip, "--version"], capture_output=True).returncode
    except OSError:
        return False


def is_to_be_made(folder):
    return "Making an environment" in make(folder, "-n", ".venv/.made", PYTHON=sys.executable).stdout


@pytest.mark.slow
def test_an_environment_that_is_not_whole_is_made_anew(bare, tmp_path):
    """Left half made where python3-venv was missing; in a folder that has moved; with a Python that is gone."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare / ".venv"], check=True)
    assert not works(bare)
    assert 0 == make(bare, ".venv/.made", PYTHON=sys.executable).returncode
    assert works(bare)
    assert not is_to_be_made(bare)

    moved = bare.rename(tmp_path / "moved to 另一个地方")
    assert not works(moved)
    assert is_to_be_made(moved)
    back = moved.rename(bare)
    assert not is_to_be_made(back)

    (back / ".venv" / "bin" / "python").unlink()
    (back / ".venv" / "bin" / "python").symlink_to(tmp_path / "a python that is gone")
    assert is_to_be_made(back)


def test_a_folder_of_somebody_else_s_is_not_emptied(bare):
    (bare / ".venv").mkdir()
    (bare / ".venv" / "mine").write_text("")
    done = make(bare, ".venv/.made", PYTHON=sys.executable)
    assert 0 != done.returncode
    assert "no environment of ours" in done.stdout
    assert (bare / ".venv" / "mine").exists()


def test_another_python_is_refused_in_one_line(bare):
    python = bare / "python2"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    done = make(bare, ".venv/.made", PYTHON=str(python))
    assert 0 != done.returncode
    assert "Python 3.11 to 3.14 is needed" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_the_pythons_that_are_named_are_the_same_everywhere():
    project = (ROOT / "pyproject.toml").read_text()
    assert 'requires-python = ">=3.11,<3.15"' in project
    named = re.findall(r"Programming Language :: Python :: (3\.\d+)", project)
    assert ["3.11", "3.12", "3.13", "3.14"] == named
    assert "(3, 11) <= sys.version_info[:2] < (3, 15)" in (ROOT / "Makefile").read_text()
    assert "Python 3.11 to 3.14" in README


def test_make_help_names_every_target(bare):
    shown = make(bare, "help").stdout
    assert shown == make(bare).stdout, "and so does make alone"
    targets = set(re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split())
    inner = {"help", "needs", "needs-quick", "bench-needs", "bench-quick-needs", "clients-needs"}
    inner |= {"check-rules", "check-types", "check-later-types", "check-browser", "check-browser-code"}
    assert targets - inner == set(re.findall(r"^make (\S+)", shown, re.MULTILINE))


# What the system has to give


def needs(tmp_path, *programs):
    """Run the look at the system's programs where there are none but these, and say what was typed of apt-get."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in programs:
        (folder / name).write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/typed"\n')
        (folder / name).chmod(0o755)
    command = [sys.executable, str(ROOT / "tests" / "needs.py")]
    done = subprocess.run(command, env={"PATH": str(folder)}, capture_output=True, text=True)
    typed = tmp_path / "typed"
    return done, typed.read_text() if typed.exists() else ""


def test_all_that_is_missing_is_named_in_one_line(tmp_path):
    done, _ = needs(tmp_path)
    assert 1 == done.returncode
    [line] = done.stderr.splitlines()
    assert line.startswith("Missing, by their names on Debian: curl (the README's examples), gdal-bin (reading the API")


def test_where_apt_fails_the_line_says_what_to_type(tmp_path):
    done, typed = needs(tmp_path, "apt-get")
    assert 1 == done.returncode
    assert "sudo apt-get install --yes curl gdal-bin chromium" in done.stderr
    if os.geteuid() == 0:
        assert "install --yes --quiet=2 curl gdal-bin chromium" in typed, "root need not type it"


def test_nothing_is_said_where_nothing_is_missing(tmp_path):
    done, _ = needs(tmp_path, "curl", "ogrinfo", "chromium")
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


# How a server ends


def refused(url):
    try:
        with urllib.request.urlopen(f"{url}/healthz"):
            return False
    except OSError:
        return True


KILLS = [signal.SIGTERM, signal.SIGKILL]  # after any other, make itself goes on until the server ends
if subprocess.run(["sh", "-c", "setpriv --pdeathsig TERM true"], capture_output=True).returncode:
    KILLS.remove(signal.SIGKILL)  # only Linux lets a process know that its parent was killed outright


@pytest.mark.slow
@pytest.mark.parametrize("how", KILLS)
def test_killing_make_leaves_no_server(checkout, terminal, how):
    copy_of("south_america", checkout / "ledger.gpkg")
    server = terminal(checkout, "exec make serve", LEDGER_PORT="0")
    assert not refused(server.url)
    os.kill(server.process.pid, how)  # make alone, not its group
    deadline = time.monotonic() + 120
    while not refused(server.url):
        assert time.monotonic() < deadline, "the server lives on"
    assert "Stopped." in "".join(server.process.stderr.readlines())
    server.process.wait(60)


@pytest.mark.slow
def test_make_serve_takes_store_and_port_as_it_is_told(checkout, terminal, tmp_path):
    named = copy_of("south_america", tmp_path / "by variable.gpkg")
    server = terminal(checkout, "make serve", LEDGER_STORE=str(named), LEDGER_PORT="0", LEDGER_HOST="::1")
    assert server.url.startswith("http://[::1]:")
    server.press_ctrl_c()
    assert f"The data are in {named}" in server.said[-1]
    other = copy_of("south_america", tmp_path / "by name.gpkg")
    server = terminal(checkout, f"make serve STORE='{other}' PORT=0", LEDGER_STORE=str(named), LEDGER_PORT="1")
    server.press_ctrl_c()
    assert f"The data are in {other}" in server.said[-1]


def test_tests_talk_to_this_machine_whatever_proxy_is_set(server, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with urllib.request.urlopen(f"{server.url}/healthz") as answer:
        assert 200 == answer.status
    command = ["ogrinfo", "-ro", "-q", f"OAPIF:{server.url}/api"]
    assert "projects" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
