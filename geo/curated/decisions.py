"""What a curator has decided of pairs of records that look alike: `data/decisions.json`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from geo.curated.files import within
from geo.curated.tables import read_table
from geo.paths import data_folder

FILE = "decisions.json"


class Decision(BaseModel):
    """A pair that looks alike, what it is, and why.

    `first` is a record's id or, for a row of an imported file, `dataset:identifier`; `second` is a record's id.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: str
    second: str
    decision: Literal["same", "different", "phase of"]
    reason: str


class Decisions:
    """The decisions by pair, in whichever order the two are named."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        self._by_pair = {frozenset((d.first, d.second)): d for d in decisions}
        self._same = {d.first: d for d in decisions if d.decision in ("same", "phase of")}

    def of(self, first: str, second: str) -> Decision | None:
        return self._by_pair.get(frozenset((first, second)))

    def taken_in(self, first: str) -> Decision | None:
        """Return the decision by which `first` is the same as, or a phase of, another record."""
        return self._same.get(first)


def read_decisions(folder: Path | None = None) -> Decisions:
    """Return the decisions kept in a data folder (the curated dataset's by default); none where the file is missing.

    Raises DataFileError for a file that is not a list of decisions.
    """
    file = within(folder or data_folder(), FILE)
    if not file.exists():
        return Decisions([])
    return Decisions(read_table(file, Decision, "not-decisions"))
