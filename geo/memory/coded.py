"""Values as numbers: the distinct ones in their order, and for each place the rank of its value among them."""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geo import dates
from geo.columns import PROJECTS, Column
from geo.memory.texts import Texts

Ranks = npt.NDArray[np.signedinteger[Any]]
MISSING = -1
Span = tuple[int, int]  # ranks from the first to before the second


@dataclass(frozen=True)
class Coded:
    """Values at places: `distinct[ranks[i]]`, of which `distinct` is sorted; a missing one has the rank -1."""

    distinct: Sequence[Any]
    ranks: Ranks

    def __len__(self) -> int:
        return len(self.ranks)

    def values(self, at: Ranks | slice | None = None) -> list[Any]:
        """Return the values at some places, or at all; None where there is none."""
        ranks = self.ranks if at is None else self.ranks[at]
        return shown(self.distinct, ranks)


def shown(distinct: Sequence[Any], ranks: Ranks) -> list[Any]:
    """Return the values of these ranks as they are answered: whole numbers without a fraction, None for none."""
    if len(distinct) > 4 * len(ranks):
        return [None if rank < 0 else _plain(distinct[rank]) for rank in ranks.tolist()]
    known = [*map(_plain, distinct), None]  # the rank -1 finds the last one
    return [known[rank] for rank in ranks.tolist()]


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def coded(values: Sequence[Any], codes: Sequence[str] | None, kind: str) -> Coded:
    """Return values of a column's kind with the ranks that they have among `codes`, or among themselves."""
    known = codes if codes is not None else sorted({value for value in values if value is not None})
    rank: dict[Any, int] = {value: at for at, value in enumerate(known)}
    rank[None] = MISSING
    ranks = np.fromiter(map(rank.__getitem__, values), smallest(len(known)), len(values))
    return Coded(known if codes is not None else distinct_of(known, kind), ranks)


def distinct_of(values: Sequence[Any], kind: str) -> Sequence[Any]:
    """Return sorted distinct values in the form that a kind of column keeps them in."""
    if kind in ("number", "integer"):
        return np.array(values, dtype=np.float64)  # type: ignore[return-value]
    return Texts.of_bytes(values) if kind == "bytes" else Texts.of(values)


def smallest(size: int) -> npt.DTypeLike:
    """Return the smallest type of number that holds ranks of so many values."""
    return np.int8 if size <= 127 else np.int16 if size <= 32_767 else np.int32


@functools.cache
def codes_of(name: str) -> tuple[str, ...] | None:
    """Return all values of a column of codes in the order in which they sort; None for another column."""
    column = PROJECTS[name]
    if column.kind == "country":
        return tuple(sorted(column.codes or ()))
    return tuple(column.codes) if column.codes is not None else None


def spans_of(column: Column, coded_: Coded, sign: str, value: Any) -> list[Span]:
    """Return the ranks of the values that compare so with a value; dates compare by the first day of their period."""
    if column.codes is not None:
        at = codes_of(column.name).index(value)  # type: ignore[union-attr]
        low, high = at, at + 1
    else:
        low, high = _ends(column, coded_.distinct, value)
    top = len(coded_.distinct)
    spans = {
        "=": [(low, high)],
        "<>": [(0, low), (high, top)],
        "<": [(0, low)],
        "<=": [(0, high)],
        ">": [(high, top)],
        ">=": [(low, top)],
    }[sign]
    return [(a, b) for a, b in spans if a < b]


def _ends(column: Column, distinct: Sequence[Any], value: Any) -> Span:
    """Return the ranks from and before which values are equal to this one."""
    if column.kind == "date":
        day = dates.first_day(value)
        return bisect_left(distinct, day, key=dates.first_day), bisect_right(distinct, day, key=dates.first_day)
    if isinstance(distinct, Texts):
        low = distinct.place(value.encode())
        return low, low + (low < len(distinct) and distinct[low] == value)
    return bisect_left(distinct, value), bisect_right(distinct, value)


def spans_in(column: Column, coded_: Coded, values: Collection[Any]) -> list[Span]:
    """Return the ranks of the values that are among these, rising and apart."""
    return joined(span for value in values for span in spans_of(column, coded_, "=", value))


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans that rise, neighbours made one."""
    found: list[Span] = []
    for low, high in sorted(spans):
        if found and found[-1][1] >= low:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found


def within(ranks: Ranks, spans: Sequence[Span], size: int) -> npt.NDArray[np.bool_]:
    """Return which ranks lie in one of these spans; `size` is how many distinct values there are."""
    if len(spans) > 2:
        return _table(spans, size)[ranks]
    mask = np.zeros(len(ranks), dtype=bool)
    for low, high in spans:
        mask |= ranks == low if high == low + 1 else (ranks >= low) & (ranks < high)
    return mask


def _table(spans: Sequence[Span], size: int) -> npt.NDArray[np.bool_]:
    table = np.zeros(size + 1, dtype=bool)  # the last is for the rank -1
    for low, high in spans:
        table[low:high] = True
    return table
