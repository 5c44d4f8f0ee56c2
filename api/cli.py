"""The command line: it composes every layer."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from api.cli_reports import FORMATS, report_text, show_import, show_violations
from api.settings import Settings
from geo.errors import AtlasError, DataFileError, InvalidRecord, StoreError
from geo.keys import ROLES, create_key
from geo.paths import data_folder

if TYPE_CHECKING:
    from geo.records import Project
    from geo.store import Store

_out, _err = Console(), Console(stderr=True)

_store = click.option(
    "--store",
    default=lambda: Settings.from_environment().store,
    show_default="$ATLAS_STORE or atlas.gpkg",
    help="The GeoPackage that keeps the records; it is made when it is missing.",
)


class _Commands(click.Group):
    """Shows what geodata refuses as a sentence and exit code 1, not as a traceback."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except InvalidRecord as error:
            for fault in error.errors[:50]:
                _show_fault(_err, fault.pointer, fault.detail, fault.expected)
            sys.exit(1)
        except AtlasError as error:
            _err.print(f"[bold red]refused[/] {_plain(str(error))}", soft_wrap=True)
            sys.exit(1)


def _show_fault(console: Console, where: str, detail: str, expected: str) -> None:
    console.print(f"[bold]{_plain(where)}[/] {_plain(detail)}", soft_wrap=True)
    if expected:
        console.print(f"    right would be: {_plain(expected)}", soft_wrap=True)


def _plain(text: str) -> str:
    return text.replace("[", "\\[")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lithium-atlas")
def main() -> None:
    """Lithium Atlas: the open, sourced map of the world's lithium and battery projects.

    \b
    Start here:
      lithium-atlas serve                                  the map on http://127.0.0.1:8000
      lithium-atlas keys create --name ana --role editor   a key to add records with
      lithium-atlas check my-records.geojson               is this file right?
      lithium-atlas load my-records.geojson                bring it into the store

    Exit code 0: done. 1: refused, or faults found. 2: the command line is wrong.
    """


@main.command()
@_store
@click.option(
    "--host", default=lambda: Settings.from_environment().host, show_default="127.0.0.1", help="Address to listen on."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=lambda: Settings.from_environment().port,
    show_default="8000",
    help="Port to listen on.",
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that share the store."
)
def serve(store: str, host: str, port: int, workers: int) -> None:
    """Serve the map and the API.

    An empty store is filled with the curated dataset first.
    """
    from api import server

    server.check_free(host, port)
    opened = _open(store)
    if opened.latest_sequence() == 0:
        _load(opened, [data_folder()], overwrite=False)
    _out.print(
        f"The map: [bold]http://{host}:{port}/[/]   the API: http://{host}:{port}/api   the store: {_plain(store)}",
        soft_wrap=True,
    )
    server.run(opened, Settings(store, host, port, Settings.from_environment().public_url), workers)


