"""A row of a table in words: what it is, why, what would change, and where it and its records are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import quote

from geo.bulk.outcome import Outcome, Tally
from geo.columns import PROJECTS
from geo.faults import Fault, Value
from geo.messages import told
from web.changed.records import changes
from web.changed.said import in_lines
from web.changed.values import Change
from web.language import Language, texts
from web.titles import title

_ROW = "{row}"
_SHORT = 60  # rows, which are looked through one by one
# Which value of a rule names targets that a table lacks, and that every row can be given alike.
_LACKS = {"row-without-cell": "target", "capacity-not-taken": "missing"}
_OF_SOURCE = ("row-without-source", "claim-without-source", "status-without-date")
# What the page offers to be said for every row.
EVERYWHERE = ("kind", "country", "location_accuracy", "status", "status_date", "capacity_unit", "capacity_product",
              "capacity_basis", "source_type")  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """Where rows and records are shown: what their addresses are made of.

    `rows` has `{row}` for the number of one; `instance` is the root of the ledger's own pages, None where nobody knows;
    `names` are those of records by their ids, where they are known.
    """

    rows: str
    instance: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def row(self, number: int | str) -> str:
        return self.rows.replace(_ROW, str(number))

    def record(self, project_id: str) -> str:
        return (
            f"{self.instance}/projects/{quote(project_id, safe='')}" if self.instance is not None and project_id else ""
        )


class Said(NamedTuple):
    """A fault in words: how grave it is, what is wrong, and what would be right or can be done."""

    severity: str
    detail: str
    right: str

    @property
    def whole(self) -> str:
        return f"{self.detail} ({self.right})" if self.right else self.detail


class Alike(NamedTuple):
    """A record, or a row before, that a row looks like: what it is called, and its address ("" for none)."""

    called: str
    href: str


class ToldReason(NamedTuple):
    """A reason of several rows in words: how many they are, the first of them, what is said there, and its address."""

    rows: int
    row: int
    said: Said
    link: str


@dataclass(frozen=True)
class Told:
    """A row as people read it; `lines` are its changes, each in a line."""

    outcome: Outcome
    faults: tuple[Said, ...]
    changes: list[Change]
    lines: list[str]
    alike: tuple[Alike, ...]
    link: str
    record_link: str

    def of(self, severity: str) -> list[str]:
        """Return what is said of a severity, a sentence each."""
        return [each.whole for each in self.faults if each.severity == severity]


class Telling:
    """Tells rows in a language, to who sees a form or, where it `is_typed`, to who types a command."""

    def __init__(self, language: Language, shown: Shown, *, is_typed: bool = False) -> None:
        self.language, self.shown, self._is_typed = language, shown, is_typed

    def row(self, outcome: Outcome) -> Told:
        """Return a row in words."""
        is_changed = outcome.before is not None and outcome.after is not None
        found = changes(outcome.before, outcome.after, self.language) if is_changed else []
        return Told(
            outcome,
            tuple(self.fault(each) for each in outcome.faults),
            found,
            in_lines(found, self.language),
            tuple(map(self._alike, outcome.alike)),
            self.shown.row(outcome.row),
            self.shown.record(outcome.record),
        )

    def rows(self, outcomes: Iterable[Outcome]) -> Iterator[Told]:
        return map(self.row, outcomes)

    def _alike(self, named: str) -> Alike:
        if named.startswith("#"):
            return Alike(self.language.say("import.row_number", row=named[1:]), self.shown.row(named[1:]))
        return Alike(self.shown.names.get(named, named), self.shown.record(named))

    def fault(self, fault: Fault) -> Said:
        """Return a fault in words; what can be done is said of whatever is not as it should be."""
        detail, expected = told(replace(fault, values=self._values(fault)), self.language.code)
        place = self._place(fault.pointer)
        said = self.language.say("import.at", place=place, detail=detail) if place else detail
        if fault.severity == "note":
            return Said(fault.severity, said, "")
        how = self.language.listed(self._remedies(fault), "or")
        key = "import.right_or" if fault.rule.startswith("repair-") else "import.right_by"
        right = self.language.say(key, right=expected, how=how) if expected and how else expected or how
        return Said(fault.severity, said, right)

    def reasons(self, tally: Tally, most: int = 10) -> list[ToldReason]:
        """Return why the most rows are not taken, or not whole; of a short table not of single rows."""
        is_short = tally.verdicts.total() <= _SHORT
        found = [each for each in tally.by_weight() if each.rows > 1 or each.first.severity != "error" or not is_short]
        return [
            ToldReason(each.rows, each.row, self.fault(each.first), self.shown.row(each.row)) for each in found[:most]
        ]

    def _values(self, fault: Fault) -> Mapping[str, Value]:
        """Return what fills a sentence, with targets and codes as they are called here."""
        if self._is_typed:
            return fault.values
        values = dict(fault.values)
        vocabulary = values.get("vocabulary") or values.get("target")
        if "codes" in values and vocabulary:
            values["codes"] = tuple(self.language.label(str(vocabulary), each) for each in _each(values["codes"]))
        for name in {"vocabulary", *_LACKS.values()} & values.keys():
            titles = (self._called(each) for each in _each(values[name]))
            values[name] = tuple(self.language.say("import.named", name=each) for each in titles)
        return values

    def _called(self, target: str) -> str:
        return called(target, self.language)

    def _place(self, pointer: str) -> str:
        """Return what the part of a record, or of the form, is called that a pointer leads to."""
        place = pointer.removeprefix("/properties/").strip("/")
        if self._is_typed or not place:
            return place
        first, key = place.partition("/")[0], f"import.{place.partition('/')[0]}"
        is_of_form = not pointer.startswith("/properties/") and key in texts(self.language.code)
        return self.language.say(key) if is_of_form else self._called(first)

    def _remedies(self, fault: Fault) -> list[str]:
        """Return what whoever imports can say about it: options of the command, or fields of the page."""
        code = fault.rule.removeprefix("repair-")
        if code != fault.rule:
            both = ["empty-clears", "empty-keeps"]
            return [self.consent(each) for each in (both if code in both else [code])]
        lacking = _each(fault.values[_LACKS[fault.rule]]) if fault.rule in _LACKS else ()
        found = [self._for_all(target) for target in lacking if target in EVERYWHERE or self._is_typed]
        return [*found, *([self._of_source()] if fault.rule in _OF_SOURCE else [])]

    def consent(self, code: str) -> str:
        """Return how to consent to a repair."""
        if self._is_typed:
            return f"--repair {code}"
        return self.language.say("import.tick", what=self.language.say(f"import.repair_{code.replace('-', '_')}"))

    def _for_all(self, target: str) -> str:
        return f"--set {target}=…" if self._is_typed else self.language.say("import.choose", what=self._called(target))

    def _of_source(self) -> str:
        return "--source-url, --source-published" if self._is_typed else self.language.say("import.name_source")


def called(target: str, language: Language) -> str:
    """Return what a target, or a column of a record, is called; the name itself where it has no other."""
    key = f"import.target_{target}"
    if key in texts(language.code):
        return language.say(key)
    column = next((each for each in PROJECTS if each.name == target), None)
    return title(language, column.title) if column else target


def _each(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)
