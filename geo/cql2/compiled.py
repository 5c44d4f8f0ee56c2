"""CQL2 JSON as an expression of `geo/filter.py`: simple conditions become those that parameters make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geo.columns import Columns
from geo.cql2.arrays import array_comparison
from geo.cql2.functions import ARRAYS, COMPARED, CONDITIONS, SPATIAL, TEMPORAL, VALUES, unknown
from geo.cql2.operands import Operands, is_constant, shown
from geo.cql2.shapes import Transform
from geo.cql2.simple import comparison, membership
from geo.cql2.spatial import spatial_comparison
from geo.cql2.times import temporal_comparison
from geo.errors import InvalidQuery
from geo.filter import (
    EVERYTHING,
    GEOMETRY,
    NOTHING,
    TIME,
    And,
    Compare,
    Expression,
    IsNull,
    Like,
    Matches,
    Missing,
    Not,
    Or,
    Unknown,
    Words,
)
from geo.operands import Constant, Property


class Compiler:
    """Makes expressions over the columns of a collection; `transform` takes geometries to WGS 84."""

    def __init__(self, columns: Columns, transform: Transform) -> None:
        self._columns, self._transform = columns, transform
        self._operands = Operands(columns)
        self._conditions: dict[str, tuple[int | None, Callable[..., Expression]]] = {
            "and": (None, lambda *parts: And(tuple(map(self.condition, parts)))),
            "or": (None, lambda *parts: Or(tuple(map(self.condition, parts)))),
            "not": (1, lambda part: Not(self.condition(part))),
            "isnull": (1, self._is_null),
            "like": (2, self._like),
            "between": (3, self._between),
            "in": (2, self._in),
            "words": (1, self._words),
            **{sign: (2, self._compared(sign)) for sign in COMPARED},
            **{f"s_{name}": (2, self._spatial(name)) for name in SPATIAL},
            **{f"t_{name}": (2, self._temporal(name)) for name in TEMPORAL},
            **{f"a_{name}": (2, self._array(name)) for name in ARRAYS},
        }

    def condition(self, node: Any) -> Expression:
        """Return the expression of a condition; raises InvalidQuery for what is none."""
        if isinstance(node, bool):
            return EVERYTHING if node else NOTHING
        if isinstance(node, dict) and isinstance(node.get("op"), str):
            return self._called(node)
        if isinstance(node, dict) and "property" in node:
            operand = self._operands.read(node)
            if isinstance(operand, Property) and self._columns[operand.column].kind == "flag":
                return Compare(operand.column, "=", True)
        raise InvalidQuery("filter", "not-a-condition", found=shown(node))

    def _called(self, node: dict[str, Any]) -> Expression:
        name, args = node["op"].lower(), node.get("args")
        if name in VALUES:
            raise InvalidQuery("filter", "not-a-condition", found=shown(node))
        if name not in CONDITIONS:
            raise unknown(node["op"])
        count, make = self._conditions[name]
        if not isinstance(args, list) or (len(args) != count if count is not None else len(args) < 1):
            raise InvalidQuery("filter", "function-arguments", name=node["op"][:30], count=count or 2)
        return make(*args)

    def _is_null(self, node: Any) -> Expression:
        if isinstance(node, dict) and node.get("property") in (GEOMETRY, TIME):
            return IsNull(node["property"])
        if isinstance(node, dict) and ("type" in node or "bbox" in node or "interval" in node):
            return NOTHING
        if isinstance(node, dict) and str(node.get("op", "")).lower() in CONDITIONS:
            return Unknown(self.condition(node))
        operand = self._operands.read(node)
        if isinstance(operand, Property):
            return IsNull(operand.column)
        return NOTHING if is_constant(operand) else Missing(operand)

    def _like(self, node: Any, pattern_node: Any) -> Expression:
        operand, pattern = self._operands.read(node), self._operands.read(pattern_node)
        if not isinstance(pattern, Constant) or not isinstance(pattern.value, str) or pattern.type != "string":
            raise InvalidQuery("filter", "pattern-not-text", found=shown(pattern_node))
        if isinstance(operand, Property) and self._columns[operand.column].kind == "text":
            return Like(operand.column, pattern.value)
        return Matches(operand, pattern.value)

    def _between(self, node: Any, least: Any, most: Any) -> Expression:
        return And((self._compared(">=")(node, least), self._compared("<=")(node, most)))

    def _in(self, node: Any, listed: Any) -> Expression:
        if not isinstance(listed, list):
            raise InvalidQuery("filter", "in-without-list", found=shown(listed))
        return membership(self._operands.read(node), [self._operands.read(each) for each in listed], self._columns)

    def _words(self, node: Any) -> Expression:
        operand = self._operands.read(node)
        if not isinstance(operand, Constant) or not isinstance(operand.value, str):
            raise InvalidQuery("filter", "words-not-text", found=shown(node))
        return Words(operand.value)

    def _compared(self, sign: Any) -> Callable[..., Expression]:
        def made(left: Any, right: Any) -> Expression:
            return comparison(self._operands.read(left), sign, self._operands.read(right), self._columns)

        return made

    def _spatial(self, name: Any) -> Callable[..., Expression]:
        return lambda left, right: spatial_comparison(name, left, right, self._transform)

    def _temporal(self, name: Any) -> Callable[..., Expression]:
        return lambda left, right: temporal_comparison(name, left, right, self._operands, self._columns)

    def _array(self, name: Any) -> Callable[..., Expression]:
        return lambda left, right: array_comparison(name, left, right, self._operands, self._columns)
