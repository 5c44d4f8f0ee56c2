"""Which of the first lines of a table holds the names of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geo.bulk.lines import MOST_COLUMNS
from geo.bulk.targets import known_words
from geo.errors import DataFileError
from geo.folding import fold
from geo.importing.cells import number_of


def header_among(lines: Sequence[Sequence[str]], stated: int | None, path: Path) -> int:
    """Return which line, from 0, is the header: the stated one (from 1), or the one with the most known words.

    Where none has one it is the first with two texts or more. Raises DataFileError where there is no such line, where
    it has too many columns, or one of them twice.
    """
    at = stated - 1 if stated else _found(lines)
    if at is None or at >= len(lines):
        raise DataFileError("rows-missing", file=path.name, line=stated or 1)
    check_columns([" ".join(str(cell).split()) for cell in lines[at]], path)
    return at


def check_columns(columns: Sequence[str], path: Path) -> None:
    """Raise DataFileError for too many columns, and for two of one name."""
    if len(columns) > MOST_COLUMNS:
        raise DataFileError("columns-too-many", file=path.name, most=MOST_COLUMNS)
    seen: set[str] = set()
    for column in columns:
        if column and column in seen:
            raise DataFileError("column-twice", file=path.name, column=column[:100])
        seen.add(column)


def _found(lines: Sequence[Sequence[str]]) -> int | None:
    words = known_words()
    known = [sum(fold(str(cell)) in words for cell in line if cell) for line in lines]
    if known and max(known) >= 1:
        return known.index(max(known))
    texts = [sum(bool(cell) and number_of(str(cell)) is None for cell in line) for line in lines]
    return next((at for at, count in enumerate(texts) if count >= 2), 0 if lines else None)
