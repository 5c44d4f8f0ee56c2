"""What follows from an address alone, without asking the Internet: who publishes there, what it is, when, its title."""

from __future__ import annotations

import datetime as dt
import functools
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import TypeAdapter, ValidationError

from geo import dates
from geo.addresses.cleaning import Cleaned, cleaned
from geo.addresses.counting import is_front_page, no_source
from geo.curated.files import features_in
from geo.faults import Fault, fault
from geo.paths import data_folder
from geo.records.fields import Title, Url
from geo.records.refused import refused_faults

POINTER = "/properties/sources/0/url"
_FIRST_YEAR = 1990
_LEAST_WORDS = 3  # of a title
# A day or a month in a path or a file's name: 2024/03/26, 2024-03-26, 20240326, 2024/03.
_DAY = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[-/_.]?)(?P<m>0[1-9]|1[0-2])(?P=s)(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"
)
_MONTH = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/](?P<m>0[1-9]|1[0-2])(?![\d])")
_YEAR = re.compile(r"/(?P<y>(?:19|20)\d\d)/")
_NO_WORDS = {"index", "html", "htm", "php", "aspx", "article", "news", "story", "content", "amp", "detail", "details"}


@dataclass(frozen=True)
class About:
    """What is known of an address; None where it does not follow. `faults` are errors, warnings and notes on it."""

    url: str
    archived_url: str | None
    type: str | None
    title: str | None
    publisher: str | None
    published: str | None
    faults: tuple[Fault, ...]


def about(address: str, today: dt.date | None = None) -> About:
    """Return what follows from an address as somebody has typed or pasted it."""
    clean = cleaned(address)
    faults = (*clean.notes, *_refusals(clean))
    if any(each.severity == "error" for each in faults):
        return About(clean.url, clean.archived_url, None, None, None, None, faults)
    parts = urlsplit(clean.url)
    host = parts.hostname or ""
    publisher, kind = _told_by_records().get(_bare(host), (None, None))
    return About(
        url=clean.url,
        archived_url=clean.archived_url,
        type=kind or _by_ending(_types(), host),
        title=title_in(parts.path),
        publisher=publisher or _by_ending(_publishers(), host),
        published=date_in(parts.path, today or dates.today()),
        faults=faults,
    )


def _refusals(clean: Cleaned) -> list[Fault]:
    try:
        TypeAdapter(Url).validate_python(clean.url, strict=True)
    except ValidationError as error:
        return refused_faults(error, POINTER)
    kind = no_source(clean.url)
    if kind is not None:
        return [fault(POINTER, kind.rule, kind.proposed)]
    return [fault(POINTER, "source-front-page", "warning")] if is_front_page(clean.url) else []


def date_in(path: str, today: dt.date) -> str | None:
    """Return the date that stands in a path: a day, a month or a year, which is not to come."""
    for form in (_DAY, _MONTH, _YEAR):
        for found in form.finditer(path):
            date = "-".join(found[name] for name in ("y", "m", "d") if name in form.groupindex)
            if dates.is_date(date) and int(found["y"]) >= _FIRST_YEAR and dates.first_day(date) <= today:
                return date
    return None


def title_in(path: str) -> str | None:
    """Return the title that the longest part of a path spells with hyphens, as a beginning: its words are folded."""
    parts = [re.sub(r"\.(?:html?|php|aspx?|pdf|shtml)$", "", part) for part in unquote(path).split("/")]
    spelt = max((_words(part) for part in parts), key=len, default=[])
    text = " ".join(spelt)
    if len(spelt) < _LEAST_WORDS:
        return None
    try:
        return str(TypeAdapter(Title).validate_python(text[:1].upper() + text[1:]))
    except ValidationError:
        return None


def _words(part: str) -> list[str]:
    """Return the words of a part of a path, without dates and numbers of articles at its ends."""
    words = [word for word in re.split(r"[-_+ ]+", _DAY.sub("", part)) if word]
    while words and (_is_number(words[-1]) or words[-1].lower() in _NO_WORDS):
        words.pop()
    while words and _is_number(words[0]):
        words.pop(0)
    return words


def _is_number(word: str) -> bool:
    """Return whether a word is the number of an article, and no year or amount."""
    return bool(re.fullmatch(r"(?:id|idUS\w+)?\d{5,}\w*|(?=\w*\d)[0-9a-f]{6,}", word))


@functools.cache
def _told_by_records() -> Mapping[str, tuple[str | None, str | None]]:
    """Return, by hosts, who publishes there and as what kind of source, as most sources of the dataset say it."""
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for file in sorted((data_folder() / "projects").glob("*.geojson")):
        for feature in features_in(file):
            for source in feature["properties"].get("sources", []):
                told[_bare(urlsplit(source.get("url") or "").hostname or "")].append(source)
    return {host: (_most(map(_publisher, found)), _most(s.get("type") for s in found)) for host, found in told.items()}


def _publisher(source: Mapping[str, Any]) -> str | None:
    """Return who publishes under a host: not whom a text was taken from, nor the company that files something."""
    named = re.split(r" [(/]", source.get("publisher") or "")[0]
    return None if source.get("type") == "filing" else named or None


def _most(values: Iterable[str | None]) -> str | None:
    """Return what at least half of those say who say anything."""
    counted = Counter(filter(None, values))
    found = counted.most_common(1)
    return found[0][0] if found and 2 * found[0][1] >= counted.total() else None


def _bare(host: str) -> str:
    return re.sub(r"^(?:www\d?|m|amp|mobile)\.", "", host)


def _by_ending(known: Mapping[str, str], host: str) -> str | None:
    labels = host.split(".")
    endings = (".".join(labels[at:]) for at in range(len(labels)))
    return next((known[ending] for ending in endings if ending in known), None)


@functools.cache
def _table() -> dict[str, Any]:
    return tomllib.loads(resources.files("geo.addresses").joinpath("hosts.toml").read_text(encoding="utf-8"))


def _publishers() -> Mapping[str, str]:
    found: dict[str, str] = _table()["publishers"]
    return found


def _types() -> Mapping[str, str]:
    return {ending: kind for kind, endings in _table()["types"].items() for ending in endings}
