"""Proposals: what somebody says should be in the ledger, until an editor decides; where they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from geo.audit import CONSOLE, Note
from geo.editing import Edit, Once
from geo.records.project import Project
from geo.vocabulary import PROPOSAL_STATES

MOST_UNDECIDED = 50_000  # of a store
MOST_KEYLESS = 25_000  # of those: a flood leaves room for those who have keys
MOST_OF_ORIGIN = 50  # undecided ones of one who has no key
MOST_COMMENT = 2_000  # characters, of a remark too
MOST_REMARKS = 200  # of one proposal
UNDECIDED = tuple(term.code for term in PROPOSAL_STATES if term.group == "undecided")

Kind = Literal["create", "change", "delete"]
State = Literal["open", "asked", "accepted", "merged", "declined", "withdrawn"]
Answer = Literal["same", "phase", "different"]  # how a proposed record stands to one that looks like it


@dataclass(frozen=True)
class Author:
    """Who proposes or remarks: the name that is shown, and by what it was known that it is they.

    `key` is the name of a key or account, None for somebody without one; then `origin` is a digest of whence they came,
    by which a flood is told and removed; it is forgotten when the proposal is decided.
    """

    name: str
    key: str | None = None
    origin: bytes | None = None


@dataclass(frozen=True)
class Draft:
    """What is proposed: a record as it should be (None: that it should go), made from revision `base` of `project_id`.

    `sources` are those on which it rests, as the schema has them or by their ids in the record; `alike` says how it
    stands to records that look like it. Whoever has the secret of which `token` is the digest may answer and withdraw.
    """

    kind: Kind
    project_id: str
    base: int | None
    project: Project | None
    name: str
    country: str
    sources: Sequence[Any]
    comment: str
    author: Author
    language: str = "en"
    alike: Mapping[str, Answer] = field(default_factory=dict)
    token: bytes | None = None
    once: Once | None = None


@dataclass(frozen=True)
class Remark:
    """What was said of a proposal, and the state that it came to thereby.

    Of one that is not by an editor the author is who proposed it, by the name that the store has, be it withheld here.
    """

    text: str
    author: str
    is_editor: bool
    state: State
    time: str = ""  # UTC, RFC 3339, to the millisecond; the store says it


@dataclass(frozen=True)
class Proposal:
    """A proposal as it stands: what was proposed, what was said since, and what came of it.

    `version` rises with every remark; `revisions` are the sequences of what was written when it was decided.
    """

    id: int
    version: int
    state: State
    draft: Draft
    time: str
    updated: str
    remarks: tuple[Remark, ...] = ()
    revisions: tuple[int, ...] = ()

    @property
    def is_decided(self) -> bool:
        return self.state not in UNDECIDED


@dataclass(frozen=True)
class ProposalQuery:
    """Which proposals are asked for, the newest first or last: those after one, at most `limit`."""

    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    project_id: str | None = None
    text: str = ""  # in the name of what is proposed
    is_keyless: bool | None = None  # by somebody without a key, or with one
    newest_first: bool = False
    after: int | None = None
    limit: int = 100


@dataclass(frozen=True)
class ProposalPage:
    """A page of proposals, without what was said of them; how many fit in all; after which the next page comes."""

    proposals: list[Proposal]
    number_matched: int
    after: int | None


@dataclass(frozen=True)
class Removal:
    """Which undecided proposals are to be removed, as those of a flood: all that is named must be so.

    `origin` is that of another proposal, whose number is named; `since` a time (UTC, RFC 3339).
    """

    like: int | None = None
    since: str | None = None
    text: str = ""
    is_keyless: bool = True


class Proposals(Protocol):
    """The proposals of a store. What is added or decided is on disk before it is returned."""

    def add(self, draft: Draft) -> Proposal:
        """Keep a proposal; one that is to be made `once`, and was, is that of then.

        Raises ProposalsFull where too many are undecided, of all or of one origin, and AskedOtherwise.
        """

    def add_many(self, drafts: Sequence[Draft], note: Note | None = None) -> list[int]:
        """Keep many, or none, and return their numbers; raises ProposalsFull.

        The audit log is given the note together with them.
        """

    def get(self, number: int) -> Proposal:
        """Return a proposal; raises NoSuchProposal."""

    def search(self, query: ProposalQuery) -> ProposalPage:
        """Return a page of proposals."""

    def counts(self) -> dict[str, int]:
        """Return how many proposals are in which state."""

    def remark(self, number: int, version: int, remark: Remark) -> Proposal:
        """Add a remark, which may move the state; raises NoSuchProposal, ProposalMoved."""

    def decide(self, number: int, version: int, remark: Remark, edits: Sequence[Edit] = ()) -> Proposal:
        """Decide a proposal and make its edits, together or not at all.

        Of several who decide the same version one succeeds. Raises NoSuchProposal, ProposalMoved, and as `Store.write`
        does.
        """

    def behind(self, sequences: Sequence[int]) -> dict[int, int]:
        """Return the proposals from which revisions came, by the sequences of these."""

    def count_to_remove(self, removal: Removal) -> int:
        """Return how many proposals `remove` would remove; raises NoSuchProposal."""

    def remove(self, removal: Removal, by: str = CONSOLE) -> int:
        """Remove undecided proposals, with all that was said of them, and return how many; raises NoSuchProposal.

        The audit log tells `by` whom.
        """
