"""Which records are meant, as an expression tree. Parameters build one, and so will CQL2; each catalog evaluates it.

A comparison with a value that is missing is neither true nor false, as in SQL and CQL2 (OGC 21-065r2, section 8.1), and
a record is meant only where the whole is true.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from geo.columns import PROJECTS, Column, Columns, Kind
from geo.countries import country_names
from geo.errors import InvalidQuery

MOST_VALUES = 100
MOST_TEXT = 200
MOST_NODES = 500

# What can be missing besides the columns.
GEOMETRY, TIME = "geometry", "time"

Operator = Literal["=", "<>", "<", "<=", ">", ">="]
Value = str | float | bool


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
class Compare:
    """A column against a value: dates by the first day of their period; codes are only equal, or not."""

    column: str
    operator: Operator
    value: Value


@dataclass(frozen=True)
class In:
    """A column equals one of these values; one that holds several ids has at least one of them."""

    column: str
    values: frozenset[str] | frozenset[int]


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


Expression = And | Or | Not | Compare | In | Like | IsNull | Words | Intersects | Within | During

EVERYTHING = And(())


def or_missing(expression: Expression, what: str) -> Expression:
    """Return an expression that also takes what has no geometry, or no time.

    OGC 17-069r4 asks it of bbox and datetime (/req/core/fc-bbox-response, /req/core/fc-time-response).
    """
    return Or((expression, IsNull(what)))


def check(expression: Expression, columns: Columns = PROJECTS) -> None:
    """Raise InvalidQuery for a column or a value that there is not, and for an expression that is too large."""
    for number, node in enumerate(nodes(expression)):
        if number >= MOST_NODES:
            raise InvalidQuery("filter", "filter-too-large", most=MOST_NODES)
        match node:
            case Compare(column, sign, value):
                known = _known(columns, column)
                _check_sign(known, sign)
                _check_value(known, value)
            case In(column, values):
                _check_values(_known(columns, column), values)
            case Like(column, pattern):
                _check_pattern(_known(columns, column), pattern)
            case IsNull(column) if column not in (GEOMETRY, TIME):
                _known(columns, column)
            case Words(text) if len(text) > MOST_TEXT:
                raise InvalidQuery("q", "words-too-long", most=MOST_TEXT)


def nodes(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and every expression in it."""
    yield expression
    match expression:
        case And(parts) | Or(parts):
            for part in parts:
                yield from nodes(part)
        case Not(part):
            yield from nodes(part)


def _known(columns: Columns, column: str) -> Column:
    if column not in columns:
        raise InvalidQuery(column, "not-filterable", column=column[:50], known=columns.names)
    return columns[column]


def _check_values(known: Column, values: Collection[Value]) -> None:
    if len(values) > MOST_VALUES:
        raise InvalidQuery(known.name, "too-many-values", column=known.name, most=MOST_VALUES)
    for value in sorted(values, key=str):
        _check_value(known, value)


def _check_value(known: Column, value: Value) -> None:
    shown = str(value)[:50]
    if known.kind == "country" and value not in country_names():
        raise InvalidQuery(known.name, "no-country", value=shown)
    if known.vocabulary is not None and value not in known.vocabulary:
        codes = tuple(known.vocabulary.codes)
        raise InvalidQuery(known.name, "no-code", value=shown, name=known.name.replace("_", " "), known=codes)
    if not known.takes(value):
        rule = _WRONG_VALUES.get(known.kind, "value-not-text")
        raise InvalidQuery(known.name, rule, value=shown, column=known.name)


_WRONG_VALUES: dict[Kind, str] = {
    "number": "value-not-number",
    "integer": "value-not-number",
    "flag": "value-not-flag",
    "date": "value-not-date",
}


def _check_sign(known: Column, sign: Operator) -> None:
    if known.kind == "ids" or (sign not in ("=", "<>") and (known.codes is not None or known.kind == "flag")):
        raise InvalidQuery(known.name, "not-ordered", column=known.name)


def _check_pattern(known: Column, pattern: str) -> None:
    if known.kind != "text":
        raise InvalidQuery(known.name, "not-of-text", column=known.name)
    if len(pattern) > MOST_TEXT:
        raise InvalidQuery(known.name, "pattern-too-long", most=MOST_TEXT)
