"""Events as CSV: one row an event with its record, and its sources in one cell each for titles and addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from geo.formats.cells import Cell, listed
from geo.formats.csv_table import rows_as_csv

_NAMES = ("date", "date_basis", "expected", "type", "status", "record_id", "record_name", "kind", "country", "summary")
_SOURCES = ("title", "url")


def write(pages: Iterable[Sequence[bytes]]) -> Iterator[bytes]:
    """Yield the file in parts; `pages` are events as `Catalog.events` answers them."""
    names = (*_NAMES, *(f"source_{name}s" for name in _SOURCES))
    return rows_as_csv(names, ((_row(orjson.loads(event)) for event in page) for page in pages))


def _row(event: Mapping[str, Any]) -> tuple[Cell, ...]:
    told = (listed(source[name] for source in event["sources"] if source[name]) for name in _SOURCES)
    return (*(event[name] for name in _NAMES), *told)
