"""The schemas of what features hold besides columns that are made of the projects."""

from __future__ import annotations

from typing import Any

from geo import vocabulary
from geo.schemas import Schema

_TEXT = {"type": "string"}


def parts_of_countries() -> dict[str, Schema]:
    """Return the schema of every property of a country that is no column, each of one type, by name."""
    told = {
        "measure": {"type": "string", "enum": vocabulary.MEASURES.codes},
        "basis": {"type": "string", "enum": vocabulary.CAPACITY_BASES.codes},
        "status_group": {"type": "string", "enum": vocabulary.STATUS_GROUPS.codes},
        "value": {"type": "number"},
        "projects": {"type": "integer", "minimum": 1},
        "unit": _TEXT,
    }
    return {"capacities": _objects("Summed capacities", told)}


def parts_of_organisations() -> dict[str, Schema]:
    """Return the same of an organisation; a share and its date are null where no source states them."""
    told = {
        "organisation": _TEXT,
        "name": _TEXT,
        "share_pct": {"type": ["number", "null"]},
        "as_of": {"type": ["string", "null"]},
        "source": {"type": "string", "format": "uri"},
    }
    held = {"held_by": _objects("Held by", told), "holdings": _objects("Holdings", told)}
    return {**held, **parts_of_countries()}


def _objects(title: str, properties: dict[str, Any]) -> Schema:
    one = {"type": "object", "required": list(properties), "properties": properties}
    return {"title": title, "type": "array", "items": one, "readOnly": True}
