"""Comparisons that no kept order answers, of many rows at once: texts by their distinct values, numbers as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geo.columns import PROJECTS
from geo.filter import ArrayComparison, Comparison, Matches, Missing, TemporalComparison
from geo.memory.alike import may_match
from geo.memory.coded import Coded, Ranks
from geo.memory.rows import Mask
from geo.memory.texts import Texts
from geo.operands import (
    FOLDINGS,
    Arithmetic,
    Constant,
    Folded,
    Folding,
    Operand,
    Property,
    Year,
    reckoned,
    type_of,
    unfolded,
)
from geo.patterns import fixed_parts, matcher
from geo.rowwise import COMPARISONS
from geo.temporal import Time, WholeTime, first_of, is_by_days, last_of, relate

Array = Property | frozenset[str]
Numbers = npt.NDArray[np.float64]
_EPOCH = 719_163  # the ordinal of 1 January 1970


class Sets(NamedTuple):
    """What rows hold of several values: the known ones, and rank and row of each that is held."""

    known: Sequence[str]
    ranks: Ranks
    rows: npt.NDArray[np.int64]


class Whole(NamedTuple):
    """From which to which day each row's time reaches, as ordinals, and which rows have none."""

    first: npt.NDArray[Any]
    last: npt.NDArray[Any]
    is_missing: Mask


def among(column: Coded) -> Coded:
    """Return a column with those distinct values only that its rows have, where these are fewer by far."""
    if len(column.ranks) * 2 >= len(column.distinct):
        return column
    used = np.unique(column.ranks[column.ranks >= 0])
    ranks = np.where(column.ranks < 0, -1, np.searchsorted(used, column.ranks))
    if isinstance(column.distinct, np.ndarray):
        return Coded(column.distinct[used], ranks)
    return Coded([column.distinct[rank] for rank in used.tolist()], ranks)


