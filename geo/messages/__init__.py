"""Sentences for rules, from `messages/*.toml` of the package that raises them: one file a language.

English stands, rule by rule, where a language has no sentence; logs and the command line speak English always.

A rule is a table of `detail` and, where it does not go without saying, `expected`, in which `{name}` stands for a
value. A rule that is said in several forms is an array of tables: the first counts of which all values `given` are
there.
"""

from __future__ import annotations

import functools
import string
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, NamedTuple

import babel

from geo.faults import NO_VALUES, Fault, Value

LANGUAGE = "en"


class Sentence(NamedTuple):
    """What is wrong, and what would be right ("" where that goes without saying)."""

    detail: str
    expected: str


class Form(NamedTuple):
    """A sentence with places for values, and the values without which it is not the one."""

    template: Sentence
    given: frozenset[str]


def told(fault: Fault, language: str = LANGUAGE) -> Sentence:
    """Return the sentence of a fault."""
    return sentence(fault.rule, fault.values, package=fault.package, language=language)


def sentence(
    rule: str, values: Mapping[str, Value] = NO_VALUES, *, package: str = "geo", language: str = LANGUAGE
) -> Sentence:
    """Return the sentence of a rule with its values filled in; raises KeyError for a rule that has none."""
    form = next(form for form in forms(package, language)[rule] if form.given <= values.keys())
    shown = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in values.items()}
    fill = _Filling(language)
    return Sentence(*(fill.vformat(part, (), shown) for part in form.template))


class _Filling(string.Formatter):
    """Fills in values; numbers whose form a sentence states (`{most:,.0f}`) are written as the language writes them."""

    def __init__(self, language: str) -> None:
        numbers = babel.Locale.parse(language).number_symbols["latn"]
        self.signs = str.maketrans({",": numbers["group"], ".": numbers["decimal"]})

    def format_field(self, value: Any, format_spec: str) -> str:
        text = str(super().format_field(value, format_spec))
        return text.translate(self.signs) if format_spec else text


@functools.cache
def forms(package: str = "geo", language: str = LANGUAGE) -> dict[str, tuple[Form, ...]]:
    """Return every rule of a package with the forms of its sentence in a language."""
    file = resources.files(package).joinpath("messages", f"{language}.toml")
    if language != LANGUAGE and not file.is_file():
        return forms(package)
    own = {rule: _forms(stated) for rule, stated in tomllib.loads(file.read_text(encoding="utf-8")).items()}
    return own if language == LANGUAGE else {**forms(package), **own}


def _forms(stated: Any) -> tuple[Form, ...]:
    tables = stated if isinstance(stated, list) else [stated]
    return tuple(Form(Sentence(t["detail"], t.get("expected", "")), frozenset(t.get("given", ()))) for t in tables)
