"""Layers that GDAL reads (GeoPackage, FlatGeobuf, KML, shapefiles), and GeoParquet by pyarrow, as tables."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from geo.bulk.headers import check_columns
from geo.bulk.lines import Asked, RawRow, RawTable
from geo.errors import DataFileError
from geo.importing.cells import cell_text

_BATCH = 2_000
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
MOST_PARTS = 100
MOST_UNPACKED = 512 * 2**20
MOST_RATIO = 200
_SMALL = 2**20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OF_SYSTEM = ("gpkg_", "rtree_", "sqlite_")
_MOST_LAYERS = 10_000
_OURS = "projects"  # the layer of our own downloads
_FIRST_DAYS = "_first_day"  # what our own downloads have beside dates


def read_layer(path: Path, asked: Asked) -> RawTable:
    """Return a layer: the one that is asked for, the only one with geometries, or that of our own; DataFileError."""
    import pyogrio
    import pyogrio.errors
    import pyogrio.raw

    if path.suffix.lower() == ".gpkg":
        _refuse_views(path)
    try:
        known = [str(name) for name, _ in pyogrio.list_layers(path)]
        if not known:
            raise DataFileError("file-of-other-form", file=path.name, wanted=path.suffix[1:])
        placed = [str(name) for name, geometry in pyogrio.list_layers(path) if geometry is not None]
        layer = asked.layer or (_OURS if _OURS in known else placed[0] if len(placed) == 1 else None)
        if layer is None or layer not in known:
            values = {"layer": asked.layer} if asked.layer else {}
            raise DataFileError("layer-not-named", file=path.name, known=tuple(known[:50]) or ("-",), **values)
        about = pyogrio.read_info(path, layer=layer)
        rows = _of_gdal(path, layer)
    except pyogrio.errors.DataSourceError as error:
        raise DataFileError("file-unreadable", file=path.name, reason=str(error)[:200]) from error
    names = [str(name) for name in about["fields"] if not str(name).endswith(_FIRST_DAYS)]
    check_columns(names, path)
    return RawTable(_called(names, path), _rows(rows, names), {"layer": layer, "layers": known, "crs": about["crs"]})


# The fields of every layer that GDAL's driver LIBKML reads, besides the name, the id and the description.
_DRAWN_BY_KML = (
    "timestamp",
    "begin",
    "end",
    "altitudeMode",
    "tessellate",
    "extrude",
    "visibility",
    "drawOrder",
    "icon",
)


def _refuse_views(path: Path) -> None:
    """Refuse a GeoPackage that has a query in the place of a table: it may have no end, and GDAL would run it."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as file:
            views = {
                str(name).lower() for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'view'")
            }
            found = {each for each in views if each.startswith(_OF_SYSTEM)}
            if views and not found:
                told = file.execute("SELECT lower(table_name) FROM gpkg_contents LIMIT ?", (_MOST_LAYERS,))
                found = views & {str(name) for (name,) in told}
    except sqlite3.Error as error:
        raise DataFileError("file-unreadable", file=path.name, reason=str(error)[:200]) from error
    if found:
        raise DataFileError("file-unreadable", file=path.name, reason=f"a view, no table: {min(found)[:100]}")


def _called(names: list[str], path: Path) -> list[str]:
    """Return the names of columns; those that KML has for its own are ours where the file is one of ours.

    What GDAL adds of how a placemark is drawn has no name: nobody has put it into a table.
    """
    ours = {"record_id": "id", "description": "summary"} if "record_id" in names else {}
    drawn = dict.fromkeys(_DRAWN_BY_KML, "") if path.suffix.lower() == ".kml" else {}
    return [(drawn | ours).get(name, name) for name in names]


def _of_gdal(path: Path, layer: str) -> Iterator[Any]:
    import pyogrio.raw

    with pyogrio.raw.open_arrow(path, layer=layer, batch_size=_BATCH, use_pyarrow=True) as (about, reader):
        geometry = about["geometry_name"] or "wkb_geometry"
        for batch in reader:
            yield batch, geometry


