"""Places by name in many languages: towns of GeoNames, regions of the map's ground, countries."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import orjson
import shapely

from geo.boundaries import country_shapes
from geo.countries import country_names
from geo.folding import fold, in_latin
from geo.ground.base import land_tile, land_tiles
from geo.ground.tiles import Tile
from geo.searching import names_elsewhere
from geo.towns import Town, read_towns

MOST_PLACES = 10
MOST_NAME = 200  # characters
_MOST_LOOKED_AT = 400  # names that begin as what is asked for, the largest places first
_EARTH_KM = 40_030.0
_REGION_KM = (20, 300)


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
    known = _known()[number]
    if isinstance(known, str):
        return Place("country", country_names().get(known, known), called, known)
    if isinstance(known, Town):
        region = known.region if known.country == "US" else None  # its other codes say nothing to people
        return Place(
            "town", known.name, called, known.country, known.longitude, known.latitude, known.people, region=region
        )
    name, code, longitude, latitude, radius = known
    return Place("region", name, called, code, longitude, latitude, radius_km=radius)


_Region = tuple[str, str, float, float, int]  # name, country, longitude, latitude, kilometres


@functools.cache
def _known() -> list[str | _Region | Town]:
    """Every place, the largest first: countries, regions, and towns by their people."""
    towns = sorted(read_towns(), key=lambda town: -town.people)
    return [*(code for code in names_elsewhere() if code in country_names()), *_regions(), *towns]


@functools.cache
def _index() -> bytes:
    """Every name of every place, a line each: country, name as search compares it, the place's number."""
    lines = [
        f"{country}\t{called}\t{number}\n"
        for number, known in enumerate(_known())
        for country, names in (_named(known),)
        for called in dict.fromkeys(map(_folded, names))
        if called
    ]
    return b"\n" + "".join(lines).encode()


def _named(known: str | _Region | Town) -> tuple[str, list[str]]:
    if isinstance(known, str):
        return known, list(names_elsewhere()[known])
    if isinstance(known, Town):
        return known.country, [known.name, *filter(None, known.other_names.split("|"))]
    return known[1], [known[0]]


def _folded(name: str) -> str:
    """What `fold` gives, ten times as quickly for most names."""
    return name.lower() if name.isascii() and name.replace(" ", "").isalpha() else fold(name)


def _regions() -> list[_Region]:
    """The provinces that the map's ground names, each with the country in which its name stands."""
    names = [each for x_y in land_tiles() for each in _names_on(x_y) if each[0] == "province"]
    places = [_degrees(float(each[2]), float(each[3])) for each in names]
    countries = _countries_at(places)
    return [
        (name, country, round(lon, 3), round(lat, 3), _radius(float(width), lat))
        for (_, name, _, _, width), country, (lon, lat) in zip(names, countries, places, strict=True)
        if country
    ]


def _names_on(x_y: str) -> list[list[str]]:
    x, y = map(int, x_y.split("/"))
    found: list[list[str]] = orjson.loads(land_tile(Tile(5, x, y)) or b"{}").get("names", [])
    return found


def _degrees(x: float, y: float) -> tuple[float, float]:
    """Return world units (Web Mercator, 1 wide, from the north-west) as degrees."""
    return x * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))


def _radius(width: float, latitude: float) -> int:
    """Return half of a region's width in kilometres, within bounds."""
    least, most = _REGION_KM
    return round(min(max(width / 2 * _EARTH_KM * math.cos(math.radians(latitude)), least), most))


def _countries_at(places: list[tuple[float, float]]) -> list[str | None]:
    codes, shapes = zip(*country_shapes().items(), strict=True)
    points, found = shapely.STRtree(list(shapes)).query(shapely.points(places), predicate="intersects")
    at = dict(zip(points.tolist(), found.tolist(), strict=True))
    return [codes[at[place]] if place in at else None for place in range(len(places))]
