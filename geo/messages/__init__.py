"""Sentences for rules, from `messages/*.toml` of the package that raises them: one file a language.

A rule is a table of `detail` and, where it does not go without saying, `expected`, in which `{name}` stands for a
value. A rule that is said in several forms is an array of tables: the first counts of which all values `given` are
there.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, NamedTuple

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


def told(fault: Fault) -> Sentence:
    """Return the sentence of a fault."""
    return sentence(fault.rule, fault.values, package=fault.package)


def sentence(
    rule: str, values: Mapping[str, Value] = NO_VALUES, *, package: str = "geo", language: str = LANGUAGE
) -> Sentence:
    """Return the sentence of a rule with its values filled in; raises KeyError for a rule that has none."""
    form = next(form for form in forms(package, language)[rule] if form.given <= values.keys())
    shown = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return Sentence(*(part.format_map(shown) for part in form.template))


@functools.cache
def forms(package: str = "geo", language: str = LANGUAGE) -> dict[str, tuple[Form, ...]]:
    """Return every rule of a package with the forms of its sentence in a language."""
    text = resources.files(package).joinpath("messages", f"{language}.toml").read_text(encoding="utf-8")
    return {rule: _forms(stated) for rule, stated in tomllib.loads(text).items()}


def _forms(stated: Any) -> tuple[Form, ...]:
    tables = stated if isinstance(stated, list) else [stated]
    return tuple(Form(Sentence(t["detail"], t.get("expected", "")), frozenset(t.get("given", ()))) for t in tables)
