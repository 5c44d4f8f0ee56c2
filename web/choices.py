"""What a reader may choose of a column of codes in a form, and how a value of any column is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geo.columns import Column
from geo.vocabulary import Measure
from web.language import Language

Asked = Mapping[str, Sequence[str]]
Choices = Mapping[Column, Sequence[tuple[str, str]]]


def choices_of(language: Language, columns: Iterable[Column], asked: Asked) -> Choices:
    """Return (code, label) of what can be chosen of each column; several codes that are asked for are one choice."""
    return {column: [*_several(language, column, asked), *_codes(language, column)] for column in columns}


def _several(language: Language, column: Column, asked: Asked) -> list[tuple[str, str]]:
    codes = ",".join(asked.get(column.name, ()))
    words = [word(language, column, code) for code in codes.split(",")]
    return [(codes, language.listed(words, "or"))] if len(words) > 1 else []


def _codes(language: Language, column: Column) -> list[tuple[str, str]]:
    if column.vocabulary is None:
        return language.countries()
    terms = language.terms[column.vocabulary.name]
    return [(term.code, _with_unit(language, term) if isinstance(term, Measure) else term.label) for term in terms]


def _with_unit(language: Language, measure: Measure) -> str:
    return language.say("takeaway.measure", name=measure.label, unit=measure.unit)


def word(language: Language, column: Column, value: Any) -> str:
    """Return a value of a column in words."""
    match column.kind:
        case "country":
            return language.country(value)
        case "ids" if column.name == "countries":
            return language.country(value)
        case "date":
            return language.date(value)
        case "time":
            return str(value)
        case "flag":
            return language.say("api.yes" if value else "api.no")
        case "integer" if column.name.endswith("year"):
            return str(value)
        case "number" | "integer":
            return language.number(value)
        case _ if column.vocabulary is not None:
            return language.label(column.vocabulary.name, value)
        case _:
            return str(value)
