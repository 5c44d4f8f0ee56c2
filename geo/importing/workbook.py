"""A sheet of an Excel workbook (XLSX) as lines of cells, read as it comes, after its parts were looked through."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from geo.errors import DataFileError, LedgerError
from geo.importing.cells import cell_text
from geo.importing.package import MOST_COLUMNS, Merged, Sheet, look_through
from geo.importing.profile import Layer
from geo.importing.table import Line, Texts, Unread, shown

_MOST_NAMED = 60  # sheets


def workbook_lines(file: Path, layer: Layer) -> Iterator[Line]:
    """Yield the lines of a sheet by its name, of the first one where none is named; raises DataFileError.

    A merged range has its value in each of its cells, a date is a date whatever its form, and a formula has the value
    that was saved with it.
    """
    told = look_through(file)
    try:
        with warnings.catch_warnings(), file.open("rb") as content:
            warnings.simplefilter("ignore")  # openpyxl's remarks on what it leaves out go to nobody here
            yield from _lines(file, content, layer, told)
    except LedgerError:
        raise
    except Exception as error:  # openpyxl lets through whatever its objects raise on a part that is odd
        reason = shown(str(error) or type(error).__name__)
        raise DataFileError("file-unreadable", file=str(file), reason=reason) from error


def _lines(file: Path, content: IO[bytes], layer: Layer, told: dict[str, Sheet]) -> Iterator[Line]:
    import openpyxl  # a server does without

    book = openpyxl.load_workbook(content, read_only=True, data_only=True, keep_links=False)
    known = [each.title for each in book.worksheets]
    if layer.layer not in (None, *known) or not known:
        there = tuple(map(shown, known[:_MOST_NAMED])) or ("-",)
        raise DataFileError("sheet-missing", file=str(file), sheet=layer.layer or "1", known=there)
    sheet = book[layer.layer or known[0]]
    beside = told.get(sheet._worksheet_path, Sheet([], set()))  # openpyxl has no public name of a sheet's part
    merged = _Merged(file, beside.merged)
    sheet.reset_dimensions()  # what its author states may be anything
    held = Texts(file)
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
        if number <= layer.header:
            yield Line(number, ["" if cell.value is None else str(cell.value) for cell in row])
        else:
            held.count(sum(len(cell.value) for cell in row if isinstance(cell.value, str)))
            texts, filled = merged.filled(number, [_text(cell) for cell in row])
            yield Line(number, texts, tuple(_unread(row, beside.formulas)), filled=filled)


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return _date_text(value, cell.number_format)
    if isinstance(value, dt.timedelta):
        return f"{value // dt.timedelta(hours=1)}:{value // dt.timedelta(minutes=1) % 60:02}"
    return str(value).lower() if isinstance(value, bool) else cell_text(value)


def _date_text(value: dt.date, form: str) -> str:
    """Return a date, without a time of the day, as exact as its form shows it: `mmm yyyy` and `mmm` are months.

    A form of hours alone shows a time of the day, and no date.
    """
    letters = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", form).lower()
    letters, times = re.subn(r"h+(:m+)?(:s+)?|m+:s+", "", letters)
    day = dt.date(value.year, value.month, value.day).isoformat()
    if times and isinstance(value, dt.datetime) and not set("dmy") & set(letters):
        return value.time().isoformat()
    if "d" in letters or not set("my") & set(letters):
        return day
    return day[:7] if "m" in letters else day[:4]


def _unread(row: Sequence[Any], formulas: set[str]) -> Iterator[Unread]:
    for at, cell in enumerate(row):
        if cell.value is None and hasattr(cell, "row") and cell.coordinate in formulas:
            yield Unread(at, "cell-unreckoned", "=")
        elif cell.data_type == "e":
            yield Unread(at, "cell-of-error", shown(str(cell.value)))


class _Merged:
    """Fills merged ranges, row by row: of a range only the first cell has a value in the file."""

    def __init__(self, file: Path, ranges: list[Merged]) -> None:
        self._file = file
        self._waiting = sorted(ranges, reverse=True)
        self._open: list[tuple[Merged, str]] = []

    def filled(self, number: int, texts: list[str]) -> tuple[list[str], tuple[int, ...]]:
        """Return the texts of a row with those of the ranges that it lies in, and which these are.

        Rows come one after the other.
        """
        while self._waiting and self._waiting[-1].top <= number:
            each = self._waiting.pop()
            if each.top == number and each.left <= len(texts):
                self._open.append((each, texts[each.left - 1]))
        self._open = [(each, value) for each, value in self._open if each.bottom >= number]
        if sum(each.right - each.left + 1 for each, _ in self._open) > MOST_COLUMNS:
            raise DataFileError("workbook-elements", file=str(self._file))  # they overlap, as those of no workbook do
        filled = []
        for each, value in self._open:
            for at in range(each.left - 1, min(each.right, len(texts))):
                texts[at] = value
                filled += [at] if (each.top, each.left - 1) != (number, at) and value else []
        return texts, tuple(filled)
