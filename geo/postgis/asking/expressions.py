"""For which rows an expression is true, as SQL: of each kind of expression what `geo/rowwise.py` says of one row.

Where a value is missing, SQL's NULL is neither true nor false, as it has to be. A condition of which only those rows
matter of which it is true may be false where it should be neither, so that an index serves; below a NOT it is exact.
"""

from __future__ import annotations

from geo.columns import PROJECTS, Column
from geo.filter import (
    GEOMETRY,
    TIME,
    And,
    ArrayComparison,
    Compare,
    Comparison,
    During,
    Expression,
    In,
    Intersects,
    Interval,
    IsNull,
    Like,
    Matches,
    Missing,
    Not,
    Or,
    SpatialComparison,
    TemporalComparison,
    Unknown,
    Within,
    Words,
)
from geo.operands import Property, Value
from geo.postgis.asking.operands import Operands, number_of
from geo.postgis.asking.places import Places
from geo.postgis.asking.rows import Rows
from geo.postgis.asking.sql import FALSE, Sql, all_of, any_of, sql
from geo.postgis.asking.texts import Texts
from geo.postgis.asking.times import bounds_of
from geo.postgis.asking.words import WordsAsked
from geo.postgis.tables import SHAPELESS

_SETS = {"contains": "{} @> {}", "containedby": "{} <@ {}", "overlaps": "{} && {}"}


class Conditions:
    """Makes conditions on rows; what has to be looked up for that is read from the same moment of the database."""

    def __init__(self, rows: Rows, texts: Texts, words: WordsAsked, places: Places) -> None:
        self._rows, self._texts, self._words, self._places = rows, texts, words, places
        self._operands = Operands(rows)

    def of(self, expression: Expression, *, is_exact: bool = False) -> Sql:
        """Return the condition of an expression."""
        match expression:
            case And(parts):
                return all_of(self.of(part, is_exact=is_exact) for part in parts)
            case Or(parts):
                return any_of(self.of(part, is_exact=is_exact) for part in parts)
            case Not(part):
                return sql("NOT ({})", self.of(part, is_exact=True))
            case Unknown(part):
                return sql("({}) IS NULL", self.of(part, is_exact=True))
            case Intersects(box):
                return self._of_place(self._places.meets(box), is_exact=is_exact)
            case Within(box):
                return self._of_place(self._places.lies_in(box), is_exact=is_exact)
            case SpatialComparison():
                return self._of_place(self._places.relates(expression), is_exact=is_exact)
            case _:
                return self._of_values(expression)

    def _of_values(self, expression: Expression) -> Sql:
        match expression:
            case Compare(column, sign, value):
                return self._compare(PROJECTS[column], sign, value)
            case In(column, values):
                return self._is_among(PROJECTS[column], list(values))
            case Like(column, pattern):
                return self._matches(Matches(Property(column), pattern))
            case IsNull(column):
                return self._is_missing(column)
            case Words(text):
                return self._words.condition(text)
            case During(interval):
                return _overlaps(interval)
            case Comparison():
                return self._operands.compared(expression)
            case Matches():
                return self._matches(expression)
            case Missing(operand):
                return sql("({}) IS NULL", self._operands.value(operand))
            case TemporalComparison():
                return self._operands.related(expression)
            case ArrayComparison():
                return self._related_sets(expression)
            case _:
                raise TypeError(expression)

    @staticmethod
    def _of_place(condition: Sql, *, is_exact: bool) -> Sql:
        if not is_exact:
            return condition
        return sql("CASE WHEN NOT ({}) THEN coalesce({}, false) END", Sql(_SHAPELESS), condition)

    def _compare(self, column: Column, sign: str, value: Value) -> Sql:
        if column.kind == "flag":
            return self._rows.is_stale(wanted=bool(value) == (sign == "="))
        known = self._rows.column(column.name)
        if column.kind == "date":
            return _by_days(known, sign, str(value))
        return sql(f"{{}} {sign} {{}}{_cast(column)}", known, number_of(value) if _is_number(column) else value)

    def _is_among(self, column: Column, values: list[Value]) -> Sql:
        known = self._rows.column(column.name)
        if column.kind == "ids":
            return sql("{} && {}::text[]", known, values)
        if not values:
            return sql("({} IS NULL AND NULL)", known)  # false, but not of what is missing
        if column.kind in ("flag", "date") or len(values) == 1:  # an index of one value has its ids in order
            return any_of(self._compare(column, "=", value) for value in values)
        if _is_number(column):
            return sql("{} = ANY({}::double precision[])", known, [number_of(value) for value in values])
        return sql("{} = ANY({}::text[])", known, values)

    def _is_missing(self, column: str) -> Sql:
        if column == GEOMETRY:
            return Sql(f"({_SHAPELESS})")
        if column == TIME:
            return Sql("r.first_day IS NULL")
        if PROJECTS[column].kind == "flag":
            return FALSE
        known = self._rows.column(column)
        return sql("cardinality({}) = 0" if PROJECTS[column].kind == "ids" else "{} IS NULL", known)

    def _matches(self, expression: Matches) -> Sql:
        found = self._texts.matching(expression.operand, expression.pattern)
        if found is None:
            return self._operands.matched(expression)
        column, texts = found
        return self._is_among(PROJECTS[column], list(texts))

    def _related_sets(self, expression: ArrayComparison) -> Sql:
        sides = [self._set(side) for side in (expression.left, expression.right)]
        if expression.relation == "equals":
            return sql("({} @> {} AND {} <@ {})", *sides, *sides)
        return sql(_SETS[expression.relation], *sides)

    def _set(self, array: Property | frozenset[str]) -> Sql:
        if isinstance(array, frozenset):
            return sql("{}::text[]", sorted(array))
        return self._rows.column(array.column)


_SHAPELESS = SHAPELESS.replace("x IS", "r.x IS").replace("area IS", "r.area IS")


def _is_number(column: Column) -> bool:
    return column.kind in ("number", "integer")


def _cast(column: Column) -> str:
    return "::double precision" if _is_number(column) else ""


def _by_days(known: Sql, sign: str, date: str) -> Sql:
    """Compare dates by the first day of their period: of one first day the texts lie between two, as texts."""
    first, last = bounds_of(date)
    match sign:
        case "=":
            return sql("({} BETWEEN {} AND {})", known, first, last)
        case "<>":
            return sql("({} NOT BETWEEN {} AND {})", known, first, last)
        case "<" | ">=":
            return sql(f"{{}} {sign} {{}}", known, first)
        case _:
            return sql(f"{{}} {sign} {{}}", known, last)


def _overlaps(interval: Interval) -> Sql:
    ends = [
        *([sql("r.first_day <= {}", interval.end.toordinal())] if interval.end else []),
        *([sql("r.last_day >= {}", interval.start.toordinal())] if interval.start else []),
    ]
    return all_of(ends) if ends else Sql("(r.first_day = r.first_day)")
