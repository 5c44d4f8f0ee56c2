"""A sheet of an Excel workbook as a table."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from geo.bulk.headers import header_among
from geo.bulk.lines import LOOK_FOR_HEADER, Asked, RawRow, RawTable, Trouble
from geo.importing.profile import Layer
from geo.importing.table import Line
from geo.importing.workbook import workbook_lines


def read_sheet(path: Path, asked: Asked) -> RawTable:
    """Return the table in a sheet: the one that is asked for, or the first; raises DataFileError."""
    lines = (line for line in workbook_lines(path, Layer(layer=asked.layer, header=1)) if any(line.cells))
    first = list(itertools.islice(lines, LOOK_FOR_HEADER))
    stated = next((at for at, line in enumerate(first, 1) if line.number == asked.header), None)
    at = header_among([line.cells for line in first], stated or asked.header, path)
    columns = [" ".join(str(cell).split()) for cell in first[at].cells]
    while columns and not columns[-1]:
        columns.pop()
    rows = _rows(itertools.chain(first[at + 1 :], lines), len(columns))
    return RawTable(columns, rows, {"header": first[at].number, "layer": asked.layer})


def _rows(lines: Iterable[Line], width: int) -> Iterator[RawRow]:
    for line in lines:
        cells = [*line.cells[:width], *[""] * (width - len(line.cells))]
        if any(cells) or line.unread:
            yield RawRow(line.number, cells, troubles=list(_troubles(line, width)))


def _troubles(line: Line, width: int) -> Iterator[Trouble]:
    yield from (Trouble(each.at, each.rule, each.cell) for each in line.unread)
    yield from (Trouble(at, "repair-merged-cells", line.cells[at]) for at in line.filled if at < width)
    yield from (Trouble(-1, "cell-beside", cell[:100]) for cell in line.cells[width:] if cell)
