"""Everything that geodata can refuse, under one base class. An error carries its rule and values, as a fault does.

LedgerError
├── NotJson              text that is not JSON, or could be read in two ways
├── Invalid              what was sent breaks the rules: every fault with its JSON pointer
│   ├── InvalidRecord    a record
│   ├── InvalidProposal  a proposal
│   └── InvalidDecision  what is decided of a proposal
├── InvalidQuery         a question that cannot be asked
├── SelectionTooLarge    more records, or rows of them, than fit into one file
├── SpoolFull            no room for what is read at once and taken slowly
├── NotFound             no such record
├── Gone                 the record was deleted
├── AlreadyExists        a new record's id is taken
├── RevisionConflict     the record has changed since the caller read it
├── AskedOtherwise       a change is asked for again, and says something else
├── NoSuchProposal       no such proposal
├── ProposalMoved        the proposal has been decided, or said something of, since the caller read it
├── ProposalsFull        as many proposals, or remarks of one, as are kept
├── ProposalStuck        the proposal and the record have changed in ways that do not go together
├── StoreError           the store cannot be opened, read or written
│   ├── Unconfirmed      whether a change is kept is not known
│   ├── NoPrimary        no server takes changes
│   └── Misstated        what is asked of it cannot be as it is stated: a key, an author
├── DataFileError        a file cannot be read as what it should be
├── OverlayRefused       a layer that an operator lays over the map cannot be used
├── ImportRefused        rows of a table that cannot be written, all or none
├── LeftOut              a row of a publisher's file becomes no record
└── NoDate               a text is no date
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from geo.faults import Fault, Value
from geo.messages import Sentence, sentence, told

_MOST_SHOWN = 200  # characters of what a stranger calls a record


class LedgerError(Exception):
    """Base of all errors that are raised on purpose: a rule that has a sentence in `package`, and its values."""

    package: ClassVar[str] = "geo"

    def __init__(self, rule: str, /, **values: Value) -> None:
        self.rule, self.values = rule, values
        super().__init__(rule, values)

    def __reduce__(self) -> tuple[Any, ...]:
        """Say how another process gets the same: what an error is made of is not what it holds."""
        return _again, (type(self), self.args, self.__dict__)

    def sentence(self) -> Sentence:
        """Return what is wrong and what would be right, in words."""
        return sentence(self.rule, self.values, package=self.package)

    def __str__(self) -> str:
        return self.sentence().detail


def _again(kind: type[LedgerError], args: tuple[Any, ...], state: dict[str, Any]) -> LedgerError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class NotJson(LedgerError):
    """Text that is not JSON, or JSON that two readers would read differently."""


class Invalid(LedgerError):
    """What breaks the rules of its kind; `faults` lists every breach, with pointers into what was sent."""

    broken: ClassVar[str]

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(self.broken, count=len(self.faults))

    def __str__(self) -> str:
        return "; ".join(_line(each) for each in self.faults)


class InvalidRecord(Invalid):
    """A record that breaks the rules, or several of them."""

    broken = "record-invalid"


class InvalidProposal(Invalid):
    """A proposal that breaks the rules, or the record in it does."""

    broken = "proposal-invalid"


class InvalidDecision(Invalid):
    """A decision of a proposal that breaks the rules, or the record in it does."""

    broken = "decision-invalid"


def _line(fault: Fault) -> str:
    detail, expected = told(fault)
    return f"{fault.place or '/'}: {detail}" + (f" ({expected})" if expected else "")


class InvalidQuery(LedgerError):
    """A question that cannot be asked; `parameter` names the part at fault."""

    def __init__(self, parameter: str, rule: str, /, **values: Value) -> None:
        self.parameter = parameter
        super().__init__(rule, **values)


class SelectionTooLarge(LedgerError):
    """More records, or rows of them, than fit into one file of the format that was asked for."""


class SpoolFull(LedgerError):
    """There is no room for what is read at once, since what others asked for has not been taken yet."""


class NotFound(LedgerError):
    """No record has this id."""

    def __init__(self, project_id: str) -> None:
        self.project_id = project_id
        super().__init__("no-such-record", id=project_id[:_MOST_SHOWN])


class Gone(LedgerError):
    """The record was deleted at `revision`; its history stays readable. A `successor` may stand for it.

    Without a revision it was never in this store, but in a former release of what the store was filled from.
    """

    def __init__(self, project_id: str, revision: int | None, successor: str | None = None) -> None:
        self.project_id, self.revision, self.successor = project_id, revision, successor
        known: dict[str, Value | None] = {"revision": revision, "successor": successor}
        named: dict[str, Value] = {name: value for name, value in known.items() if value is not None}
        super().__init__("record-deleted", id=project_id, **named)


class AlreadyExists(LedgerError):
    """A record with this id exists or existed; ids are never reused."""

    def __init__(self, project_id: str) -> None:
        self.project_id = project_id
        super().__init__("record-exists", id=project_id)


class RevisionConflict(LedgerError):
    """The record is at `current`, not at the revision the caller expected (None: the caller named none)."""

    def __init__(self, project_id: str, expected: int | None, current: int) -> None:
        self.project_id, self.expected, self.current = project_id, expected, current
        values = {} if expected is None else {"expected": expected}
        rule = "revision-not-named" if expected is None else "revision-changed"
        super().__init__(rule, id=project_id, current=current, **values)


class AskedOtherwise(LedgerError):
    """A change under this name was made already, and said something else."""


class NoSuchProposal(LedgerError):
    """No proposal has this number."""


class ProposalMoved(LedgerError):
    """The proposal is at `version` and in `state` now: somebody has decided it, or said something of it."""

    def __init__(self, number: int, version: int, state: str) -> None:
        self.number, self.version, self.state = number, version, state
        super().__init__("proposal-moved", number=number, version=version, state=state)


class ProposalStuck(LedgerError):
    """A proposal cannot be accepted as it is: the record has moved on in ways that do not go together with it."""


class ProposalsFull(LedgerError):
    """As many undecided proposals, or remarks of one, as are kept."""


class StoreError(LedgerError):
    """The store cannot be opened, read or written; the sentence says what to do."""

    @property
    def cause(self) -> tuple[str, str]:
        """Its rule, and the words of SQLite or of the system ("" where the rule says all), to log each cause once."""
        reason = self.values.get("reason")
        return self.rule, words_of(self.__cause__) if reason is None and self.__cause__ else str(reason or "")


class Unconfirmed(StoreError):
    """What was written may be there or not, or may be lost still: whoever wants it looks, or asks for it once more."""


class NoPrimary(StoreError):
    """No server takes changes at this moment, and nothing was written; what is there can be read."""


class Misstated(StoreError):
    """What is asked of the store cannot be as it is stated, such as a key whose name is taken; the store is well."""


def words_of(error: BaseException) -> str:
    """Return what SQLite or the system says; SQLite's code tells apart what it has the same words for."""
    code = getattr(error, "sqlite_errorname", None)
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"{said} ({code})" if code else str(said)


class DataFileError(LedgerError):
    """A file cannot be read as what it should be; the sentence names it, and `faults` what is wrong in it."""

    def __init__(self, rule: str, faults: Sequence[Fault] = (), /, **values: Value) -> None:
        self.faults = list(faults)
        super().__init__(rule, **values)

    def __str__(self) -> str:
        return " ".join([super().__str__(), *(f"{_line(each)}." for each in self.faults)])


class ImportRefused(LedgerError):
    """The rows of a table are not written: some of them are refused or doubtful, and all or none are."""


class OverlayRefused(LedgerError):
    """A layer or base that an operator hands over cannot be used; the sentence says which, and what would be right."""
