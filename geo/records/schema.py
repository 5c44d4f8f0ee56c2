"""The JSON Schema of records and of files of them, produced from the record model."""

from __future__ import annotations

from typing import Any

from geo import vocabulary
from geo.records.derived import DERIVED_PROPERTIES
from geo.records.fields import ID_PATTERN
from geo.records.parts import Properties
from geo.records.project import STORE_PROPERTIES

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_POSITION = {"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}], "minItems": 2, "maxItems": 2}
_RING = {"type": "array", "items": _POSITION, "minItems": 4}
_POLYGON = {"type": "array", "items": _RING, "minItems": 1}


def feature_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one record as a GeoJSON feature."""
    properties = Properties.model_json_schema(ref_template="#/$defs/{model}")
    definitions = properties.pop("$defs")
    properties["title"] = "What a record states"
    properties["properties"] |= {name: _read_only(name) for name in (*DERIVED_PROPERTIES, *STORE_PROPERTIES)}
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


_NUMBERS = ("capacity_lce_t_per_year", "capacity_gwh_per_year")
_COUNTS = ("sources_count", "revision")
_VOCABULARIES = ("status", "status_group", "segment")


def _read_only(name: str) -> dict[str, Any]:
    if name in _VOCABULARIES:
        return {"type": "string", "enum": vocabulary.ALL[name].codes, "readOnly": True}
    if name in _COUNTS:
        return {"type": "integer", "readOnly": True}
    if name == "location_doubt":
        return {"type": ["string", "null"], "enum": [*vocabulary.LOCATION_DOUBTS.codes, None], "readOnly": True}
    if name == "status_stale":
        return {"type": "boolean", "readOnly": True}
    return {"type": ["number" if name in _NUMBERS else "string", "null"], "readOnly": True}
