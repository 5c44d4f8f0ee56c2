"""Which records are meant, as an expression tree. Parameters and CQL2 build one; each catalog evaluates it.

A comparison with a value that is missing is neither true nor false, as in SQL and CQL2 (OGC 21-065r2, section 8.1), and
a record is meant only where the whole is true.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from geo.errors import InvalidQuery
from geo.operands import Operand, Property, Value
from geo.temporal import TemporalRelation, Time

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MOST_VALUES = 100
MOST_TEXT = 200

# What can be missing besides the columns.
GEOMETRY, TIME = "geometry", "time"

Operator = Literal["=", "<>", "<", "<=", ">", ">="]
SpatialRelation = Literal["intersects", "equals", "touches", "within", "overlaps", "crosses", "contains"]
ArrayRelation = Literal["equals", "contains", "containedby", "overlaps"]


@dataclass(frozen=True)
class Box:
    """A box in WGS 84 degrees; west > east means that it crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(n) for n in (self.west, self.south, self.east, self.north)):
            raise InvalidQuery("bbox", "bbox-not-finite")
        if not (-180 <= self.west <= 180 and -180 <= self.east <= 180):
            raise InvalidQuery("bbox", "bbox-longitude")
        if not (-90 <= self.south <= 90 and -90 <= self.north <= 90):
            raise InvalidQuery("bbox", "bbox-latitude")
        if self.south > self.north:
            raise InvalidQuery("bbox", "bbox-upside-down")

    def parts(self) -> list[tuple[float, float, float, float]]:
        """Return plain boxes (west <= east) that together cover this one on a round globe.

        The meridians 180 and -180 are one line, and a pole is one point whatever its longitude.
        """
        if self.west > self.east:
            spans = [(self.west, 180.0), (-180.0, self.east)]
        else:
            spans = [(self.west, self.east)]
            spans += [(-180.0, -180.0)] if self.east == 180 else []
            spans += [(180.0, 180.0)] if self.west == -180 else []
        parts = [(west, self.south, east, self.north) for west, east in spans]
        parts += [(-180.0, pole, 180.0, pole) for pole in (-90.0, 90.0) if pole in (self.south, self.north)]
        return parts


@dataclass(frozen=True)
class Interval:
    """A span of days, both ends included; None is an open end."""

    start: dt.date | None
    end: dt.date | None

    def __post_init__(self) -> None:
        if self.start and self.end and self.start > self.end:
            raise InvalidQuery("datetime", "interval-backwards")


@dataclass(frozen=True)
class And:
    """All of the parts are true; without parts it is true."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Or:
    """At least one of the parts is true; without parts it is false."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Not:
    """The part is false."""

    part: Expression


@dataclass(frozen=True)
class Unknown:
    """The part is neither true nor false."""

    part: Expression


@dataclass(frozen=True)
class Compare:
    """A column against a value: dates by the first day of their period; codes are only equal, or not."""

    column: str
    operator: Operator
    value: Value


@dataclass(frozen=True)
class In:
    """A column equals one of these values; one that holds several ids has at least one of them."""

    column: str
    values: frozenset[str] | frozenset[int] | frozenset[float]


@dataclass(frozen=True)
class Like:
    """A text column matches a pattern, in which % stands for any text and _ for one character; case counts."""

    column: str
    pattern: str


@dataclass(frozen=True)
class IsNull:
    """A column, the geometry or the time has no value."""

    column: str


@dataclass(frozen=True)
class Words:
    """The words are in names, owners, places, ids, or say kind or stage, by the rule of `geo/folding.py`."""

    text: str


@dataclass(frozen=True)
class Intersects:
    """The geometry shares a point with the box."""

    box: Box


@dataclass(frozen=True)
class Within:
    """The geometry lies in the box, edges included."""

    box: Box


@dataclass(frozen=True)
class During:
    """The time from the first to the last event meets the interval."""

    interval: Interval


@dataclass(frozen=True)
class Comparison:
    """Two operands against each other, of which neither need be a column alone; dates by their first day."""

    left: Operand
    operator: Operator
    right: Operand


@dataclass(frozen=True)
class Matches:
    """A text that is made from others matches a pattern, as with `Like`."""

    operand: Operand
    pattern: str


@dataclass(frozen=True)
class Missing:
    """An operand has no value."""

    operand: Operand


@dataclass(frozen=True, repr=False)
class SpatialComparison:
    """The geometry lies so to a shape in WGS 84 degrees (OGC 06-103r4, section 6.1.15), on a plane map."""

    relation: SpatialRelation
    shape: BaseGeometry

    def __repr__(self) -> str:
        """Name the whole shape: answers are kept by what their questions are called."""
        return f"SpatialComparison({self.relation!r}, {self.shape.wkb_hex})"


@dataclass(frozen=True)
class TemporalComparison:
    """Two times lie so to each other; where an end is missing, or lies before the start, that is not known."""

    relation: TemporalRelation
    left: Time
    right: Time


@dataclass(frozen=True)
class ArrayComparison:
    """Two sets of names or codes compare so: columns that hold several, or what is stated."""

    relation: ArrayRelation
    left: Property | frozenset[str]
    right: Property | frozenset[str]


Simple = Compare | In | Like | IsNull | Words | Intersects | Within | During
Reckoned = Comparison | Matches | Missing | SpatialComparison | TemporalComparison | ArrayComparison
Expression = And | Or | Not | Unknown | Simple | Reckoned

EVERYTHING, NOTHING = And(()), Or(())


def or_missing(expression: Expression, what: str) -> Expression:
    """Return an expression that also takes what has no geometry, or no time.

    OGC 17-069r4 asks it of bbox and datetime (/req/core/fc-bbox-response, /req/core/fc-time-response).
    """
    return Or((expression, IsNull(what)))


def nodes(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and every expression in it."""
    yield expression
    match expression:
        case And(parts) | Or(parts):
            for part in parts:
                yield from nodes(part)
        case Not(part) | Unknown(part):
            yield from nodes(part)
