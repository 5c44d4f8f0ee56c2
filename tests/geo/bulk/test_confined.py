"""The process that reads strangers' files can open no other file, no socket, and run no program."""

import platform
import subprocess
import sys

import pytest
from conftest import ROOT

from geo.bulk.confined import landlock_version

pytestmark = pytest.mark.slow

needs_landlock = pytest.mark.skipif(not landlock_version(), reason="This kernel has no Landlock.")
needs_filter = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"), reason="No filter for this machine."
)
CONFINED = """
import os, socket, sys
from pathlib import Path
from geo.bulk.confined import confine
print(confine([Path("mine.csv")], [Path("work")]))
try:
    exec(sys.argv[1])
    print("done")
except OSError as error:
    print(type(error).__name__)
"""


def tried(tmp_path, attempt):
    """What becomes of an attempt in a confined process: what it could not be kept from, and how it ended."""
    (tmp_path / "mine.csv").write_text("name")
    (tmp_path / "other.csv").write_text("secret")
    (tmp_path / "work").mkdir()
    command = [sys.executable, "-c", CONFINED, attempt]
    environment = {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.split("\n")[:2]


@needs_landlock
@needs_filter
@pytest.mark.parametrize(
    "attempt",
    [
        "open('mine.csv').read()",
        "open('work/new', 'w').write('x'); os.rename('work/new', 'work/other'); os.unlink('work/other')",
        "import sqlite3, zoneinfo, pyogrio, pyarrow.parquet, openpyxl; zoneinfo.ZoneInfo('America/La_Paz')",
    ],
)
def test_it_reads_its_file_and_its_libraries_and_writes_into_its_folder(tmp_path, attempt):
    assert tried(tmp_path, attempt) == ["()", "done"]


@needs_landlock
@pytest.mark.parametrize(
    "attempt",
    [
        "open('other.csv').read()",
        "open('/etc/passwd').read()",
        "open('/proc/self/environ').read()",
        "os.listdir('/etc')",
        "open('mine.csv', 'a').write('x')",
        "os.truncate('mine.csv', 0)",
        "open('beside', 'w').write('x')",
        "os.unlink('other.csv')",
        "os.symlink('/etc/passwd', 'work/link'); open('work/link').read()",
        "__import__('sqlite3').connect('other.csv').execute('pragma schema_version')",
    ],
)
def test_it_opens_no_other_file(tmp_path, attempt):
    if "sqlite3" in attempt:
        attempt = f"import sqlite3\ntry:\n    {attempt}\nexcept sqlite3.Error:\n    raise PermissionError"
    assert tried(tmp_path, attempt)[1] == "PermissionError"


@needs_filter
@pytest.mark.parametrize(
    "attempt",
    [
        "socket.socket()",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX)",
        "socket.create_connection(('127.0.0.1', 9))",
        "os.execv(sys.executable, [sys.executable, '-c', 'print()'])",
    ],
)
def test_it_opens_no_socket_and_runs_no_program(tmp_path, attempt):
    assert tried(tmp_path, attempt)[1] == "PermissionError"


@needs_landlock
def test_no_other_file_comes_into_its_folder(tmp_path):
    assert tried(tmp_path, "os.link('other.csv', 'work/link')")[1] == "OSError"
    assert not (tmp_path / "work" / "link").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells a process that its parent has ended.")
def test_it_ends_with_whoever_asked_for_it_however_that_ends(tmp_path):
    """The parent kills itself; the pipe that both write to is closed only when the child has ended too."""
    child = (
        "import sys, time; from geo.bulk.confined import end_with\n"
        "end_with(int(sys.argv[1])); print('on', flush=True); time.sleep(600)"
    )
    parent = (
        "import os, signal, subprocess, sys\n"
        "it = subprocess.Popen([sys.executable, '-c', sys.argv[1], str(os.getpid())], stdout=subprocess.PIPE)\n"
        "it.stdout.readline(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    command, environment = [sys.executable, "-c", parent, child], {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, timeout=60)
    assert ended.returncode == -9, ended.stderr


def test_what_a_system_does_not_keep_from_it_is_said_once(caplog):
    import geo.bulk.reading as reading

    reading._tell_open.cache_clear()
    for _ in range(3):
        reading._tell_open(("files",))
    assert [record.getMessage() for record in caplog.records] == [
        "Files to import are read by a process that the system does not keep from: files."
    ]
    reading._tell_open.cache_clear()
