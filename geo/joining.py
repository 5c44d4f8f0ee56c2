"""Two records of one project made one: the claims of both stand side by side, each with its sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from geo.editing import Feature
from geo.records.ids import free_source_id
from geo.records.parts import CLAIMS

_DIFFER = tuple(name for name in CLAIMS if name != "links")


def joined(record: Feature, other: Feature, parts: Iterable[str] = _DIFFER) -> Feature:
    """Return a record with the names and claims of another one of the same project; what it says itself stays.

    A claim that it has already gets the other's sources; sources are those that anything rests on.
    """
    stated, given = {**record["properties"]}, other["properties"]
    names = add_sources(stated, given)
    stated["other_names"] = _names(stated, given)
    for part in parts:
        stated[part] = _claims(stated.get(part, []), [taken_over(claim, names) for claim in given.get(part, [])])
    stated["sources"] = cited(stated, {source["id"] for source in record["properties"]["sources"]})
    return {**record, "properties": {name: value for name, value in stated.items() if value not in (None, [])}}


def _names(stated: dict[str, Any], given: dict[str, Any]) -> list[str]:
    known = [*stated.get("other_names", []), *(name for name in (given["name"], *given.get("other_names", [])))]
    return [name for name in dict.fromkeys(known) if name != stated["name"]]


def _claims(those: list[dict[str, Any]], these: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = list(those)
    for claim in these:
        place = next((at for at, each in enumerate(found) if _said(each) == _said(claim)), None)
        if place is None:
            found.append(claim)
        else:
            sources = list(dict.fromkeys([*found[place]["sources"], *claim["sources"]]))
            found[place] = {**found[place], "sources": sources}
    return found


def _said(claim: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claim.items() if name not in ("key", "sources")}


def taken_over(claim: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Return a claim as one of another record: by that record's sources, and with a key that it gets there."""
    said = {name: value for name, value in claim.items() if name != "key"}
    return {**said, "sources": [names[source] for source in claim["sources"]]}


def add_sources(stated: dict[str, Any], given: dict[str, Any]) -> dict[str, str]:
    """Add sources to those of a record, a text that is there already once, and return the ids that they have."""
    known = {_text_of(source): source["id"] for source in stated["sources"]}
    names: dict[str, str] = {}
    for source in given["sources"]:
        text = _text_of(source)
        if text not in known:
            known[text] = free_source_id({each["id"] for each in stated["sources"]})
            stated["sources"] = [*stated["sources"], {**source, "id": known[text]}]
        names[source["id"]] = known[text]
    return names


def _text_of(source: dict[str, Any]) -> tuple[str | None, ...]:
    """Return what tells a text apart: where it is, and of what is published again and again, which release it is."""
    return (
        source.get("url") or source.get("title"),
        source.get("read_at"),
        source.get("published") if source.get("type") == "dataset" else None,
    )


def cited(stated: dict[str, Any], always: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return those sources of a record that a claim or its place rests on, and those of `always`."""
    used = {s for part in CLAIMS for claim in stated.get(part) or [] for s in claim["sources"]}
    used |= {*stated.get("location_sources", []), *always}
    return [source for source in stated["sources"] if source["id"] in used]
