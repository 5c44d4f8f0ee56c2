"""Commands on records: load, export and check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import track

from api.commands.options import STORE
from api.commands.reports import FORMATS, show_due, show_faults
from api.commands.stores import CommandRefused, open_ledger_of
from api.commands.terminal import err, out, plain, say
from geo.faults import SEVERITIES
from geo.paths import data_folder

if TYPE_CHECKING:
    from geo.faults import Fault
    from geo.records.project import Project


@click.command()
@STORE
@click.option("--overwrite", is_flag=True, help="Also replace records that somebody has changed in the store.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def load(store: str, paths: tuple[Path, ...], overwrite: bool) -> None:
    """Bring records from GeoJSON files or folders into the store.

    Without PATHS it is the curated dataset. All or nothing; running it again changes nothing. Where somebody has
    changed a record in the store, what was loaded before and has changed in other places goes together with that; a
    record that is changed in the same places, or deleted, is left as it is.

    Files may be of any size. While they are loaded, others who want to write are told to come again.
    """
    from api.commands.loading import load_files

    load_files(open_ledger_of(store).store, list(paths), overwrite=overwrite)


@click.command()
@STORE
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(store: str, folder: Path) -> None:
    """Write the store's records into FOLDER as the dataset's files.

    One file a country, always the same bytes for the same records: `export data` in a checkout shows as a difference
    just what was changed.
    """
    from geo.curated import load as dataset

    try:
        files = dataset.export(open_ledger_of(store, existing=True).store, folder)
    except OSError as error:
        raise CommandRefused("folder-not-written", folder=str(folder), reason=str(error.strerror)) from error
    for file in files:
        out.print(plain(file), soft_wrap=True)


@click.command()
@click.option("--store", help="Check what this store holds, instead of files.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="Form of output."
)
@click.option(
    "--least",
    type=click.Choice(SEVERITIES),
    default="warning",
    show_default=True,
    help="The least grave faults to list.",
)
@click.option("--due", is_flag=True, help="Instead, rank the records to look at next.")
@click.option("--most", type=click.IntRange(min=1), default=50, show_default=True, help="How many to rank with --due.")
@click.option("--fix", is_flag=True, help="Mend first, in the files, what has only one right answer, and say what.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def check(store: str | None, form: str, least: str, due: bool, most: int, fix: bool, paths: tuple[Path, ...]) -> None:
    """Check how believable records are: GeoJSON files or folders, or a store.

    Without PATHS it is the curated dataset. Links may lead to records of these files and of the dataset. Of a store its
    file is checked too, while servers may go on: every page, every history without a gap, and the layer and its index
    against the records.

    --due ranks by size, by how long nobody has known better, by the news that a stage lets expect, and by plans that
    have passed. --fix puts events in order, turns a database's day that stands as a start into a snapshot, and takes
    noise out of summaries.

    \b
    error     wrong whatever the truth is; exit code 1
    warning   a curator should look
    note      what a reader should keep in mind, such as a status that is years old
    """
    from api.commands.loading import record_files
    from geo.checks.run import check_files

    if store and (paths or fix):
        raise click.UsageError("Give PATHS or --store, not both." if paths else "--fix changes files, not a store.")
    if due and fix:
        raise click.UsageError("--due lists, --fix changes: one at a time.")
    if due:
        show_due(_records(store, paths), most, form)
        return
    if store:
        found = _faults_of_store(store)
    else:
        files = record_files(list(paths) or [data_folder()])
        if fix:
            _mend(files)
        found = check_files(
            track(files, "Checking", console=err, transient=True, disable=not err.is_terminal),
            record_files([data_folder()]),
        )
    show_faults(found, form, least)
    if any(fault.severity == "error" for fault in found):
        sys.exit(1)


def _faults_of_store(location: str) -> list[Fault]:
    """Return the faults of the file and of what it holds; and of its records, where they can be read."""
    from geo.checks.run import check_store

    store = open_ledger_of(location, existing=True).store
    found = store.verify()
    unread = [each for each in found if each.rule in ("store-page-damaged", "store-record-damaged")]
    return found if unread else found + check_store(store)


def _records(store: str | None, paths: tuple[Path, ...]) -> list[Project]:
    from api.commands.loading import read_records, record_files

    if store is None:
        return list(read_records(record_files(list(paths) or [data_folder()])))
    held = open_ledger_of(store, existing=True).store.current()
    return [revision.project for revision in held if revision.project is not None]


def _mend(files: list[Path]) -> None:
    """Write the files again in which something was mended, and say which records those are."""
    from geo.checks.mend import mended
    from geo.curated.files import dataset_text, is_dataset_file, read_files, replace_file

    for file in files:
        projects = list(read_files([file]))
        if not is_dataset_file(file):
            raise CommandRefused("not-to-be-fixed", file=str(file))
        after = [mended(project) for project in projects]
        changed = [new.id for old, new in zip(projects, after, strict=True) if new is not old]
        if changed:
            replace_file(file, dataset_text(after).encode())
            say(f"Mended in {plain(file)}: {plain(', '.join(changed))}")
