"""Make places.gz, the names by which places are found, of towns, the map's ground and countries: `make places`.

gzip of two parts with a zero between them: lines of country, name as search compares it, and the number of a place; and
a line for each place, a JSON object with the members of `geo.gazetteer.Place` but `called`.
"""

from __future__ import annotations

import gzip
import math
import sys
from pathlib import Path
from typing import Any

import orjson
import shapely

from geo.boundaries import country_shapes
from geo.countries import country_names
from geo.folding import fold
from geo.ground.base import land_tile, land_tiles
from geo.ground.tiles import Tile
from geo.searching import names_elsewhere
from geo.towns import Town, read_towns

_EARTH_KM = 40_030.0
_REGION_KM = (20, 300)


def main(target: str) -> None:
    Path(target).write_bytes(gzip.compress(content(), compresslevel=9, mtime=0))


def content() -> bytes:
    """Return both parts."""
    known = _known()
    lines = (
        f"{country}\t{called}\t{number}\n"
        for number, each in enumerate(known)
        for country, names in (_named(each),)
        for called in dict.fromkeys(map(_folded, names))
        if called
    )
    return b"\n" + "".join(lines).encode() + b"\0" + b"\n".join(orjson.dumps(_members(each)) for each in known)


def _members(known: str | _Region | Town) -> dict[str, Any]:
    if isinstance(known, str):
        return {"kind": "country", "name": country_names().get(known, known), "country": known}
    if isinstance(known, Town):
        region = known.region if known.country == "US" else None  # its other codes say nothing to people
        point = {"longitude": known.longitude, "latitude": known.latitude}
        return {
            "kind": "town",
            "name": known.name,
            "country": known.country,
            **point,
            "people": known.people,
            "region": region,
        }
    name, code, longitude, latitude, radius = known
    return {
        "kind": "region",
        "name": name,
        "country": code,
        "longitude": longitude,
        "latitude": latitude,
        "radius_km": radius,
    }


_Region = tuple[str, str, float, float, int]  # name, country, longitude, latitude, kilometres


def _known() -> list[str | _Region | Town]:
    """Every place, the largest first: countries, regions, and towns by their people."""
    towns = sorted(read_towns(), key=lambda town: -town.people)
    return [*(code for code in names_elsewhere() if code in country_names()), *_regions(), *towns]


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


if __name__ == "__main__":
    main(*sys.argv[1:])
