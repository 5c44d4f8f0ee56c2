"""The table in a publisher's file: lines as a reader gives them, the header among them, and the rows under it."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from geo.errors import DataFileError, LedgerError
from geo.faults import Value
from geo.importing.cells import MOST_CHARACTERS

Row = dict[str, str]

MOST_ROWS = 100_000
MOST_TEXT = 2**26  # characters of all cells that are read; a file of a few kB may have one text in each of them
LOOK_ROUND = 20  # lines under the header's among which it is looked for
BESIDE = "cell-beside"  # the rule of a cell under no heading
_MOST_NAMED = 60  # columns
_MOST_SHOWN = 100  # characters of a cell, or of a column's name
_SEPARATORS = {";": ";", "\t": "TAB", "|": "|"}


class LeftOut(LedgerError):
    """The row becomes no record."""


class Unread(NamedTuple):
    """A cell that a reader could make no text of: where it stands in its line, by which rule, and what it shows."""

    at: int
    rule: str
    cell: str


class Line(NamedTuple):
    """A line of cells, with its number as a spreadsheet has it; `filled` are those that a merged range gave a value."""

    number: int
    cells: Sequence[str]
    unread: tuple[Unread, ...] = ()
    fault: LeftOut | None = None
    filled: tuple[int, ...] = ()


class Texts:
    """The texts of a file's cells: each is held once, and all cells together have no more characters than a bound."""

    def __init__(self, file: Path) -> None:
        self._file, self._held, self._characters = file, dict[str, str](), 0

    def count(self, characters: int) -> None:
        """Count characters of a cell; raises DataFileError where they are too many together."""
        self._characters += characters
        if self._characters > MOST_TEXT:
            raise DataFileError("text-too-long", file=str(self._file), most=MOST_TEXT)

    def held(self, text: str) -> str:
        self.count(len(text))
        return self._held.setdefault(text, text)


@dataclass(frozen=True)
class FileRow:
    """A row: its number in the file, its cells by column, columns that could not be read, and why it is none at all."""

    number: int
    cells: Row
    unread: dict[str, Unread] = field(default_factory=dict)
    fault: LeftOut | None = None


def rows_under(
    lines: Iterable[Line], header: int, needed: Sequence[str], file: Path, *, is_placed: bool = False
) -> Iterator[FileRow]:
    """Yield the rows under the header with the columns that are needed; the header's own cells are taken as they are.

    A row is as long as the header, blanks at its end with it: one cell too many in its midst moves the others. Where
    each cell says in which column it stands (`is_placed`), those beyond the header are notes beside the table, or of a
    row that has been moved; they are told.
    Raises DataFileError where a column that is needed is not there, and for a row or a cell beyond bounds.
    """
    rest = iter(lines)
    head = list(itertools.islice(rest, header + LOOK_ROUND))
    if len(head) < header:
        raise DataFileError("rows-missing", file=str(file), line=header)
    _check_header(head, header, needed, file)
    names = head[header - 1].cells
    places = {column: names.index(column) for column in needed}
    width = len(_trimmed(names)) if is_placed else len(names)
    texts = Texts(file)
    there = (line for line in itertools.chain(head[header:], rest) if any(line.cells) or line.unread)
    for count, line in enumerate(there, 1):
        if count > MOST_ROWS:
            raise DataFileError("rows-too-many", file=str(file), most=MOST_ROWS)
        row = _row(_fitted(line, width) if is_placed else line, places, width)
        check_cells(row.cells, row.number, file)
        yield replace(row, cells={column: texts.held(cell) for column, cell in row.cells.items()})


def _row(line: Line, places: dict[str, int], width: int) -> FileRow:
    given, fault = len(line.cells), line.fault
    if given != width:  # whatever stands in it may stand under another heading
        fault = LeftOut("row-of-other-length", row=line.number, count=given, expected=width)
    if fault is not None:
        return FileRow(line.number, dict.fromkeys(places, ""), fault=fault)
    cells = {column: line.cells[at] for column, at in places.items()}
    unread = {each.at: each for each in line.unread}
    found = {column: unread[at] for column, at in places.items() if at in unread}
    beside = {_letters(at): each for at, each in unread.items() if each.rule == BESIDE}
    return FileRow(line.number, {**cells, **dict.fromkeys(found, "")}, {**beside, **found})


def _fitted(line: Line, width: int) -> Line:
    """Return a line as long as the header, with the first cell that it had beyond that."""
    beyond = next((at for at, cell in enumerate(line.cells[width:], width) if cell), None)
    noted = [Unread(beyond, BESIDE, shown(line.cells[beyond]))] if beyond is not None else []
    cells = [*line.cells[:width], *[""] * (width - len(line.cells))]
    return line._replace(cells=cells, unread=(*line.unread, *noted))


def _letters(at: int) -> str:
    """Return what a spreadsheet calls a column, from 0: A to Z, then AA."""
    before, last = divmod(at, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _trimmed(cells: Sequence[str]) -> Sequence[str]:
    """Return the cells without empty ones at the end."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def check_cells(cells: Row, number: int, file: Path) -> None:
    """Raise DataFileError for a cell that is longer than cells are."""
    for column, cell in cells.items():
        if len(cell) > MOST_CHARACTERS:
            raise DataFileError("cell-too-long", file=str(file), row=number, column=column, most=MOST_CHARACTERS)


def _check_header(head: list[Line], header: int, needed: Sequence[str], file: Path) -> None:
    names = list(head[header - 1].cells)
    for column in needed:
        if names.count(column) > 1:
            raise DataFileError("column-twice", file=str(file), column=column)
    if set(needed) <= set(names):
        return
    for line in head:
        if set(needed) <= set(line.cells):
            raise DataFileError("header-elsewhere", file=str(file), line=header, found=line.number)
    only = [name for name in names if name]
    separator = next((name for sign, name in _SEPARATORS.items() if len(only) == 1 and sign in only[0]), None)
    if separator is not None:
        raise DataFileError("columns-parted-otherwise", file=str(file), separator=separator)
    refuse_columns(needed, names, file)


def refuse_columns(needed: Sequence[str], names: Iterable[str], file: Path) -> None:
    """Raise DataFileError where a column is missing: which one, what there is, and what of it may be meant."""
    known = [name for name in names if name.strip()]
    missing = [column for column in needed if column not in known]
    if not missing:
        return
    free = [name for name in known if name not in needed]
    near = [f"'{shown(each)}' ({column})" for column in missing if (each := _near(column, free)) is not None]
    values: dict[str, Value] = {"file": str(file), "missing": _named(missing), "known": _named(known) or ("-",)}
    raise DataFileError("columns-missing", **values, **({"near": tuple(near)} if near else {}))


def _named(columns: Sequence[str]) -> tuple[str, ...]:
    named = tuple(shown(column) for column in columns[:_MOST_NAMED])
    return named if len(columns) <= _MOST_NAMED else (*named, "…")


def shown(text: str) -> str:
    """Return as much of a stranger's text as a sentence quotes."""
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _near(column: str, known: Sequence[str]) -> str | None:
    """Return the name that a column may go by: other letters, blanks or signs, or nearly the same ones."""
    folded = {_folded(name): name for name in reversed(known[:1000])}
    close = difflib.get_close_matches(_folded(column), folded, 1, 0.8)
    return folded[close[0]] if close else None


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", "", name[:_MOST_SHOWN]).casefold()
