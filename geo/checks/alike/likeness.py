"""Which records may be one and the same project: by name, distance and owner."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from geo.checks.alike.told import Told, telling_words, told_of
from geo.records.project import Project

NEAR_KM = 30.0
MOST_REACH_KM = 100.0  # a point that stands for a larger area says nothing of distance
SAME_SPOT_KM = 1.5
SAME_SITE_KM = 10.0  # of a mine and its refinery
ALIKE = 88.0  # of 100, RapidFuzz token set ratio of the words that tell names apart
EARTH_KM = 6371.0088
_ONE_WORD = 75.0  # of 100, RapidFuzz ratio of two words that are one, in two spellings

# Segments in which one and the same project is listed, now as this, now as that: a mine with its refinery, a pilot.
_LISTED_AS = ({"extraction", "refining"}, {"cells", "packs"}, {"pilot", "extraction"}, {"pilot", "refining"})


@dataclass(frozen=True)
class Likeness:
    """Two records that may be one project: how far names agree, and owners where it is for them (from 0 to 100)."""

    first: str
    second: str
    km: float | None
    score: float
    owners_alike: float | None = None


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


def owners_alike(a: Project, b: Project) -> float:
    """Return how far two records have an owner in common, from 0 to 100."""
    return agreement(told_of(a).owners, told_of(b).owners)


def likeness_of(a: Told, b: Told) -> Likeness | None:
    """Return how two records may be one project, None where they are not alike.

    Two records of one country and step of the chain (or of two under which one project is listed, such as a mine and
    its refinery) are alike when their telling words agree and they may lie within 30 km of each other, their radii
    allowed for; when these words are the very same, wherever the points are; when they stand near each other and have
    an owner in common; or when they have one, and the region of the one is all that is known of the other's place.
    Phases, whose names differ in a number, are not alike.

    It is the verdict on whole records, for whoever imports, merges or checks them, and strict: nobody looks at a
    thousand pairs. `resembling` is kinder, as hints have to be while somebody types.
    """
    if a.country != b.country or a.phase != b.phase or b.segment not in listed_as(a.segment):
        return None
    km = km_apart(a, b)
    score = agreement(a.names, b.names)
    if score >= ALIKE and (km is None or km <= NEAR_KM + a.reach_km + b.reach_km or set(a.names) & set(b.names)):
        return Likeness(a.id, b.id, km, score)
    owners = agreement(a.owners, b.owners)
    return Likeness(a.id, b.id, km, score, owners) if owners >= ALIKE and _near(a, b, km) else None


@functools.cache
def listed_as(segment: str) -> tuple[str, ...]:
    """Return the segments in which a project of one may be listed: itself first."""
    return segment, *sorted(other for pair in _LISTED_AS if segment in pair for other in pair - {segment})


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
