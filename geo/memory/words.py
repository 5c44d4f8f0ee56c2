"""In which records a piece of a word stands: by the words that hold it, found by three letters at a time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np

from geo.answers.likely import LEAST_SHARED, MOST_RESEMBLING, resemble, threes_of
from geo.memory.block import Block
from geo.memory.rows import NO_ROWS, united
from geo.memory.texts import Array, Texts

_FEW = 64  # of so few words each is looked at


class WordIndex:
    """The words of a block's records."""

    def __init__(self, block: Block) -> None:
        self._block = block
        coded = block.coded("word")
        self._ranks = coded.ranks
        self.words: Texts = coded.distinct  # type: ignore[assignment]

    def prepare(self) -> None:
        """Make all arrays."""
        self._rows, self._threes  # noqa: B018

    def rows(self, spellings: Iterable[str]) -> Array:
        """Return the rows of the records that have one of these in a word of theirs, rising."""
        found = {int(word) for spelling in spellings for word in self._holding(spelling.encode())}
        rows, starts = self._rows
        pieces = [rows[starts[word] : starts[word + 1]] for word in found]
        return united(pieces, len(self._block))

    def resembling(self, word: str) -> Array:
        """Return the rows of the records that have a word which begins so or is much the same, rising.

        Such words share some of their runs of three letters, by which they are found.
        """
        rows, starts = self._rows
        pieces = [rows[starts[rank] : starts[rank + 1]] for rank in self._nearly(word.encode())]
        return united(pieces, len(self._block))

    def _nearly(self, word: bytes) -> Iterable[int]:
        lists = [self._with_three(three) for three in threes_of(word)]
        if not lists:
            return []
        ranks, shared = np.unique(np.concatenate(lists), return_counts=True)
        order = np.argsort(-shared, kind="stable")[:MOST_RESEMBLING]
        likely = ranks[order[shared[order] * LEAST_SHARED >= len(lists)]].tolist()
        return [rank for rank in likely if resemble(word, self.words.raw(rank))]

    def _holding(self, piece: bytes) -> Iterable[int]:
        """Return the ranks of the words that hold a piece of text."""
        if len(piece) < 3:
            return self._holding_few_letters(piece)
        candidates = self._with_all_threes(piece)
        return [word for word in candidates.tolist() if piece in self.words.raw(word)]

    def _with_all_threes(self, piece: bytes) -> Array:
        lists = sorted(map(self._with_three, threes_of(piece)), key=len)
        found = lists[0]
        for others in lists[1:]:
            if len(found) <= _FEW:
                break
            found = np.intersect1d(found, others, assume_unique=True)
        return found

    def _with_three(self, letters: bytes) -> Array:
        three = np.int32(int.from_bytes(letters, "big"))  # of the array's own type, or the array would be converted
        threes, starts, words = self._threes
        at = int(np.searchsorted(threes, three))
        return words[starts[at] : starts[at + 1]] if at < len(threes) and threes[at] == three else NO_ROWS

    def _holding_few_letters(self, piece: bytes) -> Iterable[int]:
        data, size = self.words.data, len(piece)
        hits = np.ones(max(len(data) - size + 1, 0), dtype=bool)
        for at, letter in enumerate(piece):
            hits &= data[at : at + len(hits)] == letter
        places = np.flatnonzero(hits)
        words = np.searchsorted(self.words.offsets, places, side="right") - 1
        whole: list[int] = np.unique(words[places + size <= self.words.offsets[words + 1]]).tolist()
        return whole

    @cached_property
    def _rows(self) -> tuple[Array, Array]:
        """The rows of the records, word by word, rising within one, and where each word's begin."""
        places, starts = self._block.kept_order("word", lambda: self._ranks, len(self.words))
        return self._block.kept("word.rows", lambda: self._block.rows_of("word")[places]), starts

    @cached_property
    def _threes(self) -> list[Array]:
        """Every three letters that stand in a word, as numbers that rise, where the words of each begin, and these."""
        return self._block.kept_parts("word", ("threes", "three_starts", "of_threes"), self._made)

    def _made(self) -> list[Array]:
        threes, words = self._all_threes()
        distinct, starts = np.unique(threes, return_index=True)
        return [distinct, np.append(starts, len(threes)), words]

    def _all_threes(self) -> tuple[Array, Array]:
        """Return every three letters that stand together in a word, as one number, with the word; sorted."""
        data, offsets = self.words.data.astype(np.int32), self.words.offsets
        if len(data) < 3:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
        threes = data[:-2] << 16 | data[1:-1] << 8 | data[2:]
        words = np.repeat(np.arange(len(self.words), dtype=np.int32), np.diff(offsets))[: len(threes)]
        inside = np.arange(len(threes)) + 3 <= offsets[words + 1]
        both = np.unique(threes[inside].astype(np.int64) << 32 | words[inside])
        return (both >> 32).astype(np.int32), (both & 0xFFFFFFFF).astype(np.int32)
