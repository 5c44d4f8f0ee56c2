"""How what the API calls in English is called on a page: columns and other members of records, and links.

The English texts of these rooms are the titles themselves, by which the translation is found.
"""

from __future__ import annotations

import functools
import re

from geo.columns import COUNTRIES, SHARES, capacity_of, projects_of
from geo.vocabulary import MEASURES, SEGMENTS, STATUS_GROUPS, Measure
from web.language import DEFAULT, Language, small, texts_of

_ROOMS = ("columns", "links", "api")
_FORM = "{form}"


@functools.lru_cache(maxsize=4096)
def title(language: Language, english: str) -> str:
    """Return a title of ours in a language; any other text as it is."""
    key = _keys().get(english)
    if key is not None:
        return language.say(key)
    if english in _of_labels():
        return _labelled(language, *_of_labels()[english])
    found = with_form(english)
    return language.say(found[0], form=found[1]) if found else english


def with_form(english: str) -> tuple[str, str] | None:
    """Return the key of a title that names a format of an answer, and that format; None for any other title."""
    for key, pattern in _patterns():
        match = pattern.fullmatch(english)
        if match is not None:
            return key, match["form"]
    return None


@functools.cache
def _keys() -> dict[str, str]:
    """Return the keys of titles in which no value stands, by the English title."""
    english = texts_of(DEFAULT, _ROOMS)
    return {text: key for key, text in reversed(english.items()) if isinstance(text, str) and "{" not in text}


@functools.cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    links = texts_of(DEFAULT, ("links",))
    named = [(key, text) for key, text in links.items() if isinstance(text, str) and _FORM in text]
    return [(key, re.compile(re.escape(text).replace(re.escape(_FORM), "(?P<form>.+)"))) for key, text in named]


@functools.cache
def _of_labels() -> dict[str, tuple[str, str, str]]:
    """Return of columns that are called by a label their key, the vocabulary and the code, by the English title."""
    terms = [(projects_of(code), "projects_at", STATUS_GROUPS.name, code) for code in STATUS_GROUPS.codes]
    terms += [(projects_of(code), "projects_of", SEGMENTS.name, code) for code in SEGMENTS.codes]
    terms += [
        (capacity_of(code, share), f"sum_{share}", MEASURES.name, code) for code in MEASURES.codes for share in SHARES
    ]
    return {COUNTRIES[name].title: (f"columns.{key}", vocabulary, code) for name, key, vocabulary, code in terms}


def _labelled(language: Language, key: str, vocabulary: str, code: str) -> str:
    term = language.terms[vocabulary][code]
    if isinstance(term, Measure):
        return language.say(key, label=term.label, unit=term.unit)
    return language.say(key, label=small(term.label))
