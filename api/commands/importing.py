"""The command that takes in a table: anybody's into a store, or a publisher's own into the dataset's files."""

from __future__ import annotations

import getpass
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from api.commands.import_reports import Compared, options_told, reports, show_analysis, write_reports
from api.commands.options import STORE
from api.commands.stores import open_ledger_of
from api.commands.terminal import err, out, plain, say
from geo.paths import data_folder

if TYPE_CHECKING:
    from geo.bulk.analysis import Analysis
    from geo.bulk.guessing import Guesses
    from geo.bulk.profile import Profile
    from geo.bulk.reading import Table
    from geo.store import Store

_SOURCE = ("url", "title", "publisher", "published", "accessed", "type")


def _pairs(_: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Return what options like NAME=VALUE say; names of columns may have signs of equality, the last one parts them."""
    found = {}
    for each in given:
        name, sign, value = each.rpartition("=") if parameter.name == "column" else each.partition("=")
        if not sign or not name:
            raise click.BadParameter(f"{each}: write NAME=VALUE.")
        found[name.strip()] = value.strip()
    return found


def _codes(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """Return names that commas part, as they are written here: `decimal_comma` is decimal-comma, too."""
    return tuple(part.strip().replace("_", "-") for each in given for part in each.split(",") if part.strip())


def _source_options(command: Callable[..., None]) -> Callable[..., None]:
    for name in reversed(_SOURCE):
        option = f"--source-{name}"
        command = click.option(option, metavar="TEXT", help=f"The {name} of the source of the whole file.")(command)
    return command


@click.command(name="import")
@STORE
@click.option("--write", is_flag=True, help="Write the new and the changed rows, all or none; without it nothing is.")
@click.option("--propose", is_flag=True, help="With --write: as proposals, for editors to decide, not as revisions.")
@click.option(
    "--profile",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the table as this file says (TOML).",
)
@click.option(
    "--save-profile",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Save how the table is read, to be used again.",
)
@click.option(
    "--column",
    multiple=True,
    callback=_pairs,
    metavar="NAME=TARGET",
    help="What a column becomes; nothing after = leaves it out.",
)
@click.option(
    "--set",
    "fixed",
    multiple=True,
    callback=_pairs,
    metavar="TARGET=CELL",
    help="A cell that every row has, such as kind=cell_factory.",
)
@click.option(
    "--repair",
    "repairs",
    multiple=True,
    callback=_codes,
    metavar="NAMES",
    help="Repairs to which you consent; the report names them.",
)
@_source_options
@click.option("--crs", help="The system of the coordinates, such as EPSG:32719.")
@click.option("--layer", help="The sheet, layer or shapefile to read.")
@click.option("--header", type=click.IntRange(1, 20), help="The line that holds the names of the columns.")
@click.option("--encoding", help="The encoding of the text, such as windows-1252.")
@click.option("--doubtful", type=click.Choice(["ask", "new"]), help="What rows that look like a record become.")
@click.option("--leave-out", is_flag=True, help="With --write: leave refused and doubtful rows out.")
@click.option("--author", help="Who imports, as histories show it.  [default: your name here]")
@click.option("--comment", help="What histories say of it.  [default: the name of the file]")
@click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What doubtful rows are, by the columns row and answer (same, phase, different): a filled-in CSV report.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    callback=reports,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what every row is into this file: .html, .csv or .json; may be given for each.",
)
@click.option("--publisher", help="FILE is this publisher's own; `--publisher list` names those that are known.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="With --publisher: the data folder.  [default: the dataset]",
)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path | None, publisher: str | None, into: Path | None, **given: object) -> None:
    """Compare a table of projects with the store, row by row, and take in what is new or changed.

    FILE may be CSV, XLSX, GeoJSON, GeoPackage, FlatGeobuf, GeoParquet, KML or a zipped shapefile. What its columns mean
    is guessed and shown. Every row is new, changed, the same, doubtful (it looks like a record) or refused, with the
    reason. Nothing is written without --write, which writes all rows in one transaction; running it again changes
    nothing. A file that was downloaded here and edited says which of its rows were.

    What is not as it should be is refused, and named; --repair consents to what can be repaired, such as
    decimal-comma, degrees-minutes-seconds, swapped-coordinates, quarters or ranges. What a doubtful row is stands in a
    column `answer` of the table, or in --answers. Where rows are refused the exit code is 1.

    With --publisher a publisher's own file is compared with the dataset's files by the profile of that publisher, and
    with decisions.json; --write then writes these files.
    """
    if publisher is not None:
        _import_of_publisher(publisher, file, into or data_folder(), given)
    elif file is None:
        raise click.UsageError("Name the FILE.")
    elif into is not None:
        raise click.UsageError("--into goes with --publisher; a table goes into --store.")
    else:
        with _ended_by_signals(), options_told():
            _import_table(file, given)


def _import_of_publisher(publisher: str, file: Path | None, folder: Path, given: dict[str, object]) -> None:
    from api.commands.reports import report_text, show_import
    from geo.importing.merge import import_file, write_import
    from geo.importing.profile import profile_names, read_profile

    if publisher == "list":
        out.print("\n".join(profile_names()))
        return
    if file is None:
        raise click.UsageError("Name the publisher's FILE.")
    found = import_file(read_profile(publisher), file, folder)
    show_import(found)
    for report in _paths(given["reports"]):
        report.write_bytes(report_text(found))
    if given["write"]:
        for path in write_import(found, folder):
            say(f"Written: {plain(path)}")


def _paths(given: object) -> tuple[Path, ...]:
    assert isinstance(given, tuple)
    return given


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """End as the keyboard ends it where the system asks for it, so that nothing stays."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _import_table(file: Path, given: dict[str, object]) -> None:
    from api.settings import Settings
    from geo.bulk.analysis import analyse
    from geo.bulk.answers import read_answers
    from geo.bulk.guessing import guess
    from geo.bulk.profile import checked, profile_text
    from geo.bulk.reading import read_table

    asked = _profile_given(given)
    stated = given["answers"]
    answers = read_answers(stated) if isinstance(stated, Path) else {}
    with _progress() as progress:
        reading = progress.add_task("Reading", total=None)
        table = read_table(file, asked.asked, lambda size: progress.update(reading, completed=size))
        click.get_current_context().call_on_close(table.close)
        progress.remove_task(reading)
        guesses = guess(table.columns, table.rows())
        profile = checked(_profile_for(asked, guesses, table))
        store = open_ledger_of(str(given["store"]), existing=not given["write"]).store
        comparing = progress.add_task("Comparing", total=table.count)
        watched: Callable[[int], None] = lambda done: progress.update(comparing, completed=done)  # noqa: E731
        analysis = analyse(table, profile, store, watched, answers=answers)
        click.get_current_context().call_on_close(analysis.close)
    compared = Compared(file, table, guesses, analysis, Settings.from_environment().public_url)
    show_analysis(compared)
    if isinstance(kept := given["save_profile"], Path):
        kept.write_text(profile_text(profile), encoding="utf-8")
        say(f"Saved: {plain(kept)}")
    write_reports(_paths(given["reports"]), compared)
    if given["write"]:
        _write(file, analysis, store, given)
    else:
        if analysis.tally.to_write:
            say("Nothing is written without --write.")
        if analysis.tally.verdicts["refused"]:
            sys.exit(1)


def _progress() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def _profile_given(given: dict[str, object]) -> Profile:
    """Return the profile that the options state, on top of the one in a file."""
    from geo.bulk.profile import Profile, read_profile

    saved = given["profile"]
    profile = read_profile(saved) if isinstance(saved, Path) else Profile()
    source = {name: value for name in _SOURCE if (value := given[f"source_{name}"])}
    stated = {
        name: given[name] for name in ("crs", "layer", "header", "encoding", "doubtful") if given[name] is not None
    }
    repairs, fixed, columns = given["repairs"], given["fixed"], given["column"]
    assert isinstance(repairs, tuple)
    assert isinstance(fixed, dict)
    assert isinstance(columns, dict)
    stated |= {
        "source": {**profile.source, **source},
        "repairs": tuple(dict.fromkeys((*profile.repairs, *repairs))),
        "fixed": {**profile.fixed, **fixed},
        "columns": {**profile.columns, **columns},
    }
    return profile.model_copy(update=stated)


def _profile_for(asked: Profile, guesses: Guesses, table: Table) -> Profile:
    """Return the profile with what was guessed of columns of which nobody said anything, unless a file said all."""
    if asked.columns and all(column in asked.columns for column in table.columns if column):
        return asked
    named = {target for target in asked.columns.values() if target}
    free = {
        each: target for each, target in guesses.targets.items() if each not in asked.columns and target not in named
    }
    columns = {**free, **asked.columns}
    columns = {column: target for column, target in columns.items() if target or column in asked.columns}
    return asked.model_copy(update={"columns": columns, "fixed": {**guesses.fixed, **asked.fixed}})


def _write(file: Path, analysis: Analysis, store: Store, given: dict[str, object]) -> None:
    from geo.bulk import writing
    from geo.proposals import Author
    from web.language import ENGLISH

    author = str(given["author"] or _user())
    comment = str(given["comment"] or f"imported from {file.name}"[:200])
    leaving_out = bool(given["leave_out"])
    if given["propose"]:
        made = writing.propose(analysis, store, Author(author, key=author), comment, leaving_out=leaving_out)
        say(ENGLISH.say("import.proposed", count=len(made)))
        return
    with _progress() as progress:
        task = progress.add_task("Writing", total=analysis.tally.to_write)
        watched: Callable[[int], None] = lambda done: progress.update(task, completed=done)  # noqa: E731
        count = writing.write(analysis, store, author, comment, leaving_out=leaving_out, watched=watched)
    say(ENGLISH.say("import.written", count=count))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "import"