def read_shapefile(path: Path, asked: Asked) -> RawTable:
    """Return the shapefile in an archive, of which only the parts that make it are unpacked; raises DataFileError."""
    folder = tempfile.mkdtemp(prefix="shapefile-", dir=os.environ.get("IMPORT_FOLDER"))
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _parts(archive, path, asked)
            for part in parts:
                target = Path(folder) / f"layer{Path(part.filename).suffix.lower()}"
                target.write_bytes(archive.read(part))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        raise DataFileError("file-unreadable", file=path.name, reason=str(error)[:200]) from error
    return read_layer(Path(folder) / "layer.shp", Asked())


def _parts(archive: zipfile.ZipFile, path: Path, asked: Asked) -> list[zipfile.ZipInfo]:
    found = archive.infolist()
    if len(found) > MOST_PARTS:
        raise DataFileError("archive-parts", file=path.name, most=MOST_PARTS)
    wanted = [
        each for each in found if Path(each.filename).suffix.lower() in _PARTS and "__MACOSX" not in each.filename
    ]
    if sum(each.file_size for each in wanted) > MOST_UNPACKED:
        raise DataFileError("workbook-unpacked", file=path.name, mib=MOST_UNPACKED // 2**20)
    for each in found:
        if each.file_size > max(_SMALL, MOST_RATIO * each.compress_size):
            raise DataFileError("workbook-ratio", file=path.name, most=MOST_RATIO)
        if each.compress_type not in _METHODS:
            raise DataFileError("workbook-method", file=path.name)
    stems = list(dict.fromkeys(Path(each.filename).stem for each in wanted if each.filename.lower().endswith(".shp")))
    stem = asked.layer or (stems[0] if len(stems) == 1 else None)
    if stem not in stems:
        values = {"layer": asked.layer} if asked.layer else {}
        raise DataFileError("layer-not-named", file=path.name, known=tuple(stems[:50]) or ("-",), **values)
    return [each for each in wanted if Path(each.filename).stem == stem]


def read_parquet(path: Path) -> RawTable:
    """Return a GeoParquet file, or a Parquet file without geometries; raises DataFileError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        told = orjson.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataFileError("file-unreadable", file=path.name, reason=str(error)[:200]) from error
    geometry = str(told.get("primary_column", ""))
    column = told.get("columns", {}).get(geometry, {}) if told else {}
    if column and column.get("encoding") != "WKB":
        raise DataFileError("file-unreadable", file=path.name, reason=str(column.get("encoding"))[:100])
    names = [
        str(name)
        for name in file.schema_arrow.names
        if name not in (geometry, "bbox") and not name.endswith(_FIRST_DAYS)
    ]
    check_columns(names, path)
    batches = (
        (batch, geometry) for batch in file.iter_batches(_BATCH, columns=[*names, *([geometry] if geometry else [])])
    )
    return RawTable(names, _rows(batches, names), {"crs": _crs_of(column.get("crs"))})


def _crs_of(stated: Any) -> str | None:
    """Return a system as `EPSG:4326`, from PROJJSON; None where it is that of GeoParquet's default."""
    if not isinstance(stated, dict):
        return None
    named = stated.get("id") or {}
    return (
        f"{named['authority']}:{named['code']}"
        if {"authority", "code"} <= set(named)
        else str(stated.get("name"))[:100]
    )


def _rows(batches: Iterable[tuple[Any, str]], names: list[str]) -> Iterator[RawRow]:
    import shapely

    number = 0
    for batch, geometry in batches:
        columns = [batch.column(name).to_pylist() for name in names]
        wkb = batch.column(geometry) if geometry in batch.schema.names else None
        texts = [None] * batch.num_rows if wkb is None else shapely.to_geojson(shapely.force_2d(_shapes(wkb)))
        for at, text in enumerate(texts):
            number += 1
            cells = [_text(column[at]) for column in columns]
            yield RawRow(number, cells, None if text is None else orjson.loads(text))


def _shapes(column: Any) -> Any:
    import numpy as np
    import shapely

    return shapely.from_wkb(np.array(column.to_pylist(), dtype=object), on_invalid="ignore")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return cell_text(value) if not isinstance(value, bytes) else ""
