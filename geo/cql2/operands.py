"""The values of a CQL2 filter: properties, literals, sums, and texts without case or accents."""

from __future__ import annotations

import math
from typing import Any

import orjson

from geo import dates
from geo.checked import known_column
from geo.columns import Columns
from geo.cql2.functions import ARITHMETIC, CONDITIONS, VALUES, unknown
from geo.errors import InvalidQuery
from geo.filter import GEOMETRY, TIME
from geo.operands import FOLDINGS, Arithmetic, Constant, Folded, Operand, Property, Year, properties_in
from geo.temporal import instant


class Operands:
    """Reads operands over the columns of a collection; raises InvalidQuery for what is none."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def read(self, node: Any) -> Operand:
        """Return the operand that a node of CQL2 JSON is."""
        match node:
            case bool():
                return Constant(node, "boolean")
            case str():
                return Constant(node, "string")
            case int() | float() if math.isfinite(node) and abs(node) <= 1e300:
                return Constant(node, "number")
            case {"property": str(name)}:
                return self._property(name)
            case {"date": str(text)}:
                return date(text)
            case {"timestamp": str(text)}:
                instant(text)
                return Constant(text, "timestamp")
            case {"op": str(name), "args": list(args)} if name.lower() in VALUES:
                return self._made(name.lower(), args)
            case {"op": str(name)} if name.lower() not in CONDITIONS | VALUES:
                raise unknown(name)
            case _:
                raise InvalidQuery("filter", "not-a-value", found=shown(node))

    def _property(self, name: str) -> Property:
        if name in (GEOMETRY, TIME):
            raise InvalidQuery("filter", "not-compared", name=name, functions="S_…" if name == GEOMETRY else "T_…")
        return Property(known_column(self._columns, name).name)

    def _made(self, name: str, args: list[Any]) -> Operand:
        count = 2 if name in ARITHMETIC else 1
        if len(args) != count:
            raise InvalidQuery("filter", "function-arguments", name=name, count=count)
        parts = [self.read(arg) for arg in args]
        match name:
            case "casei" | "accenti":
                return folded(name, parts[0])
            case "year":
                return Year(parts[0])
            case _:
                return Arithmetic(name, parts[0], parts[1])  # type: ignore[arg-type]


def folded(name: Any, part: Operand) -> Operand:
    """Return a text without case or accents; of a literal that is known at once."""
    if isinstance(part, Constant) and isinstance(part.value, str) and part.type == "string":
        return Constant(FOLDINGS[name](part.value), "string")
    return Folded(name, part)


def date(text: str) -> Constant:
    """Return a date, of reduced precision too; raises InvalidQuery for a text that is none."""
    if not dates.is_date(text):
        raise InvalidQuery("filter", "filter-date", text=text[:40])
    return Constant(text, "date")


def is_constant(operand: Operand) -> bool:
    """Return whether nothing of an operand depends on a record, and none of it can be missing."""
    return not isinstance(operand, Arithmetic) and not any(properties_in(operand))


def shown(node: Any) -> str:
    """Return a part of a filter as a refusal shows it."""
    if isinstance(node, dict) and isinstance(node.get("property"), str):
        return str(node["property"])[:40]
    if isinstance(node, dict) and isinstance(node.get("op"), str):
        return f"{node['op'][:30]}(…)"
    try:
        return orjson.dumps(node).decode()[:40]
    except TypeError:
        return "?"
