"""Where records are kept: the contract of a store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from geo.alone import Lock
from geo.audit import CONSOLE, AuditLog, Note
from geo.authors import HiddenAuthors
from geo.editing import Edit, Once
from geo.faults import Fault
from geo.hooks import Hooks
from geo.keys import KeyRing
from geo.proposals import Proposals
from geo.records.project import Project
from geo.sessions import Sessions

MOST_REVISIONS = 1_000
EVERY = 2**62  # as many rows as nobody has
RELEASE_FORM = r"[0-9a-z][0-9a-z._-]{0,39}"  # of the name of a release
DAYS_ONCE = 30

Action = Literal["create", "update", "delete"]


@dataclass(frozen=True)
class Revision:
    """One change of one record, as it stands in the history for ever."""

    sequence: int  # its place in the history of the whole store, from 1, rising
    project_id: str
    number: int  # its place in the history of the record, from 1, without gaps
    action: Action  # "create" again where a deleted record was brought back
    author: str
    comment: str | None
    time: str  # UTC, RFC 3339, to the millisecond
    created: str  # time of the record's first revision
    project: Project | None  # the record from here on; None after a deletion
    successor: str | None = None  # of a deletion: the record that stands for it from here on


@dataclass(frozen=True)
class Loaded:
    """What a store was filled from: the fingerprint of the dataset's files, and the release (None: before 2026.12)."""

    fingerprint: str
    release: str | None = None


@dataclass(frozen=True)
class Release:
    """A moment of a store's history that has a name: its newest revision then, and when it was named."""

    name: str
    sequence: int
    time: str  # UTC, RFC 3339, to the millisecond


@dataclass(frozen=True)
class Room:
    """Bytes that a store takes, its journal apart, and bytes that are free where it lies; None where nobody knows."""

    size: int
    journal: int
    free: int | None


@dataclass(frozen=True)
class LastBackup:
    """When a store was copied last, and the sequence of the newest revision in that copy."""

    time: str  # UTC, RFC 3339, to the millisecond
    sequence: int


class Figure(NamedTuple):
    """A figure of how a store does, for whoever watches over it."""

    name: str
    value: float


class Records(Protocol):
    """What a catalog asks of a store: all records of a moment, and what changed since."""

    identity: str  # tells this store from every other
    is_at_hand: bool  # whether a change is read in less than a millisecond, and never waited for

    @property
    def history(self) -> int:
        """Which line of history it tells, as known when `latest_sequence` was asked last.

        With another one a sequence may name another change: a server that did not know all of them was promoted.
        """

    def latest_sequence(self) -> int:
        """Return the sequence of the newest change by anyone (0 in an empty store); cheap enough for every request."""

    def may_answer(self, sequence: int) -> bool:
        """Return whether answers that know changes up to a sequence are new enough, where no newer ones can be read."""

    def changes_since(self, sequence: int, of: Collection[str] | None = None) -> Iterator[Revision]:
        """Yield every revision after `sequence`, oldest first, of all records or `of` those of these ids."""

    def current(self, after: str = "", until: str | None = None, most: int = EVERY) -> Iterator[Revision]:
        """Yield the newest revision of every record that is not deleted, in the order of ids.

        Of ids after one, and up to another with it; who wants some says so, since they are looked up otherwise.
        """

    def current_ids(self) -> Iterator[str]:
        """Yield the ids of these records, in their order."""

    def change(self, sequence: int) -> Revision | None:
        """Return the revision that has this sequence; None for one that was never given out."""

    def heads(self, *, records: bool = True) -> Iterator[Revision]:
        """Yield the newest revision of every record that ever was, deletions included, in the order of ids.

        Without `records` their `project` is None, which is quick.
        """

    def head(self, project_id: str) -> Revision:
        """Return the newest revision of a record, be it a deletion; raises NotFound for an id never used."""


