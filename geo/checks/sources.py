"""Rules on sources and owners: each source used, a lasting address, shares that can be."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from geo import dates
from geo.addresses.counting import is_front_page, no_source
from geo.curated.organisations import Organisations
from geo.faults import Fault, Value, fault
from geo.records.parts import CLAIMS, Source
from geo.records.project import Project
from geo.vocabulary import OWNER_ROLES, STATUSES

# Files and pages of other people's repositories: a copy that was read, and no address of a publisher.
_REPOSITORIES = re.compile(r"(^|\.)(github\.com|githubusercontent\.com|gitlab\.com|bitbucket\.org|codeberg\.org)$")
_HOW_FOUND = re.compile(
    r"\b(?:copy|copied|stored|read) (?:read |of |in |at |from )|\bchatbot\b|\[stored|\brelayed?\b|\bvia [a-z]|"
    r"\bmirror(?:ed)? (?:of|at|by)\b|\(copy\b",
    re.IGNORECASE,
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
        for name, rule, severity in _faults_of_address(source):
            yield fault(f"/properties/sources/{index}/{name}", rule, severity).of(project.id)


def _faults_of_address(source: Source) -> Iterator[tuple[str, str, str]]:
    if source.url is not None:
        kind = no_source(source.url)
        if kind is not None:
            yield "url", kind.rule, kind.severity
        elif is_front_page(source.url) and source.type != "dataset":
            yield "url", "source-front-page", "warning"
        elif _REPOSITORIES.search(urlsplit(source.url).hostname or ""):
            yield "url", "source-in-repository", "warning"
    if source.type is None:
        yield "type", "source-type-missing", "warning"
    for name in ("title", "publisher"):
        if _HOW_FOUND.search(getattr(source, name) or ""):
            yield name, "source-says-how-found", "warning"


def shares_add_up(project: Project, _today: dt.date) -> Iterator[Fault]:
    """Yield shares that cannot be: of today's owners taken together, and of each role on each day."""
    held = [o for o in project.properties.owners if o.share_pct]
    groups = [[o for o in held if o.role == "owner" and not o.pending]]
    groups += [
        [o for o in held if (o.role, o.as_of, o.pending) == key] for key in {(o.role, o.as_of, o.pending) for o in held}
    ]
    totals = {round(sum(o.share_pct or 0 for o in group), 6) for group in groups}
    for total in sorted(total for total in totals if total > 100.5):
        yield fault("/properties/owners", "shares-over-100", sum=total).of(project.id)


def shares_are_of_owners(project: Project, _today: dt.date) -> Iterator[Fault]:
    """Yield the parties that hold more than half of a project, and are said to be something else than its owner."""
    for index, owner in enumerate(project.properties.owners):
        is_whole = owner.share_pct and owner.share_pct > 50
        if owner.role not in ("owner", "state") and is_whole and not owner.pending:
            values: dict[str, Value] = {"role": OWNER_ROLES[owner.role].label.lower(), "share": owner.share_pct or 0}
            yield fault(f"/properties/owners/{index}/role", "share-of-no-owner", "warning", **values).of(project.id)


def unknown_organisations(project: Project, known: Organisations) -> Iterator[Fault]:
    """Yield the parties that are said to be organisations which there are not."""
    for index, owner in enumerate(project.properties.owners):
        if owner.organisation is not None and owner.organisation not in known:
            pointer = f"/properties/owners/{index}/organisation"
            yield fault(pointer, "unknown-organisation", organisation=owner.organisation).of(project.id)


def pending_deals_are_followed_up(project: Project, today: dt.date) -> Iterator[Fault]:
    change = project.history.status(today)
    if change is not None and STATUSES[change.status].group == "ended":
        return
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
    shares_are_of_owners,
    pending_deals_are_followed_up,
)
