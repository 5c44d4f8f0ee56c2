"""How many matching records have which value: by a few rows that stand for all like them, where the question allows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection
from functools import cached_property
from typing import Any

import numpy as np

from geo.filter import And, Compare, Expression, In, IsNull, Like, Not, Or, nodes
from geo.memory.changes import Matches
from geo.memory.coded import shown
from geo.memory.rows import Rows
from geo.memory.table import Table
from geo.memory.texts import Array

# Records that are alike in the first three are alike in all of these.
_ALIKE = ("kind", "status", "country")
_TALLIED = frozenset({*_ALIKE, "segment", "status_group"})


class Counts:
    """Counts the matching records of one layer by columns, as they were on a day."""

    def __init__(self, matches: Matches, expression: Expression, on: dt.date | None) -> None:
        self._matches, self._table, self._on = matches, matches.table, on
        self._is_by_tallies = on is None and _is_about(expression, _TALLIED)

    def of(self, name: str) -> Counter[Any]:
        """Return how many matching records have each value of a column."""
        column = self._table.column(name, self._on)
        if self._is_by_tallies and name in _TALLIED:
            rows, weights = self._tallies
        else:
            rows, weights = self._matches.rows, None
        ranks = column.ranks[rows]
        there = ranks >= 0
        numbers = np.bincount(ranks[there], None if weights is None else weights[there], len(column.distinct))
        known = np.flatnonzero(numbers)
        return Counter(dict(zip(shown(column.distinct, known), numbers[known].astype(int).tolist(), strict=True)))

    @cached_property
    def _tallies(self) -> tuple[Rows, Array]:
        """The rows that stand for all that match, and for how many; one that is gone counts against them."""
        rows, numbers = tallies(self._table)
        mask = self._matches.selection.among(rows)
        gone = self._matches.gone
        ones = -np.ones(len(gone), dtype=np.int64)
        return np.concatenate([rows[mask], gone]), np.concatenate([numbers[mask], ones])


def tallies(table: Table) -> tuple[Rows, Array]:
    """Return a row for each kind, stage and country that there is together, and how many records are like it."""

    def made() -> tuple[Array, Array]:
        keys = np.zeros(len(table), dtype=np.int64)
        for name in _ALIKE:
            column = table.column(name)
            keys = keys * len(column.distinct) + column.ranks
        _, rows, numbers = np.unique(keys, return_index=True, return_counts=True)
        return rows.astype(np.int32), numbers

    rows, numbers = table.block.kept_parts("tallies", ("rows", "numbers"), made)
    return rows, numbers


def _is_about(expression: Expression, columns: Collection[str]) -> bool:
    """Return whether an expression asks only for values of these columns."""
    return all(_asks(node, columns) for node in nodes(expression))


def _asks(node: Expression, columns: Collection[str]) -> bool:
    match node:
        case And() | Or() | Not():
            return True
        case Compare(column) | In(column) | Like(column) | IsNull(column):
            return column in columns
        case _:
            return False