class Store(Records, Protocol):
    """Durable records with every revision.

    - `write` is all or nothing, and on disk before it returns: a killed process loses nothing that was returned.
    - Nothing is overwritten: a change appends a revision, a deletion too. Ids of deleted records stay taken: only an
      edit that restores brings the same record back under its id.
    - Of concurrent changes that expect the same revision exactly one succeeds.
    - Sequences rise without regard to process: whoever follows `changes_since` sees every change once, in order.
    - All methods may be called from any thread, and several processes may share one store.
    """

    location: str  # by which it is opened again; an address may have a password in it
    place: str  # what it is called in words for people
    path: Path  # beside which lies what belongs to it on this machine: that of its file, where it is one
    keys: KeyRing
    sessions: Sessions
    audit: AuditLog
    authors: HiddenAuthors
    hooks: Hooks
    proposals: Proposals

    def following_from_secret(self, purpose: bytes, of: bytes) -> bytes:
        """Return 32 bytes that follow from 256 random bits of this store, which nobody is shown, and always the same.

        (HMAC with SHA-256; a backup and what is restored from it have the same secret.)
        """

    def write(self, edits: Sequence[Edit]) -> list[Revision]:
        """Make all edits, or none, and return their revisions.

        The revision of one that was to be made once, and has been made in the last DAYS_ONCE days, is that of then.
        Raises AskedOtherwise, AlreadyExists, NotFound, Gone or RevisionConflict for the first edit that cannot be made;
        then none is.
        """

    def made(self, once: Once) -> Revision | None:
        """Return the revision of a change that was to be made once, and has been; raises AskedOtherwise."""

    def write_many(self, edits: Iterable[Edit], note: Note | None = None) -> None:
        """Make all edits, or none, however many: they are taken as they come, and seen when all of them are there.

        The audit log is given the note together with them.

        The first one is asked for when nobody else can write any more, so that what it rests on stays as it is. Whoever
        wants to write meanwhile is refused after a while. Raises as `write` does, and whatever `edits` raises.
        """

    def changes_before(self, sequence: int, of: Collection[str] | None = None) -> Iterator[Revision]:
        """Yield every revision before `sequence`, newest first, of all records or `of` those of these ids."""

    def revisions(
        self, project_id: str, *, after: int = 0, limit: int = MOST_REVISIONS, records: bool = True
    ) -> list[Revision]:
        """Return a record's revisions with a number above `after`, oldest first, deletion included, at most `limit`.

        Without `records` their `project` is None, which is quick. Raises NotFound for an id never used.
        """

    def standing(self, sequence: int, after: str = "", until: str | None = None) -> Iterator[Revision]:
        """Yield what `current` did when a sequence was the newest."""

    def standing_ids(self, sequence: int) -> Iterator[str]:
        """Yield what `current_ids` did when a sequence was the newest."""

    def between(self, after: int, until: int) -> Iterator[tuple[Revision | None, Revision]]:
        """Yield every record that changed after one sequence and up to another, in the order of ids.

        Each as the newest revision of both moments has it; None where there was none yet.
        """

    def count_between(self, after: int, until: int) -> int:
        """Return how many records `between` yields."""

    def sequence_at(self, time: str) -> int:
        """Return the sequence that was the newest at a time (UTC, RFC 3339, to the millisecond); 0 before the first."""

    def revision_at(self, project_id: str, sequence: int) -> Revision | None:
        """Return what was the newest revision of a record when a sequence was the newest; None where there was none."""

    def releases(self) -> list[Release]:
        """Return the moments that have names, oldest first."""

    def name_release(self, name: str, by: str = CONSOLE) -> Release:
        """Call this moment by a name; raises StoreError for a name that is taken or is none, and in an empty store."""

    def alone(self, name: str) -> Lock:
        """Return a lock that one process has of all that share the store; one that is killed lets it go."""

    def dataset_loaded(self) -> Loaded | None:
        """Return what was loaded of the dataset last; None where nothing is known of it."""

    def note_dataset_loaded(self, loaded: Loaded) -> None:
        """Keep what has just been loaded of the dataset."""

    def probe(self) -> None:
        """Raise StoreError where no change could be made now; it changes nothing."""

    def figures(self) -> list[Figure]:
        """Return what there is to watch of a store besides what every store has."""

    def room(self) -> Room:
        """Return how much room the store takes, and how much there is; raises StoreError where it has gone."""

    def verify(self, *, records: bool = True, pause: float = 0) -> list[Fault]:
        """Return what is wrong with the store's file and with what it holds: damage, gaps in histories, wrong indexes.

        Nobody who reads or writes waits for it. It looks bit by bit, each bit of its own moment, `pause` seconds apart,
        and where there are any, lets others of this process go on between two records.
        With `records` every page is read and every record derived again; without, a fraction of that. Of one kind of
        fault 100 are told. Raises StoreError where the store cannot be looked at.
        """

    def last_backup(self) -> LastBackup | None:
        """Return when the store was backed up last; None where it never was."""

    def note_backup(self, backup: LastBackup) -> None:
        """Keep that the store was backed up."""

    def fold(self) -> None:
        """Bring what lies in journals into the store's file, as far as nobody else uses it; it waits for nobody."""

    def close(self) -> None:
        """Fold journals and release files and connections; a closed store answers nothing more."""
