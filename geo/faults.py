"""What is wrong, as a value: where, by which rule, and with which values. Sentences are chosen at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

Value = str | int | float | tuple[str, ...]

SEVERITIES = ("error", "warning", "note")  # the gravest first
NO_VALUES: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True)
class Fault:
    """A breach of the rule `rule` at `pointer` (RFC 6901, into the feature; empty for the whole of it).

    An error is wrong whatever the truth is; a warning asks a curator to look; a note is for a reader to keep in mind.
    `values` fill the rule's sentence, which lies in `messages` of `package`. `record` and `file` are set where several
    are looked at.
    """

    pointer: str
    rule: str
    values: Mapping[str, Value] = field(default_factory=dict, hash=False)
    severity: str = "error"
    record: str = ""
    file: str = ""
    package: str = "geo"

    @property
    def place(self) -> str:
        """Where it is, as far as that is known: file, record and pointer."""
        record = f"({self.record})" if self.record else ""
        return " ".join(part for part in (self.file, record, self.pointer) if part)

    def of(self, record: str) -> Fault:
        return replace(self, record=record)

    def in_file(self, file: str) -> Fault:
        return replace(self, file=file)


def fault(pointer: str, rule: str, severity: str = "error", /, **values: Value) -> Fault:
    """Return a fault with its values named one by one."""
    return Fault(pointer, rule, values, severity)
