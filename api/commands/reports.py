"""What the command line shows of checks and imports: a table, JSON, or annotations for a code-hosting site."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click
import orjson
from rich.table import Column, Table

from api.commands.listing import json_text
from api.commands.terminal import out, plain, say
from geo import dates
from geo.faults import SEVERITIES
from geo.messages import told
from geo.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.faults import Fault
    from geo.importing.merge import ImportReport
    from geo.records.project import Project

FORMATS = ("table", "json", "github")
MOST_TOLD = 100  # rows that are named one by one
MOST_ALIKE = 20  # cells of a column, likewise
_COLOURS = {"error": "bold red", "warning": "yellow", "note": "dim"}
_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def show_faults(found: Sequence[Fault], form: str, least: str) -> None:
    """Show the faults that are at least so grave, and how many of each severity there are in all."""
    shown = [each for each in found if SEVERITIES.index(each.severity) <= SEVERITIES.index(least)]
    if form == "json":
        click.echo(json_text([_members(each) for each in shown]))
    elif form == "github":
        for each in shown:
            click.echo(_annotation(each))
    elif shown:
        out.print(_table(shown))
    counts = Counter(each.severity for each in found)
    told = ", ".join(f"{counts[severity]} {severity}s" for severity in SEVERITIES)
    say(f"[bold red]{told}[/]" if counts["error"] else f"[bold green]no errors[/]: {told}")


def _members(fault: Fault) -> dict[str, Any]:
    detail, expected = told(fault)
    place = {"record": fault.record, "pointer": fault.pointer, "rule": fault.rule, "severity": fault.severity}
    return {**place, "values": dict(fault.values), "detail": detail, "expected": expected, "file": fault.file}


def _table(faults: Sequence[Fault]) -> Table:
    whole = (Column(name, overflow="fold") for name in ("Record and place", "Rule"))
    table = Table(*whole, "What is wrong, and what would be right")
    for each in faults:
        where = f"[bold]{plain(each.record)}[/]\n{plain(each.pointer.removeprefix('/properties'))}"
        rule = f"[{_COLOURS[each.severity]}]{each.severity}[/]\n{each.rule}"
        table.add_row(where, rule, _said(each))
    return table


def _annotation(fault: Fault) -> str:
    """Return a GitHub Actions workflow command; its data are escaped as the runner's toolkit does."""
    detail, expected = told(fault)
    place = f"file=data/projects/{_property(visible(fault.file))}," if fault.file else ""
    text = f"{fault.record} {fault.pointer}: {detail}. Right would be: {expected}"
    return f"::{_LEVELS[fault.severity]} {place}title={_property(fault.rule)}::{_data(visible(text))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def show_due(projects: Sequence[Project], number: int, form: str) -> None:
    """Show the records to look at next, the most urgent ones first."""
    from geo.checks.due import due

    found = due(projects, dates.today())[:number]
    rows = [
        {
            "record": each.project.id,
            "stage": str(each.project.derived()["status"]),
            "newest": each.newest,
            "passed": each.passed,
            "urgency": round(each.urgency, 1),
        }
        for each in found
    ]
    if form == "json":
        click.echo(json_text(rows))
        return
    table = Table(Column("Record", overflow="fold"), "Stage", "Known or looked for", "Plan passed", "Urgency")
    for row in rows:
        table.add_row(*(plain("" if value is None else value) for value in row.values()))
    out.print(table)


