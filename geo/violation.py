"""One breach of a rule that makes records believable."""

from __future__ import annotations

from dataclasses import dataclass, replace

SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Violation:
    """Where (record, JSON pointer into the feature), which rule, how grave, what, and what would be right.

    An error is wrong whatever the truth is; a warning asks a curator to look; a note is for a reader to keep in mind.
    """

    record: str
    pointer: str
    rule: str
    severity: str
    detail: str
    expected: str
    file: str = ""

    def in_file(self, file: str) -> Violation:
        return replace(self, file=file)
