"""What tells a record apart from the others: telling words of its names and owners, its phase, and where it is."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pycountry
import shapely

from geo.records.project import Project
from geo.text import ascii_words
from geo.vocabulary import KINDS

# Words that half the names have; a name that has only these tells nothing.
_COMMON = re.compile(
    r"\b(?:the|of|de|del|la|el|and|lithium|litio|battery|batteries|plant|planta|factory|gigafactory|project|mine|mining|"
    r"salar|lake|salt|refinery|hydroxide|carbonate|cell|cells|pack|packs|cathode|anode|recycling|company|group|co|inc|ltd|"
    r"llc|corp|corporation|energy|energies|technologies|technology|materials|material|manufacturing|solutions|new|phase|north|"
    r"south|east|west|storage|site|works|pilot|facility|production|resources|minerals|america|american|usa|us|europe|"
    r"international|power|all|mineral|deposit|concentrator|automotive|motors|systems|ion|electric|chemical|chemicals)\b"
)

# What tells one phase of a project from another: "phase 2", "plant II", "second line".
_PHASE = re.compile(
    r"\b(?:phase|stage|plant|line|factory|works|unit|train|hub|etapa|fase|tranche|bauabschnitt)\s+"
    r"(?P<after>\d+|[ivx]+|[a-d]|one|two|three)\b|"
    r"\b(?P<before>\d+|i{1,3}|iv|first|second|third|fourth)\s*(?:st|nd|rd|th)?(?:\s+(?:phase|stage|plant|line|factory|works)|$)"
)
_NUMBERS = {"i": "1", "one": "1", "first": "1", "ii": "2", "two": "2", "second": "2", "iii": "3", "three": "3",
            "third": "3", "iv": "4", "fourth": "4", "a": "1", "b": "2", "c": "3", "d": "4"}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What tells a record apart from the others; `point` is longitude and latitude (WGS 84)."""

    id: str
    country: str
    region: str
    segment: str
    phase: str
    names: tuple[str, ...]
    owners: tuple[str, ...]
    point: tuple[float, float] | None
    reach_km: float
    vague: bool  # the point stands for a region


def told_of(project: Project) -> Told:
    """Return what tells a record apart."""
    p = project.properties
    place = _Place(_point(project.geometry, p.location_accuracy), p.location_radius_km, p.location_accuracy, p.region)
    names, owners = (p.name, *p.other_names), [owner.name for owner in p.owners]
    return _made(project.id, p.country, p.kind, names, owners, place)


def told_of_feature(feature: Mapping[str, Any]) -> Told:
    """Return what tells a record apart, of its feature as it is answered, or of as much as somebody knows of it."""
    p, accuracy = feature["properties"], feature["properties"].get("location_accuracy")
    point = _point(feature.get("geometry"), accuracy)
    place = _Place(point, p.get("location_radius_km"), accuracy, p.get("region"))
    names = (p.get("name") or "", *p.get("other_names", ()))
    owners = [owner["name"] for owner in p.get("owners", ())]
    return _made(feature.get("id") or "", p.get("country") or "", p.get("kind"), names, owners, place)


class _Place(NamedTuple):
    point: tuple[float, float] | None
    radius_km: float | None
    accuracy: str | None
    region: str | None


def _point(geometry: Mapping[str, Any] | None, accuracy: str | None) -> tuple[float, float] | None:
    if geometry is None:
        return None
    if geometry["type"] == "Point":
        longitude, latitude = geometry["coordinates"]
        return longitude, latitude
    if accuracy == "country":
        return None
    centre = shapely.geometry.shape(dict(geometry)).centroid
    return centre.x, centre.y


def _made(
    record: str, country: str, kind: str | None, names: Sequence[str], owners: Sequence[str], place: _Place
) -> Told:
    return Told(
        id=record,
        country=country,
        region=ascii_words(place.region or ""),
        segment=KINDS[kind].group if kind else "",
        phase=phase_of(names[0]),
        names=tuple(filter(None, map(telling_words, names))),
        owners=tuple(filter(None, (_of_owner(owner, country) for owner in owners))),
        point=place.point,
        reach_km=place.radius_km or 0.0,
        vague=place.accuracy == "region",
    )


def telling_words(name: str) -> str:
    """Return the words of a name that tell it apart, folded; empty when it has only common ones."""
    words = re.sub(r"[^a-z0-9]+", " ", ascii_words(name))
    return " ".join(_COMMON.sub(" ", words).split())


def phase_of(name: str) -> str:
    """Return the number of the phase that a name tells, "" where it tells none."""
    found = _PHASE.search(re.sub(r"[^a-z0-9]+", " ", ascii_words(name)).strip())
    number = found and (found["after"] or found["before"])
    return _NUMBERS.get(number, number) if number else ""


@functools.lru_cache(maxsize=16_384)  # parties come again and again
def _of_owner(name: str, country: str) -> str:
    """Return the telling words of a party's name; that it is of a province ("Sichuan …") tells nothing."""
    return " ".join(word for word in telling_words(name).split() if word not in _regions(country))


@functools.cache
def _regions(country: str) -> frozenset[str]:
    divisions = pycountry.subdivisions.get(country_code=country) or ()  # type: ignore[no-untyped-call]
    return frozenset(word for each in divisions for word in re.findall(r"[a-z]{4,}", ascii_words(each.name)))
