"""Killed at any moment, a store opens again with everything that was acknowledged."""

import contextlib
import os
import random
import signal
import subprocess
import sys

import pytest
from conftest import ROOT

from geo.opening import open_ledger

STORES = ("geopackage",)  # this is about a file

KILLS = 50
MOST_ACKNOWLEDGED = 4  # before a kill

# Forks a writer for each line that it reads, so that fifty of them need no fifty interpreters.
WRITERS = """
import os, sys
sys.path.insert(0, "tests")
from made_up import made_up
from geo.editing import Edit
from geo.opening import open_ledger

def write(prefix):
    store = open_ledger(sys.argv[1]).store
    for number in range(100_000):
        project_id = f"bo-{prefix}-{number}"
        store.write([Edit(project_id, made_up(project_id), None, "writer")])
        store.write([Edit(project_id, made_up(project_id, name=f"Renamed {number}"), 1, "writer")])
        os.write(1, f"{project_id}\\n".encode())  # one call, so that a line is there whole or not at all

for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        write(line.strip())
    os.write(1, f"pid {pid}\\n".encode())
    os.waitpid(pid, 0)
    os.write(1, b"ended\\n")
"""


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path):
    """Fifty writers are killed in the middle of their writes; each id that was printed has both its revisions."""
    chance, acknowledged, file = random.Random(7), [], tmp_path / "store.gpkg"
    command = [sys.executable, "-W", "ignore", "-c", WRITERS, str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writers:
        for number in range(KILLS):
            acknowledged += write_and_kill(writers, f"r{number}", chance.randint(1, MOST_ACKNOWLEDGED))
        writers.stdin.close()

    with contextlib.closing(open_ledger(file).store) as store:
        kept = {r.project_id: r for r in store.current()}
        assert len(acknowledged) >= KILLS
        assert [] == [project_id for project_id in acknowledged if kept[project_id].number != 2]
        assert all(kept[i].project.properties.name == f"Renamed {i.rsplit('-', 1)[1]}" for i in acknowledged)
        assert [r.sequence for r in store.changes_since(0)] == list(range(1, store.latest_sequence() + 1))


def write_and_kill(writers, prefix, wanted):
    """Kill a writer after so many acknowledgements, wherever it is by then; return all that it gave."""
    writers.stdin.write(f"{prefix}\n")
    writers.stdin.flush()
    pid, acknowledged = None, []
    for line in iter(writers.stdout.readline, "ended\n"):
        assert line, "the writers ended"
        if line.startswith("pid "):
            pid = int(line.split()[1])
        else:
            acknowledged.append(line.strip())
        if pid and len(acknowledged) == wanted:
            os.kill(pid, signal.SIGKILL)
    return acknowledged


AT_ONCE = """
import multiprocessing, pathlib, sys
from geo.opening import make_anew, open_ledger

def make(path, together):
    together.wait()
    if sys.argv[2] == "anew":
        make_anew(path)
    store = open_ledger(path).store
    store.keys.add(multiprocessing.current_process().name, "editor", multiprocessing.current_process().name.encode())
    store.close()

context = multiprocessing.get_context("fork")
for attempt in range(20):
    together = context.Barrier(4)
    path = f"{sys.argv[1]}/{attempt}.gpkg"
    if sys.argv[2] == "anew":
        pathlib.Path(path).touch()
        pathlib.Path(f"{path}-wal").write_text("of a former store")
    makers = [context.Process(target=make, args=(path, together)) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert [0, 0, 0, 0] == [maker.exitcode for maker in makers]
    assert 4 == len(open_ledger(path).store.keys.all()), "all of them have the same store"
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", ["new", "anew"])
def test_processes_that_make_one_new_store_at_once_wait_for_each_other(tmp_path, how):
    """Also where something is left of a former one."""
    command = [sys.executable, "-W", "ignore", "-c", AT_ONCE, str(tmp_path), how]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert 0 == done.returncode, done.stderr
