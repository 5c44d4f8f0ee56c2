"""The command line: it composes every layer."""

from __future__ import annotations

import dataclasses
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource
from rich.progress import track
from rich.table import Table

from api.commands.reports import FORMATS, report_text, show_faults, show_import
from api.commands.terminal import err, out, plain, say, show_any_text, typed
from api.settings import SETTINGS, Settings, former_names
from geo import product
from geo.errors import DataFileError, InvalidRecord, LedgerError
from geo.keys import ROLES, create_key
from geo.messages import told
from geo.paths import data_folder

if TYPE_CHECKING:
    from geo.faults import Fault
    from geo.opening import Ledger
    from geo.records.project import Project
    from geo.store import Store

Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def _option_for(name: str, **more: Any) -> Decorator:
    """Return the option of a setting; where it is not given, the variable counts."""
    setting = next(each for each in SETTINGS if each.name == name)
    return click.option(
        setting.option,
        default=lambda: getattr(Settings.from_environment(), name),
        show_default=f"${setting.variable} or {getattr(Settings, name)}",
        help=f"{setting.meaning[:1].upper()}{setting.meaning[1:]}.",
        **more,
    )


_store = _option_for("store")


class _Commands(click.Group):
    """Shows what geodata refuses as a sentence and exit code 1, not as a traceback."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except InvalidRecord as error:
            for fault in error.faults:
                _show_fault(fault)
            sys.exit(1)
        except LedgerError as error:
            say(f"[bold red]refused[/] {plain(error)}")
            sys.exit(1)


class CommandRefused(LedgerError):
    """What a command is asked to do cannot be done; the sentence says what would help."""

    package = "api"


def _show_fault(fault: Fault) -> None:
    detail, expected = told(fault)
    say(f"[bold]{plain(fault.place)}[/] {plain(detail)}")
    if expected:
        say(f"    right would be: {plain(expected)}")


_ABOUT = f"""{product.NAME}: the open, sourced map of the world's lithium and battery projects.

\b
Start here:
  {product.COMMAND} serve                                  the map on http://127.0.0.1:8000
  {product.COMMAND} keys create --name ana --role editor   a key to add records with
  {product.COMMAND} check my-records.geojson               is this file right?
  {product.COMMAND} load my-records.geojson                bring it into the store

Settings may come from variables too; `{product.COMMAND} serve --help` names them all.

