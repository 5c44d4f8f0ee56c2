"""What somebody says of a row that looks like a record: the same project, another phase of it, or a different one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

from geo.bulk.lines import Asked
from geo.bulk.reading import read_table
from geo.errors import DataFileError

TARGET = "answer"  # the column of a table that holds them
ANSWERS = ("same", "phase", "different")
_FORM = re.compile(rf"({'|'.join(ANSWERS)})(?:\s+(?:as|of|from))?(?:[\s:]+(\S{{1,100}}))?", re.IGNORECASE)
_COLUMNS = ("row", TARGET)


class Answer(NamedTuple):
    """What a row is, and of which record (or `#12`, a row before); "" where it looks like one only."""

    what: Literal["same", "phase", "different"]
    of: str = ""


def answer_of(text: str) -> Answer | None:
    """Return what a text answers, such as `same`, `phase of bo-rose` or `different`; None for any other text."""
    found = _FORM.fullmatch(text.strip())
    return Answer(cast("Any", found[1].lower()), found[2] or "") if found else None


def read_answers(file: Path) -> dict[int, str]:
    """Return the answers of a table with the columns `row` and `answer`, such as a report that was filled in.

    Raises DataFileError for a table without them.
    """
    table = read_table(file, Asked())
    try:
        absent = tuple(name for name in _COLUMNS if name not in table.columns)
        if absent:
            raise DataFileError(
                "columns-absent", missing=absent, known=tuple(each[:100] for each in table.columns[:60])
            )
        places = [table.columns.index(name) for name in _COLUMNS]
        pairs = ((row.cells[places[0]], row.cells[places[1]]) for row in table.rows())
        return {int(number): said for number, said in pairs if said and _is_number(number)}
    finally:
        table.close()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 9


def part_of(feature: Mapping[str, Any], project_id: str) -> dict[str, Any]:
    """Return a record as a phase of another one."""
    properties = feature["properties"]
    link = {"type": "part_of", "project": project_id, "sources": [each["id"] for each in properties["sources"]]}
    links = [each for each in properties.get("links", []) if each["project"] != project_id]
    return {**feature, "properties": {**properties, "links": [*links, link]}}
