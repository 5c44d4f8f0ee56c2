"""Everything that the template of a record needs, from its view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

from geo import dates
from geo.curated.organisations import Organisations
from geo.records.history import history_of
from web.language import Language
from web.record.claims import differing_capacities, differing_resources, differing_shares, foremost, headline
from web.record.correction import correction_address
from web.record.holders import Holder, holders
from web.record.hosts import host_of
from web.record.locator import locator
from web.record.timeline import timeline
from web.site import Site
from web.words import Words

UNFOLDED = 12  # events or sources that a long record shows before the reader asks for the rest
_STARTS = ("start_actual", "operating_by", "start_planned")

Part = Mapping[str, Any]
Source = Mapping[str, Any]


@dataclass
class Citations:
    """The sources that values name; each different set of them is shown once, for all values that name it."""

    sources: Mapping[str, Source]
    used: dict[str, list[Source]] = field(default_factory=dict)

    def __call__(self, ids: Sequence[str] | None) -> str | None:
        """Return the key of these sources, which is made of their numbers; None for none."""
        known = dict.fromkeys(each for each in ids or [] if each in self.sources)
        found = sorted((self.sources[each] for each in known), key=lambda source: int(source["number"]))
        key = "-".join(str(source["number"]) for source in found)
        if key:
            self.used[key] = found
        return key or None


@dataclass(frozen=True)
class Folded:
    """A long list in two: what is shown, and what stands behind a button."""

    shown: list[Any]
    folded: list[Any]


def shown(site: Site, view: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return the template's values; `web.pages.record_page` says what the view holds."""
    properties, project_id = view["feature"]["properties"], view["feature"]["id"]
    sources = _sources(properties)
    events = dates.in_order(properties.get("events", []), lambda event: str(event["date"]))
    happened = [event for event in events if not event.get("expected")]
    page = f"{view.get('base_url', '')}/projects/{quote(project_id)}"
    return {
        "incoming": [],
        "names": {},
        "revisions": [],
        "areas": [],
        "near": [],
        "siblings": [],
        "previous": None,
        "next": None,
        "is_past": False,
        **view,
        "p": properties,
        "id": project_id,
        "address": page,
        "data_path": f"{site.root}/api/collections/projects/items/{quote(project_id)}?f=geojson",
        "data_links": _drawn_links(properties, view.get("incoming", [])),
        "sources": Folded([*sources.values()][:UNFOLDED], [*sources.values()][UNFOLDED:]),
        "citations": Citations(sources),
        "happened": Folded(happened[-UNFOLDED:], happened[:-UNFOLDED]),
        "expected": [event for event in events if event.get("expected")],
        "decided_by": _deciding(properties, happened),
        "starts": [*_starts(properties)],
        "headline": headline(properties.get("capacities", []), properties["status"]),
        "foremost": foremost(properties.get("owners", [])),
        "parties": _parties(properties.get("owners", []), view.get("organisations") or Organisations([])),
        "differing": _differing(properties, sources),
        "timeline": timeline(history_of(properties), dates.today()),
        "notice": Words(language).notice(properties),
        "today": dates.today().isoformat(),
        "correction": _correction(site.contact, properties, project_id, page, language),
    }


def locator_of(view: Mapping[str, Any]) -> Any:
    """Return the locator map of a record's page."""
    properties = view["feature"]["properties"]
    return locator(properties["country"], properties, view["feature"].get("geometry"))


def _sources(properties: Part) -> dict[str, Source]:
    stated = enumerate(properties.get("sources", []), start=1)
    return {source["id"]: {**source, "number": n, "host": host_of(source.get("url"))} for n, source in stated}


def _drawn_links(properties: Part, incoming: Sequence[Part]) -> str:
    """Return the links of a record as JSON, for a map that draws them."""
    out = [{"id": link["project"], "type": link["type"], "to": True} for link in properties.get("links", [])]
    back = [{"id": link["project"], "type": link["type"], "to": False} for link in incoming]
    return orjson.dumps([*out, *back]).decode()


def _deciding(properties: Part, happened: Sequence[Part]) -> Part | None:
    """The event that gave the project its present status."""
    decided = (properties["status"], properties["status_date"])
    return next((e for e in happened if (e.get("status"), e["date"]) == decided), None)


def _starts(properties: Part) -> Iterator[dict[str, Any]]:
    """What is known of the start: which property says it, its date, whether it has passed in vain, and its sources."""
    for name in _STARTS:
        date, expected = properties.get(name), name == "start_planned"
        if date:
            is_late = expected and _is_late(properties)
            yield {
                "name": name,
                "date": date,
                "late": is_late,
                "sources": _start_sources(properties, date, expected),
            }


def _start_sources(properties: Part, date: str, expected: bool) -> list[str]:
    starts = [e for e in properties["events"] if e.get("status") == "operating" and e["date"] == date]
    found = [source for e in starts if e.get("expected", False) == expected for source in e["sources"]]
    return list(dict.fromkeys(found))


def _is_late(properties: Part) -> bool:
    began = properties.get("start_actual") or properties.get("operating_by")
    return not began and dates.last_day(properties["start_planned"]) < dates.today()


@dataclass(frozen=True)
class Party:
    """A party as the record names it, the id by which the map filters it, and who holds it."""

    stated: Part
    id: str
    holders: list[Holder]


def _parties(owners: Sequence[Part], organisations: Organisations) -> list[Party]:
    ids = [owner.get("organisation") or organisations.id_of(owner["name"]) for owner in owners]
    return [Party(owner, each, holders(organisations, each)) for owner, each in zip(owners, ids, strict=True)]


@dataclass(frozen=True)
class Said:
    """A claim that another contradicts: who says it, and when."""

    claim: Part
    publishers: list[str]
    date: str | None


def _differing(properties: Part, sources: Mapping[str, Source]) -> dict[str, list[list[Said]]]:
    found = {
        "capacities": differing_capacities(properties.get("capacities", [])),
        "owners": differing_shares(properties.get("owners", [])),
        "resource": differing_resources(properties.get("resource", [])),
    }
    return {name: [[_said(claim, sources) for claim in group] for group in groups] for name, groups in found.items()}


def _said(claim: Part, sources: Mapping[str, Source]) -> Said:
    cited = [sources[each] for each in claim["sources"] if each in sources]
    publishers = [source.get("publisher") or source["host"] or source["title"] for source in cited]
    published = [source["published"] for source in cited if source.get("published")]
    told = claim.get("as_of") or min(published, key=dates.first_day, default=None)
    return Said(claim, list(dict.fromkeys(publishers)), told)


def _correction(contact: str | None, properties: Part, project_id: str, page: str, language: Language) -> str | None:
    subject = language.say("record.correction_subject", name=properties["name"])
    named = language.say("record.correction_named", name=properties["name"], id=project_id)
    revision = [language.say("record.correction_revision", number=str(properties.get("revision", 1)))]
    asked = [language.say("record.correction_wrong"), "", "", language.say("record.correction_source"), ""]
    return correction_address(contact, subject, [named, page, *revision, "", *asked])
