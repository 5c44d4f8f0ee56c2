"""The audit log as a file: CSV, or JSON Lines. What could steer a terminal is written as its number."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator

import orjson

from geo.audit import Entry
from geo.formats.csv_table import rows_as_csv
from geo.text import UNWANTED, visible

_NAMES = ("time", "actor", "action", "subject", "details")
_PART = 500


def as_csv(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield the log as a table, whose last column is a JSON object."""
    return rows_as_csv(_NAMES, ([_row(entry) for entry in part] for part in _parts(entries)))


def as_json_lines(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield the log, an entry a line."""
    for part in _parts(entries):
        yield "".join(f"{_json(vars(entry))}\n" for entry in part).encode()


FORMS: dict[str, Callable[[Iterable[Entry]], Iterator[bytes]]] = {"csv": as_csv, "jsonl": as_json_lines}


def _row(entry: Entry) -> tuple[str, ...]:
    told = (entry.time, entry.actor, entry.action, entry.subject)
    return (*map(visible, told), _json(entry.details))


def _json(document: object) -> str:
    text = orjson.dumps(document).decode()
    return UNWANTED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _parts(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    left = iter(entries)
    while part := list(itertools.islice(left, _PART)):
        yield part
