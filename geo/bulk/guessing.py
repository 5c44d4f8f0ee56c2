"""What the columns of a table may be: by their names, nearly by them, or by what stands in them; with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from rapidfuzz import fuzz, process

from geo.bulk.cells import degrees_of
from geo.bulk.lines import RawRow
from geo.bulk.targets import bare, codes_of, countries, known_words, taken_targets, targets
from geo.folding import fold
from geo.importing.cells import number_of
from geo.records.fields import ID_PATTERN

SAMPLE = 200  # rows
_NEAR = 88.0  # of 100, RapidFuzz ratio of two names that are one
_LIKE = 65.0  # of 100, RapidFuzz ratio of names that may be meant
_MOST_LIKE = 10
_MOSTLY = 0.8  # of the cells

Reason = Literal["own", "word", "near", "values", "none"]


@dataclass(frozen=True)
class Guess:
    """What a column may be: its target ("" for none), why, and how sure that is (from 0 to 1)."""

    column: str
    target: str
    reason: Reason
    confidence: float


@dataclass(frozen=True)
class Guesses:
    """The guess for each column in its order, and cells that the headings say for all rows, such as a unit."""

    columns: list[Guess]
    fixed: dict[str, str]

    @property
    def targets(self) -> dict[str, str]:
        return {each.column: each.target for each in self.columns if each.target}


def guess(columns: Sequence[str], rows: Iterable[RawRow]) -> Guesses:
    """Return what each column may be; no two are the same, and the surer guess counts."""
    sample = list(islice(rows, SAMPLE))
    told = {column: [row.cells[at] for row in sample if row.cells[at]] for at, column in enumerate(columns)}
    placed = any(row.geometry for row in sample)
    found = [each for column in columns if column for each in _guesses(column, columns, told[column])]
    if placed:
        found = [each for each in found if each.target not in ("coordinates",)]
    best: dict[str, Guess] = {}
    for each in sorted(found, key=lambda one: -one.confidence):
        if each.column not in best and each.target not in {other.target for other in best.values()}:
            best[each.column] = each
    ordered = [best.get(column, Guess(column, "", "none", 0.0)) for column in columns if column]
    return Guesses(ordered, _fixed(ordered))


def nearest(column: str, most: int = 3) -> list[str]:
    """Return the targets with names nearest to that of a column of which nobody said what it becomes."""
    taken = {word: target for word, target in known_words().items() if target in taken_targets() and target != column}
    found = process.extract(bare(column), taken.keys(), scorer=fuzz.ratio, score_cutoff=_LIKE, limit=_MOST_LIKE)
    return list(dict.fromkeys(taken[word] for word, _, _ in found))[:most]


def _guesses(column: str, columns: Sequence[str], cells: Sequence[str]) -> list[Guess]:
    """Return what a column may be, the surest first."""
    found = []
    if column in targets():
        of_links = column == "sources" and "source_addresses" not in columns
        found.append(Guess(column, "source_addresses" if of_links else column, "own", 1.0))
    words = known_words()
    if (word := words.get(fold(column)) or words.get(bare(column))) is not None:
        found.append(Guess(column, word, "word", 0.9))
    elif (near := process.extractOne(bare(column), words.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR)) is not None:
        found.append(Guess(column, words[near[0]], "near", 0.6))
    found += [Guess(column, target, "values", 0.5) for target, is_so in _BY_VALUES.items() if _mostly(cells, is_so)]
    return [each for each in found if _may_be(each.target, cells)]


def _may_be(target: str, cells: Sequence[str]) -> bool:
    """Return whether what stands in a column allows the target: other people's ids are none of ours."""
    if target == "id":
        return not cells or _mostly(cells, lambda cell: re.fullmatch(ID_PATTERN, cell) is not None)
    if target in ("lon", "lat"):
        return not cells or _mostly(cells, lambda cell: degrees_of(cell) is not None)
    return True


def _mostly(cells: Sequence[str], is_so: Callable[[str], bool]) -> bool:
    return bool(cells) and sum(map(is_so, cells)) >= _MOSTLY * len(cells)


def _is_number(cell: str, least: float, most: float) -> bool:
    number = number_of(cell)
    return number is not None and least <= number <= most and "." in cell


_BY_VALUES: dict[str, Callable[[str], bool]] = {
    "country": lambda cell: fold(cell) in countries() and not cell.isdigit(),
    "kind": lambda cell: fold(cell) in codes_of("kind"),
    "status": lambda cell: fold(cell) in codes_of("status"),
    "source_addresses": lambda cell: cell.startswith(("http://", "https://")),
    "coordinates": lambda cell: re.fullmatch(r"-?\d{1,3}\.\d+\s*[,; ]\s*-?\d{1,3}\.\d+", cell) is not None,
}


def _fixed(found: Sequence[Guess]) -> dict[str, str]:
    """Return the unit that stands in brackets behind the heading of the capacity, where no column has it."""
    by_target = {each.target: each.column for each in found}
    heading = by_target.get("capacity", "")
    unit = re.search(r"[(\[（]([^)\]）]+)", heading)
    code = codes_of("unit").get(fold(unit[1])) if unit else None
    return {"capacity_unit": code} if code and "capacity_unit" not in by_target else {}
