"""The words of a question: their spellings, and the kinds, stages and countries that are called so."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geo.folding import alternatives
from geo.searching import words_of_countries, words_of_terms

_KEPT = 256


@dataclass(frozen=True)
class Word:
    """A word by its spellings, with the codes by column of what is called so."""

    spellings: frozenset[str]
    codes: Mapping[str, frozenset[str]]


def parts_of(typed: str) -> list[tuple[frozenset[str], ...]]:
    """Return what is asked for: any of these parts, of each all words, of a word any spelling."""
    return [tuple(part) for part in alternatives(typed)]


def words_of(part: Sequence[frozenset[str]]) -> list[Word]:
    """Return the words of a part."""
    return [_word(spellings) for spellings in part]


@functools.lru_cache(maxsize=_KEPT)
def _word(spellings: frozenset[str]) -> Word:
    texts = {"kind": words_of_terms("kind"), "status": words_of_terms("status"), "country": words_of_countries()}
    return Word(spellings, {column: _called_so(known, spellings) for column, known in texts.items()})


def _called_so(texts: Mapping[str, str], spellings: frozenset[str]) -> frozenset[str]:
    return frozenset(code for code, text in texts.items() if any(spelling in text for spelling in spellings))
