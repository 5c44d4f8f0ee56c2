"""Conditions on columns that hold several values (OGC 21-065r2, section 7.7)."""

from __future__ import annotations

from typing import Any

from geo.checked import check
from geo.columns import Columns
from geo.cql2.operands import Operands, shown
from geo.errors import InvalidQuery
from geo.filter import EVERYTHING, NOTHING, And, ArrayComparison, Expression, In
from geo.operands import Constant, Property
from geo.rowwise import Row, is_meant

_TURNED = {"contains": "containedby", "containedby": "contains"}


def array_comparison(name: Any, left: Any, right: Any, operands: Operands, columns: Columns) -> Expression:
    """Return the condition that two arrays compare so, as sets."""
    first, second = _array(left, operands), _array(right, operands)
    if isinstance(first, frozenset) and isinstance(second, frozenset):
        return EVERYTHING if is_meant(ArrayComparison(name, first, second), Row()) else NOTHING
    if isinstance(first, frozenset):
        first, second, name = second, first, _TURNED.get(name, name)
    compared = ArrayComparison(name, first, second)
    check(compared, columns)
    if not isinstance(first, Property) or not isinstance(second, frozenset) or not second or name == "containedby":
        return compared
    if name == "overlaps":
        return In(first.column, second)
    each = tuple(In(first.column, frozenset([value])) for value in sorted(second))  # of which the rows are known
    return And(each) if name == "contains" else And((*each, compared))


def _array(node: Any, operands: Operands) -> Property | frozenset[str]:
    if isinstance(node, list):
        return frozenset(_text(each, operands) for each in node)
    operand = operands.read(node)
    if not isinstance(operand, Property):
        raise InvalidQuery("filter", "array-not-of-text", found=shown(node))
    return operand


def _text(node: Any, operands: Operands) -> str:
    operand = operands.read(node)
    if not isinstance(operand, Constant) or not isinstance(operand.value, str) or operand.type != "string":
        raise InvalidQuery("filter", "array-not-of-text", found=shown(node))
    return operand.value
