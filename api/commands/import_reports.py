"""What the command line shows and writes of a table that was compared with the store."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import click
from rich.table import Column, Table

from api.commands.reports import with_right
from api.commands.terminal import out, plain, say
from geo.errors import DataFileError, LedgerError
from geo.messages import told

if TYPE_CHECKING:
    from geo.bulk import reading
    from geo.bulk.analysis import Analysis
    from geo.bulk.guessing import Guesses
    from geo.bulk.outcome import Outcome
    from geo.faults import Fault
    from web.imported.told import Telling

MOST_TOLD = 60  # rows that are named one by one
_MOST_CHANGES = 10  # of a row
_COLOURS = {"new": "green", "changed": "green", "same": "dim", "doubtful": "yellow", "refused": "bold red"}
REPORTS = (".html", ".csv", ".json")


# What to type where a whole file is refused.
_OPTIONS = {
    "crs-not-wgs-84": "--repair projected-coordinates",
    "encoding-unsure": "--encoding {may_be}",
    "layer-not-named": "--layer NAME",
    "rows-not-taken": "--leave-out",
}


_OF_OPTIONS = "bulk-profile-wrong"
_NAMED = {"columns": "--column", "fixed": "--set", "repairs": "--repair"}


@contextmanager
def options_told() -> Iterator[None]:
    """Say, where a file is refused as a whole, which option would help, or which one is wrong."""
    try:
        yield
    except LedgerError as error:
        if isinstance(error, DataFileError) and error.rule == _OF_OPTIONS:
            for each in error.faults:
                _tell_wrong(each)
        elif (option := _OPTIONS.get(error.rule)) is not None:
            say(f"[bold red]refused[/] {plain(error)}")
            say(f"    right would be: [bold]{plain(option.format_map(error.values))}[/]")
        else:
            raise
        sys.exit(1)


def _tell_wrong(fault: Fault) -> None:
    first, _, rest = fault.pointer.strip("/").partition("/")
    detail, right = told(fault)
    option = f"--source-{rest}" if first == "source" else f"{_NAMED.get(first, f'--{first}')} {rest}".strip()
    say(f"[bold red]refused[/] {plain(option)}: {plain(detail)}")
    say(f"    right would be: {plain(right)}")


class Compared(NamedTuple):
    """A file with how it was read and what its rows are; `instance` is the address of the ledger, None for none."""

    file: Path
    table: reading.Table
    guesses: Guesses
    analysis: Analysis
    instance: str | None


def reports(_: click.Context, __: click.Parameter, given: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return files for reports, each of a form that its ending names; nothing is read before."""
    for each in given:
        if each.suffix.lower() not in REPORTS:
            raise click.BadParameter(f"{plain(each.name)}: its ending names no form: give .html, .csv or .json.")
        if not each.absolute().parent.is_dir():
            raise click.BadParameter(f"{plain(each)}: there is no folder {plain(each.parent)}.")
    return given


def show_analysis(compared: Compared) -> None:
    """Show how the table was read, what its rows are, and what would be repaired with consent."""
    from geo.bulk.outcome import VERDICTS

    file, table, analysis, tally = compared.file, compared.table, compared.analysis, compared.analysis.tally
    telling = _telling(compared, "")
    out.print(_columns(compared.guesses, analysis))
    _tell_unknown(compared)
    about = ", ".join(f"{name} {value}" for name, value in table.about.items() if isinstance(value, str | int))
    count = telling.language.say("import.rows_read", count=table.count)
    say(f"{plain(file.name)}: {count}" + (f" ({plain(about)})" if about else ""))
    if (rows := _rows(analysis, telling)).row_count:
        out.print(rows)
    say(", ".join(f"{tally.verdicts[verdict]:,} {verdict}" for verdict in VERDICTS))
    _tell_reasons(analysis, telling)
    _tell_repairs(analysis, telling)


def _tell_unknown(compared: Compared) -> None:
    """Say of which columns nothing is taken, and what they may be."""
    from geo.bulk.guessing import nearest
    from web.language import ENGLISH

    chosen = compared.analysis.profile.columns
    unknown = [each.column for each in compared.guesses.columns if each.column not in chosen]
    if not unknown:
        return
    say(f"[yellow]{ENGLISH.say('import.not_taken', count=len(unknown))}[/], which --column NAME=TARGET changes:")
    for column in unknown[:MOST_TOLD]:
        near = ", ".join(nearest(column))
        say(f"    {plain(column)}" + (f" (perhaps {near})" if near else ""))


