"""Which records resemble one that somebody is about to add: by names, distance and owners, the likeliest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from rapidfuzz import fuzz

from geo.catalog import Catalog, Described
from geo.checks.alike.likeness import ALIKE, NEAR_KM, SAME_SITE_KM, SAME_SPOT_KM, agreement, km_apart
from geo.checks.alike.told import Told, told_of_feature
from geo.countries import country_names
from geo.text import ascii_words

MOST_HINTS = 5
_LOOKED_AT = 64
_NAMED_SO = 75.0  # of 100: of a name that is still being typed
_LEAST_LETTERS = 3  # of a word that tells anything


class Resemblance(NamedTuple):
    """A record that may be the described one, or a phase of it: how far names and owners agree, from 0 to 100."""

    feature: Mapping[str, Any]
    km: float | None
    names_alike: float
    owners_alike: float

    def document(self) -> dict[str, Any]:
        """Return what people and programs are told of it."""
        p = self.feature["properties"]
        said = {name: p.get(name) for name in ("name", "kind", "status", "country", "locality")}
        km = None if self.km is None else round(self.km, 1)
        alike = {"names_alike": round(self.names_alike), "owners_alike": round(self.owners_alike)}
        return {"id": self.feature["id"], **said, "km": km, **alike}


def resembling(catalog: Catalog, feature: Mapping[str, Any], limit: int = MOST_HINTS) -> list[Resemblance]:
    """Return the records that resemble a feature, of which only a part may be known yet; never itself.

    It is kinder than `likeness_of`, by which what is whole is imported and checked: a name may be half typed, and a
    place or an owner still to come. Phases of one project resemble each other, any kind may, and so does whatever
    stands on the same spot; whoever adds one sees a few, and says which is the same.
    """
    described = told_of_feature(feature)
    words = _telling(described)
    asked = Described(sorted(words, key=len, reverse=True), described.country or None, described.point, NEAR_KM)
    found = (_measured(described, orjson.loads(each)) for each in catalog.candidates(asked, _LOOKED_AT))
    alike = [each for each in found if each is not None and each.feature["id"] != described.id]
    return sorted(alike, key=lambda each: -_closeness(described, each))[:limit]


def _telling(told: Told) -> set[str]:
    words = {word for text in (*told.names, *told.owners) for word in text.split() if len(word) >= _LEAST_LETTERS}
    return words - _of_country(told.country)


def _of_country(country: str) -> set[str]:
    return set(ascii_words(country_names().get(country, "")).split())


def _measured(described: Told, feature: Mapping[str, Any]) -> Resemblance | None:
    other = told_of_feature(feature)
    nothing = _of_country(other.country)
    km = km_apart(described, other)
    these, those = _without(described.names, nothing), _without(other.names, nothing)
    names = max(agreement(these, those), _NAMED_SO if any(_begins(a, b) for a in these for b in those) else 0.0)
    owners = agreement(described.owners, other.owners)
    found = Resemblance(feature, km, names, owners)
    return found if _is_alike(found, described, other) else None


def _begins(typed: str, name: str) -> bool:
    """Return whether each word that has been typed is the beginning of a word of a name."""
    return all(any(word.startswith(part) for word in name.split()) for part in typed.split())


def _without(names: Sequence[str], words: set[str]) -> list[str]:
    left = (" ".join(word for word in name.split() if word not in words) for name in names)
    return [name for name in left if name]


def _is_alike(found: Resemblance, described: Told, other: Told) -> bool:
    """Return whether names agree where they may be one place, or one owner or nobody stands so near.

    Where one of them has no place yet, an owner that builds the same in the same country may mean the same.
    """
    is_near = found.km is None or found.km <= NEAR_KM + described.reach_km + other.reach_km
    if found.names_alike >= (_NAMED_SO if is_near else ALIKE):
        return True
    if found.km is None or described.vague or other.vague:
        return found.owners_alike >= ALIKE and described.segment == other.segment and described.country == other.country
    return found.km <= SAME_SPOT_KM or (found.km <= SAME_SITE_KM and found.owners_alike >= ALIKE)


def _closeness(described: Told, found: Resemblance) -> float:
    """Return how likely it is that both are one: names in full count, then nearness, owners and the kind."""
    other = told_of_feature(found.feature)
    whole = max((fuzz.token_sort_ratio(a, b) for a in described.names for b in other.names), default=0.0)
    nearness = 30.0 if found.km is None else max(0.0, 100.0 - found.km)
    is_of_its_kind = 20.0 if described.segment and described.segment == other.segment else 0.0
    return found.names_alike + whole + nearness / 2 + found.owners_alike / 2 + is_of_its_kind
