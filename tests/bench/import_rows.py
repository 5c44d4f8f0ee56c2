"""What comparing a table with a store costs, beside pandas that reads the same file: sparse and dense tables.

    python -m bench.import_rows --rows 8000 20000 100000            (in tests/)

A sparse table has its rows in nine countries; a dense one in 4 by 9 degrees of one country, with names of two to four
words out of 300 and owners out of 400, so that each row has hundreds around it. The store is empty. CPU is that of this
process and of the one that reads the file.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pandas

from geo.bulk.analysis import analyse
from geo.bulk.guessing import guess
from geo.bulk.lines import Asked
from geo.bulk.profile import Profile
from geo.bulk.reading import read_table
from geo.opening import open_ledger

HEAD = (
    "name",
    "kind",
    "country",
    "lat",
    "lon",
    "location_accuracy",
    "location_radius_km",
    "owners",
    "source_addresses",
)
BOXES = {  # west, south, east, north: within each country
    "BO": (-67, -19, -61, -13),
    "AR": (-67, -36, -62, -28),
    "BR": (-57, -19, -45, -6),
    "PE": (-75.5, -12, -72, -9),
    "NA": (15.5, -26, 19, -19),
    "ZW": (28.5, -20, 31.5, -17),
    "DE": (8.5, 49, 11.5, 52.5),
    "CN": (95, 28, 114, 39),
    "US": (-115, 34, -86, 45),
}
DENSE = (105, 28, 114, 32)
KINDS = ("cell_factory", "pack_factory", "lithium_refinery")
MOST_SECONDS = 60.0  # of 100,000 rows


def table(file: Path, rows: int, is_dense: bool, seed: int = 1) -> None:
    """Write a table of so many rows; the same one for the same seed."""
    chance = random.Random(seed)
    words, owners = [_word(chance) for _ in range(300)], [f"{_word(chance)} {_word(chance)}" for _ in range(400)]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEAD)
        for _ in range(rows):
            name = " ".join(chance.sample(words, chance.randint(2, 4)))
            country = "CN" if is_dense else chance.choice([*BOXES])
            west, south, east, north = DENSE if is_dense else BOXES[country]
            latitude, longitude = f"{chance.uniform(south, north):.5f}", f"{chance.uniform(west, east):.5f}"
            place = latitude, longitude, "locality", chance.choice(["1", "5", "10"])
            cells = name.title(), chance.choice(KINDS), country, *place, chance.choice(owners).title()
            writer.writerow([*cells, f"https://example.org/{chance.randint(1, 10**9)}"])


def _word(chance: random.Random) -> str:
    return "".join(chance.choice("bcdfghklmnprstvz") + chance.choice("aeiou") for _ in range(chance.randint(2, 4)))


def compared(file: Path, store: Path, doubtful: str) -> tuple[float, float, dict[str, int]]:
    """Return the CPU and wall seconds from a file to what each of its rows is, and how many are what."""
    began, cpu = time.monotonic(), sum(os.times()[:4])
    with contextlib.closing(open_ledger(store).store) as opened, contextlib.closing(read_table(file, Asked())) as read:
        guesses = guess(read.columns, read.rows())
        profile = Profile(columns=guesses.targets, fixed=guesses.fixed, doubtful=doubtful)
        with contextlib.closing(analyse(read, profile, opened)) as analysis:
            return sum(os.times()[:4]) - cpu, time.monotonic() - began, dict(analysis.tally.verdicts)


def plain(file: Path) -> float:
    """Return the CPU seconds in which pandas reads a table, the least of three."""
    return min(_plain(file) for _ in range(3))


def _plain(file: Path) -> float:
    began = time.process_time()
    pandas.read_csv(file, dtype=str)
    return time.process_time() - began


def lines(rows: int, folder: Path, doubtful: str) -> Iterator[str]:
    for name in ("sparse", "dense"):
        file = folder / f"{name}-{rows}.csv"
        table(file, rows, name == "dense")
        cpu, wall, verdicts = compared(file, folder / f"{name}-{rows}.gpkg", doubtful)
        read = plain(file)
        met = "" if wall <= MOST_SECONDS else f" (over {MOST_SECONDS:.0f})"
        took = f"{cpu:6.1f} s CPU {wall:6.1f} s wall{met}"
        yield f"{rows:>7,} {name:<6} {took}, pandas {read:.3f} s: {cpu / read:,.0f}x {verdicts}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[8_000, 20_000, 100_000])
    parser.add_argument("--doubtful", choices=["ask", "new"], default="ask")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for rows in options.rows:
            for line in lines(rows, Path(folder), options.doubtful):
                print(line, flush=True)


if __name__ == "__main__":
    main()
