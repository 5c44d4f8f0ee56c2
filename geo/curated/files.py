"""Records in GeoJSON files: the curated dataset's files, written so that a change shows as the lines that changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from geo.errors import DataFileError, InvalidRecord, NotJson
from geo.faults import Fault, fault
from geo.records.geometry import crs_errors
from geo.records.project import Project
from geo.strict_json import read_json

MOST_BYTES = 256 * 2**20


def read_projects(path: Path) -> Iterator[Project]:
    """Yield the records of a GeoJSON FeatureCollection or Feature file, or of every `*.geojson` file of a folder.

    Raises DataFileError for a file that is not GeoJSON, and InvalidRecord after the last record with every fault of
    all of them, file and record named.
    """
    files = sorted(path.glob("*.geojson")) if path.is_dir() else [path]
    if not files:
        raise DataFileError("no-geojson-files", folder=str(path))
    yield from read_files(files)


def read_files(files: Iterable[Path]) -> Iterator[Project]:
    """Yield the records of GeoJSON files; raises as `read_projects` does."""
    faults: list[Fault] = []
    unread: list[DataFileError] = []
    homes: dict[str, str] = {}
    for file in files:
        try:
            features = read_features(file)
        except DataFileError as error:
            unread.append(error)
            continue
        for index, feature in enumerate(features):
            place = f"{file.name}#/features/{index}"
            try:
                project = Project.from_feature(feature)
            except InvalidRecord as error:
                faults += _placed(error, feature, place)
                continue
            if project.id in homes:
                faults.append(fault("/id", "duplicate-id", id=project.id, other=homes[project.id]).in_file(place))
            homes[project.id] = place
            yield project
    if len(unread) == 1 and not faults:
        raise unread[0]
    if faults or unread:
        raise InvalidRecord([*(Fault("", error.rule, error.values) for error in unread), *faults])


def projects_folder(folder: Path) -> Path:
    """Return the folder of record files: `folder/projects` where that exists, or else the folder itself."""
    nested = folder / "projects"
    return nested if nested.is_dir() else folder


def is_dataset_file(file: Path) -> bool:
    """Return whether a GeoJSON file has nothing but records, so that writing them again loses nothing."""
    document = read_json(file.read_bytes())
    return isinstance(document, dict) and document.keys() == {"type", "features"}


def read_features(file: Path) -> list[Any]:
    """Return the raw features of a GeoJSON file; raises DataFileError when it is not one."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise DataFileError("file-too-large", file=str(file), mib=MOST_BYTES // 2**20)
        return _features(file.read_bytes(), str(file))
    except OSError as error:
        raise DataFileError("file-unreadable", file=str(file), reason=str(error.strerror)) from error


def records_of(content: bytes, name: str) -> Iterator[Project]:
    """Yield the records of a GeoJSON file's content, which was valid when it was written."""
    return map(Project.from_feature, _features(content, name))


def _features(content: bytes, file: str) -> list[Any]:
    try:
        document = read_json(content)
    except NotJson as error:
        raise DataFileError(error.rule, file=file, **error.values) from error
    if isinstance(document, dict) and document.get("type") == "Feature":
        return [document]
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise DataFileError("not-a-collection", file=file)
    for each in crs_errors(document):
        raise DataFileError(each.rule, file=file, **each.values)
    return features


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
    unfinished.write_bytes(content)
    unfinished.replace(file)


def dataset_text(projects: Iterable[Project]) -> str:
    """Return records as a GeoJSON FeatureCollection in the dataset layout: the same bytes for the same records."""
    features = ",\n".join(_feature_text(p) for p in sorted(projects, key=lambda p: p.id))
    return '{\n"type": "FeatureCollection",\n"features": [\n' + features + "\n]\n}\n"


def _feature_text(project: Project) -> str:
    properties = json.dumps(project.stated(), ensure_ascii=False, indent=1)
    geometry = json.dumps(project.geometry, ensure_ascii=False)
    return f'{{\n"type": "Feature",\n"id": "{project.id}",\n"geometry": {geometry},\n"properties": {properties}\n}}'
