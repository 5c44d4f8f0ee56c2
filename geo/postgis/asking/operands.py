"""The sides of a comparison in SQL, and how they are compared."""

from __future__ import annotations

import re
from typing import Literal

from geo.columns import PROJECTS
from geo.filter import Comparison, Matches, TemporalComparison
from geo.operands import (
    FOLDINGS,
    Arithmetic,
    Constant,
    Folded,
    Folding,
    Operand,
    Property,
    Value,
    Year,
    type_of,
    unfolded,
)
from geo.postgis.asking.patterns import like_of
from geo.postgis.asking.rows import Rows
from geo.postgis.asking.sql import Sql, sql
from geo.postgis.asking.times import day_ordinal, first_ordinal, last_ordinal, microseconds, year_of
from geo.temporal import Period, TemporalRelation, Time, WholeTime, first_of, is_by_days, last_of

End = Literal["first", "last"]

# Of two times a to b, and c to d; as in `geo/temporal.py`.
_RELATIONS: dict[TemporalRelation, str] = {
    "after": "{a} > {d}",
    "before": "{b} < {c}",
    "contains": "{a} < {c} AND {b} > {d}",
    "disjoint": "{a} > {d} OR {b} < {c}",
    "during": "{a} > {c} AND {b} < {d}",
    "equals": "{a} = {c} AND {b} = {d}",
    "finishedby": "{a} < {c} AND {b} = {d}",
    "finishes": "{a} > {c} AND {b} = {d}",
    "intersects": "{a} <= {d} AND {b} >= {c}",
    "meets": "{b} = {c}",
    "metby": "{a} = {d}",
    "overlappedby": "{a} > {c} AND {a} < {d} AND {b} > {d}",
    "overlaps": "{a} < {c} AND {b} > {c} AND {b} < {d}",
    "startedby": "{a} = {c} AND {b} > {d}",
    "starts": "{a} = {c} AND {b} < {d}",
}


def folding_name(foldings: tuple[Folding, ...]) -> str:
    """Return the column of `catalog_texts` that holds texts folded so, first to last.

    To fold twice by the same changes nothing, nor does a third folding behind both (a test goes through all letters).
    """
    distinct = tuple(dict.fromkeys(foldings))
    return "_".join(distinct[::-1])


class Operands:
    """Makes the values of operands for rows."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def compared(self, comparison: Comparison) -> Sql:
        """Return whether two operands compare so."""
        left, right = comparison.left, comparison.right
        by_days = "date" in (type_of(left, PROJECTS), type_of(right, PROJECTS))
        sides = [self.value(side, by_days=by_days) for side in (left, right)]
        return sql(f"({{}} {comparison.operator} {{}})", *sides)

    def matched(self, expression: Matches) -> Sql:
        """Return whether a text matches a pattern."""
        return sql("{} LIKE {}", self.value(expression.operand), like_of(expression.pattern))

    def related(self, expression: TemporalComparison) -> Sql:
        """Return whether two times lie so to each other; neither where one of them is none."""
        by_days = is_by_days(PROJECTS, expression.left, expression.right)
        ends = [end for time in (expression.left, expression.right) for end in self._ends(time, by_days)]
        known = dict(zip("abcd", (sql("({}::double precision)", end) for end in ends), strict=True))
        form = f"(CASE WHEN {{a}} <= {{b}} AND {{c}} <= {{d}} THEN {_RELATIONS[expression.relation]} END)"
        return sql(re.sub(r"\{\w\}", "{}", form), *(known[name] for name in re.findall(r"\{(\w)\}", form)))

    def _ends(self, time: Time, by_days: bool) -> tuple[Sql, Sql]:
        if isinstance(time, WholeTime):
            return Sql("r.first_day"), Sql("r.last_day")
        assert isinstance(time, Period)
        start = Sql("'-infinity'") if time.start is None else self.value(time.start, by_days=by_days)
        end = Sql("'infinity'") if time.end is None else self.value(time.end, by_days=by_days, end="last")
        return start, end

    def value(self, operand: Operand, *, by_days: bool = True, end: End = "first") -> Sql:
        """Return the value of an operand: dates and timestamps as numbers, of days or of microseconds."""
        match operand:
            case Property(column):
                return self._of_column(column, by_days, end)
            case Constant(_, "date" | "timestamp"):
                number = (first_of if end == "first" else last_of)(operand, by_days=by_days)
                return sql("{}::double precision", float(number))
            case Constant(value, "number"):
                return sql("{}::double precision", number_of(value))
            case Constant(value, "boolean"):
                return sql("{}::boolean", value)
            case Constant(value, _):
                return sql('({}::text COLLATE "C")', str(value))
            case Arithmetic(sign, left, right):
                return sql(f"catalog_reckoned('{_SIGNS[sign]}', {{}}, {{}})", self.value(left), self.value(right))
            case Folded():
                return self._folded(operand)
            case Year(part):
                return year_of(self.value(part))

    def _of_column(self, name: str, by_days: bool, end: End) -> Sql:
        known, kind = self._rows.column(name), PROJECTS[name].kind
        if kind == "flag":
            return sql("({})", self._rows.is_stale())
        if kind == "date":
            return first_ordinal(known) if end == "first" else last_ordinal(known)
        if kind == "time":
            return day_ordinal(known) if by_days else microseconds(known)
        return known

    def _folded(self, operand: Folded) -> Sql:
        column, foldings = unfolded(operand)
        if column is None:
            return self.value(Constant(_constant(operand), "string"))
        known, name = self._rows.column(column), folding_name(foldings)
        if not is_foldable(column):  # codes and ids are of ASCII
            return sql("lower({})" if "casei" in foldings else "{}", known)
        return sql("(SELECT {} FROM catalog_texts t WHERE t.text = {})", Sql(f"t.{name}"), known)


def number_of(value: Value) -> float:
    """Return a number of a question; one beyond all that there are is infinite."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if int(value) > 0 else float("-inf")


def is_foldable(column: str) -> bool:
    """Return whether the texts of a column stand in `catalog_texts`."""
    return PROJECTS[column].kind == "text" and column != "id"


def _constant(operand: Operand) -> str:
    match operand:
        case Folded(folding, part):
            return FOLDINGS[folding](_constant(part))
        case Constant(value, _):
            return str(value)
        case _:
            raise TypeError(operand)


_SIGNS = {"+": "+", "-": "-", "*": "*", "/": "/", "^": "^", "%": "mod", "div": "div"}
