"""A proposal as a page for everybody, and with what an editor needs to decide it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from geo.proposals import MOST_COMMENT, Proposal
from geo.reviewing import Standing
from web.changed.records import Feature, changes
from web.history import Names
from web.language import ENGLISH, LANGUAGES, Language
from web.pages import asking, template
from web.proposed.choices import Choice, choices
from web.proposed.fields import FIELDS, fields_of
from web.proposed.picture import picture
from web.record.hosts import host_of
from web.record.shown import shown
from web.site import Site

REASONS = ("no_source", "not_said", "duplicate", "out_of_scope", "too_vague", "advertising", "outdated")


class Outcome(NamedTuple):
    """A revision that came of a proposal: of which record, by its name, and whether there was one before it."""

    project_id: str
    name: str
    number: int
    is_change: bool


@dataclass(frozen=True)
class Told:
    """A proposal and all that its page says of it.

    `standing` is how it stands to the record now (of a decided one, to that of which it was made), `proposed` the
    record with what was proposed wherever both were changed, `record` the view of the record as it would be
    (`web.pages.record_page` says what it holds; None for a removal), `names` are those of the records that it names,
    `revisions` what came of it.
    """

    proposal: Proposal
    standing: Standing
    proposed: Feature | None
    record: Mapping[str, Any] | None
    names: Names
    revisions: Sequence[Outcome] = ()


@dataclass(frozen=True)
class Reader:
    """Who reads a page with forms: the token of their session, "" for none, and whether the proposal is theirs.

    `filled` is what they have sent, where it was refused, and `refusal` why.
    """

    csrf: str = ""
    is_author: bool = False
    refusal: str = ""
    filled: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """A record that may be of the same project, with what tells it apart, and what who proposed said of it."""

    id: str
    km: float | None
    properties: Mapping[str, Any]
    answer: str


@dataclass(frozen=True)
class Review:
    """What an editor sees besides.

    `faults` are what the rules of records say of it (pointer, detail, expected, severity), those of what the editor
    sent by the field in `wrong`. `queue` is the question whose answers are decided one after another, as an address has
    it; `into` is the record with which it would be merged. `beyond` are countries of it for which the editor's key is
    not.
    """

    faults: Sequence[Mapping[str, Any]] = ()
    candidates: Sequence[Candidate] = ()
    source: str = ""
    wrong: Sequence[tuple[str, Mapping[str, Any]]] = ()
    queue: Sequence[tuple[str, str]] = ()
    into: str = ""
    beyond: Sequence[str] = ()
    done: str = ""


def proposal_page(site: Site, told: Told, reader: Reader, language: Language = ENGLISH) -> str:
    """Return a proposal as everybody reads it."""
    given = {**_shown(site, told, language), "reader": reader, "filled": defaultdict(str, reader.filled)}
    return template("proposal.html", language).render(given, site=site, inset=False)


def review_page(site: Site, told: Told, reader: Reader, review: Review, language: Language = ENGLISH) -> str:
    """Return a proposal with all that an editor needs to decide it."""
    proposal, spoken = told.proposal, Language(_language_of(told.proposal, language))
    feature = told.standing.feature
    given = {
        **_shown(site, told, language),
        "reader": reader,
        "filled": defaultdict(str, reader.filled),
        "review": review,
        "asking": asking(review.queue),
        "choices": _choices(told, language),
        "faults": [{**each, "place": _place(each["pointer"], language)} for each in review.faults],
        "reasons": [(each, spoken.say(f"review.reason_{each}")) for each in REASONS],
        "spoken": spoken,
        "fields": {**fields_of(feature), **{n: v for n, v in reader.filled.items() if n in FIELDS}} if feature else {},
        "pairs": language.pairs,
        "is_new": proposal.draft.kind == "create",
    }
    return template("review.html", language).render(given, site=site, inset=False)


def _place(pointer: str, language: Language) -> str:
    """Return what the member of a record is called that has a fault; "" for none that has a name of its own."""
    _, name, *_ = [*pointer.removeprefix("/properties").split("/"), ""]
    try:
        return language.say(f"columns.{name}")
    except KeyError:
        return ""


def _language_of(proposal: Proposal, language: Language) -> str:
    """Return in which language who proposed it is answered."""
    return proposal.draft.language if proposal.draft.language in LANGUAGES else language.code


def reason(proposal: Proposal, code: str, language: Language) -> str:
    """Return a prepared reason in the language of who proposed it; "" for none."""
    return Language(_language_of(proposal, language)).say(f"review.reason_{code}") if code in REASONS else ""


def _choices(told: Told, language: Language) -> list[Choice]:
    ours = told.standing.feature
    if not ours or not told.proposed:
        return []
    return choices(told.standing.conflicts, ours, told.proposed, language, told.names)


def _shown(site: Site, told: Told, language: Language) -> dict[str, Any]:
    draft, current = told.proposal.draft, told.standing.current
    now = current.to_feature() if current else None
    record = shown(site, told.record, language) if told.record else {}
    return {
        **record,
        "proposal": told.proposal,
        "draft": draft,
        "standing": told.standing,
        "current": current,
        "has_record": told.record is not None,
        # All of it, however much: an editor decides about it.
        "differences": changes(now, told.proposed, language, told.names) if now and told.proposed else [],
        "said_alike": [(each, told.names.get(each, each), answer) for each, answer in draft.alike.items()],
        "cited": _cited(told),
        "came_of": told.revisions,
        "picture": picture(now, told.proposed),
        "is_past": True,
        "most_text": MOST_COMMENT,
    }


def _cited(told: Told) -> list[Mapping[str, Any]]:
    """Return the sources on which a proposal rests, those of the record by what it says of them."""
    draft = told.proposal.draft
    sides = [each for each in (told.standing.current, told.standing.base, draft.project) if each is not None]
    known = {
        source.id: source.model_dump(exclude_defaults=True) for each in sides for source in each.properties.sources
    }
    found = [known.get(each) if isinstance(each, str) else each for each in draft.sources]
    return [{**source, "host": host_of(source.get("url"))} for source in found if source]
