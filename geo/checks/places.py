"""Rules on places: the point in its country, near the town it names, as exact as it claims, where others see it too."""

from __future__ import annotations

import functools
import gzip
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pycountry

from geo import vocabulary
from geo.checks.likeness import km_between
from geo.curated.points import DatasetPoints
from geo.paths import data_folder
from geo.records.places import location_doubt
from geo.records.project import Project
from geo.text import fold
from geo.violation import Violation

TOWN_KM = 40.0
SECOND_POINT_KM = 15.0


def violations(projects: Sequence[Project], second: DatasetPoints) -> Iterator[Violation]:
    """Yield what is wrong with the places of records; most rules are about points."""
    for project in projects:
        yield from doubts_of_place(project)
        if project.geometry is not None and project.geometry["type"] == "Point":
            yield from _few_decimals(project)
            yield from _far_from_town(project)
            yield from _far_from_second_point(project, second)


def doubts_of_place(project: Project) -> Iterator[Violation]:
    """Yield what is odd about the place itself: a point at 0, 0, or anything outside the country named."""
    doubt = location_doubt(project.properties.country, project.geometry)
    if doubt is not None:
        detail = _where(project) + vocabulary.LOCATION_DOUBTS[doubt].definition
        expected = f"a place in {project.properties.country}; longitude comes first"
        yield Violation(project.id, "/geometry/coordinates", doubt, "error", detail, expected)


def _where(project: Project) -> str:
    """Say which point it is, and whether it is one whose coordinates are swapped."""
    if project.geometry is None or project.geometry["type"] != "Point":
        return ""
    longitude, latitude = _point(project)
    turned = {"type": "Point", "coordinates": [latitude, longitude]}
    is_swapped = (longitude, latitude) != (0, 0) and location_doubt(project.properties.country, turned) is None
    hint = f", but longitude {latitude}, latitude {longitude} lies in {project.properties.country}"
    return f"Longitude {longitude}, latitude {latitude}{hint if is_swapped else ''}. "


def _few_decimals(project: Project) -> Iterator[Violation]:
    p = project.properties
    if p.location_accuracy != "site" or (p.location_radius_km or 0) >= 1:
        return
    if max(len(repr(float(n)).partition(".")[2]) for n in _point(project)) < 3:
        expected = "three decimals or more, or the radius that the rounding leaves (2 decimals: about 1 km)"
        detail = "a site with fewer than three decimals"
        yield Violation(project.id, "/geometry/coordinates", "site-too-coarse", "warning", detail, expected)


def _far_from_town(project: Project) -> Iterator[Violation]:
    p = project.properties
    towns = _towns().get((p.country, _town_key(p.locality)), []) if p.locality else []
    if p.country in _ISO_REGIONS and p.region:
        towns = [town for town in towns if town.region == _region_code(p.country, p.region)]
    if not towns:
        return
    away = min(float(km_between(*_point(project), np.array(t.longitude), np.array(t.latitude))) for t in towns)
    if away > TOWN_KM + (p.location_radius_km or 0):
        detail = f"lies {away:.0f} km from the town of {p.locality}"
        yield Violation(
            *(project.id, "/geometry/coordinates", "far-from-town", "warning"),
            *(detail, f"within {TOWN_KM:.0f} km, or another locality"),
        )


class _Town(NamedTuple):
    longitude: float
    latitude: float
    region: str


# GeoNames has ISO 3166-2 codes of first-level regions in these countries, codes of its own elsewhere.
_ISO_REGIONS = ("BE", "CH", "ME", "US")


@functools.cache
def _towns() -> dict[tuple[str, str], list[_Town]]:
    """The towns of GeoNames (5,000 people or more) by country and folded name; `data/towns/build.py` has the form."""
    found: dict[tuple[str, str], list[_Town]] = {}
    with gzip.open(data_folder() / "towns" / "towns.tsv.gz", "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            country, region, name, longitude, latitude = line.removesuffix("\n").split("\t")
            place = _Town(float(longitude), float(latitude), region)
            found.setdefault((country, _town_key(name)), []).append(place)
    return found


@functools.cache
def _region_code(country: str, region: str) -> str | None:
    divisions = pycountry.subdivisions.get(country_code=country)  # type: ignore[no-untyped-call]
    return next((d.code.partition("-")[2] for d in divisions if fold(d.name) == fold(region)), None)


def _town_key(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower() if name.isascii() else fold(name))


def _far_from_second_point(project: Project, second: DatasetPoints) -> Iterator[Violation]:
    p = project.properties
    for index, known in enumerate(p.external_ids):
        point = second.get(f"{known.dataset}:{known.id}")
        if point is None:
            continue
        away = float(km_between(*_point(project), np.array(point[0]), np.array(point[1])))
        if away > SECOND_POINT_KM + (p.location_radius_km or 0):
            detail = f"lies {away:.0f} km from where {known.dataset} has it"
            expected = "the better of the two points, a radius that covers both, or no such external id"
            pointer = f"/properties/external_ids/{index}"
            yield Violation(project.id, pointer, "far-from-second-point", "warning", detail, expected)


def _point(project: Project) -> tuple[float, float]:
    assert project.geometry is not None
    longitude, latitude = project.geometry["coordinates"]
    return longitude, latitude
