"""Which of very many texts may match a pattern, without a look at each: those that hold what every match holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.memory.texts import Array, Texts

_FEW = 1_000  # texts that are read sooner than searched
_LONG, _SHORT = 3, 2  # bytes: the longest part leaves out many texts, one shorter than the other too few
_AT_ONCE = 65_536  # texts, for memory's sake


def may_match(texts: Texts, parts: Sequence[str], is_folded: bool, ignores_case: bool) -> Array | None:
    """Return the places of the texts that may match, rising; None where looking at each is as quick.

    `parts` stand in every text that matches, folded ones if the texts are to be folded. What folding makes of a
    letter beyond ASCII is not foreseen here: a text with one may match.
    """
    sought = [part.encode() for part in parts]
    if len(texts) < _FEW or max(map(len, sought), default=0) < _LONG:
        return None
    useful = [part for part in sought if len(part) >= _SHORT]
    if not is_folded:
        return _holding_all(texts, useful, ignores_case)
    plain = _holding_all(texts, useful, ignores_case) if all(map(bytes.isascii, sought)) else np.zeros(0, np.int64)
    return np.union1d(plain, _beyond_ascii(texts))


def _holding_all(texts: Texts, parts: Sequence[bytes], ignores_case: bool) -> Array:
    first, *others = (_holding(texts, part, ignores_case) for part in parts)
    for other in others:
        first = np.intersect1d(first, other)
    return first


def _holding(texts: Texts, part: bytes, ignores_case: bool) -> Array:
    """Return the places of the texts that have these bytes in them."""
    found = [_found(texts, start, part, ignores_case) for start in range(0, len(texts), _AT_ONCE)]
    hits = np.concatenate(found)
    places = _places(texts, hits)
    return np.unique(places[hits + len(part) <= texts.offsets[places + 1]])  # and not in two that follow one another


def _found(texts: Texts, start: int, part: bytes, ignores_case: bool) -> Array:
    """Return where in the bytes of all these ones begin, of so many texts."""
    end = min(start + _AT_ONCE, len(texts))
    whole = bytes(texts.span(start, end))
    whole = whole.lower() if ignores_case else whole
    hits, at = list[int](), whole.find(part)
    while at >= 0:
        hits.append(at)
        at = whole.find(part, at + 1)
    return np.asarray(np.array(hits, dtype=np.int64) + texts.offsets[start])


def _beyond_ascii(texts: Texts) -> Array:
    return np.asarray(np.unique(_places(texts, np.flatnonzero(texts.data >= 0x80))))


def _places(texts: Texts, at: Array) -> Array:
    """Return in which text each of these bytes is; of texts without one the last that begins there has it."""
    return np.asarray(np.searchsorted(texts.offsets, at, side="right") - 1)
