"""A publisher's own file (CSV, XLSX or JSON) as rows of text, whatever stands above its header."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from geo.errors import DataFileError, NotJson
from geo.importing.profile import Layer, Row
from geo.strict_json import read_json

MOST_BYTES = 64 * 2**20
MOST_ROWS = 100_000


def read_rows(path: Path, layer: Layer) -> list[Row]:
    """Return the rows under the layer's header; each has its number in the file's table, from 1, as column `row`.

    Raises DataFileError for a file that cannot be read so.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataFileError("file-too-large", file=str(path), mib=MOST_BYTES // 2**20)
        rows = _READERS.get(path.suffix.lower(), _csv_rows)(path, layer)
        found = [{**row, "row": str(number)} for number, row in enumerate(rows, 1) if any(row.values())]
    except NotJson as error:
        raise DataFileError(error.rule, file=str(path), **error.values) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataFileError("file-unreadable", file=str(path), reason=str(error)) from error
    if not found or len(found) > MOST_ROWS:
        raise DataFileError("rows-missing", file=str(path), count=len(found), line=layer.header)
    return found


def _csv_rows(path: Path, layer: Layer) -> Iterator[Row]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        for _ in range(layer.header - 1):
            next(file, None)
        for row in csv.DictReader(file):
            yield {column: _text(cell) for column, cell in row.items() if column}


def _json_rows(path: Path, layer: Layer) -> Iterator[Row]:
    for entry in read_json(path.read_bytes()):
        members = entry.get(layer.each, []) if layer.each else [None]
        for member in members:
            parts = entry if member is None else {**entry, layer.each: member}
            yield {column: _text(cell) for column, cell in _flat(parts)}


def _flat(parts: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in parts.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _xlsx_rows(path: Path, layer: Layer) -> Iterator[Row]:
    from pyogrio.errors import DataLayerError, DataSourceError
    from pyogrio.raw import read

    try:
        _, _, _, columns = read(path, layer=layer.layer, read_geometry=False, HEADERS="DISABLE", FIELD_TYPES="STRING")
    except (DataSourceError, DataLayerError) as error:
        raise DataFileError("file-unreadable", file=str(path), reason=str(error)) from error
    lines = list(zip(*columns, strict=True))
    header = [_text(cell) for cell in lines[layer.header - 1]]
    for line in lines[layer.header :]:
        yield {column: _text(cell) for column, cell in zip(header, line, strict=True) if column}


def _text(cell: Any) -> str:
    if isinstance(cell, list):
        return ", ".join(_text(part) for part in cell)
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    return plain_number(" ".join(str(cell).split()))


def plain_number(text: str) -> str:
    """Return a number in the digits that its author saw: `2.3016652000000002E-2` is 0.023016652.

    Spreadsheets keep 15 significant digits; what follows is the nearest binary fraction's. Other text, and a number
    of fewer digits or of more than such noise explains, stays as it is.
    """
    if not _NOISY.fullmatch(text):
        return text
    exact = Decimal(f"{float(text):.15g}")
    is_noise = math.isclose(float(exact), float(text), rel_tol=1e-15)
    return f"{exact:f}" if is_noise and abs(exact.adjusted()) < 30 else text


# Sixteen digits or more with a fraction, or an exponent as spreadsheets write it.
_NOISY = re.compile(r"-?\d+(\.\d+)?[eE][+-]\d{1,3}|-?(?=[\d.]{17,300}$)\d+\.\d+", re.ASCII)


_READERS = {".json": _json_rows, ".xlsx": _xlsx_rows}
