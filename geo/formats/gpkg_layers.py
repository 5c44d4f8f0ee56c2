"""Records as a GeoPackage: a layer of projects, and tables of their events, capacities, owners and sources."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pyogrio

from geo.columns import Kind
from geo.formats.files import chunks
from geo.formats.selection import Selection
from geo.formats.tables import CAPACITIES, EVENTS, OWNERS, SOURCES, Feature, Table, projects
from geo.records.geometry import to_shape

_PART = 2_000  # records that are written at once
_TYPES: dict[Kind, Any] = {"number": "float64", "integer": "Int64", "flag": "boolean"}


def write(selection: Selection) -> Iterator[bytes]:
    """Yield the file in parts."""
    layer = projects(selection.address_of)
    with tempfile.TemporaryDirectory(prefix="gpkg-") as folder:
        file = Path(folder) / "selection.gpkg"
        for number, features in enumerate(selection.parts(_PART)):
            frame = _frame(layer, features)
            shapes = geopandas.GeoSeries([to_shape(feature["geometry"]) for feature in features], crs="EPSG:4326")
            _append(geopandas.GeoDataFrame(frame, geometry=shapes), file, layer.name, number, geometry_type="Unknown")
            for table in (EVENTS, CAPACITIES, OWNERS, SOURCES):
                _append(_frame(table, features), file, table.name, number)
        _append(_about(selection), file, "about", 0)
        yield from chunks(file)


def _append(frame: pd.DataFrame, file: Path, layer: str, number: int, **options: Any) -> None:
    pyogrio.write_dataframe(frame, file, layer=layer, driver="GPKG", append=number > 0, **options)


def _frame(table: Table, features: Sequence[Feature]) -> pd.DataFrame:
    rows = [row for feature in features for row in table.rows(feature)]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.fields)
    named = {field.name: _series(values, field.kind) for field, values in zip(table.fields, columns, strict=True)}
    return pd.DataFrame(named)


def _series(values: Sequence[Any], kind: Kind) -> pd.Series[Any]:
    if kind == "time":
        return pd.Series(pd.to_datetime(pd.Series(values, dtype="str"), utc=True, format="ISO8601"))
    series: pd.Series[Any] = pd.Series(values, dtype=_TYPES.get(kind, "str"))
    return series


def _about(selection: Selection) -> pd.DataFrame:
    return pd.DataFrame(selection.about, columns=["title", "text"], dtype="str")
