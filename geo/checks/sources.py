"""Rules on sources and owners: each source used, a lasting address, shares that can be."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from geo import dates
from geo.curated.organisations import Organisations
from geo.records.project import Project
from geo.violation import Violation

_SEARCH = re.compile(
    r"(^|\.)(google\.[a-z.]+/(search|url)|bing\.com/search|duckduckgo\.com/|baidu\.com/s\b|yandex\.[a-z]+/search|"
    r"search\.yahoo\.com/)"
)
_SHARING = re.compile(
    r"(^|\.)(drive\.google\.com|docs\.google\.com|dropbox\.com|wetransfer\.com|mega\.nz|mediafire\.com|1drv\.ms|"
    r"onedrive\.live\.com|bit\.ly|tinyurl\.com|t\.co)/"
)
_CITING = ("events", "owners", "capacities", "resource", "investment", "links")
PENDING_MONTHS = 12


def every_source_is_cited(project: Project, _today: dt.date) -> Iterator[Violation]:
    cited = set(project.properties.location_sources)
    cited |= {s for part in _CITING for claim in getattr(project.properties, part) for s in claim.sources}
    for index, source in enumerate(project.properties.sources):
        if source.id not in cited:
            yield Violation(
                *(project.id, f"/properties/sources/{index}", "source-not-cited", "warning"),
                *(f"no claim names the source {source.id}", "a claim that rests on it, or no such source"),
            )


def addresses_last(project: Project, _today: dt.date) -> Iterator[Violation]:
    for index, source in enumerate(project.properties.sources):
        parts = urlsplit(source.url)
        address = f"{parts.hostname}{parts.path or '/'}"
        if _SEARCH.search(address) or _SHARING.search(address):
            yield Violation(
                *(project.id, f"/properties/sources/{index}/url", "source-does-not-last", "error"),
                *("leads to search results, shared files or a shortened link", "the address of the text itself"),
            )


def shares_add_up(project: Project, _today: dt.date) -> Iterator[Violation]:
    shares = [o.share_pct for o in project.properties.owners if o.role == "owner" and not o.pending and o.share_pct]
    if sum(shares) > 100.5:
        detail = f"the owners' shares add up to {sum(shares):g} %"
        expected = "at most 100 %; a share that is agreed and not closed is pending, an earlier owner's is an event"
        yield Violation(project.id, "/properties/owners", "shares-over-100", "error", detail, expected)


def unknown_organisations(project: Project, known: Organisations) -> Iterator[Violation]:
    """Yield the parties that are said to be organisations which there are not."""
    for index, owner in enumerate(project.properties.owners):
        if owner.organisation is not None and owner.organisation not in known:
            yield Violation(
                *(project.id, f"/properties/owners/{index}/organisation", "unknown-organisation", "error"),
                *(f"'{owner.organisation}' is not in organisations.json", "an id of organisations.json, or none"),
            )


def pending_deals_are_followed_up(project: Project, today: dt.date) -> Iterator[Violation]:
    for index, owner in enumerate(project.properties.owners):
        if owner.pending and owner.as_of and _months_before(today, dates.last_day(owner.as_of)) > PENDING_MONTHS:
            yield Violation(
                *(project.id, f"/properties/owners/{index}/pending", "pending-deal-overdue", "warning"),
                *(f"pending since {owner.as_of}", "a source that says whether the deal was closed"),
            )


def _months_before(today: dt.date, day: dt.date) -> int:
    return (today.year - day.year) * 12 + today.month - day.month


RULES = (
    every_source_is_cited,
    addresses_last,
    shares_add_up,
    pending_deals_are_followed_up,
)
