"""Records as CSV (RFC 4180): one row a record, in UTF-8 with the mark by which Excel knows it.

In cells of text an apostrophe stands before what a spreadsheet could take for a formula; numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from geo.formats.cells import Cell, harmless, listed
from geo.formats.selection import Selection
from geo.formats.tables import Value, table_of

_BYTE_ORDER_MARK = "\ufeff"
_PART = 500  # records that are sent at once


def write(selection: Selection) -> Iterator[bytes]:
    """Return the file in parts."""
    table = table_of(selection)
    names = [field.name for field in table.fields]
    return rows_as_csv(names, ((row for each in part for row in table.rows(each)) for part in selection.parts(_PART)))


def rows_as_csv(names: Sequence[str], parts: Iterable[Iterable[Sequence[Value]]]) -> Iterator[bytes]:
    """Yield a table in the parts in which its rows come, the names of its columns first."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    lines.write(_BYTE_ORDER_MARK)
    writer.writerow(names)
    for rows in parts:
        writer.writerows([_CELLS[type(value)](value) for value in row] for row in rows)
        yield lines.getvalue().encode()
        lines.seek(0)
        lines.truncate()


def _texts(texts: Sequence[str]) -> Cell:
    whole = listed(texts)
    return whole and harmless(whole)


# How a value of each type is written; these are all that a table has.
_CELLS: dict[type, Callable[[Any], Cell]] = {
    type(None): lambda value: value,
    bool: lambda value: "true" if value else "false",
    int: lambda value: value,
    float: lambda value: int(value) if value.is_integer() else value,
    str: harmless,
    list: _texts,
}
