"""The collection of countries: every one of ISO 3166-1, and Kosovo, with its area and the projects in it."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geo import vocabulary
from geo.boundaries import country_shapes
from geo.catalog import Catalog
from geo.columns import COUNTRIES
from geo.countries import ENGLISH, country_names
from geo.gathered.features import Features, Reader
from geo.gathered.tally import NAMES, Tally
from geo.query import Query
from geo.searching import words_of_countries


class Countries(Features):
    """Those without a project are there too: what nobody plans is said by zeros."""

    columns = COUNTRIES

    def own(self) -> dict[str, Reader]:
        named = {f"name_{code}": code for code in vocabulary.languages() if code != ENGLISH} | {"name": ENGLISH}
        names = {name: functools.partial(self._name, language) for name, language in named.items()}
        return {"organisations": self._tally.number_of("owner"), **names}

    def _name(self, language: str, at: int) -> str:
        return country_names(language)[self.ids[at]]

    def shape(self, at: int) -> BaseGeometry | None:
        return country_shapes().get(self.ids[at])

    def geometry(self, at: int) -> bytes:
        return _geometries().get(self.ids[at], b"null")

    def words(self, at: int) -> str:
        code = self.ids[at]
        return f"{code.lower()} {words_of_countries().get(code, '')}"


def countries(projects: Catalog, on: dt.date | None) -> Countries:
    """Return the countries with the projects that there are now, as they were on a day."""
    codes = projects.codes(Query(as_of=on), ("country", "owner", *NAMES))
    ids = sorted(country_names())
    return Countries(ids, Tally(codes, "country", ids))


@functools.cache
def _geometries() -> dict[str, bytes]:
    """Return the area of each country as GeoJSON, its rings as RFC 7946 section 3.1.6 turns them."""
    return {code: _geojson(shapely.orient_polygons(shape)) for code, shape in country_shapes().items()}


def _geojson(shape: Any) -> bytes:
    text: str = shapely.to_geojson(shape)
    return text.encode()
