"""What countries are called, as search knows it."""

import subprocess
import sys

import pytest
from conftest import ROOT

from geo.countries import country_names
from geo.paths import data_folder
from geo.searching import names_elsewhere, words_of_countries

COUNTS = """
import babel.localedata
from geo.searching import words_of_countries
words_of_countries()
print(len(babel.localedata._cache))
"""


@pytest.mark.slow
def test_the_table_is_what_the_packages_say(tmp_path):
    """Where this fails after Babel or pycountry have changed: `make countries`."""
    build = data_folder() / "countries" / "build.py"
    made = tmp_path / "names.tsv"
    subprocess.run([sys.executable, build, made], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, check=True)
    assert (data_folder() / "countries" / "names.tsv").read_bytes() == made.read_bytes()


def test_every_country_has_its_own_name_first():
    assert country_names() == {code: names[0] for code, names in names_elsewhere().items()}


def test_a_country_is_found_by_what_it_is_called_here_and_there():
    assert {"germany", "alemania", "deutschland", "德国"} <= set(words_of_countries()["DE"].split())


def test_no_language_is_read_whole_for_that():
    """Babel keeps what it has read, 80 MB of a hundred languages, in every process."""
    done = subprocess.run(
        [sys.executable, "-c", COUNTS], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=True
    )
    assert b"0" == done.stdout.strip()
