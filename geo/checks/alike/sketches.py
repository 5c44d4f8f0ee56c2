"""Very many names as rows of arrays, in which those that may be alike are found without a comparison of texts.

RapidFuzz's token set ratio of two texts is at least `ALIKE` in three cases only; with `a` and `b` their distinct words
in order, joined by spaces:

- they share a word, and `a` has little besides what they share: at most 2c / (1 + c) of its length, less the space,
  where c is 1 - ALIKE / 100;
- the same with `b`;
- `a` becomes `b` by at most c (length of a + length of b) letters that come or go.

What letters one has beyond those of the other is known from how often it has each; a sketch has these numbers as 64
bits. So each case has a bound that leaves out no pair: what is let through has still to be compared.
"""

from __future__ import annotations

import functools
import math
import zlib
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.checks.alike.likeness import ALIKE

Rows = npt.NDArray[np.intp]

_APART = 1 - ALIKE / 100
# Letters that are counted together, and up to which number: 64 in all.
_COUNTED = (
    *((letter, 4) for letter in "aeio"),
    *((letter, 3) for letter in "nrlstu"),
    *((letter, 2) for letter in "cdmhgbpky"),
    *((letters, 2) for letters in ("fv", "wx", "jqz")),
    *((letters, 3) for letters in ("01234", "56789")),
)
_FIRSTS = [sum(most for _, most in _COUNTED[:at]) for at in range(len(_COUNTED))]
_FIRST_BIT = {letter: first for first, (letters, _) in zip(_FIRSTS, _COUNTED, strict=True) for letter in letters}
_MOST = dict(zip(_FIRSTS, (most for _, most in _COUNTED), strict=True))
_FEW = 4  # rows that are compared sooner than sifted


class Sketch(NamedTuple):
    """What is kept of a text: letters and words as bits, how much of it may change, and how much no other need have."""

    letters: int
    words: int
    others: int
    part: float
    spare: int


@functools.lru_cache(maxsize=4_096)  # a record is looked for before it is taken in
def sketch_of(text: str) -> Sketch:
    """Return the sketch of a text."""
    words, others, distinct = 0, 0, set(text.split())
    for word in distinct:
        told = zlib.crc32(word.encode())
        words |= 1 << (told & 63)
        others |= 1 << (told >> 6 & 63)
    letters = "".join(distinct)
    length = len(distinct) - 1 + len(letters)
    spare = max(0, math.floor(2 * _APART / (1 + _APART) * length - 1 + 1e-9))
    return Sketch(_letters(letters), words, others, _APART * length, spare)


def _letters(text: str) -> int:
    """Return how often a text has which letters; one that is there three times has the bits of one that is twice."""
    counts = dict.fromkeys(_MOST, 0)
    for letter in text:
        if (first := _FIRST_BIT.get(letter)) is not None:
            counts[first] += 1
    return sum(((1 << min(count, _MOST[first])) - 1) << first for first, count in counts.items() if count)


class Sketches:
    """Sketches of texts, one a row."""

    def __init__(self) -> None:
        self._size = 0
        self._bits, self._bounds = np.zeros((3, 64), np.uint64), np.zeros((2, 64), np.float32)

    def __len__(self) -> int:
        return self._size

    def add(self, sketch: Sketch) -> int:
        """Take one in; return its row."""
        row = self._size
        if row == self._bits.shape[1]:
            self._bits = np.concatenate([self._bits, np.zeros_like(self._bits)], axis=1)
            self._bounds = np.concatenate([self._bounds, np.zeros_like(self._bounds)], axis=1)
        self._bits[:, row] = sketch.letters, sketch.words, sketch.others
        self._bounds[:, row] = sketch.part, sketch.spare
        self._size += 1
        return row

    def may_be_alike(self, sketch: Sketch, rows: Rows | None = None) -> Rows:
        """Return which of these rows (of all, if None) may have a text that is alike, in their order."""
        if rows is not None and len(rows) <= _FEW:
            return rows
        letters, words, others = (each[: self._size] if rows is None else each[rows] for each in self._bits)
        part, spare = (each[: self._size] if rows is None else each[rows] for each in self._bounds)
        mine = np.uint64(sketch.letters)
        changed, theirs_alone = np.bitwise_count(letters ^ mine), np.bitwise_count(letters & ~mine)
        has_words = ((words & np.uint64(sketch.words)) != 0) & ((others & np.uint64(sketch.others)) != 0)
        is_most = (theirs_alone <= spare) | (changed - theirs_alone <= sketch.spare)
        found = ((has_words & is_most) | (changed <= part + np.float32(sketch.part + 1e-3))).nonzero()[0]
        return np.asarray(found if rows is None else rows[found])
