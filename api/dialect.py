"""How a JSON Schema is said in OpenAPI 3.0, which has a dialect of its own."""

from __future__ import annotations

from typing import Any


def downgraded(schema: Any) -> Any:
    """Return a JSON Schema of 2020-12 in the dialect of OpenAPI 3.0: nullable, single enums, no tuples."""
    if isinstance(schema, list):
        return [downgraded(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {k: downgraded(v) for k, v in schema.items() if k not in ("prefixItems", "$schema", "examples")}
    if "prefixItems" in schema:
        changed["items"] = {"type": "number"}
    if "const" in changed:
        changed |= {"type": "string", "enum": [changed.pop("const")]}
    if "$ref" in changed:
        changed["$ref"] = changed["$ref"].replace("#/$defs/", "#/components/schemas/")
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(changed.get(exclusive), int | float) and not isinstance(changed.get(exclusive), bool):
            changed |= {bound: changed[exclusive], exclusive: True}
    return _nullable(changed)


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if isinstance(schema.get("type"), list):
        return {**schema, "type": next(t for t in schema["type"] if t != "null"), "nullable": True}
    for choice in ("anyOf", "oneOf"):
        options = schema.get(choice)
        if isinstance(options, list) and {"type": "null"} in options:
            rest = [option for option in options if option != {"type": "null"}]
            plain = {k: v for k, v in schema.items() if k not in (choice, "default")}
            return {**plain, **(rest[0] if len(rest) == 1 else {choice: rest}), "nullable": True}
    return schema
