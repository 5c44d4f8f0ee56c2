"""What each row of a table is, as CSV and as JSON: with the reasons, what would change, and a link to the row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from geo.bulk.outcome import Outcome
from geo.editing import Difference
from geo.faults import Fault
from geo.formats.csv_table import rows_as_csv
from geo.messages import LANGUAGE, told

NAMES = ("row", "is", "record", "name", "reasons", "notes", "changes", "alike", "link")
_MOST_SHOWN = 300  # characters of a value that changes


def report_csv(outcomes: Iterable[Outcome], address: str = "", language: str = LANGUAGE) -> Iterator[bytes]:
    """Yield the report as CSV in parts; `address` is the page on which each row is shown."""
    return rows_as_csv(NAMES, ([_row(each, address, language)] for each in outcomes))


def _row(outcome: Outcome, address: str, language: str) -> tuple[Any, ...]:
    reasons, notes = ("\n".join(_said(each, language) for each in faults) for faults in _by_gravity(outcome))
    changes = "\n".join(f"{each.pointer}: {shown(each.before)} → {shown(each.after)}" for each in outcome.changes)
    named = (outcome.row, outcome.verdict, outcome.record or None, outcome.name or None)
    return (*named, reasons or None, notes or None, changes or None, list(outcome.alike), link_of(outcome, address))


def link_of(outcome: Outcome, address: str) -> str:
    """Return where a row is shown: on a page that begins with it, or in the file itself."""
    return f"{address}?row={outcome.row}#row-{outcome.row}" if address else f"#row-{outcome.row}"


def _by_gravity(outcome: Outcome) -> tuple[list[Fault], list[Fault]]:
    errors = [each for each in outcome.faults if each.severity == "error"]
    return errors, [each for each in outcome.faults if each.severity != "error"]


def _said(fault: Fault, language: str) -> str:
    detail, expected = told(fault, language)
    place = f"{fault.pointer}: " if fault.pointer else ""
    return f"{place}{detail}" + (f" ({expected})" if expected else "")


def shown(value: Any) -> str:
    """Return a value in short: a text as it is, anything else as JSON."""
    text = value if isinstance(value, str) else "" if value is None else orjson.dumps(value).decode()
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def report_json(outcomes: Iterable[Outcome], address: str = "", language: str = LANGUAGE) -> Iterator[bytes]:
    """Yield the report as a JSON list in parts, a row a line."""
    begin = b"[\n"
    for outcome in outcomes:
        yield begin + orjson.dumps(members(outcome, address, language))
        begin = b",\n"
    yield b"[]\n" if begin == b"[\n" else b"\n]\n"


def members(outcome: Outcome, address: str = "", language: str = LANGUAGE) -> dict[str, Any]:
    """Return what a row is, as the members of an object."""
    return {
        "row": outcome.row,
        "is": outcome.verdict,
        "record": outcome.record or None,
        "name": outcome.name,
        "faults": [_fault(each, language) for each in outcome.faults],
        "changes": [_change(each) for each in outcome.changes],
        "alike": list(outcome.alike),
        "link": link_of(outcome, address),
    }


def _fault(fault: Fault, language: str) -> dict[str, Any]:
    detail, expected = told(fault, language)
    stated = {"pointer": fault.pointer, "rule": fault.rule, "severity": fault.severity}
    return {**stated, "values": dict(fault.values), "detail": detail, "expected": expected}


def _change(each: Difference) -> dict[str, Any]:
    return {"pointer": each.pointer, "before": each.before, "after": each.after}
