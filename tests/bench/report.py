"""Figures as lines, and as tables of tests/bench/README.md; ratios over time, and which of them fell."""

from __future__ import annotations

import csv
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).with_name("README.md")
RATIOS = Path(__file__).with_name("ratios.csv")
FALL = 2 / 3  # of the median of the lines before
LINES = 7  # that the median is of
FIXED = ("date", "commit", "records")


@dataclass(frozen=True)
class Goal:
    """A bound of a figure: what it must reach at least, or at most."""

    bound: float
    at_least: bool
    unit: str = ""

    def is_met(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {figure(self.bound)}{self.unit}"


@dataclass(frozen=True)
class Row:
    """A line of the table: the work, our figure, what it is held against, the ratio or figure that has the goal."""

    work: str
    ours: str
    against: str = ""
    value: float | None = None
    goal: Goal | None = None
    unit: str = "x"

    def cells(self) -> list[str]:
        value = "-" if self.value is None else f"{figure(self.value)}{self.unit}"
        met = "" if self.goal is None or self.value is None else "yes" if self.goal.is_met(self.value) else "no"
        return [self.work, self.ours, self.against, value, str(self.goal or ""), met]


HEAD = ["work", "ours", "against", "ratio or figure", "goal", "met"]


def figure(value: float | None) -> str:
    """Return a number with three digits that count."""
    if value is None:
        return "-"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


def put_into(document: str, name: str, text: str) -> str:
    """Return a document with a text between the marks of this name, which are put at its end where there are none."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    block = f"{begin}\n{text.strip()}\n{end}"
    if begin not in document:
        return f"{document.rstrip()}\n\n{block}\n"
    return re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: block, document, flags=re.DOTALL)


def note_ratios(file: Path, fixed: Mapping[str, str], ratios: Mapping[str, float]) -> list[str]:
    """Add a line to a file of ratios; returns a warning for each that fell by more than a third.

    Each is held against the median of the last lines of as many records. New columns come last; a line without a ratio
    has nothing there.
    """
    before = _read(file)
    names = [*FIXED, *(name for name in (before[0] if before else {}) if name not in FIXED)]
    names += [name for name in ratios if name not in names]
    line = {**fixed, **{name: figure_of_file(value) for name, value in ratios.items()}}
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*before, line])
    alike = [each for each in before if each["records"] == fixed["records"]][-LINES:]
    return [warning for name, value in ratios.items() if (warning := _warning(name, value, alike))]


def _read(file: Path) -> list[dict[str, str]]:
    if not file.exists():
        return []
    with file.open(newline="", encoding="utf-8") as given:
        return list(csv.DictReader(given))


def figure_of_file(value: float) -> str:
    return f"{value:.4g}"


def _warning(name: str, value: float, before: Sequence[Mapping[str, str]]) -> str | None:
    known = [float(line[name]) for line in before if line.get(name)]
    if not known or value >= FALL * statistics.median(known):
        return None
    return f"{name} fell to {figure(value)} from {figure(statistics.median(known))}, the median of {len(known)} runs"
