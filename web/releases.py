"""Releases of a ledger as pages: which there are, and what changed from one to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from geo.curated.reports import FACETS, KINDS
from web.changed.records import changes
from web.language import ENGLISH, Language
from web.pages import template
from web.site import Site

__all__ = ["changes", "releases_page", "report_page", "title_of"]


class Named(Protocol):
    """A moment with a name."""

    @property
    def name(self) -> str: ...
    @property
    def time(self) -> str: ...


def releases_page(site: Site, releases: Sequence[Named], language: Language = ENGLISH) -> str:
    """Return the list of releases, newest first, and a form that compares two."""
    names = [each.name for each in releases]
    return template("releases.html", language).render(site=site, releases=releases, names=names)


def title_of(report: Mapping[str, Any], language: Language) -> str:
    """Return what a report is called."""
    one, other = (_called(report[side]["name"], language) for side in ("from", "to"))
    return language.say("releases.report_title", one=one, other=other)


def _called(name: str, language: Language) -> str:
    return language.say("releases.now") if name == "now" else name


def report_page(site: Site, report: Mapping[str, Any], names: Iterable[str], language: Language = ENGLISH) -> str:
    """Return what changed from one release to another: how much of what, and each record of a page of them."""
    kinds = [kind for kind in KINDS if report["total"][kind]]
    said: dict[str, Callable[[str], str]] = {
        "country": language.country,
        "kind": lambda code: language.label("kind", code),
        "status": lambda code: language.label("status", code),
    }
    tables = [
        (facet, [(said[facet](value), row) for value, row in report["counts"][facet].items()]) for facet in FACETS
    ]
    following = next((each["href"] for each in report["links"] if each["rel"] == "next"), None)
    return template("report.html", language).render(
        site=site,
        report=report,
        title=title_of(report, language),
        kinds=kinds,
        tables=tables,
        names=list(names)[::-1],
        following=following,
    )
