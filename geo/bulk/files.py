"""Which files an import takes: by the end of their name, of which size, and beginning as such a file does."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import NamedTuple

from geo.errors import DataFileError
from geo.importing.file import HEADS

_HEAD = 512


class FileForm(NamedTuple):
    """A form of files: its name, how large a file may be, and what its first bytes are (None: any but another's)."""

    name: str
    most_mib: int
    head: bytes | None = None


_TEXT = FileForm("CSV", 256)
_JSON = FileForm("GeoJSON", 256)
_PARQUET = FileForm("GeoParquet", 256, b"PAR1")
FILE_FORMS: dict[str, FileForm] = {
    ".csv": _TEXT,
    ".tsv": _TEXT,
    ".txt": _TEXT,
    ".xlsx": FileForm("XLSX", 16, rb"PK\x03\x04"),
    ".geojson": _JSON,
    ".json": _JSON,
    ".geojsons": _JSON,
    ".gpkg": FileForm("GeoPackage", 256, rb"SQLite format 3\x00"),
    ".fgb": FileForm("FlatGeobuf", 256, rb"fgb\x03fgb(?s:.{4})\x00"),
    ".parquet": _PARQUET,
    ".geoparquet": _PARQUET,
    ".kml": FileForm("KML", 64, rb"(\xef\xbb\xbf)?\s*<"),
    ".zip": FileForm("shapefile", 256, rb"PK\x03\x04"),
}


def form_of(path: Path) -> FileForm:
    """Return the form of a file; raises DataFileError for one that is not what its name says, or is too large."""
    form = FILE_FORMS.get(path.suffix.lower())
    if form is None:
        raise DataFileError("file-form-unknown", file=path.name, known=tuple(FILE_FORMS))
    try:
        _check(path, form)
    except OSError as error:
        raise DataFileError("file-unreadable", file=path.name, reason=str(error.strerror or error)) from error
    return form


def _check(path: Path, form: FileForm) -> None:
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):  # a pipe would wait, and a device need not end
        raise DataFileError("file-not-regular", file=path.name)
    if about.st_size > form.most_mib * 2**20:
        raise DataFileError("file-too-large", file=path.name, mib=form.most_mib)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if form.head is not None and re.match(form.head, head):
        return
    found = next((name for name, start in HEADS.items() if re.match(start, head)), None)
    if form.head is None and found is None:
        return
    named = {"found": found} if found else {}
    raise DataFileError("file-of-other-form", file=path.name, wanted=form.name, **named)
