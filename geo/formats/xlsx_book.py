"""Records as an Excel workbook: a sheet of records, a sheet for each kind of their parts, and About.

Every text is written as a text, so that nothing in it is a formula or a link.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter

from geo.errors import SelectionTooLarge
from geo.formats.cells import Cell, cell, fitting
from geo.formats.files import made_beside
from geo.formats.selection import Selection
from geo.formats.tables import Row, Table, table_of, tables_of_parts

MOST_ROWS = 1_048_576  # of a sheet, its head included

_OPTIONS = {"constant_memory": True, **dict.fromkeys(("strings_to_formulas", "strings_to_urls"), False)}
_WIDTHS = {"name": 40, "record_name": 40, "summary": 60, "quote": 60, "owners": 40, "sources": 40, "title": 50}


def write(selection: Selection) -> Iterator[bytes]:
    """Yield the file in parts; raises SelectionTooLarge where a sheet has no room for all rows."""
    return made_beside("book.xlsx", lambda file: _make(file, selection))


def _make(file: Path, selection: Selection) -> None:
    with xlsxwriter.Workbook(file, {**_OPTIONS, "tmpdir": str(file.parent)}) as book:
        _fill(book, selection)


def _fill(book: Any, selection: Selection) -> None:
    bold = book.add_format({"bold": True})
    table = table_of(selection)
    sheets = [_Sheet(book, each, bold) for each in (table, *tables_of_parts(selection.contents))]
    for feature in selection.features():
        for sheet in sheets:
            for row in sheet.table.rows(feature):
                sheet.add(row)
    for sheet in sheets:
        sheet.close()
    _say(book.add_worksheet("About"), selection, table, bold)


class _Sheet:
    """A table that grows row by row, with its head in sight."""

    def __init__(self, book: Any, table: Table, bold: Any) -> None:
        sheet = book.add_worksheet(table.name.replace("_", " ").capitalize())
        self.table, self._sheet, self._next = table, sheet, 1
        for column, field in enumerate(table.fields):
            sheet.set_column(column, column, _WIDTHS.get(field.name, 16))
            sheet.write_string(0, column, field.name, bold)
        sheet.freeze_panes(1, 2)

    def add(self, row: Row) -> None:
        """Write the next row."""
        if self._next >= MOST_ROWS:
            raise SelectionTooLarge("sheet-full", sheet=self._sheet.get_name(), most=MOST_ROWS)
        for column, value in enumerate(row):
            _put(self._sheet, self._next, column, cell(value))
        self._next += 1

    def close(self) -> None:
        self._sheet.autofilter(0, 0, self._next - 1, len(self.table.fields) - 1)


def _put(sheet: Any, row: int, column: int, value: Cell) -> None:
    match value:
        case None | "":
            return
        case bool():
            sheet.write_boolean(row, column, value)
        case str():
            sheet.write_string(row, column, fitting(value))
        case _:
            sheet.write_number(row, column, value)


def _say(sheet: Any, selection: Selection, table: Table, bold: Any) -> None:
    """Write what the file is, and what the columns of its first sheet are called."""
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 100)
    columns = [(field.name, field.title) for field in table.fields]
    for number, (title, text) in enumerate([*selection.about, ("", ""), *columns]):
        sheet.write_string(number, 0, fitting(title), bold)
        sheet.write_string(number, 1, fitting(text))
