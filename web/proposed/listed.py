"""Proposals as a list: for everybody, and as the queue of editors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.proposals import ProposalPage
from web.language import ENGLISH, Language
from web.pages import asking, template
from web.site import Site


@dataclass(frozen=True)
class Listed:
    """A page of proposals: by what it was asked for (parameters of the address), and how many are in which state.

    `done` says what was decided just before, "" for nothing; `countries` are those for which the editor's key is.
    """

    page: ProposalPage
    asked: Sequence[tuple[str, str]]
    counts: Mapping[str, int]
    done: str = ""
    countries: Sequence[str] = ()


def proposals_page(site: Site, listed: Listed, language: Language = ENGLISH, *, is_queue: bool = False) -> str:
    """Return the list of proposals; as a queue each leads to where it is decided."""
    filters = [(name, value) for name, value in listed.asked if name not in ("after", "lang", "f")]
    return template("proposals.html", language).render(
        site=site,
        listed=listed,
        chosen=dict(filters),
        asking=asking(filters),
        pairs=language.pairs,
        is_queue=is_queue,
        queue=asking(filters).rstrip("&"),
    )
