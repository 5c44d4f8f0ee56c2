"""Rules on sources and owners: each source used, a lasting address, shares that can be."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from geo import dates
from geo.curated.organisations import Organisations
from geo.faults import Fault, fault
from geo.records.parts import CLAIMS
from geo.records.project import Project

_SEARCH = re.compile(
    r"(^|\.)(google\.[a-z.]+/(search|url)|bing\.com/search|duckduckgo\.com/|baidu\.com/s\b|yandex\.[a-z]+/search|"
    r"search\.yahoo\.com/)"
)
_SHARING = re.compile(
    r"(^|\.)(drive\.google\.com|docs\.google\.com|dropbox\.com|wetransfer\.com|mega\.nz|mediafire\.com|1drv\.ms|"
    r"onedrive\.live\.com|bit\.ly|tinyurl\.com|t\.co)/"
)
PENDING_MONTHS = 12


def every_source_is_cited(project: Project, _today: dt.date) -> Iterator[Fault]:
    cited = set(project.properties.location_sources)
    cited |= {s for part in CLAIMS for claim in getattr(project.properties, part) for s in claim.sources}
    for index, source in enumerate(project.properties.sources):
        if source.id not in cited:
            pointer = f"/properties/sources/{index}"
            yield fault(pointer, "source-not-cited", "warning", source=source.id).of(project.id)


def addresses_last(project: Project, _today: dt.date) -> Iterator[Fault]:
    for index, source in enumerate(project.properties.sources):
        if source.url is None:
            continue
        parts = urlsplit(source.url)
        address = f"{parts.hostname}{parts.path or '/'}"
        if _SEARCH.search(address) or _SHARING.search(address):
            yield fault(f"/properties/sources/{index}/url", "source-does-not-last").of(project.id)


def shares_add_up(project: Project, _today: dt.date) -> Iterator[Fault]:
    shares = [o.share_pct for o in project.properties.owners if o.role == "owner" and not o.pending and o.share_pct]
    if sum(shares) > 100.5:
        yield fault("/properties/owners", "shares-over-100", sum=sum(shares)).of(project.id)


def unknown_organisations(project: Project, known: Organisations) -> Iterator[Fault]:
    """Yield the parties that are said to be organisations which there are not."""
    for index, owner in enumerate(project.properties.owners):
        if owner.organisation is not None and owner.organisation not in known:
            pointer = f"/properties/owners/{index}/organisation"
            yield fault(pointer, "unknown-organisation", organisation=owner.organisation).of(project.id)


def pending_deals_are_followed_up(project: Project, today: dt.date) -> Iterator[Fault]:
    for index, owner in enumerate(project.properties.owners):
        if owner.pending and owner.as_of and _months_before(today, dates.last_day(owner.as_of)) > PENDING_MONTHS:
            pointer = f"/properties/owners/{index}/pending"
            yield fault(pointer, "pending-deal-overdue", "warning", since=owner.as_of).of(project.id)


def _months_before(today: dt.date, day: dt.date) -> int:
    return (today.year - day.year) * 12 + today.month - day.month


RULES = (
    every_source_is_cited,
    addresses_last,
    shares_add_up,
    pending_deals_are_followed_up,
)
