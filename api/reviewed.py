"""What the pages of a proposal are made from: how it stands to the record, what came of it, what an editor looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from api.decisions import countries_of
from api.history import names_linked
from api.problems import shown
from api.proposals_told import MOST_TOLD
from api.services import Services
from api.views import named, view_of_draft
from geo.checks.alike.resembling import resembling
from geo.checks.run import check_record
from geo.editing import Feature, stating
from geo.errors import Gone, InvalidRecord, NotFound
from geo.faults import SEVERITIES, Fault
from geo.permissions import Person, may
from geo.proposals import Proposal
from geo.records.parts import CLAIMS
from geo.records.project import Project
from geo.reviewing import Standing, standing
from web.language import Language
from web.proposed.fields import field_of
from web.proposed.page import Candidate, Outcome, Review, Told

Faults = Sequence[Fault]


def told_of(given: Services, proposal: Proposal, base: str, into: str | None = None) -> Told:
    """Return what a page says of a proposal, beside the record that it is of, or another one `into` which it may go.

    Raises NotFound where there is none such, and Gone.
    """
    stands = _standing(given, proposal, into)
    project = _would_be(proposal, stands)
    view = view_of_draft(given, project, base) if project else None
    there = [stands.now] if stands.now else []
    alike = {each: str(known["name"]) for each, known in named(given, set(proposal.draft.alike)).items()}
    names = {**alike, **names_linked(given, there), **(view["names"] if view else {})}
    proposed = _proposed(given, proposal, stands, into)
    return Told(proposal, stands, proposed, view, names, [_outcome(given, each) for each in proposal.revisions])


def _proposed(given: Services, proposal: Proposal, stands: Standing, into: str | None) -> Feature | None:
    """Return the record with what was proposed at every conflict."""
    if not stands.conflicts:
        return stands.feature
    taken = standing(given.store, proposal, into, [each.pointer for each in stands.conflicts])
    return (_with_keys(taken, proposal.draft.project) if into is not None else taken).feature


def _standing(given: Services, proposal: Proposal, into: str | None) -> Standing:
    """Return how a proposal stands; one that is decided, to the record of which it was made."""
    found = standing(given.store, proposal, into)
    if into is not None and found.current is None:
        raise Gone(into, found.now.number if found.now else None)
    if not proposal.is_decided:
        return _with_keys(found, proposal.draft.project) if into is not None else found
    former = replace(found.now, project=found.base) if found.now else None
    stated = proposal.draft.project
    return Standing(former, found.base, stated.to_feature() if stated else None)


def _with_keys(stands: Standing, proposed: Project | None) -> Standing:
    """What came together of two records has no keys yet, by which its parts are told apart."""
    if stands.feature is None or proposed is None:
        return stands
    try:
        return replace(stands, feature=_stated(proposed, stands).to_feature())
    except InvalidRecord:
        return replace(stands, feature=_numbered(stands.feature))


def _numbered(feature: Feature) -> Feature:
    """Return a record that is none yet with a key for every claim, so that it can be shown what is wrong with it."""
    stated = feature["properties"]
    keyed = {
        name: [{**part, "key": part.get("key") or f"new-{at}"} for at, part in enumerate(stated[name])]
        for name in CLAIMS
        if name in stated
    }
    return {**feature, "properties": {**stated, **keyed}}


def _would_be(proposal: Proposal, stands: Standing) -> Project | None:
    """Return the record as it would be; where what went together in it is none, as it was proposed."""
    if proposal.draft.project is None:
        return None
    try:
        return _stated(proposal.draft.project, stands)
    except InvalidRecord:
        return proposal.draft.project


def _stated(proposed: Project, stands: Standing) -> Project:
    project_id = (stands.current or proposed).id
    return stating({**(stands.feature or {}), "id": project_id}, stands.current)


def _outcome(given: Services, sequence: int) -> Outcome:
    revision = next(given.store.changes_since(sequence - 1))
    name = revision.project.properties.name if revision.project else revision.project_id
    return Outcome(revision.project_id, name, revision.number, revision.action == "update")


def review_of(given: Services, told: Told, person: Person, language: Language, into: str | None = None) -> Review:
    """Return what an editor sees of a proposal besides."""
    proposal, stands = told.proposal, told.standing
    beyond = [c for c in dict.fromkeys(countries_of(given, proposal)) if not may(person, "review", c)]
    if proposal.is_decided or stands.feature is None:
        return Review(beyond=beyond)
    return Review(
        faults=[_fault(each, language) for each in _faults(given, proposal, stands)],
        candidates=_candidates(given, proposal),
        source=orjson.dumps(stands.feature, option=orjson.OPT_INDENT_2).decode(),
        into=into or "",
        beyond=beyond,
    )


def _candidates(given: Services, proposal: Proposal) -> list[Candidate]:
    """Return the records that resemble a new one, the likeliest first, and those that who proposed it has named."""
    draft = proposal.draft
    if draft.kind != "create" or draft.project is None:
        return []
    resemble = resembling(given.catalog, {**draft.project.to_feature(), "id": ""})
    found = {
        str(each.feature["id"]): (each.feature["properties"], None if each.km is None else round(each.km, 1))
        for each in resemble
    }
    named = {each: (found.get(each) or _named(given, each)) for each in (*found, *draft.alike)}
    return [Candidate(each, at[1], at[0], draft.alike.get(each, "")) for each, at in named.items() if at]


def _named(given: Services, project_id: str) -> tuple[Mapping[str, Any], None] | None:
    try:
        return orjson.loads(given.catalog.get(project_id).feature)["properties"], None
    except (NotFound, Gone):
        return None


def _faults(given: Services, proposal: Proposal, stands: Standing) -> Faults:
    """Return what is wrong with the record as it would be, and what is to be looked at."""
    if proposal.draft.project is None:
        return []
    try:
        project = _stated(proposal.draft.project, stands)
    except InvalidRecord as error:
        return error.faults[:MOST_TOLD]
    found = check_record(project, given.organisations)
    return sorted(found, key=lambda each: SEVERITIES.index(each.severity))[:MOST_TOLD]


def _fault(fault: Fault, language: Language) -> dict[str, Any]:
    return {**shown(fault, language), "severity": fault.severity}


def wrong_of(faults: Faults, language: Language) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what is wrong with what an editor sent, each with the field that has it, "" for none."""
    return [(field_of(each.pointer), _fault(each, language)) for each in faults[:MOST_TOLD]]
