"""Loading of record files into a store, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.progress import Progress

from api.commands.stores import option_of
from api.commands.terminal import err, plain, say, typed
from geo.curated import load as dataset
from geo.curated.files import files_of, projects_folder, read_features, read_files
from geo.curated.release import Retired, fingerprint, read_release, read_retired
from geo.errors import LedgerError
from geo.paths import data_folder
from geo.records.project import Project
from geo.store import Loaded, Store

MOST_TOLD = 100  # records of one sort that are named


def load_files(store: Store, paths: list[Path], *, overwrite: bool) -> None:
    """Load files, or the curated dataset where none is named."""
    if paths:
        odd: list[str] = []
        projects = _noting(read_records(record_files(paths)), odd)
        given = dataset.Given(projects, dataset.FROM_FILES, overwrite=overwrite)
        _tell_what_came(dataset.load(store, given), given, odd)
        store.fold()
    else:
        load_dataset(store, overwrite=overwrite)


def load_dataset(store: Store, *, overwrite: bool = False) -> None:
    """Take in the release of the curated dataset that this version has."""
    odd: list[str] = []
    loaded, given = _loaded_now(), _dataset(overwrite, odd)
    report = dataset.load(store, given)
    store.note_dataset_loaded(loaded)
    store.fold()
    _tell_what_came(report, given, odd)
    _tell(report.dropped, "Loaded once, not in the dataset today, and left as they are")


def _loaded_now() -> Loaded:
    return Loaded(fingerprint(data_folder()), read_release().name)


def _dataset(overwrite: bool = False, odd: list[str] | None = None) -> dataset.Given:
    projects = _noting(read_records(record_files([data_folder()])), [] if odd is None else odd)
    return dataset.Given(projects, retired=read_retired(), overwrite=overwrite)


def _noting(projects: Iterable[Project], odd: list[str]) -> Iterator[Project]:
    """Yield records, and note those whose place is outside their country."""
    for project in projects:
        if project.location_doubt is not None:
            odd.append(project.id)
        yield project


def _tell_what_came(report: dataset.LoadReport, given: dataset.Given, odd: list[str]) -> None:
    counts = {name: len(ids) for name, ids in vars(report).items() if ids and name not in ("dropped", "conflicts")}
    say("Loaded: " + (", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing"))
    _tell(odd, "Places outside their country, or at 0, 0")
    _tell(report.merged, "Changed both here and in what was loaded, in different places; they hold both now")
    retired = [each for each in report.kept if each in given.retired]
    kept = [each for each in report.kept if each not in given.retired]
    _tell(kept, "Kept as they are in the store, where somebody changed or deleted them")
    told = [_became(given.retired[each]) for each in retired]
    _tell(told, "No longer records of their own in the dataset, and kept here, where somebody changed them")
    for project_id, places in report.conflicts.items():
        _tell(places, f"Both here and in what was loaded, {plain(project_id)} is changed at")
    now = [_became(given.retired[each]) for each in report.retired]
    _tell(now, "No longer records of their own; their addresses lead to those that stand for them")


def _became(retired: Retired) -> str:
    return f"{retired.id} ({'now ' + retired.successor if retired.successor else retired.reason})"


def _tell(ids: list[str], words: str) -> None:
    if ids:
        more = f", and {len(ids) - MOST_TOLD:,} more" if len(ids) > MOST_TOLD else ""
        say(f"{words}: {plain(', '.join(ids[:MOST_TOLD]))}{more}")


def update(store: Store) -> None:
    """Take in this version's dataset where the store was filled from another one; where that cannot be, say why."""
    try:
        if _differs(store):
            load_dataset(store)
    except LedgerError as error:
        say(f"The dataset of this version is not taken in: {plain(str(error)[:500])}")


def tell_of_other_files(store: Store, location: str) -> None:
    """Say when the dataset of this version is not what the store was filled from."""
    try:
        report = _differs(store)
    except LedgerError as error:
        say(f"The dataset of this version cannot be compared with the store: {plain(str(error)[:500])}")
        return
    if report is None:
        return
    parts = (
        (report.updated + report.merged, "changed"),
        (report.created, "new"),
        (report.retired, "no longer records of their own"),
        (report.dropped, "no longer there"),
    )
    told = ", ".join(f"{len(ids)} {words}" for ids, words in parts if ids)
    if told:
        before, now = _release_loaded(store), read_release().name
        of = f" (release {before}, now {now})" if before != now else ""
        say(f"The dataset of this version differs from what the store was filled from{of}: {told}.")
        say(f"To take it in, type: [bold]{plain(f'{typed()} load{option_of(location)}')}[/]")


def _release_loaded(store: Store) -> str:
    loaded = store.dataset_loaded()
    return (loaded and loaded.release) or f"{read_release().former} or older"


def _differs(store: Store) -> dataset.LoadReport | None:
    """Return what loading the dataset would do; None where it is the one loaded, or none of it ever was."""
    loaded = store.dataset_loaded()
    if loaded and loaded.fingerprint == fingerprint(data_folder()):
        return None
    if loaded is None and not dataset.is_of_dataset(store, _ids_of_dataset()):
        return None
    report = dataset.compare(store, _dataset())
    return report if report.updated + report.merged + report.unchanged + report.kept else None


def _ids_of_dataset() -> Iterator[str]:
    """Yield the ids that the dataset's files state, which are not checked for it."""
    for file in record_files([data_folder()]):
        for feature in read_features(file):
            yield str(feature["id"])


def record_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files of records in these files and folders; raises DataFileError for a folder without any."""
    files: list[Path] = []
    for path in paths:
        files += files_of(projects_folder(path)) if path.is_dir() else [path]
    return files


def read_records(files: list[Path]) -> Iterator[Project]:
    """Yield the records of files, with a bar on a terminal that shows how far it has come."""
    with Progress(console=err, transient=True, disable=not err.is_terminal) as shown:
        total = sum(file.stat().st_size for file in files if file.is_file())
        task = shown.add_task("Reading", total=total)
        yield from read_files(files, lambda file: shown.open(file, "rb", total=total, task_id=task))
