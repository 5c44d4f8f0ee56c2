"""The towns of GeoNames (5,000 people or more), from `data/towns/`; `build.py` there has the form of the table."""

from __future__ import annotations

import functools
import gzip
import re
from collections.abc import Iterator
from typing import NamedTuple

from geo.folding import fold
from geo.paths import data_folder

# What people write before a town's name where they mean a place beside it.
_BESIDE = re.compile(r"(?:near|outside|(?:north|south|east|west)(?:-east|-west)? of) ")


class Town(NamedTuple):
    """A town: country (ISO 3166-1), GeoNames' code of its region, WGS 84 degrees, and its other names parted by `|`."""

    country: str
    region: str
    name: str
    longitude: float
    latitude: float
    people: int
    is_capital: bool
    other_names: str


def read_towns() -> Iterator[Town]:
    """Yield every town of the table."""
    with gzip.open(data_folder() / "towns" / "towns.tsv.gz", "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            country, region, name, longitude, latitude, people, mark, others = line.removesuffix("\n").split("\t")
            yield Town(country, region, name, float(longitude), float(latitude), int(people), mark != "", others)


@functools.lru_cache(maxsize=16_384)
def other_names(country: str, locality: str) -> str:
    """Return the words of what the towns that a locality names are called elsewhere, as search compares them.

    A locality is a town, or words with commas of which one may be: `Zettling, Premstätten`, `near Lovech`.
    """
    parts = (_BESIDE.sub("", part.strip()) for part in locality.split(","))
    found = (fold(name) for part in parts for name in _called_elsewhere().get((country, _key(part)), "").split("|"))
    return " ".join(dict.fromkeys(word for name in found for word in name.split()))


@functools.cache
def _called_elsewhere() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for town in read_towns():
        if town.other_names:
            key = (town.country, _key(town.name))
            found[key] = f"{found[key]}|{town.other_names}" if key in found else town.other_names
    return found


def _key(name: str) -> str:
    """What `fold` gives, ten times as quickly for most of the table's 69,000 names."""
    return name.lower() if name.isascii() and name.replace(" ", "").isalpha() else fold(name)
