"""What an editor, or who proposed it, decides of a proposal; read, checked, and carried out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, ValidationError

from geo import vocabulary
from geo.errors import InvalidDecision, InvalidRecord
from geo.faults import Fault, fault
from geo.proposals import MOST_COMMENT, Proposal, Remark, State
from geo.proposing import within_feature
from geo.records.fields import Code, Paragraph, ProjectId
from geo.records.parts import Part
from geo.records.refused import refused_faults
from geo.reviewing import Acceptance, edits_of
from geo.store import Store

_MOST_PLACES = 500
_STATES: dict[str, State] = {
    "accept": "accepted",
    "merge": "merged",
    "ask": "asked",
    "decline": "declined",
    "withdraw": "withdrawn",
    "answer": "open",
}
_WITH_WORDS = ("ask", "decline", "answer")
_Places = Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=_MOST_PLACES, default_factory=list)]


class Decision(Part):
    """What is decided of which version of a proposal, and how it is accepted, as `Acceptance` has it.

    `text` is said to who proposed it, and to everybody: why it is declined, what is asked, what is answered.
    """

    decision: Annotated[str, Code(vocabulary.DECISIONS)]
    version: Annotated[int, Field(gt=0, le=2**53)]
    text: Annotated[str, Paragraph(MOST_COMMENT)] | None = None
    seen: Annotated[int, Field(gt=0, le=2**53)] | None = None
    feature: dict[str, Any] | None = None
    take: _Places
    leave: _Places
    into: ProjectId | None = None
    token: Annotated[str, Field(max_length=200)] | None = None

    @property
    def is_of_author(self) -> bool:
        """Whether it is for who proposed it to say, not for an editor."""
        return self.decision in ("withdraw", "answer")

    @property
    def writes(self) -> bool:
        return self.decision in ("accept", "merge")


def decision_of(stated: Any, proposal: Proposal) -> Decision:
    """Return what is decided; raises InvalidDecision with every fault, whose pointers are into the decision."""
    if not isinstance(stated, dict):
        raise InvalidDecision([fault("", "not-an-object")])
    try:
        told = Decision.model_validate(stated)
    except ValidationError as error:
        raise InvalidDecision(refused_faults(error)) from error
    if faults := list(_faults(told, proposal)):
        raise InvalidDecision(faults)
    return told


def _faults(told: Decision, proposal: Proposal) -> Iterator[Fault]:
    draft = proposal.draft
    if told.decision in _WITH_WORDS and told.text is None:
        yield fault("/text", "missing")
    if told.decision == "merge" and draft.kind != "create":
        yield fault("/decision", "only-new-is-merged")
    if told.decision == "merge" and told.into is None:
        yield fault("/into", "missing")
    if told.writes and told.seen is None and (draft.base is not None or told.decision == "merge"):
        yield fault("/seen", "missing")


def decide(store: Store, proposal: Proposal, told: Decision, author: str, *, is_editor: bool) -> Proposal:
    """Carry a decision out, with the edits that come of it, and return the proposal as it stands then.

    Raises InvalidDecision (pointers into the decision), ProposalMoved, ProposalStuck, NotFound; and as `Store.write`.
    """
    state = _STATES[told.decision]
    remark = Remark(told.text or "", author, is_editor, state)
    if not told.writes:
        return store.proposals.decide(proposal.id, told.version, remark)
    into = told.into if told.decision == "merge" else None
    accepted = Acceptance(author, told.seen, told.feature, frozenset(told.take), frozenset(told.leave), into)
    try:
        edits = edits_of(store, proposal, accepted)
    except InvalidRecord as error:
        raise InvalidDecision(within_feature(error.faults)) from None
    return store.proposals.decide(proposal.id, told.version, remark, edits)
