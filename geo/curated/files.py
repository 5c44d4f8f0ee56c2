"""Records in GeoJSON files: the curated dataset's files, written so that a change shows as the lines that changed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO

from geo.curated.features import features_of
from geo.curated.seen import Seen, seeing
from geo.errors import DataFileError, InvalidRecord
from geo.faults import Fault, fault
from geo.paths import data_folder
from geo.records.project import Project
from geo.strict_json import read_json

MOST_FAULTS = 1_000  # as many are told; of more their number is

OpenFile = Callable[[Path], AbstractContextManager[BinaryIO]]


def open_file(file: Path) -> AbstractContextManager[BinaryIO]:
    return file.open("rb")


def read_projects(path: Path) -> Iterator[Project]:
    """Yield the records of a GeoJSON FeatureCollection or Feature file, or of every `*.geojson` file of a folder.

    Raises DataFileError for a file that is not GeoJSON, and InvalidRecord after the last record with every fault of
    all of them, file and record named.
    """
    yield from read_files(files_of(path) if path.is_dir() else [path])


def files_of(folder: Path) -> list[Path]:
    """Return the `*.geojson` files of a folder; raises DataFileError where there is none.

    Whoever made the folder may have put links into it that lead out of it: those are refused. The dataset's own folder
    may be made of links, as some installers do it.
    """
    files = sorted(folder.glob("*.geojson"))
    if not files:
        raise DataFileError("no-geojson-files", folder=str(folder))
    inside = folder.resolve()
    for file in files if inside != projects_folder(data_folder()).resolve() else ():
        if not file.resolve().is_relative_to(inside) or not file.is_file():
            raise DataFileError("file-elsewhere", file=str(file))
    return files


def within(folder: Path, name: str) -> Path:
    """Return a part of a data folder, there or not; raises DataFileError where it is a link that leads out of it.

    Of the dataset's own folder it may, as the records' files may.
    """
    part, inside = folder / name, folder.resolve()
    if not part.resolve().is_relative_to(inside) and inside != data_folder().resolve():
        raise DataFileError("file-elsewhere", file=str(part))
    return part


def read_files(files: Iterable[Path], opened: OpenFile = open_file) -> Iterator[Project]:
    """Yield the records of GeoJSON files, as they are read; raises as `read_projects` does.

    After a fault the rest is only read for more of them.
    """
    found = _Found()
    with seeing() as seen:
        for file in files:
            try:
                for index, feature in enumerate(features_in(file, opened)):
                    project = found.read(feature, f"{file.name}#/features/{index}", seen)
                    if project is not None and not found.number:
                        yield project
            except DataFileError as error:
                found.unread(error)
    found.refuse()


class _Found:
    """What is wrong with files and their records: as many faults as are told, and the number of all."""

    def __init__(self) -> None:
        self.number = 0
        self._unread: list[DataFileError] = []
        self._faults: list[Fault] = []

    def read(self, feature: Any, place: str, seen: Seen) -> Project | None:
        try:
            project = Project.from_feature(feature)
        except InvalidRecord as error:
            self._add(_placed(error, feature, place))
            return None
        other = seen.add(project.id, place)
        if other is not None:
            self._add([fault("/id", "duplicate-id", id=project.id, other=other).in_file(place)])
        return project

    def unread(self, error: DataFileError) -> None:
        self._unread.append(error)
        self.number += 1

    def _add(self, faults: list[Fault]) -> None:
        self.number += len(faults)
        self._faults += faults[: MOST_FAULTS - len(self._faults)]

    def refuse(self) -> None:
        if self._unread and self.number == 1:
            raise self._unread[0]
        if self.number:
            told = [*(Fault("", error.rule, error.values) for error in self._unread), *self._faults]
            more = self.number - len(told)
            raise InvalidRecord([*told, fault("", "more-faults", count=more)] if more else told)


def projects_folder(folder: Path) -> Path:
    """Return the folder of record files: `folder/projects` where that exists, or else the folder itself.

    Raises DataFileError where it is a link that leads out of the folder.
    """
    nested = within(folder, "projects")
    return nested if nested.is_dir() else folder


def is_dataset_file(file: Path) -> bool:
    """Return whether a GeoJSON file has nothing but records, so that writing them again loses nothing."""
    document = read_json(file.read_bytes())
    return isinstance(document, dict) and document.keys() == {"type", "features"}


def read_features(file: Path) -> list[Any]:
    """Return the raw features of a GeoJSON file; raises DataFileError when it is not one."""
    return list(features_in(file))


def features_in(file: Path, opened: OpenFile = open_file) -> Iterator[Any]:
    """Yield the raw features of a GeoJSON file, as they are read; raises DataFileError when it is not one."""
    try:
        with opened(file) as content:
            yield from features_of(content, str(file))
    except OSError as error:
        raise DataFileError("file-unreadable", file=str(file), reason=str(error.strerror)) from error


def records_of(content: bytes, name: str) -> Iterator[Project]:
    """Yield the records of a GeoJSON file's content, which was valid when it was written."""
    return map(Project.from_feature, features_of(io.BytesIO(content), name))


def _placed(error: InvalidRecord, feature: Any, place: str) -> list[Fault]:
    name = feature.get("id") if isinstance(feature, dict) else None
    record = name[:100] if isinstance(name, str) else ""
    return [each.of(record).in_file(place) for each in error.faults]


def write_dataset(folder: Path, projects: Iterable[Project]) -> list[Path]:
    """Write one file a country (`BO.geojson`) into `folder` and return their paths.

    Records are in the order of their ids. A country's file without records left is removed.
    """
    by_country: dict[str, list[Project]] = {}
    for project in projects:
        by_country.setdefault(project.properties.country, []).append(project)
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{country}.geojson" for country in sorted(by_country)]
    for file in files:
        replace_file(file, dataset_text(by_country[file.stem]).encode())
    for stale in set(folder.glob("[A-Z][A-Z].geojson")) - set(files):
        stale.unlink()
    return files


def replace_file(file: Path, content: bytes) -> None:
    """Write a file whole or not at all: whoever reads it meanwhile sees the old one."""
    unfinished = file.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with unfinished.open("xb") as out:  # a new file: one that is there may be a link to another
        out.write(content)
    unfinished.replace(file)


def dataset_text(projects: Iterable[Project]) -> str:
    """Return records as a GeoJSON FeatureCollection in the dataset layout: the same bytes for the same records."""
    features = ",\n".join(_feature_text(p) for p in sorted(projects, key=lambda p: p.id))
    return '{\n"type": "FeatureCollection",\n"features": [\n' + features + "\n]\n}\n"


def _feature_text(project: Project) -> str:
    properties = json.dumps(project.stated(), ensure_ascii=False, indent=1)
    geometry = json.dumps(project.geometry, ensure_ascii=False)
    return f'{{\n"type": "Feature",\n"id": "{project.id}",\n"geometry": {geometry},\n"properties": {properties}\n}}'
