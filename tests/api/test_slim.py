"""What a server process has in memory before anybody asks: each worker has it again."""

import subprocess
import sys

import pytest
from conftest import ROOT

LARGE = ("branca", "folium", "geopandas", "openpyxl", "pandas", "pyogrio")
LISTS = "import sys; {}; print(*sorted(sys.modules))"


def modules_after(statement):
    done = subprocess.run(
        [sys.executable, "-c", LISTS.format(statement)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    return set(done.stdout.decode().split())


@pytest.mark.slow
@pytest.mark.parametrize("statement", ["import api.commands.main, api.server", "import api.server, api.app"])
def test_what_only_a_map_or_a_file_needs_is_not_read_at_the_start(statement):
    assert not modules_after(statement) & set(LARGE)


@pytest.mark.slow
def test_who_only_minds_workers_does_not_read_what_answers():
    assert not modules_after("import api.commands.main, api.server") & {"api.app", "api.protocol", "fastapi"}


def test_a_process_that_helps_does_not_read_the_command_line():
    """Such a process reads the main module of the one that began it, under another name."""
    assert not modules_after("import api.__main__") & {"api.commands.main", "click"}
