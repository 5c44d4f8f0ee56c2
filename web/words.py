"""How a record's page says dates, amounts and what has not been said, in the page's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from geo.keys import ANONYMOUS, WITHHELD
from web.language import Language

_ACTIONS = ("create", "update", "delete", "restore")
_STARTS = ("start_actual", "operating_by", "start_planned")
_BACKWARDS = ("supplies", "part_of", "follows_from", "replaces", "same_site")

Part = Mapping[str, Any]


class Notice(NamedTuple):
    """What nobody has said about a project: a title, and a text that may be ""."""

    title: str
    text: str


class Words:
    """What templates say of the parts of a record, in a language."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._say, self._label = language.say, language.label

    @property
    def filters(self) -> dict[str, Callable[..., str]]:
        """The filters by which templates say parts of a record."""
        return {
            "amount": self.amount,
            "resource": self.resource,
            "money": self.money,
            "place": self.place,
            "backwards": self.backwards,
            "since": self.since,
            "author": self.author,
            "done": self.done,
        }

    def author(self, name: str) -> str:
        """Return who wrote something; in words, where the author is hidden, or gave no name."""
        words = {WITHHELD: "people.withheld", ANONYMOUS: "people.nameless"}
        return self._say(words[name]) if name in words else name

    def done(self, action: str) -> str:
        """Return what a revision did to its record."""
        return self._say(f"revisions.{action}") if action in _ACTIONS else action

    def since(self, properties: Part) -> str:
        """Return what the date of the stage is, and the date, such as `by 12 Nov 2025`; "" for none."""
        if not properties.get("status_date"):
            return ""
        basis = self._label("status_date_basis", properties["status_date_basis"])
        return f"{basis} {self._language.date(properties['status_date'])}"

    def backwards(self, link_type: str) -> str:
        """Return how a link is called from its other end."""
        return self._say(f"record.back_{link_type if link_type in _BACKWARDS else 'other'}")

    def place(self, properties: Part) -> str:
        """Return where the project is, in words that claim no more than its accuracy allows."""
        country = self._language.country(properties["country"])
        words = ", ".join(w for w in (properties.get("locality"), properties.get("region"), country) if w)
        accuracy = properties["location_accuracy"]
        if accuracy in ("country", "undisclosed"):
            return self._say(f"record.place_{accuracy}", place=words)
        return words

    def amount(self, capacity: Part) -> str:
        """Return a capacity's amount: qualifier, value, unit and product."""
        product = self._label("product", capacity["product"])
        amount = f"{self._language.number(capacity['value'])}\u00a0{capacity['unit'].replace('m2', 'm²')}"
        return f"{self._qualified(capacity, amount)} {product[:1].lower()}{product[1:]}"

    def resource(self, resource: Part) -> str:
        """Return a resource's contained tonnes and grade."""
        tonnes, grade = self._tonnes(resource), self._grade(resource)
        return self._say("record.at_grade", tonnes=tonnes, grade=grade) if tonnes and grade else tonnes or grade

    def money(self, investment: Part) -> str:
        """Return an investment's currency and amount."""
        amount = f"{investment['currency']}\u00a0{self._language.number(investment['amount'])}"
        return self._qualified(investment, amount)

    def notice(self, properties: Part) -> Notice | None:
        """Return what nobody has said about the project; by rule from the record."""
        accuracy, considered = properties["location_accuracy"], properties.get("status") == "considered"
        placeless = accuracy in ("country", "undisclosed")
        if not placeless and not considered:
            return None
        text = [self._say("record.only_considered")] if considered else []
        text += [self._say(f"record.unplaced_{accuracy}")] if placeless else []
        return Notice(self._notice_title(properties, placeless), " ".join(text))

    def _notice_title(self, properties: Part, placeless: bool) -> str:
        dated = any(properties.get(name) for name in _STARTS)
        missing = {"site": placeless, "size": not properties.get("capacities"), "date": not dated}
        words = [self._say(f"record.missing_{name}") for name, absent in missing.items() if absent]
        if not words:
            return self._say("record.nothing_committed")
        return self._say("record.not_named", missing=self._language.listed(words, "or"))

    def _tonnes(self, resource: Part) -> str:
        if not resource.get("tonnes"):
            return ""
        substance = self._label("substance", resource["substance"]).lower()
        amount = f"{self._language.number(resource['tonnes'])}\u00a0t {substance}"
        return self._qualified(resource, amount)

    def _grade(self, resource: Part) -> str:
        if not resource.get("grade"):
            return ""
        unit = self._label("grade_unit", resource.get("grade_unit", ""))
        return f"{self._language.number(resource['grade'])}\u00a0{unit}"

    def _qualified(self, part: Part, amount: str) -> str:
        qualifier = part.get("qualifier", "")
        is_said = qualifier in ("about", "at_least", "at_most")
        return self._say(f"record.{qualifier}", amount=amount) if is_said else amount


def safe_href(address: object) -> str:
    """Return an http(s) address as it is, and an empty text for any other."""
    if not isinstance(address, str):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""
