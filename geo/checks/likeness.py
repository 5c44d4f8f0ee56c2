"""Which records may be one and the same project: by name, distance and owner."""

from __future__ import annotations

import functools
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pycountry
import shapely
from rapidfuzz import fuzz

from geo.records.project import Project
from geo.text import ascii_words
from geo.vocabulary import KINDS

NEAR_KM = 30.0
MOST_REACH_KM = 100.0  # a point that stands for a larger area says nothing of distance
SAME_SPOT_KM = 1.5
SAME_SITE_KM = 10.0  # of a mine and its refinery
ALIKE = 88.0  # of 100, RapidFuzz token set ratio of the words that tell names apart
EARTH_KM = 6371.0088
_ONE_WORD = 75.0  # of 100, RapidFuzz ratio of two words that are one, in two spellings

# Words that half the names have; a name that has only these tells nothing.
_COMMON = re.compile(
    r"\b(?:the|of|de|del|la|el|and|lithium|litio|battery|batteries|plant|planta|factory|gigafactory|project|mine|mining|"
    r"salar|lake|salt|refinery|hydroxide|carbonate|cell|cells|pack|packs|cathode|anode|recycling|company|group|co|inc|ltd|"
    r"llc|corp|corporation|energy|energies|technologies|technology|materials|material|manufacturing|solutions|new|phase|north|"
    r"south|east|west|storage|site|works|pilot|facility|production|resources|minerals|america|american|usa|us|europe|"
    r"international|power|all|mineral|deposit|concentrator|automotive|motors|systems|ion|electric|chemical|chemicals)\b"
)


# Segments in which one and the same project is listed, now as this, now as that: a mine with its refinery, a pilot.
_LISTED_AS = ({"extraction", "refining"}, {"cells", "packs"}, {"pilot", "extraction"}, {"pilot", "refining"})

# What tells one phase of a project from another: "phase 2", "plant II", "second line".
_PHASE = re.compile(
    r"\b(?:phase|stage|plant|line|factory|works|unit|train|hub|etapa|fase|tranche|bauabschnitt)\s+"
    r"(?P<after>\d+|[ivx]+|[a-d]|one|two|three)\b|"
    r"\b(?P<before>\d+|i{1,3}|iv|first|second|third|fourth)\s*(?:st|nd|rd|th)?(?:\s+(?:phase|stage|plant|line|factory|works)|$)"
)
_NUMBERS = {"i": "1", "one": "1", "first": "1", "ii": "2", "two": "2", "second": "2", "iii": "3", "three": "3",
            "third": "3", "iv": "4", "fourth": "4", "a": "1", "b": "2", "c": "3", "d": "4"}  # fmt: skip


@dataclass(frozen=True)
class Likeness:
    """Two records that may be one project: how far names agree, and owners where it is for them (from 0 to 100)."""

    first: str
    second: str
    km: float | None
    score: float
    owners_alike: float | None = None


def likenesses(projects: Sequence[Project], among: Sequence[Project] | None = None) -> Iterator[Likeness]:
    """Yield the pairs of records that may be one project: a record of `projects` with one of `among` (or of its own).

    Two records of one country and step of the chain (or of two under which one project is listed, such as a mine and
    its refinery) are alike when their telling words agree and they may lie within 30 km of each other, their radii
    allowed for; when these words are the very same, wherever the points are; when they stand near each other and have
    an owner in common; or when they have one, and the region of the one is all that is known of the other's place.
    Phases, whose names differ in a number, are not alike.
    """
    others = projects if among is None else among
    by_country: dict[str, list[Told]] = defaultdict(list)
    for told in map(told_of, projects):
        if among is not None:
            by_country[told.country].append(told)
    waiting = map(told_of, others)
    for told in waiting:
        earlier = by_country[told.country]
        yield from filter(None, (likeness_of(other, told) for other in earlier))
        if among is None:
            earlier.append(told)


def km_between(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the great-circle distance of two points (longitude, latitude, WGS 84) in kilometres.

    On a sphere of the mean Earth radius, by the haversine formula.
    """
    lon1, lat1, lon2, lat2 = map(math.radians, (*one, *other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


def names_agree(a: Project, b: Project) -> bool:
    """Return whether two records may bear one name: a telling word of theirs is much the same, or one has none.

    Names of the owners count, too: a plant is called after its company as often as not. The town tells nothing.
    """
    these, those = _words(a), _words(b)
    these, those = these - _words_of_place(b), those - _words_of_place(a)
    return not these or not those or any(fuzz.ratio(x, y) >= _ONE_WORD for x in these for y in those)


def _words(project: Project) -> set[str]:
    told = told_of(project)
    return {word for name in (*told.names, *told.owners) for word in name.split()} - _words_of_place(project)


def _words_of_place(project: Project) -> set[str]:
    p = project.properties
    return set(telling_words(f"{p.locality or ''} {p.region or ''}").split())


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


def owners_alike(a: Project, b: Project) -> float:
    """Return how far two records have an owner in common, from 0 to 100."""
    return agreement(told_of(a).owners, told_of(b).owners)


def told_of(project: Project) -> Told:
    """Return what tells a record apart."""
    p = project.properties
    place = _Place(_point(project.geometry, p.location_accuracy), p.location_radius_km, p.location_accuracy, p.region)
    names, owners = (p.name, *p.other_names), [owner.name for owner in p.owners]
    return _made(project.id, p.country, p.kind, names, owners, place)


def told_by(feature: Mapping[str, Any]) -> Told:
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


def _of_owner(name: str, country: str) -> str:
    """Return the telling words of a party's name; that it is of a province ("Sichuan …") tells nothing."""
    return " ".join(word for word in telling_words(name).split() if word not in _regions(country))


@functools.cache
def _regions(country: str) -> frozenset[str]:
    divisions = pycountry.subdivisions.get(country_code=country) or ()  # type: ignore[no-untyped-call]
    return frozenset(word for each in divisions for word in re.findall(r"[a-z]{4,}", ascii_words(each.name)))


def likeness_of(a: Told, b: Told) -> Likeness | None:
    """Return how two records may be one project, None where they are not alike."""
    if a.phase != b.phase or not (a.segment == b.segment or {a.segment, b.segment} in _LISTED_AS):
        return None
    km = km_apart(a, b)
    score = agreement(a.names, b.names)
    if score >= ALIKE and (km is None or km <= NEAR_KM + a.reach_km + b.reach_km or set(a.names) & set(b.names)):
        return Likeness(a.id, b.id, km, score)
    owners = agreement(a.owners, b.owners)
    return Likeness(a.id, b.id, km, score, owners) if owners >= ALIKE and _near(a, b, km) else None


def _near(a: Told, b: Told, km: float | None) -> bool:
    """Return whether two records of one owner stand so near each other that they may be one."""
    if a.vague or b.vague:
        return a.vague != b.vague and a.segment == b.segment and bool(a.region) and a.region == b.region
    return km is not None and km <= (SAME_SPOT_KM if a.segment == b.segment else SAME_SITE_KM)


def km_apart(a: Told, b: Told) -> float | None:
    """Return how far two records are from each other; None where a point says nothing of that."""
    if a.point is None or b.point is None or max(a.reach_km, b.reach_km) > MOST_REACH_KM:
        return None
    return km_between(a.point, b.point)


def agreement(these: Sequence[str], those: Sequence[str]) -> float:
    """Return how far any two of these telling words agree, from 0 to 100."""
    return max((fuzz.token_set_ratio(a, b) for a in these for b in those), default=0.0)
