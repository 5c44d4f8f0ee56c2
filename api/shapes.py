"""The shapes of what the API answers, as its definition names them."""

from __future__ import annotations

from typing import Any

from api import proposals_definition
from api.changed import CHANGE_COLLECTION
from api.collections import COLLECTIONS, OF_PROJECTS, Collection
from api.counted import STATISTICS_SCHEMA
from api.dialect import downgraded
from api.hooks import definition as hooks_definition
from geo import schemas
from geo.records.schema import feature_schema

_LINK = {"type": "object", "required": ["href"], "properties": {n: {"type": "string"} for n in ("href", "rel", "type")}}


def ending_of(each: Collection) -> str:
    """Return what the names of operations and shapes end with that are of a collection, but of projects."""
    return "" if each is OF_PROJECTS else each.id.capitalize()


def shapes() -> dict[str, Any]:
    """Return every shape by the name that the definition has for it."""
    record = feature_schema()
    parts = {name: downgraded(schema) for name, schema in record.pop("$defs").items()}
    record.pop("$schema")
    feature, collection = downgraded(record), _collection()
    _allow_sources_without_ids(parts, feature)
    faults = {"type": "array", "items": {"$ref": "#/components/schemas/fault"}}
    written = {"properties": {"warnings": faults}}
    return {
        **parts,
        "newFeature": feature,
        "feature": feature,
        "writtenFeature": {"allOf": [{"$ref": "#/components/schemas/feature"}, written]},
        "featureCollection": collection,
        **_of_others(collection),
        "eventCollection": _events(parts["Event"], collection),
        "changeCollection": CHANGE_COLLECTION,
        "statistics": STATISTICS_SCHEMA,
        **proposals_definition.SHAPES,
        **hooks_definition.SHAPES,
        "link": _LINK,
        "fault": _FAULT,
        "problem": {"type": "object", "properties": {**_PROBLEM, "errors": faults}},
    }


def _allow_sources_without_ids(parts: dict[str, Any], feature: dict[str, Any]) -> None:
    """Say of bodies that a source gets an id where it has none, and may be named by its address; answers have ids."""
    source = parts["Source"]
    source["required"] = [name for name in source["required"] if name != "id"]
    source["properties"]["id"]["description"] = "In a body it may be left out: then the source gets a free one."
    named = {"type": "string", "maxLength": 2000, "description": "A source's id; in a body its address does as well."}
    for part in parts.values():
        if "sources" in part["properties"]:
            part["properties"]["sources"]["items"] = named
    feature["properties"]["properties"]["properties"]["location_sources"]["items"] = named


def _collection() -> dict[str, Any]:
    """Return the shape of a page of records."""
    return {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": {"$ref": "#/components/schemas/feature"}},
            "links": {"type": "array", "items": {"$ref": "#/components/schemas/link"}},
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
        },
    }


def _events(event: dict[str, Any], collection: dict[str, Any]) -> dict[str, Any]:
    """Return the shape of a page of events."""
    return {
        "type": "object",
        "required": ["events"],
        "properties": {
            "events": {"type": "array", "items": _told(event)},
            **{name: collection["properties"][name] for name in ("links", "numberMatched", "numberReturned")},
        },
    }


def _of_others(collection: dict[str, Any]) -> dict[str, Any]:
    """Return the shapes of the features of other collections than projects, and of pages of these."""
    found = dict[str, Any]()
    for each in (each for each in COLLECTIONS.values() if each is not OF_PROJECTS):
        of = ending_of(each)
        own = {"features": {"type": "array", "items": {"$ref": f"#/components/schemas/feature{of}"}}}
        found[f"feature{of}"] = _feature_of(each)
        found[f"featureCollection{of}"] = {**collection, "properties": {**collection["properties"], **own}}
    return found


def _feature_of(each: Collection) -> dict[str, Any]:
    """Return the shape of a feature whose properties are columns, of which those that are not required may be null."""
    flat = schemas.returnables("", each.title, each.columns, each.parts(), spatial=False)
    kept = {"title", "type", "items", "format", "readOnly"}
    told = {
        name: {k: downgraded(v) for k, v in schema.items() if k in kept} | {"nullable": name not in flat["required"]}
        for name, schema in flat["properties"].items()
        if name != "id"
    }
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": {"type": "object", "nullable": True},
            "properties": {"type": "object", "required": list(told), "properties": told},
        },
    }


def _told(event: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an event as the feed of events has it: with its record, and its sources in full."""
    source = {n: {"type": "string", "nullable": True} for n in ("id", "title", "url", "publisher", "published")}
    record = {n: {"type": "string"} for n in ("record_id", "record_name", "kind", "country")}
    sources = {"type": "array", "items": {"type": "object", "properties": source}}
    return {"type": "object", "properties": {**record, **event["properties"], "sources": sources}}


_VALUES = {"type": "object", "description": "What fills the rule's sentence."}
_FAULT = {
    "type": "object",
    "properties": {n: {"type": "string"} for n in ("pointer", "rule", "detail", "expected")} | {"values": _VALUES},
}
_PROBLEM = {
    **{n: {"type": "string"} for n in ("type", "title", "detail", "rule", "parameter")},
    **{n: {"type": "integer"} for n in ("status", "current_revision")},
    "values": _VALUES,
}
