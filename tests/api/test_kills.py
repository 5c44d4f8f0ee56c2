"""Nothing acknowledged is lost by kill -9, whatever was being written: a few kills of many, see tests/kills.py."""

import re
import subprocess
import sys

import pytest
from conftest import ROOT

KILLS = {"geopackage": 20, "postgresql": 19}  # one on each path


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["geopackage", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_kills_on_every_path_on_which_something_is_written_lose_nothing(kind, request):
    if kind == "postgresql":
        request.getfixturevalue("postgres")  # skips where there is none
    kills = KILLS[kind]
    command = [sys.executable, "-W", "ignore", "tests/kills.py", "--kills", str(kills), "--seed", "11", "--on", kind]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert 0 == done.returncode, done.stdout + done.stderr
    [(counted, acknowledged, lost, faults)] = re.findall(
        r"^all, in \d+ s +(\d+) +(\d+) +(\d+) +(\d+)$", done.stdout, re.M
    )
    assert (kills, 0, 0) == (int(counted), int(lost), int(faults)), done.stdout
    assert int(acknowledged) >= kills / 2, "or this test shows nothing"
