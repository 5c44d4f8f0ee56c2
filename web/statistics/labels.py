"""How columns, their values and units are called where records are counted."""

from __future__ import annotations

from collections.abc import Mapping

from geo.columns import PROJECTS
from geo.statistics import Others, Span, Value
from geo.vocabulary import Measure
from web.language import Language


class Labels:
    """What stands for the values of columns, in a language; `parties` are the names of organisations by id."""

    def __init__(self, language: Language, parties: Mapping[str, str]) -> None:
        self._language, self._parties = language, parties
        self._say = language.say

    def title(self, name: str) -> str:
        """Return how a column is called."""
        text = self._say(f"statistics.of_{name}")
        return f"{text[:1].upper()}{text[1:]}"

    def unit(self, measure: str) -> str:
        """Return the unit in which figures of a family are said."""
        term = self._language.terms["measure"][measure]
        return term.unit if isinstance(term, Measure) else ""

    def label(self, name: str, value: Value) -> str:
        """Return how a value of a column is called; one that is missing too, and the others together."""
        if value is None:
            return self._say("statistics.missing")
        if isinstance(value, Others):
            return self._say("statistics.others", count=value.number)
        if isinstance(value, Span):
            return self._span(value, is_year=name.endswith("_year"))
        if isinstance(value, bool):
            return self._say(f"statistics.{name}_{str(value).lower()}")
        return self._named(name, str(value))

    def _named(self, name: str, value: str) -> str:
        column = PROJECTS[name]
        if column.vocabulary is not None:
            return self._language.label(column.vocabulary.name, value)
        if column.kind == "country":
            return self._language.country(value)
        return self._parties.get(value, value) if column.kind == "ids" else value

    def _span(self, span: Span, *, is_year: bool) -> str:
        low, high = (None if end is None else self._number(end, is_year=is_year) for end in span)
        if low is None:
            return self._say("statistics.below", high=high)
        if high is None:
            return self._say("statistics.from", low=low)
        return self._say("statistics.between", low=low, high=high)

    def _number(self, number: float, *, is_year: bool) -> str:
        return f"{number:g}" if is_year else self._language.number(number)
