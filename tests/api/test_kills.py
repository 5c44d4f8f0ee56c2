"""Nothing acknowledged is lost by kill -9, whatever was being written: a few kills of many, see tests/kills.py."""

import re
import subprocess
import sys

import pytest
from conftest import ROOT

KILLS = 20  # one on each path


@pytest.mark.slow
def test_kills_on_every_path_on_which_something_is_written_lose_nothing():
    command = [sys.executable, "-W", "ignore", "tests/kills.py", "--kills", str(KILLS), "--seed", "11"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert 0 == done.returncode, done.stdout + done.stderr
    [(kills, acknowledged, lost, faults)] = re.findall(
        r"^all, in \d+ s +(\d+) +(\d+) +(\d+) +(\d+)$", done.stdout, re.M
    )
    assert (KILLS, 0, 0) == (int(kills), int(lost), int(faults)), done.stdout
    assert int(acknowledged) >= KILLS / 2, "or this test shows nothing"
