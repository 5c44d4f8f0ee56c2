"""What pydantic refuses, as faults of ours."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from geo.faults import Fault, Value

# Pydantic's own kinds of error, and our rule and the name of its value for each.
_RULES = {
    "missing": "missing",
    "extra_forbidden": "unknown-field",
    "string_type": "not-text",
    "bool_type": "not-true-or-false",
    "bool_parsing": "not-true-or-false",
    "float_type": "not-a-number",
    "int_type": "not-a-number",
    "float_parsing": "not-a-number",
    "finite_number": "not-finite",
    "list_type": "not-a-list",
    "model_type": "not-an-object",
    "dict_type": "not-an-object",
}
_BOUNDS = {
    "string_too_long": ("too-long", "max_length", "most"),
    "string_too_short": ("too-short", "min_length", "least"),
    "too_long": ("too-many", "max_length", "most"),
    "too_short": ("too-few", "min_length", "least"),
    "less_than_equal": ("too-large", "le", "most"),
    "greater_than": ("too-small", "gt", "least"),
    "string_pattern_mismatch": ("not-in-form", "pattern", "pattern"),
}


def refused_faults(error: ValidationError, root: str = "") -> list[Fault]:
    """Return a fault for each value that pydantic refuses; pointers start at `root`."""
    return [_fault(each, root) for each in error.errors(include_url=False)]


def _fault(error: ErrorDetails, root: str) -> Fault:
    pointer = root + "".join(f"/{_escaped(part)}" for part in error["loc"])
    return Fault(pointer, *_rule(error["type"], error.get("ctx", {})))


def _rule(kind: str, context: dict[str, Any]) -> tuple[str, dict[str, Value]]:
    if kind == "wrong_value":
        return context["rule"], context["values"]
    if kind == "literal_error":
        return "not-in-list", {"known": tuple(context["expected"].split("'")[1::2])}
    if kind in _BOUNDS:
        rule, bound, name = _BOUNDS[kind]
        return rule, {name: context[bound]}
    return (_RULES[kind], {}) if kind in _RULES else ("unfit", {"kind": kind})


def _escaped(part: int | str) -> str:
    """Escape a JSON pointer token (RFC 6901 section 3), cut to a length that a page can show."""
    return str(part)[:100].replace("~", "~0").replace("/", "~1")
