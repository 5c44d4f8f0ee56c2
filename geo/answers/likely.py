"""Which records may be one that somebody describes: what tells of that, and how much, for every catalog."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rapidfuzz import fuzz

from geo.catalog import Described

_MOST_WORDS = 12
MOST_OF_A_WORD = 5_000  # records that have a word: one that more have tells nothing
NEAR = 0.5  # what it counts to be near, of a word that one record has alone
MOST_RESEMBLING = 256  # words that are looked at, those that share most letters first
LEAST_SHARED = 3  # of the threes of letters of a word one in so many is in another spelling of it
_ONE_WORD = 75.0  # of 100, RapidFuzz ratio of two words that are one, in two spellings


def words_of(described: Described) -> Sequence[str]:
    """Return the words that are looked for, each once."""
    return list(dict.fromkeys(described.words))[:_MOST_WORDS]


def weight_of(number: int) -> float:
    """Return what it counts to have a word that so many records have."""
    return 1 / (1 + math.log(number))


def threes_of(word: bytes) -> list[bytes]:
    """Return every run of three letters in a word, by which words that resemble it are found."""
    return [word[at : at + 3] for at in range(len(word) - 2)]


def resemble(word: bytes, other: bytes) -> bool:
    """Return whether another word begins so, or is much the same."""
    return other.startswith(word) or fuzz.ratio(word, other) >= _ONE_WORD
