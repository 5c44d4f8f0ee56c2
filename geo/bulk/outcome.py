"""What a row of a table is against the store, and what all of them come to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from geo.editing import Difference
from geo.faults import Fault

Verdict = Literal["new", "changed", "same", "doubtful", "refused"]
VERDICTS: tuple[Verdict, ...] = ("new", "changed", "same", "doubtful", "refused")


@dataclass(frozen=True)
class Outcome:
    """What a row is: of which record, why, how that would differ, and which records or rows it looks like."""

    row: int
    verdict: Verdict
    record: str = ""
    name: str = ""
    faults: tuple[Fault, ...] = ()
    changes: tuple[Difference, ...] = ()
    alike: tuple[str, ...] = ()

    def members(self) -> dict[str, Any]:
        """Return it as plain values; sentences are made at the edge."""
        return {
            "row": self.row,
            "is": self.verdict,
            "record": self.record,
            "name": self.name,
            "faults": [[each.pointer, each.rule, dict(each.values), each.severity] for each in self.faults],
            "changes": [[each.pointer, each.before, each.after] for each in self.changes],
            "alike": list(self.alike),
        }

    @classmethod
    def of(cls, members: dict[str, Any]) -> Outcome:
        """Return what `members` says."""
        faults = tuple(
            Fault(pointer, rule, _values(values), grave) for pointer, rule, values, grave in members["faults"]
        )
        changes = tuple(Difference(*each) for each in members["changes"])
        told = (members["row"], members["is"], members["record"], members["name"])
        return cls(*told, faults, changes, tuple(members["alike"]))


def _values(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


@dataclass
class Tally:
    """How many rows are what; by which rules rows were refused, and how often each repair was made or is asked for.

    `countries` are those of the records that would be written, before and after.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    countries: set[str] = field(default_factory=set)

    def add(self, outcome: Outcome) -> None:
        self.verdicts[outcome.verdict] += 1
        for rule in {each.rule for each in outcome.faults if each.severity == "error"}:
            self.rules[rule] += 1
        for each in outcome.faults:
            if each.rule.startswith("repair-"):
                (self.made if each.severity == "note" else self.asked)[each.rule.removeprefix("repair-")] += 1

    def members(self) -> dict[str, Any]:
        """Return it as plain values."""
        counters = {name: dict(getattr(self, name)) for name in ("verdicts", "rules", "made", "asked")}
        return {**counters, "countries": sorted(self.countries)}

    @classmethod
    def of(cls, members: dict[str, Any]) -> Tally:
        """Return what `members` says."""
        made: dict[str, Any] = {name: Counter(members[name]) for name in ("verdicts", "rules", "made", "asked")}
        return cls(**made, countries=set(members["countries"]))

    @property
    def to_write(self) -> int:
        return self.verdicts["new"] + self.verdicts["changed"]

    @property
    def left_out(self) -> int:
        return self.verdicts["doubtful"] + self.verdicts["refused"]
