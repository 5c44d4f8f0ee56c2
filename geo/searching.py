"""The words by which records are found besides their own: those of kind, stage, country and town, in many languages."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

from geo import towns, vocabulary
from geo.folding import fold
from geo.paths import data_folder


@functools.cache
def words_of_terms(name: str) -> Mapping[str, str]:
    """Return, by the codes of a vocabulary, its labels and other words in every language as search compares them."""
    known = [vocabulary.in_language(language)[name] for language in vocabulary.languages()]
    return {code: _joined(f"{terms[code].label} {terms[code].words}" for terms in known) for code in known[0].codes}


@functools.cache
def words_of_countries() -> Mapping[str, str]:
    """Return, by ISO 3166-1 alpha-2 codes, what a country is called here and there, as search compares it."""
    return {code: _joined(names) for code, names in names_elsewhere().items()}


def names_elsewhere() -> dict[str, Sequence[str]]:
    """Return what each country is called here and there; `data/countries/build.py` says in which languages."""
    lines = (data_folder() / "countries" / "names.tsv").read_text(encoding="utf-8").splitlines()
    return {code: names.split("|") for code, names in (line.split("\t") for line in lines)}


def words_of_place(country: str, locality: str | None) -> str:
    """Return what the town of a record is called elsewhere, as search compares it."""
    return towns.other_names(country, locality) if locality else ""


def _joined(texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(word for text in texts for word in fold(text).split()))