Exit code 0: done. 1: refused, or faults found. 2: the command line is wrong.
"""


@click.group(cls=_Commands, help=_ABOUT, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=product.COMMAND, prog_name=product.COMMAND)
def main() -> None:
    show_any_text()
    for sentence in former_names():
        say(plain(sentence))


def former_main() -> None:
    """The command under its former name."""
    say(f"{product.FORMER_COMMAND} is now called {product.COMMAND}; the former name goes with the next release.")
    main()


def _settings_told() -> str:
    """Return what the variables mean, as the help shows it."""
    lines = [f"  {s.variable:<26} {s.meaning} [{getattr(Settings, s.name)}]" for s in SETTINGS]
    return "\b\nVariables that set more, and their defaults:\n" + "\n".join(lines).replace(" [None]", "")


@main.command(epilog=_settings_told())
@_store
@_option_for("host")
@_option_for("port", type=click.IntRange(0, 65_535))
@_option_for("workers", type=click.IntRange(1, 64))
def serve(store: str, host: str, port: int, workers: int) -> None:
    """Serve the map and the API, until Ctrl-C.

    A store that is missing is made, and an empty one is filled with the curated dataset.
    """
    from api.signals import ended_by_signals

    stated = Settings.from_environment()
    with ended_by_signals():
        _serve(dataclasses.replace(stated, store=store, host=host, port=port, workers=workers))
    say(f"Stopped. The data are in {_place(store)}")


def _serve(settings: Settings) -> None:
    from api import server  # takes a second, in which Ctrl-C is heard already

    store = settings.store
    with server.listen(settings.host, settings.port) as listener:
        opened = _open(store)
        if opened.store.latest_sequence() == 0:
            _load(opened.store, [], overwrite=False)
        else:
            _tell_of_other_files(opened.store, store)
        address = server.address_of(listener)
        say(f"The map: [bold]{address}/[/]   the API: {address}/api   the data: {_place(store)}   to stop: Ctrl-C")
        server.run(opened, dataclasses.replace(settings, port=listener.getsockname()[1]), listener)


def _place(store: str) -> str:
    return plain(Path(store).expanduser().absolute())


def _tell_of_other_files(store: Store, location: str) -> None:
    """Say when the dataset of this version is not what the store was filled from."""
    from geo.curated import load as dataset

    if store.dataset_loaded() == dataset.fingerprint(data_folder()):
        return
    try:
        report = dataset.compare(store, _read(_files([data_folder()])))
    except LedgerError as error:
        say(f"The dataset of this version cannot be compared with the store: {plain(str(error)[:500])}")
        return
    if not report.updated + report.merged + report.unchanged + report.kept:
        return  # a store of somebody's own records, never filled with the dataset
    parts = ((report.updated + report.merged, "changed"), (report.created, "new"), (report.dropped, "no longer there"))
    told = ", ".join(f"{len(ids)} {words}" for ids, words in parts if ids)
    if told:
        say(f"The dataset of this version differs from what the store was filled from: {told}.")
        say(f"To take it in, type: [bold]{plain(f'{typed()} load{_option(location)}')}[/]")


@main.command()
@_store
@click.option("--overwrite", is_flag=True, help="Also replace records that somebody has changed in the store.")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def load(store: str, paths: tuple[Path, ...], overwrite: bool) -> None:
    """Bring records from GeoJSON files or folders into the store.

    Without PATHS it is the curated dataset. All or nothing; running it again changes nothing. Where somebody has
    changed a record in the store, what was loaded before and has changed in other places goes together with that; a
    record that is changed in the same places, or deleted, is left as it is.
    """
    _load(_open(store).store, list(paths), overwrite=overwrite)


@main.command()
@_store
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(store: str, folder: Path) -> None:
    """Write the store's records into FOLDER as the dataset's files.

    One file a country, always the same bytes for the same records: `export data` in a checkout shows as a difference
    just what was changed.
    """
    from geo.curated import load as dataset

    try:
        files = dataset.export(_open(store, existing=True).store, folder)
    except OSError as error:
        raise CommandRefused("folder-not-written", folder=str(folder), reason=str(error.strerror)) from error
    for file in files:
        out.print(plain(file), soft_wrap=True)


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
    help="The least grave faults to list.",
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
    from geo.checks.run import check_files, check_store

    if store and paths:
        raise click.UsageError("Give PATHS or --store, not both.")
    if store:
        found = check_store(_open(store, existing=True).store)
    else:
        files = _files(list(paths) or [data_folder()])
        found = check_files(
            track(files, "Checking", console=err, transient=True, disable=not err.is_terminal), _files([data_folder()])
        )
    show_faults(found, form, least)
    if any(fault.severity == "error" for fault in found):
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
    from geo.importing.merge import import_file, write_import
    from geo.importing.profile import profile_names, read_profile

    if profile == "list":
        out.print("\n".join(profile_names()))
        return
    if file is None:
        raise click.UsageError("Name the publisher's FILE.")
    folder = into or data_folder()
    found = import_file(read_profile(profile), file, folder)
    show_import(found)
    if report is not None:
        report.write_bytes(report_text(found))
    if write:
        for path in write_import(found, folder):
            say(f"Written: {plain(path)}")


@main.group()
def keys() -> None:
    """Make, list and revoke the keys with which records are changed."""


@keys.command()
@_store
@click.option("--name", required=True, help="Who will use the key; shown as the author of their changes.")
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True, help="What it may do.")
def create(store: str, name: str, role: str) -> None:
    """Make a key for a store that is there, and show it, once."""
    key, secret = create_key(_open(store, existing=True).store.keys, name, role)
    say(f"Key of {plain(key.name)} ({key.role}) for {_place(store)}. It is shown only now, and kept as a hash:")
    click.echo(secret)


@keys.command(name="list")
@_store
def list_keys(store: str) -> None:
    """List every key, without its secret."""
    table = Table("Name", "Role", "Made", "Revoked")
    for key in _open(store, existing=True).store.keys.all():
        table.add_row(plain(key.name), key.role, key.created, key.revoked or "")
    out.print(table)


@keys.command()
@_store
@click.option("--name", required=True, help="Name of the key.")
def revoke(store: str, name: str) -> None:
    """Revoke a key; from now on it opens nothing."""
    key = _open(store, existing=True).store.keys.revoke(name)
    say(f"Revoked the key of {plain(key.name)}.")


def _open(store: str, *, existing: bool = False) -> Ledger:
    """Open the store until the command ends; where an `existing` one is needed, none is made."""
    from geo.opening import open_ledger, store_path

    path = store_path(store)
    is_new = _is_missing(path)
    if is_new and existing and not _is_missing(path.absolute().parent):
        values = {"variable": f"{product.VARIABLES}STORE", "command": f"{typed()} load{_option(store)}"}
        raise CommandRefused("no-such-store", path=str(path.absolute()), **values)
    context = click.get_current_context()
    if store == product.FORMER_STORE_FILE and context.get_parameter_source("store") is ParameterSource.DEFAULT:
        say(f"The store has the former name {store}; while no server runs, rename it to {product.STORE_FILE}.")
    opened = open_ledger(path)
    context.call_on_close(opened.store.close)
    if is_new:
        say(f"A new store: {_place(store)}")
    return opened


def _is_missing(path: Path) -> bool:
    """Return whether nothing is there; where that cannot be told, opening it will say why."""
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _option(store: str) -> str:
    return "" if store == product.STORE_FILE else f" --store {shlex.quote(store)}"


def _files(paths: Iterable[Path]) -> list[Path]:
    from geo.curated.load import projects_folder

    files: list[Path] = []
    for path in paths:
        found = sorted(projects_folder(path).glob("*.geojson")) if path.is_dir() else [path]
        if not found:
            raise DataFileError("no-geojson-files", folder=str(path))
        files += found
    return files


def _load(store: Store, paths: list[Path], *, overwrite: bool) -> None:
    """Load files, or the curated dataset where none is named."""
    from geo.curated import load as dataset

    comment = dataset.FROM_FILES if paths else dataset.FROM_DATASET
    found = _fingerprint_of_dataset() if not paths else None
    projects = list(_read(_files(paths or [data_folder()])))
    report = dataset.load(store, projects, comment, overwrite=overwrite)
    if found is not None:
        store.note_dataset_loaded(found)
    store.fold()
    counts = {name: len(ids) for name, ids in vars(report).items() if ids and name not in ("dropped", "conflicts")}
    say("Loaded: " + (", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing"))
    _tell(_misplaced(projects), "Places outside their country, or at 0, 0")
    _tell(report.merged, "Changed both here and in what was loaded, in different places; they hold both now")
    _tell(report.kept, "Kept as they are in the store, where somebody changed or deleted them")
    for project_id, places in report.conflicts.items():
        _tell(places, f"Both here and in what was loaded, {plain(project_id)} is changed at")
    if not paths:
        _tell(report.dropped, "Loaded once, not in the dataset today, and left as they are")


def _misplaced(projects: list[Project]) -> list[str]:
    from geo.records.places import location_doubt

    return [p.id for p in projects if location_doubt(p.properties.country, p.geometry) is not None]


def _tell(ids: list[str], words: str) -> None:
    if ids:
        say(f"{words}: {plain(', '.join(ids))}")


def _fingerprint_of_dataset() -> str:
    from geo.curated import load as dataset

    return dataset.fingerprint(data_folder())


def _read(files: list[Path]) -> Iterator[Project]:
    from geo.curated.files import read_files

    return read_files(track(files, "Reading", console=err, transient=True, disable=not err.is_terminal))
