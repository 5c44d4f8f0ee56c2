"""How a proposal stands to the record as it is now, and the edits that are made when it is accepted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from geo.editing import Conflict, Difference, Edit, Feature, broken_links, differences, merge, stating
from geo.errors import InvalidRecord, NotFound, ProposalStuck
from geo.joining import joined
from geo.proposals import Draft, Proposal
from geo.records.ids import proposed_ids
from geo.records.project import Project
from geo.store import Revision, Store

MOST_TOLD = 100  # conflicts in one refusal


@dataclass(frozen=True)
class Standing:
    """A proposal beside the record as it is now.

    `now` is the record's newest revision (a deletion too; None where there never was one), `base` the record that the
    proposal was made from, `feature` what the record would be: what was proposed and what changed since go together in
    it, and where they do not (`conflicts`) it has what the record has now. None: there would be none.
    """

    now: Revision | None
    base: Project | None
    feature: Feature | None
    conflicts: tuple[Conflict, ...] = ()

    @property
    def current(self) -> Project | None:
        return self.now.project if self.now else None

    @property
    def has_moved(self) -> bool:
        """Whether the record has changed since the proposal was made of it."""
        return self.base is not None and self.base != self.current

    def differences(self) -> list[Difference]:
        """Return what the record would have otherwise than it has now."""
        if self.current is None or self.feature is None:
            return []
        return differences(self.current.to_feature(), self.feature)


@dataclass(frozen=True)
class Acceptance:
    """How an editor accepts a proposal: into which record, of which revision, and as what.

    `seen` is the revision of the record that was looked at (None: there was none). `feature` is the record as the
    editor wants it; without it, it is as proposed. Where the record has moved on, `taken` names the places at which
    what was proposed counts, and `left` those at which what the record has now does; `into` names the record of the
    same project with which a new one is merged.
    """

    author: str  # who accepts
    seen: int | None
    feature: Feature | None = None
    taken: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    into: str | None = None


def standing(store: Store, proposal: Proposal, into: str | None = None, taken: Collection[str] = ()) -> Standing:
    """Return how a proposal stands to the record that it is of, or to another one that it may be merged `into`.

    Raises NotFound for the latter where there is none.
    """
    draft = proposal.draft
    if draft.project is None:
        return Standing(_newest(store, draft.project_id), _record(store, draft.project_id, draft.base), None)
    proposed = draft.project.to_feature()
    if into is not None:
        other = store.head(into)
        return Standing(other, None, joined(other.project.to_feature(), proposed) if other.project else None)
    if draft.base is None:
        return Standing(None, None, proposed)
    return standing_of_change(store, draft.project_id, draft.base, proposed, taken)


def standing_of_change(
    store: Store,
    project_id: str,
    base: int,
    feature: Feature,
    taken: Collection[str] = (),
    newest: int | None = None,
) -> Standing:
    """Return how a record that was made from the revision `base` of one stands to that as it is now.

    The one three-way merge of whoever was overtaken: a proposal, and a change through the API. Where it is known which
    revision is the `newest`, it is that one, whatever else is written meanwhile.
    """
    before = _record(store, project_id, base)
    now = store.revisions(project_id, after=newest - 1, limit=1)[0] if newest else _newest(store, project_id)
    if now is None or now.project is None or before is None:
        return Standing(now, before, feature)
    merged = merge(before.to_feature(), now.project.to_feature(), feature, taken)
    return Standing(now, before, merged.feature, tuple(merged.conflicts))


def _newest(store: Store, project_id: str) -> Revision | None:
    try:
        return store.head(project_id)
    except NotFound:
        return None


def _record(store: Store, project_id: str, number: int | None) -> Project | None:
    """Return a record as a revision of it states; None where there is no such revision, or it is a deletion."""
    try:
        found = store.revisions(project_id, after=number - 1, limit=1) if number else []
    except NotFound:
        return None
    return found[0].project if found and found[0].number == number else None


def edits_of(store: Store, proposal: Proposal, accepted: Acceptance) -> list[Edit]:
    """Return the edits that an acceptance makes: the proposer's, of the revision that the editor has seen.

    Raises InvalidRecord for a record that is none, ProposalStuck for conflicts that nobody has decided, and NotFound
    where it is to be merged into no record.
    """
    draft = proposal.draft
    now = standing(store, proposal, accepted.into, accepted.taken)
    if draft.project is None:
        _check_seen(proposal, now, accepted)
        return [Edit(draft.project_id, None, accepted.seen, draft.author.name, draft.comment, _twin(store, draft))]
    _check_seen(proposal, now, accepted)
    if accepted.feature is None:
        check_conflicts(proposal, now, accepted.taken | accepted.left)
    feature = accepted.feature or now.feature
    before = now.current
    new = accepted.into is None and draft.base is None
    project_id = _free_id(store, draft.project) if new else accepted.into or draft.project_id
    project = stating({**(feature or {}), "id": project_id}, before)
    _check_links(store, project, before)
    return [Edit(project_id, project, None if new else accepted.seen, draft.author.name, draft.comment)]


def _check_seen(proposal: Proposal, now: Standing, accepted: Acceptance) -> None:
    if proposal.draft.base is None and accepted.into is None:
        return
    if now.now is None or now.current is None:
        raise ProposalStuck("proposal-record-gone", number=proposal.id, id=accepted.into or proposal.draft.project_id)
    if now.now.number != accepted.seen:
        raise ProposalStuck("proposal-record-moved", number=proposal.id, id=now.now.project_id, current=now.now.number)


def check_conflicts(proposal: Proposal, now: Standing, decided: Collection[str]) -> None:
    """Raise ProposalStuck where a conflict is at none of the places that were decided."""
    undecided = [each for each in now.conflicts if each.pointer not in decided]
    if undecided:
        places = tuple(each.pointer for each in undecided[:MOST_TOLD])
        raise ProposalStuck("proposal-conflicts", number=proposal.id, places=places)


def _free_id(store: Store, project: Project) -> str:
    for proposed in (project.id, *proposed_ids(project.stated())):
        if _newest(store, proposed) is None:
            return proposed
    raise ProposalStuck("proposal-no-free-id", id=project.id)


def _twin(store: Store, draft: Draft) -> str | None:
    """Return the record that stands for a deleted one from then on: another one, which is still there."""
    same = (each for each, answer in draft.alike.items() if answer == "same" and each != draft.project_id)
    return next((each for each in same if is_there(store, each)), None)


def is_there(store: Store, project_id: str) -> bool:
    """Return whether there is a record of this id now."""
    newest = _newest(store, project_id)
    return newest is not None and newest.project is not None


def _check_links(store: Store, project: Project, before: Project | None) -> None:
    if faults := broken_links(project, before, partial(is_there, store)):
        raise InvalidRecord(faults)
