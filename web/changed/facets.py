"""What a reader is told of each part of a record, field by field, and what the part is called."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web.language import Language
from web.words import Words

Part = Mapping[str, Any]
Say = Callable[[Part], str]


@dataclass(frozen=True)
class Facet:
    """Fields that a reader is told together: what they are called, and how they are said; a long text word by word.

    What the part is called `names` some of them: these are told only where they changed.
    """

    title: str
    fields: tuple[str, ...]
    say: Say
    is_text: bool = False
    is_named: bool = False


# Which vocabulary has the codes of a field, by the list of which the part is one; "" is the record itself.
_CODES: dict[str, dict[str, str]] = {
    "": {"kind": "kind", "location_accuracy": "location_accuracy", "checked_found": "checked_found"},
    "events": {"type": "event_type", "status": "status", "date_basis": "date_basis", "basis": "event_basis"},
    "owners": {"role": "owner_role"},
    "capacities": {"product": "product", "basis": "capacity_basis", "qualifier": "qualifier", "scope": "scope"},
    "resource": {
        "category": "resource_category",
        "substance": "substance",
        "grade_unit": "grade_unit",
        "qualifier": "qualifier",
    },
    "links": {"type": "link_type"},
    "investment": {"basis": "capacity_basis", "qualifier": "qualifier"},
    "sources": {"type": "source_type"},
}


class Facets:
    """How the parts of a record are told in a language; `names` are those of other records by their ids."""

    def __init__(self, language: Language, names: Mapping[str, str]) -> None:
        self._language, self._names, self._words = language, names, Words(language)
        self._say, self._label = language.say, language.label

    def of(self, name: str) -> Sequence[Facet]:
        """Return the facets of the parts of a list: all their fields but the key and the sources."""
        told: Mapping[str, Callable[[], Sequence[Facet]]] = {
            "events": self._events,
            "owners": self._owners,
            "capacities": self._capacities,
            "resource": self._resource,
            "investment": self._investment,
            "links": self._links,
            "sources": self._sources,
        }
        return told[name]()

    def called(self, name: str, part: Part) -> str:
        """Return what people call a part of a list."""
        titles: Mapping[str, Say] = {
            "events": self._event,
            "owners": lambda p: self._titled(self._label("owner_role", p["role"]), p["name"]),
            "capacities": lambda p: self._titled(self._basis(p), self._label("product", p["product"])),
            "resource": lambda p: self._titled(
                self._label("resource_category", p["category"]), self._label("substance", p["substance"])
            ),
            "investment": lambda p: self._titled(self._say("columns.investment"), p.get("purpose") or p["currency"]),
            "links": lambda p: self._titled(self._label("link_type", p["type"]), self._record(p["project"])),
            "sources": lambda p: self._say("diff.source", title=p["title"]),
        }
        return titles[name](part)

    def exactly(self, name: str, fields: Sequence[str], part: Part) -> str:
        """Return what fields say to the last digit, where the usual words are too coarse to tell two values apart."""
        codes = _CODES[name]
        said = (self._label(codes[f], part[f]) if f in codes else str(part[f]) for f in fields if part.get(f))
        return " · ".join(said)

    def plain(self, title: str, field: str, *, is_named: bool = False) -> Facet:
        return Facet(self._say(title), (field,), lambda part: str(part.get(field) or ""), is_named=is_named)

    def text(self, title: str, field: str, *, is_named: bool = False) -> Facet:
        return dataclasses.replace(self.plain(title, field, is_named=is_named), is_text=True)

    def date(self, title: str, field: str) -> Facet:
        return Facet(self._say(title), (field,), lambda part: self._language.date(part.get(field)))

    def code(self, title: str, field: str, name: str, *, is_named: bool = False) -> Facet:
        return Facet(
            self._say(title),
            (field,),
            lambda part: self._label(_CODES[name][field], part[field]) if part.get(field) else "",
            is_named=is_named,
        )

    def _titled(self, what: str, which: str) -> str:
        return self._say("diff.titled", what=what, which=which)

    def _event(self, event: Part) -> str:
        date, expected = self._day_of(event), "expected_" if event.get("expected") else ""
        if event.get("status"):
            return self._say(f"diff.{expected}stage", stage=self._label("status", event["status"]), date=date)
        return self._say(f"diff.{expected}event", type=self._label("event_type", event["type"]), date=date)

    def _basis(self, capacity: Part) -> str:
        return self._say("diff.capacity_built" if capacity.get("basis") == "actual" else "diff.capacity_planned")

    def _record(self, project_id: str) -> str:
        return self._names.get(project_id, project_id)

    def _day_of(self, event: Part) -> str:
        date = self._language.date(event.get("date"))
        return self._say("record.reported", date=date) if event.get("date_basis") == "reported" and date else date

    def _expected(self, event: Part) -> str:
        return self._say("diff.expected" if event.get("expected") else "diff.happened") if event else ""

    def _events(self) -> Sequence[Facet]:
        return (
            Facet(self._say("diff.date"), ("date", "date_basis"), self._day_of, is_named=True),
            self.code("columns.type", "type", "events", is_named=True),
            self.code("columns.status", "status", "events", is_named=True),
            Facet(self._say("diff.when"), ("expected",), self._expected, is_named=True),
            self.text("diff.said", "summary"),
            self.code("diff.basis", "basis", "events"),
        )

    def _owners(self) -> Sequence[Facet]:
        return (
            self.plain("columns.name", "name", is_named=True),
            self.code("diff.role", "role", "owners", is_named=True),
            Facet(self._say("diff.share"), ("share_pct",), self._share),
            Facet(self._say("diff.agreement"), ("pending",), self._pending),
            self.date("diff.as_of", "as_of"),
            self.plain("diff.organisation", "organisation"),
        )

    def _share(self, owner: Part) -> str:
        share = owner.get("share_pct")
        return self._say("record.share", share=share) if share else ""

    def _pending(self, owner: Part) -> str:
        return self._say("record.pending" if owner.get("pending") else "diff.closed") if owner else ""

    def _capacities(self) -> Sequence[Facet]:
        return (
            Facet(self._say("diff.amount"), ("value", "unit", "product", "qualifier"), self._amount),
            self.code("columns.capacity_basis", "basis", "capacities", is_named=True),
            self.code("diff.scope", "scope", "capacities"),
            self.date("diff.as_of", "as_of"),
            self.text("diff.note", "note"),
        )

    def _amount(self, capacity: Part) -> str:
        return self._words.amount(capacity) if capacity else ""

    def _resource(self) -> Sequence[Facet]:
        amounts = ("tonnes", "substance", "grade", "grade_unit", "qualifier")
        return (
            self.code("diff.category", "category", "resource", is_named=True),
            Facet(self._say("diff.amount"), amounts, lambda part: self._words.resource(part) if part else ""),
            self.plain("diff.reporting_code", "reporting_code"),
            self.date("diff.as_of", "as_of"),
            self.text("diff.note", "note"),
        )

    def _investment(self) -> Sequence[Facet]:
        return (
            Facet(self._say("diff.amount"), ("amount", "currency", "qualifier"), self._money),
            self.plain("diff.purpose", "purpose"),
            self.code("columns.capacity_basis", "basis", "investment"),
            self.date("diff.date", "date"),
        )

    def _money(self, investment: Part) -> str:
        return self._words.money(investment) if investment else ""

    def _links(self) -> Sequence[Facet]:
        return (
            self.code("diff.relation", "type", "links", is_named=True),
            Facet(self._say("diff.project"), ("project",), self._linked, is_named=True),
        )

    def _linked(self, link: Part) -> str:
        return self._record(link["project"]) if link else ""

    def _sources(self) -> Sequence[Facet]:
        return (
            self.text("diff.title", "title", is_named=True),
            self.plain("diff.address", "url"),
            self.plain("diff.publisher", "publisher"),
            self.date("diff.published", "published"),
            self.code("columns.type", "type", "sources"),
            self.text("diff.quote", "quote"),
            self.date("diff.accessed", "accessed"),
            self.plain("diff.archived", "archived_url"),
            self.plain("diff.read_at", "read_at"),
        )
