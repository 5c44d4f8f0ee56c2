"""Loading of record files into a store, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.progress import track

from api.commands.stores import option_of
from api.commands.terminal import err, plain, say, typed
from geo.curated import load as dataset
from geo.curated.files import read_files
from geo.errors import DataFileError, LedgerError
from geo.paths import data_folder
from geo.records.places import location_doubt
from geo.records.project import Project
from geo.store import Store


def load_files(store: Store, paths: list[Path], *, overwrite: bool) -> None:
    """Load files, or the curated dataset where none is named."""
    comment = dataset.FROM_FILES if paths else dataset.FROM_DATASET
    found = dataset.fingerprint(data_folder()) if not paths else None
    projects = list(read_records(record_files(paths or [data_folder()])))
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
    return [p.id for p in projects if location_doubt(p.properties.country, p.geometry) is not None]


def _tell(ids: list[str], words: str) -> None:
    if ids:
        say(f"{words}: {plain(', '.join(ids))}")


def tell_of_other_files(store: Store, location: str) -> None:
    """Say when the dataset of this version is not what the store was filled from."""
    if store.dataset_loaded() == dataset.fingerprint(data_folder()):
        return
    try:
        report = dataset.compare(store, read_records(record_files([data_folder()])))
    except LedgerError as error:
        say(f"The dataset of this version cannot be compared with the store: {plain(str(error)[:500])}")
        return
    if not report.updated + report.merged + report.unchanged + report.kept:
        return  # a store of somebody's own records, never filled with the dataset
    parts = ((report.updated + report.merged, "changed"), (report.created, "new"), (report.dropped, "no longer there"))
    told = ", ".join(f"{len(ids)} {words}" for ids, words in parts if ids)
    if told:
        say(f"The dataset of this version differs from what the store was filled from: {told}.")
        say(f"To take it in, type: [bold]{plain(f'{typed()} load{option_of(location)}')}[/]")


def record_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files of records in these files and folders; raises DataFileError for a folder without any."""
    files: list[Path] = []
    for path in paths:
        found = sorted(dataset.projects_folder(path).glob("*.geojson")) if path.is_dir() else [path]
        if not found:
            raise DataFileError("no-geojson-files", folder=str(path))
        files += found
    return files


def read_records(files: list[Path]) -> Iterator[Project]:
    """Yield the records of files, with a bar on a terminal that shows how far it has come."""
    return read_files(track(files, "Reading", console=err, transient=True, disable=not err.is_terminal))
