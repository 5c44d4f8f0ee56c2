"""Records as a GeoPackage: a layer of them, or a table where none has a place, and a table for each kind of part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from geo.formats.batches import Batches, batches_of
from geo.formats.files import made_beside
from geo.formats.gdal_files import append
from geo.formats.selection import Selection
from geo.formats.tables import Field, Table, table_of, tables_of_parts

_PART = 5_000  # records that are written at once


def write(selection: Selection) -> Iterator[bytes]:
    """Yield the file in parts."""
    return made_beside("selection.gpkg", lambda file: _make(file, selection))


def _make(file: Path, selection: Selection) -> None:
    tables = [Batches(each) for each in (table_of(selection), *tables_of_parts(selection.contents))]
    for number, features in enumerate(selection.parts(_PART)):
        for each, batch in zip(tables, batches_of(tables, features), strict=True):
            append(batch, file, each.table, "GPKG", append=number > 0)
    append(_about(selection), file, _ABOUT, "GPKG")


_ABOUT = Table("about", (Field("title", "Title", "text"), Field("text", "Text", "text")), lambda _: iter(()))


def _about(selection: Selection) -> pa.RecordBatch:
    titles, texts = zip(*selection.about, strict=True) if selection.about else ((), ())
    return pa.RecordBatch.from_arrays(
        [pa.array(titles, pa.string()), pa.array(texts, pa.string())], schema=Batches(_ABOUT).schema
    )
