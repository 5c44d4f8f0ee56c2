"""Rules on places: the point in its country, near the town it names, as exact as it claims, where others see it too."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence

import pycountry
import shapely

from geo.checks.alike.likeness import km_between
from geo.curated.points import DatasetPoints
from geo.faults import Fault, Value, fault
from geo.records.places import location_doubt
from geo.records.project import Project
from geo.text import ascii_words
from geo.towns import Town, read_towns

TOWN_KM = 40.0
SECOND_POINT_KM = 15.0


def faults_of_places(projects: Sequence[Project], second: DatasetPoints) -> Iterator[Fault]:
    """Yield what is wrong with the places of records; most rules are about points."""
    for project in projects:
        yield from doubts_of_place(project)
        if project.geometry is not None and project.geometry["type"] == "Point":
            yield from _few_decimals(project)
            yield from _far_from_town(project)
            yield from _far_from_second_point(project, second)


def doubts_of_place(project: Project) -> Iterator[Fault]:
    """Yield what is odd about the place itself: a point at 0, 0, or anything outside the country named."""
    doubt = project.location_doubt
    if doubt is not None:
        country = project.properties.country
        yield fault("/geometry/coordinates", doubt, country=country, **_where(project)).of(project.id)


def _where(project: Project) -> dict[str, Value]:
    """Say which point it is, and in which country it lies when its coordinates are swapped."""
    if project.geometry is None or project.geometry["type"] != "Point":
        return {}
    (longitude, latitude), country = _point(project), project.properties.country
    is_swapped = location_doubt(country, shapely.Point(latitude, longitude)) is None
    return {"longitude": longitude, "latitude": latitude, **({"swapped_in": country} if is_swapped else {})}


def _few_decimals(project: Project) -> Iterator[Fault]:
    p = project.properties
    if p.location_accuracy != "site" or (p.location_radius_km or 0) >= 1:
        return
    if max(len(repr(float(n)).partition(".")[2]) for n in _point(project)) < 3:
        yield fault("/geometry/coordinates", "site-too-coarse", "warning").of(project.id)


def _far_from_town(project: Project) -> Iterator[Fault]:
    p = project.properties
    towns = _towns().get((p.country, _town_key(p.locality)), []) if p.locality else []
    if p.country in _ISO_REGIONS and p.region:
        towns = [town for town in towns if town.region == _region_code(p.country, p.region)]
    if not towns:
        return
    away = min(km_between(_point(project), (t.longitude, t.latitude)) for t in towns)
    if away > TOWN_KM + (p.location_radius_km or 0):
        pointer, town = "/geometry/coordinates", p.locality or ""
        yield fault(pointer, "far-from-town", "warning", km=away, town=town, most=TOWN_KM).of(project.id)


# GeoNames has ISO 3166-2 codes of first-level regions in these countries, codes of its own elsewhere.
_ISO_REGIONS = ("BE", "CH", "ME", "US")


@functools.cache
def _towns() -> dict[tuple[str, str], list[Town]]:
    """The towns by country and folded name."""
    found: dict[tuple[str, str], list[Town]] = {}
    for town in read_towns():
        found.setdefault((town.country, _town_key(town.name)), []).append(town)
    return found


@functools.cache
def _region_code(country: str, region: str) -> str | None:
    divisions = pycountry.subdivisions.get(country_code=country)  # type: ignore[no-untyped-call]
    return next((d.code.partition("-")[2] for d in divisions if ascii_words(d.name) == ascii_words(region)), None)


def _town_key(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower() if name.isascii() else ascii_words(name))


def _far_from_second_point(project: Project, second: DatasetPoints) -> Iterator[Fault]:
    p = project.properties
    for index, known in enumerate(p.external_ids):
        point = second.get(f"{known.dataset}:{known.id}")
        if point is None:
            continue
        away = km_between(_point(project), point)
        if away > SECOND_POINT_KM + (p.location_radius_km or 0):
            pointer, dataset = f"/properties/external_ids/{index}", known.dataset
            yield fault(pointer, "far-from-second-point", "warning", km=away, dataset=dataset).of(project.id)


def _point(project: Project) -> tuple[float, float]:
    assert project.geometry is not None
    longitude, latitude = project.geometry["coordinates"]
    return longitude, latitude
