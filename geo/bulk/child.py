"""The process in which a stranger's file is read: within limits, without other files, hosts and programs.

It writes what it finds as lines of JSON: first the columns, then a row a line, and last how many rows there were, or by
which rule the file is refused.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import Any

import orjson

from geo.bulk.confined import confine, end_with
from geo.bulk.files import form_of
from geo.bulk.lines import MOST_ROWS, MOST_TEXT, Asked, RawTable
from geo.errors import DataFileError, LedgerError

MOST_MEMORY = 4 * 2**30
MOST_SECONDS = 120  # of the processor
MOST_OUTPUT = 2 * 2**30
MOST_OPEN = 64  # files
MOST_ROW = 2**24  # bytes of a row with its geometry
DRIVERS = frozenset(["GPKG", "FlatGeobuf", "KML", "LIBKML", "ESRI Shapefile"])
_BY_GDAL = ("GeoPackage", "FlatGeobuf", "KML", "shapefile")


def main() -> None:
    """Read the file that is named, as is asked, and write its rows to the standard output."""
    path, asked = Path(sys.argv[1]), Asked(**orjson.loads(sys.argv[2]))
    end_with(int(os.environ["IMPORT_PARENT"]))
    _limit()
    out = sys.stdout.buffer
    try:
        if form_of(path).name in _BY_GDAL:
            keep_to_our_drivers(path)
        open_to = confine([path], [Path(os.environ["IMPORT_FOLDER"])])
        count = _write(table_of(path, asked), open_to, path, out)
        out.write(orjson.dumps({"rows": count}) + b"\n")
    except LedgerError as error:
        out.write(orjson.dumps({"refused": error.rule, "values": error.values}) + b"\n")
    except (MemoryError, RecursionError):
        out.write(orjson.dumps({"refused": "file-takes-too-much", "values": {"file": path.name}}) + b"\n")
    out.flush()


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_OUTPUT, MOST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_OPEN, MOST_OPEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def keep_to_our_drivers(path: Path) -> None:
    """Begin anew without any driver of GDAL's but those of our forms; raises DataFileError where that cannot be.

    GDAL takes a file for what it finds in it, and many drivers (VRT first of all) open other files and addresses.
    Drivers can only be left out before they are there, which is when pyogrio is imported.
    """
    import pyogrio

    others = sorted(set(pyogrio.list_drivers()) - DRIVERS)
    if others and "OGR_SKIP" in os.environ:
        raise DataFileError("file-unreadable", file=path.name, reason=f"drivers: {', '.join(others)[:150]}")
    if others:
        os.environ |= dict.fromkeys(("OGR_SKIP", "GDAL_SKIP"), ",".join(others))
        os.execv(sys.executable, [sys.executable, "-m", "geo.bulk.child", *sys.argv[1:]])


def table_of(path: Path, asked: Asked) -> RawTable:
    """Return the table in a file, by the reader of its form; raises DataFileError."""
    match form_of(path).name:
        case "CSV":
            from geo.bulk.texts import read_texts

            return read_texts(path, asked)
        case "XLSX":
            from geo.bulk.sheets import read_sheet

            return read_sheet(path, asked)
        case "GeoJSON":
            from geo.bulk.features import read_features

            return read_features(path)
        case "GeoParquet":
            from geo.bulk.layers import read_parquet

            return read_parquet(path)
        case "shapefile":
            from geo.bulk.layers import read_shapefile

            return read_shapefile(path, asked)
        case _:
            from geo.bulk.layers import read_layer

            return read_layer(path, asked)


def _write(table: RawTable, open_to: tuple[str, ...], path: Path, out: Any) -> int:
    head = {"columns": table.columns, "about": table.about, "open_to": open_to}
    out.write(orjson.dumps(head) + b"\n")
    count = characters = 0
    for row in table.rows:
        count += 1
        characters += sum(map(len, row.cells))
        if count > MOST_ROWS:
            raise DataFileError("rows-too-many", file=path.name, most=MOST_ROWS)
        if characters > MOST_TEXT:
            raise DataFileError("text-too-long", file=path.name, most=MOST_TEXT)
        odd = [list(each) for each in row.troubles]
        line = orjson.dumps([row.number, row.cells, row.geometry, row.feature, odd])
        if len(line) > MOST_ROW:
            raise DataFileError("text-too-long", file=path.name, most=MOST_ROW)
        out.write(line + b"\n")
    return count


if __name__ == "__main__":
    main()
