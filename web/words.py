"""How the pages say dates, numbers, amounts and what has not been said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from geo import vocabulary
from geo.countries import country_names

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_QUALIFIED = {"about": "about ", "at_least": "at least ", "at_most": "at most "}
_BACKWARDS = {
    "supplies": "Supplied by",
    "part_of": "Includes",
    "follows_from": "Led to",
    "replaces": "Replaced by",
    "same_site": "Same site",
}
# What is known of a start: a title, the property that dates it, and what to say after the date.
STARTS = (
    ("Started", "start_actual", ""),
    ("Operating by", "operating_by", "; start not stated"),
    ("Planned start", "start_planned", ""),
)
LATE = " passed; no start is reported"

Part = Mapping[str, Any]


def date_text(date: str | None) -> str:
    """Return `2024-03-26` as `26 Mar 2024` and `2024-03` as `Mar 2024`."""
    if not date:
        return ""
    year, *rest = date[:10].split("-")
    month = [_MONTHS[int(rest[0]) - 1]] if rest else []
    day = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*day, *month, year])


def number_text(number: float) -> str:
    """Return a number with its thousands apart and without needless decimals."""
    return f"{number:,.6f}".rstrip("0").rstrip(".") if isinstance(number, float) else f"{number:,}"


def label(name: str, code: str) -> str:
    """Return the label of a code in the vocabulary `name`, or the code when the vocabulary has no such word."""
    terms = vocabulary.ALL[name]
    return terms[code].label if code in terms else code


def definition(name: str, code: str) -> str:
    """Return the one-sentence definition of a code."""
    terms = vocabulary.ALL[name]
    return terms[code].definition if code in terms else ""


def since_text(properties: Part) -> str:
    """Return what the date of the stage is, and the date, such as `by 12 Nov 2025`."""
    if not properties.get("status_date"):
        return ""
    return f"{label('status_date_basis', properties['status_date_basis'])} {date_text(properties['status_date'])}"


def backwards(link_type: str) -> str:
    """Return how a link is called from its other end."""
    return _BACKWARDS.get(link_type, "Linked from")


def safe_href(address: object) -> str:
    """Return an http(s) address as it is, and an empty text for any other."""
    if not isinstance(address, str):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


def place_text(properties: Part) -> str:
    """Return where the project is, in words that claim no more than its accuracy allows."""
    country = country_names().get(properties["country"], properties["country"])
    words = ", ".join(w for w in (properties.get("locality"), properties.get("region"), country) if w)
    accuracy = properties["location_accuracy"]
    if accuracy == "country":
        return f"Somewhere in {words}"
    return f"{words}: place not disclosed" if accuracy == "undisclosed" else words


def amount_text(capacity: Part) -> str:
    """Return a capacity's amount: qualifier, value, unit and product."""
    product = label("product", capacity["product"])
    amount = _QUALIFIED.get(capacity.get("qualifier", ""), "") + number_text(capacity["value"])
    return f"{amount}\u00a0{capacity['unit'].replace('m2', 'm²')} {product[:1].lower()}{product[1:]}"


def resource_text(resource: Part) -> str:
    """Return a resource's contained tonnes and grade."""
    parts = []
    if resource.get("tonnes"):
        qualifier = _QUALIFIED.get(resource.get("qualifier", ""), "")
        substance = label("substance", resource["substance"]).lower()
        parts.append(f"{qualifier}{number_text(resource['tonnes'])}\u00a0t {substance}")
    if resource.get("grade"):
        parts.append(f"{number_text(resource['grade'])}\u00a0{label('grade_unit', resource.get('grade_unit', ''))}")
    return " at ".join(parts)


def money_text(investment: Part) -> str:
    """Return an investment's currency and amount."""
    qualifier = _QUALIFIED.get(investment.get("qualifier", ""), "")
    return f"{qualifier}{investment['currency']}\u00a0{number_text(investment['amount'])}"


def notice(properties: Part) -> tuple[str, str] | None:
    """Return what nobody has said about the project, as (title, text); by rule from the record."""
    accuracy, considered = properties["location_accuracy"], properties.get("status") == "considered"
    placeless = accuracy in ("country", "undisclosed")
    if not placeless and not considered:
        return None
    sentences = {
        "country": "The map marks the whole country, because no source says where in it.",
        "undisclosed": "It is not on the map, because no source says where it is.",
    }
    text = ["It is only considered so far."] if considered else []
    return _notice_title(_missing(properties, placeless)), " ".join([*text, sentences.get(accuracy, "")]).strip()


def _missing(properties: Part, placeless: bool) -> list[str]:
    dated = any(properties.get(name) for _, name, _ in STARTS)
    missing = [("site", placeless), ("size", not properties.get("capacities")), ("date", not dated)]
    return [word for word, absent in missing if absent]


def _notice_title(missing: Sequence[str]) -> str:
    if not missing:
        return "Nothing is committed."
    *most, last = missing
    return f"No {', '.join(most) + ' or ' if most else ''}{last} has been named."
