"""Rows of a table, as numbers that rise: put together, and looked for among each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.signedinteger[Any]]

NO_ROWS: Rows = np.zeros(0, dtype=np.int32)
_SORTED = 64  # where rows are fewer than all by more than this many times, they are sorted sooner than marked


def united(pieces: Sequence[Rows], size: int) -> Rows:
    """Return the rows of all pieces, each once; `size` is how many rows there are."""
    there = [piece for piece in pieces if len(piece)]
    if len(there) < 2:
        return there[0] if there else NO_ROWS
    if sum(map(len, there)) * _SORTED < size:
        rows = np.sort(np.concatenate(there))  # numpy's unique takes three times as long
        found: Rows = rows[np.append(True, rows[1:] != rows[:-1])]
        return found
    mask = np.zeros(size, dtype=bool)
    for piece in there:
        mask[piece] = True
    return np.flatnonzero(mask).astype(np.int32)


def is_among(rows: Rows, others: Rows) -> Mask:
    """Return which rows are among others."""
    if not len(others):
        return np.zeros(len(rows), dtype=bool)
    at = np.searchsorted(others, rows.astype(others.dtype))
    return np.asarray(others[np.minimum(at, len(others) - 1)] == rows)


def by_rank(ranks: Rows, size: int) -> tuple[Rows, Rows]:
    """Return the places of the ranks 0, 1 and so on, rising within each, those of -1 last, and where each begins."""
    counts = np.bincount(ranks[ranks >= 0], minlength=size)
    unsigned = np.where(ranks < 0, size, ranks)
    return np.argsort(unsigned, kind="stable").astype(np.int32), running(counts)


def running(counts: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return where each of the things counted begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