class Reckoning:
    """Says for which of some rows a comparison is true, and for which false."""

    def __init__(
        self, coded: Callable[[str], Coded], sets: Callable[[str], Sets], whole: Callable[[], Whole], size: int
    ) -> None:
        self._coded, self._sets, self._whole, self._size = coded, sets, whole, size

    def truth(
        self, expression: Comparison | Matches | Missing | TemporalComparison | ArrayComparison
    ) -> tuple[Mask, Mask]:
        """Return which rows an expression is true of, and of which false."""
        match expression:
            case Comparison(left, sign, right) if "string" in (type_of(left, PROJECTS), type_of(right, PROJECTS)):
                return self._compared_texts(left, COMPARISONS[sign], right)
            case Comparison(left, sign, right):
                return self._compared(left, COMPARISONS[sign], right)
            case Matches(operand, pattern):
                return self._matched(operand, pattern)
            case Missing(operand):
                return _decided(self._is_missing(operand))
            case TemporalComparison(relation, left, right):
                by_days = is_by_days(PROJECTS, left, right)
                (a, b), (c, d) = (self._ends(time, by_days) for time in (left, right))
                known = (a <= b) & (c <= d)  # neither where one is missing
                return _known(relate(relation, (a, b), (c, d)), known)
            case ArrayComparison(relation, left, right):
                return _decided(self._related_sets(relation, left, right))

    def _matched(self, operand: Operand, pattern: str) -> tuple[Mask, Mask]:
        column, foldings = unfolded(operand)
        known = self._coded(column) if column else None
        if known is not None and isinstance(known.distinct, Texts):
            looked = may_match(known.distinct, fixed_parts(pattern), bool(foldings), "casei" in foldings)
            if looked is not None:
                return _of_values(_matching(known.distinct, looked, foldings, pattern), known.ranks)
        values, ranks = self._texts(operand)
        return _of_values(np.fromiter(map(matcher(pattern), values), bool, len(values)), ranks)

    def _compared(self, left: Operand, compare: Any, right: Operand) -> tuple[Mask, Mask]:
        by_days = "date" in (type_of(left, PROJECTS), type_of(right, PROJECTS))
        a, b = (self._numbers(operand, first_of, by_days) for operand in (left, right))
        return _known(compare(a, b), ~(np.isnan(a) | np.isnan(b)))

    def _compared_texts(self, left: Operand, compare: Any, right: Operand) -> tuple[Mask, Mask]:
        (values, ranks), (others, their_ranks) = self._texts(left), self._texts(right)
        if isinstance(right, Constant):
            return _of_values(np.fromiter((compare(value, others[0]) for value in values), bool, len(values)), ranks)
        place = {text: at for at, text in enumerate(sorted({*values, *others}))}
        a, b = (_placed(texts, place)[of] for texts, of in ((values, ranks), (others, their_ranks)))
        return _known(compare(a, b), (a >= 0) & (b >= 0))

    def _is_missing(self, operand: Operand) -> Mask:
        if type_of(operand, PROJECTS) == "string":
            return np.asarray(self._texts(operand)[1] < 0)
        return np.isnan(self._numbers(operand, first_of, by_days=True))

    def _texts(self, operand: Operand) -> tuple[Sequence[str], Ranks]:
        """Return texts, and for each row the rank of its text among them, -1 where it has none."""
        match operand:
            case Property(column):
                known = self._coded(column)
                return list(known.distinct), known.ranks
            case Folded(folding, part):
                values, ranks = self._texts(part)
                return list(map(FOLDINGS[folding], values)), ranks
            case Constant(value, _):
                return [str(value)], np.zeros(self._size, dtype=np.int8)
            case _:
                raise TypeError(operand)

    def _numbers(self, operand: Operand, end_of: Callable[..., int], by_days: bool) -> Numbers:
        """Return numbers, dates and timestamps as such, NaN where there is none."""
        match operand:
            case Property(column):
                known = self._coded(column)
                return np.append(self._measured(column, known.distinct, end_of, by_days), np.nan)[known.ranks]
            case Constant(_, "date" | "timestamp"):
                return np.full(self._size, end_of(operand, by_days=by_days), dtype=np.float64)
            case Constant(value, _):
                return np.full(self._size, value, dtype=np.float64)
            case Arithmetic(sign, left, right):
                return np.asarray(
                    reckoned(sign, self._numbers(left, end_of, by_days), self._numbers(right, end_of, by_days))
                )
            case Year(part):
                return _years(self._numbers(part, first_of, by_days=True))
            case _:
                raise TypeError(operand)

    def _measured(self, column: str, values: Sequence[Any], end_of: Callable[..., int], by_days: bool) -> Numbers:
        kind = type_of(Property(column), PROJECTS)
        if kind not in ("date", "timestamp"):
            return np.asarray(values, dtype=np.float64)
        ends = (end_of(Constant(value, kind), by_days=by_days) for value in values)
        return np.fromiter(ends, np.float64, len(values))

    def _ends(self, time: Time, by_days: bool) -> tuple[Numbers, Numbers]:
        """Return where times start and end; NaN where that is missing."""
        if isinstance(time, WholeTime):
            whole = self._whole()
            first, last = (np.where(whole.is_missing, np.nan, days) for days in (whole.first, whole.last))
            return first, last
        start = np.float64(-np.inf) if time.start is None else self._numbers(time.start, first_of, by_days)
        end = np.float64(np.inf) if time.end is None else self._numbers(time.end, last_of, by_days)
        return np.broadcast_to(start, self._size), np.broadcast_to(end, self._size)

    def _related_sets(self, relation: str, left: Array, right: Array) -> Mask:
        common, mine, theirs = self._common(left, right), self._count(left), self._count(right)
        match relation:
            case "equals":
                return np.asarray((common == mine) & (common == theirs))
            case "contains":
                return np.asarray(common == theirs)
            case "containedby":
                return np.asarray(common == mine)
            case _:
                return np.asarray(common > 0)

    def _common(self, left: Array, right: Array) -> npt.NDArray[np.int64]:
        """Return how much each row holds of both."""
        if isinstance(left, frozenset):
            return self._common(right, left) if isinstance(right, Property) else np.full(self._size, len(left & right))
        first = self._sets(left.column)
        if isinstance(right, frozenset):
            is_stated = np.fromiter((text in right for text in first.known), bool, len(first.known))
            return self._counted(first.rows[is_stated[first.ranks]])
        second = self._sets(right.column)
        place = {text: at for at, text in enumerate({*first.known, *second.known})}
        keys = [_placed(each.known, place)[each.ranks] + each.rows * len(place) for each in (first, second)]
        return self._counted(first.rows[np.isin(keys[0], keys[1])])

    def _count(self, array: Array) -> npt.NDArray[np.int64]:
        if isinstance(array, frozenset):
            return np.full(self._size, len(array))
        return self._counted(self._sets(array.column).rows)

    def _counted(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return np.bincount(rows, minlength=self._size)


def _placed(texts: Sequence[str], place: dict[str, int]) -> npt.NDArray[np.int64]:
    """Return the place of each text, and -1 behind them, where the rank -1 finds it."""
    return np.array([*(place[text] for text in texts), -1], dtype=np.int64)


def _years(days: Numbers) -> Numbers:
    there = ~np.isnan(days)
    dates = (np.where(there, days, _EPOCH).astype(np.int64) - _EPOCH).astype("datetime64[D]")
    return np.where(there, dates.astype("datetime64[Y]").astype(np.int64) + 1970, np.nan)


def _matching(texts: Texts, looked: npt.NDArray[Any], foldings: Sequence[Folding], pattern: str) -> Mask:
    """Return which of the texts match, of which only those that are looked at may."""
    fits, mask = matcher(pattern), np.zeros(len(texts), dtype=bool)
    for at in looked.tolist():
        mask[at] = fits(reduce(lambda text, folding: FOLDINGS[folding](text), foldings, texts[at]))
    return mask


def _of_values(mask: Mask, ranks: Ranks) -> tuple[Mask, Mask]:
    """Return which rows have a value that is meant, and which another."""
    return np.append(mask, False)[ranks], np.append(~mask, False)[ranks]


def _known(mask: Mask, known: Mask) -> tuple[Mask, Mask]:
    return np.asarray(mask & known), np.asarray(~mask & known)


def _decided(mask: Mask) -> tuple[Mask, Mask]:
    return mask, ~mask
