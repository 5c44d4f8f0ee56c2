"""Everything that geodata can refuse, under one base class.

LedgerError
├── NotJson              text that is not JSON, or could be read in two ways
├── InvalidRecord        a record breaks the rules: every fault with its JSON pointer
├── InvalidQuery         a question that cannot be asked
├── NotFound             no such record
├── Gone                 the record was deleted
├── AlreadyExists        a new record's id is taken
├── RevisionConflict     the record has changed since the caller read it
├── StoreError           the store cannot be opened, read or written
└── DataFileError        a file cannot be read as records
"""

from __future__ import annotations

from dataclasses import dataclass


class LedgerError(Exception):
    """Base of all errors that geodata raises on purpose."""


@dataclass(frozen=True)
class FieldError:
    """One fault of a record: where (JSON pointer into the feature), what is wrong, and what would be right."""

    pointer: str
    detail: str
    expected: str = ""


class NotJson(LedgerError):
    """Text that is not JSON, or JSON that two readers would read differently; the message says what is wrong."""


class InvalidRecord(LedgerError):
    """A record that breaks the rules; `errors` lists every fault."""

    def __init__(self, errors: list[FieldError]) -> None:
        self.errors = errors
        lines = [f"{e.pointer or '/'}: {e.detail}" + (f" ({e.expected})" if e.expected else "") for e in errors]
        super().__init__("; ".join(lines))


class InvalidQuery(LedgerError):
    """A question that cannot be asked; `parameter` names the part at fault."""

    def __init__(self, parameter: str, detail: str) -> None:
        self.parameter = parameter
        super().__init__(detail)


class NotFound(LedgerError):
    """No record has this id."""

    def __init__(self, project_id: str) -> None:
        self.project_id = project_id
        super().__init__(f"There is no record '{project_id}'.")


class Gone(LedgerError):
    """The record was deleted at `revision`; its history stays readable."""

    def __init__(self, project_id: str, revision: int) -> None:
        self.project_id, self.revision = project_id, revision
        super().__init__(f"The record '{project_id}' was deleted at revision {revision}; its revisions are kept.")


class AlreadyExists(LedgerError):
    """A record with this id exists or existed; ids are never reused."""

    def __init__(self, project_id: str) -> None:
        self.project_id = project_id
        super().__init__(f"The id '{project_id}' is taken; ids are never reused, not even after a deletion.")


class RevisionConflict(LedgerError):
    """The record is at `current`, not at the revision the caller expected."""

    def __init__(self, project_id: str, expected: int | None, current: int) -> None:
        self.project_id, self.expected, self.current = project_id, expected, current
        named = f"not {expected}" if expected is not None else "and the change names no revision of it"
        super().__init__(f"'{project_id}' is at revision {current}, {named}; read it again and change that.")


class StoreError(LedgerError):
    """The store cannot be opened, read or written; the message says what to do."""


class DataFileError(LedgerError):
    """A file cannot be read as records; the message names the file and the place in it."""
