"""What a change says to a reader of feeds: one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from web.language import Language, small

Told = Mapping[str, Any]

_MOST_PLACES = 5


def sentence(language: Language, change: Told) -> str:
    """Return what happened to a record.

    `change` holds `action`, `changed` (pointers, parts by their keys), `successor` (id or None), and of the record
    `kind`, `country` and `stage` (before, after; None where there was or is none).
    """
    if change["action"] == "delete":
        successor = change["successor"]
        return language.say("feeds.deleted_for", id=successor) if successor else language.say("feeds.deleted")
    before, after = (stage and language.label("status", stage) for stage in change["stage"])
    if before is None:
        kind = language.label("kind", change["kind"])
        return language.say("feeds.new", kind=kind, country=language.country(change["country"]), stage=small(after))
    if before != after:
        return language.say("feeds.stage", before=before, after=after)
    places = _places(language, change["changed"])
    if not places:
        return language.say("feeds.nothing")
    return language.say("feeds.changed", what=language.listed(places[:_MOST_PLACES]))


def _places(language: Language, pointers: Sequence[str]) -> list[str]:
    """Return what the places of a record are called, each once."""
    names = (pointer.split("/")[2 if pointer.startswith("/properties/") else 1] for pointer in pointers)
    keys = dict.fromkeys(map(_key, names))
    return [small(language.say(key)) for key in keys]


def _key(name: str) -> str:
    if name == "sources":
        return "record.sources"
    return "feeds.place" if name in _OF_THE_PLACE else f"columns.{name}"


_OF_THE_PLACE = frozenset(
    ("geometry", "location_accuracy", "location_radius_km", "location_note", "location_sources", "region", "locality")
)
