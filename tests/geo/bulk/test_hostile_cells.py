"""Cells and profiles that are written to take long, or to end what reads them."""

import time

import pytest

from geo.bulk.cells import amounts_of, dates_of, degrees_of, numbers_of
from geo.bulk.profile import profile_of
from geo.errors import DataFileError

BLANKS = " " * 5_000
HOSTILE = [
    f"1{BLANKS}1{BLANKS}1{BLANKS}x",
    f"{BLANKS}1{BLANKS}°{BLANKS}x",
    "1 " * 5_000 + "x",
    "1" * 5_000 + "- " * 5_000,
    f"Q{BLANKS}1{BLANKS}x",
]


@pytest.mark.parametrize("read", [numbers_of, degrees_of, amounts_of, dates_of])
def test_no_cell_takes_long_to_be_read(read):
    began = time.process_time()
    for text in HOSTILE:
        read(text)
    assert time.process_time() - began < 5  # of an hour and more, before blanks were put together


def test_a_coordinate_may_have_blanks_wherever_people_write_them():
    assert degrees_of("  20°   27′  30″   S ").value == pytest.approx(-20.4583333)


def test_what_a_profile_says_of_all_rows_is_a_cell_as_any_other():
    profile = profile_of(f'[fixed]\nlat = "1{BLANKS}1\\n2"\n'.encode(), "profile.toml")
    assert profile.fixed == {"lat": "1 1 2"}
    with pytest.raises(DataFileError, match="fixed"):
        profile_of(f'[fixed]\nlat = "{"1" * 40_000}"\n'.encode(), "profile.toml")


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "header = " + "1" * 5_000, "a = '\udcff'", "a = \x00"])
def test_a_profile_that_cannot_be_read_is_refused(text):
    with pytest.raises(DataFileError):
        profile_of(text.encode("utf-8", "surrogateescape"), "profile.toml")
