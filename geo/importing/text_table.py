"""A file of separated values (CSV) as lines of cells: UTF-8, commas, quotes doubled (RFC 4180)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from geo.errors import DataFileError
from geo.importing.cells import cell_text
from geo.importing.table import LeftOut, Line

MOST_CHARACTERS = 2**20  # of a row
_NOT_UTF_8 = re.compile("[\0\udc80-\udcff]")


def csv_lines(file: Path, header: int) -> Iterator[Line]:
    """Yield the lines of a file; those above the header's are no part of the table, and may have any form.

    Raises DataFileError for text that is not UTF-8, and for rows beyond bounds.
    """
    with file.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as opened:
        text = _Text(opened, file)
        for number in range(1, header):
            line = next(text, None)
            if line is None:
                return
            text.length = 0
            yield Line(number, next(csv.reader([line.rstrip("\r\n")]), []))
        width = 0
        for number, cells in enumerate(_rows(text, file), header):
            if number == header:
                width = len(cells)
                yield Line(number, cells)
            else:
                fault = LeftOut("cell-of-rows", row=number) if _has_rows_in_cell(cells, width) else None
                yield Line(number, [cell_text(cell) for cell in cells], fault=fault)


def _has_rows_in_cell(cells: list[str], width: int) -> bool:
    """Return whether a cell has a line that would be a row: its quote is one that somebody left open."""
    lines = (line for cell in cells for line in cell.splitlines()[1:])
    return width > 1 and any(line.count(",") >= width - 1 for line in lines)


def _rows(text: _Text, file: Path) -> Iterator[list[str]]:
    try:
        for cells in csv.reader(text, strict=True):
            text.length = 0
            yield cells
    except csv.Error as error:
        raise DataFileError("csv-malformed", file=str(file), line=text.number, reason=str(error)) from error


class _Text:
    """Lines of text, as long as what was read since a row began stays within bounds."""

    def __init__(self, opened: TextIO, file: Path) -> None:
        self._opened, self._file = opened, file
        self.number, self.length = 0, 0

    def __iter__(self) -> _Text:
        return self

    def __next__(self) -> str:
        line = self._opened.readline(MOST_CHARACTERS + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.length += len(line)
        if _NOT_UTF_8.search(line):
            raise DataFileError("text-not-utf-8", file=str(self._file), line=self.number)
        if self.length > MOST_CHARACTERS:
            raise DataFileError("row-too-long", file=str(self._file), line=self.number, most=MOST_CHARACTERS)
        return line
