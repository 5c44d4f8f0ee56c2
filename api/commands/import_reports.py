"""What the command line shows and writes of a table that was compared with the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Column, Table

from api.commands.terminal import out, plain, say
from geo.bulk.outcome import VERDICTS
from geo.bulk.report import report_csv, report_json, shown
from geo.messages import told

if TYPE_CHECKING:
    from geo.bulk import reading
    from geo.bulk.analysis import Analysis
    from geo.bulk.guessing import Guesses
    from geo.bulk.outcome import Outcome

MOST_TOLD = 60  # rows that are named one by one
_MOST_CHANGES = 10  # of a row
_COLOURS = {"new": "green", "changed": "green", "same": "dim", "doubtful": "yellow", "refused": "bold red"}
_REASONS = {
    "own": "our own name",
    "word": "a known word",
    "near": "nearly a known word",
    "values": "its values",
    "none": "-",
}


def show_analysis(file: Path, table: reading.Table, guesses: Guesses, analysis: Analysis) -> None:
    """Show how the table was read, what its rows are, and what would be repaired with consent."""
    out.print(_columns(guesses, analysis))
    about = ", ".join(f"{name} {value}" for name, value in table.about.items() if isinstance(value, str | int))
    say(f"{plain(file.name)}: {table.count:,} rows ({plain(about)})")
    if (rows := _rows(analysis)).row_count:
        out.print(rows)
    tally = analysis.tally
    say(", ".join(f"{tally.verdicts[verdict]:,} {verdict}" for verdict in VERDICTS))
    for rule, count in tally.rules.most_common(10):
        say(f"    {count:,} rows: {plain(rule)}")
    for repair, count in tally.made.most_common():
        say(f"Repaired, with consent: {plain(repair)}, {count:,} cells")
    for repair, count in tally.asked.most_common():
        say(f"To be repaired with consent: {count:,} cells by [bold]--repair {plain(repair)}[/]")


def _columns(guesses: Guesses, analysis: Analysis) -> Table:
    table = Table(Column("Column", overflow="fold"), "Becomes", "Because of", "Sure")
    for each in guesses.columns:
        target = analysis.profile.columns.get(each.column, "")
        is_guess = target == each.target and target
        why = (_REASONS[each.reason], f"{each.confidence:.0%}") if is_guess else ("as you say" if target else "-", "")
        table.add_row(plain(each.column), plain(target or "nothing"), *why)
    for target, cell in analysis.profile.fixed.items():
        table.add_row("-", plain(target), plain(f"always {cell}"), "")
    return table


def _rows(analysis: Analysis) -> Table:
    table = Table(
        "Row", "What it is", Column("Record or name", overflow="fold"), Column("Why, or what changes", overflow="fold")
    )
    told_of = 0
    for outcome in analysis.outcomes():
        if outcome.verdict == "same" and not outcome.faults:
            continue
        told_of += 1
        if told_of > MOST_TOLD:
            continue
        colour = _COLOURS[outcome.verdict]
        verdict = f"[{colour}]{outcome.verdict}[/]"
        table.add_row(str(outcome.row), verdict, plain(outcome.record or outcome.name), _why(outcome))
    if told_of > MOST_TOLD:
        table.add_row("", "", "", f"and {told_of - MOST_TOLD:,} more; --report names them")
    return table


def _why(outcome: Outcome) -> str:
    lines = [plain(f"looks like {', '.join(outcome.alike)}")] if outcome.alike else []
    for each in outcome.faults[:_MOST_CHANGES]:
        detail, expected = told(each)
        expected = expected if each.severity == "error" else ""
        lines.append(
            plain(f"{each.pointer} {detail}".strip()) + (f"\n[dim]right: {plain(expected)}[/]" if expected else "")
        )
    for change in outcome.changes[:_MOST_CHANGES]:
        place = change.pointer.removeprefix("/properties")
        lines.append(plain(f"{place}: {shown(change.before) or '-'} → {shown(change.after) or '-'}"))
    return "\n".join(lines)


def write_report(report: Path, file: Path, analysis: Analysis) -> None:
    """Write what every row is, in the form that the file's ending names."""
    match report.suffix.lower():
        case ".csv":
            parts = report_csv(analysis.outcomes())
        case ".json":
            parts = report_json(analysis.outcomes())
        case ".html":
            from web import imports

            parts = imports.report(file.name, analysis)
        case _:
            raise click.UsageError("The ending of --report names no form: give .html, .csv or .json.")
    with report.open("wb") as opened:
        opened.writelines(parts)
