"""A publisher's own file (CSV, XLSX or JSON) as rows of text, whatever stands above its header.

The end of its name says what it is, and nothing else is tried: a file of another form is refused.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from geo.errors import DataFileError, NotJson
from geo.importing.json_table import json_rows
from geo.importing.profile import Layer
from geo.importing.table import FileRow, rows_under
from geo.importing.text_table import csv_lines
from geo.importing.workbook import workbook_lines

MOST_MIB = {".csv": 64, ".json": 16, ".xlsx": 16}
_HEAD = 512
# How files of each form begin.
HEADS = {
    "PDF": rb"%PDF",
    "XLSX": rb"PK\x03\x04",
    "XLS": rb"\xd0\xcf\x11\xe0",
    "gzip": rb"\x1f\x8b",
    "SQLite": rb"SQLite format 3",
    "HTML": rb"(?i:(\xef\xbb\xbf)?\s*<(!doctype html|html))",
    "XML": rb"(\xef\xbb\xbf)?\s*<",
}


def read_rows(path: Path, layer: Layer, needed: Sequence[str]) -> list[FileRow]:
    """Return the rows under the layer's header, with the columns that are needed.

    Raises DataFileError for a file that is not of the form that its name says, or has not all of these columns.
    """
    try:
        _check_form(path)
        found = list(_rows(path, layer, needed))
    except NotJson as error:
        raise DataFileError(error.rule, file=str(path), **error.values) from error
    except OSError as error:
        raise DataFileError("file-unreadable", file=str(path), reason=str(error.strerror or error)) from error
    if not found:
        raise DataFileError("rows-missing", file=str(path), line=layer.header)
    return found


def _rows(path: Path, layer: Layer, needed: Sequence[str]) -> Iterator[FileRow]:
    match path.suffix.lower():
        case ".json":
            return json_rows(path, layer.each, needed)
        case ".xlsx":
            return rows_under(workbook_lines(path, layer), layer.header, needed, path, is_placed=True)
        case _:
            return rows_under(csv_lines(path, layer.header), layer.header, needed, path)


def _check_form(path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix not in MOST_MIB:
        raise DataFileError("file-form-unknown", file=str(path), known=tuple(MOST_MIB))
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):  # a pipe would wait, and a device need not end
        raise DataFileError("file-not-regular", file=str(path))
    if about.st_size > MOST_MIB[suffix] * 2**20:
        raise DataFileError("file-too-large", file=str(path), mib=MOST_MIB[suffix])
    with path.open("rb") as file:
        head = file.read(_HEAD)
    wanted = suffix[1:].upper()
    found = next((form for form, start in HEADS.items() if re.match(start, head)), None)
    if found is not None and found != wanted:
        raise DataFileError("file-of-other-form", file=str(path), found=found, wanted=wanted)
    if found is None and wanted == "XLSX":
        raise DataFileError("file-of-other-form", file=str(path), wanted=wanted)
