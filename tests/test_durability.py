"""Killed at any moment, a store opens again with everything that was acknowledged."""

import os
import random
import signal
import subprocess
import sys
import time

from conftest import ROOT

from geo.store import open_store

KILLS = 50

WRITER = """
import sys
sys.path.insert(0, "tests")
from made_up import made_up
from geo.store import Change, open_store

store, prefix = open_store(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
for number in range(100_000):
    project_id = f"bo-{prefix}-{number}"
    store.write([Change(project_id, made_up(project_id), None, "writer")])
    store.write([Change(project_id, made_up(project_id, name=f"Renamed {number}"), 1, "writer")])
    sys.stdout.write(f"{project_id}\\n")
    sys.stdout.flush()
"""


def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path):
    """Fifty writers are killed in the middle of their writes; each id that was printed has both its revisions."""
    chance, acknowledged, file = random.Random(7), [], tmp_path / "store.gpkg"
    for round_number in range(KILLS):
        acknowledged += _write_and_kill(file, f"r{round_number}", chance.uniform(0.001, 0.15))

    store = open_store(file)
    kept = {r.project_id: r for r in store.current()}
    assert len(acknowledged) > KILLS
    assert [] == [project_id for project_id in acknowledged if kept[project_id].number != 2]
    assert all(kept[i].project.properties.name == f"Renamed {i.rsplit('-', 1)[1]}" for i in acknowledged)
    assert [r.sequence for r in store.changes_since(0)] == list(range(1, store.latest_sequence() + 1))
    store.close()


def _write_and_kill(file, prefix, seconds):
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), prefix], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True
    )
    with process:
        assert b"ready\n" == process.stdout.readline()
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)
        lines = process.stdout.read().decode().split("\n")
    return lines[:-1]  # what follows the last line break was not printed whole


_OPEN_AT = """
import sys, time
from pathlib import Path
from geo.store import open_store

while time.time() < float(sys.argv[2]):
    pass
open_store(sys.argv[1]).close()
"""


def test_processes_that_make_one_new_store_at_once_wait_for_each_other(tmp_path):
    for attempt in range(5):
        command = [sys.executable, "-c", _OPEN_AT, str(tmp_path / f"{attempt}.gpkg"), str(time.time() + 2)]
        makers = [subprocess.Popen(command, cwd=ROOT) for _ in range(4)]
        assert [0, 0, 0, 0] == [maker.wait(60) for maker in makers]
