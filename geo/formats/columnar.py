"""Records as columns for programs that reckon: GeoParquet 1.1, and a stream of Arrow with GeoArrow's geometries.

Several texts are lists. Both are sent while they are made.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.formats.batches import GEOMETRY, Batches
from geo.formats.selection import Selection
from geo.formats.tables import table_of

_PART = 5_000  # records of a batch, or of a row group
_BOX = ("xmin", "ymin", "xmax", "ymax")
_BOX_TYPE = pa.struct([(name, pa.float64()) for name in _BOX])


def write_arrow(selection: Selection) -> Iterator[bytes]:
    """Yield a stream of Arrow's interprocess format in parts."""
    batches, sink = Batches(table_of(selection), lists=True), _Sink()
    with pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), batches.schema) as writer:
        for features in selection.parts(_PART):
            writer.write_batch(batches.of(features))
            yield sink.taken()
    yield sink.taken()


def write_parquet(selection: Selection) -> Iterator[bytes]:
    """Yield a GeoParquet file in parts (GeoParquet 1.1.0, with a column of boxes that covers the geometries).

    Of records that have no places it is a Parquet file, which says nothing of geometries.
    """
    batches, sink, places = Batches(table_of(selection), lists=True), _Sink(), _Places()
    is_placed = batches.table.placed
    schema = batches.schema.append(pa.field("bbox", _BOX_TYPE)) if is_placed else batches.schema
    with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
        for features in selection.parts(_PART):
            batch = batches.of(features)
            boxes = [places.boxes(batch.column(GEOMETRY))] if is_placed else []
            writer.write_batch(pa.RecordBatch.from_arrays([*batch.columns, *boxes], schema=schema))
            yield sink.taken()
        if is_placed:
            writer.add_key_value_metadata({"geo": orjson.dumps(places.told()).decode()})
    yield sink.taken()


@dataclass
class _Places:
    """What a GeoParquet file says of all its geometries, learnt while they are written."""

    kinds: set[str] = field(default_factory=set)
    box: list[float] = field(default_factory=list)

    def boxes(self, geometries: pa.Array) -> pa.Array:
        """Return the box of each geometry, null where there is none."""
        shapes = shapely.from_wkb(geometries.to_numpy(zero_copy_only=False))
        known = shapes[shapely.is_geometry(shapes)]
        self.kinds |= {shape.geom_type for shape in known}
        if len(known):
            self._widen(shapely.total_bounds(known).tolist())
        bounds = shapely.bounds(shapes)
        columns = [pa.array(bounds[:, place], from_pandas=True) for place in range(len(_BOX))]
        return pa.StructArray.from_arrays(columns, fields=list(_BOX_TYPE), mask=pa.array(np.isnan(bounds[:, 0])))

    def _widen(self, box: list[float]) -> None:
        former = self.box or box
        self.box = [*map(min, former[:2], box[:2]), *map(max, former[2:], box[2:])]

    def told(self) -> dict[str, Any]:
        """Return the metadata; without `crs` it is OGC:CRS84."""
        column = {
            "encoding": "WKB",
            "geometry_types": sorted(self.kinds),
            **({"bbox": self.box} if self.box else {}),
            "covering": {"bbox": {name: ["bbox", name] for name in _BOX}},
        }
        return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


class _Sink(io.RawIOBase):
    """Takes what a writer writes, to be handed on in parts."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._parts.append(bytes(part))
        self._size += len(part)
        return len(part)

    def tell(self) -> int:
        return self._size

    def taken(self) -> bytes:
        """Return what has come since this was asked before."""
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole
