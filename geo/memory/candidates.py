"""Which records may be the one that somebody describes: candidates, for whoever then measures how alike they are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from geo.answers.likely import MOST_OF_A_WORD, NEAR, weight_of, words_of
from geo.catalog import Described
from geo.memory.beside import within_km
from geo.memory.changes import Layer, State
from geo.memory.rows import Rows
from geo.memory.table import Table

Candidate = tuple[float, Table, int]  # how likely, and where the record stands


def candidates(state: State, described: Described, limit: int) -> list[tuple[Table, int]]:
    """Return where the records stand that have most of the telling words, or are near, the likeliest first."""
    found = [each for layer in state.all_layers for each in _of_layer(state, layer, described, limit)]
    found.sort(key=lambda each: -each[0])
    return [(table, row) for _, table, row in found[:limit]]


def _of_layer(state: State, layer: Layer, described: Described, limit: int) -> Iterator[Candidate]:
    table, words = layer.table, words_of(described)
    pieces = [_inside(table, table.words.resembling(word), described.country) for word in words]
    weighed = [(rows, weight_of(len(rows))) for rows in pieces if 0 < len(rows) <= MOST_OF_A_WORD]
    if described.point is not None:
        weighed.append((within_km(table, described.point, described.km), NEAR))
    if not weighed:
        return
    rows = np.concatenate([rows for rows, _ in weighed])
    weights = np.concatenate([np.full(len(rows), weight) for rows, weight in weighed])
    distinct, which = np.unique(rows, return_inverse=True)
    total = np.bincount(which, weights, len(distinct))
    best = np.argsort(-total, kind="stable")[: 2 * limit]
    standing = set(state.standing(layer, distinct[best]).tolist())
    yield from ((float(total[at]), table, int(distinct[at])) for at in best if int(distinct[at]) in standing)


def _inside(table: Table, rows: Rows, country: str | None) -> Rows:
    if country is None:
        return rows
    codes = list(table.column("country").distinct)
    if country not in codes:
        return np.asarray(rows[:0])
    return np.asarray(rows[table.ranks("country", rows, None) == codes.index(country)])
