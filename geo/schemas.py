"""Schemas of what a collection answers, made from its columns (OGC 23-058r2, Schemas)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.columns import Column, Columns

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
GEOMETRY: Schema = {"title": "Geometry", "x-ogc-role": "primary-geometry", "format": "geometry-any"}
_ROLES = {"id": "id", "kind": "type"}


def returnables(address: str, title: str, columns: Columns, parts: Mapping[str, Schema], spatial: bool) -> Schema:
    """Return the flat schema of a collection's features (/req/schemas/json-schema, /req/core-roles-features).

    `address` is its own; `parts` are the schemas of properties that are no columns. Whoever is not required may be
    null. The primary interval of a record has no role: first and last event are dates of reduced precision.
    """
    told = [column for column in columns if column.origin != "indexed"]
    shown = {column.name: _with_role(column) for column in told} | dict(parts)
    if spatial:
        shown["geometry"] = GEOMETRY
    properties = {name: {**each, "x-ogc-propertySeq": at} for at, (name, each) in enumerate(shown.items(), 1)}
    return {
        **_flat(address, title, properties),
        "required": [column.name for column in told if not column.nullable],
    }


def _with_role(column: Column) -> Schema:
    role = _ROLES.get(column.name)
    return {**column.logical_schema(), **({"x-ogc-role": role} if role else {})}


def sortables(address: str, title: str, columns: Columns) -> Schema:
    """Return the schema of the properties by which features are sorted (/req/sortables/response)."""
    shown = {name: columns[name].logical_schema() for name in columns.sorts}
    return {**_flat(address, title, shown), "defaultSortOrder": ["id"]}


def queryables(address: str, title: str, columns: Columns, *, spatial: bool, timed: bool) -> Schema:
    """Return the schema of what a filter may name (OGC 19-079r2, /req/queryables/get-queryables-response)."""
    shown = {column.name: _asked(column) for column in columns}
    shown |= {"geometry": {name: GEOMETRY[name] for name in ("title", "format")}} if spatial else {}
    return _flat(address, title, {**shown, **({"time": _TIME} if timed else {})})


_TIME: Schema = {
    "title": "Time",
    "type": "array",
    "items": {"type": "string", "format": "date"},
    "description": "From the first to the last event; an interval, for the functions T_… and IS NULL.",
}


def _asked(column: Column) -> Schema:
    """Return what a filter compares a column with; a date, of whatever precision, compares by its first day."""
    told = {name: value for name, value in column.logical_schema().items() if name not in ("readOnly", "pattern")}
    if column.kind != "date":
        return told
    said = "Of reduced precision perhaps (YYYY, YYYY-MM): it compares by its first day."
    return {**told, "format": "date", "description": said}


def _flat(address: str, title: str, properties: Mapping[str, Schema]) -> Schema:
    told = {"$schema": DIALECT, "$id": address, "title": title, "type": "object"}
    return {**told, "properties": dict(properties), "additionalProperties": False}


def served(address: str, flat: Schema) -> Schema:
    """Return the schema of a feature as it is answered in GeoJSON, which GDAL takes the types of columns from.

    GDAL knows one type a property. A list of texts has none here: GDAL reads that as one text, which all its formats
    can hold, while FlatGeobuf refuses a list and with it every record.
    """
    properties = {name: _of_gdal(each) for name, each in flat["properties"].items() if name not in ("id", "geometry")}
    return {
        "$schema": DIALECT,
        "$id": address,
        "title": flat["title"],
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string"},
            "geometry": {"title": "GeoJSON geometry, or null"},
            "properties": {"type": "object", "properties": properties},
        },
    }


def _of_gdal(schema: Schema) -> Schema:
    is_list = schema.get("type") == "array" and schema["items"].get("type") == "string"
    return {name: value for name, value in schema.items() if not (is_list and name == "type")}