def show_import(report: ImportReport) -> None:
    """Show what each row of a publisher's file is; rows that are known already are only counted."""
    table = Table(Column("Row", overflow="fold"), "What it is", "Record or reason")
    for project in report.created:
        row = "; ".join(f"{known.dataset}:{known.id}" for known in project.properties.external_ids)
        table.add_row(plain(row), "[green]new[/]", plain(project.id))
    for row, record, decision in report.taken:
        table.add_row(plain(row), f"[green]{decision}[/]", plain(record))
    for doubt in report.doubtful:
        table.add_row(plain(doubt.row), "[yellow]doubtful[/]", plain(f"{doubt.name}: {', '.join(doubt.alike)}"))
    for rows, reason in _left_out(report):
        table.add_row(plain(rows), "left out", plain(reason))
    for each in report.odd[:MOST_TOLD]:
        table.add_row(plain(each.record), "[yellow]odd[/]", _said(each))
    if report.gone:
        names, more = ", ".join(report.gone[:MOST_ALIKE]), max(0, len(report.gone) - MOST_ALIKE)
        what = "known, and in no row of this file" + (f"; and {more} more, --report names them" if more else "")
        table.add_row(plain(names), "[yellow]gone[/]", what)
    for faults in _alike(report):
        for at, each in enumerate(faults[:MOST_ALIKE]):
            said = plain(told(each).detail) if at else _said(each)
            table.add_row(plain(each.record), "[yellow]cell unread[/]", said)
        if len(faults) > MOST_ALIKE:
            table.add_row("", "", f"and {len(faults) - MOST_ALIKE} more like these; --report names them")
    if table.row_count:
        out.print(table)
    counts = {name: len(value) for name, value in vars(report).items() if name not in ("points", "enriched")}
    say(", ".join(f"{count} {_COUNTED.get(name, name)}" for name, count in counts.items()))


_COUNTED = {"left_out": "left out", "unread": "cells unread", "odd": "odd"}


def _alike(report: ImportReport) -> list[list[Fault]]:
    """Return the cells that cannot be read, those of a column and a rule together, of rows not yet known first."""
    known = set(report.known)
    found: dict[tuple[Any, str], list[Fault]] = {}
    for each in sorted(report.unread, key=lambda fault: fault.record in known):
        found.setdefault((each.values["column"], each.rule), []).append(each)
    return list(found.values())


def _said(fault: Fault) -> str:
    return with_right(*told(fault))


def with_right(detail: str, right: str) -> str:
    """Return what is wrong and, below it, what would be right, where that is said."""
    return plain(detail) + (f"\n[dim]right: {plain(right)}[/]" if right else "")


def report_text(report: ImportReport) -> bytes:
    """Return what each row of a publisher's file is, as a JSON list of `row`, `is`, and `record` or `reason`.

    Cells that nobody can read follow (`cell unread`, with their `line`, `column` and `cell`), and known rows that say
    something else than they did (`odd`), and known ones that are in no row (`gone`).
    """
    rows: list[dict[str, Any]] = [{"row": row, "is": "known"} for row in report.known]
    rows += [
        {"row": f"{known.dataset}:{known.id}", "is": "new", "record": project.id}
        for project in report.created
        for known in project.properties.external_ids
    ]
    rows += [{"row": row, "is": decision, "record": record} for row, record, decision in report.taken]
    rows += [{"row": d.row, "is": "doubtful", "record": ", ".join(d.alike)} for d in report.doubtful]
    rows += [{"row": row, "is": "left out", "reason": str(reason)} for row, reason in report.left_out]
    for each in report.unread:
        cell = {"line": each.values["row"], "column": each.values["column"], "cell": each.values["cell"]}
        rows.append({"row": each.record, "is": "cell unread", **cell, "reason": told(each).detail})
    rows += [{"row": each.record, "is": "odd", "reason": told(each).detail} for each in report.odd]
    rows += [{"row": row, "is": "gone"} for row in report.gone]
    return orjson.dumps(rows, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _left_out(report: ImportReport) -> list[tuple[str, str]]:
    """Return rows and why they are left out: those of one reason together, of reasons that name the row the first."""
    alike: dict[str, list[tuple[str, str]]] = {}
    for row, reason in report.left_out:
        own = "row" in reason.values
        alike.setdefault(reason.rule if own else str(reason), []).append((row, str(reason)))
    told: list[tuple[str, str]] = []
    for rows in alike.values():
        more = f"and {len(rows) - MOST_ALIKE} more" if len(rows) > MOST_ALIKE else ""
        if len({reason for _, reason in rows}) > 1:
            told += [*rows[:MOST_ALIKE], *([("", f"{more} like these; --report names them")] if more else [])]
        else:
            names = ", ".join(name for name, _ in rows[:MOST_ALIKE])
            told.append((f"{names} {more}".strip(), rows[0][1]))
    return told
