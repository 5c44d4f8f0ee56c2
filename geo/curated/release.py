"""A release of the curated dataset: its name, its records, and what became of those that are no longer among them."""

from __future__ import annotations

import gzip
import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from geo.curated.files import dataset_text, projects_folder, records_of
from geo.curated.tables import read_table
from geo.errors import DataFileError
from geo.paths import data_folder
from geo.records.project import Project

RELEASE_FILE = "release.toml"
RETIRED_FILE = "retired.json"


class Retired(BaseModel):
    """A record of former releases that is no longer there: what stands for it (None: nothing), since when, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    successor: str | None
    release: str
    reason: str


@dataclass(frozen=True)
class Sample:
    """What an outside check of claims drawn at random found in a release."""

    release: str
    claims: int
    wrong: int


@dataclass(frozen=True)
class Release:
    """The name of a release (a year and a month), the one before it, and the last outside check."""

    name: str
    former: str
    date: str
    sample: Sample


def read_release(folder: Path | None = None) -> Release:
    """Return what a data folder (the curated dataset's by default) says of its release; raises DataFileError."""
    file = (folder or data_folder()) / RELEASE_FILE
    try:
        stated = tomllib.loads(file.read_text(encoding="utf-8"))
        return Release(**{**stated, "sample": Sample(**stated["sample"])})
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DataFileError("not-a-release", file=str(file), reason=str(error)) from error


def read_retired(folder: Path | None = None) -> dict[str, Retired]:
    """Return the records that former releases had and this one has not, by id; none where the file is missing."""
    file = (folder or data_folder()) / RETIRED_FILE
    return {each.id: each for each in read_table(file, Retired, "not-retired")} if file.exists() else {}


def fingerprint(folder: Path) -> str:
    """Return a text that is the same only for the same records, and retired ones, in a data folder."""
    digest = hashlib.blake2b(digest_size=16)
    for file in (*sorted(projects_folder(folder).glob("*.geojson")), folder / RETIRED_FILE):
        if file.exists():
            content = file.read_bytes()
            digest.update(f"{file.name} {len(content)} ".encode() + content)
    return digest.hexdigest()


def kept_file(name: str, folder: Path | None = None) -> Path:
    """Return where a former release is kept whole."""
    return (folder or data_folder()) / "releases" / f"{name}.geojson.gz"


def read_kept(name: str, folder: Path | None = None) -> Iterator[Project]:
    """Yield the records of a former release; raises DataFileError for one that is not kept."""
    file = kept_file(name, folder)
    if not file.exists():
        known = tuple(sorted(each.name.removesuffix(".geojson.gz") for each in file.parent.glob("*.geojson.gz")))
        raise DataFileError("no-such-release", name=name, known=known)
    return records_of(gzip.decompress(file.read_bytes()), file.name)


def keep(projects: Iterable[Project], name: str, folder: Path | None = None) -> Path:
    """Keep a release whole, to compare later ones with: the same bytes for the same records."""
    file = kept_file(name, folder)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(gzip.compress(dataset_text(projects).encode(), mtime=0))
    return file