def _tell_reasons(analysis: Analysis, telling: Telling) -> None:
    """Say why the most rows are not taken, or not whole, and what can be done."""
    for each in telling.reasons(analysis.tally):
        severity = each.said.severity
        said = telling.language.say(f"import.because_{severity}", count=each.rows, said=each.said.detail)
        colour = "red" if severity == "error" else "yellow"
        say(
            f"    [{colour}]{plain(said)}[/]"
            + (f"\n        right: {plain(each.said.right)}" if each.said.right else "")
        )
    if analysis.tally.verdicts["doubtful"]:
        say(f"    {plain(telling.language.say('import.answer_how'))}")


def _tell_repairs(analysis: Analysis, telling: Telling) -> None:
    for repair, count in analysis.tally.made.most_common():
        cells = telling.language.say("import.cells", count=count)
        say(f"Repaired, with consent: {cells} by {plain(repair)}")
    for repair, count in analysis.tally.asked.most_common():
        cells = telling.language.say("import.cells", count=count)
        say(f"To be repaired with consent: {cells} by [bold]--repair {plain(repair)}[/]")


def _columns(guesses: Guesses, analysis: Analysis) -> Table:
    from web.language import ENGLISH

    table = Table(Column("Column", overflow="fold"), "Becomes", "Because it is", "Sure")
    for each in guesses.columns:
        target = analysis.profile.columns.get(each.column, "")
        is_guess = target == each.target and target
        reason = ENGLISH.say(f"import.reason_{each.reason}")
        why = (reason, f"{each.confidence:.0%}") if is_guess else ("as you say" if target else reason, "")
        table.add_row(plain(each.column), plain(target or "nothing"), *why)
    for target, cell in analysis.profile.fixed.items():
        table.add_row("-", plain(target), plain(f"always {cell}"), "")
    return table


def _rows(analysis: Analysis, telling: Telling) -> Table:
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
        table.add_row(str(outcome.row), verdict, plain(outcome.record or outcome.name), _why(outcome, telling))
    if told_of > MOST_TOLD:
        table.add_row("", "", "", f"and {told_of - MOST_TOLD:,} more; --report names them")
    return table


def _why(outcome: Outcome, telling: Telling) -> str:
    row = telling.row(outcome)
    alike = ", ".join(each.called for each in row.alike)
    lines = [plain(f"{telling.language.say('import.alike')} {alike}")] if alike else []
    for each in row.faults[:_MOST_CHANGES]:
        lines.append(with_right(each.detail, each.right))
    lines += [plain(each) for each in row.lines[:_MOST_CHANGES]]
    return "\n".join(lines)


def _telling(compared: Compared, rows: str) -> Telling:
    from web.imported.told import Shown, Telling
    from web.language import ENGLISH

    return Telling(ENGLISH, Shown(rows, compared.instance), is_typed=True)


def write_reports(files: Sequence[Path], compared: Compared) -> None:
    """Write what every row is, in the forms that the files' endings name.

    A row leads to its place in the report in HTML, where one is written, from the report beside which it stands; else
    to the row of the file itself (`table.csv#row=2`, as RFC 7111 writes rows).
    """
    page = next((each for each in files if each.suffix.lower() == ".html"), None)
    for each in files:
        if each is page:
            rows = "#row-{row}"
        elif page is not None:
            rows = f"{_beside(page, each)}#row-{{row}}"
        else:
            rows = f"{quote(compared.file.name)}#row={{row}}"
        with each.open("wb") as opened:
            opened.writelines(_parts(each.suffix.lower(), compared, _telling(compared, rows)))
        say(f"Written: {plain(each)}")


def _beside(page: Path, report: Path) -> str:
    """Return the address of a page from a report: relative to it where they are in one folder."""
    is_beside = page.absolute().parent == report.absolute().parent
    return quote(page.name) if is_beside else page.absolute().as_uri()


def _parts(suffix: str, compared: Compared, telling: Telling) -> Iterator[bytes]:
    from web.imported.report import report_csv, report_html, report_json

    analysis = compared.analysis
    if suffix == ".html":
        return report_html(compared.file.name, analysis.tally, analysis.outcomes(), telling)
    return (report_csv if suffix == ".csv" else report_json)(analysis.outcomes(), telling)
