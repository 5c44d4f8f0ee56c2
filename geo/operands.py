"""What stands at the sides of a comparison: columns, constants, and what is reckoned from them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from geo.columns import Columns
from geo.errors import InvalidQuery
from geo.folding import without_accents

Value = str | float | bool
Type = Literal["string", "number", "boolean", "date", "timestamp", "array"]
ArithmeticSign = Literal["+", "-", "*", "/", "^", "%", "div"]
Folding = Literal["casei", "accenti"]


@dataclass(frozen=True)
class Property:
    """The value of a column."""

    column: str


@dataclass(frozen=True)
class Constant:
    """A value: text, a number, true or false, a date (YYYY, YYYY-MM, YYYY-MM-DD) or a timestamp (RFC 3339)."""

    value: Value
    type: Type


@dataclass(frozen=True)
class Arithmetic:
    """A number reckoned from two; where one is missing, or there is no such number, it is missing."""

    sign: ArithmeticSign
    left: Operand
    right: Operand


@dataclass(frozen=True)
class Folded:
    """A text without its case (Unicode's full case folding), or without its accents."""

    folding: Folding
    part: Operand


@dataclass(frozen=True)
class Year:
    """The year of a date or timestamp, as a number."""

    part: Operand


Operand = Property | Constant | Arithmetic | Folded | Year

FOLDINGS: dict[Folding, Callable[[str], str]] = {"casei": str.casefold, "accenti": without_accents}
TYPES: dict[str, Type] = {
    "number": "number",
    "integer": "number",
    "flag": "boolean",
    "date": "date",
    "time": "timestamp",
    "ids": "array",
}


def unfolded(operand: Operand) -> tuple[str | None, tuple[Folding, ...]]:
    """Return the column whose texts an operand folds and by what, first to last; None where it is anything else."""
    match operand:
        case Property(column):
            return column, ()
        case Folded(folding, part):
            whose, before = unfolded(part)
            return whose, (*before, folding)
        case _:
            return None, ()


def properties_in(operand: Operand) -> Iterator[str]:
    """Yield the columns that an operand is made from."""
    match operand:
        case Property(column):
            yield column
        case Arithmetic(_, left, right):
            yield from properties_in(left)
            yield from properties_in(right)
        case Folded(_, part) | Year(part):
            yield from properties_in(part)


def type_of(operand: Operand, columns: Columns) -> Type:
    """Return what kind of value an operand has; raises InvalidQuery where its parts are not of the right type."""
    match operand:
        case Property(column):
            return TYPES.get(columns[column].kind, "string")
        case Constant(_, known):
            return known
        case Arithmetic(sign, left, right):
            return _taken("number", sign, columns, "number", left, right)
        case Folded(folding, part):
            return _taken("string", folding.upper(), columns, "string", part)
        case Year(part):
            if type_of(part, columns) not in ("date", "timestamp"):
                raise _wrong("year", "date", part, columns)
            return "number"


def _taken(returned: Type, by: str, columns: Columns, wanted: Type, *parts: Operand) -> Type:
    for part in parts:
        if type_of(part, columns) != wanted:
            raise _wrong(by, wanted, part, columns)
    return returned


def _wrong(by: str, wanted: Type, part: Operand, columns: Columns) -> InvalidQuery:
    return InvalidQuery("filter", "operand-type", by=by, wanted=wanted, found=told(part), type=type_of(part, columns))


def told(operand: Operand) -> str:
    """Return how an operand is named where it is wrong."""
    match operand:
        case Property(column):
            return column
        case Constant(value, _):
            return str(value)[:50]
        case Arithmetic(sign, left, right):
            return f"{told(left)} {sign} {told(right)}"[:50]
        case Folded(folding, part):
            return f"{folding.upper()}({told(part)})"[:50]
        case Year(part):
            return f"year({told(part)})"[:50]


def _power(base: float, exponent: float) -> float:
    """Return a power, the same in an array as alone: NumPy's differs by how its numbers lie."""
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError):
        return math.nan


def reckoned(sign: ArithmeticSign, left: Any, right: Any) -> Any:
    """Return a sum, product and so on of numbers or of arrays of them; NaN stands for what is missing.

    `div` and `%` cut towards zero, as in SQL; what is divided by zero, or too large, is missing.
    """
    with np.errstate(all="ignore"):
        match sign:
            case "+":
                found = np.add(left, right)
            case "-":
                found = np.subtract(left, right)
            case "*":
                found = np.multiply(left, right)
            case "/":
                found = np.true_divide(left, right)
            case "^":
                found = np.asarray(np.frompyfunc(_power, 2, 1)(left, right), dtype=np.float64)
            case "%":
                found = np.fmod(left, right)
            case "div":
                found = np.trunc(np.true_divide(left, right))
        is_there = ~(np.isnan(left) | np.isnan(right))  # what is not there to the power of 0 is not 1
        return np.where(is_there & np.isfinite(found), found, np.nan)
