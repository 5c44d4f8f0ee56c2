"""Records as files that GDAL writes, from record batches: FlatGeobuf and KML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyogrio.raw

from geo.formats.batches import GEOMETRY, Batches
from geo.formats.files import made_beside
from geo.formats.selection import Selection
from geo.formats.tables import Table, table_of

_PART = 2_000  # records that are written at once

# What XML 1.0 has no way to say (section 2.2), and a reader of the whole file stumbles over.
_NOT_IN_XML = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"


def append(
    batches: pa.RecordBatch | pa.RecordBatchReader, file: Path, table: Table, driver: str, **options: Any
) -> None:
    """Write rows into a layer, which is made with the first ones."""
    placed = {"geometry_name": GEOMETRY, "geometry_type": "Unknown", "crs": "EPSG:4326"} if table.placed else {}
    pyogrio.raw.write_arrow(batches, file, layer=table.name, driver=driver, **placed, **options)


def write_fgb(selection: Selection) -> Iterator[bytes]:
    """Yield a FlatGeobuf file in parts.

    It has a spatial index, in the order of which the records come, unless one of them has no geometry: GDAL's index
    takes none of those.
    """
    return made_beside("selection.fgb", lambda file: _make_fgb(file, selection))


def _make_fgb(file: Path, selection: Selection) -> None:
    table, plain = table_of(selection), file.with_name("plain.fgb")
    batches, without = Batches(table), 0

    def each() -> Iterator[pa.RecordBatch]:
        nonlocal without
        for features in selection.parts(_PART):
            batch = batches.of(features)
            without += batch.column(GEOMETRY).null_count if table.placed else batch.num_rows
            yield batch

    rows = pa.RecordBatchReader.from_batches(batches.schema, each())
    append(rows, plain, table, "FlatGeobuf", layer_options={"SPATIAL_INDEX": "NO"})
    if without or not table.placed:
        plain.replace(file)
        return
    with pyogrio.raw.open_arrow(plain, batch_size=_PART, use_pyarrow=True) as (_, reader):
        append(reader, file, table, "FlatGeobuf")


def write_kml(selection: Selection) -> Iterator[bytes]:
    """Yield a KML 2.2 file in parts: a placemark a record, with its summary as description and all columns as data."""
    return made_beside("selection.kml", lambda file: _make_kml(file, selection))


def _make_kml(file: Path, selection: Selection) -> None:
    """Write it with GDAL's own driver: that of libkml lets a text end the section that it stands in."""
    table = table_of(selection)
    batches = Batches(table)
    schema = pa.schema([_as_kml_has_it(field) for field in batches.schema])
    each = (_fit_for_xml(batches.of(features), schema) for features in selection.parts(_PART))
    append(pa.RecordBatchReader.from_batches(schema, each), file, table, "KML")


_KML_NAMES = {"id": "record_id", "summary": "description"}  # `id` is that of a placemark, `description` its balloon


def _as_kml_has_it(field: pa.Field) -> pa.Field:
    """Return a column with the name and the type that KML has for it; long whole numbers would be texts."""
    named = field.with_name(_KML_NAMES.get(field.name, field.name))
    return named.with_type(pa.int32()) if field.type == pa.int64() else named


def _fit_for_xml(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return the rows without letters that XML has no way to say."""
    columns = [
        pc.replace_substring_regex(column, _NOT_IN_XML, "")
        if pa.types.is_string(field.type)
        else column.cast(field.type)
        for column, field in zip(batch.columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
