"""The words by which records are found besides their own: those of kind, stage, country and town, in many languages."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

import babel
from babel.core import get_global

from geo import towns, vocabulary
from geo.countries import country_names
from geo.folding import fold

# Those of the site, and those in which much is read about lithium; what is spoken in a country comes to it.
_LANGUAGES = ("en", "es", "ru", "zh", "zh_Hant", "fr", "de", "pt", "it", "ja", "ko", "ar")
_SPOKEN = ("official", "de_facto_official")


@functools.cache
def words_of_terms(name: str) -> Mapping[str, str]:
    """Return, by the codes of a vocabulary, its labels and other words in every language as search compares them."""
    known = [vocabulary.in_language(language)[name] for language in vocabulary.languages()]
    return {code: _joined(f"{terms[code].label} {terms[code].words}" for terms in known) for code in known[0].codes}


@functools.cache
def words_of_countries() -> Mapping[str, str]:
    """Return, by ISO 3166-1 alpha-2 codes, what a country is called here and there, as search compares it."""
    return {code: _joined(_names(code)) for code in country_names()}


def words_of_place(country: str, locality: str | None) -> str:
    """Return what the town of a record is called elsewhere, as search compares it."""
    return towns.other_names(country, locality) if locality else ""


def _names(code: str) -> Iterator[str]:
    yield country_names()[code]
    spoken = get_global("territory_languages").get(code, {})
    official = [language for language, use in spoken.items() if use["official_status"] in _SPOKEN]
    for language in (*_LANGUAGES, *official):
        name = _territories(language).get(code)
        if name:
            yield name


@functools.cache
def _territories(language: str) -> Mapping[str, str]:
    try:
        territories: Mapping[str, str] = babel.Locale.parse(language).territories
    except babel.UnknownLocaleError:  # a language that CLDR counts speakers of and has no words in
        return {}
    return territories


def _joined(texts: Iterator[str]) -> str:
    return " ".join(dict.fromkeys(word for text in texts for word in fold(text).split()))
