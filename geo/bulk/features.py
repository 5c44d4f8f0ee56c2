"""The features of a GeoJSON file, or of a text sequence of them, as a table: their properties are its columns."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from geo.bulk.headers import check_columns
from geo.bulk.lines import RawRow, RawTable
from geo.curated.features import features_of
from geo.errors import DataFileError, NotJson
from geo.importing.cells import cell_text
from geo.records.geometry import crs_errors
from geo.strict_json import read_json

_LOOKED_AT = 200  # features of which the properties are the columns
_SEPARATOR = b"\x1e"
_MOST_OF_FEATURE = 16 * 2**20


def read_features(path: Path) -> RawTable:
    """Return the features as rows; one that is a whole record of ours comes with it. Raises DataFileError."""
    features = _sequence(path) if path.suffix.lower() == ".geojsons" else _collection(path)
    first = list(itertools.islice(features, _LOOKED_AT))
    names = dict.fromkeys(name for feature in first for name in _properties(feature))
    columns = ["id", *(name for name in names if name != "id")]
    check_columns(columns, path)
    return RawTable(columns, _rows(itertools.chain(first, features), columns), {"crs": None})


def _collection(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        yield from features_of(file, path.name)


def _sequence(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(_MOST_OF_FEATURE), b""), 1):
            text = line.strip().removeprefix(_SEPARATOR)
            try:
                if text:
                    yield read_json(text)
            except NotJson as error:
                raise DataFileError("json-line", file=path.name, line=number, reason=str(error)) from error


def _properties(feature: Any) -> dict[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties if isinstance(properties, dict) else {}


def _rows(features: Iterable[Any], columns: list[str]) -> Iterator[RawRow]:
    for number, feature in enumerate(features, 1):
        stated = _properties(feature)
        for fault in crs_errors(feature) if isinstance(feature, dict) else ():
            raise DataFileError("crs-not-wgs-84", crs=str(fault.values["named"]))
        whole = feature if isinstance(stated.get("sources"), list) or not isinstance(feature, dict) else None
        values = {"id": feature.get("id"), **stated} if isinstance(feature, dict) else {}
        cells = [] if whole is not None else [_text(values.get(name)) for name in columns]
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        yield RawRow(number, cells or [""] * len(columns), geometry, whole)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "; ".join(map(cell_text, value))
    return orjson.dumps(value).decode() if isinstance(value, dict) else cell_text(value)
