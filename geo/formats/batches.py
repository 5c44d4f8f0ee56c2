"""Tables of records as Arrow record batches, which GDAL and pyarrow write: typed, a part at a time.

A date of reduced precision stays the text that it is: `2024-03` is no day. Beside it stands the first day that it may
mean, as a date by which programs sort and filter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from geo.columns import Kind
from geo.dates import first_day
from geo.formats.cells import listed
from geo.formats.selection import Feature
from geo.formats.tables import Field, Row, Table, Value
from geo.records.geometry import to_shape

GEOMETRY = "geometry"
FIRST_DAY = "{}_first_day"
CRS = "OGC:CRS84"

_TYPES: dict[Kind, Any] = {
    "number": pa.float64(),
    "integer": pa.int64(),
    "flag": pa.bool_(),
    "time": pa.timestamp("ms", tz="UTC"),
    "ids": pa.list_(pa.string()),
}
# GeoArrow 0.2, extension types: https://geoarrow.org/extension-types.html
_WKB = {
    "ARROW:extension:name": "geoarrow.wkb",
    "ARROW:extension:metadata": f'{{"crs":"{CRS}","crs_type":"authority_code"}}',
}


@dataclass(frozen=True)
class Batches:
    """How a table becomes record batches; without `lists` several texts stand in one, as in a cell."""

    table: Table
    lists: bool = False

    @property
    def schema(self) -> pa.Schema:
        """What the columns are called, and their types."""
        fields = [each for field in self.table.fields for each in self._fields(field)]
        placed = [pa.field(GEOMETRY, pa.binary(), metadata=_WKB)] if self.table.placed else []
        return pa.schema([*fields, *placed])

    def of(self, features: Iterable[Feature]) -> pa.RecordBatch:
        """Return the rows of these records as one batch."""
        return batches_of([self], features)[0]

    def holding(self, rows: Sequence[Row], geometries: Sequence[Any]) -> pa.RecordBatch:
        """Return rows as one batch; `geometries` are GeoJSON's, of which a table of placed records has one a row."""
        columns = list(zip(*rows, strict=True)) if rows else [()] * len(self.table.fields)
        pairs = zip(self.table.fields, columns, strict=True)
        arrays = [array for field, values in pairs for array in self._arrays(field, values)]
        placed = [_as_wkb(geometries)] if self.table.placed else []
        return pa.RecordBatch.from_arrays([*arrays, *placed], schema=self.schema)

    def _fields(self, field: Field) -> list[pa.Field]:
        fields = [pa.field(field.name, self._type(field.kind))]
        return [*fields, pa.field(FIRST_DAY.format(field.name), pa.date32())] if field.kind == "date" else fields

    def _arrays(self, field: Field, values: Sequence[Value]) -> list[pa.Array]:
        held = self._held(field.kind, values)
        return [held, pa.array(map(_first_day, values), pa.date32())] if field.kind == "date" else [held]

    def _held(self, kind: Kind, values: Sequence[Any]) -> pa.Array:
        if kind == "time":
            return pa.array(values, pa.string()).cast(_TYPES["time"])
        if kind == "ids" and not self.lists:
            return pa.array([None if value is None else listed(value) for value in values], pa.string())
        return pa.array(values, self._type(kind))

    def _type(self, kind: Kind) -> Any:
        return pa.string() if kind == "ids" and not self.lists else _TYPES.get(kind, pa.string())


def batches_of(tables: Sequence[Batches], features: Iterable[Feature]) -> list[pa.RecordBatch]:
    """Return the rows of these records as one batch for each table; the records are gone through once."""
    rows: list[list[Row]] = [[] for _ in tables]
    geometries = []
    for feature in features:
        for each, found in zip(tables, rows, strict=True):
            found.extend(each.table.rows(feature))
        geometries.append(feature["geometry"])
    return [each.holding(found, geometries) for each, found in zip(tables, rows, strict=True)]


def _as_wkb(geometries: Sequence[Any]) -> pa.Array:
    """Return geometries as well-known binary, null where there is none."""
    shapes = np.array([to_shape(each) for each in geometries], dtype=object)
    return pa.array(shapely.to_wkb(shapes), pa.binary())


def _first_day(date: Any) -> dt.date | None:
    return None if date is None else first_day(date)