@main.command()
@_store
@click.option("--overwrite", is_flag=True, help="Also replace records that somebody has changed in the store.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def load(store: str, paths: tuple[Path, ...], overwrite: bool) -> None:
    """Bring records from GeoJSON files or folders into the store.

    Without PATHS it is the curated dataset. All or nothing; running it again changes nothing. A record that somebody
    has changed or deleted in the store is left as it is.
    """
    _load(_open(store), list(paths) or [data_folder()], overwrite=overwrite)


@main.command()
@_store
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(store: str, folder: Path) -> None:
    """Write the store's records into FOLDER as the dataset's files.

    One file a country, always the same bytes for the same records: `lithium-atlas export data` in a checkout shows as
    a difference just what was changed.
    """
    from geo import dataset

    for file in dataset.export(_open(store, existing=True), folder):
        _out.print(_plain(str(file)), soft_wrap=True)


@main.command()
@click.option("--store", help="Check what this store holds, instead of files.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="Form of output."
)
@click.option(
    "--least",
    type=click.Choice(("error", "warning", "note")),
    default="warning",
    show_default=True,
    help="The least grave violations to list.",
)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def check(store: str | None, form: str, least: str, paths: tuple[Path, ...]) -> None:
    """Check how believable records are: GeoJSON files or folders, or a store.

    Without PATHS it is the curated dataset. Links may lead to records of these files and of the dataset.

    \b
    error     wrong whatever the truth is; exit code 1
    warning   a curator should look
    note      what a reader should keep in mind, such as a status that is years old
    """
    from geo.checks import check_files, check_store

    if store and paths:
        raise click.UsageError("Give PATHS or --store, not both.")
    if store:
        found = check_store(_open(store, existing=True))
    else:
        files = _files(list(paths) or [data_folder()])
        found = check_files(track(files, "Checking", console=_err, transient=True), _files([data_folder()]))
    show_violations(_out, _err, found, form, least)
    if any(violation.severity == "error" for violation in found):
        sys.exit(1)


@main.command(name="import")
@click.option("--profile", required=True, help="Whose file it is; `--profile list` names those that are known.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Data folder whose records the rows are compared with and, with --write, written into. [default: the dataset]",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what every row is into this file, as JSON; the table cuts long lists of rows short.",
)
@click.option("--write", is_flag=True, help="Write the new and the enriched records; without it nothing is written.")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(profile: str, into: Path | None, report: Path | None, write: bool, file: Path | None) -> None:
    """Compare a publisher's own FILE with the records, and take in what is new.

    Says of every row what it is: known already, new, the same as a record or a phase of it (as decisions.json says),
    doubtful (it looks like a record, and decisions.json does not say what it is), or left out, and why. Running it
    again changes nothing.
    """
    from geo.importing import import_file, write_import
    from geo.profile import profile_names, read_profile

    if profile == "list":
        _out.print("\n".join(profile_names()))
        return
    if file is None:
        raise click.UsageError("Name the publisher's FILE.")
    folder = into or data_folder()
    found = import_file(read_profile(profile), file, folder)
    show_import(_out, _err, found)
    if report is not None:
        report.write_bytes(report_text(found))
    if write:
        for path in write_import(found, folder):
            _err.print(f"Written: {_plain(str(path))}", soft_wrap=True)


@main.group()
def keys() -> None:
    """Make, list and revoke the keys with which records are changed."""


@keys.command()
@_store
@click.option("--name", required=True, help="Who will use the key; shown as the author of their changes.")
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True, help="What it may do.")
def create(store: str, name: str, role: str) -> None:
    """Make a key and show it, once."""
    key, secret = create_key(_open(store).keys, name, role)
    _err.print(f"Key of {_plain(key.name)} ({key.role}). It is shown only now, and kept as a hash:")
    click.echo(secret)


@keys.command(name="list")
@_store
def list_keys(store: str) -> None:
    """List every key, without its secret."""
    table = Table("Name", "Role", "Made", "Revoked")
    for key in _open(store, existing=True).keys.all():
        table.add_row(_plain(key.name), key.role, key.created, key.revoked or "")
    _out.print(table)


@keys.command()
@_store
@click.option("--name", required=True, help="Name of the key.")
def revoke(store: str, name: str) -> None:
    """Revoke a key; from now on it opens nothing."""
    key = _open(store, existing=True).keys.revoke(name)
    _err.print(f"Revoked the key of {_plain(key.name)}.")


def _open(store: str, *, existing: bool = False) -> Store:
    """Open the store; where an `existing` one is needed, a mistyped name must not make a new one."""
    from geo.store import open_store

    if existing and not Path(store).exists():
        raise StoreError(f"{store}: there is no such store.")
    return open_store(store)


def _files(paths: Iterable[Path]) -> list[Path]:
    from geo.dataset import projects_folder

    files: list[Path] = []
    for path in paths:
        found = sorted(projects_folder(path).glob("*.geojson")) if path.is_dir() else [path]
        if not found:
            raise DataFileError(f"{path}: there is no *.geojson file in this folder.")
        files += found
    return files


def _load(store: Store, paths: list[Path], *, overwrite: bool) -> None:
    from geo import dataset

    report = dataset.load(store, _read(_files(paths)), "loaded from files", overwrite=overwrite)
    counts = {name: len(ids) for name, ids in vars(report).items() if ids}
    _err.print("Loaded: " + (", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing"))
    if report.kept:
        shown = ", ".join(report.kept[:10]) + (" …" if len(report.kept) > 10 else "")
        _err.print(f"Kept as they are in the store, where somebody changed or deleted them: {shown}", soft_wrap=True)


def _read(files: list[Path]) -> Iterator[Project]:
    from geo.formats import read_projects

    for file in track(files, "Reading", console=_err, transient=True):
        yield from read_projects(file)
