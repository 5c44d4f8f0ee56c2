"""What each row of a table is, as CSV, as JSON, and as a page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from geo.bulk.outcome import VERDICTS, Outcome, Tally
from geo.faults import Fault
from geo.formats.csv_table import rows_as_csv
from web.imported.told import Said, Telling
from web.pages import template

NAMES = ("row", "is", "record", "name", "reasons", "warnings", "notes", "changes", "alike", "answer", "link",
         "record_link")  # fmt: skip
_PIECES = 500  # of a page that are put together at a time


def report_csv(outcomes: Iterable[Outcome], telling: Telling) -> Iterator[bytes]:
    """Yield the report as CSV in parts: `reasons` keep a row from being taken, `changes` are in words.

    `answer` is empty, for whoever reads it to fill in.
    """
    return rows_as_csv(NAMES, ([_cells(each, telling)] for each in outcomes))


def _cells(outcome: Outcome, telling: Telling) -> tuple[Any, ...]:
    row = telling.row(outcome)
    faults = ("\n".join(row.of(severity)) or None for severity in ("error", "warning", "note"))
    changes = "\n".join(row.lines) or None
    named = (outcome.row, outcome.verdict, outcome.record or None, outcome.name or None)
    return (*named, *faults, changes, list(outcome.alike), outcome.answer or None, row.link, row.record_link or None)


def report_json(outcomes: Iterable[Outcome], telling: Telling) -> Iterator[bytes]:
    """Yield the report as a JSON list in parts, a row a line."""
    begin = b"[\n"
    for outcome in outcomes:
        yield begin + orjson.dumps(members(outcome, telling))
        begin = b",\n"
    yield b"[]\n" if begin == b"[\n" else b"\n]\n"


def members(outcome: Outcome, telling: Telling) -> dict[str, Any]:
    """Return what a row is, as the members of an object: `changes` by pointers, `differences` in words."""
    row = telling.row(outcome)
    return {
        "row": outcome.row,
        "is": outcome.verdict,
        "record": outcome.record or None,
        "name": outcome.name,
        "faults": [_fault(*each) for each in zip(outcome.faults, row.faults, strict=True)],
        "changes": [each.members() for each in outcome.changes],
        "differences": row.lines,
        "alike": list(outcome.alike),
        "answer": outcome.answer or None,
        "link": row.link,
        "record_link": row.record_link or None,
    }


def _fault(fault: Fault, said: Said) -> dict[str, Any]:
    stated = {"pointer": fault.pointer, "rule": fault.rule, "severity": fault.severity}
    return {**stated, "values": dict(fault.values), "detail": said.detail, "expected": said.right}


def report_html(file: str, tally: Tally, outcomes: Iterable[Outcome], telling: Telling) -> Iterator[bytes]:
    """Yield the report as one page, in parts; each row has its place in it (`#row-2`)."""
    given = {
        "file": file,
        "verdicts": [(each, tally.verdicts[each]) for each in VERDICTS],
        "reasons": telling.reasons(tally),
        "has_doubtful": tally.verdicts["doubtful"] > 0,
        "rows": telling.rows(outcomes),
    }
    stream = template("import-report.html", telling.language).stream(given)
    stream.enable_buffering(_PIECES)
    return (part.encode() for part in stream)
