"""A JSON list of objects as rows: the members of an entry are its columns, those of an object in it `object.member`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from geo.errors import DataFileError
from geo.importing.cells import cell_text
from geo.importing.table import MOST_ROWS, FileRow, Texts, check_cells, refuse_columns
from geo.strict_json import read_json

MOST_COLUMNS = 1_000  # in all entries together
_MOST_DEPTH = 8  # of what is in an entry
_MOST_SHOWN = 200


def json_rows(file: Path, each: str | None, needed: Sequence[str]) -> Iterator[FileRow]:
    """Yield the entries of a list as rows, or the members of the list `each` in them.

    Raises NotJson, and DataFileError for JSON of another shape, or without a column that is needed.
    """
    names: dict[str, None] = {}
    found: list[FileRow] = []
    texts = Texts(file)
    for number, flat in enumerate(_entries(file, each), 1):
        names |= dict.fromkeys(flat)
        if number > MOST_ROWS:
            raise DataFileError("rows-too-many", file=str(file), most=MOST_ROWS)
        if len(names) > MOST_COLUMNS:
            raise DataFileError("columns-too-many", file=str(file), most=MOST_COLUMNS)
        cells = {column: cell_text(flat.get(column)) for column in needed}
        check_cells(cells, number, file)
        found.append(FileRow(number, {column: texts.held(cell) for column, cell in cells.items()}))
    if found:
        refuse_columns(needed, names, file)
    yield from (row for row in found if any(row.cells.values()))


def _entries(file: Path, each: str | None) -> Iterator[dict[str, Any]]:
    document = read_json(file.read_bytes())
    if not isinstance(document, list):
        raise DataFileError("json-not-a-list", file=str(file))
    for number, entry in enumerate(document, 1):
        try:
            yield from (dict(_flat(parts)) for parts in _parts(entry, each))
        except _Misshapen:
            raise DataFileError("json-entry", file=str(file), entry=number) from None


class _Misshapen(Exception):
    """An entry is no object of members that make columns."""


def _parts(entry: Any, each: str | None) -> Iterator[dict[str, Any]]:
    if not isinstance(entry, dict):
        raise _Misshapen
    members = entry.get(each) or [] if each else [None]
    if not isinstance(members, list):
        raise _Misshapen
    yield from (entry if each is None else {**entry, each: member} for member in members)


def _flat(parts: dict[str, Any], of: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield the columns of an entry; raises _Misshapen for one that is nested deeper than rows are."""
    if depth > _MOST_DEPTH:
        raise _Misshapen
    for name, value in parts.items():
        column = f"{of}{name[:_MOST_SHOWN]}"
        if isinstance(value, dict):
            yield from _flat(value, f"{column}.", depth + 1)
        else:
            yield column, value
