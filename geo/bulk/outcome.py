"""What a row of a table is against the store, and what all of them come to."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from geo.editing import Difference, Feature, differences
from geo.faults import Fault

Verdict = Literal["new", "changed", "same", "doubtful", "refused"]
VERDICTS: tuple[Verdict, ...] = ("new", "changed", "same", "doubtful", "refused")


# What is needed to say a difference in words, besides what differs.
_TOLD_WITH = ("name", "country", "location_accuracy", "sources")


@dataclass(frozen=True)
class Outcome:
    """What a row is: of which record, why, how that would differ, and which records or rows it looks like.

    `answer` is what somebody says that it is (`geo.bulk.answers`). `before` and `after` are the record of a changed row
    as far as it differs (`apart`).
    """

    row: int
    verdict: Verdict
    record: str = ""
    name: str = ""
    faults: tuple[Fault, ...] = ()
    before: Feature | None = None
    after: Feature | None = None
    alike: tuple[str, ...] = ()
    answer: str = ""

    @property
    def changes(self) -> list[Difference]:
        """The places in which the record would differ."""
        return [*differences(self.before, self.after)] if self.before and self.after else []

    def members(self) -> dict[str, Any]:
        """Return it as plain values; sentences are made at the edge."""
        return {
            "row": self.row,
            "is": self.verdict,
            "record": self.record,
            "name": self.name,
            "faults": [*map(_members_of, self.faults)],
            "before": self.before,
            "after": self.after,
            "alike": list(self.alike),
            "answer": self.answer,
        }

    @classmethod
    def of(cls, members: dict[str, Any]) -> Outcome:
        """Return what `members` says."""
        faults = tuple(map(_fault_of, members["faults"]))
        told = (members["row"], members["is"], members["record"], members["name"])
        return cls(*told, faults, members["before"], members["after"], tuple(members["alike"]), members["answer"])


def apart(before: Feature, after: Feature) -> tuple[Feature, Feature]:
    """Return two states of a record without what both say, but with what words for the difference need."""
    sides = (before["properties"], after["properties"])
    differing = [name for name in {**sides[0], **sides[1]} if sides[0].get(name) != sides[1].get(name)]
    kept = {*differing, *_TOLD_WITH}
    one, other = ({name: value for name, value in side.items() if name in kept} for side in sides)
    is_moved = before["geometry"] != after["geometry"]
    geometries = (before["geometry"], after["geometry"]) if is_moved else (None, None)
    return {"geometry": geometries[0], "properties": one}, {"geometry": geometries[1], "properties": other}


def _members_of(fault: Fault) -> list[Any]:
    return [fault.pointer, fault.rule, dict(fault.values), fault.severity]


def _fault_of(members: list[Any]) -> Fault:
    pointer, rule, values, severity = members
    told = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Fault(pointer, rule, told, severity)


class Reason(NamedTuple):
    """Why rows are not taken, or not whole: in how many of them, in which first, and what was said there."""

    rows: int
    row: int
    first: Fault


_MOST_REASONS = 200


@dataclass
class Tally:
    """How many rows are what; for which reasons rows are refused or warned of, and how often each repair was made or is
    asked for.

    `countries` are those of the records that would be written, before and after.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Reason] = field(default_factory=dict)
    made: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    countries: set[str] = field(default_factory=set)

    def add(self, outcome: Outcome) -> None:
        self.verdicts[outcome.verdict] += 1
        for reason, each in {_reason_of(each): each for each in reversed(outcome.faults)}.items():
            if each.severity != "note" and (reason in self.reasons or len(self.reasons) < _MOST_REASONS):
                rows, row, first = self.reasons.get(reason, Reason(0, outcome.row, each))
                self.reasons[reason] = Reason(rows + 1, row, first)
        for each in outcome.faults:
            if each.rule.startswith("repair-"):
                (self.made if each.severity == "note" else self.asked)[each.rule.removeprefix("repair-")] += 1

    def by_weight(self) -> list[Reason]:
        """Return the reasons, those by which rows are refused first, the most frequent of them first."""
        return sorted(self.reasons.values(), key=lambda each: (each.first.severity != "error", -each.rows))

    def members(self) -> dict[str, Any]:
        """Return it as plain values."""
        counters = {name: dict(getattr(self, name)) for name in _COUNTERS}
        reasons = {name: [each.rows, each.row, _members_of(each.first)] for name, each in self.reasons.items()}
        return {**counters, "reasons": reasons, "countries": sorted(self.countries)}

    @classmethod
    def of(cls, members: dict[str, Any]) -> Tally:
        """Return what `members` says."""
        made: dict[str, Any] = {name: Counter(members[name]) for name in _COUNTERS}
        told = members["reasons"].items()
        reasons = {name: Reason(rows, row, _fault_of(first)) for name, (rows, row, first) in told}
        return cls(**made, reasons=reasons, countries=set(members["countries"]))

    @property
    def to_write(self) -> int:
        return self.verdicts["new"] + self.verdicts["changed"]

    @property
    def left_out(self) -> int:
        return self.verdicts["doubtful"] + self.verdicts["refused"]


_COUNTERS = ("verdicts", "made", "asked")


def _reason_of(fault: Fault) -> str:
    """Return what faults of several rows have in common: the rule, and the column or the part of the record."""
    place = fault.values.get("column") or fault.values.get("target") or re.sub(r"\d+", "", fault.pointer)
    return f"{fault.severity} {fault.rule} {place}"
