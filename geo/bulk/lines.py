"""A table as a reader gives it: what its columns are called, and its rows, with what is odd about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

MOST_ROWS = 100_000
MOST_COLUMNS = 500
MOST_TEXT = 2**28  # characters of all cells together
LOOK_FOR_HEADER = 20  # lines


class Trouble(NamedTuple):
    """What is odd about a cell, or (`at` -1) a whole row: the rule by which it is, and the cell."""

    at: int
    rule: str
    cell: str = ""


class RawRow(NamedTuple):
    """A row: its number in the file, a text for each column, and of formats that have them geometry and feature."""

    number: int
    cells: Sequence[str]
    geometry: Any = None
    feature: Any = None
    troubles: Sequence[Trouble] = ()


def raw_row(line: bytes) -> RawRow:
    """Return a row of the lines that the process wrote which read the file."""
    number, cells, geometry, feature, troubles = orjson.loads(line)
    return RawRow(number, cells, geometry, feature, [Trouble(*each) for each in troubles])


@dataclass(frozen=True)
class Asked:
    """What is said of a file that it does not say itself: its sheet or layer, the line of its header, its encoding."""

    layer: str | None = None
    header: int | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class RawTable:
    """What a reader finds: the columns, and rows that can be gone through once.

    `about` says how it was read: `separator`, `encoding`, `header`, `layer`, `layers`, `crs`.
    """

    columns: Sequence[str]
    rows: Iterator[RawRow]
    about: Mapping[str, Any] = field(default_factory=dict)
