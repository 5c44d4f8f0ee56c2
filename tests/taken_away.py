"""Files of records that were written as the API does, and read back by other programs than ours."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely

from geo.formats.references import Reference
from geo.formats.registry import FORMATS
from geo.formats.selection import OF_PROJECTS, Contents, Feature, Origin, Selection

Row = dict[str, Any]
ABOUT = [("Made-up ledger", ""), ("What", '=HYPERLINK("https://example.org")')]


def address(project_id: str) -> str:
    return f"https://example.org/projects/{project_id}"


ORIGIN = Origin(address, "2026.12", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")


def reference(feature: Feature) -> Reference:
    stated, day = feature["properties"], dt.date(2026, 11, 26)
    note = f"Record {feature['id']}, revision {stated['revision']}"
    place = address(feature["id"])
    return Reference(
        feature["id"], stated["name"], "Made-up ledger", 2026, place, day, note, "2026.12", "release 2026.12"
    )


def selection(features: Sequence[Feature], contents: Contents = OF_PROJECTS) -> Selection:
    return Selection([orjson.dumps(feature) for feature in features], ORIGIN, ABOUT, reference, contents)


def written(form: str, features: Sequence[Feature], contents: Contents = OF_PROJECTS) -> bytes:
    return b"".join(FORMATS[form].write(selection(features, contents)))


def read_by_gdal(form: str, file: Path, name: str = "projects") -> list[Row]:
    """Return the records as pyogrio's GDAL reads them, all columns by name, with `geometry` where there is one."""
    options: dict[str, Any] = {"gpkg": {"layer": name}, "xlsx": {"layer": name.capitalize()}}.get(form, {})
    if form == "csv":
        options = {"EMPTY_STRING_AS_NULL": "YES"}
    return _rows(pyogrio.read_dataframe(file, **options))


def _rows(frame: pd.DataFrame) -> list[Row]:
    return [{name: _plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value


def _read_parquet(file: Path) -> list[Row]:
    is_placed = b"geo" in pq.read_metadata(file).metadata
    return _rows(geopandas.read_parquet(file) if is_placed else pd.read_parquet(file))


def _read_arrow(file: Path) -> list[Row]:
    with pa.OSFile(str(file)) as source:
        table = pa.ipc.open_stream(source).read_all()
        is_placed = "geometry" in table.column_names
        return _rows(geopandas.GeoDataFrame.from_arrow(table) if is_placed else table.to_pandas())


def _read_csl(file: Path) -> list[Row]:
    return [{"id": each["id"], "name": each["title"], "address": each["URL"]} for each in json.loads(file.read_bytes())]


def _read_bibtex(file: Path) -> list[Row]:
    entries = re.findall(r"@misc\{([^,]+),\n(.*?)\n\}\n", file.read_text(), re.DOTALL)
    fields = [(key, dict(re.findall(r"^  (\w+) = \{(.*)\},$", body, re.MULTILINE))) for key, body in entries]
    return [{"id": key, "name": _untex(each["title"][1:-1]), "address": each["url"]} for key, each in fields]


def _untex(text: str) -> str:
    for sign, written_as in (("~", r"\textasciitilde{}"), ("^", r"\textasciicircum{}")):
        text = text.replace(written_as, sign)
    return re.sub(r"\\textbackslash\{\}|\\([{}$&#_%])", lambda match: match[1] or "\\", text)


_READERS: dict[str, Callable[[Path], list[Row]]] = {
    "parquet": _read_parquet,
    "arrow": _read_arrow,
    "bibtex": _read_bibtex,
    "csl": _read_csl,
    "pmtiles": lambda file: _rows(pyogrio.read_dataframe(file, layer="projects")),
}


def read_back(form: str, content: bytes, folder: Path, name: str = "projects") -> list[Row]:
    """Return the records of a file, read by the library that people read such files with."""
    file = folder / f"file.{FORMATS[form].ending}"
    file.write_bytes(content)
    rows = _READERS[form](file) if form in _READERS else read_by_gdal(form, file, name)
    return [_from_kml(row) for row in rows] if form == "kml" else rows


def _from_kml(row: Row) -> Row:
    """Return the columns by our names."""
    return {**row, "id": row.get("record_id"), "name": row["Name"], "summary": row["description"]}


def same_place(one: Any, other: Any) -> bool:
    """Return whether two geometries are the same to 7 decimals, whatever the height of a place without one."""
    if one is None or other is None:
        return one is other
    return bool(shapely.equals_exact(one.normalize(), shapely.force_2d(other).normalize(), tolerance=1e-7))
