"""Places by name in many languages: towns of GeoNames, regions of the map's ground, countries.

They lie in `data/ground/places.gz` as they are asked for, made by `places.py` there: to make them takes a second.
"""

from __future__ import annotations

import functools
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import orjson

from geo.folding import fold, in_latin
from geo.paths import data_folder
from geo.searching import names_elsewhere

MOST_PLACES = 10
MOST_NAME = 200  # characters
_MOST_LOOKED_AT = 400  # names that begin as what is asked for, the largest places first


@dataclass(frozen=True)
class Place:
    """A place: ISO 3166-1 country, WGS 84 degrees, and for a region how far from there it reaches.

    `called` is the name by which it was found. A country has no point.
    """

    kind: Literal["town", "region", "country"]
    name: str
    called: str
    country: str
    longitude: float | None = None
    latitude: float | None = None
    people: int | None = None
    region: str | None = None
    radius_km: int | None = None


def places_called(name: str, country: str | None = None, limit: int = MOST_PLACES) -> list[Place]:
    """Return the places whose name begins so, those that are called just so first, then the largest; in a country.

    What stands behind a comma may be the country: `Uyuni, Bolivia`.
    """
    asked, _, behind = name.partition(",")
    typed = fold(asked)
    if not typed:
        return []
    inside = {country} if country else _countries_called(fold(behind)) if behind.strip() else None
    found: dict[int, tuple[bool, int, Place]] = {}
    for at, called in _beginning(typed, inside):
        if at not in found or (called == typed and not found[at][0]):
            found[at] = (called == typed, at, _place(at, called))
    ordered = sorted(found.values(), key=lambda each: (not each[0], each[1]))
    return [place for _, _, place in ordered[:limit]]


def _beginning(typed: str, inside: set[str] | None) -> Iterator[tuple[int, str]]:
    """Yield the numbers of places a name of which begins so, with that name, in the order of their size."""
    index, looked_at = _index(), 0
    for spelling in dict.fromkeys((typed, in_latin(typed))):
        sought = f"\t{spelling}".encode()
        at = index.find(sought)
        while at >= 0 and looked_at < _MOST_LOOKED_AT:
            line = index[index.rfind(b"\n", 0, at) + 1 : index.find(b"\n", at)].decode()
            code, called, number = line.split("\t")
            if inside is None or code in inside:
                looked_at += 1
                yield int(number), called
            at = index.find(sought, at + 1)


def _countries_called(typed: str) -> set[str]:
    return {code for code, names in _names_of_countries().items() if any(name.startswith(typed) for name in names)}


@functools.cache
def _names_of_countries() -> dict[str, list[str]]:
    return {code: [fold(name) for name in (code, *names)] for code, names in names_elsewhere().items()}


def _place(number: int, called: str) -> Place:
    return Place(called=called, **orjson.loads(_places()[number]))


def _index() -> bytes:
    """Every name of every place, a line each: country, name as search compares it, the place's number."""
    return _made()[0]


def _places() -> list[bytes]:
    """Every place, the largest first: countries, regions, and towns by their people; a JSON object each."""
    return _made()[1]


@functools.cache
def _made() -> tuple[bytes, list[bytes]]:
    index, _, places = gzip.decompress((data_folder() / "ground" / "places.gz").read_bytes()).partition(b"\0")
    return index, places.split(b"\n")
