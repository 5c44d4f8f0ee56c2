"""A release of the curated dataset: its name, its records, and what became of those that are no longer among them."""

from __future__ import annotations

import gzip
import hashlib
import math
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geo.curated.files import dataset_text, projects_folder, records_of, replace_file, within
from geo.curated.tables import read_table
from geo.errors import DataFileError
from geo.paths import data_folder
from geo.records.project import Project
from geo.records.refused import refused_faults

RELEASE_FILE = "release.toml"
RETIRED_FILE = "retired.json"


class Retired(BaseModel):
    """A record of former releases that is no longer there: what stands for it (None: nothing), since when, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    successor: str | None
    release: str
    reason: str


class Sample(BaseModel):
    """What an outside check of claims drawn at random found in a release."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    release: str
    claims: int = Field(gt=0)
    wrong: int = Field(ge=0)

    @property
    def interval(self) -> tuple[float, float, float]:
        """The share of wrong claims in percent, with the bounds of its 95 % interval.

        Wilson's score interval: Brown, Cai and DasGupta 2001, Statistical Science 16, p. 107, with z = 1.96.
        """
        n, p, z = self.claims, self.wrong / self.claims, 1.96
        middle, reach = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        low, high = ((middle - reach) / (1 + z * z / n), (middle + reach) / (1 + z * z / n))
        return 100 * p, 100 * low, 100 * high


class Release(BaseModel):
    """The name of a release (a year and a month), the one before it, the last outside check, and what it lacks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    former: str
    date: str
    gaps: tuple[str, ...]
    sample: Sample


def read_release(folder: Path | None = None) -> Release:
    """Return what a data folder (the curated dataset's by default) says of its release; raises DataFileError."""
    file = within(folder or data_folder(), RELEASE_FILE)
    try:
        return Release.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        reason = ", ".join(sorted({str(each["loc"][0]) for each in error.errors()}))
        raise DataFileError("not-a-release", refused_faults(error), file=str(file), reason=reason) from error
    except (OSError, ValueError) as error:
        raise DataFileError("not-a-release", file=str(file), reason=str(error)) from error


def read_retired(folder: Path | None = None) -> dict[str, Retired]:
    """Return the records that former releases had and this one has not, by id; none where the file is missing."""
    file = within(folder or data_folder(), RETIRED_FILE)
    return {each.id: each for each in read_table(file, Retired, "not-retired")} if file.exists() else {}


def fingerprint(folder: Path) -> str:
    """Return a text that is the same only for the same records, retired ones and name of a release in a data folder."""
    digest = hashlib.blake2b(digest_size=16)
    for file in (*sorted(projects_folder(folder).glob("*.geojson")), folder / RETIRED_FILE, folder / RELEASE_FILE):
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
    replace_file(file, gzip.compress(dataset_text(projects).encode(), mtime=0))
    return file
