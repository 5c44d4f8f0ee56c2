"""The JSON Schema of records and of files of them, produced from the record model."""

from __future__ import annotations

from typing import Any

from geo.columns import PROJECTS
from geo.records.fields import ID_PATTERN
from geo.records.parts import Properties

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_POSITION = {"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}], "minItems": 2, "maxItems": 2}
_RING = {"type": "array", "items": _POSITION, "minItems": 4}
_POLYGON = {"type": "array", "items": _RING, "minItems": 1}


def feature_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one record as a GeoJSON feature."""
    properties = Properties.model_json_schema(ref_template="#/$defs/{model}")
    definitions = properties.pop("$defs")
    properties["title"] = "What a record states"
    properties["properties"] |= {
        column.name: column.json_schema() for column in PROJECTS if column.origin in ("derived", "kept")
    }
    return {
        "$schema": _DIALECT,
        "title": "Lithium or battery project",
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string", "pattern": ID_PATTERN, "maxLength": 100},
            "geometry": {"oneOf": [{"type": "null"}, *_geometries()]},
            "properties": properties,
        },
        "$defs": definitions,
    }


def parts_schemas() -> dict[str, Any]:
    """Return the schema of every property of a record that is no column, each of one type, by name."""
    stated = Properties.model_json_schema(ref_template="#/$defs/{model}")
    named = {name: schema for name, schema in stated["properties"].items() if name not in PROJECTS}
    return {name: _of_one_type(schema) for name, schema in named.items()}


def _of_one_type(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without what it says of null; parts of a record are told as objects, or as texts."""
    stated = {name: value for name, value in schema.items() if name not in ("anyOf", "default", "items")}
    choice: dict[str, Any] = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), {})
    items = schema.get("items") or choice.get("items")
    own = {name: value for name, value in choice.items() if name in ("type", "pattern", "maxLength", "minLength")}
    listed = {"items": {"type": "object" if items and "$ref" in items else items["type"]}} if items else {}
    return {"type": "object", **own, **stated, "title": stated["title"].capitalize(), **listed}


def collection_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a file of records, as in `data/projects/`."""
    feature = feature_schema()
    definitions = feature.pop("$defs")
    feature["required"] = [*feature["required"], "id"]
    del feature["$schema"]
    return {
        "$schema": _DIALECT,
        "title": "Lithium and battery projects",
        "type": "object",
        "required": ["type", "features"],
        "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array", "items": feature}},
        "$defs": definitions,
    }


def _geometries() -> list[dict[str, Any]]:
    coordinates = {"Point": _POSITION, "Polygon": _POLYGON, "MultiPolygon": {"type": "array", "items": _POLYGON}}
    return [
        {
            "type": "object",
            "required": ["type", "coordinates"],
            "properties": {"type": {"const": name}, "coordinates": schema},
            "additionalProperties": False,
        }
        for name, schema in coordinates.items()
    ]
